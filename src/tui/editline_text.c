/* SPDX-License-Identifier: ISC */
/* Text and movement. */
#include "tui/editline.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "tui/editline_impl.h"

void editline_init(struct editline *e)
{
    memset(e, 0, sizeof *e);
}

void editline_fini(struct editline *e)
{
    editline_forget_undo(e);
    editline_forget_kills(e);
    editline_forget_past(e);
    mem_wipe(e, sizeof *e);
}

struct bytes editline_text(const struct editline *e)
{
    return bytes_of(e->text, e->n);
}

struct bytes editline_behind(const struct editline *e, size_t at)
{
    return bytes_of(e->text + at, e->n - at);
}

/* ---- movement ---- */

size_t editline_next(const struct editline *e, size_t at)
{
    int cols;

    return at < e->n ? at + utf8_cluster(editline_behind(e, at), &cols) : e->n;
}

/* Clusters are found from the front alone. */
size_t editline_before(const struct editline *e, size_t at)
{
    size_t last = 0;

    for (size_t i = 0; i < at; i = editline_next(e, i))
        last = i;
    return last;
}

static bool is_word(const struct editline *e, size_t at)
{
    uint8_t c = e->text[at];

    return c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
           (c >= 'a' && c <= 'z') || c == '_';
}

/* The last place before the cursor where a word begins. */
static size_t word_left(const struct editline *e)
{
    size_t found = 0;
    bool inside = false;

    for (size_t i = 0; i < e->at; i = editline_next(e, i)) {
        bool word = is_word(e, i);
        if (word && !inside)
            found = i;
        inside = word;
    }
    return found;
}

static size_t word_right(const struct editline *e)
{
    size_t at = e->at;

    while (at < e->n && !is_word(e, at))
        at = editline_next(e, at);
    while (at < e->n && is_word(e, at))
        at = editline_next(e, at);
    return at;
}

static size_t line_start(const struct editline *e)
{
    size_t at = e->at;

    while (at > 0 && e->text[at - 1] != '\n')
        at--;
    return at;
}

static size_t line_end(const struct editline *e)
{
    size_t at = e->at;

    while (at < e->n && e->text[at] != '\n')
        at++;
    return at;
}

size_t editline_target(const struct editline *e, enum editline_move to)
{
    switch (to) {
    case EDITLINE_LEFT:
        return editline_before(e, e->at);
    case EDITLINE_RIGHT:
        return editline_next(e, e->at);
    case EDITLINE_WORD_LEFT:
        return word_left(e);
    case EDITLINE_WORD_RIGHT:
        return word_right(e);
    case EDITLINE_START:
        return line_start(e);
    case EDITLINE_END:
        return line_end(e);
    }
    return e->at;
}

void editline_go(struct editline *e, enum editline_move to)
{
    e->did = EDITLINE_DID_OTHER;
    e->at = editline_target(e, to);
}

size_t editline_count(const struct editline *e, size_t bytes)
{
    size_t n = 0;

    for (size_t at = 0; at < bytes && at < e->n; at = editline_next(e, at))
        n++;
    return n;
}

/* ---- text ---- */

static void clean(struct buf *out, struct bytes before, struct bytes text, struct bytes after)
{
    struct buf raw;

    buf_init(&raw, (size_t)EDITLINE_BYTES * 3);
    buf_bytes(&raw, before);
    buf_bytes(&raw, text);
    buf_bytes(&raw, after);
    buf_init(out, (size_t)EDITLINE_BYTES * 32);
    utf8_clean(out, buf_view(&raw), UTF8_DISPLAY);
    if (buf_end(&raw) != ERR_OK)
        out->err = ERR_TOO_BIG;
    buf_wipe(&raw);
}

static void take(struct editline *e, const struct buf *head, const struct buf *whole)
{
    size_t at = 0;

    if (whole->n != 0)
        memcpy(e->text, whole->p, whole->n);
    e->n = whole->n;
    while (at < head->n && at < e->n)
        at = editline_next(e, at);
    e->at = at;
}

/* The whole line is cleaned each time: a mark that is typed belongs to the letter before it. */
static bool put_in(struct editline *e, size_t from, struct bytes foreign, bool keep)
{
    struct bytes before = bytes_of(e->text, from);
    struct buf head;
    struct buf whole;
    bool fits;

    clean(&head, before, foreign, (struct bytes){0});
    clean(&whole, before, foreign, editline_behind(e, e->at));
    fits = buf_end(&head) == ERR_OK && buf_end(&whole) == ERR_OK && whole.n <= EDITLINE_BYTES;
    if (fits && keep)
        editline_mark(e);
    if (fits)
        take(e, &head, &whole);
    buf_wipe(&head);
    buf_wipe(&whole);
    return fits;
}

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\n';
}

/* What is typed letter by letter is undone word by word. */
static bool goes_on(const struct editline *e, struct bytes text)
{
    bool letter = text.n != 0 && text.n <= 4 && utf8_cluster(text, NULL) == text.n;

    return letter && e->did == EDITLINE_DID_TYPE && e->at > 0 &&
           (is_blank(text.p[0]) || !is_blank(e->text[e->at - 1]));
}

bool editline_insert(struct editline *e, struct bytes foreign)
{
    bool done = put_in(e, e->at, foreign, !goes_on(e, foreign));

    e->did = EDITLINE_DID_TYPE;
    return done;
}

bool editline_replace(struct editline *e, size_t from, struct bytes foreign)
{
    e->did = EDITLINE_DID_OTHER;
    return put_in(e, from, foreign, true);
}

void editline_put(struct editline *e, struct bytes text)
{
    e->n = 0;
    e->at = 0;
    (void)put_in(e, 0, text, false);
}

void editline_set(struct editline *e, struct bytes text)
{
    editline_forget_undo(e);
    editline_forget_draft(e);
    e->history_at = e->history_n;
    e->did = EDITLINE_DID_OTHER;
    editline_put(e, text);
}

void editline_cut(struct editline *e, size_t from, size_t to)
{
    memmove(e->text + from, e->text + to, e->n - to);
    e->n -= to - from;
    e->at = from;
}

void editline_erase(struct editline *e, enum editline_move to)
{
    size_t other = editline_target(e, to);

    if (other == e->at)
        return;
    if (e->did != EDITLINE_DID_ERASE)
        editline_mark(e);
    e->did = EDITLINE_DID_ERASE;
    if (other < e->at)
        editline_cut(e, other, e->at);
    else
        editline_cut(e, e->at, other);
}

void editline_swap(struct editline *e)
{
    uint8_t copy[EDITLINE_BYTES];
    size_t mid = e->at == e->n ? editline_before(e, e->at) : e->at;
    size_t left = editline_before(e, mid);
    size_t right = editline_next(e, mid);

    e->did = EDITLINE_DID_OTHER;
    if (mid == 0)
        return;
    editline_mark(e);
    memcpy(copy, e->text + left, mid - left);
    memmove(e->text + left, e->text + mid, right - mid);
    memcpy(e->text + left + (right - mid), copy, mid - left);
    mem_wipe(copy, sizeof copy);
    e->at = right;
}
