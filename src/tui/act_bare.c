/* SPDX-License-Identifier: ISC */
/*
 * The bare view: what was said on the whole of the screen, without panes, columns and rules, so
 * that the terminal's own selection by mouse takes whole lines.
 */
#include "base/mem.h"
#include "tui/act.h"
#include "tui/log_draw.h"

struct bare {
    struct overlay o;
};

static struct rect whole(const struct pane_view *v)
{
    return (struct rect){0, 0, v->rows, v->cols};
}

static void draw(struct overlay *o, struct pane_view *v)
{
    (void)o;
    screen_clear(v->screen, whole(v));
    v->bare = true;
    log_settle(v, whole(v));
    log_each(v, whole(v), log_draw);
    v->bare = false;
    v->cursor_row = v->rows - 1;
    v->cursor_col = 0;
}

static void key(struct overlay *o, struct tui *t, enum action a, const struct input_key *k)
{
    static const struct {
        enum action action;
        int rows;
        int halves;
    } ROWS[] = {{ACTION_SCROLL_UP, 0, -1}, {ACTION_SCROLL_DOWN, 0, 1},
        {ACTION_SCROLL_FEW_UP, -1, 0}, {ACTION_SCROLL_FEW_DOWN, 1, 0}, {ACTION_BACK, -1, 0},
        {ACTION_FORTH, 1, 0}};

    (void)o;
    (void)k;
    if (a == ACTION_BARE) {
        overlay_close(t);
        return;
    }
    if (a == ACTION_SCROLL_END)
        log_newest(&t->v);
    t->v.bare = true;
    for (size_t i = 0; i < MEM_COUNT(ROWS); i++) {
        int rows = ROWS[i].rows + ROWS[i].halves * (t->rows / 2);
        if (a == ROWS[i].action)
            (void)log_scroll(&t->v, whole(&t->v), rows);
    }
    t->v.bare = false;
}

static const struct overlay_ops OPS = {.draw = draw, .key = key, .hints = ""};

void act_bare(struct tui *t, const struct input_key *k)
{
    struct bare *b = mem_alloc(sizeof *b);

    (void)k;
    b->o.ops = &OPS;
    overlay_open(t, &b->o);
}
