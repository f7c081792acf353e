/* SPDX-License-Identifier: ISC */
#include "model/words.h"

#include <criterion/criterion.h>
#include <locale.h>

static void setup(void)
{
    (void)setlocale(LC_ALL, "C.UTF-8");
}

TestSuite(words, .init = setup);

static int place(const char *text, const char *words, size_t from)
{
    struct bytes all = bytes_str(text);
    struct bytes hit;

    return words_find(all, bytes_str(words), from, &hit) ? (int)(hit.p - all.p) : -1;
}

Test(words, find__whatever_the_case)
{
    cr_assert_eq(place("The Needle", "needle", 0), 4);
    cr_assert_eq(place("the needle", "NEEDLE", 0), 4);
    cr_assert_eq(place("GR\xc3\x9c\xc3\x9f", "gr\xc3\xbc\xc3\x9f", 0), 0);
    cr_assert_eq(place("aab", "ab", 0), 1);
    cr_assert_eq(place("abc", "abcd", 0), -1);
    cr_assert_eq(place("abc", "", 0), -1);
    cr_assert_eq(place("", "a", 0), -1);
}

Test(words, find__goes_on_behind_a_place)
{
    cr_assert_eq(place("one one", "one", 1), 4);
    cr_assert_eq(place("one one", "one", 5), -1);
    cr_assert_eq(place("one", "one", 9), -1);
}

Test(words, find__bytes_that_are_no_letters_do_no_harm)
{
    cr_assert_eq(place("\xff\xc3 x\xe2\x82", "x", 0), 3);
    cr_assert_eq(place("x\xe2\x82", "\xe2\x82\xac", 0), -1);
}

static bool named(const char *text)
{
    return words_name(bytes_str(text), bytes_str("Ann"));
}

Test(words, name__only_as_a_word_of_its_own)
{
    cr_assert(named("ann: look"));
    cr_assert(named("see @ANN, there"));
    cr_assert(named("(ann)"));
    cr_assert(named("annanas, ann"));
    cr_assert_not(named("annanas"));
    cr_assert_not(named("joann"));
    cr_assert_not(named("ann_x"));
    cr_assert_not(named("\xc3\xa4"
                        "ann"));
    cr_assert_not(named("ann\xc3\xa4"));
    cr_assert_not(named(""));
    cr_assert_not(words_name(bytes_str("ann"), bytes_str("")));
}
