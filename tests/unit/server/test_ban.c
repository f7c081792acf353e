/* SPDX-License-Identifier: ISC */
#include "server/ban.h"

#include <criterion/criterion.h>

#include "base/mem.h"

static struct map bans;

static void teardown(void)
{
    size_t at = 0;
    void *v;

    while ((v = map_next(&bans, &at, NULL)) != NULL)
        mem_free(v);
    map_free(&bans);
}

TestSuite(ban, .fini = teardown);

static bool holds(const char *who, enum ban_kind kind, int64_t now_ms)
{
    int64_t until_ms = -1;

    return ban_holds(&bans, bytes_str(who), kind, now_ms, &until_ms);
}

Test(ban, holds__until_its_time_and_not_a_moment_longer)
{
    int64_t until_ms = 0;

    cr_assert_not(holds("bob", BAN_OUT, 0));
    ban_set(&bans, bytes_str("bob"), BAN_OUT, 5000);
    cr_assert(ban_holds(&bans, bytes_str("bob"), BAN_OUT, 4999, &until_ms));
    cr_assert_eq(until_ms, 5000);
    cr_assert_not(holds("bob", BAN_OUT, 5000));
    cr_assert_not(holds("alice", BAN_OUT, 0));
}

Test(ban, holds__for_good)
{
    ban_set(&bans, bytes_str("bob"), BAN_MUTE, 0);
    cr_assert(holds("bob", BAN_MUTE, INT64_MAX));
}

Test(ban, set__out_and_mute_do_not_touch_each_other)
{
    ban_set(&bans, bytes_str("bob"), BAN_OUT, 0);
    cr_assert_not(holds("bob", BAN_MUTE, 1));
    ban_set(&bans, bytes_str("bob"), BAN_MUTE, 10);
    cr_assert(holds("bob", BAN_OUT, 1));
    cr_assert(holds("bob", BAN_MUTE, 1));
    cr_assert(holds("bob", BAN_OUT, 20), "the end of one is not the end of the other");
    cr_assert_not(holds("bob", BAN_MUTE, 20));
    cr_assert_eq(map_count(&bans), 1);
}

Test(ban, set__again_moves_the_end)
{
    ban_set(&bans, bytes_str("bob"), BAN_OUT, 10);
    ban_set(&bans, bytes_str("bob"), BAN_OUT, 100);
    cr_assert(holds("bob", BAN_OUT, 50));
}
