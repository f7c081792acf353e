/* SPDX-License-Identifier: ISC */
#include <criterion/criterion.h>
#include <time.h>

#include "base/clock.h"

Test(clock, iso__known_instants)
{
    char out[CLOCK_TEXT];

    clock_iso(0, out);
    cr_expect_str_eq(out, "1970-01-01T00:00:00Z");
    clock_iso(1700000000999, out);
    cr_expect_str_eq(out, "2023-11-14T22:13:20Z");
    clock_iso(951782400000, out);
    cr_expect_str_eq(out, "2000-02-29T00:00:00Z");
    clock_stamp(1700000000999, out);
    cr_expect_str_eq(out, "20231114-221320");
}

Test(clock, iso__what_no_calendar_holds_is_held_at_its_ends)
{
    char out[CLOCK_TEXT];

    clock_iso(INT64_MAX, out);
    cr_expect_str_eq(out, "9999-12-31T23:59:59Z");
    clock_stamp(INT64_MAX, out);
    cr_expect_str_eq(out, "99991231-235959");
    clock_iso(INT64_MIN, out);
    cr_expect_str_eq(out, "1970-01-01T00:00:00Z");
}

Test(clock, mono__does_not_go_back)
{
    uint64_t last = clock_mono_ms();

    for (int i = 0; i < 10000; i++) {
        uint64_t now = clock_mono_ms();
        cr_assert_geq(now, last);
        last = now;
    }
}

Test(clock, wall__is_what_the_system_says)
{
    time_t before = time(NULL);
    int64_t now = clock_wall_ms();

    cr_expect_geq(now / 1000, (int64_t)before - 1);
    cr_expect_leq(now / 1000, (int64_t)time(NULL) + 1);
}
