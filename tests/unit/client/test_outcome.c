/* SPDX-License-Identifier: ISC */
/* What becomes of intents that somebody waits for: told once, when nothing is under way. */
#include "client/outcome.h"

#include <criterion/criterion.h>

static struct outcome *all;
static struct model *m;
static struct {
    size_t n;
    uint64_t tag;
    bool done;
    char why[OUTCOME_WHY];
} told;

static void hear(void *arg, const struct model_outcome *o)
{
    (void)arg;
    told.n++;
    told.tag = o->tag;
    told.done = o->done;
    (void)bytes_copy(told.why, sizeof told.why, bytes_str(o->why));
}

static void setup(void)
{
    m = model_new();
    m->ear.outcome = hear;
}

static void teardown(void)
{
    outcome_free(&all);
    cr_assert_null(all);
    model_free(m);
}

TestSuite(outcome, .init = setup, .fini = teardown);

Test(outcome, release__of_the_last_hold_tells_once)
{
    outcome_hold(&all, 7);
    outcome_hold(&all, 7);
    outcome_release(&all, 7, m);
    cr_assert_eq(told.n, 0);
    outcome_release(&all, 7, m);
    cr_assert_eq(told.n, 1);
    cr_assert_eq(told.tag, 7);
    cr_assert(told.done);
    cr_assert_str_eq(told.why, "");
    outcome_release(&all, 7, m);
    outcome_fail(&all, 7, "too late");
    cr_assert_eq(told.n, 1);
}

Test(outcome, fail__tells_the_first_reason)
{
    outcome_hold(&all, 7);
    outcome_fail(&all, 7, "the first");
    outcome_fail(&all, 7, "the second");
    cr_assert_eq(told.n, 0, "something may still be under way");
    outcome_release(&all, 7, m);
    cr_assert_not(told.done);
    cr_assert_str_eq(told.why, "the first");
}

Test(outcome, fail__cuts_what_is_too_long)
{
    char endless[3 * OUTCOME_WHY];

    memset(endless, 'x', sizeof endless - 1);
    endless[sizeof endless - 1] = '\0';
    outcome_hold(&all, 7);
    outcome_fail(&all, 7, endless);
    outcome_release(&all, 7, m);
    cr_assert_not(told.done);
    cr_assert_eq(strlen(told.why), OUTCOME_WHY - 1);
}

Test(outcome, tags__are_apart)
{
    outcome_hold(&all, 1);
    outcome_hold(&all, 2);
    outcome_hold(&all, 3);
    outcome_fail(&all, 2, "no");
    outcome_release(&all, 3, m);
    cr_assert(told.tag == 3 && told.done);
    outcome_release(&all, 1, m);
    cr_assert(told.tag == 1 && told.done);
    outcome_release(&all, 2, m);
    cr_assert(told.tag == 2 && !told.done);
    cr_assert_eq(told.n, 3);
}

Test(outcome, tag_zero__is_nobodys)
{
    outcome_hold(&all, 0);
    cr_assert_null(all);
    outcome_fail(&all, 0, "no");
    outcome_release(&all, 0, m);
    cr_assert_eq(told.n, 0);
}

Test(outcome, free__tells_nobody)
{
    outcome_hold(&all, 1);
    outcome_hold(&all, 2);
    outcome_free(&all);
    cr_assert_eq(told.n, 0);
}
