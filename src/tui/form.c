/* SPDX-License-Identifier: ISC */
#include "tui/form.h"

#include <stdio.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "tui/act.h"
#include "tui/state.h"
#include "tui/wrap.h"

#define FORM_COLS  64
#define LABEL_COLS 17 /* beside the line; where that leaves too little, above it */
#define FORM_WORDS 160

struct form {
    struct overlay o; /* first: a struct overlay is one of these */
    const struct form_source *s;
    void *arg;
    struct editline line[FORM_FIELDS];
    size_t chosen;
    size_t at; /* the field with the focus */
    size_t wrong;
    char wrong_words[FORM_WORDS]; /* "": nothing is wrong */
    char busy[FORM_WORDS];        /* "": it is not */
    int rows; /* the most it had at this width: a frame that shrank would leave its old one */
    int cols;
    struct tui *t;
};

static struct form *self(struct overlay *o)
{
    return (struct form *)o;
}

/* ---- drawing ---- */

/* All rows below each other; those of the frame are drawn, unless it only measures. */
struct page {
    struct form *f;
    struct pane_view *v;
    struct rect r;
    int row; /* of the page, the next one */
    int top; /* of the page, the first that is seen */
    bool measures;
    bool gaps; /* there is room for a free row between fields */
    int from;  /* rows of the field with the focus */
    int to;
};

/* The row of the screen for the next row of the page; -1: it is not seen. */
static int row_of(const struct page *p)
{
    int row = p->row - p->top;

    return p->measures || row < 0 || row >= p->r.rows ? -1 : p->r.row + row;
}

static void put(struct page *p, int col, enum style style, struct bytes text)
{
    if (row_of(p) >= 0)
        (void)screen_text(
            p->v->screen, row_of(p), p->r.col + col, p->r.cols - col, style, text);
}

static void put_wrapped(struct page *p, int col, enum style style, struct bytes text)
{
    struct bytes row;

    while (text.n != 0 && wrap_next(&text, p->r.cols - col, &row)) {
        put(p, col, style, row);
        p->row++;
    }
}

static int put_hidden(struct page *p, struct rect at, const struct editline *e)
{
    int before = (int)editline_count(e, e->at);
    int all = (int)editline_count(e, e->n);
    int from = before > at.cols - 1 ? before - (at.cols - 1) : 0;

    for (int i = 0; i < at.cols && i < all - from; i++)
        (void)screen_put(p->v->screen, at.row, at.col + i, STYLE_INPUT_TEXT, GLYPH_BULLET);
    return before - from;
}

static int put_typed(struct page *p, struct rect at, const struct editline *e)
{
    int cursor;
    struct bytes text = editline_window(e, at.cols, &cursor);

    (void)screen_text(p->v->screen, at.row, at.col, at.cols, STYLE_INPUT_TEXT, text);
    return cursor;
}

static void put_ghost(struct page *p, struct rect at, const char *ghost)
{
    char words[FORM_WORDS];

    (void)snprintf(words, sizeof words, ghost[0] != '\0' ? "(%s)" : "%s", ghost);
    (void)screen_text(
        p->v->screen, at.row, at.col, at.cols, STYLE_INPUT_GHOST, bytes_str(words));
}

/* "< nord >": the arrows show another one. */
static void put_choice(struct page *p, struct rect at)
{
    const char *name = p->f->s->choice(p->f->arg, p->f->chosen);
    char words[FORM_WORDS];

    (void)snprintf(words, sizeof words, "< %s >", name != NULL ? name : "");
    (void)screen_text(
        p->v->screen, at.row, at.col, at.cols, STYLE_INPUT_TEXT, bytes_str(words));
}

static void put_value(struct page *p, int col, size_t field)
{
    const struct form_field *row = &p->f->s->fields[field];
    const struct editline *e = &p->f->line[field];
    struct rect at = {row_of(p), p->r.col + col, 1, p->r.cols - col};
    int cursor = 0;

    if (at.row < 0)
        return;
    if (row->kind == FORM_CHOICE)
        put_choice(p, at);
    else if (e->n == 0)
        put_ghost(p, at, row->ghost);
    else
        cursor = row->kind == FORM_SECRET ? put_hidden(p, at, e) : put_typed(p, at, e);
    if (p->f->at == field) {
        p->v->cursor_row = at.row;
        p->v->cursor_col = at.col + cursor;
    }
}

static void put_button(struct page *p, size_t field)
{
    char words[FORM_WORDS];
    bool here = p->f->at == field;
    int row;

    if (p->f->busy[0] != '\0') {
        put_wrapped(p, 2, STYLE_TEXT_BOLD, bytes_str(p->f->busy));
        return;
    }
    (void)snprintf(words, sizeof words, "[ %s ]", p->f->s->fields[field].label);
    put(p, 2, here ? STYLE_UI_SELECTED : STYLE_UI_BUTTON, bytes_str(words));
    row = row_of(p);
    if (here && row >= 0) {
        p->v->cursor_row = row;
        p->v->cursor_col = p->r.col + 4;
    }
    p->row++;
}

static void put_note(struct page *p, int col, size_t field)
{
    struct buf note;

    if (p->f->wrong_words[0] != '\0' && p->f->wrong == field)
        put_wrapped(p, col, STYLE_LINE_ERROR, bytes_str(p->f->wrong_words));
    if (p->f->s->note == NULL)
        return;
    buf_init(&note, 1024);
    p->f->s->note(p->f->arg, p->f, field, &note);
    put_wrapped(p, col, STYLE_TEXT_DIM, buf_view(&note));
    buf_free(&note);
}

static void put_field(struct page *p, size_t field)
{
    const struct form_field *row = &p->f->s->fields[field];
    bool beside = p->r.cols >= LABEL_COLS + 30;
    int col = beside ? LABEL_COLS : 2;

    p->row += p->gaps;
    if (field == p->f->at) {
        p->from = p->row;
        if (row_of(p) >= 0)
            (void)screen_put(
                p->v->screen, row_of(p), p->r.col, STYLE_INPUT_PROMPT, GLYPH_PROMPT);
    }
    if (row->kind == FORM_BUTTON) {
        put_button(p, field);
    } else {
        put(p, 2, field == p->f->at ? STYLE_TEXT_BOLD : STYLE_TEXT_NORMAL,
            bytes_str(row->label));
        p->row += !beside;
        put_value(p, col, field);
        p->row++;
    }
    put_note(p, col, field);
    if (field == p->f->at)
        p->to = p->row;
}

static void put_all(struct page *p)
{
    p->row = 0;
    put_wrapped(p, 0, STYLE_TEXT_NORMAL, bytes_str(p->f->s->words));
    for (size_t i = 0; i < p->f->s->count; i++)
        put_field(p, i);
}

static void measure(struct form *f, struct page *p)
{
    if (f->cols != p->v->cols)
        f->rows = 0;
    f->cols = p->v->cols;
    p->measures = true;
    put_all(p);
    f->rows = p->row > f->rows ? p->row : f->rows;
    p->measures = false;
}

static void draw(struct overlay *o, struct pane_view *v)
{
    struct form *f = self(o);
    int cols = v->cols - 4 < FORM_COLS ? v->cols - 4 : FORM_COLS;
    struct page p = {.f = f, .v = v, .r = {0, 0, 0, cols}};

    measure(f, &p);
    p.gaps = f->rows + (int)f->s->count + 2 <= v->rows;
    p.measures = true;
    put_all(&p); /* where the focus is now */
    p.measures = false;
    p.r = overlay_frame(v, f->rows + (p.gaps ? (int)f->s->count : 0), cols, f->s->title);
    p.top = p.to > p.r.rows ? p.to - p.r.rows : 0;
    p.top = p.from < p.top ? p.from : p.top;
    put_all(&p);
    if (p.row - p.top > p.r.rows)
        (void)screen_put(v->screen, p.r.row + p.r.rows, p.r.col + p.r.cols - 1, STYLE_UI_BORDER,
            GLYPH_BELOW);
}

/* ---- keys ---- */

static void move(struct form *f, bool on)
{
    f->at = (f->at + (on ? 1 : f->s->count - 1)) % f->s->count;
}

static void choose(struct form *f, struct tui *t, bool on)
{
    size_t n = 0;

    while (f->s->choice(f->arg, n) != NULL)
        n++;
    if (n == 0)
        return;
    f->chosen = (f->chosen + (on ? 1 : n - 1)) % n;
    if (f->s->looked != NULL)
        f->s->looked(f->arg, t, f->chosen);
}

static void type(struct form *f, struct bytes text)
{
    struct editline *e = &f->line[f->at];
    enum form_kind kind = f->s->fields[f->at].kind;

    if (kind != FORM_TEXT && kind != FORM_SECRET)
        return;
    if (e->n + text.n > f->s->fields[f->at].most)
        form_wrong(f, f->at, "There is no room for more here.");
    else if (memchr(text.p, '\n', text.n) == NULL)
        (void)editline_insert(e, text);
}

static void on_letter(struct form *f, const struct input_key *k)
{
    uint8_t letter[4];

    type(f, bytes_of(letter, utf8_put(letter, k->cp)));
    mem_wipe(letter, sizeof letter);
}

static void key(struct overlay *o, struct tui *t, enum action a, const struct input_key *k)
{
    struct form *f = self(o);
    enum form_kind kind = f->s->fields[f->at].kind;
    bool back = k->code == INPUT_UP || (k->code == INPUT_TAB && (k->mods & INPUT_SHIFT) != 0);
    bool on = !back && (k->code == INPUT_DOWN || k->code == INPUT_TAB);

    if (f->busy[0] != '\0')
        return;
    f->wrong_words[0] = '\0';
    if (back || on)
        move(f, on);
    else if (k->code == INPUT_ENTER && kind == FORM_BUTTON)
        f->s->pressed(f->arg, t, f);
    else if (k->code == INPUT_ENTER)
        move(f, true);
    else if (kind == FORM_CHOICE && (k->code == INPUT_LEFT || k->code == INPUT_RIGHT))
        choose(f, t, k->code == INPUT_RIGHT);
    else if (k->code == INPUT_CHAR && k->mods == 0)
        on_letter(f, k);
    else
        (void)act_edit(&f->line[f->at], a);
}

static void paste(struct overlay *o, struct tui *t, struct bytes text)
{
    struct form *f = self(o);

    (void)t;
    while (text.n != 0 && text.p[text.n - 1] == '\n') /* what comes along with a line */
        text.n--;
    if (f->busy[0] == '\0' && text.n != 0)
        type(f, text);
}

static void cancel(struct overlay *o, struct tui *t)
{
    struct form *f = self(o);

    f->s->quit(f->arg, t);
}

static void fini(struct overlay *o)
{
    struct form *f = self(o);

    for (size_t i = 0; i < FORM_FIELDS; i++)
        editline_fini(&f->line[i]);
    if (f->s->fini != NULL)
        f->s->fini(f->arg);
}

static const struct overlay_ops OPS = {
    .draw = draw,
    .key = key,
    .paste = paste,
    .cancel = cancel,
    .fini = fini,
    .hints = "Tab and arrows move   Enter goes on   ESC quits",
};

static struct form *make(struct tui *t, const struct form_source *s, void *arg)
{
    struct form *f = mem_alloc(sizeof *f);

    f->o.ops = &OPS;
    f->s = s;
    f->arg = arg;
    f->t = t;
    for (size_t i = 0; i < FORM_FIELDS; i++)
        editline_init(&f->line[i]);
    t->dirty |= MODEL_ALL | PANE_INPUT;
    return f;
}

struct form *form_open(struct tui *t, const struct form_source *s, void *arg)
{
    struct form *f = make(t, s, arg);

    overlay_open(t, &f->o);
    return f;
}

struct form *form_push(struct tui *t, const struct form_source *s, void *arg)
{
    struct form *f = make(t, s, arg);

    overlay_push(t, &f->o);
    return f;
}

void form_set(struct form *f, size_t field, struct bytes text)
{
    editline_set(&f->line[field], text);
}

struct bytes form_text(const struct form *f, size_t field)
{
    return editline_text(&f->line[field]);
}

size_t form_chosen(const struct form *f)
{
    return f->chosen;
}

void form_wrong(struct form *f, size_t field, const char *words)
{
    f->at = field;
    f->wrong = field;
    (void)bytes_copy(f->wrong_words, sizeof f->wrong_words, bytes_str(words));
    f->t->dirty |= PANE_INPUT;
}

void form_busy(struct form *f, const char *words)
{
    (void)bytes_copy(f->busy, sizeof f->busy, bytes_str(words != NULL ? words : ""));
    f->t->dirty |= PANE_INPUT;
}
