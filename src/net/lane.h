/* SPDX-License-Identifier: ISC */
/*
 * The low lane of a link: whole frames that wait until nothing else does. They leave one by
 * one. Those under one tag keep their order; tags take turns, so what waits under one does not
 * hold up another. Those under a tag can be counted, and taken back while they wait. Holds no
 * memory while empty.
 */
#ifndef NET_LANE_H
#define NET_LANE_H

#include "net/chunk.h"

struct lane_queue;

struct lane {
    struct lane_queue *last; /* in a circle, one for each tag: behind it is the next to leave */
    size_t count;            /* frames */
    size_t bytes;            /* waiting */
};

void lane_fini(struct lane *l);
void lane_add(struct lane *l, struct span frame, uint32_t tag); /* takes the reference */
struct span lane_take(struct lane *l); /* the next, with its reference; none: no chunk */
void lane_purge(struct lane *l, uint32_t tag);
size_t lane_waits(const struct lane *l, uint32_t tag); /* frames under that tag */

#endif
