/* SPDX-License-Identifier: ISC */
#include "model/tally.h"

#include <criterion/criterion.h>

static struct events es;

static void teardown(void)
{
    events_fini(&es);
}

TestSuite(tally, .fini = teardown);

static struct event like(char c)
{
    struct event v = {.kind = EVENT_INFO, .who = bytes_str("bob")};

    switch (c) {
    case 'm':
        v.kind = EVENT_MESSAGE;
        break;
    case '@':
        v.kind = EVENT_MESSAGE;
        v.flags = EVENT_MENTION;
        break;
    case 'f':
        v.kind = EVENT_FOUND;
        break;
    case '+':
        v.kind = EVENT_HERE;
        v.flags = EVENT_FOLDED;
        break;
    case '-':
        v.kind = EVENT_GONE;
        v.flags = EVENT_FOLDED;
        break;
    default:
        break;
    }
    return v;
}

static void add(const char *kinds)
{
    for (; *kinds != '\0'; kinds++) {
        struct event v = like(*kinds);
        (void)events_add(&es, &v);
    }
}

static void before(const char *kinds)
{
    struct event v[64];
    size_t n = 0;

    for (; *kinds != '\0'; kinds++)
        v[n++] = like(*kinds);
    (void)events_before(&es, v, n);
}

/* What the sums say against what walking over all of them says. */
static void check(void)
{
    for (int s = 0; s < EVENT_SUMS; s++) {
        size_t last = SIZE_MAX;
        for (size_t i = 0; i <= es.count; i++) {
            size_t out = SIZE_MAX;
            (void)tally_older(&es, (enum event_sum)s, i, &out);
            cr_assert_eq(out, last, "%d before %zu", s, i);
            if (i < es.count && event_counts(events_at(&es, i), (enum event_sum)s))
                last = i;
        }
        last = SIZE_MAX;
        for (size_t i = es.count; i-- > 0;) {
            size_t out = SIZE_MAX;
            (void)tally_newer(&es, (enum event_sum)s, i, &out);
            cr_assert_eq(out, last, "%d behind %zu", s, i);
            if (event_counts(events_at(&es, i), (enum event_sum)s))
                last = i;
        }
    }
}

Test(tally, next__as_if_all_were_walked_over)
{
    check();
    add("m++-i@f-mm+");
    check();
    before("@m+-f");
    check();
    for (int i = 0; i < EVENTS_MAX; i++)
        add("i");
    add("m@+");
    cr_assert_eq(tally_in(&es, TALLY(EVENT_SUM_SAID), 0, es.count), 2);
    cr_assert_eq(tally_in(&es, TALLY(EVENT_SUM_MENTION), 0, es.count), 1);
}

Test(tally, in__counts_several_kinds_at_once)
{
    add("m+-f");
    before("m-");
    cr_assert_eq(tally_in(&es, TALLY_FOLDED, 0, es.count), 3);
    cr_assert_eq(tally_in(&es, TALLY_FOLDED, 2, 4), 1);
    cr_assert_eq(tally_in(&es, TALLY(EVENT_SUM_SAID) | TALLY(EVENT_SUM_FOUND), 0, 99), 3);
    cr_assert_eq(tally_in(&es, TALLY_FOLDED, 5, 5), 0);
}

Test(tally, run__both_of_its_ends)
{
    add("m+-+m-");
    for (size_t i = 1; i <= 3; i++) {
        cr_assert_eq(tally_run_first(&es, TALLY_FOLDED, i), 1);
        cr_assert_eq(tally_run_last(&es, TALLY_FOLDED, i), 3);
    }
    cr_assert_eq(tally_run_first(&es, TALLY_FOLDED, 5), 5);
    cr_assert_eq(tally_run_last(&es, TALLY_FOLDED, 5), 5);
    before("m--"); /* they meet no noise: a message is between */
    cr_assert_eq(tally_run_first(&es, TALLY_FOLDED, 2), 1);
    cr_assert_eq(tally_run_last(&es, TALLY_FOLDED, 1), 2);
}

static bool noise(enum event_kind kind, const char *who, int64_t wall_ms)
{
    return tally_is_noise(
        &es, &(struct event){.kind = kind, .who = bytes_str(who), .wall_ms = wall_ms});
}

Test(tally, noise__is_of_those_who_have_not_spoken_lately)
{
    add("m"); /* bob, at 0 */
    cr_assert_not(noise(EVENT_GONE, "bob", 600000));
    cr_assert(noise(EVENT_GONE, "bob", 600001));
    cr_assert(noise(EVENT_GONE, "ann", 0));
    cr_assert(noise(EVENT_HERE, "ann", 0));
    cr_assert(noise(EVENT_CHANGE, "ann", 0));
    cr_assert_not(noise(EVENT_MESSAGE, "ann", 0));
}

/* A removal and new rules are nobody's coming and going. */
Test(tally, noise__is_not_what_was_done_to_the_room)
{
    cr_assert_not(noise(EVENT_GONE, "", 0));
    cr_assert_not(noise(EVENT_CHANGE, "", 0));
    cr_assert(noise(EVENT_HERE, "", 0));
}
