/* SPDX-License-Identifier: ISC */
#include "model/roster.h"

#include <criterion/criterion.h>
#include <stdio.h>

static void add(struct roster *r, const char *name, uint8_t flags)
{
    cr_assert_eq(roster_add(r, bytes_str(name), flags), ERR_OK);
}

static void expect(const struct roster *r, const char *names)
{
    char got[256] = "";

    for (size_t i = 0; i < r->count; i++) {
        (void)strncat(got, r->people[i].name, r->people[i].name_n);
        (void)strncat(got, " ", 2);
    }
    cr_assert_str_eq(got, names);
}

Test(roster, add__sorted_without_regard_to_case)
{
    struct roster r = {0};

    add(&r, "bob", 0);
    add(&r, "Alice", 0);
    add(&r, "carol", 0);
    add(&r, "alice", 0);
    add(&r, "al", 0);
    expect(&r, "al Alice alice bob carol ");
    roster_fini(&r);
}

Test(roster, add__twice_sets_flags)
{
    struct roster r = {0};

    add(&r, "bob", 0);
    add(&r, "bob", ROSTER_AWAY);
    cr_assert_eq(r.count, 1);
    cr_assert_eq(roster_find(&r, bytes_str("bob"))->flags, ROSTER_AWAY);
    roster_fini(&r);
}

Test(roster, add__refuses_what_is_no_name)
{
    struct roster r = {0};
    char big[ROSTER_NAME + 1] = {0};

    cr_assert_eq(roster_add(&r, bytes_of("", 0), 0), ERR_FORMAT);
    cr_assert_eq(roster_add(&r, bytes_of(big, sizeof big), 0), ERR_FORMAT);
    cr_assert_eq(roster_add(&r, bytes_of(big, ROSTER_NAME), 0), ERR_OK);
    roster_fini(&r);
}

Test(roster, add__bounded)
{
    struct roster r = {0};
    char name[16];

    for (int i = 0; i < ROSTER_MAX; i++) {
        (void)snprintf(name, sizeof name, "u%06d", i);
        add(&r, name, 0);
    }
    cr_assert_eq(roster_add(&r, bytes_str("one-more"), 0), ERR_FULL);
    cr_assert_eq(roster_add(&r, bytes_str("u000003"), ROSTER_AWAY), ERR_OK);
    cr_assert_eq(r.count, ROSTER_MAX);
    roster_fini(&r);
}

Test(roster, remove__only_who_is_there)
{
    struct roster r = {0};

    add(&r, "a", 0);
    add(&r, "b", 0);
    cr_assert(roster_remove(&r, bytes_str("a")));
    cr_assert_not(roster_remove(&r, bytes_str("a")));
    expect(&r, "b ");
    roster_fini(&r);
}

Test(roster, sweep__drops_who_was_not_named_again)
{
    struct roster r = {0};

    add(&r, "a", 0);
    add(&r, "b", 0);
    add(&r, "c", 0);
    roster_mark(&r);
    add(&r, "b", 0);
    add(&r, "d", 0);
    roster_sweep(&r);
    expect(&r, "b d ");
    roster_fini(&r);
}
