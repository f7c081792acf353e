/* SPDX-License-Identifier: ISC */
/* The line being typed, behind the name it will speak under; or the answer to a question. */
#include "tui/pane.h"

#define ANSWER_COLS 12 /* what a long question leaves */

/* Where there is no status bar the prompt says that the relay is not there, and what keeps the
 * words from being sealed. */
static int draw_state(struct pane_view *v, struct rect r, int at)
{
    const struct model *m = v->model;
    const struct room *open = m->open;

    if (layout_has(&v->layout, LAYOUT_STATUS))
        return at;
    if (m->link != MODEL_READY)
        at += screen_put(v->screen, r.row, r.col + at, STYLE_WARN, GLYPH_HOLLOW) + 1;
    if (open != m->home && open->seal != ROOM_SEALED)
        at += screen_text(v->screen, r.row, r.col + at, r.cols - at - ANSWER_COLS,
                  pane_seal_style(open->seal), bytes_str(room_seal_str(open->seal))) +
              1;
    return at;
}

static int draw_prompt(struct pane_view *v, struct rect r)
{
    const struct model *m = v->model;
    int most = r.cols / 3;
    int at = draw_state(v, r, 1);

    if (m->nick_n != 0 && at < most)
        at +=
            screen_text(v->screen, r.row, r.col + at, most - at, STYLE_STRONG, model_nick(m)) +
            1;
    at += screen_put(v->screen, r.row, r.col + at, STYLE_ACCENT, GLYPH_PROMPT) + 1;
    return at;
}

static int draw_question(struct pane_view *v, struct rect r)
{
    return 2 + screen_text(v->screen, r.row, r.col + 1, r.cols - ANSWER_COLS, STYLE_ACCENT,
                   bytes_str(v->model->ask.words));
}

/* A sign for each letter. */
static int draw_hidden(struct pane_view *v, struct rect at, const struct editline *e)
{
    int before = (int)editline_count(e, e->at);
    int all = (int)editline_count(e, e->n);
    int from = before > at.cols - 1 ? before - (at.cols - 1) : 0;

    for (int i = 0; i < at.cols && i < all - from; i++)
        (void)screen_put(v->screen, at.row, at.col + i, STYLE_TEXT, GLYPH_BULLET);
    return before - from;
}

static int draw_line(struct pane_view *v, struct rect at, const struct editline *e)
{
    int cursor;
    int col = at.col;
    struct bytes rest = editline_window(e, at.cols, &cursor);

    while (rest.n != 0) {
        const uint8_t *newline = memchr(rest.p, '\n', rest.n);
        size_t n = newline != NULL ? (size_t)(newline - rest.p) : rest.n;
        col += screen_text(
            v->screen, at.row, col, at.col + at.cols - col, STYLE_TEXT, bytes_of(rest.p, n));
        if (newline != NULL)
            col += screen_put(v->screen, at.row, col, STYLE_DIM, GLYPH_NEWLINE);
        n += newline != NULL;
        rest = bytes_of(rest.p + n, rest.n - n);
    }
    return cursor;
}

static void draw(struct pane_view *v, struct rect r)
{
    const struct model_ask *ask = &v->model->ask;
    int at = ask->open ? draw_question(v, r) : draw_prompt(v, r);
    struct rect line = {r.row, r.col + at, 1, r.cols - at};
    int cursor;

    if (ask->open && ask->hidden)
        cursor = draw_hidden(v, line, &v->answer);
    else
        cursor = draw_line(v, line, ask->open ? &v->answer : &v->line);
    v->cursor_row = r.row;
    v->cursor_col = r.col + at + cursor;
}

const struct pane PANE_INPUT_LINE = {
    LAYOUT_INPUT, MODEL_STATUS | MODEL_ROOMS | PANE_INPUT, draw};
