/* SPDX-License-Identifier: ISC */
/* The page of help, in place of the events: every row of the command table, and the keys. */
#ifndef TUI_PANE_HELP_H
#define TUI_PANE_HELP_H

#include "tui/pane.h"

void pane_help_draw(struct pane_view *v, struct rect r);
void pane_help_scroll(struct pane_view *v, int pages);

#endif
