/* SPDX-License-Identifier: ISC */
/*
 * What keys do: each action changes the line, the view or the model's open page, or pushes an
 * intent. It draws nothing. Here is the screen's state from inside, for tui.c and act.c.
 */
#ifndef TUI_ACT_H
#define TUI_ACT_H

#include "tui/keymap.h"
#include "tui/pane.h"

struct tui {
    struct pane_view v;
    struct model *model;
    struct layout_wish wish;
    const struct room *drawn; /* the page that was open when we drew last */
    unsigned dirty;           /* ours: model_part bits and PANE_INPUT */
    int rows;
    int cols;
    bool folded; /* panes were shown or hidden: the layout is made anew */
    bool pasting;
    bool quit_asked; /* by the key before this one */
};

void act_do(struct tui *t, enum action a, const struct input_key *k);
void act_insert_char(struct tui *t, uint32_t cp);

#endif
