/* SPDX-License-Identifier: ISC */
#include "server/bucket.h"

#include <criterion/criterion.h>

static uint64_t wait_ms;

static bool take(struct bucket *b, uint64_t now_ms, int64_t burst, int64_t rate, uint64_t cost)
{
    wait_ms = 0;
    return bucket_take(b, now_ms, burst, rate, cost, &wait_ms);
}

Test(bucket, take__burst_then_one_for_each_that_comes_back)
{
    struct bucket b = {0};

    for (int i = 0; i < 5; i++)
        cr_assert(take(&b, 1000, 5, 1000, 1), "%d", i);
    cr_assert_not(take(&b, 1000, 5, 1000, 1));
    cr_assert_eq(wait_ms, 1000);
    cr_assert_not(take(&b, 1999, 5, 1000, 1));
    cr_assert_eq(wait_ms, 1);
    cr_assert(take(&b, 2000, 5, 1000, 1));
    cr_assert_not(take(&b, 2000, 5, 1000, 1));
}

Test(bucket, take__what_is_refused_costs_nothing)
{
    struct bucket b = {0};

    cr_assert(take(&b, 0, 1, 1000, 1));
    for (int i = 0; i < 100; i++)
        cr_assert_not(take(&b, 500, 1, 1000, 1));
    cr_assert(take(&b, 1000, 1, 1000, 1));
}

Test(bucket, take__never_fuller_than_the_burst)
{
    struct bucket b = {0};

    cr_assert(take(&b, 0, 3, 1000, 1));
    for (int i = 0; i < 3; i++)
        cr_assert(take(&b, 86400000, 3, 1000, 1));
    cr_assert_not(take(&b, 86400000, 3, 1000, 1), "a day of waiting is worth a burst");
}

Test(bucket, take__zero_burst_is_no_limit)
{
    struct bucket b = {0};

    for (int i = 0; i < 1000; i++)
        cr_assert(take(&b, 0, 0, 1, 1000));
    cr_assert_eq(b.full_ns, 0);
}

Test(bucket, take__slowest_and_fastest_rate)
{
    struct bucket slow = {0};
    struct bucket fast = {0};

    cr_assert(take(&slow, 0, 1, 1, 1)); /* one in a thousand seconds */
    cr_assert_not(take(&slow, 999999, 1, 1, 1));
    cr_assert(take(&slow, 1000000, 1, 1, 1));
    for (int i = 0; i < 10; i++)
        cr_assert(take(&fast, 1, 10, 1000000000, 1));
    cr_assert_not(take(&fast, 1, 10, 1000000000, 1), "a million a second is not infinite");
    cr_assert_eq(wait_ms, 1);
}

Test(bucket, take__bytes_by_the_gibibyte)
{
    static const int64_t gib = (int64_t)1 << 30;
    struct bucket b = {0};

    cr_assert(take(&b, 5000, gib, gib * 1000, (uint64_t)gib));
    cr_assert_not(take(&b, 5000, gib, gib * 1000, 1 << 20));
    cr_assert_eq(wait_ms, 1);
    cr_assert(take(&b, 5500, gib, gib * 1000, (uint64_t)gib / 2));
    cr_assert_not(take(&b, 5500, gib, gib * 1000, (uint64_t)gib / 2));
    cr_assert_eq(wait_ms, 500);
    /* The largest burst at the slowest rate does not wrap round. */
    struct bucket drop = {0};
    cr_assert(take(&drop, 5000, gib, 1000, (uint64_t)gib));
    cr_assert_not(take(&drop, 5000, gib, 1000, 1));
    cr_assert_eq(wait_ms, 1000);
}

Test(bucket, take__cost_of_many_at_once)
{
    struct bucket b = {0};

    cr_assert(take(&b, 0, 100, 10000, 60));
    cr_assert_not(take(&b, 0, 100, 10000, 60));
    cr_assert_eq(wait_ms, 2000, "20 lack, 10 come in a second");
    cr_assert(take(&b, 0, 100, 10000, 40));
    cr_assert(take(&b, 2000, 100, 10000, 20));
}

Test(bucket, take__a_smaller_burst_after_a_reload)
{
    struct bucket b = {0};

    cr_assert(take(&b, 0, 100, 1000, 100));
    cr_assert_not(take(&b, 50000, 10, 1000, 1), "the debt is older than the limit");
    cr_assert(take(&b, 91000, 10, 1000, 1));
}
