/* SPDX-License-Identifier: ISC */
/*
 * Where the panes lie: arithmetic and nothing else. For every size the parts do not overlap
 * and cover the screen. The events get what they need first; as room shrinks the people go,
 * then the rooms, the column of names, the clock, the title and the hints. A pane that was
 * asked for lies beside the events while these keep LAYOUT_TEXT_COLS for their text, else in
 * their place. Below 20x5 one page is left that says so.
 */
#ifndef TUI_LAYOUT_H
#define TUI_LAYOUT_H

#include <stdbool.h>

#define LAYOUT_MIN_ROWS  5
#define LAYOUT_MIN_COLS  20
#define LAYOUT_TEXT_COLS 40 /* what text keeps while there are panes beside the events */

struct rect {
    int row, col, rows, cols; /* 0 rows or cols: not there */
};

enum layout_part {
    LAYOUT_TITLE,
    LAYOUT_TOP_RULE,
    LAYOUT_ROOMS,
    LAYOUT_ROOMS_RULE,
    LAYOUT_LOG,
    LAYOUT_PEOPLE_RULE,
    LAYOUT_PEOPLE,
    LAYOUT_LOW_RULE,
    LAYOUT_STATUS,
    LAYOUT_INPUT,
    LAYOUT_HINTS,
    LAYOUT_PAGE, /* too small for anything else */
    LAYOUT_PARTS
};

enum layout_want { LAYOUT_AUTO, LAYOUT_SHOWN, LAYOUT_HIDDEN };

struct layout_wish {
    enum layout_want rooms; /* what the person toggled */
    enum layout_want people;
    bool no_hints;
    int input; /* rows that the line being typed would fill */
};

struct layout {
    struct rect part[LAYOUT_PARTS];
    int nick_cols; /* 0: names are not aligned */
    bool clock;
};

void layout_make(struct layout *l, int rows, int cols, const struct layout_wish *wish);
/* Grows at each width where something folds: what was toggled holds until it changes. */
int layout_step(int cols);
bool layout_has(const struct layout *l, enum layout_part part);

#endif
