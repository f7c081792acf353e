/* SPDX-License-Identifier: ISC */
/*
 * What is shown of the open page, and where: items from the bottom edge up, as many as there
 * are rows. The place at the bottom is an event and how much of it lies below the edge, so
 * neither what comes nor what is put in front of the page moves it. Whatever is asked costs
 * what is visible, however long the page is.
 */
#ifndef TUI_LOG_VIEW_H
#define TUI_LOG_VIEW_H

#include "tui/entry.h"
#include "tui/pane.h"

void log_look(const struct pane_view *v, struct entry_look *out);
void log_card_look(const struct pane_view *v, struct card_look *out);
/* What became of a message of ours, as long as it matters; or "". */
#define LOG_MARK 32
void log_mark(char out[LOG_MARK], const struct pane_view *v, const struct event *e);

/* Each item that is at least partly inside r, from the bottom up, and the row where it begins,
 * which may be above r. */
typedef void log_each_fn(struct pane_view *v, const struct entry_look *l, struct rect r,
    const struct item *it, int top);
void log_each(struct pane_view *v, struct rect r, log_each_fn *fn);
size_t log_below(const struct pane_view *v); /* what was said below the edge */

/* Moving; r is where the log is drawn. false: it was at that end already. */
bool log_scroll(struct pane_view *v, struct rect r, int rows); /* negative: back in time */
void log_newest(struct pane_view *v);
void log_oldest(struct pane_view *v, struct rect r);
/* Event i with some rows above it; where it is shown already, nothing moves. */
void log_reveal(struct pane_view *v, struct rect r, size_t i);
/* The pane has another size: what was gone to, found or selected stays in it. */
void log_resized(struct pane_view *v, struct rect r);
/* A page was opened: its newest, or all that is unread as far as it fits. */
void log_opened(struct pane_view *v, struct rect r);
/* Nothing is shown above the oldest while there is something below the edge. */
void log_settle(struct pane_view *v, struct rect r);
size_t log_bottom(const struct pane_view *v); /* the newest event shown; there is one */

#endif
