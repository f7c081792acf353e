/* SPDX-License-Identifier: ISC */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"

void buf_init(struct buf *b, size_t max)
{
    *b = (struct buf){.max = max};
}

void buf_init_fixed(struct buf *b, void *p, size_t cap)
{
    *b = (struct buf){.p = p, .cap = cap, .max = cap, .fixed = true};
}

void buf_free(struct buf *b)
{
    if (b->fixed) {
        buf_clear(b);
        return;
    }
    mem_free(b->p);
    buf_init(b, b->max);
}

void buf_wipe(struct buf *b)
{
    mem_wipe(b->p, b->cap);
    buf_free(b);
}

void buf_clear(struct buf *b)
{
    b->n = 0;
    b->err = ERR_OK;
}

/* Not realloc(), which may leave a copy of a secret behind. One more byte for a NUL. */
static void buf_move(struct buf *b, uint8_t *p, size_t cap)
{
    if (b->n != 0)
        memcpy(p, b->p, b->n);
    mem_wipe_free(b->p, b->cap);
    b->p = p;
    b->cap = cap;
}

void buf_reserve(struct buf *b, size_t n)
{
    if (b->err == ERR_OK && !b->fixed && n > b->cap && n <= b->max)
        buf_move(b, mem_realloc(NULL, n + 1), n);
}

static bool buf_room(struct buf *b, size_t n)
{
    if (b->err != ERR_OK)
        return false;
    if (n > b->max - b->n) {
        b->err = ERR_TOO_BIG;
        return false;
    }
    if (n <= b->cap - b->n)
        return true;
    size_t cap = b->cap > 64 ? b->cap : 64;
    while (cap - b->n < n)
        cap = cap > b->max / 2 ? b->max : cap * 2;
    buf_move(b, mem_alloc(cap + 1), cap);
    return true;
}

void buf_put(struct buf *b, const void *p, size_t n)
{
    if (n == 0 || !buf_room(b, n))
        return;
    memcpy(b->p + b->n, p, n);
    b->n += n;
}

void buf_bytes(struct buf *b, struct bytes v)
{
    buf_put(b, v.p, v.n);
}

void buf_text(struct buf *b, const char *s)
{
    buf_put(b, s, strlen(s));
}

uint8_t *buf_space(struct buf *b, size_t n)
{
    if (!buf_room(b, n))
        return NULL;
    uint8_t *at = b->p + b->n;
    if (n != 0)
        memset(at, 0, n);
    b->n += n;
    return at;
}

static void put_be(uint8_t *p, uint64_t v, size_t n)
{
    for (size_t i = 0; i < n; i++)
        p[i] = (uint8_t)(v >> (8 * (n - 1 - i)));
}

static void buf_be(struct buf *b, uint64_t v, size_t n)
{
    uint8_t t[8];

    put_be(t, v, n);
    buf_put(b, t, n);
}

void buf_u8(struct buf *b, uint8_t v)
{
    buf_be(b, v, 1);
}

void buf_u16(struct buf *b, uint16_t v)
{
    buf_be(b, v, 2);
}

void buf_u32(struct buf *b, uint32_t v)
{
    buf_be(b, v, 4);
}

void buf_u64(struct buf *b, uint64_t v)
{
    buf_be(b, v, 8);
}

void buf_set_u16(struct buf *b, size_t at, uint16_t v)
{
    if (b->err == ERR_OK && at <= b->n && b->n - at >= 2)
        put_be(b->p + at, v, 2);
}

void buf_set_u32(struct buf *b, size_t at, uint32_t v)
{
    if (b->err == ERR_OK && at <= b->n && b->n - at >= 4)
        put_be(b->p + at, v, 4);
}

void buf_fmt(struct buf *b, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    if (n < 0 && b->err == ERR_OK)
        b->err = ERR_FORMAT;
    if (n < 0 || !buf_room(b, (size_t)n + (b->fixed ? 1 : 0)) || b->p == NULL)
        return;
    va_start(ap, fmt);
    (void)vsnprintf((char *)b->p + b->n, (size_t)n + 1, fmt, ap);
    va_end(ap);
    b->n += (size_t)n;
}

void buf_drop_front(struct buf *b, size_t n)
{
    if (n >= b->n) {
        b->n = 0;
        return;
    }
    memmove(b->p, b->p + n, b->n - n);
    b->n -= n;
}

enum err buf_end(const struct buf *b)
{
    return b->err;
}

struct bytes buf_view(const struct buf *b)
{
    return bytes_of(b->p, b->n);
}

const char *buf_cstr(struct buf *b)
{
    if (!buf_room(b, b->fixed ? 1 : 0) || b->p == NULL)
        return "";
    b->p[b->n] = '\0';
    return (const char *)b->p;
}
