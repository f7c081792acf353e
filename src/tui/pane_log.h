/* SPDX-License-Identifier: ISC */
/* The events pane's place: moved by rows, kept while new events arrive. */
#ifndef TUI_PANE_LOG_H
#define TUI_PANE_LOG_H

#include "tui/pane.h"

void pane_log_scroll(struct pane_view *v, int pages); /* negative: back in time */
void pane_log_newest(struct pane_view *v);

#endif
