/* SPDX-License-Identifier: ISC */
/*
 * A view of bytes that somebody else owns. Whoever hands one out says how long it lives;
 * copy it to keep it. Nothing here ends in NUL.
 */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct bytes {
    const uint8_t *p;
    size_t n;
};

static inline struct bytes bytes_of(const void *p, size_t n)
{
    return (struct bytes){p, n};
}

static inline struct bytes bytes_str(const char *s)
{
    return (struct bytes){(const uint8_t *)s, strlen(s)};
}

static inline bool bytes_eq(struct bytes a, struct bytes b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

/* What a hexadecimal digit is worth; -1: it is none. */
static inline int bytes_hex(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Copies at most cap - 1 bytes and ends them with NUL; says whether all of it fitted. */
static inline bool bytes_copy(char *to, size_t cap, struct bytes from)
{
    size_t n = from.n < cap ? from.n : cap - 1;

    if (n != 0)
        memcpy(to, from.p, n);
    to[n] = '\0';
    return n == from.n;
}

#endif
