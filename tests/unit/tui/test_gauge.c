/* SPDX-License-Identifier: ISC */
#include "tui/gauge.h"

#include <criterion/criterion.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

static const struct gauge_look FINE = {"█", "▌", "·", false};
static const struct gauge_look PLAIN = {"#", "", "-", false};
static const struct gauge_look STILL = {"█", "▌", "·", true};

static char made[1024];

static const char *bar(const struct gauge_look *l, int cols, unsigned percent)
{
    struct buf b;

    buf_init(&b, sizeof made - 1);
    gauge_bar(&b, l, cols, percent);
    (void)bytes_copy(made, sizeof made, buf_view(&b));
    buf_free(&b);
    return made;
}

static const char *line(
    const struct gauge_look *l, int cols, uint64_t bytes, uint64_t done, uint64_t rate)
{
    struct buf b;

    buf_init(&b, sizeof made - 1);
    gauge_line(&b, l, cols, &(struct gauge){bytes, done, rate});
    (void)bytes_copy(made, sizeof made, buf_view(&b));
    buf_free(&b);
    return made;
}

Test(gauge, bar__has_exactly_the_columns_it_is_given)
{
    for (int cols = 0; cols <= 120; cols++) {
        for (unsigned percent = 0; percent <= 110; percent += 5) {
            cr_assert_eq(utf8_width(bytes_str(bar(&FINE, cols, percent))), cols);
            cr_assert_eq(strlen(bar(&PLAIN, cols, percent)), (size_t)cols);
        }
    }
}

Test(gauge, bar__is_empty_at_nothing_and_full_at_all_alone)
{
    cr_assert_str_eq(bar(&FINE, 4, 0), "····");
    cr_assert_str_eq(bar(&FINE, 4, 12), "····");
    cr_assert_str_eq(bar(&FINE, 4, 13), "▌···");
    cr_assert_str_eq(bar(&FINE, 4, 50), "██··");
    cr_assert_str_eq(bar(&FINE, 4, 99), "███▌");
    cr_assert_str_eq(bar(&FINE, 4, 100), "████");
    cr_assert_str_eq(bar(&PLAIN, 4, 99), "###-");
    cr_assert_str_eq(bar(&PLAIN, 4, 63), "##--");
}

Test(gauge, line__is_never_wider_than_it_may_be)
{
    static const uint64_t SIZES[] = {0, 1, 99, 150, 3200000, UINT64_MAX};

    for (int cols = 0; cols <= 120; cols++) {
        for (size_t i = 0; i < MEM_COUNT(SIZES); i++) {
            uint64_t done = SIZES[i] / 3;
            cr_assert_leq(
                utf8_width(bytes_str(line(&FINE, cols, SIZES[i], done, 1100000))), cols);
            cr_assert_leq(strlen(line(&PLAIN, cols, SIZES[i], SIZES[i], 1)), (size_t)cols);
            cr_assert_leq(strlen(line(&STILL, cols, SIZES[i], done, 0)), (size_t)cols);
        }
    }
}

Test(gauge, line__drops_the_time_then_the_rate_then_the_bar)
{
    cr_assert_str_eq(line(&PLAIN, 60, 3200000, 1600000, 1100000),
        "############------------  50%  1.1 MB/s  0:01 left");
    cr_assert_str_eq(
        line(&PLAIN, 34, 3200000, 1600000, 1100000), "####----  50%  1.1 MB/s  0:01 left");
    cr_assert_str_eq(
        line(&PLAIN, 31, 3200000, 1600000, 1100000), "########--------  50%  1.1 MB/s");
    cr_assert_str_eq(line(&PLAIN, 20, 3200000, 1600000, 1100000), "#######--------  50%");
    cr_assert_str_eq(line(&PLAIN, 4, 3200000, 1600000, 1100000), " 50%");
    cr_assert_str_eq(line(&PLAIN, 3, 3200000, 1600000, 1100000), "#--");
}

Test(gauge, line__still_where_motion_is_reduced)
{
    cr_assert_str_eq(line(&STILL, 40, 1000000, 629000, 1100000), "60% of 1.0 MB");
    cr_assert_str_eq(line(&STILL, 6, 1000000, 629000, 1100000), "60%");
    cr_assert_eq(gauge_shown(&STILL, 999, 1000), 90);
    cr_assert_eq(gauge_shown(&FINE, 999, 1000), 99);
}
