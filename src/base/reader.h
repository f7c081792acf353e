/* SPDX-License-Identifier: ISC */
/*
 * The one cursor that reads foreign bytes. It borrows them, never moves past their end and
 * latches its first error: read every field in wire order, then ask reader_end() once; it
 * also refuses trailing bytes. A read after an error gives zero or an empty view. Until
 * reader_end() says ERR_OK nothing that was read may be acted on, and a count from the
 * wire is bounded before it drives a loop.
 */
#ifndef BASE_READER_H
#define BASE_READER_H

#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/err.h"

struct reader {
    const uint8_t *p;
    size_t n;
    size_t at;
    enum err err;
};

void reader_init(struct reader *r, struct bytes from);
uint8_t reader_u8(struct reader *r);
uint16_t reader_u16(struct reader *r);
uint32_t reader_u32(struct reader *r);
uint64_t reader_u64(struct reader *r);
struct bytes reader_bytes(struct reader *r, size_t n); /* borrowed */
struct bytes reader_str8(struct reader *r);            /* a length byte, then so many */
struct bytes reader_blob16(struct reader *r, size_t max);
struct bytes reader_blob32(struct reader *r, size_t max); /* above max: ERR_TOO_BIG */
struct bytes reader_rest(struct reader *r);
size_t reader_left(const struct reader *r); /* 0 after an error */
void reader_fail(struct reader *r, enum err e);
enum err reader_err(const struct reader *r); /* without asking for the end */
enum err reader_end(const struct reader *r);

#endif
