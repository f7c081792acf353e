/* SPDX-License-Identifier: ISC */
#include "tui/sheet.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "tui/state.h"
#include "tui/wrap.h"

#define SHEET_COLS  72
#define SHEET_BYTES (1u << 18)
#define SHEET_IN    8 /* as wide as the labels of what is looked up in one */

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

/* One that goes on is set in, where there is room: what is foreign must not look like a row of
 * ours. in: by how much. */
static bool next_row(
    const struct sheet *s, struct bytes *rest, int cols, struct bytes *row, int *in)
{
    bool begins = rest->p == s->text.p || rest->p[-1] == '\n';

    *in = begins || cols < 3 * SHEET_IN ? 0 : SHEET_IN;
    return rest->n != 0 && wrap_next(rest, cols - *in, row);
}

static int count_rows(const struct sheet *s, int cols)
{
    struct bytes rest = buf_view(&s->text);
    struct bytes row;
    int in;
    int n = 0;

    while (next_row(s, &rest, cols, &row, &in))
        n++;
    return n != 0 ? n : 1;
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
    int all = count_rows(s, cols);
    struct rect r = overlay_frame(v, all, cols, s->title);
    struct bytes row;
    int last = all > r.rows ? all - r.rows : 0;
    int in;

    s->seen = r.rows > 1 ? r.rows : 1;
    s->from = s->from < last ? s->from : last;
    for (int i = 0; i < s->from + r.rows && next_row(s, &rest, cols, &row, &in); i++) {
        if (i >= s->from)
            (void)screen_text(v->screen, r.row + i - s->from, r.col + in, r.cols - in,
                STYLE_TEXT_NORMAL, row);
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
