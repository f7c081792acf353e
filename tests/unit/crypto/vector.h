/* SPDX-License-Identifier: ISC */
/* Printed vectors: from hex digits to bytes, for the tests of this folder. */
#ifndef UNIT_CRYPTO_VECTOR_H
#define UNIT_CRYPTO_VECTOR_H

#include <criterion/criterion.h>
#include <stdio.h>

#include "base/bytes.h"

static inline struct bytes vector_hex(const char *hex, uint8_t *room, size_t cap)
{
    size_t n = strlen(hex) / 2;

    cr_assert(strlen(hex) % 2 == 0 && n <= cap, "bad vector %s", hex);
    for (size_t i = 0; i < n; i++) {
        unsigned v = 0;
        cr_assert_eq(sscanf(hex + 2 * i, "%2x", &v), 1);
        room[i] = (uint8_t)v;
    }
    return bytes_of(room, n);
}

static inline void vector_expect(const char *hex, const uint8_t *got, size_t n)
{
    uint8_t want[256];
    struct bytes w = vector_hex(hex, want, sizeof want);

    cr_assert_eq(w.n, n);
    cr_assert_arr_eq(got, w.p, n);
}

#endif
