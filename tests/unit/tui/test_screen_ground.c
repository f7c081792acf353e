/* SPDX-License-Identifier: ISC */
#include "tui/screen_ground.h"

#include <criterion/criterion.h>

#include "base/mem.h"

static struct screen_ground g;

static bool judge(const char *came)
{
    g = (struct screen_ground){.ground = THEME_ANY};
    return screen_ground_judge(&g, bytes_str(came));
}

#define WHO "\033[?62;4c"

Test(screen_ground, judge__dark_and_light_in_every_spelling)
{
    static const struct {
        const char *came;
        enum theme_ground ground;
    } ROWS[] = {
        {"\033]11;rgb:0000/0000/0000\a" WHO, THEME_DARK},
        {"\033]11;rgb:ffff/ffff/ffff\033\\" WHO, THEME_LIGHT},
        {"\033]11;rgb:ff/ff/ff\a" WHO, THEME_LIGHT},
        {"\033]11;rgb:f/f/f\a" WHO, THEME_LIGHT},
        {"\033]11;rgb:FDFD/F6F6/E3E3\a" WHO, THEME_LIGHT},
        {"\033]11;rgb:0000/2b2b/3636\033\\" WHO, THEME_DARK},
        {"\033]11;rgb:0000/0000/ffff\a" WHO, THEME_DARK},
        {"\033]11;rgb:ffff/ffff/0000\a" WHO, THEME_LIGHT},
        {WHO, THEME_ANY},
        {"\033]11;rgb:zz/zz/zz\a" WHO, THEME_ANY},
        {"\033]11;rgb:ffff/ffff\a" WHO, THEME_ANY},
        {"\033]11;rgb://\a" WHO, THEME_ANY},
        {"\033]11;rgb:fffff/ffff/ffff\a" WHO, THEME_ANY},
        {"\033]11;rgb:ff/ff/ff/ff\a" WHO, THEME_ANY},
        {"\033]11;?\a" WHO, THEME_ANY},
    };

    for (size_t i = 0; i < MEM_COUNT(ROWS); i++) {
        cr_expect(judge(ROWS[i].came), "%zu", i);
        cr_expect_eq(g.ground, ROWS[i].ground, "%zu", i);
        cr_expect_eq(g.typed_n, 0, "%zu", i);
        cr_expect_not(g.owed);
    }
}

Test(screen_ground, judge__keeps_what_was_typed)
{
    cr_assert(judge("he\033]11;rgb:ffff/ffff/ffff\033\\ll" WHO "o\033[A\033[1;5D\033OP!"));
    cr_assert_eq(g.ground, THEME_LIGHT);
    cr_assert(bytes_eq(bytes_of(g.typed, g.typed_n), bytes_str("hello!")));
}

Test(screen_ground, judge__says_what_is_still_to_come)
{
    static const char ALL[] = "\033]11;rgb:ffff/ffff/ffff\a" WHO;

    for (size_t n = 0; n + 1 < sizeof ALL; n++) {
        g = (struct screen_ground){.ground = THEME_ANY};
        cr_expect_not(screen_ground_judge(&g, bytes_of(ALL, n)), "%zu", n);
        cr_expect(g.owed);
    }
    cr_assert(judge(ALL));
}
