/* SPDX-License-Identifier: ISC */
#include "tui/keymap.h"

#include <criterion/criterion.h>

static enum action of(enum input_code code, bool alt, uint32_t cp)
{
    struct input_key k = {code, alt, cp};

    return keymap_action(&k);
}

Test(keymap, action__text_and_keys)
{
    cr_assert_eq(of(INPUT_CHAR, false, 'a'), ACTION_INSERT);
    cr_assert_eq(of(INPUT_CHAR, false, 0x6f22), ACTION_INSERT);
    cr_assert_eq(of(INPUT_CHAR, true, 'a'), ACTION_PAGE_ACTIVE);
    cr_assert_eq(of(INPUT_CHAR, true, '4'), ACTION_PAGE);
    cr_assert_eq(of(INPUT_CHAR, false, '4'), ACTION_INSERT);
    cr_assert_eq(of(INPUT_CTRL, false, 'w'), ACTION_KILL_BLANK);
    cr_assert_eq(of(INPUT_LEFT, false, 0), ACTION_LEFT);
    cr_assert_eq(of(INPUT_LEFT, true, 0), ACTION_PAGE_BEFORE);
    cr_assert_eq(of(INPUT_FUNCTION, false, 1), ACTION_HELP);
}

Test(keymap, action__unknown_keys_type_nothing)
{
    cr_assert_eq(of(INPUT_CHAR, true, 0x6f22), ACTION_NONE);
    cr_assert_eq(of(INPUT_OTHER, false, 0), ACTION_NONE);
    cr_assert_eq(of(INPUT_FUNCTION, false, 12), ACTION_NONE);
}

Test(keymap, help__every_row_says_what_it_does)
{
    size_t n = 0;

    for (; keymap_help(n) != NULL; n++) {
        cr_assert_neq(keymap_help(n)->keys[0], '\0');
        cr_assert_neq(keymap_help(n)->does[0], '\0');
    }
    cr_assert_geq(n, 8);
}
