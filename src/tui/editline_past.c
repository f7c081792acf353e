/* SPDX-License-Identifier: ISC */
/* The lines entered before: each knows its page, all are one after another. */
#include "base/mem.h"
#include "tui/editline.h"
#include "tui/editline_impl.h"

static void forget(char *line)
{
    if (line != NULL)
        mem_wipe_free(line, strlen(line) + 1);
}

void editline_forget_draft(struct editline *e)
{
    forget(e->draft);
    e->draft = NULL;
}

void editline_forget_past(struct editline *e)
{
    for (size_t i = 0; i < e->history_n; i++)
        forget(e->history[i].text);
    e->history_n = 0;
    editline_forget_draft(e);
}

void editline_page(struct editline *e, uint64_t page)
{
    e->page = page;
}

static void look_at(struct editline *e, size_t at)
{
    e->did = EDITLINE_DID_OTHER;
    editline_mark(e);
    if (e->history_at == e->history_n) {
        forget(e->draft);
        e->draft = mem_alloc(e->n + 1);
        (void)bytes_copy(e->draft, e->n + 1, editline_text(e));
    }
    e->history_at = at;
    editline_put(e, bytes_str(at == e->history_n ? e->draft : e->history[at].text));
}

static bool counts(const struct editline *e, size_t i, bool all)
{
    return all || e->history[i].page == e->page;
}

void editline_back(struct editline *e, bool all)
{
    for (size_t i = e->history_at; i > 0; i--) {
        if (counts(e, i - 1, all)) {
            look_at(e, i - 1);
            return;
        }
    }
}

void editline_forth(struct editline *e, bool all)
{
    size_t i = e->history_at + 1;

    if (e->history_at == e->history_n)
        return;
    while (i < e->history_n && !counts(e, i, all))
        i++;
    look_at(e, i);
}

static int lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
}

static bool holds(const char *line, struct bytes words)
{
    size_t n = strlen(line);

    for (size_t at = 0; at + words.n <= n; at++) {
        size_t same = 0;
        while (same < words.n && lower((uint8_t)line[at + same]) == lower(words.p[same]))
            same++;
        if (same == words.n)
            return true;
    }
    return false;
}

size_t editline_seek(const struct editline *e, struct bytes words, size_t before)
{
    for (size_t i = before; i > 0; i--) {
        if (holds(e->history[i - 1].text, words))
            return i - 1;
    }
    return before;
}

/* The same line again on the same page is not kept twice in a row. */
static bool is_again(const struct editline *e)
{
    const struct editline_past *last = e->history_n > 0 ? &e->history[e->history_n - 1] : NULL;

    return last != NULL && last->page == e->page &&
           bytes_eq(bytes_str(last->text), editline_text(e));
}

static void remember(struct editline *e)
{
    char *line;

    if (e->n == 0 || is_again(e))
        return;
    if (e->history_n == EDITLINE_HISTORY) {
        forget(e->history[0].text);
        memmove(e->history, e->history + 1, (EDITLINE_HISTORY - 1) * sizeof e->history[0]);
        e->history_n--;
    }
    line = mem_alloc(e->n + 1);
    (void)bytes_copy(line, e->n + 1, editline_text(e));
    e->history[e->history_n++] = (struct editline_past){line, e->page};
}

void editline_enter(struct editline *e, struct buf *out)
{
    buf_bytes(out, editline_text(e));
    remember(e);
    editline_set(e, (struct bytes){0});
    mem_wipe(e->text, sizeof e->text);
}
