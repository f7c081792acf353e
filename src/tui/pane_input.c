/* SPDX-License-Identifier: ISC */
/* The line being typed, behind the name it will speak under. */
#include <stdio.h>

#include "tui/pane.h"

/* Where there is no status bar the prompt says that the relay is not there. */
static int draw_prompt(struct pane_view *v, struct rect r)
{
    const struct model *m = v->model;
    int most = r.cols / 3;
    int at = 1;

    if (!layout_has(&v->layout, LAYOUT_STATUS) && m->link != MODEL_READY)
        at += screen_put(v->screen, r.row, r.col + at, STYLE_WARN, GLYPH_HOLLOW) + 1;
    if (m->nick_n != 0)
        at +=
            screen_text(v->screen, r.row, r.col + at, most - at, STYLE_STRONG, model_nick(m)) +
            1;
    at += screen_put(v->screen, r.row, r.col + at, STYLE_ACCENT, GLYPH_PROMPT) + 1;
    return at;
}

static void draw(struct pane_view *v, struct rect r)
{
    int at = draw_prompt(v, r);
    int cursor;
    struct bytes part = editline_window(&v->line, r.cols - at, &cursor);

    (void)screen_text(v->screen, r.row, r.col + at, r.cols - at, STYLE_TEXT, part);
    v->cursor_row = r.row;
    v->cursor_col = r.col + at + cursor;
}

const struct pane PANE_INPUT_LINE = {LAYOUT_INPUT, MODEL_STATUS | PANE_INPUT, draw};
