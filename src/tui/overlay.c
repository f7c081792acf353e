/* SPDX-License-Identifier: ISC */
#include "tui/overlay.h"

#include "base/mem.h"
#include "tui/state.h"

static void drop(struct tui *t)
{
    struct overlay *o = t->overlay;

    t->folded = true; /* what lay under it is drawn again */
    if (o == NULL)
        return;
    t->overlay = o->under;
    t->v.hints = o->under != NULL ? o->under->ops->hints : NULL;
    if (o->ops->fini != NULL)
        o->ops->fini(o);
    mem_free(o);
}

void overlay_open(struct tui *t, struct overlay *o)
{
    do {
        drop(t);
    } while (t->overlay != NULL);
    overlay_push(t, o);
}

void overlay_push(struct tui *t, struct overlay *o)
{
    o->under = t->overlay;
    t->overlay = o;
    t->v.hints = o->ops->hints;
}

void overlay_draw(struct overlay *o, struct pane_view *v)
{
    if (o == NULL)
        return;
    overlay_draw(o->under, v);
    o->ops->draw(o, v);
}

void overlay_close(struct tui *t)
{
    if (t->overlay != NULL)
        drop(t);
}

void overlay_key(struct tui *t, enum action a, const struct input_key *k)
{
    struct overlay *o = t->overlay;

    if (a != ACTION_CANCEL && a != ACTION_QUIT_ASK) {
        o->ops->key(o, t, a, k);
        return;
    }
    if (o->ops->cancel != NULL)
        o->ops->cancel(o, t);
    if (t->overlay == o)
        drop(t);
}

static void edge(
    struct pane_view *v, struct rect at, enum screen_glyph left, enum screen_glyph right)
{
    screen_line(v->screen, at, GLYPH_HORIZONTAL);
    (void)screen_put(v->screen, at.row, at.col, STYLE_UI_BORDER, left);
    (void)screen_put(v->screen, at.row, at.col + at.cols - 1, STYLE_UI_BORDER, right);
}

struct rect overlay_frame(struct pane_view *v, int rows, int cols, const char *title)
{
    struct rect r = {0, 0, rows + 2, cols + 4};

    r.rows = r.rows < v->rows ? r.rows : v->rows;
    r.cols = r.cols < v->cols ? r.cols : v->cols;
    r.row = (v->rows - r.rows) / 2;
    r.col = (v->cols - r.cols) / 2;
    screen_clear(v->screen, r);
    edge(v, (struct rect){r.row, r.col, 1, r.cols}, GLYPH_TOP_LEFT, GLYPH_TOP_RIGHT);
    edge(v, (struct rect){r.row + r.rows - 1, r.col, 1, r.cols}, GLYPH_LOW_LEFT,
        GLYPH_LOW_RIGHT);
    screen_line(v->screen, (struct rect){r.row + 1, r.col, r.rows - 2, 1}, GLYPH_VERTICAL);
    screen_line(
        v->screen, (struct rect){r.row + 1, r.col + r.cols - 1, r.rows - 2, 1}, GLYPH_VERTICAL);
    if (title[0] != '\0' && r.cols > 8) {
        int n = screen_text(
            v->screen, r.row, r.col + 3, r.cols - 6, STYLE_UI_TITLE, bytes_str(title));
        screen_clear(v->screen, (struct rect){r.row, r.col + 2, 1, 1});
        screen_clear(v->screen, (struct rect){r.row, r.col + 3 + n, 1, 1});
    }
    return (struct rect){
        r.row + 1, r.col + 2, r.rows > 2 ? r.rows - 2 : 0, r.cols > 4 ? r.cols - 4 : 0};
}
