/* SPDX-License-Identifier: ISC */
#include "net/lane.h"

#include "base/mem.h"

static struct lane_item *item_at(const struct lane *l, uint32_t i)
{
    return &l->ring[(l->head + i) & (l->cap - 1)];
}

void lane_fini(struct lane *l)
{
    for (uint32_t i = 0; i < l->count; i++)
        span_drop(item_at(l, i)->frame);
    mem_free(l->ring);
    *l = (struct lane){0};
}

static void lane_grow(struct lane *l)
{
    uint32_t cap = l->cap ? l->cap * 2 : 8;
    struct lane_item *ring = mem_array(cap, sizeof *ring);

    for (uint32_t i = 0; i < l->count; i++)
        ring[i] = *item_at(l, i);
    mem_free(l->ring);
    l->ring = ring;
    l->cap = cap;
    l->head = 0;
}

void lane_add(struct lane *l, struct span frame, uint32_t tag)
{
    if (l->count == l->cap)
        lane_grow(l);
    *item_at(l, l->count++) = (struct lane_item){frame, tag};
    l->bytes += frame.n;
}

struct span lane_take(struct lane *l)
{
    if (l->count == 0)
        return (struct span){0};
    struct span s = item_at(l, 0)->frame;
    l->head = (l->head + 1) & (l->cap - 1);
    l->count--;
    l->bytes -= s.n;
    if (l->count == 0)
        lane_fini(l);
    return s;
}

void lane_purge(struct lane *l, uint32_t tag)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < l->count; i++) {
        struct lane_item it = *item_at(l, i);
        if (it.tag != tag) {
            *item_at(l, kept++) = it;
            continue;
        }
        l->bytes -= it.frame.n;
        span_drop(it.frame);
    }
    l->count = kept;
    if (kept == 0)
        lane_fini(l);
}
