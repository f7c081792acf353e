/* SPDX-License-Identifier: ISC */
#include "model/event.h"

#include "base/mem.h"
#include "base/utf8.h"

const char *event_kind_str(enum event_kind kind)
{
    static const char *const NAMES[EVENT_KINDS] = {
        [EVENT_INFO] = "info",
        [EVENT_HERE] = "here",
        [EVENT_GONE] = "gone",
        [EVENT_CHANGE] = "change",
        [EVENT_NOTICE] = "notice",
        [EVENT_WARN] = "warning",
        [EVENT_ERROR] = "error",
        [EVENT_MESSAGE] = "message",
        [EVENT_FOUND] = "found",
    };

    return (unsigned)kind < EVENT_KINDS ? NAMES[kind] : "unknown";
}

const char *event_state_str(enum event_state state)
{
    static const char *const NAMES[EVENT_STATES] = {
        [EVENT_ARRIVED] = "arrived",
        [EVENT_QUEUED] = "queued",
        [EVENT_RELAYED] = "relayed",
        [EVENT_DELIVERED] = "delivered",
        [EVENT_READ] = "read",
        [EVENT_FAILED] = "failed",
    };

    return (unsigned)state < EVENT_STATES ? NAMES[state] : "unknown";
}

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

/* What was said is a secret: it does not stay behind in freed memory. */
static void forget(struct event *v)
{
    if (v->block != NULL)
        mem_wipe_free(v->block, v->who.n + v->text.n + 1);
}

void events_fini(struct events *e)
{
    for (size_t i = 0; i < e->count; i++)
        forget(&e->ring[(e->head + i) % EVENTS_MAX]);
    mem_free(e->ring);
    *e = (struct events){0};
}

struct event *events_add(struct events *e, const struct event *like)
{
    struct event *v;

    if (e->ring == NULL)
        e->ring = mem_array(EVENTS_MAX, sizeof *e->ring);
    if (e->count == EVENTS_MAX) {
        forget(&e->ring[e->head]);
        e->head = (e->head + 1) % EVENTS_MAX;
        e->count--;
    }
    v = &e->ring[(e->head + e->count++) % EVENTS_MAX];
    *v = *like;
    v->id = ++e->last_id;
    keep(v, cut(like->who), cut(like->text));
    return v;
}

void events_before(struct events *e, const struct event *like, size_t n)
{
    struct events now = *e;

    *e = (struct events){.last_id = now.last_id};
    for (size_t i = 0; i < n; i++)
        (void)events_add(e, &like[i]);
    for (size_t i = 0; i < now.count; i++)
        (void)events_add(e, events_at(&now, i));
    events_fini(&now);
}

const struct event *events_at(const struct events *e, size_t i)
{
    return i < e->count ? &e->ring[(e->head + i) % EVENTS_MAX] : NULL;
}

struct event *events_message(const struct events *e, const uint8_t key[EVENT_KEY])
{
    for (size_t i = e->count; i-- > 0;) {
        struct event *v = &e->ring[(e->head + i) % EVENTS_MAX];
        if (v->kind == EVENT_MESSAGE && memcmp(v->key, key, EVENT_KEY) == 0)
            return v;
    }
    return NULL;
}
