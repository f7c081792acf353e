/* SPDX-License-Identifier: ISC */
/*
 * Ephemeral fan-out between relays, and within one. It may lose anything: the store decides,
 * the bus only tells. A relay hears its own publications and serves its clients only from that
 * callback, so there is one code path and one order however many relays there are.
 *
 *   B1  callbacks come from the loop (LOOP_DELIVER), never from inside a bus call
 *   B2  bus_pub() never blocks and never half-sends: ERR_OK, ERR_CLOSED (down) or ERR_FULL
 *   B3  at most once; per publisher and topic in order; gaps allowed, no reordering, no copies
 *   B4  echo: the publisher hears it too. Who joins hears what is published after that
 *   B5  BUS_GAP after anything may have been lost: "look in the store"
 *   B6  topics are exact, [A-Za-z0-9_.-]{1,128}
 *   B7  a frame is at most BUS_MAX bytes, else ERR_TOO_BIG; larger bodies lie in the store and
 *       are pointed to
 *
 * A bus is up when it is made; BUS_UP comes after a BUS_LOST. Each join is a listener of its
 * own, also of the same topic, heard in the order of joining. Closing is not allowed inside a
 * callback; it drops what waits and ends every listener that is left.
 */
#ifndef SERVER_BUS_H
#define SERVER_BUS_H

#include "base/err.h"
#include "net/chunk.h"
#include "net/loop.h"

#define BUS_MAX       (4u << 20)
#define BUS_TOPIC_MAX 128

struct bus;
struct bus_topic;

struct bus_msg {
    uint8_t kind;    /* the publisher's business */
    uint64_t origin; /* who published: relay boot and peer, opaque here */
    uint64_t seq;
    struct span frame; /* borrowed in a callback: span_ref() to keep it */
};

enum bus_event { BUS_UP, BUS_LOST, BUS_GAP };
typedef void bus_msg_fn(void *arg, const struct bus_msg *m);
typedef void bus_event_fn(void *arg, enum bus_event ev);

struct bus_ops {
    struct bus_topic *(*join)(struct bus *b, const char *topic, bus_msg_fn *fn, void *arg);
    void (*leave)(struct bus *b, struct bus_topic *t);
    enum err (*pub)(struct bus *b, struct bus_topic *t, const struct bus_msg *m);
    size_t (*pending)(const struct bus *b); /* messages taken and not yet delivered */
    void (*close)(struct bus *b);
};

struct bus {
    const struct bus_ops *ops;
    bus_event_fn *event;
    void *event_arg;
};

/* NULL: the name is not one (B6). */
static inline struct bus_topic *bus_join(
    struct bus *b, const char *topic, bus_msg_fn *fn, void *arg)
{
    return b->ops->join(b, topic, fn, arg);
}
/* Nothing comes any more, not even what waits. Allowed inside a callback; NULL is fine. */
static inline void bus_leave(struct bus *b, struct bus_topic *t)
{
    b->ops->leave(b, t);
}
/* Takes over the caller's reference to m->frame when it says ERR_OK, else leaves it with him.
 */
static inline enum err bus_pub(struct bus *b, struct bus_topic *t, const struct bus_msg *m)
{
    return b->ops->pub(b, t, m);
}
static inline size_t bus_pending(const struct bus *b)
{
    return b->ops->pending(b);
}
static inline void bus_close(struct bus *b)
{
    if (b != NULL)
        b->ops->close(b);
}

bool bus_topic_valid(const char *topic);

/* The pair of one relay alone: in this process. event may be NULL until somebody sets it; no
 * event ever comes. It takes queue_max messages, then ERR_FULL until some were delivered. */
struct bus *bus_local_new(struct loop *l, size_t queue_max);

#endif
