/* SPDX-License-Identifier: ISC */
#include "support/bus_lossy.h"

#include "base/mem.h"

struct bus_topic {
    struct lossy *bus;
    struct bus_topic *inner;
    struct bus_topic *prev;
    struct bus_topic *next;
    bus_msg_fn *fn;
    void *arg;
};

struct lossy {
    struct bus bus; /* first: the two are cast into each other */
    struct bus *inner;
    struct loop *loop;
    struct loop_task soon;
    struct loop_timer later;
    struct bus_topic *first;
    uint64_t state;
    unsigned percent;
    uint64_t dropped;
    uint64_t gaps;
};

/* splitmix64 */
static uint64_t lossy_draw(struct lossy *b)
{
    uint64_t z = b->state += 0x9e3779b97f4a7c15;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

static void lossy_gap(void *arg)
{
    struct lossy *b = arg;

    b->gaps++;
    if (b->bus.event != NULL)
        b->bus.event(b->bus.event_arg, BUS_GAP);
}

static void lossy_event(void *arg, enum bus_event ev)
{
    struct lossy *b = arg;

    if (b->bus.event != NULL)
        b->bus.event(b->bus.event_arg, ev);
}

static void lossy_msg(void *arg, const struct bus_msg *m)
{
    struct bus_topic *t = arg;
    struct lossy *b = t->bus;

    if (lossy_draw(b) % 100 >= b->percent) {
        t->fn(t->arg, m);
        return;
    }
    b->dropped++;
    if (lossy_draw(b) % 2 == 0)
        loop_later(b->loop, &b->soon, LOOP_DELIVER);
    else if (!loop_timer_armed(&b->later))
        loop_timer_arm(b->loop, &b->later, 0);
}

static struct bus_topic *lossy_join(
    struct bus *bus, const char *topic, bus_msg_fn *fn, void *arg)
{
    struct lossy *b = (struct lossy *)bus;
    struct bus_topic *t = mem_alloc(sizeof *t);

    *t = (struct bus_topic){.bus = b, .next = b->first, .fn = fn, .arg = arg};
    t->inner = bus_join(b->inner, topic, lossy_msg, t);
    if (t->inner == NULL) {
        mem_free(t);
        return NULL;
    }
    if (t->next != NULL)
        t->next->prev = t;
    b->first = t;
    return t;
}

static void lossy_leave(struct bus *bus, struct bus_topic *t)
{
    struct lossy *b = (struct lossy *)bus;

    if (t == NULL)
        return;
    bus_leave(b->inner, t->inner);
    if (t->prev != NULL)
        t->prev->next = t->next;
    else
        b->first = t->next;
    if (t->next != NULL)
        t->next->prev = t->prev;
    mem_free(t);
}

static enum err lossy_pub(struct bus *bus, struct bus_topic *t, const struct bus_msg *m)
{
    return bus_pub(((struct lossy *)bus)->inner, t->inner, m);
}

static size_t lossy_pending(const struct bus *bus)
{
    return bus_pending(((const struct lossy *)bus)->inner);
}

static void lossy_close(struct bus *bus)
{
    struct lossy *b = (struct lossy *)bus;

    while (b->first != NULL)
        lossy_leave(bus, b->first);
    loop_cancel(b->loop, &b->soon);
    loop_timer_stop(b->loop, &b->later);
    bus_close(b->inner);
    mem_free(b);
}

struct bus *bus_lossy_new(struct bus *inner, struct loop *l, uint64_t seed, unsigned percent)
{
    static const struct bus_ops OPS = {
        .join = lossy_join,
        .leave = lossy_leave,
        .pub = lossy_pub,
        .pending = lossy_pending,
        .close = lossy_close,
    };
    struct lossy *b = mem_alloc(sizeof *b);

    *b = (struct lossy){.bus.ops = &OPS, .inner = inner, .loop = l, .percent = percent};
    b->state = seed;
    loop_task_init(&b->soon, lossy_gap, b);
    loop_timer_init(&b->later, lossy_gap, b);
    inner->event = lossy_event;
    inner->event_arg = b;
    return &b->bus;
}

uint64_t bus_lossy_dropped(const struct bus *b)
{
    return ((const struct lossy *)b)->dropped;
}

uint64_t bus_lossy_gaps(const struct bus *b)
{
    return ((const struct lossy *)b)->gaps;
}
