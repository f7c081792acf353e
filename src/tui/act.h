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
    struct buf pasted;                                /* until its end has come */
    char asked[sizeof((struct model_ask *)0)->words]; /* what the answer is being typed for */
    bool quit_asked;                                  /* by the key before this one */
    const struct room *typed_on; /* whose line it is; it may be gone: known by its name */
    struct intent page;          /* that page, as an intent says it; of no kind, without text */
};

void act_do(struct tui *t, enum action a, const struct input_key *k);
void act_paste(struct tui *t, const struct buf *text); /* as text, whatever it looks like */
void act_follow_ask(struct tui *t); /* wipes what was typed for a question that is gone */
/* Each page has its line: the old page's is kept, the new page's is there again. */
void act_follow_page(struct tui *t);

#endif
