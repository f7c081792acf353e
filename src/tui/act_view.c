/* SPDX-License-Identifier: ISC */
#include "tui/act_view.h"

#include <stdio.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "tui/dress.h"
#include "tui/overlay.h"
#include "tui/picture.h"
#include "tui/state.h"
#include "tui/wrap.h"

struct view {
    struct overlay o; /* first: a struct overlay is one of these */
    char path[TRANSFER_PATH];
    char title[TRANSFER_NAME];
    struct picture *picture; /* NULL: it could not even be begun */
    enum err err;            /* ERR_MORE: it is being made; ERR_OK: it is there */
    int rows, cols;          /* of the screen it is made for */
    enum color_tier tier;
};

static const struct overlay_ops OPS;

static struct view *self(struct overlay *o)
{
    return (struct view *)o;
}

/* ---- making it ---- */

static bool is_plain(const struct screen *s)
{
    return (uint8_t)screen_glyph(s, GLYPH_BAR_FULL)[0] < 0x80;
}

static void start(struct view *v, struct tui *t)
{
    const struct picture_want want = {.rows = t->rows > 5 ? (unsigned)t->rows - 4 : 1,
        .cols = t->cols > 5 ? (unsigned)t->cols - 4 : 1,
        .tier = t->dress->tier,
        .ascii = is_plain(t->v.screen),
        .light = dress_is_light(t)};

    picture_free(v->picture);
    v->rows = t->rows;
    v->cols = t->cols;
    v->tier = want.tier;
    v->err = picture_start(&v->picture, v->path, &want, t->now_ms);
    if (v->err == ERR_OK) {
        v->err = ERR_MORE;
        t->alarm[ALARM_PICTURE] = t->now_ms + PICTURE_POLL;
    }
}

/* It may lie under another overlay. */
static struct view *find(const struct tui *t)
{
    struct overlay *o = t->overlay;

    while (o != NULL && o->ops != &OPS)
        o = o->under;
    return o != NULL ? self(o) : NULL;
}

void act_view_step(struct tui *t)
{
    struct view *v = find(t);

    if (v == NULL || v->err != ERR_MORE)
        return;
    v->err = picture_step(v->picture, t->now_ms);
    if (v->err == ERR_MORE) {
        t->alarm[ALARM_PICTURE] = t->now_ms + PICTURE_POLL;
    } else {
        t->folded = true; /* its frame has another size */
        t->dirty |= MODEL_STATUS;
    }
}

/* ---- drawing ---- */

static void draw_art(const struct picture *p, struct pane_view *v, struct rect r)
{
    const struct art *a = picture_art(p);
    struct theme_look look = {0};

    for (unsigned i = 0; i < a->rows * a->cols; i++) {
        int row = (int)(i / a->cols);
        int col = (int)(i % a->cols);
        if (row >= r.rows || col >= r.cols)
            continue;
        picture_colors(p, &a->cells[i], &look.fg, &look.bg);
        screen_cell(v->screen, r.row + row, r.col + col, a->cells[i].letter, &look);
    }
}

static void draw_words(struct pane_view *v, const char *title, const char *words)
{
    int cols = v->cols - 4 < 60 ? v->cols - 4 : 60;
    struct bytes rest = bytes_str(words);
    struct rect r = overlay_frame(v, (int)wrap_count(rest, cols), cols, title);
    struct bytes row;

    v->cursor_row = r.row;
    v->cursor_col = r.col;
    for (int i = 0; i < r.rows && wrap_next(&rest, r.cols, &row); i++)
        (void)screen_text(v->screen, r.row + i, r.col, r.cols, STYLE_TEXT_NORMAL, row);
}

static void draw(struct overlay *o, struct pane_view *v)
{
    const struct view *w = self(o);

    if (w->err == ERR_MORE) {
        draw_words(v, w->title, "The picture is being made.");
    } else if (w->err != ERR_OK) {
        draw_words(v, w->title, picture_words(w->err));
    } else {
        const struct art *a = picture_art(w->picture);
        struct rect r = overlay_frame(v, (int)a->rows, (int)a->cols, w->title);
        v->cursor_row = r.row;
        v->cursor_col = r.col;
        draw_art(w->picture, v, r);
    }
}

/* ---- keys ---- */

static void key(struct overlay *o, struct tui *t, enum action a, const struct input_key *k)
{
    bool letter = k->code == INPUT_CHAR && k->mods == 0;

    (void)o;
    if (a == ACTION_ENTER || (letter && (k->cp == 'q' || k->cp == 'v')))
        overlay_close(t);
}

/* Another size, or other colours: it is made anew. */
static void follow(struct overlay *o, struct tui *t)
{
    struct view *v = self(o);

    if (v->rows != t->rows || v->cols != t->cols || v->tier != t->dress->tier) {
        t->folded = true;
        t->dirty |= MODEL_STATUS;
        start(v, t);
    }
}

static void fini(struct overlay *o)
{
    picture_free(self(o)->picture);
}

static const struct overlay_ops OPS = {
    .draw = draw,
    .key = key,
    .follow = follow,
    .fini = fini,
    .hints = "Enter or ESC closes",
};

bool act_view_can(const struct transfer *f)
{
    return !f->own && f->state == TRANSFER_DONE && f->path[0] == '/' &&
           picture_is_one(bytes_str(f->name));
}

void act_view(struct tui *t, const struct transfer *f)
{
    struct view *v = mem_alloc(sizeof *v);

    v->o.ops = &OPS;
    (void)bytes_copy(v->path, sizeof v->path, bytes_str(f->path));
    (void)bytes_copy(v->title, sizeof v->title, bytes_str(f->name));
    overlay_push(t, &v->o);
    start(v, t);
}

void act_view_numbered(struct tui *t, struct bytes number)
{
    const struct transfers *ts = &t->model->files;
    const struct transfer *found = NULL;
    char n[16];

    for (size_t i = 0; i < ts->count; i++) {
        (void)snprintf(n, sizeof n, "%u", ts->all[i]->n);
        if (act_view_can(ts->all[i]) && (number.n == 0 || bytes_eq(number, bytes_str(n))))
            found = ts->all[i];
    }
    if (found != NULL)
        act_view(t, found);
    else
        buf_text(
            &t->v.hint, "There is no such picture here; /transfers shows which files are.");
}
