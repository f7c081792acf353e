/* SPDX-License-Identifier: ISC */
#include "mls/rule.h"

#include <ctype.h>
#include <string.h>

#include <criterion/criterion.h>

Test(rule, every_rule__has_a_section_and_words)
{
    for (int i = 0; i < MLS_RULE_COUNT; i++) {
        const char *section = mls_rule_section((enum mls_rule)i);
        const char *text = mls_rule_text((enum mls_rule)i);
        cr_assert_not_null(section, "%d", i);
        cr_assert_not_null(text, "%d", i);
        cr_assert(isdigit((unsigned char)section[0]), "%d: %s", i, section);
        cr_assert_eq(strspn(section, "0123456789."), strlen(section), "%d: %s", i, section);
        cr_assert_gt(strlen(text), 15, "%d", i);
        cr_assert_neq(text[strlen(text) - 1], '.', "%d", i);
    }
}

Test(rule, no_two_rules__have_the_same_words)
{
    for (int i = 0; i < MLS_RULE_COUNT; i++) {
        for (int k = 0; k < i; k++)
            cr_assert_str_neq(mls_rule_text((enum mls_rule)i), mls_rule_text((enum mls_rule)k));
    }
}

Test(rule, a_number_that_is_none__has_words_too)
{
    cr_assert_str_not_empty(mls_rule_text(MLS_RULE_COUNT));
    cr_assert_str_not_empty(mls_rule_section(MLS_RULE_COUNT));
    cr_assert_str_not_empty(mls_rule_text((enum mls_rule)100000));
}
