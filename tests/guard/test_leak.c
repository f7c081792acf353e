/* SPDX-License-Identifier: ISC */
/* A leak on purpose: the runner's exit code hides it, so the words that a sanitizer prints must
 * fail the test. This one is expected to fail; when it passes the alarm is broken. */
#include <criterion/criterion.h>
#include <stdlib.h>

static void *volatile lost;

Test(guard, leak__is_noticed)
{
    lost = malloc(12345);
    cr_assert_not_null(lost);
    lost = NULL;
}
