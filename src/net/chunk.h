/* SPDX-License-Identifier: ISC */
/*
 * Bytes held once and sent to many. A chunk is counted; a span is a piece of one and owns one
 * reference unless it is said to be borrowed. A pool packs small frames one behind the other
 * into chunks, so that what many clients get in one turn is one span for each of them.
 */
#ifndef NET_CHUNK_H
#define NET_CHUNK_H

#include "base/bytes.h"

struct chunk {
    uint32_t refs;
    uint32_t n;
    uint32_t cap;
    uint8_t data[];
};

struct span {
    struct chunk *chunk;
    uint32_t off;
    uint32_t n;
};

struct pool {
    struct chunk *open; /* the one being filled; the pool holds a reference */
};

static inline struct span span_ref(struct span s)
{
    s.chunk->refs++;
    return s;
}

void span_drop(struct span s); /* a span of no chunk is fine */
static inline struct bytes span_view(struct span s)
{
    return s.chunk != NULL ? bytes_of(s.chunk->data + s.off, s.n) : (struct bytes){0};
}

/* A chunk of its own, of which n bytes are for the caller to write. */
struct span span_new(size_t n);
struct span span_copy(struct bytes b);                /* a chunk of its own */
struct span pool_add(struct pool *p, struct bytes b); /* packed behind the one before */
/* When a turn ends: the open chunk is given up, or refilled from the start when nobody holds
 * it. */
void pool_release(struct pool *p);
void pool_fini(struct pool *p);

#endif
