/* SPDX-License-Identifier: ISC */
/*
 * The presentation language of RFC 9420, section 2.1, over base/reader and base/buf: vectors
 * with a length of one, two or four bytes in its shortest form, optionals, lists of numbers.
 * It knows nothing of what the vectors mean. Views are borrowed from the reader's bytes.
 */
#ifndef MLS_WIRE_H
#define MLS_WIRE_H

#include "base/buf.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/reader.h"

#define WIRE_MAX   (16u * 1024 * 1024) /* of any one vector, and of any message */
#define WIRE_SMALL 65535u              /* of keys, names, signatures, tags, ids */

struct bytes wire_vec(struct reader *r, size_t max); /* above max: ERR_TOO_BIG */
bool wire_optional(struct reader *r); /* a byte that is 0 or 1, else ERR_FORMAT */
/* Walks into a vector: inner reads its bytes, r is already behind it. wire_leave() passes the
 * inner reader's error, or bytes it left over, on to r. */
void wire_enter(struct reader *r, size_t max, struct reader *inner);
void wire_leave(struct reader *r, const struct reader *inner);
/* The part of what r read that began at r->at == from. */
struct bytes wire_since(const struct reader *r, size_t from);
/* A view into the bytes at from, as the same view into their copy at to. */
struct bytes wire_moved(struct bytes v, const uint8_t *from, const uint8_t *to);

void wire_put(struct buf *b, struct bytes v); /* length and bytes */
void wire_put_length(struct buf *b, size_t n);
/* A vector whose length is known when its content is written: what is put between the two is
 * its content. */
size_t wire_open(struct buf *b);
void wire_close(struct buf *b, size_t at);

/* A vector of uint16, kept as its bytes. */
struct bytes wire_u16s(struct reader *r);
bool wire_u16s_has(struct bytes list, uint16_t v);

#endif
