/* SPDX-License-Identifier: ISC */
#include "tui/find.h"

#include <criterion/criterion.h>

static struct events es;
static struct find f;

static void teardown(void)
{
    find_fini(&f);
    events_fini(&es);
}

TestSuite(find, .fini = teardown);

static void add(const char *text)
{
    (void)events_add(&es, &(struct event){.kind = EVENT_MESSAGE, .text = bytes_str(text)});
}

static void find(const char *words)
{
    find_words(&f, &es, bytes_str(words));
}

/* Ids as they are counted from the first one. */
static void expect(size_t n, const int *ids)
{
    cr_assert_eq(f.count, n, "%zu", f.count);
    for (size_t i = 0; i < n; i++)
        cr_assert_eq(f.hits[i], EVENT_ID + (uint64_t)ids[i]);
}

#define IDS(...)                                                                               \
    (sizeof((int[]){__VA_ARGS__}) / sizeof(int)), (int[])                                      \
    {                                                                                          \
        __VA_ARGS__                                                                            \
    }

Test(find, words__longer_ones_narrow_and_shorter_ones_look_anew)
{
    add("tea");
    add("Team");
    add("coffee");
    add("steam");
    find("te");
    expect(IDS(0, 1, 3));
    find("team");
    expect(IDS(1, 3));
    find("te");
    expect(IDS(0, 1, 3));
    find("");
    cr_assert_eq(f.count, 0);
    find("x");
    cr_assert_eq(f.count, 0);
}

Test(find, follow__what_comes_at_either_end)
{
    static const struct event OLD[] = {
        {.kind = EVENT_MESSAGE, .text = {(const uint8_t *)"tea", 3}},
        {.kind = EVENT_MESSAGE, .text = {(const uint8_t *)"no", 2}}};

    add("tea");
    find("tea");
    add("no");
    add("more tea");
    find_follow(&f, &es);
    expect(IDS(0, 2));
    cr_assert_eq(events_before(&es, OLD, 2), 2);
    find_follow(&f, &es);
    expect(IDS(-2, 0, 2));
    find_follow(&f, &es);
    expect(IDS(-2, 0, 2));
    add("tea again");
    find("tea a");
    expect(IDS(3));
}

Test(find, follow__what_is_forgotten_is_no_hit)
{
    add("tea");
    add("tea");
    find("tea");
    for (int i = 0; i < EVENTS_MAX - 1; i++)
        add("no");
    find_follow(&f, &es);
    expect(IDS(1));
    for (int i = 0; i < EVENTS_MAX * 2; i++)
        add("no");
    add("tea");
    find_follow(&f, &es);
    expect(IDS(EVENTS_MAX * 3 + 1));
    uint64_t last = es.last_id;
    events_fini(&es);
    es.last_id = last;
    find_follow(&f, &es);
    cr_assert_eq(f.count, 0);
}

Test(find, near__the_hits_around_a_place)
{
    for (int i = 0; i < 6; i++)
        add(i % 2 == 0 ? "no" : "tea"); /* 1, 3, 5 */
    find("tea");
    cr_assert_eq(find_before(&f, EVENT_ID + 4), 1);
    cr_assert_eq(find_before(&f, EVENT_ID + 3), 1);
    cr_assert_eq(find_before(&f, EVENT_ID), f.count);
    cr_assert_eq(find_behind(&f, EVENT_ID + 4), 2);
    cr_assert_eq(find_behind(&f, EVENT_ID + 3), 1);
    cr_assert_eq(find_behind(&f, EVENT_ID + 6), f.count);
}

Test(find, words__not_in_what_is_folded_away)
{
    (void)events_add(
        &es, &(struct event){
                 .kind = EVENT_HERE, .flags = EVENT_FOLDED, .text = bytes_str("tea joined")});
    find("tea");
    cr_assert_eq(f.count, 0);
}
