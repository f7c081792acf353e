/* SPDX-License-Identifier: ISC */
#include "model/event.h"

#include "base/mem.h"
#include "base/utf8.h"

static struct bytes keep(struct bytes b)
{
    size_t n = b.n <= EVENT_TEXT ? b.n : utf8_fit_bytes(b, EVENT_TEXT);

    return n != 0 ? bytes_of(mem_dup(b.p, n), n) : (struct bytes){0};
}

static void drop(struct bytes b)
{
    mem_free((void *)(uintptr_t)b.p);
}

void events_fini(struct events *e)
{
    for (size_t i = 0; i < e->count; i++) {
        struct event *v = &e->ring[(e->head + i) % EVENTS_MAX];
        drop(v->who);
        drop(v->text);
    }
    mem_free(e->ring);
    *e = (struct events){0};
}

const struct event *events_add(struct events *e, int64_t wall_ms, enum event_kind kind,
    struct bytes who, struct bytes text)
{
    struct event *v;

    if (e->ring == NULL)
        e->ring = mem_array(EVENTS_MAX, sizeof *e->ring);
    if (e->count == EVENTS_MAX) {
        drop(e->ring[e->head].who);
        drop(e->ring[e->head].text);
        e->head = (e->head + 1) % EVENTS_MAX;
        e->count--;
    }
    v = &e->ring[(e->head + e->count++) % EVENTS_MAX];
    *v = (struct event){++e->last_id, wall_ms, kind, keep(who), keep(text)};
    return v;
}

const struct event *events_at(const struct events *e, size_t i)
{
    return i < e->count ? &e->ring[(e->head + i) % EVENTS_MAX] : NULL;
}
