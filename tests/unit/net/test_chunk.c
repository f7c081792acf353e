/* SPDX-License-Identifier: ISC */
#include "net/chunk.h"

#include <criterion/criterion.h>

Test(chunk, span_copy__bytes_of_its_own)
{
    char text[] = "hello";
    struct span s = span_copy(bytes_str(text));

    text[0] = 'X';
    cr_assert(bytes_eq(span_view(s), bytes_str("hello")));
    struct span again = span_ref(s);
    span_drop(s);
    cr_assert(bytes_eq(span_view(again), bytes_str("hello")));
    span_drop(again);
    span_drop((struct span){0});
    cr_assert_eq(span_view((struct span){0}).n, 0);
}

Test(chunk, pool__packs_and_starts_anew_when_full)
{
    static uint8_t kib[1024];
    struct pool p = {0};
    struct span s[300];

    for (int i = 0; i < 300; i++) {
        memset(kib, i, sizeof kib);
        s[i] = pool_add(&p, bytes_of(kib, sizeof kib));
    }
    cr_assert_eq(s[0].chunk, s[255].chunk);
    cr_assert_neq(s[255].chunk, s[256].chunk);
    for (int i = 0; i < 300; i++) {
        cr_assert_eq(span_view(s[i]).n, sizeof kib);
        cr_assert_eq(span_view(s[i]).p[1023], (uint8_t)i);
        span_drop(s[i]);
    }
    pool_fini(&p);
    pool_fini(&p);
}

Test(chunk, pool__a_large_one_gets_a_chunk_of_its_own)
{
    static uint8_t big[100000];
    struct pool p = {0};
    struct span small = pool_add(&p, bytes_str("a"));
    struct span large = pool_add(&p, bytes_of(big, sizeof big));
    struct span next = pool_add(&p, bytes_str("b"));

    cr_assert_neq(large.chunk, small.chunk);
    cr_assert_eq(next.chunk, small.chunk);
    cr_assert_eq(next.off, small.off + 1);
    span_drop(small);
    span_drop(large);
    span_drop(next);
    pool_fini(&p);
}

Test(chunk, pool_release__refills_only_what_nobody_holds)
{
    struct pool p = {0};
    struct span held = pool_add(&p, bytes_str("held"));
    struct chunk *first = p.open;

    pool_release(&p);
    cr_assert_null(p.open);
    struct span s = pool_add(&p, bytes_str("other"));
    cr_assert_neq(s.chunk, first);
    cr_assert(bytes_eq(span_view(held), bytes_str("held")));
    struct chunk *second = p.open;
    span_drop(s);
    pool_release(&p);
    cr_assert_eq(p.open, second);
    s = pool_add(&p, bytes_str("again"));
    cr_assert_eq(s.off, 0);
    span_drop(s);
    span_drop(held);
    pool_release(&p);
    pool_fini(&p);
    pool_release(&p);
}
