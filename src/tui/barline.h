/* SPDX-License-Identifier: ISC */
/*
 * A bar with its words: what a pane of one row collects and puts on the screen. Which words
 * stay when it is narrow, bar.h decides. The texts are the bar's until it was drawn.
 */
#ifndef TUI_BARLINE_H
#define TUI_BARLINE_H

#include "tui/bar.h"
#include "tui/pane.h"

#define BARLINE_MAX   16
#define BARLINE_WHOLE 1000 /* as `least`: all of it or nothing */

struct barline_item {
    struct buf text;
    enum style style;
};

struct barline {
    struct barline_item item[BARLINE_MAX];
    struct bar_item fit[BARLINE_MAX];
    size_t count;
};

/* The text to be written into; borrowed. like: rank, least and right are taken. */
struct buf *barline_add(struct barline *b, enum style style, const struct bar_item *like);
void barline_fit(struct barline *b, int cols); /* widths are those of the texts now */
void barline_draw(struct barline *b, struct pane_view *v, struct rect r); /* and is empty */

/* What is to be told in place of what a bar usually has; false: nothing is. */
bool barline_notice(const struct pane_view *v, struct buf *to);
void barline_put_seal(struct barline *b, const struct room *r, bool right, bool brief);
/* How many there are; nothing in a conversation with one person. */
void barline_put_count(struct barline *b, const struct model *m, bool right, bool brief);

#endif
