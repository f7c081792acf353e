/* SPDX-License-Identifier: ISC */
#include "model/event.h"

#include "base/mem.h"
#include "base/utf8.h"

#define RING_LEAST 16

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

static struct event *slot(const struct events *e, size_t i)
{
    return &e->ring[(e->head + i) % e->cap];
}

void events_fini(struct events *e)
{
    for (size_t i = 0; i < e->count; i++)
        forget(slot(e, i));
    mem_free(e->ring);
    *e = (struct events){0};
}

/* Room for n more, as far as there may be. */
static void grow(struct events *e, size_t n)
{
    size_t cap = e->cap != 0 ? e->cap : RING_LEAST;
    struct event *ring;

    while (cap < e->count + n && cap < EVENTS_MAX)
        cap *= 2;
    if (cap > EVENTS_MAX)
        cap = EVENTS_MAX;
    if (cap == e->cap)
        return;
    ring = mem_array(cap, sizeof *ring);
    for (size_t i = 0; i < e->count; i++)
        ring[i] = *slot(e, i);
    mem_free(e->ring);
    e->ring = ring;
    e->cap = cap;
    e->head = 0;
}

/* ---- what is counted ---- */

bool event_counts(const struct event *v, enum event_sum what)
{
    bool folded = (v->flags & EVENT_FOLDED) != 0;

    switch (what) {
    case EVENT_SUM_SAID:
        return v->kind == EVENT_MESSAGE || v->kind == EVENT_NOTICE || v->kind == EVENT_WARN ||
               v->kind == EVENT_ERROR;
    case EVENT_SUM_FOUND:
        return v->kind == EVENT_FOUND;
    case EVENT_SUM_MENTION:
        return v->kind == EVENT_MESSAGE && (v->flags & EVENT_MENTION) != 0;
    case EVENT_SUM_CAME:
        return folded && v->kind == EVENT_HERE && v->who.n != 0;
    case EVENT_SUM_WENT:
        return folded && v->kind == EVENT_GONE;
    case EVENT_SUM_MORE:
        return folded && (v->kind == EVENT_CHANGE || (v->kind == EVENT_HERE && v->who.n == 0));
    case EVENT_SUMS:
        break;
    }
    return false;
}

/* ---- adding ---- */

static void fill(struct event *v, const struct event *like, uint64_t id)
{
    *v = *like;
    v->id = id;
    memset(v->sums, 0, sizeof v->sums);
    keep(v, cut(like->who), cut(like->text));
}

struct event *events_add(struct events *e, const struct event *like)
{
    struct event now;
    struct event *v;

    if (e->last_id == 0)
        e->last_id = EVENT_ID - 1;
    grow(e, 1);
    fill(&now, like, ++e->last_id);
    for (int s = 0; s < EVENT_SUMS; s++)
        now.sums[s] = (e->count != 0 ? slot(e, e->count - 1)->sums[s] : 0) +
                      event_counts(&now, (enum event_sum)s);
    if (e->count == EVENTS_MAX) {
        forget(slot(e, 0));
        e->head = (e->head + 1) % e->cap;
        e->count--;
    }
    v = slot(e, e->count++);
    *v = now;
    return v;
}

size_t events_before(struct events *e, const struct event *like, size_t n)
{
    size_t fits = n < EVENTS_MAX - e->count ? n : EVENTS_MAX - e->count;

    if (e->count == 0) {
        for (size_t i = n - fits; i < n; i++)
            (void)events_add(e, &like[i]);
        return fits;
    }
    grow(e, fits);
    for (size_t i = n; i > n - fits; i--) {
        const struct event *next = slot(e, 0);
        struct event *v;
        e->head = (e->head + e->cap - 1) % e->cap;
        e->count++;
        v = slot(e, 0);
        fill(v, &like[i - 1], next->id - 1);
        for (int s = 0; s < EVENT_SUMS; s++)
            v->sums[s] = next->sums[s] - event_counts(next, (enum event_sum)s);
    }
    return fits;
}

const struct event *events_at(const struct events *e, size_t i)
{
    return i < e->count ? slot(e, i) : NULL;
}

bool events_index(const struct events *e, uint64_t id, size_t *i)
{
    uint64_t oldest = e->last_id + 1 - e->count;

    *i = (size_t)(id - oldest);
    return e->count != 0 && id >= oldest && id <= e->last_id;
}

bool events_retell(struct events *e, uint64_t id, struct bytes text)
{
    struct event was;
    size_t i;

    if (!events_index(e, id, &i))
        return false;
    was = *slot(e, i);
    keep(slot(e, i), was.who, cut(text));
    forget(&was);
    return true;
}

struct event *events_message(const struct events *e, const uint8_t key[EVENT_KEY])
{
    for (size_t i = e->count; i-- > 0;) {
        struct event *v = slot(e, i);
        if (v->kind == EVENT_MESSAGE && memcmp(v->key, key, EVENT_KEY) == 0)
            return v;
    }
    return NULL;
}
