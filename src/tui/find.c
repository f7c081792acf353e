/* SPDX-License-Identifier: ISC */
#include "tui/find.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "model/words.h"

static struct bytes words_of(const struct find *f)
{
    return bytes_of(f->words, f->words_n);
}

static bool has(const struct find *f, const struct event *v)
{
    struct bytes hit;

    return (v->flags & EVENT_FOLDED) == 0 && words_find(v->text, words_of(f), 0, &hit);
}

static void add(struct find *f, uint64_t id)
{
    if (f->count == f->cap) {
        f->cap = f->cap != 0 ? f->cap * 2 : 64;
        f->hits = mem_realloc(f->hits, f->cap * sizeof *f->hits);
    }
    f->hits[f->count++] = id;
}

/* What no longer has them, or is no longer there, is dropped. */
static void narrow(struct find *f, const struct events *es)
{
    size_t n = 0;
    size_t at;

    for (size_t i = 0; i < f->count; i++) {
        if (events_index(es, f->hits[i], &at) && has(f, events_at(es, at)))
            f->hits[n++] = f->hits[i];
    }
    f->count = n;
}

void find_words(struct find *f, const struct events *es, struct bytes words)
{
    bool longer =
        f->words_n != 0 && words.n >= f->words_n && memcmp(words.p, f->words, f->words_n) == 0;

    f->words_n = words.n < FIND_WORDS ? words.n : utf8_fit_bytes(words, FIND_WORDS);
    if (f->words_n != 0)
        memcpy(f->words, words.p, f->words_n);
    if (longer) {
        narrow(f, es);
    } else {
        f->count = 0;
        f->oldest = f->newest = 0;
    }
    find_follow(f, es);
}

/* Those put in front of the page since: their hits go before the others. */
static void look_before(struct find *f, const struct events *es, size_t end)
{
    struct find front = {.words_n = f->words_n};

    memcpy(front.words, f->words, f->words_n);
    for (size_t i = 0; i < end; i++) {
        if (has(&front, events_at(es, i)))
            add(&front, events_at(es, i)->id);
    }
    for (size_t i = 0; i < f->count && front.count != 0; i++)
        add(&front, f->hits[i]);
    if (front.count != 0) {
        mem_free(f->hits);
        f->hits = front.hits;
        f->count = front.count;
        f->cap = front.cap;
    }
}

void find_follow(struct find *f, const struct events *es)
{
    size_t forgotten = 0;
    size_t at;

    if (es->count == 0 || f->words_n == 0) {
        f->count = 0;
        f->oldest = f->newest = 0;
        return;
    }
    if (f->newest == 0 || f->newest < events_at(es, 0)->id) { /* nothing of it is left */
        f->count = 0;
        f->oldest = events_at(es, 0)->id;
        f->newest = f->oldest - 1;
    }
    if (events_index(es, f->oldest, &at))
        look_before(f, es, at);
    f->oldest = events_at(es, 0)->id;
    while (forgotten < f->count && f->hits[forgotten] < f->oldest)
        forgotten++;
    f->count -= forgotten;
    if (forgotten != 0)
        memmove(f->hits, f->hits + forgotten, f->count * sizeof *f->hits);
    for (at = es->count - (size_t)(es->last_id - f->newest); at < es->count; at++) {
        if (has(f, events_at(es, at)))
            add(f, events_at(es, at)->id);
    }
    f->newest = es->last_id;
}

size_t find_behind(const struct find *f, uint64_t id)
{
    size_t low = 0;
    size_t high = f->count;

    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (f->hits[mid] < id)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

size_t find_before(const struct find *f, uint64_t id)
{
    size_t i = find_behind(f, id);

    if (i < f->count && f->hits[i] == id)
        return i;
    return i != 0 ? i - 1 : f->count;
}

void find_fini(struct find *f)
{
    mem_free(f->hits);
    mem_wipe(f->words, sizeof f->words);
    *f = (struct find){0};
}
