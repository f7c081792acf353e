/* SPDX-License-Identifier: ISC */
/*
 * Every file on its way, and those that were, in one list: those that move or wait first, then
 * the newest. The list is the model's, looked at anew before each drawing; what is selected is
 * known by its number and stays selected wherever it goes.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "tui/act.h"
#include "tui/act_file.h"
#include "tui/act_view.h"
#include "tui/card.h"
#include "tui/log_view.h"
#include "tui/wrap.h"

#define LIST_COLS  92
#define LIST_ROWS  18
#define BAR_COLS   9
#define WHO_COLS   12
#define RATE_COLS  11
#define TIME_COLS  7
#define NAME_LEAST 10
#define HINTS      200
#define STILL_COLS 16 /* in place of a bar: a number, or a word and a size */
#define DETAILS    2  /* rows about the selected one */
#define GAP        2

struct list {
    struct overlay o;           /* first: a struct overlay is one of these */
    const struct transfer **by; /* borrowed from the model, collected before each use */
    size_t count;
    size_t at;
    unsigned n;  /* the number of that one; 0: there is none */
    size_t top;  /* the first that is drawn */
    size_t rows; /* that the last drawing had for them */
    char hints[HINTS];
};

static struct list *self(struct overlay *o)
{
    return (struct list *)o;
}

/* ---- which, in which order ---- */

static int by_use(const void *a, const void *b)
{
    const struct transfer *x = *(const struct transfer *const *)a;
    const struct transfer *y = *(const struct transfer *const *)b;

    if (transfer_over(x) != transfer_over(y))
        return transfer_over(x) ? 1 : -1;
    return x->n > y->n ? -1 : x->n < y->n;
}

static void collect(struct list *l, const struct model *m)
{
    const struct transfers *ts = &m->files;

    mem_free(l->by);
    l->by = mem_array(ts->count + 1, sizeof(struct transfer *));
    l->count = ts->count;
    for (size_t i = 0; i < ts->count; i++)
        l->by[i] = ts->all[i];
    qsort(l->by, l->count, sizeof(struct transfer *), by_use);
}

static void put_hints(struct list *l)
{
    struct buf to;

    buf_init(&to, sizeof l->hints - 1);
    if (l->count != 0)
        act_file_hints(&to, l->by[l->at]);
    buf_fmt(&to, "%sESC closes", l->count != 0 ? "  " : "");
    (void)bytes_copy(l->hints, sizeof l->hints, buf_view(&to));
    buf_free(&to);
}

/* What is selected is found again; if it is gone, what stands in its place is selected. */
static void settle(struct list *l)
{
    for (size_t i = 0; i < l->count; i++) {
        if (l->by[i]->n == l->n)
            l->at = i;
    }
    if (l->at >= l->count)
        l->at = l->count != 0 ? l->count - 1 : 0;
    l->n = l->count != 0 ? l->by[l->at]->n : 0;
    put_hints(l);
}

static void follow(struct overlay *o, struct tui *t)
{
    struct list *l = self(o);

    collect(l, t->model);
    settle(l);
    t->v.hints = l->hints;
}

/* ---- drawing ---- */

/* Columns of a row, by its width; 0: that one is left out. */
struct columns {
    int name, bar, percent, rate, time, who;
};

static int with_gap(int cols)
{
    return cols != 0 ? cols + GAP : 0;
}

/* Of what stands between the name and the person. */
static int middle(const struct columns *c)
{
    return with_gap(c->bar) + c->percent + with_gap(c->rate) + with_gap(c->time);
}

static struct columns columns_of(int cols, bool still)
{
    struct columns c = {.percent = 4, .who = cols >= 60 ? WHO_COLS : 0};

    c.bar = cols >= 30 && !still ? BAR_COLS : 0;
    c.rate = cols >= 48 && !still ? RATE_COLS : 0;
    c.time = cols >= 70 && !still ? TIME_COLS : 0;
    c.percent = still ? STILL_COLS : c.percent;
    c.name = cols - 2 - GAP - middle(&c) - with_gap(c.who);
    c.name = c.name > NAME_LEAST ? c.name : NAME_LEAST;
    return c;
}

struct row {
    struct pane_view *v;
    const struct card_look *look;
    const struct transfer *f;
    struct rect at; /* what is left of it */
};

/* Text in so many columns of it, to the left or the right of them. */
static void put(struct row *r, int cols, bool right, enum style style, struct bytes text)
{
    int width = screen_width(text);
    int col = right && width < cols ? cols - width : 0;

    if (cols > r->at.cols)
        cols = r->at.cols;
    if (cols - col > 0)
        (void)screen_text(r->v->screen, r->at.row, r->at.col + col, cols - col, style, text);
    r->at.col += cols + GAP;
    r->at.cols -= cols + GAP;
}

static void put_pace(struct row *r, const struct columns *c)
{
    const struct transfer *f = r->f;
    char text[32];
    char part[TRANSFER_SIZE];
    uint32_t left = transfer_left_s(f->bytes, f->done, f->rate);
    struct buf bar;

    buf_init(&bar, 256);
    gauge_bar(&bar, &r->look->gauge, c->bar, transfer_part(f->done, f->bytes));
    if (c->bar != 0)
        put(r, c->bar, false, STYLE_FILE_PROGRESS, buf_view(&bar));
    buf_free(&bar);
    (void)snprintf(text, sizeof text, "%u%%", gauge_shown(&r->look->gauge, f->done, f->bytes));
    put(r, c->percent, true, STYLE_FILE_PROGRESS, bytes_str(text));
    transfer_size(part, f->rate);
    (void)snprintf(text, sizeof text, "%s/s", part);
    if (c->rate != 0)
        put(r, c->rate, true, STYLE_TEXT_NORMAL, bytes_str(f->rate != 0 ? text : ""));
    transfer_time(part, left);
    if (c->time != 0)
        put(r, c->time, true, STYLE_TEXT_NORMAL, bytes_str(left != UINT32_MAX ? part : ""));
}

static void put_word(struct row *r, const struct columns *c)
{
    const struct transfer *f = r->f;
    char size[TRANSFER_SIZE];
    char text[64];
    int cols = middle(c);

    transfer_size(size, f->bytes);
    (void)snprintf(text, sizeof text, "%s, %s", card_word(f), size);
    if (screen_width(bytes_str(text)) > cols)
        (void)snprintf(text, sizeof text, "%s", card_word(f));
    put(r, cols, false, card_style(f), bytes_str(text));
}

/* Who sends it, or to whom it goes. */
static void put_who(struct row *r, const struct columns *c)
{
    const struct transfer *f = r->f;
    struct buf who;

    if (c->who == 0)
        return;
    buf_init(&who, 4096);
    if (f->own)
        buf_text(&who, f->direct ? "" : "#");
    utf8_clean(&who, f->own ? bytes_of(f->where, f->where_n) : bytes_of(f->from, f->from_n),
        UTF8_NAME);
    put(r, c->who, false, STYLE_TEXT_DIM, buf_view(&who));
    buf_free(&who);
}

static void draw_row(struct row *r, bool here)
{
    struct columns c = columns_of(r->at.cols - 2, r->look->gauge.numbers);
    struct pane_view *v = r->v;
    struct buf name;

    screen_select(v->screen, here);
    screen_clear(v->screen, r->at);
    if (here) { /* not by colour alone */
        (void)screen_put(v->screen, r->at.row, r->at.col, STYLE_TEXT_NORMAL, GLYPH_PROMPT);
        v->cursor_row = r->at.row;
        v->cursor_col = r->at.col;
    }
    r->at.col += 2;
    r->at.cols -= 2;
    (void)screen_put(
        v->screen, r->at.row, r->at.col, card_style(r->f), r->f->own ? GLYPH_OUT : GLYPH_IN);
    r->at.col += 2;
    r->at.cols -= 2;
    buf_init(&name, 8192);
    utf8_clean(&name, bytes_str(r->f->name), UTF8_NAME);
    put(r, c.name, false, STYLE_TEXT_NORMAL, buf_view(&name));
    buf_free(&name);
    if (r->f->state == TRANSFER_MOVING)
        put_pace(r, &c);
    else
        put_word(r, &c);
    put_who(r, &c);
    screen_select(v->screen, false);
}

/* How the selected one stands, in a sentence; where no bar says what the keys do, that too. */
static void draw_details(
    const struct list *l, struct pane_view *v, const struct card_look *look, struct rect r)
{
    struct buf text;
    struct bytes rest;
    struct bytes row;

    if (!layout_has(&v->layout, LAYOUT_HINTS)) {
        r.rows--;
        (void)screen_text(v->screen, r.row + r.rows, r.col, r.cols, STYLE_BAR_HINT,
            v->hint.n != 0 ? buf_view(&v->hint) : bytes_str(l->hints));
    }
    if (l->count == 0)
        return;
    buf_init(&text, 1u << 16);
    if (l->by[l->at]->state == TRANSFER_OFFERED) /* the keys are told elsewhere */
        card_facts(&text, l->by[l->at]);
    else
        card_state(&text, look, l->by[l->at], r.cols);
    rest = buf_view(&text);
    for (int i = 0; i < r.rows && wrap_next(&rest, r.cols, &row); i++)
        (void)screen_text(v->screen, r.row + i, r.col, r.cols, card_style(l->by[l->at]), row);
    buf_free(&text);
}

static void draw(struct overlay *o, struct pane_view *v)
{
    struct list *l = self(o);
    int most = v->rows > 14 ? v->rows - 6 : v->rows - 2;
    struct rect r = overlay_frame(v, most < LIST_ROWS ? most : LIST_ROWS,
        v->cols - 4 < LIST_COLS ? v->cols - 4 : LIST_COLS, "Files");
    int details = r.rows >= 6 ? DETAILS : 0;
    struct card_look look;

    collect(l, v->model); /* under a question nobody follows */
    settle(l);
    log_card_look(v, &look);
    l->rows = r.rows > details ? (size_t)(r.rows - details - (details != 0)) : 1;
    if (l->at < l->top)
        l->top = l->at;
    if (l->at >= l->top + l->rows)
        l->top = l->at - l->rows + 1;
    v->cursor_row = r.row;
    v->cursor_col = r.col;
    if (l->count == 0)
        (void)screen_text(v->screen, r.row, r.col, r.cols, STYLE_TEXT_DIM,
            bytes_str("Nothing was sent or offered yet."));
    for (size_t i = 0; i < l->rows && l->top + i < l->count; i++)
        draw_row(&(struct row){v, &look, l->by[l->top + i], {r.row + (int)i, r.col, 1, r.cols}},
            l->top + i == l->at);
    if (details != 0)
        draw_details(
            l, v, &look, (struct rect){r.row + r.rows - details, r.col, details, r.cols});
}

/* ---- keys ---- */

static void go(struct list *l, long by)
{
    long to = (long)l->at + by;
    long last = (long)l->count - 1;

    if (last < 0)
        return;
    l->at = (size_t)(to < 0 ? 0 : to > last ? last : to);
    l->n = l->by[l->at]->n;
}

static void enter(const struct list *l, struct tui *t)
{
    if (!act_file_key(t, l->n, 's'))
        (void)act_file_key(t, l->n, 'i');
}

static void key(struct overlay *o, struct tui *t, enum action a, const struct input_key *k)
{
    struct list *l = self(o);
    uint32_t letter = k->code == INPUT_CHAR && k->mods == 0 ? k->cp : 0;
    long page = l->rows > 1 ? (long)l->rows - 1 : 1;

    collect(l, t->model); /* what is known of it may be gone */
    settle(l);
    if (a == ACTION_TRANSFERS || letter == 'q')
        overlay_close(t);
    else if (a == ACTION_BACK || letter == 'k')
        go(l, -1);
    else if (a == ACTION_FORTH || letter == 'j')
        go(l, 1);
    else if (a == ACTION_SCROLL_UP || a == ACTION_SCROLL_DOWN)
        go(l, a == ACTION_SCROLL_UP ? -page : page);
    else if (a == ACTION_ENTER)
        enter(l, t);
    else if (!act_file_key(t, l->n, letter) && l->count != 0)
        (void)act_file_late(t, l->by[l->at], letter);
}

static void fini(struct overlay *o)
{
    mem_free(self(o)->by);
}

static const struct overlay_ops OPS = {
    .draw = draw,
    .key = key,
    .follow = follow,
    .fini = fini,
    .hints = "Up Down move   Enter takes an offer   ESC closes",
};

static void open_list(struct tui *t)
{
    struct list *l = mem_alloc(sizeof *l);

    l->o.ops = &OPS;
    collect(l, t->model);
    settle(l);
    overlay_open(t, &l->o);
}

static void open_by_key(struct tui *t, const struct input_key *k)
{
    (void)k;
    open_list(t);
}

/* Alt+F is a word to the right everywhere; where there is no word, it is the F of a file. */
static void word_or_file(struct tui *t, const struct input_key *k)
{
    if (act_line_of(t)->n == 0)
        act_send_file(t, k);
    else
        (void)act_edit(act_line_of(t), ACTION_WORD_RIGHT);
}

static bool do_transfers(struct tui *t, const struct command_line *line)
{
    (void)line;
    open_list(t);
    return true;
}

const struct act_row ACT_FILES[] = {
    {ACTION_TRANSFERS, open_by_key},
    {ACTION_SEND_FILE, act_send_file},
    {ACTION_WORD_OR_FILE, word_or_file},
    {ACTION_NONE, NULL},
};

static bool do_view(struct tui *t, const struct command_line *line)
{
    act_view_numbered(t, line->arg);
    return true;
}

const struct act_command FILE_COMMANDS[] = {
    {"transfers", do_transfers}, {"view", do_view}, {NULL, NULL}};
