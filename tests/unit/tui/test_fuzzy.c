/* SPDX-License-Identifier: ISC */
#include "tui/fuzzy.h"

#include <criterion/criterion.h>
#include <stdio.h>

#include "base/mem.h"

static int score(const char *typed, const char *name)
{
    struct fuzzy f;

    fuzzy_init(&f, bytes_str(typed));
    return fuzzy_score(&f, bytes_str(name));
}

static void better(const char *typed, const char *good, const char *bad)
{
    cr_assert_gt(score(typed, good), score(typed, bad), "\"%s\": %s %d, %s %d", typed, good,
        score(typed, good), bad, score(typed, bad));
    cr_assert_gt(score(typed, bad), 0, "\"%s\" fits %s too", typed, bad);
}

Test(fuzzy, score__letters_in_their_order_or_nothing)
{
    cr_assert_gt(score("gnl", "general"), 0);
    cr_assert_eq(score("lng", "general"), 0);
    cr_assert_eq(score("generals", "general"), 0);
    cr_assert_eq(score("x", ""), 0);
    cr_assert_gt(score("", ""), 0);
    cr_assert_eq(score("", "general"), score("", "#ops"));
}

Test(fuzzy, score__the_likelier_one_is_first)
{
    better("ops", "ops", "ops-night");            /* the same */
    better("ops", "#ops", "oh-please-stop-it-s"); /* together */
    better("gen", "general", "old-general");      /* at its start */
    better("on", "ops-night", "condition");       /* at the start of words */
    better("car", "carol", "oscar");              /* */
    better("ab", "xx ab", "xaxxxxxxxxb");
    better("general", "general", "general-announcements");
    better("tri", "t-tri", "t-rxxi"); /* the best way, not the first */
}

Test(fuzzy, score__case_accents_and_looks_make_no_difference)
{
    cr_assert_eq(score("zoe", "Zo\xc3\xab"), score("zoe", "zoe"));
    cr_assert_eq(score("ZO\xc3\x8b", "zoe"), score("zoe", "zoe"));
    cr_assert_gt(score("strasse", "Stra\xc3\x9f"
                                  "e"),
        0);
    cr_assert_gt(score("\xe6\xbc\xa2", "\xe6\xbc\xa2\xe5\xad\x97"), 0);
}

Test(fuzzy, score__whatever_the_bytes_it_is_bounded)
{
    char *big = mem_alloc(1u << 20);

    memset(big, 'a', (1u << 20) - 1);
    cr_assert_gt(score("aaa", big), 0);
    cr_assert_gt(score(big, big), 0);
    cr_assert_eq(score(big, "aaa"), 0);
    memset(big, 0xff, (1u << 20) - 1);
    cr_assert_eq(score("a", big), 0);
    cr_assert_gt(score(big, big), 0);
    cr_assert_gt(score("b", "\xff\xfe"
                            "b"),
        0, "what is left of it is found");
    mem_free(big);
}

Test(fuzzy, score__never_below_one_where_it_fits)
{
    char name[160] = "";

    memset(name, 'x', sizeof name - 1);
    for (size_t i = 0; i < sizeof name - 1; i += 15)
        name[i] = 'y';
    cr_assert_gt(score("yyyyyyyyyy", name), 0);
}

Test(fuzzy, holds__each_word_as_it_stands)
{
    struct fuzzy f;

    fuzzy_init(&f, bytes_str("  Page  NEXT "));
    cr_assert(fuzzy_holds(&f, bytes_str("next to the page")));
    cr_assert_not(fuzzy_holds(&f, bytes_str("the page")));
    cr_assert_not(fuzzy_holds(&f, bytes_str("p a g e next")));
    fuzzy_init(&f, bytes_str(""));
    cr_assert(fuzzy_holds(&f, bytes_str("")));
}
