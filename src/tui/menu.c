/* SPDX-License-Identifier: ISC */
#include "tui/menu.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "tui/fuzzy.h"
#include "tui/state.h"

#define MENU_TYPED 128
#define MENU_COLS  72

struct hit {
    size_t i;
    int score;
    int bonus;
};

struct menu {
    struct overlay o; /* first: a struct overlay is one of these */
    const struct menu_source *s;
    void *arg;
    uint8_t typed[MENU_TYPED];
    size_t typed_n;
    struct hit *hits; /* best first */
    size_t count;
    size_t all; /* rows, whether they fit or not: the frame stays as it is */
    size_t at;  /* under the cursor */
    size_t top; /* the first that is drawn */
    int rows;   /* that the last drawing had */
};

static struct menu *self(struct overlay *o)
{
    return (struct menu *)o;
}

/* ---- which rows fit ---- */

/* What stands beside a row counts less than what it is called. */
static int score(const struct fuzzy *f, const struct menu_row *row)
{
    int fits = fuzzy_score(f, bytes_str(row->text));

    if (fits != 0)
        return fits + 1;
    return f->n > 2 && fuzzy_holds(f, bytes_str(row->note)) ? 1 : 0;
}

static int by_score(const void *a, const void *b)
{
    const struct hit *x = a;
    const struct hit *y = b;

    if (x->score != y->score)
        return x->score > y->score ? -1 : 1;
    if (x->bonus != y->bonus)
        return x->bonus > y->bonus ? -1 : 1;
    return x->i < y->i ? -1 : x->i > y->i;
}

static void find(struct menu *m)
{
    size_t n = m->s->count(m->arg);
    struct menu_row row;
    struct fuzzy typed;

    fuzzy_init(&typed, bytes_of(m->typed, m->typed_n));
    m->all = n;
    mem_free(m->hits);
    m->hits = mem_array(n + 1, sizeof *m->hits);
    m->count = 0;
    for (size_t i = 0; i < n; i++) {
        if (m->s->wanted != NULL && !m->s->wanted(m->arg, i, bytes_of(m->typed, m->typed_n)))
            continue;
        row = (struct menu_row){0};
        m->s->row(m->arg, i, &row);
        int fits = score(&typed, &row);
        if (fits != 0)
            m->hits[m->count++] = (struct hit){i, fits, row.bonus};
    }
    qsort(m->hits, m->count, sizeof *m->hits, by_score);
}

/* ---- drawing ---- */

static int scroll(struct menu *m, int rows)
{
    m->rows = rows > 0 ? rows : 1;
    if (m->at < m->top)
        m->top = m->at;
    if (m->at >= m->top + (size_t)m->rows)
        m->top = m->at - (size_t)m->rows + 1;
    return m->rows;
}

static void draw_row(struct menu *m, struct pane_view *v, struct rect at, size_t hit)
{
    bool here = hit == m->at;
    struct menu_row row = {0};
    int end = at.cols;
    int col = 2;

    m->s->row(m->arg, m->hits[hit].i, &row);
    if (m->s->filled != NULL)
        m->s->filled(m->arg, m->hits[hit].i, &row);
    screen_select(v->screen, here);
    screen_clear(v->screen, at);
    if (here) { /* not by colour alone */
        (void)screen_put(v->screen, at.row, at.col, STYLE_TEXT_NORMAL, GLYPH_PROMPT);
        v->cursor_row = at.row;
        v->cursor_col = at.col;
    }
    if (row.key[0] != '\0') {
        int n = screen_width(bytes_str(row.key));
        (void)screen_text(
            v->screen, at.row, at.col + end - n, n, STYLE_BAR_HINT_KEY, bytes_str(row.key));
        end -= n + 1;
    }
    col += screen_text(
        v->screen, at.row, at.col + col, end - col, STYLE_TEXT_NORMAL, bytes_str(row.text));
    if (row.note[0] != '\0' && end - col > 6)
        (void)screen_text(v->screen, at.row, at.col + col + 2, end - col - 2, STYLE_TEXT_DIM,
            bytes_str(row.note));
    screen_select(v->screen, false);
}

static void draw(struct overlay *o, struct pane_view *v)
{
    struct menu *m = self(o);
    int most = v->rows > 10 ? v->rows - 6 : v->rows - 2;
    int rows = (int)(m->all < 20 ? m->all : 20) + 1;
    int cols = v->cols - 4 < MENU_COLS ? v->cols - 4 : MENU_COLS;
    struct rect r = overlay_frame(v,
        most < 12   ? most
        : rows < 12 ? 12
                    : rows,
        cols, m->s->title);
    char text[64];
    int at = screen_text(
        v->screen, r.row, r.col, r.cols, STYLE_INPUT_PROMPT, bytes_str(m->s->prompt));
    int end = r.cols;
    int n = snprintf(text, sizeof text, "%zu", m->count);

    if (end > at + 12) {
        (void)screen_text(
            v->screen, r.row, r.col + end - n, n, STYLE_TEXT_DIM, bytes_str(text));
        end -= n + 1;
    }
    at += 1 + screen_text(v->screen, r.row, r.col + at + 1, end - at - 1, STYLE_INPUT_TEXT,
                  bytes_of(m->typed, m->typed_n));
    v->cursor_row = r.row;
    v->cursor_col = r.col + at;
    if (m->count == 0 && r.rows > 1)
        (void)screen_text(v->screen, r.row + 1, r.col + 2, r.cols - 2, STYLE_TEXT_DIM,
            bytes_str("nothing fits; Backspace takes a letter back"));
    int fit = scroll(m, r.rows - 1);
    for (int i = 0; i < fit && m->top + (size_t)i < m->count; i++)
        draw_row(m, v, (struct rect){r.row + 1 + i, r.col, 1, r.cols}, m->top + (size_t)i);
}

/* ---- keys ---- */

static void looked(struct menu *m, struct tui *t)
{
    if (m->s->looked != NULL && m->count != 0)
        m->s->looked(m->arg, t, m->hits[m->at].i);
}

static void go(struct menu *m, struct tui *t, long by, bool around)
{
    long to = (long)m->at + by;
    long last = (long)m->count - 1;

    if (last < 0)
        return;
    if (around && to < 0)
        to = last;
    else if (around && to > last)
        to = 0;
    m->at = (size_t)(to < 0 ? 0 : to > last ? last : to);
    looked(m, t);
}

static void retyped(struct menu *m, struct tui *t)
{
    m->at = 0;
    m->top = 0;
    find(m);
    looked(m, t);
}

static void erase(struct menu *m)
{
    size_t last = 0;

    for (size_t i = 0; i < m->typed_n;) {
        last = i;
        i += utf8_cluster(bytes_of(m->typed + i, m->typed_n - i), NULL);
    }
    m->typed_n = last;
}

static void type(struct menu *m, struct tui *t, struct bytes text)
{
    struct buf clean;

    buf_init(&clean, (size_t)MENU_TYPED * 32);
    utf8_clean(&clean, text, UTF8_DISPLAY);
    for (size_t i = 0; i < clean.n; i++)
        clean.p[i] = clean.p[i] == '\n' ? ' ' : clean.p[i];
    if (buf_end(&clean) == ERR_OK && m->typed_n + clean.n <= MENU_TYPED && clean.n != 0) {
        memcpy(m->typed + m->typed_n, clean.p, clean.n);
        m->typed_n += clean.n;
        retyped(m, t);
    }
    buf_free(&clean);
}

static void take(struct menu *m, struct tui *t)
{
    const struct menu_source *s = m->s;
    void *arg = m->arg;

    if (m->count == 0)
        return;
    size_t i = m->hits[m->at].i;
    m->arg = NULL; /* it outlives the menu until it was told */
    overlay_close(t);
    s->chosen(arg, t, i);
    if (s->fini != NULL)
        s->fini(arg);
}

/* True: another menu has taken this one's place. */
static bool turned(struct menu *m, struct tui *t, struct bytes letter)
{
    return m->typed_n == 0 && m->s->turned != NULL && m->s->turned(m->arg, t, letter);
}

static void on_char(struct menu *m, struct tui *t, const struct input_key *k)
{
    uint8_t letter[4];
    struct bytes text = bytes_of(letter, utf8_put(letter, k->cp));

    if (!turned(m, t, text))
        type(m, t, text);
}

static void forget_last(struct menu *m, struct tui *t)
{
    if (m->typed_n == 0 && m->s->backed != NULL && m->s->backed(m->arg, t))
        return;
    erase(m);
    retyped(m, t);
}

static void forget_all(struct menu *m, struct tui *t)
{
    m->typed_n = 0;
    retyped(m, t);
}

static void before(struct menu *m, struct tui *t)
{
    go(m, t, -1, true);
}

static void next(struct menu *m, struct tui *t)
{
    go(m, t, 1, true);
}

static void page_up(struct menu *m, struct tui *t)
{
    go(m, t, -m->rows, false);
}

static void page_down(struct menu *m, struct tui *t)
{
    go(m, t, m->rows, false);
}

static void key(struct overlay *o, struct tui *t, enum action a, const struct input_key *k)
{
    static const struct {
        enum action action;
        void (*run)(struct menu *m, struct tui *t);
    } ROWS[] = {
        {ACTION_ENTER, take},
        {ACTION_BACK, before},
        {ACTION_FORTH, next},
        {ACTION_COMPLETE, next},
        {ACTION_PAGE_NEXT, next},
        {ACTION_PAGE_BEFORE, before},
        {ACTION_SCROLL_UP, page_up},
        {ACTION_SCROLL_DOWN, page_down},
        {ACTION_ERASE_LEFT, forget_last},
        {ACTION_KILL_START, forget_all},
    };
    struct menu *m = self(o);

    for (size_t i = 0; i < MEM_COUNT(ROWS); i++) {
        if (ROWS[i].action == a) {
            ROWS[i].run(m, t);
            return;
        }
    }
    if (k->code == INPUT_TAB && (k->mods & INPUT_SHIFT) != 0)
        before(m, t);
    else if (k->code == INPUT_CHAR && k->mods == 0)
        on_char(m, t, k);
}

static void paste(struct overlay *o, struct tui *t, struct bytes text)
{
    type(self(o), t, text);
}

static void cancel(struct overlay *o, struct tui *t)
{
    struct menu *m = self(o);

    if (m->s->cancelled != NULL)
        m->s->cancelled(m->arg, t);
}

static void follow(struct overlay *o, struct tui *t)
{
    if (self(o)->s->hints != NULL)
        t->v.hints = self(o)->s->hints;
}

static void fini(struct overlay *o)
{
    struct menu *m = self(o);

    mem_free(m->hits);
    if (m->arg != NULL && m->s->fini != NULL)
        m->s->fini(m->arg);
}

static const struct overlay_ops OPS = {
    .draw = draw,
    .key = key,
    .paste = paste,
    .cancel = cancel,
    .follow = follow,
    .fini = fini,
    .hints = "type to find   Up Down move   Enter takes it   ESC closes",
};

void menu_open(struct tui *t, const struct menu_source *s, void *arg)
{
    struct menu *m = mem_alloc(sizeof *m);

    m->o.ops = &OPS;
    m->s = s;
    m->arg = arg;
    m->rows = 1;
    find(m);
    overlay_open(t, &m->o);
    looked(m, t);
}
