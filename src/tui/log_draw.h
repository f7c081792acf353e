/* SPDX-License-Identifier: ISC */
/* Cells for one item of the log: the rules above it, its columns, its text and what is marked.
 */
#ifndef TUI_LOG_DRAW_H
#define TUI_LOG_DRAW_H

#include "tui/log_view.h"

/* A log_each_fn: from row top on; rows outside of r are left out. */
void log_draw(struct pane_view *v, const struct entry_look *l, struct rect r,
    const struct item *it, int top);

#endif
