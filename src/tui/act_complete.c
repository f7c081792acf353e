/* SPDX-License-Identifier: ISC */
/*
 * Tab: as far as all that fit agree; then a list above the line to go through. Any key but
 * those that move in it closes the list and does what it does.
 */
#include "base/mem.h"
#include "tui/act.h"
#include "tui/complete.h"
#include "tui/pane_input.h"

#define LIST_ROWS  8
#define LIST_COLS  92
#define LIST_WORDS 32 /* columns of the words at most */

struct list {
    struct overlay o; /* first: a struct overlay is one of these */
    struct completion c;
    size_t at;
    bool put; /* the word under the cursor stands in the line */
};

static struct list *self(struct overlay *o)
{
    return (struct list *)o;
}

/* ---- the line ---- */

static void take_back(struct list *l, struct tui *t)
{
    if (l->put)
        editline_undo(&t->v.line);
    l->put = false;
}

static void put(struct list *l, struct tui *t, size_t at)
{
    take_back(l, t);
    l->at = at;
    l->put = editline_replace(&t->v.line, l->c.from, bytes_str(l->c.word[at].text));
}

/* ---- drawing ---- */

static int word_cols(const struct list *l)
{
    int most = 0;

    for (size_t i = 0; i < l->c.found; i++) {
        int cols = screen_width(bytes_of(l->c.word[i].text, l->c.word[i].word));
        most = cols > most ? cols : most;
    }
    return most < LIST_WORDS ? most : LIST_WORDS;
}

static bool has_notes(const struct list *l)
{
    for (size_t i = 0; i < l->c.found; i++) {
        const struct completion_word *w = &l->c.word[i];
        if (w->note[0] != '\0' || w->args[0] != '\0' || w->about != NULL)
            return true;
    }
    return false;
}

static void draw_row(
    const struct list *l, struct pane_view *v, struct rect at, size_t i, int words)
{
    const struct completion_word *w = &l->c.word[i];
    bool here = i == l->at;
    enum style style = here ? STYLE_UI_SELECTED : STYLE_TEXT_NORMAL;
    int col = at.col + 4 + words;
    int end = at.col + at.cols - 2;

    if (here)
        (void)screen_put(v->screen, at.row, at.col + 1, STYLE_UI_BUTTON, GLYPH_PROMPT);
    (void)screen_text(v->screen, at.row, at.col + 2, words, style, bytes_of(w->text, w->word));
    if (w->args[0] != '\0')
        col += screen_text(
                   v->screen, at.row, col, end - col, STYLE_TEXT_BOLD, bytes_str(w->args)) +
               2;
    (void)screen_text(v->screen, at.row, col, end - col, STYLE_TEXT_DIM,
        bytes_str(w->about != NULL ? w->about : w->note));
}

static struct rect place(const struct list *l, const struct pane_view *v, int words)
{
    struct rect line = v->layout.part[LAYOUT_INPUT];
    int left = line.cols - pane_input_cols(v, line.cols) - 2;
    int cols = has_notes(l) ? LIST_COLS : words + 5;
    int rows = l->c.found < LIST_ROWS ? (int)l->c.found : LIST_ROWS;

    rows = rows + 1 < line.row ? rows + 1 : line.row;
    left = left + cols <= line.cols ? left : line.cols - cols;
    left = left > 0 ? left : 0;
    cols = left + cols <= line.cols ? cols : line.cols;
    return (struct rect){line.row - rows, left, rows, cols};
}

static void draw(struct overlay *o, struct pane_view *v)
{
    struct list *l = self(o);
    int words = word_cols(l);
    struct rect r = place(l, v, words);
    struct rect side = {r.row, r.col, r.rows, 1};
    size_t fit = r.rows > 1 ? (size_t)r.rows - 1 : 0;
    size_t from = l->at < fit ? 0 : l->at - fit + 1;
    struct buf title;

    screen_clear(v->screen, r);
    screen_line(v->screen, (struct rect){r.row, r.col, 1, r.cols}, GLYPH_HORIZONTAL);
    screen_line(v->screen, side, GLYPH_VERTICAL);
    side.col += r.cols - 1;
    screen_line(v->screen, side, GLYPH_VERTICAL);
    (void)screen_put(v->screen, r.row, r.col, STYLE_UI_BORDER, GLYPH_TOP_LEFT);
    (void)screen_put(v->screen, r.row, side.col, STYLE_UI_BORDER, GLYPH_TOP_RIGHT);
    if (l->c.found > fit && r.cols > 12) {
        buf_init(&title, 64);
        buf_fmt(&title, " %zu/%zu ", l->at + 1, l->c.found);
        (void)screen_text(
            v->screen, r.row, r.col + 2, r.cols - 4, STYLE_UI_TITLE, buf_view(&title));
        buf_free(&title);
    }
    for (size_t i = 0; i < fit && from + i < l->c.found; i++)
        draw_row(l, v, (struct rect){r.row + 1 + (int)i, r.col, 1, r.cols}, from + i, words);
}

/* ---- keys ---- */

static void cancel(struct overlay *o, struct tui *t)
{
    take_back(self(o), t);
}

static void fini(struct overlay *o)
{
    completion_fini(&self(o)->c);
}

static void key(struct overlay *o, struct tui *t, enum action a, const struct input_key *k)
{
    struct list *l = self(o);
    bool on = a == ACTION_COMPLETE || a == ACTION_FORTH;
    bool back = a == ACTION_COMPLETE_BACK || a == ACTION_BACK;

    if ((on || back) && !t->model->ask.open) {
        put(l, t, (l->at + (on ? 1 : l->c.found - 1)) % l->c.found);
        return;
    }
    overlay_close(t);
    if (a != ACTION_ENTER || t->model->ask.open)
        act_do(t, a, k);
}

static void paste(struct overlay *o, struct tui *t, struct bytes text)
{
    (void)o;
    overlay_close(t);
    act_paste(t, text);
}

static const struct overlay_ops LIST = {
    .draw = draw,
    .key = key,
    .paste = paste,
    .cancel = cancel,
    .fini = fini,
    .hints = "Tab the next   Shift+Tab the one before   Enter takes it   ESC none of them",
};

static void open_list(struct tui *t, struct completion *c, size_t at)
{
    struct list *l = mem_alloc(sizeof *l);

    l->o.ops = &LIST;
    l->c = *c; /* taken */
    overlay_open(t, &l->o);
    put(l, t, at);
}

static void start(struct tui *t, bool back)
{
    struct editline *e = &t->v.line;
    struct completion *c;

    if (t->model->ask.open)
        return;
    c = mem_alloc(sizeof *c);
    complete_line(c, t->model, bytes_of(e->text, e->at));
    if (c->found == 1 || (c->found > 1 && c->same > e->at - c->from)) {
        (void)editline_replace(e, c->from, bytes_of(c->word[0].text, c->same));
        completion_fini(c);
    } else if (c->found > 1) {
        open_list(t, c, back ? c->found - 1 : 0);
    }
    mem_free(c);
}

static void complete(struct tui *t, const struct input_key *k)
{
    (void)k;
    start(t, false);
}

static void complete_back(struct tui *t, const struct input_key *k)
{
    (void)k;
    start(t, true);
}

const struct act_row ACT_COMPLETE[] = {
    {ACTION_COMPLETE, complete},
    {ACTION_COMPLETE_BACK, complete_back},
    {ACTION_NONE, NULL},
};
