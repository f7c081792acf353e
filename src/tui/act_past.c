/* SPDX-License-Identifier: ISC */
/* Up and down: a row of the line while there is one, then what was entered before. */
#include "tui/act.h"
#include "tui/pane_input.h"

/* An answer has one row, whatever is in it. */
static bool step(struct tui *t, bool (*by)(struct editline *e, int cols))
{
    int cols = pane_input_cols(&t->v, t->v.layout.part[LAYOUT_INPUT].cols);

    return !t->model->ask.open && by(&t->v.line, cols);
}

static void back(struct tui *t, const struct input_key *k)
{
    (void)k;
    if (!step(t, editline_up))
        editline_back(act_line_of(t), false);
}

static void forth(struct tui *t, const struct input_key *k)
{
    (void)k;
    if (!step(t, editline_down))
        editline_forth(act_line_of(t), false);
}

static void back_all(struct tui *t, const struct input_key *k)
{
    (void)k;
    editline_back(act_line_of(t), true);
}

static void forth_all(struct tui *t, const struct input_key *k)
{
    (void)k;
    editline_forth(act_line_of(t), true);
}

const struct act_row ACT_PAST[] = {
    {ACTION_BACK, back},
    {ACTION_FORTH, forth},
    {ACTION_BACK_ALL, back_all},
    {ACTION_FORTH_ALL, forth_all},
    {ACTION_NONE, NULL},
};
