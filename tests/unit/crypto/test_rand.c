/* SPDX-License-Identifier: ISC */
#include "crypto/rand.h"

#include <criterion/criterion.h>
#include <string.h>

struct script {
    const uint64_t *values;
    size_t at;
};

static void scripted(void *arg, uint8_t *out, size_t n)
{
    struct script *s = arg;
    uint64_t v = s->values[s->at++];

    for (size_t i = 0; i < n; i++)
        out[n - 1 - i] = (uint8_t)(v >> (8 * i));
}

Test(rand, bytes__fill_all_and_differ)
{
    uint8_t a[64] = {0}, b[64] = {0};
    uint8_t seen[64] = {0};

    rand_bytes(a, sizeof a);
    rand_bytes(b, sizeof b);
    cr_assert_neq(memcmp(a, b, sizeof a), 0);
    /* Each place gets a byte: after 64 rounds none has stayed zero (chance 2^-500). */
    for (int round = 0; round < 64; round++) {
        rand_bytes(a, sizeof a);
        for (size_t i = 0; i < sizeof a; i++)
            seen[i] |= a[i];
    }
    for (size_t i = 0; i < sizeof seen; i++)
        cr_assert_neq(seen[i], 0);
    rand_bytes(NULL, 0);
}

Test(rand, use__own_source_and_back)
{
    static const uint64_t values[] = {0x0102030405060708};
    struct script s = {values, 0};
    uint8_t out[8];

    rand_use(scripted, &s);
    rand_bytes(out, sizeof out);
    cr_assert_arr_eq(out, "\x01\x02\x03\x04\x05\x06\x07\x08", 8);
    rand_use(NULL, NULL);
    rand_bytes(out, sizeof out);
    cr_assert_eq(s.at, 1);
}

Test(rand, below__draws_again_what_would_skew)
{
    /* 2^64 mod 10 is 6: 0 to 5 come once too often and are drawn again. */
    static const uint64_t values[] = {0, 5, 6, UINT64_MAX, 19};
    struct script s = {values, 0};

    rand_use(scripted, &s);
    cr_assert_eq(rand_below(10), 6);
    cr_assert_eq(s.at, 3);
    cr_assert_eq(rand_below(10), UINT64_MAX % 10);
    cr_assert_eq(rand_below(10), 9);
    cr_assert_eq(rand_below(1), 0);
    cr_assert_eq(rand_below(0), 0);
    cr_assert_eq(s.at, 5);
    rand_use(NULL, NULL);
}

Test(rand, below__reaches_every_number)
{
    unsigned count[7] = {0};

    for (int i = 0; i < 7000; i++) {
        uint64_t v = rand_below(7);
        cr_assert_lt(v, 7);
        count[v]++;
    }
    for (int i = 0; i < 7; i++)
        cr_assert(count[i] > 700 && count[i] < 1300, "%d came %u times of 7000", i, count[i]);
}
