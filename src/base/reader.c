/* SPDX-License-Identifier: ISC */
#include "base/reader.h"

void reader_init(struct reader *r, struct bytes from)
{
    *r = (struct reader){.p = from.p, .n = from.n};
}

void reader_fail(struct reader *r, enum err e)
{
    if (r->err == ERR_OK)
        r->err = e;
}

struct bytes reader_bytes(struct reader *r, size_t n)
{
    if (r->err != ERR_OK)
        return (struct bytes){0};
    if (n > r->n - r->at) {
        r->err = ERR_FORMAT;
        return (struct bytes){0};
    }
    if (n == 0) /* of a NULL view too, to which nothing may be added */
        return (struct bytes){r->p, 0};
    struct bytes v = bytes_of(r->p + r->at, n);
    r->at += n;
    return v;
}

static uint64_t reader_be(struct reader *r, size_t n)
{
    struct bytes b = reader_bytes(r, n);
    uint64_t v = 0;

    for (size_t i = 0; i < b.n; i++)
        v = v << 8 | b.p[i];
    return v;
}

uint8_t reader_u8(struct reader *r)
{
    return (uint8_t)reader_be(r, 1);
}

uint16_t reader_u16(struct reader *r)
{
    return (uint16_t)reader_be(r, 2);
}

uint32_t reader_u32(struct reader *r)
{
    return (uint32_t)reader_be(r, 4);
}

uint64_t reader_u64(struct reader *r)
{
    return reader_be(r, 8);
}

static struct bytes reader_sized(struct reader *r, size_t n, size_t max)
{
    if (r->err == ERR_OK && n > max)
        r->err = ERR_TOO_BIG;
    return reader_bytes(r, n);
}

struct bytes reader_str8(struct reader *r)
{
    return reader_bytes(r, reader_u8(r));
}

struct bytes reader_blob16(struct reader *r, size_t max)
{
    return reader_sized(r, reader_u16(r), max);
}

struct bytes reader_blob32(struct reader *r, size_t max)
{
    return reader_sized(r, reader_u32(r), max);
}

struct bytes reader_rest(struct reader *r)
{
    return reader_bytes(r, reader_left(r));
}

size_t reader_left(const struct reader *r)
{
    return r->err == ERR_OK ? r->n - r->at : 0;
}

enum err reader_err(const struct reader *r)
{
    return r->err;
}

enum err reader_end(const struct reader *r)
{
    if (r->err != ERR_OK)
        return r->err;
    return r->at == r->n ? ERR_OK : ERR_FORMAT;
}
