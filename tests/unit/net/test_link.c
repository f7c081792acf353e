/* SPDX-License-Identifier: ISC */
#include "net/link.h"

#include <criterion/criterion.h>

Test(link, end_str__words_for_each_and_no_two_alike)
{
    for (int i = 0; i < LINK_END_COUNT; i++) {
        const char *words = link_end_str((enum link_end)i);
        cr_assert_not_null(words);
        cr_assert_str_neq(words, "unknown");
        for (int k = 0; k < i; k++)
            cr_assert_str_neq(words, link_end_str((enum link_end)k));
    }
    cr_assert_str_eq(link_end_str(LINK_END_COUNT), "unknown");
    cr_assert_str_eq(link_end_str((enum link_end) - 1), "unknown");
}
