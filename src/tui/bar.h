/* SPDX-License-Identifier: ISC */
/*
 * A bar of items in a budget of columns: each is drawn whole, shortened or dropped, the least
 * important first, and never do two share a cell. Arithmetic only.
 */
#ifndef TUI_BAR_H
#define TUI_BAR_H

#include <stdbool.h>
#include <stddef.h>

#define BAR_GAP   2
#define BAR_SHORT 8

struct bar_item {
    int width;  /* columns it would like */
    int rank;   /* higher stays longer */
    int least;  /* it is not shortened below this, but dropped; 0: BAR_SHORT */
    bool right; /* set against the right edge */
    int at;     /* out: its first column */
    int cols;   /* out: columns it gets; 0: dropped */
};

/* In the order given from left to right, one column free at either edge. */
void bar_fit(struct bar_item *items, size_t count, int cols);

#endif
