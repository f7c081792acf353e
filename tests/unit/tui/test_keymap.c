/* SPDX-License-Identifier: ISC */
#include "tui/keymap.h"

#include <criterion/criterion.h>

static struct keymap map;

static void setup(void)
{
    keymap_init(&map);
}

TestSuite(keymap, .init = setup);

static enum action of(enum input_code code, uint8_t mods, uint32_t cp)
{
    struct input_key k = {code, mods, cp};

    return keymap_action(&map, &k);
}

Test(keymap, action__text_and_keys)
{
    cr_assert_eq(of(INPUT_CHAR, 0, 'a'), ACTION_INSERT);
    cr_assert_eq(of(INPUT_CHAR, 0, 0x6f22), ACTION_INSERT);
    cr_assert_eq(of(INPUT_CHAR, INPUT_ALT, 'a'), ACTION_PAGE_ACTIVE);
    cr_assert_eq(of(INPUT_CHAR, INPUT_ALT, '4'), ACTION_PAGE);
    cr_assert_eq(of(INPUT_CHAR, 0, '4'), ACTION_INSERT);
    cr_assert_eq(of(INPUT_CHAR, INPUT_CTRL, 'w'), ACTION_KILL_BLANK);
    cr_assert_eq(of(INPUT_LEFT, 0, 0), ACTION_LEFT);
    cr_assert_eq(of(INPUT_LEFT, INPUT_ALT, 0), ACTION_PAGE_BEFORE);
    cr_assert_eq(of(INPUT_LEFT, INPUT_CTRL, 0), ACTION_WORD_LEFT);
    cr_assert_eq(of(INPUT_FUNCTION, 0, 1), ACTION_HELP);
}

Test(keymap, action__unknown_keys_type_nothing)
{
    cr_assert_eq(of(INPUT_CHAR, INPUT_ALT, 0x6f22), ACTION_NONE);
    cr_assert_eq(of(INPUT_OTHER, 0, 0), ACTION_NONE);
    cr_assert_eq(of(INPUT_FUNCTION, 0, 11), ACTION_NONE);
}

Test(keymap, bind__replaces_a_default_and_none_takes_it_away)
{
    cr_assert_eq(keymap_bind(&map, bytes_str("alt-a"), bytes_str("help")), ERR_OK);
    cr_assert_eq(of(INPUT_CHAR, INPUT_ALT, 'a'), ACTION_HELP);
    cr_assert_eq(keymap_bind(&map, bytes_str("alt-a"), bytes_str("none")), ERR_OK);
    cr_assert_eq(of(INPUT_CHAR, INPUT_ALT, 'a'), ACTION_NONE);
    cr_assert_eq(keymap_bind(&map, bytes_str("alt-ctrl-pgup"), bytes_str("redraw")), ERR_OK);
    cr_assert_eq(of(INPUT_PAGE_UP, INPUT_ALT | INPUT_CTRL, 0), ACTION_REDRAW);
}

Test(keymap, bind__two_keys_after_one_another)
{
    cr_assert_eq(keymap_bind(&map, bytes_str("ctrl-x,ctrl-r"), bytes_str("redraw")), ERR_OK);
    cr_assert_eq(of(INPUT_CHAR, INPUT_CTRL, 'x'), ACTION_NONE);
    cr_assert(map.waits);
    cr_assert_eq(of(INPUT_CHAR, INPUT_CTRL, 'r'), ACTION_REDRAW);
    cr_assert_eq(of(INPUT_CHAR, INPUT_CTRL, 'x'), ACTION_NONE);
    cr_assert_eq(of(INPUT_CHAR, 0, 'q'), ACTION_NONE, "a pair that is none types nothing");
    cr_assert_eq(of(INPUT_CHAR, 0, 'q'), ACTION_INSERT);
}

Test(keymap, bind__what_makes_no_sense_is_refused)
{
    static const char *const BAD[] = {"", "alt-", "f13", "f0", "ctrl-f1", "pageup", "ab",
        "alt-xy", "\x01", "\xff", "ctrl-x,"};

    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        cr_assert_eq(
            keymap_bind(&map, bytes_str(BAD[i]), bytes_str("help")), ERR_FORMAT, "%s", BAD[i]);
    cr_assert_eq(keymap_bind(&map, bytes_str("alt-a"), bytes_str("nonsense")), ERR_NOT_FOUND);
    cr_assert_eq(of(INPUT_CHAR, INPUT_ALT, 'a'), ACTION_PAGE_ACTIVE);
}

/* Every default can be read, is nobody else's, and is shown as somebody would say it. */
Test(keymap, defaults__each_key_once)
{
    size_t words = 0;
    struct buf shown;

    for (size_t i = 0; action_at(i) != NULL; i++) {
        words += action_at(i)->keys[0] != '\0';
        for (const char *at = action_at(i)->keys; *at != '\0'; at++)
            words += *at == ' ';
        cr_assert_neq(action_at(i)->help[0], '\0');
    }
    cr_assert_eq(map.count, words);
    buf_init(&shown, 200);
    keymap_keys(&map, ACTION_PAGE_NEXT, &shown);
    cr_assert_str_eq(buf_cstr(&shown), "Ctrl+N  Alt+Right  F6");
    buf_free(&shown);
}

Test(keymap, take__says_why_and_changes_nothing)
{
    static const char *const BAD[][2] = {
        {"enter", "none"}, {"a", "help"}, {"f13", "help"}, {"f9", "nonsense"}};

    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        size_t before = map.count;
        cr_assert_not_null(
            keymap_take(&map, bytes_str(BAD[i][0]), bytes_str(BAD[i][1])), "%s", BAD[i][0]);
        cr_assert_eq(map.count, before);
    }
    cr_assert_eq(of(INPUT_ENTER, 0, 0), ACTION_ENTER);
    cr_assert_null(keymap_take(&map, bytes_str("f9"), bytes_str("help")));
    cr_assert_eq(keymap_find(&map, bytes_str("f9")), ACTION_HELP);
    cr_assert_null(keymap_take(&map, bytes_str("f9"), bytes_str("")), "a key by itself");
}
