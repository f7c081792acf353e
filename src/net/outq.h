/* SPDX-License-Identifier: ISC */
/*
 * What waits to be sent on one link: spans in order. Neighbours in one chunk become one span.
 * Holds no memory while empty.
 */
#ifndef NET_OUTQ_H
#define NET_OUTQ_H

#include "net/chunk.h"

struct outq {
    struct span *ring;
    uint32_t cap;
    uint32_t head;
    uint32_t count;
    size_t bytes; /* waiting */
};

void outq_fini(struct outq *q);
void outq_add(struct outq *q, struct span s); /* takes the reference */
/* A contiguous piece at the front, of at most max bytes: straight from the chunk when that is
 * long enough to be worth it, else gathered in scratch. It stays queued until outq_drop(). */
struct bytes outq_front(const struct outq *q, uint8_t *scratch, size_t max);
void outq_drop(struct outq *q, size_t n);

#endif
