/* SPDX-License-Identifier: ISC */
/*
 * A frame is one opcode and its body: the only unit the relay moves.
 *
 *     0            4    5    6    7
 *     | length u32 | 04 | 17 | op | body[length]        length counts the body alone
 *
 * No I/O here. frame_head() says ERR_MORE until the header is complete, ERR_FORMAT when the
 * two constant bytes are wrong, and ERR_TOO_BIG as soon as the header claims more than the
 * ceiling, before one byte of that body is stored. What it hands out is borrowed.
 */
#ifndef NET_FRAME_H
#define NET_FRAME_H

#include "base/buf.h"
#include "base/bytes.h"
#include "base/err.h"

#define FRAME_HEAD 7

struct frame {
    uint8_t op;
    struct bytes body;
};

typedef uint32_t frame_ceiling_fn(void *arg, uint8_t op);

/* Reads the head of in; op and length are set when ERR_OK, for a body that may not be there
 * yet. */
enum err frame_head(struct bytes in, uint8_t *op, uint32_t *length);

/* The head of a body that is put behind it by hand. */
void frame_put_head(uint8_t out[FRAME_HEAD], uint8_t op, uint32_t length);
/* The two halves of writing one: begin, put the body, end fills the length in. */
size_t frame_begin(struct buf *b, uint8_t op); /* gives the mark for frame_end */
void frame_end(struct buf *b, size_t mark);

#endif
