/* SPDX-License-Identifier: ISC */
#include "base/chunkmap.h"

#include <criterion/criterion.h>

#include "base/mem.h"

static const uint32_t COUNTS[] = {1, 2, 63, 64, 65, 127, 128, 1000};

Test(chunkmap, put__each_once_and_cut_again)
{
    struct chunkmap m;

    for (size_t i = 0; i < MEM_COUNT(COUNTS); i++) {
        uint32_t n = COUNTS[i];
        chunkmap_init(&m, n);
        for (uint32_t k = 0; k < n; k++) {
            cr_assert_not(chunkmap_has(&m, k));
            cr_assert_not(chunkmap_cut(&m, k));
            cr_assert(chunkmap_put(&m, k));
            cr_assert_not(chunkmap_put(&m, k));
            cr_assert_eq(m.held, k + 1);
        }
        cr_assert(chunkmap_cut(&m, n - 1));
        cr_assert_eq(m.held, n - 1);
        cr_assert_not(chunkmap_has(&m, n - 1));
        chunkmap_clear(&m);
        cr_assert_eq(m.held, 0);
        chunkmap_fini(&m);
    }
}

/* So that a word with nothing missing is all ones. */
Test(chunkmap, tail__bits_behind_the_last_count_as_set)
{
    struct chunkmap m;

    for (size_t i = 0; i < MEM_COUNT(COUNTS); i++) {
        uint32_t n = COUNTS[i];
        chunkmap_init(&m, n);
        cr_assert(chunkmap_put_range(&m, 0, n));
        for (uint32_t w = 0; w < chunkmap_words(n); w++)
            cr_assert_eq(m.words[w], UINT64_MAX, "%u chunks, word %u", n, w);
        cr_assert_eq(m.held, n);
        chunkmap_fini(&m);
    }
}

Test(chunkmap, outside__is_never_there)
{
    struct chunkmap m;

    for (size_t i = 0; i < MEM_COUNT(COUNTS); i++) {
        const uint32_t outside[] = {COUNTS[i], COUNTS[i] + 1, COUNTS[i] + 64, UINT32_MAX};
        chunkmap_init(&m, COUNTS[i]);
        for (size_t k = 0; k < MEM_COUNT(outside); k++) {
            cr_assert_not(chunkmap_has(&m, outside[k]));
            cr_assert_not(chunkmap_put(&m, outside[k]));
            cr_assert_not(chunkmap_cut(&m, outside[k]));
        }
        cr_assert_eq(m.held, 0);
        chunkmap_fini(&m);
    }
}

Test(chunkmap, range__all_or_nothing)
{
    struct chunkmap m;

    chunkmap_init(&m, 100);
    cr_assert(chunkmap_put_range(&m, 100, 0));
    cr_assert(chunkmap_put_range(&m, 60, 10));
    cr_assert_eq(m.held, 10);
    cr_assert(chunkmap_put_range(&m, 65, 10), "some were there");
    cr_assert_eq(m.held, 15);
    cr_assert_not(chunkmap_put_range(&m, 99, 2));
    cr_assert_not(chunkmap_put_range(&m, 101, 0));
    cr_assert_not(chunkmap_put_range(&m, 1, UINT32_MAX));
    cr_assert_not(chunkmap_put_range(&m, UINT32_MAX, UINT32_MAX));
    cr_assert_eq(m.held, 15);
    cr_assert_not(chunkmap_has(&m, 99));
    chunkmap_fini(&m);
}
