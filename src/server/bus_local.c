/* SPDX-License-Identifier: ISC */
/*
 * Glossary. Channel: a name with its listeners; found by hashing once, when somebody joins.
 * Listener: what the header calls a topic, one for each join. Queue: a ring of what was
 * published and not yet delivered, in one order for all channels. A message goes to the
 * listeners that were there when it was published: both are numbered by the same counter.
 */
#include "server/bus.h"

#include "base/map.h"
#include "base/mem.h"

struct channel {
    char *name;
    struct bus_topic *first;
    struct bus_topic *last;
    size_t queued; /* messages in the ring that point here */
};

struct bus_topic {
    struct channel *channel;
    struct bus_topic *prev;
    struct bus_topic *next;
    bus_msg_fn *fn;
    void *arg;
    uint64_t since; /* hears messages numbered from here on */
};

struct waiting {
    struct channel *channel;
    struct bus_msg msg;
};

struct bus_local {
    struct bus bus; /* first: the two are cast into each other */
    struct loop *loop;
    struct loop_task task;
    struct map channels;
    struct waiting *ring;
    size_t cap; /* a power of two */
    size_t count;
    size_t max;
    uint64_t head;          /* number of the oldest message that waits */
    struct bus_topic *turn; /* the listener to be called next, while one is being called */
};

static struct bus_local *local_of(struct bus *b)
{
    return (struct bus_local *)b;
}

/* Frees a channel that nobody listens to and no message points to. */
static void channel_settle(struct bus_local *b, struct channel *c)
{
    if (c->first != NULL || c->queued != 0)
        return;
    (void)map_del(&b->channels, bytes_str(c->name));
    mem_free(c->name);
    mem_free(c);
}

static struct channel *channel_get(struct bus_local *b, const char *name)
{
    struct channel *c = map_get(&b->channels, bytes_str(name));

    if (c != NULL)
        return c;
    c = mem_alloc(sizeof *c);
    c->name = mem_strdup(name);
    (void)map_put(&b->channels, bytes_str(name), c);
    return c;
}

static struct bus_topic *local_join(
    struct bus *bus, const char *topic, bus_msg_fn *fn, void *arg)
{
    struct bus_local *b = local_of(bus);

    if (!bus_topic_valid(topic))
        return NULL;
    struct channel *c = channel_get(b, topic);
    struct bus_topic *t = mem_alloc(sizeof *t);
    *t = (struct bus_topic){.channel = c, .prev = c->last, .fn = fn, .arg = arg};
    t->since = b->head + b->count;
    if (c->last != NULL)
        c->last->next = t;
    else
        c->first = t;
    c->last = t;
    return t;
}

static void local_leave(struct bus *bus, struct bus_topic *t)
{
    struct bus_local *b = local_of(bus);

    if (t == NULL)
        return;
    struct channel *c = t->channel;
    if (b->turn == t)
        b->turn = t->next;
    if (t->prev != NULL)
        t->prev->next = t->next;
    else
        c->first = t->next;
    if (t->next != NULL)
        t->next->prev = t->prev;
    else
        c->last = t->prev;
    mem_free(t);
    channel_settle(b, c);
}

static void ring_grow(struct bus_local *b)
{
    size_t cap = b->cap != 0 ? b->cap * 2 : 16;
    struct waiting *ring = mem_array(cap, sizeof *ring);

    for (size_t i = 0; i < b->count; i++)
        ring[(b->head + i) & (cap - 1)] = b->ring[(b->head + i) & (b->cap - 1)];
    mem_free(b->ring);
    b->ring = ring;
    b->cap = cap;
}

static enum err local_pub(struct bus *bus, struct bus_topic *t, const struct bus_msg *m)
{
    struct bus_local *b = local_of(bus);

    if (m->frame.n > BUS_MAX)
        return ERR_TOO_BIG;
    if (b->count >= b->max)
        return ERR_FULL;
    if (b->count == b->cap)
        ring_grow(b);
    b->ring[(b->head + b->count) & (b->cap - 1)] = (struct waiting){t->channel, *m};
    b->count++;
    t->channel->queued++;
    loop_later(b->loop, &b->task, LOOP_DELIVER);
    return ERR_OK;
}

static size_t local_pending(const struct bus *bus)
{
    return ((const struct bus_local *)bus)->count;
}

static void local_deliver_one(struct bus_local *b)
{
    /* A copy, and off the ring first: a callback may publish, which may move the ring. */
    struct waiting w = b->ring[b->head & (b->cap - 1)];
    uint64_t number = b->head;

    b->head++;
    b->count--;
    for (struct bus_topic *t = w.channel->first; t != NULL; t = b->turn) {
        b->turn = t->next;
        if (t->since <= number)
            t->fn(t->arg, &w.msg);
    }
    span_drop(w.msg.frame);
    w.channel->queued--;
    channel_settle(b, w.channel);
}

static void local_deliver(void *arg)
{
    struct bus_local *b = arg;

    /* What callbacks publish comes behind the tasks that already wait in this phase. */
    for (size_t n = b->count; n != 0; n--)
        local_deliver_one(b);
    if (b->count != 0)
        loop_later(b->loop, &b->task, LOOP_DELIVER);
}

static void local_close(struct bus *bus)
{
    struct bus_local *b = local_of(bus);
    struct channel *c;

    loop_cancel(b->loop, &b->task);
    for (; b->count != 0; b->count--, b->head++)
        span_drop(b->ring[b->head & (b->cap - 1)].msg.frame);
    for (size_t at = 0; (c = map_next(&b->channels, &at, NULL)) != NULL;) {
        while (c->first != NULL) {
            struct bus_topic *t = c->first;
            c->first = t->next;
            mem_free(t);
        }
        mem_free(c->name);
        mem_free(c);
    }
    map_free(&b->channels);
    mem_free(b->ring);
    mem_free(b);
}

struct bus *bus_local_new(struct loop *l, size_t queue_max)
{
    static const struct bus_ops OPS = {
        .join = local_join,
        .leave = local_leave,
        .pub = local_pub,
        .pending = local_pending,
        .close = local_close,
    };
    struct bus_local *b = mem_alloc(sizeof *b);

    b->bus.ops = &OPS;
    b->loop = l;
    b->max = queue_max;
    loop_task_init(&b->task, local_deliver, b);
    return &b->bus;
}
