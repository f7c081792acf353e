/* SPDX-License-Identifier: ISC */
/* How much room the line being typed has, and how much it would like. */
#ifndef TUI_PANE_INPUT_H
#define TUI_PANE_INPUT_H

#include "tui/pane.h"

int pane_input_cols(const struct pane_view *v, int cols); /* for text, on a screen of so many */
int pane_input_rows(const struct pane_view *v, int cols); /* that it would fill */

#endif
