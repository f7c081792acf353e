/* SPDX-License-Identifier: ISC */
/*
 * The low lane of a link: whole frames that wait until nothing else does. They leave one by
 * one, in order; those under a tag can be taken back while they wait. Holds no memory while
 * empty.
 */
#ifndef NET_LANE_H
#define NET_LANE_H

#include "net/chunk.h"

struct lane_item {
    struct span frame;
    uint32_t tag;
};

struct lane {
    struct lane_item *ring;
    uint32_t cap;
    uint32_t head;
    uint32_t count;
    size_t bytes; /* waiting */
};

void lane_fini(struct lane *l);
void lane_add(struct lane *l, struct span frame, uint32_t tag); /* takes the reference */
struct span lane_take(struct lane *l); /* the first, with its reference; none: no chunk */
void lane_purge(struct lane *l, uint32_t tag);

#endif
