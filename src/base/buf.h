/* SPDX-License-Identifier: ISC */
/*
 * The writer: bytes that grow under a hard ceiling. The first put that does not fit
 * latches ERR_TOO_BIG and every later put is ignored, so a chain of puts reads like the
 * format and is asked once, by buf_end(). Integers are big endian. The bytes belong to
 * the buf. A secret in a buf is wiped by buf_wipe(); growing leaves no copy behind.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/err.h"

struct buf {
    uint8_t *p;
    size_t n;
    size_t cap;
    size_t max;
    enum err err;
    bool fixed; /* p is borrowed and never grows */
};

void buf_init(struct buf *b, size_t max);
void buf_init_fixed(struct buf *b, void *p, size_t cap); /* writes into the caller's bytes */
void buf_free(struct buf *b); /* frees and makes it empty again; borrowed bytes stay */
void buf_wipe(struct buf *b); /* the same, wiping first */
void buf_reserve(struct buf *b, size_t n); /* so many in all will come: grown once; a hint */
void buf_clear(struct buf *b);             /* keeps the memory */

void buf_put(struct buf *b, const void *p, size_t n);
void buf_bytes(struct buf *b, struct bytes v);
void buf_text(struct buf *b, const char *s);
void buf_u8(struct buf *b, uint8_t v);
void buf_u16(struct buf *b, uint16_t v);
void buf_u32(struct buf *b, uint32_t v);
void buf_u64(struct buf *b, uint64_t v);
void buf_fmt(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
uint8_t *buf_space(struct buf *b, size_t n); /* n zeroed bytes to fill, or NULL when latched */
void buf_set_u16(struct buf *b, size_t at, uint16_t v);
void buf_set_u32(struct buf *b, size_t at, uint32_t v);
void buf_drop_front(struct buf *b, size_t n);

enum err buf_end(const struct buf *b);
struct bytes buf_view(const struct buf *b); /* valid until the next put */
const char *buf_cstr(struct buf
        *b); /* ends it with NUL (not counted); "" when latched; fixed bytes need room for it */

#endif
