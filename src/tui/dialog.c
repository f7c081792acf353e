/* SPDX-License-Identifier: ISC */
#include "tui/dialog.h"

#include <stdio.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "tui/state.h"
#include "tui/wrap.h"

#define DIALOG_COLS  68
#define DIALOG_TYPED 64
#define DIALOG_LINES 8 /* of those to look at */

struct asking {
    struct overlay o; /* first: a struct overlay is one of these */
    struct dialog d;  /* its strings are copies */
    void *arg;
    struct buf words; /* cleaned, to be wrapped */
    size_t at;        /* the button with the focus */
    char typed[DIALOG_TYPED];
    size_t typed_n;
    bool wrong; /* what was typed is not it */
};

static struct asking *self(struct overlay *o)
{
    return (struct asking *)o;
}

/* ---- drawing ---- */

static size_t line_count(const struct asking *a)
{
    size_t n = 0;

    for (const char *at = a->d.lines; at != NULL && *at != '\0' && n < DIALOG_LINES; n++) {
        at += strcspn(at, "\n");
        at += *at == '\n';
    }
    return n;
}

static int draw_lines(const struct asking *a, struct pane_view *v, struct rect r, int row)
{
    const char *at = a->d.lines;

    for (size_t n = line_count(a); n > 0 && row < r.row + r.rows; n--, row++) {
        size_t length = strcspn(at, "\n");
        (void)screen_text(
            v->screen, row, r.col + 2, r.cols - 2, STYLE_TEXT_QUOTE, bytes_of(at, length));
        at += length + (at[length] == '\n');
    }
    return row;
}

static void draw_typed(const struct asking *a, struct pane_view *v, struct rect at)
{
    char ask[DIALOG_TYPED + 16];

    (void)snprintf(ask, sizeof ask, "Type %s:", a->d.type);
    int col =
        screen_text(v->screen, at.row, at.col, at.cols, STYLE_INPUT_PROMPT, bytes_str(ask));
    col += 1 + screen_text(v->screen, at.row, at.col + col + 1, at.cols - col - 1,
                   STYLE_INPUT_TEXT, bytes_of(a->typed, a->typed_n));
    v->cursor_row = at.row;
    v->cursor_col = at.col + col;
    if (a->wrong)
        (void)screen_text(v->screen, at.row, at.col + col + 2, at.cols - col - 2,
            STYLE_LINE_ERROR, bytes_str("that is not it"));
}

/* "[e]dit": the letter is shown, in the word where it has it. */
static void put_label(struct buf *to, char letter, const char *label)
{
    const char *in = strchr(label, letter);

    if (in == NULL)
        buf_fmt(to, "[%c] %s", letter, label);
    else
        buf_fmt(to, "%.*s[%c]%s", (int)(in - label), label, letter, in + 1);
}

static void draw_buttons(const struct asking *a, struct pane_view *v, struct rect at)
{
    int col = 0;
    struct buf text;

    for (size_t i = 0; i < a->d.buttons; i++) {
        bool here = i == a->at;
        buf_init(&text, 128);
        put_label(&text, a->d.button[i].letter, a->d.button[i].label);
        if (here) {
            (void)screen_put(v->screen, at.row, at.col + col, STYLE_UI_BUTTON, GLYPH_PROMPT);
            v->cursor_row = at.row;
            v->cursor_col = at.col + col;
        }
        col += 2 +
               screen_text(v->screen, at.row, at.col + col + 2, at.cols - col - 2,
                   here ? STYLE_UI_SELECTED : STYLE_UI_BUTTON, buf_view(&text)) +
               2;
        buf_free(&text);
    }
}

static void draw(struct overlay *o, struct pane_view *v)
{
    struct asking *a = self(o);
    int cols = v->cols - 4 < DIALOG_COLS || a->d.wide ? v->cols - 4 : DIALOG_COLS;
    struct bytes rest = buf_view(&a->words);
    struct bytes row;
    int want = (int)wrap_count(rest, cols) + (int)line_count(a) + 2;
    struct rect r = overlay_frame(v, want, cols, a->d.title);
    struct rect last = {r.row + r.rows - 1, r.col, 1, r.cols};
    struct rect body = {r.row, r.col, r.rows - 1, r.cols};
    int at = r.row;

    /* What is asked stays to be seen: words and lines give way to it. */
    while (at < body.row + body.rows && wrap_next(&rest, r.cols, &row))
        (void)screen_text(v->screen, at++, r.col, r.cols, STYLE_TEXT_NORMAL, row);
    (void)draw_lines(a, v, body, at);
    screen_clear(v->screen, last);
    if (a->d.type != NULL)
        draw_typed(a, v, last);
    else
        draw_buttons(a, v, last);
}

/* ---- keys ---- */

static void answer(struct asking *a, struct tui *t, char letter)
{
    void (*answered)(void *, struct tui *, char) = a->d.answered;
    void (*done)(void *) = a->d.fini;
    void *arg = a->arg;

    a->d.fini = NULL; /* the argument outlives the dialog until it was told */
    overlay_close(t);
    answered(arg, t, letter);
    if (done != NULL)
        done(arg);
}

static void type(struct asking *a, struct tui *t, enum action act, const struct input_key *k)
{
    a->wrong = false;
    if (act == ACTION_ENTER) {
        if (bytes_eq(bytes_of(a->typed, a->typed_n), bytes_str(a->d.type)))
            answer(a, t, '\r');
        else
            a->wrong = a->typed_n != 0;
    } else if (act == ACTION_ERASE_LEFT && a->typed_n > 0) {
        a->typed_n--;
    } else if (act == ACTION_KILL_START) {
        a->typed_n = 0;
    } else if (k->code == INPUT_CHAR && k->mods == 0 && k->cp >= ' ' && k->cp < 0x7f &&
               a->typed_n < sizeof a->typed) {
        a->typed[a->typed_n++] = (char)k->cp;
    }
}

static void move(struct asking *a, bool on)
{
    a->at = (a->at + (on ? 1 : a->d.buttons - 1)) % a->d.buttons;
}

static void press(struct asking *a, struct tui *t, const struct input_key *k)
{
    for (size_t i = 0; i < a->d.buttons; i++) {
        if (k->code == INPUT_CHAR && k->mods == 0 &&
            (k->cp | 0x20) == ((uint32_t)(uint8_t)a->d.button[i].letter | 0x20)) {
            answer(a, t, a->d.button[i].letter);
            return;
        }
    }
}

static void key(struct overlay *o, struct tui *t, enum action act, const struct input_key *k)
{
    struct asking *a = self(o);

    bool back = k->code == INPUT_LEFT || k->code == INPUT_UP;
    bool on = k->code == INPUT_RIGHT || k->code == INPUT_DOWN;

    if (k->code == INPUT_TAB)
        back = !(on = (k->mods & INPUT_SHIFT) == 0);
    if (a->d.type != NULL)
        type(a, t, act, k);
    else if (back || on)
        move(a, on);
    else if (act == ACTION_ENTER)
        answer(a, t, a->d.button[a->at].letter);
    else
        press(a, t, k);
}

static void cancel(struct overlay *o, struct tui *t)
{
    answer(self(o), t, 0);
}

static void fini(struct overlay *o)
{
    struct asking *a = self(o);

    mem_free((void *)(uintptr_t)a->d.title);
    mem_free((void *)(uintptr_t)a->d.lines);
    mem_free((void *)(uintptr_t)a->d.type);
    buf_wipe(&a->words);
    if (a->d.fini != NULL)
        a->d.fini(a->arg);
}

static const struct overlay_ops BUTTONS = {
    .draw = draw,
    .key = key,
    .cancel = cancel,
    .fini = fini,
    .hints = "a letter or Enter answers   Tab moves   ESC changes nothing",
};
static const struct overlay_ops TYPED = {
    .draw = draw,
    .key = key,
    .cancel = cancel,
    .fini = fini,
    .hints = "type it and press Enter   ESC changes nothing",
};

static struct asking *make(const struct dialog *d, void *arg)
{
    struct asking *a = mem_alloc(sizeof *a);

    a->o.ops = d->type != NULL ? &TYPED : &BUTTONS;
    a->d = *d;
    a->d.words = NULL;
    a->d.title = mem_strdup(d->title);
    a->d.lines = d->lines != NULL ? mem_strdup(d->lines) : NULL;
    a->d.type = d->type != NULL ? mem_strdup(d->type) : NULL;
    a->at = d->first;
    a->arg = arg;
    buf_init(&a->words, 1u << 16);
    utf8_clean(&a->words, bytes_str(d->words), UTF8_DISPLAY);
    return a;
}

void dialog_open(struct tui *t, const struct dialog *d, void *arg)
{
    overlay_open(t, &make(d, arg)->o);
}

void dialog_push(struct tui *t, const struct dialog *d, void *arg)
{
    overlay_push(t, &make(d, arg)->o);
}
