/* SPDX-License-Identifier: ISC */
#include "tui/sheet.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "tui/state.h"
#include "tui/wrap.h"

#define SHEET_COLS  72
#define SHEET_BYTES (1u << 18)

struct sheet {
    struct overlay o; /* first: a struct overlay is one of these */
    char title[SHEET_TITLE];
    struct buf text; /* cleaned */
    int from;        /* rows above the first that is seen */
    int seen;        /* in the last drawing */
};

static struct sheet *self(struct overlay *o)
{
    return (struct sheet *)o;
}

static void draw_more(struct pane_view *v, struct rect r, int above, int below)
{
    if (above > 0)
        (void)screen_put(
            v->screen, r.row - 1, r.col + r.cols - 1, STYLE_UI_BORDER, GLYPH_ABOVE);
    if (below > 0)
        (void)screen_put(
            v->screen, r.row + r.rows, r.col + r.cols - 1, STYLE_UI_BORDER, GLYPH_BELOW);
}

static void draw(struct overlay *o, struct pane_view *v)
{
    struct sheet *s = self(o);
    int cols = v->cols - 4 < SHEET_COLS ? v->cols - 4 : SHEET_COLS;
    struct bytes rest = buf_view(&s->text);
    int all = (int)wrap_count(rest, cols);
    struct rect r = overlay_frame(v, all, cols, s->title);
    struct bytes row;
    int last = all > r.rows ? all - r.rows : 0;

    s->seen = r.rows > 1 ? r.rows : 1;
    s->from = s->from < last ? s->from : last;
    for (int i = 0; i < s->from + r.rows && wrap_next(&rest, cols, &row); i++) {
        if (i >= s->from)
            (void)screen_text(
                v->screen, r.row + i - s->from, r.col, r.cols, STYLE_TEXT_NORMAL, row);
    }
    draw_more(v, r, s->from, last - s->from);
    v->cursor_row = r.row;
    v->cursor_col = r.col;
}

static void scroll(struct sheet *s, int by)
{
    s->from = s->from + by > 0 ? s->from + by : 0; /* the drawing knows its end */
}

static void key(struct overlay *o, struct tui *t, enum action a, const struct input_key *k)
{
    struct sheet *s = self(o);
    bool quit = k->code == INPUT_CHAR && k->mods == 0 && k->cp == 'q';

    if (a == ACTION_ENTER || quit)
        overlay_close(t);
    else if (a == ACTION_SCROLL_UP || a == ACTION_SCROLL_DOWN)
        scroll(s, a == ACTION_SCROLL_UP ? 1 - s->seen : s->seen - 1);
    else if (k->code == INPUT_UP || k->code == INPUT_DOWN)
        scroll(s, k->code == INPUT_UP ? -1 : 1);
    else if (k->code == INPUT_HOME)
        s->from = 0;
    else if (k->code == INPUT_END)
        scroll(s, (int)s->text.n);
}

static void fini(struct overlay *o)
{
    buf_wipe(&self(o)->text);
}

static const struct overlay_ops OPS = {
    .draw = draw,
    .key = key,
    .fini = fini,
    .hints = "Up Down PgUp PgDn move   Enter or ESC closes",
};

void sheet_push(struct tui *t, const char *title, struct bytes foreign)
{
    struct sheet *s = mem_alloc(sizeof *s);

    s->o.ops = &OPS;
    (void)bytes_copy(s->title, sizeof s->title, bytes_str(title));
    buf_init(&s->text, SHEET_BYTES);
    utf8_clean(&s->text, foreign, UTF8_DISPLAY);
    overlay_push(t, &s->o);
}
