/* SPDX-License-Identifier: ISC */
#include <criterion/criterion.h>
#include <string.h>

#include "base/err.h"

Test(err, str__every_code_has_its_own_words)
{
    for (int i = 0; i < ERR_COUNT; i++) {
        cr_expect_str_neq(err_str((enum err)i), "unknown error", "code %d", i);
        for (int k = 0; k < i; k++)
            cr_expect_str_neq(err_str((enum err)i), err_str((enum err)k), "%d, %d", i, k);
    }
}

Test(err, str__a_code_that_is_none_is_survived)
{
    cr_expect_str_eq(err_str(ERR_COUNT), "unknown error");
}
