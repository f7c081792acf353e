/* SPDX-License-Identifier: ISC */
/* The line being typed, behind the name it will speak under; or the answer to a question. */
#include "tui/pane_input.h"

#include "model/hotlist.h"
#include "tui/barline.h"
#include "tui/complete.h"

#define ANSWER_COLS 12 /* what a long question leaves */
#define ACT_COLS    10 /* what the page that waits takes, at most */

/* What stands before the line, from the left, with a column between: where there is no status
 * bar that the relay is not there, what keeps the words from being sealed, and where one is;
 * the name. */
struct prompt {
    bool down;
    int seal;  /* columns; 0: nothing */
    int where; /* the page, and which one waits */
    int nick;
    int cols; /* of all */
};

static int least(int a, int b)
{
    return a < b ? a : b;
}

/* "2", "2 Act:4@1": as the status bar has it where that is narrow. */
static void put_where(struct buf *to, const struct pane_view *v, int cols)
{
    const struct model *m = v->model;
    struct room *first;

    buf_fmt(to, "%zu", model_page_of(m, m->open) + 1);
    if (cols < 2 * ACT_COLS || hotlist_take(m, &first, 1) == 0)
        return;
    buf_fmt(to, " Act:%zu", model_page_of(m, first) + 1);
    if (first->heat == ROOM_HOT)
        buf_fmt(to, "@%u", first->mention != 0 ? first->mention : first->unread);
}

static int where_cols(const struct pane_view *v, int cols)
{
    struct buf text;
    int n;

    buf_init(&text, 256);
    put_where(&text, v, cols);
    n = screen_width(buf_view(&text));
    buf_free(&text);
    return n;
}

static struct prompt measure(const struct pane_view *v, int cols)
{
    const struct model *m = v->model;
    const struct room *open = m->open;
    bool alone = !layout_has(&v->layout, LAYOUT_STATUS);
    struct prompt p = {.down = alone && m->link != MODEL_READY, .cols = 1};
    int most = cols / 3;

    p.cols += p.down ? 2 : 0;
    if (alone && open != m->home && !open->local && open->seal != ROOM_SEALED)
        p.seal = least(
            screen_width(bytes_str(room_seal_brief(open->seal))), cols - p.cols - ANSWER_COLS);
    p.seal = p.seal > 0 ? p.seal : 0;
    p.cols += p.seal != 0 ? p.seal + 1 : 0;
    p.where = alone && model_pages(m) > 1 ? where_cols(v, cols - p.cols - ANSWER_COLS) : 0;
    p.cols += p.where != 0 ? p.where + 1 : 0;
    most += p.where;
    if (m->nick_n != 0 && p.cols < most)
        p.nick = least(screen_width(model_nick(m)), most - p.cols);
    p.cols += p.nick != 0 ? p.nick + 1 : 0;
    p.cols += 2;
    return p;
}

int pane_input_cols(const struct pane_view *v, int cols)
{
    return cols - measure(v, cols).cols;
}

int pane_input_rows(const struct pane_view *v, int cols)
{
    size_t rows = v->model->ask.open ? 1 : editline_rows(&v->line, pane_input_cols(v, cols));

    return rows < EDITLINE_ROWS ? (int)rows : EDITLINE_ROWS;
}

static int draw_prompt(struct pane_view *v, struct rect r)
{
    const struct model *m = v->model;
    struct prompt p = measure(v, r.cols);
    int at = r.col + 1;

    if (p.down)
        at += screen_put(v->screen, r.row, at, STYLE_BAR_CONN_DOWN, GLYPH_HOLLOW) + 1;
    if (p.seal != 0) {
        (void)screen_text(v->screen, r.row, at, p.seal, pane_seal_style(m->open->seal),
            bytes_str(room_seal_brief(m->open->seal)));
        at += p.seal + 1;
    }
    if (p.where != 0) {
        struct buf text;
        buf_init(&text, 256);
        put_where(&text, v, r.cols - (at - r.col) - ANSWER_COLS);
        at +=
            screen_text(v->screen, r.row, at, p.where, STYLE_BAR_ACTIVITY, buf_view(&text)) + 1;
        buf_free(&text);
    }
    if (p.nick != 0)
        (void)screen_text(v->screen, r.row, at, p.nick, STYLE_NICK_SELF, model_nick(m));
    at = r.col + p.cols - 2;
    (void)screen_put(v->screen, r.row, at, STYLE_INPUT_PROMPT, GLYPH_PROMPT);
    return p.cols;
}

static int draw_question(struct pane_view *v, struct rect r)
{
    return 2 + screen_text(v->screen, r.row, r.col + 1, r.cols - ANSWER_COLS,
                   STYLE_INPUT_PROMPT, bytes_str(v->model->ask.words));
}

/* A sign for each letter. */
static int draw_hidden(struct pane_view *v, struct rect at, const struct editline *e)
{
    int before = (int)editline_count(e, e->at);
    int all = (int)editline_count(e, e->n);
    int from = before > at.cols - 1 ? before - (at.cols - 1) : 0;

    for (int i = 0; i < at.cols && i < all - from; i++)
        (void)screen_put(v->screen, at.row, at.col + i, STYLE_INPUT_TEXT, GLYPH_BULLET);
    return before - from;
}

/* On one row, with a sign where a newline is. */
static int draw_line(struct pane_view *v, struct rect at, const struct editline *e)
{
    int cursor;
    int col = at.col;
    struct bytes rest = editline_window(e, at.cols, &cursor);

    while (rest.n != 0) {
        const uint8_t *newline = memchr(rest.p, '\n', rest.n);
        size_t n = newline != NULL ? (size_t)(newline - rest.p) : rest.n;
        col += screen_text(v->screen, at.row, col, at.col + at.cols - col, STYLE_INPUT_TEXT,
            bytes_of(rest.p, n));
        if (newline != NULL)
            col += screen_put(v->screen, at.row, col, STYLE_INPUT_GHOST, GLYPH_NEWLINE);
        n += newline != NULL;
        rest = bytes_of(rest.p + n, rest.n - n);
    }
    return cursor;
}

static void draw_answer(struct pane_view *v, struct rect r)
{
    int at = draw_question(v, r);
    struct rect line = {r.row, r.col + at, 1, r.cols - at};
    int cursor = v->model->ask.hidden ? draw_hidden(v, line, &v->answer)
                                      : draw_line(v, line, &v->answer);

    v->cursor_row = r.row;
    v->cursor_col = line.col + cursor;
}

/* What the command takes, where it will stand. */
static void draw_ghost(struct pane_view *v, struct rect at)
{
    struct buf ghost;

    if (v->line.at != v->line.n)
        return;
    buf_init(&ghost, 256);
    complete_ghost(&ghost, editline_text(&v->line));
    (void)screen_text(v->screen, at.row, at.col, at.cols, STYLE_INPUT_GHOST, buf_view(&ghost));
    buf_free(&ghost);
}

static void draw_rows(struct pane_view *v, struct rect at)
{
    struct editline_view rows;

    editline_view(&v->line, at.cols, (size_t)at.rows, &rows);
    for (size_t i = 0; i < rows.rows; i++)
        (void)screen_text(
            v->screen, at.row + (int)i, at.col, at.cols, STYLE_INPUT_TEXT, rows.row[i]);
    if (rows.above != 0)
        (void)screen_put(v->screen, at.row, at.col - 2, STYLE_INPUT_PROMPT, GLYPH_ABOVE);
    if (rows.below != 0)
        (void)screen_put(
            v->screen, at.row + at.rows - 1, at.col - 2, STYLE_INPUT_PROMPT, GLYPH_BELOW);
    v->cursor_row = at.row + (int)rows.cursor_row;
    v->cursor_col = at.col + rows.cursor_col;
    draw_ghost(v, (struct rect){v->cursor_row, v->cursor_col, 1, at.cols - rows.cursor_col});
}

/* Where no other bar tells what must be told, it stands at the right, over what was typed. */
static void draw_notice(struct pane_view *v, struct rect r)
{
    struct buf words;
    int n;

    if (layout_has(&v->layout, LAYOUT_STATUS) || layout_has(&v->layout, LAYOUT_HINTS))
        return;
    buf_init(&words, 4096);
    if (barline_notice(v, &words)) {
        n = least(screen_width(buf_view(&words)), r.cols - 4);
        screen_clear(v->screen, (struct rect){r.row, r.col + r.cols - n - 2, 1, n + 2});
        (void)screen_text(
            v->screen, r.row, r.col + r.cols - n - 1, n, STYLE_BAR_HINT_KEY, buf_view(&words));
    }
    buf_free(&words);
}

static void draw_text(struct pane_view *v, struct rect r)
{
    struct rect text = r;
    int at;

    if (v->model->ask.open) {
        draw_answer(v, r);
        return;
    }
    at = draw_prompt(v, r);
    text.col += at;
    text.cols -= at;
    if (r.rows > 1 || pane_input_rows(v, r.cols) == 1) {
        draw_rows(v, text);
        return;
    }
    v->cursor_row = r.row;
    v->cursor_col = text.col + draw_line(v, text, &v->line);
}

static void draw(struct pane_view *v, struct rect r)
{
    draw_text(v, r);
    draw_notice(v, r);
}

const struct pane PANE_INPUT_LINE = {
    LAYOUT_INPUT, MODEL_STATUS | MODEL_ROOMS | PANE_INPUT, draw};
