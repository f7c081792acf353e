/* SPDX-License-Identifier: ISC */
#include "tui/bar.h"

#include <criterion/criterion.h>

#define N 5

Test(bar, fit__whole_when_there_is_room)
{
    struct bar_item it[] = {{.width = 10, .rank = 2}, {.width = 5, .rank = 1},
        {.width = 8, .rank = 3, .right = true}};

    bar_fit(it, 3, 40);
    cr_assert_eq(it[0].at, 1);
    cr_assert_eq(it[0].cols, 10);
    cr_assert_eq(it[1].at, 13);
    cr_assert_eq(it[2].at, 31);
    cr_assert_eq(it[2].cols, 8);
}

Test(bar, fit__the_least_gives_way)
{
    struct bar_item it[] = {{.width = 10, .rank = 2}, {.width = 20, .rank = 1},
        {.width = 8, .rank = 3, .right = true}};

    bar_fit(it, 3, 36); /* 34 columns: 22 for the two others and gaps */
    cr_assert_eq(it[1].cols, 12);
    it[1].width = 20;
    bar_fit(it, 3, 30);
    cr_assert_eq(it[1].cols, 0);
    cr_assert_eq(it[0].cols, 10);
}

/* Every width of the bar, many mixtures of items: nothing overlaps, nothing leaves. */
Test(bar, fit__one_owner_a_cell)
{
    for (int cols = 0; cols <= 120; cols++) {
        for (int mix = 0; mix < 32; mix++) {
            struct bar_item it[N];
            int owner[121] = {0};
            for (int i = 0; i < N; i++)
                it[i] = (struct bar_item){.width = (mix * 7 + i * 13) % 40,
                    .rank = (i * 3 + mix) % N,
                    .right = (mix >> i & 1) != 0};
            bar_fit(it, N, cols);
            for (int i = 0; i < N; i++) {
                cr_assert_leq(it[i].cols, it[i].width);
                for (int x = it[i].at; x < it[i].at + it[i].cols; x++) {
                    cr_assert(x >= 0 && x < cols);
                    cr_assert_eq(owner[x]++, 0, "cols %d mix %d item %d", cols, mix, i);
                }
            }
        }
    }
}
