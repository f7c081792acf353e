/* SPDX-License-Identifier: ISC */
#include "net/outq.h"

#include "base/mem.h"

void outq_fini(struct outq *q)
{
    for (uint32_t i = 0; i < q->count; i++)
        span_drop(q->ring[(q->head + i) & (q->cap - 1)]);
    mem_free(q->ring);
    *q = (struct outq){0};
}

static void outq_grow(struct outq *q)
{
    uint32_t cap = q->cap ? q->cap * 2 : 4;
    struct span *ring = mem_array(cap, sizeof *ring);

    for (uint32_t i = 0; i < q->count; i++)
        ring[i] = q->ring[(q->head + i) & (q->cap - 1)];
    mem_free(q->ring);
    q->ring = ring;
    q->cap = cap;
    q->head = 0;
}

void outq_add(struct outq *q, struct span s)
{
    if (s.n == 0) {
        span_drop(s);
        return;
    }
    q->bytes += s.n;
    if (q->count != 0) {
        struct span *tail = &q->ring[(q->head + q->count - 1) & (q->cap - 1)];
        if (tail->chunk == s.chunk && tail->off + tail->n == s.off) {
            tail->n += s.n;
            s.chunk->refs--; /* the tail's own reference is enough */
            return;
        }
    }
    if (q->count == q->cap)
        outq_grow(q);
    q->ring[(q->head + q->count++) & (q->cap - 1)] = s;
}

struct bytes outq_front(const struct outq *q, uint8_t *scratch, size_t max)
{
    if (q->count == 0)
        return (struct bytes){0};
    const struct span *first = &q->ring[q->head & (q->cap - 1)];
    if (q->count == 1 || first->n >= max)
        return bytes_of(first->chunk->data + first->off, first->n < max ? first->n : max);
    size_t n = 0;
    for (uint32_t i = 0; i < q->count && n < max; i++) {
        const struct span *s = &q->ring[(q->head + i) & (q->cap - 1)];
        size_t take = s->n < max - n ? s->n : max - n;
        memcpy(scratch + n, s->chunk->data + s->off, take);
        n += take;
    }
    return bytes_of(scratch, n);
}

void outq_drop(struct outq *q, size_t n)
{
    q->bytes -= n;
    while (n != 0) {
        struct span *s = &q->ring[q->head & (q->cap - 1)];
        if (n < s->n) {
            s->off += (uint32_t)n;
            s->n -= (uint32_t)n;
            return;
        }
        n -= s->n;
        span_drop(*s);
        q->head = (q->head + 1) & (q->cap - 1);
        q->count--;
    }
    if (q->count == 0)
        outq_fini(q);
}
