/* SPDX-License-Identifier: ISC */
#include "net/lane.h"

#include <criterion/criterion.h>
#include <stdio.h>

static void add(struct lane *l, unsigned n, uint32_t tag)
{
    char text[16];

    (void)snprintf(text, sizeof text, "%u", n);
    lane_add(l, span_copy(bytes_str(text)), tag);
}

static unsigned take(struct lane *l)
{
    struct span s = lane_take(l);
    unsigned n = 0;

    for (size_t i = 0; i < s.n; i++)
        n = n * 10 + (unsigned)(span_view(s).p[i] - '0');
    span_drop(s);
    return n;
}

Test(lane, take__in_order_and_nothing_is_held_when_empty)
{
    struct lane l = {0};

    for (unsigned round = 0; round < 3; round++) {
        for (unsigned i = 100; i < 130; i++)
            add(&l, i, 7);
        cr_assert_eq(l.bytes, 90);
        for (unsigned i = 100; i < 130; i++)
            cr_assert_eq(take(&l), i);
        cr_assert_eq(l.bytes, 0);
        cr_assert_null(l.last);
    }
    cr_assert_null(lane_take(&l).chunk);
}

/* One that comes late stands behind no more than one of each other. */
Test(lane, take__tags_take_turns_and_keep_their_own_order)
{
    struct lane l = {0};

    for (unsigned i = 0; i < 20; i++)
        add(&l, 100 + i, 1);
    add(&l, 200, 2);
    add(&l, 201, 2);
    cr_assert_eq(take(&l), 100);
    add(&l, 300, 3);
    static const unsigned NEXT[] = {200, 101, 300, 201, 102, 103};
    for (size_t i = 0; i < 6; i++)
        cr_assert_eq(take(&l), NEXT[i], "%zu", i);
    cr_assert_eq(lane_waits(&l, 1), 16);
    cr_assert_eq(l.count, 16);
    lane_fini(&l);
    cr_assert_eq(l.bytes, 0);
}

/* In a ring that has turned, with some gone in front. */
Test(lane, purge__takes_one_tag_back_and_keeps_the_order_of_the_rest)
{
    struct lane l = {0};

    for (unsigned i = 100; i < 108; i++)
        add(&l, i, 9);
    for (unsigned i = 100; i < 105; i++)
        cr_assert_eq(take(&l), i);
    for (unsigned i = 200; i < 205; i++)
        add(&l, i, i % 2);
    lane_purge(&l, 0);
    cr_assert_eq(l.bytes, 15);
    cr_assert_eq(lane_waits(&l, 9), 3);
    cr_assert_eq(lane_waits(&l, 1), 2);
    cr_assert_eq(lane_waits(&l, 0), 0);
    static const unsigned LEFT[] = {105, 201, 106, 203, 107};
    for (size_t i = 0; i < 5; i++)
        cr_assert_eq(take(&l), LEFT[i]);
    add(&l, 1, 5);
    lane_purge(&l, 4);
    cr_assert_eq(l.count, 1);
    lane_purge(&l, 5);
    cr_assert_eq(l.bytes, 0);
    cr_assert_null(l.last);
}

Test(lane, fini__gives_up_what_waits)
{
    struct lane l = {0};
    struct span s = span_copy(bytes_str("shared"));

    lane_add(&l, span_ref(s), 1);
    lane_add(&l, span_ref(s), 2);
    cr_assert_eq(s.chunk->refs, 3);
    lane_fini(&l);
    cr_assert_eq(s.chunk->refs, 1);
    span_drop(s);
}
