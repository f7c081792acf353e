/* SPDX-License-Identifier: ISC */
#include "tui/editline.h"

#include "base/mem.h"
#include "base/utf8.h"

void editline_init(struct editline *e)
{
    memset(e, 0, sizeof *e);
}

static void forget(char *line)
{
    if (line != NULL)
        mem_wipe_free(line, strlen(line) + 1);
}

void editline_fini(struct editline *e)
{
    for (size_t i = 0; i < e->history_n; i++)
        forget(e->history[i]);
    forget(e->draft);
    mem_wipe(e, sizeof *e);
}

struct bytes editline_text(const struct editline *e)
{
    return bytes_of(e->text, e->n);
}

static struct bytes behind(const struct editline *e, size_t at)
{
    return bytes_of(e->text + at, e->n - at);
}

static size_t next(const struct editline *e, size_t at)
{
    int cols;

    return at < e->n ? at + utf8_cluster(behind(e, at), &cols) : e->n;
}

/* Clusters are found from the front alone. */
static size_t before(const struct editline *e, size_t at)
{
    size_t last = 0;

    for (size_t i = 0; i < at; i = next(e, i))
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

    for (size_t i = 0; i < e->at; i = next(e, i)) {
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
        at = next(e, at);
    while (at < e->n && is_word(e, at))
        at = next(e, at);
    return at;
}

static size_t target(const struct editline *e, enum editline_move to)
{
    switch (to) {
    case EDITLINE_LEFT:
        return before(e, e->at);
    case EDITLINE_RIGHT:
        return next(e, e->at);
    case EDITLINE_WORD_LEFT:
        return word_left(e);
    case EDITLINE_WORD_RIGHT:
        return word_right(e);
    case EDITLINE_START:
        return 0;
    case EDITLINE_END:
        return e->n;
    }
    return e->at;
}

void editline_set(struct editline *e, struct bytes text)
{
    e->n = 0;
    e->at = 0;
    (void)editline_insert(e, text);
}

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

/* The whole line is cleaned each time: a mark that is typed belongs to the letter before it. */
bool editline_insert(struct editline *e, struct bytes foreign)
{
    struct bytes before_it = bytes_of(e->text, e->at);
    struct buf head;
    struct buf whole;
    bool fits;

    clean(&head, before_it, foreign, (struct bytes){0});
    clean(&whole, before_it, foreign, behind(e, e->at));
    fits = buf_end(&head) == ERR_OK && buf_end(&whole) == ERR_OK && whole.n <= EDITLINE_BYTES;
    if (fits) {
        size_t at = 0;
        if (whole.n != 0)
            memcpy(e->text, whole.p, whole.n);
        e->n = whole.n;
        while (at < head.n && at < e->n)
            at = next(e, at);
        e->at = at;
    }
    buf_wipe(&head);
    buf_wipe(&whole);
    return fits;
}

void editline_go(struct editline *e, enum editline_move to)
{
    e->at = target(e, to);
}

static void take_out(struct editline *e, size_t from, size_t to, bool keep)
{
    if (from > to) {
        size_t swap = from;
        from = to;
        to = swap;
    }
    if (keep && to > from) {
        e->killed_n = to - from;
        memcpy(e->killed, e->text + from, e->killed_n);
    }
    memmove(e->text + from, e->text + to, e->n - to);
    e->n -= to - from;
    e->at = from;
}

void editline_erase(struct editline *e, enum editline_move to)
{
    take_out(e, e->at, target(e, to), false);
}

void editline_kill(struct editline *e, enum editline_move to)
{
    take_out(e, e->at, target(e, to), true);
}

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\n';
}

void editline_kill_blank(struct editline *e)
{
    size_t at = e->at;

    while (at > 0 && is_blank(e->text[at - 1]))
        at--;
    while (at > 0 && !is_blank(e->text[at - 1]))
        at--;
    take_out(e, at, e->at, true);
}

void editline_yank(struct editline *e)
{
    uint8_t copy[EDITLINE_BYTES];

    memcpy(copy, e->killed, e->killed_n);
    (void)editline_insert(e, bytes_of(copy, e->killed_n));
    mem_wipe(copy, sizeof copy);
}

void editline_swap(struct editline *e)
{
    uint8_t copy[EDITLINE_BYTES];
    size_t mid = e->at == e->n ? before(e, e->at) : e->at;
    size_t left = before(e, mid);
    size_t right = next(e, mid);

    if (mid == 0)
        return;
    memcpy(copy, e->text + left, mid - left);
    memmove(e->text + left, e->text + mid, right - mid);
    memcpy(e->text + left + (right - mid), copy, mid - left);
    mem_wipe(copy, sizeof copy);
    e->at = right;
}

static void look_at(struct editline *e, size_t at)
{
    if (e->history_at == e->history_n) {
        forget(e->draft);
        e->draft = mem_alloc(e->n + 1);
        (void)bytes_copy(e->draft, e->n + 1, editline_text(e));
    }
    e->history_at = at;
    editline_set(e, bytes_str(at == e->history_n ? e->draft : e->history[at]));
}

void editline_back(struct editline *e)
{
    if (e->history_at > 0)
        look_at(e, e->history_at - 1);
}

void editline_forth(struct editline *e)
{
    if (e->history_at < e->history_n)
        look_at(e, e->history_at + 1);
}

static void remember(struct editline *e)
{
    char *line;

    if (e->n == 0 || (e->history_n > 0 &&
                         bytes_eq(bytes_str(e->history[e->history_n - 1]), editline_text(e))))
        return;
    if (e->history_n == EDITLINE_HISTORY) {
        forget(e->history[0]);
        memmove(e->history, e->history + 1, (EDITLINE_HISTORY - 1) * sizeof e->history[0]);
        e->history_n--;
    }
    line = mem_alloc(e->n + 1);
    (void)bytes_copy(line, e->n + 1, editline_text(e));
    e->history[e->history_n++] = line;
}

void editline_enter(struct editline *e, struct buf *out)
{
    buf_bytes(out, editline_text(e));
    remember(e);
    e->history_at = e->history_n;
    e->n = 0;
    e->at = 0;
}

size_t editline_count(const struct editline *e, size_t bytes)
{
    size_t n = 0;

    for (size_t at = 0; at < bytes && at < e->n; at = next(e, at))
        n++;
    return n;
}

/* The cluster at a place: its bytes and its columns as the line is shown. */
static size_t shown(const struct editline *e, size_t at, int *cols)
{
    size_t n = utf8_cluster(behind(e, at), cols);

    if (e->text[at] == '\n')
        *cols = 1;
    return n;
}

struct bytes editline_window(const struct editline *e, int cols, int *cursor_col)
{
    size_t from = 0;
    size_t to;
    int at = 0;
    int width;

    for (size_t i = 0; i < e->at; at += width)
        i += shown(e, i, &width);
    /* The cursor itself takes a column. */
    while (at > cols - 1 && from < e->at) {
        from += shown(e, from, &width);
        at -= width;
    }
    *cursor_col = at;
    for (to = from; to < e->n; cols -= width) {
        size_t n = shown(e, to, &width);
        if (width > cols)
            break;
        to += n;
    }
    return bytes_of(e->text + from, to - from);
}
