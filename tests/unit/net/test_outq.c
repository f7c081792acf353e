/* SPDX-License-Identifier: ISC */
#include "net/outq.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#include "base/buf.h"

static void add(struct outq *q, const char *s)
{
    outq_add(q, span_copy(bytes_str(s)));
}

Test(outq, front__gathers_and_drop_counts)
{
    struct outq q = {0};
    uint8_t scratch[16];

    add(&q, "one");
    add(&q, "two");
    add(&q, "three");
    cr_assert_eq(q.bytes, 11);
    cr_assert(bytes_eq(outq_front(&q, scratch, 16), bytes_str("onetwothree")));
    cr_assert(bytes_eq(outq_front(&q, scratch, 5), bytes_str("onetw")));
    outq_drop(&q, 4);
    cr_assert_eq(q.bytes, 7);
    cr_assert(bytes_eq(outq_front(&q, scratch, 16), bytes_str("wothree")));
    outq_drop(&q, 7);
    cr_assert_eq(q.bytes, 0);
    cr_assert_null(q.ring, "memory is held while empty");
    cr_assert_eq(outq_front(&q, scratch, 16).n, 0);
    outq_drop(&q, 0);
}

Test(outq, front__a_long_span_is_not_copied)
{
    static uint8_t big[1000];
    struct outq q = {0};
    uint8_t scratch[64];
    struct span s = span_copy(bytes_of(big, sizeof big));

    outq_add(&q, span_ref(s));
    add(&q, "tail");
    struct bytes b = outq_front(&q, scratch, sizeof scratch);
    cr_assert_eq(b.p, s.chunk->data);
    cr_assert_eq(b.n, sizeof scratch);
    outq_drop(&q, 990);
    b = outq_front(&q, scratch, sizeof scratch);
    cr_assert_eq(b.p, scratch);
    cr_assert_eq(b.n, 14);
    outq_fini(&q);
    cr_assert_eq(s.chunk->refs, 1);
    span_drop(s);
}

Test(outq, add__neighbours_of_one_chunk_become_one_span)
{
    struct pool p = {0};
    struct outq q = {0};

    for (int i = 0; i < 1000; i++)
        outq_add(&q, pool_add(&p, bytes_str("0123456789")));
    cr_assert_eq(q.count, 1);
    cr_assert_eq(q.bytes, 10000);
    cr_assert_eq(p.open->refs, 2, "one for the pool, one for the queue");
    outq_fini(&q);
    cr_assert_eq(p.open->refs, 1);
    pool_fini(&p);
}

Test(outq, add__nothing_is_not_queued)
{
    struct outq q = {0};
    struct span s = span_copy((struct bytes){0});

    outq_add(&q, span_ref(s));
    cr_assert_eq(q.count, 0);
    cr_assert_eq(s.chunk->refs, 1);
    add(&q, "x");
    outq_add(&q, span_ref(s));
    outq_add(&q, (struct span){0});
    outq_drop(&q, 1);
    cr_assert_eq(q.count, 0);
    cr_assert_null(q.ring);
    span_drop(s);
}

/* Against a plain buffer, under a fixed seed: the same bytes in the same order. */
Test(outq, model__random_adds_and_drops)
{
    struct outq q = {0};
    struct pool p = {0};
    struct buf in, out;
    uint8_t scratch[256];

    srand(1);
    buf_init(&in, 16u << 20);
    buf_init(&out, 16u << 20);
    for (int i = 0; i < 20000; i++) {
        uint8_t text[300];
        size_t n = (size_t)rand() % (i % 7 == 0 ? sizeof text : 20);
        for (size_t k = 0; k < n; k++)
            text[k] = (uint8_t)rand();
        struct bytes b = bytes_of(text, n);
        outq_add(&q, rand() % 3 ? pool_add(&p, b) : span_copy(b));
        buf_bytes(&in, b);
        if (rand() % 100 == 0)
            pool_release(&p);
        if (rand() % 2 == 0)
            continue;
        struct bytes f = outq_front(&q, scratch, 1 + (size_t)rand() % sizeof scratch);
        size_t drop = f.n != 0 ? (size_t)rand() % (f.n + 1) : 0;
        buf_put(&out, f.p, drop);
        outq_drop(&q, drop);
        cr_assert_eq(q.bytes, in.n - out.n);
    }
    while (q.bytes != 0) {
        struct bytes f = outq_front(&q, scratch, sizeof scratch);
        cr_assert_neq(f.n, 0);
        buf_bytes(&out, f);
        outq_drop(&q, f.n);
    }
    cr_assert(bytes_eq(buf_view(&in), buf_view(&out)));
    cr_assert_null(q.ring);
    outq_fini(&q);
    pool_fini(&p);
    buf_free(&in);
    buf_free(&out);
}
