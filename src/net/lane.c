/* SPDX-License-Identifier: ISC */
#include "net/lane.h"

#include "base/mem.h"

/* The frames of one tag; there is none without a frame. */
struct lane_queue {
    struct lane_queue *next;
    uint32_t tag;
    uint32_t cap;
    uint32_t head;
    uint32_t count;
    struct span *ring;
};

static struct span *span_at(const struct lane_queue *q, uint32_t i)
{
    return &q->ring[(q->head + i) & (q->cap - 1)];
}

static void queue_grow(struct lane_queue *q)
{
    uint32_t cap = q->cap ? q->cap * 2 : 8;
    struct span *ring = mem_array(cap, sizeof *ring);

    for (uint32_t i = 0; i < q->count; i++)
        ring[i] = *span_at(q, i);
    mem_free(q->ring);
    q->ring = ring;
    q->cap = cap;
    q->head = 0;
}

/* The one before that of the tag; NULL: there is none of that tag. */
static struct lane_queue *before(const struct lane *l, uint32_t tag)
{
    struct lane_queue *at = l->last;

    if (at == NULL)
        return NULL;
    do {
        if (at->next->tag == tag)
            return at;
        at = at->next;
    } while (at != l->last);
    return NULL;
}

static struct lane_queue *queue_new(struct lane *l, uint32_t tag)
{
    struct lane_queue *q = mem_alloc(sizeof *q);

    *q = (struct lane_queue){.next = q, .tag = tag};
    if (l->last != NULL) {
        q->next = l->last->next;
        l->last->next = q;
    }
    l->last = q;
    return q;
}

/* Takes the one behind at out of the circle, with all it holds. */
static void queue_cut(struct lane *l, struct lane_queue *at)
{
    struct lane_queue *q = at->next;

    for (uint32_t i = 0; i < q->count; i++) {
        l->bytes -= span_at(q, i)->n;
        span_drop(*span_at(q, i));
    }
    l->count -= q->count;
    at->next = q->next;
    if (l->last == q)
        l->last = at != q ? at : NULL;
    mem_free(q->ring);
    mem_free(q);
}

void lane_fini(struct lane *l)
{
    while (l->last != NULL)
        queue_cut(l, l->last);
}

void lane_add(struct lane *l, struct span frame, uint32_t tag)
{
    struct lane_queue *at = before(l, tag);
    struct lane_queue *q = at != NULL ? at->next : queue_new(l, tag);

    if (q->count == q->cap)
        queue_grow(q);
    *span_at(q, q->count++) = frame;
    l->count++;
    l->bytes += frame.n;
}

struct span lane_take(struct lane *l)
{
    if (l->last == NULL)
        return (struct span){0};
    struct lane_queue *q = l->last->next;
    struct span s = *span_at(q, 0);
    q->head = (q->head + 1) & (q->cap - 1);
    q->count--;
    l->count--;
    l->bytes -= s.n;
    if (q->count == 0)
        queue_cut(l, l->last);
    else
        l->last = q;
    return s;
}

void lane_purge(struct lane *l, uint32_t tag)
{
    struct lane_queue *at = before(l, tag);

    if (at != NULL)
        queue_cut(l, at);
}

size_t lane_waits(const struct lane *l, uint32_t tag)
{
    const struct lane_queue *at = before(l, tag);

    return at != NULL ? at->next->count : 0;
}
