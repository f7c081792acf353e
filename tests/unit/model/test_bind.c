/* SPDX-License-Identifier: ISC */
#include "model/bind.h"

#include <criterion/criterion.h>
#include <stdio.h>

static enum err set(struct binds *b, const char *key, const char *action)
{
    return binds_set(b, bytes_str(key), bytes_str(action));
}

Test(bind, set__again_replaces_and_default_takes_back)
{
    struct binds b = {0};

    cr_assert_eq(set(&b, "f9", "help"), ERR_OK);
    cr_assert_eq(set(&b, "f9", "redraw"), ERR_OK);
    cr_assert_eq(b.count, 1);
    cr_assert_str_eq(b.of[0].action, "redraw");
    cr_assert(b.of[0].unsaved);
    cr_assert_eq(set(&b, "f9", "default"), ERR_OK);
    cr_assert_str_eq(b.of[0].action, "");
    cr_assert_eq(b.count, 1, "until it is saved that it is gone");
    binds_saved(&b);
    cr_assert_eq(b.count, 0);
}

Test(bind, set__default_of_what_was_never_bound_is_nothing)
{
    struct binds b = {0};

    cr_assert_eq(set(&b, "f9", "default"), ERR_OK);
    cr_assert_eq(b.count, 0);
}

Test(bind, set__is_bounded)
{
    struct binds b = {0};
    char key[40];

    cr_assert_eq(set(&b, "", "help"), ERR_FORMAT);
    cr_assert_eq(set(&b, "f9", ""), ERR_FORMAT);
    cr_assert_eq(set(&b, "0123456789012345678901234567890x", "help"), ERR_FORMAT);
    cr_assert_eq(set(&b, "f9", "0123456789012345678901234567890x"), ERR_FORMAT);
    for (int i = 0; i < BINDS_MAX; i++) {
        (void)snprintf(key, sizeof key, "k%d", i);
        cr_assert_eq(set(&b, key, "help"), ERR_OK);
    }
    cr_assert_eq(set(&b, "one more", "help"), ERR_FULL);
    cr_assert_eq(set(&b, "k7", "none"), ERR_OK);
}
