/* SPDX-License-Identifier: ISC */
#include "tui/item.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

static struct events es;
static struct item_look look = {.events = &es, .fold = true};

static void setup(void)
{
    (void)setenv("TZ", "UTC", 1);
}

static void teardown(void)
{
    events_fini(&es);
}

TestSuite(item, .init = setup, .fini = teardown);

/* 'm' a message, '+' a coming, 'f' something found; a digit: the day of what is behind it. */
static void add(const char *kinds)
{
    int64_t day = 1;

    for (; *kinds != '\0'; kinds++) {
        struct event v = {.kind = EVENT_MESSAGE, .wall_ms = 0};
        if (*kinds >= '0' && *kinds <= '9') {
            day = *kinds - '0';
            continue;
        }
        if (*kinds == '+')
            v.kind = EVENT_HERE, v.flags = EVENT_FOLDED;
        if (*kinds == 'f')
            v.kind = EVENT_FOUND;
        v.wall_ms = day * 86400000;
        (void)events_add(&es, &v);
    }
}

/* "0-0 1-3* 4-4": first and last of each, a star where a day begins, ! where unread does. */
static void expect(const char *items)
{
    char text[400] = "";
    struct item it = item_at(&look, 0);
    size_t n = 0;
    size_t count = 0;

    do {
        n += (size_t)snprintf(text + n, sizeof text - n, "%s%zu-%zu%s%s", n != 0 ? " " : "",
            it.first, it.last, it.day ? "*" : "", it.unread ? "!" : "");
        count++;
    } while (item_newer(&look, &it));
    cr_assert_str_eq(text, items);
    while (item_older(&look, &it))
        count--;
    cr_assert_eq(count, 1, "the way back is as long");
    cr_assert_eq(it.first, 0);
}

Test(item, fold__from_three_on)
{
    add("m++m+++m++++");
    expect("0-0 1-1 2-2 3-3 4-6 7-7 8-11");
    look.fold = false;
    expect("0-0 1-1 2-2 3-3 4-4 5-5 6-6 7-7 8-8 9-9 10-10 11-11");
}

Test(item, fold__the_same_from_each_of_its_events)
{
    add("m+++++m");
    for (size_t i = 1; i <= 5; i++) {
        struct item it = item_at(&look, i);
        cr_assert_eq(it.first, 1);
        cr_assert_eq(it.last, 5);
    }
}

Test(item, day__is_told_once_when_a_fold_goes_over_midnight)
{
    add("1m++2+m3m");
    expect("0-0 1-3* 4-4 5-5*");
}

Test(item, day__found_ones_are_of_no_day)
{
    add("5m1ffff5m6ff6m");
    expect("0-0 1-1 2-2 3-3 4-4 5-5 6-6 7-7 8-8*");
}

Test(item, unread__above_its_event)
{
    add("mmm");
    look.unread_at = events_at(&es, 1)->id;
    expect("0-0 1-1! 2-2");
    look.unread_at = 0;
    expect("0-0 1-1 2-2");
}
