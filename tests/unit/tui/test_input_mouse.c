/* SPDX-License-Identifier: ISC */
#include "tui/input_mouse.h"

#include <criterion/criterion.h>
#include <string.h>

static struct input_key report(const char *text, bool *over)
{
    struct input_mouse m;
    struct input_key k;

    input_mouse_begin(&m);
    *over = false;
    for (const char *c = text; *c != '\0' && !*over; c++)
        *over = input_mouse_take(&m, (uint8_t)*c, &k);
    return k;
}

Test(input_mouse, take__says_where_and_what)
{
    bool over;
    struct input_key k = report("0;20;5M", &over);

    cr_assert(over);
    cr_assert_eq(k.code, INPUT_CLICK);
    cr_assert_eq(k.cp >> 16, 4u);
    cr_assert_eq(k.cp & 0xffff, 19u);
    cr_assert_eq(report("64;1;1M", &over).code, INPUT_WHEEL_UP);
    cr_assert_eq(report("65;1;1M", &over).code, INPUT_WHEEL_DOWN);
}

Test(input_mouse, take__nothing_of_what_is_none)
{
    static const char *const TEXTS[] = {"0;20;5m", "2;20;5M", "0;0;5M", "0;5M", "M", "0;1;1;1M",
        "x", "99999999999999999999;99999999999999999999;1M", "32;3;3M"};
    bool over;

    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++) {
        cr_expect_eq(report(TEXTS[i], &over).code, INPUT_OTHER, "%s", TEXTS[i]);
        cr_expect(over, "%s", TEXTS[i]);
    }
    (void)report("0;20;", &over);
    cr_assert_not(over, "the rest may still come");
}

Test(input_mouse, take__bounds_the_numbers)
{
    bool over;
    struct input_key k = report("0;70000;70000M", &over);

    cr_assert_eq(k.code, INPUT_CLICK);
    cr_assert_leq(k.cp & 0xffff, 9999u);
    cr_assert_leq(k.cp >> 16, 9999u);
}
