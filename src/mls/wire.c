/* SPDX-License-Identifier: ISC */
#include "mls/wire.h"

enum { WIRE_ONE = 1u << 6, WIRE_TWO = 1u << 14, WIRE_FOUR = 1u << 30 };

static size_t wire_length(struct reader *r)
{
    uint8_t first = reader_u8(r);
    uint32_t n = first & 0x3f;

    switch (first >> 6) {
    case 0:
        return n;
    case 1:
        n = n << 8 | reader_u8(r);
        if (n < WIRE_ONE)
            reader_fail(r, ERR_FORMAT);
        return n;
    case 2:
        n = n << 8 | reader_u8(r);
        n = n << 16 | reader_u16(r);
        if (n < WIRE_TWO)
            reader_fail(r, ERR_FORMAT);
        return n;
    default:
        reader_fail(r, ERR_FORMAT);
        return 0;
    }
}

struct bytes wire_vec(struct reader *r, size_t max)
{
    size_t n = wire_length(r);

    if (n > max)
        reader_fail(r, ERR_TOO_BIG);
    return reader_bytes(r, n);
}

bool wire_optional(struct reader *r)
{
    uint8_t v = reader_u8(r);

    if (v > 1)
        reader_fail(r, ERR_FORMAT);
    return v == 1;
}

void wire_enter(struct reader *r, size_t max, struct reader *inner)
{
    struct bytes v = wire_vec(r, max);

    reader_init(inner, v);
    reader_fail(inner, reader_err(r));
}

void wire_leave(struct reader *r, const struct reader *inner)
{
    reader_fail(r, reader_end(inner));
}

struct bytes wire_since(const struct reader *r, size_t from)
{
    if (r->err != ERR_OK || from >= r->at)
        return (struct bytes){0};
    return bytes_of(r->p + from, r->at - from);
}

struct bytes wire_moved(struct bytes v, const uint8_t *from, const uint8_t *to)
{
    return v.n == 0 ? bytes_of(to, 0) : bytes_of(to + (v.p - from), v.n);
}

static size_t wire_length_size(size_t n)
{
    return n < WIRE_ONE ? 1 : n < WIRE_TWO ? 2 : 4;
}

static void wire_length_write(uint8_t *p, size_t n)
{
    size_t size = wire_length_size(n);

    for (size_t i = 0; i < size; i++)
        p[i] = (uint8_t)(n >> (8 * (size - 1 - i)));
    if (size != 1)
        p[0] |= size == 2 ? 0x40 : 0x80;
}

void wire_put_length(struct buf *b, size_t n)
{
    uint8_t t[4];

    if (n >= WIRE_FOUR) {
        if (b->err == ERR_OK)
            b->err = ERR_TOO_BIG;
        return;
    }
    wire_length_write(t, n);
    buf_put(b, t, wire_length_size(n));
}

void wire_put(struct buf *b, struct bytes v)
{
    wire_put_length(b, v.n);
    buf_bytes(b, v);
}

size_t wire_open(struct buf *b)
{
    size_t at = b->n;

    buf_u8(b, 0);
    return at;
}

void wire_close(struct buf *b, size_t at)
{
    if (b->err != ERR_OK)
        return;
    size_t n = b->n - at - 1;
    if (n >= WIRE_FOUR) {
        b->err = ERR_TOO_BIG;
        return;
    }
    size_t more = wire_length_size(n) - 1;
    if (more != 0) {
        if (buf_space(b, more) == NULL)
            return;
        memmove(b->p + at + 1 + more, b->p + at + 1, n);
    }
    wire_length_write(b->p + at, n);
}

struct bytes wire_u16s(struct reader *r)
{
    struct bytes v = wire_vec(r, WIRE_SMALL);

    if (v.n % 2 != 0) {
        reader_fail(r, ERR_FORMAT);
        return (struct bytes){0};
    }
    return v;
}

bool wire_u16s_has(struct bytes list, uint16_t v)
{
    for (size_t i = 0; i + 2 <= list.n; i += 2) {
        if (list.p[i] == v >> 8 && list.p[i + 1] == (v & 0xff))
            return true;
    }
    return false;
}
