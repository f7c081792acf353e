/* SPDX-License-Identifier: ISC */
#include "model/event.h"

#include "base/mem.h"
#include "base/utf8.h"

static struct bytes cut(struct bytes b)
{
    return bytes_of(b.p, b.n <= EVENT_TEXT ? b.n : utf8_fit_bytes(b, EVENT_TEXT));
}

/* Both into one block, behind each other. */
static void keep(struct event *v, struct bytes who, struct bytes text)
{
    v->block = mem_alloc(who.n + text.n + 1);
    v->who = bytes_of(v->block, who.n);
    v->text = bytes_of(v->block + who.n, text.n);
    if (who.n != 0)
        memcpy(v->block, who.p, who.n);
    if (text.n != 0)
        memcpy(v->block + who.n, text.p, text.n);
}

void events_fini(struct events *e)
{
    for (size_t i = 0; i < e->count; i++)
        mem_free(e->ring[(e->head + i) % EVENTS_MAX].block);
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
        mem_free(e->ring[e->head].block);
        e->head = (e->head + 1) % EVENTS_MAX;
        e->count--;
    }
    v = &e->ring[(e->head + e->count++) % EVENTS_MAX];
    *v = (struct event){.id = ++e->last_id, .wall_ms = wall_ms, .kind = kind};
    keep(v, cut(who), cut(text));
    return v;
}

const struct event *events_at(const struct events *e, size_t i)
{
    return i < e->count ? &e->ring[(e->head + i) % EVENTS_MAX] : NULL;
}
