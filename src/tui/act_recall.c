/* SPDX-License-Identifier: ISC */
/*
 * Looking for a line that was entered before, on whichever page: the newest that has the
 * letters typed, in the place of the line. Enter puts it there, to be changed or sent.
 */
#include "base/mem.h"
#include "base/utf8.h"
#include "tui/act.h"

#define NEEDLE 128

struct recall {
    struct overlay o; /* first: a struct overlay is one of these */
    const struct editline *line;
    char needle[NEEDLE];
    size_t n;
    size_t at;    /* in the history */
    bool nothing; /* has it, or has it beyond that */
};

static struct recall *self(struct overlay *o)
{
    return (struct recall *)o;
}

static struct bytes needle(const struct recall *r)
{
    return bytes_of(r->needle, r->n);
}

static bool is_found(const struct recall *r)
{
    return r->n != 0 && r->at < r->line->history_n;
}

/* Older than before; where there is none, what was found stays. */
static void seek(struct recall *r, size_t before)
{
    size_t at = editline_seek(r->line, needle(r), before);

    r->nothing = r->n != 0 && at == before;
    if (at != before)
        r->at = at;
    else if (before == r->line->history_n)
        r->at = before;
}

static void draw(struct overlay *o, struct pane_view *v)
{
    struct recall *r = self(o);
    struct rect line = v->layout.part[LAYOUT_INPUT];
    int end = line.col + line.cols - 1;
    int at = line.col + 1;

    screen_clear(v->screen, line);
    at += screen_text(v->screen, line.row, at, end - at, STYLE_INPUT_PROMPT,
              bytes_str("Typed before:")) +
          1;
    at += screen_text(v->screen, line.row, at, line.cols / 3, STYLE_INPUT_TEXT, needle(r));
    v->cursor_row = line.row;
    v->cursor_col = at;
    at += 2;
    if (r->nothing)
        at += screen_text(v->screen, line.row, at, end - at, STYLE_LINE_ERROR,
                  bytes_str(is_found(r) ? "no more" : "nothing has that")) +
              2;
    if (is_found(r))
        (void)screen_text(v->screen, line.row, at, end - at, STYLE_TEXT_QUOTE,
            bytes_str(r->line->history[r->at].text));
}

static void put(const struct recall *r, struct tui *t)
{
    if (!is_found(r))
        return;
    t->v.line.at = t->v.line.n;
    (void)editline_replace(&t->v.line, 0, bytes_str(r->line->history[r->at].text));
}

static void type(struct recall *r, uint32_t cp)
{
    uint8_t letter[4];
    size_t n = utf8_put(letter, cp);

    if (cp < ' ' || r->n + n > sizeof r->needle)
        return;
    memcpy(r->needle + r->n, letter, n);
    r->n += n;
    seek(r, r->line->history_n);
}

static void erase(struct recall *r)
{
    while (r->n > 0 && ((uint8_t)r->needle[--r->n] & 0xc0) == 0x80)
        ;
    seek(r, r->line->history_n);
}

static void key(struct overlay *o, struct tui *t, enum action a, const struct input_key *k)
{
    struct recall *r = self(o);

    if (a == ACTION_INSERT) {
        type(r, k->cp);
    } else if (a == ACTION_ERASE_LEFT) {
        erase(r);
    } else if (a == ACTION_RECALL || a == ACTION_BACK) {
        seek(r, r->at);
    } else {
        put(r, t);
        overlay_close(t);
        if (a != ACTION_ENTER)
            act_do(t, a, k);
    }
}

static void paste(struct overlay *o, struct tui *t, struct bytes text)
{
    struct recall *r = self(o);
    uint32_t cp;
    bool ok;

    (void)t;
    for (size_t n; text.n != 0; text = bytes_of(text.p + n, text.n - n)) {
        n = utf8_step(text, &cp, &ok);
        type(r, cp);
    }
}

static void fini(struct overlay *o)
{
    mem_wipe(self(o)->needle, NEEDLE);
}

static const struct overlay_ops RECALL = {
    .draw = draw,
    .key = key,
    .paste = paste,
    .fini = fini,
    .hints = "type some of it   again: older ones   Enter takes it   ESC the line as it was",
};

static void recall(struct tui *t, const struct input_key *k)
{
    struct recall *r;

    (void)k;
    if (t->model->ask.open) /* an answer is never made of what was said */
        return;
    r = mem_alloc(sizeof *r);
    r->o.ops = &RECALL;
    r->line = &t->v.line;
    r->at = r->line->history_n;
    overlay_open(t, &r->o);
}

const struct act_row ACT_RECALL[] = {
    {ACTION_RECALL, recall},
    {ACTION_NONE, NULL},
};
