/* SPDX-License-Identifier: ISC */
/*
 * Any struct of net/msg.h, filled by walking its field table, so that one test holds every
 * shape there is and every one that will be added.
 */
#ifndef UNIT_NET_FILL_H
#define UNIT_NET_FILL_H

#include "net/msg.h"
#include "net/opcode.h"

#define FILL_SIZE 512 /* no struct of a message is larger */

enum fill_how { FILL_LEAST, FILL_SOME, FILL_NO_TAIL, FILL_KINDS };

struct fill {
    _Alignas(max_align_t) uint8_t msg[FILL_SIZE];
    void *owned[256]; /* what the views borrow */
    size_t count;
    uint64_t seed;
};

/* FILL_LEAST: one byte where one must be; FILL_SOME: a few at random; FILL_NO_TAIL: without
 * what may be missing. */
void fill(struct fill *f, const struct schema *s, enum fill_how how, uint64_t seed);
void fill_free(struct fill *f);
struct buf fill_encode(const struct schema *s, const void *msg); /* the caller frees it */
void *fill_at(void *msg, const struct field *f);
bool fill_same(const struct schema *s, const void *a, const void *b);
bool fill_is_view(const struct field *f);

const struct schema *fill_schema(size_t i); /* every one of net/msg.h; NULL at the end */

#endif
