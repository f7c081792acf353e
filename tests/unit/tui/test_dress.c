/* SPDX-License-Identifier: ISC */
#include "tui/dress.h"

#include <criterion/criterion.h>

#include "base/mem.h"

static struct prefs prefs;

static void setup(void)
{
    prefs_init(&prefs);
}

TestSuite(dress, .init = setup);

static void set(const char *name, const char *value)
{
    cr_assert_eq(prefs_set(&prefs, bytes_str(name), bytes_str(value)), ERR_OK);
}

static void expect(struct dress_facts f, const char *want)
{
    f.asked = f.asked != NULL ? f.asked : "";
    f.wish = f.wish != NULL ? f.wish : "auto";
    f.prefs = &prefs;
    cr_expect_str_eq(dress_choose(&f), want);
}

Test(dress, choose__in_its_order)
{
    expect((struct dress_facts){"a", "b", NULL, true, THEME_DARK, "0;15"}, "a");
    expect((struct dress_facts){NULL, "b", NULL, true, THEME_DARK, "0;15"}, "b");
    expect((struct dress_facts){NULL, NULL, NULL, true, THEME_DARK, "0;15"}, "mono");
    expect((struct dress_facts){NULL, NULL, NULL, false, THEME_DARK, "0;15"}, "default-dark");
    expect((struct dress_facts){NULL, "", NULL, false, THEME_LIGHT, "15;0"}, "default-light");
    expect((struct dress_facts){NULL, NULL, NULL, false, THEME_ANY, "0;15"}, "default-light");
    expect((struct dress_facts){NULL, NULL, NULL, false, THEME_ANY, NULL}, "ansi");
    set("theme-dark", "nord");
    set("theme-light", "gruvbox-light");
    expect((struct dress_facts){NULL, NULL, NULL, false, THEME_DARK, NULL}, "nord");
    expect((struct dress_facts){NULL, NULL, NULL, false, THEME_LIGHT, NULL}, "gruvbox-light");
}

Test(dress, choose__reads_colorfgbg)
{
    static const struct {
        const char *text, *want;
    } ROWS[] = {{"15;0", "default-dark"}, {"0;default;15", "default-light"},
        {"15;8", "default-dark"}, {"0;7", "default-light"}, {"0;11", "default-light"},
        {"7;6", "default-dark"}, {"default;default", "ansi"}, {"0;16", "ansi"}, {"", "ansi"},
        {"0", "ansi"}, {"0;", "ansi"}, {"0;#ffffff", "ansi"}};

    for (size_t i = 0; i < MEM_COUNT(ROWS); i++)
        expect((struct dress_facts){.colorfgbg = ROWS[i].text}, ROWS[i].want);
}

Test(dress, tier__no_color_is_for_who_said_nothing)
{
    cr_assert_eq(dress_tier(&prefs, true), COLOR_TIER_MONO);
    cr_assert_eq(dress_tier(&prefs, false), COLOR_TIER_DIRECT);
    set("color", "256");
    cr_assert_eq(dress_tier(&prefs, true), COLOR_TIER_256);
    set("color", "mono");
    cr_assert_eq(dress_tier(&prefs, false), COLOR_TIER_MONO);
    set("color", "16");
    cr_assert_eq(dress_tier(&prefs, false), COLOR_TIER_16);
    set("color", "direct");
    cr_assert_eq(dress_tier(&prefs, false), COLOR_TIER_DIRECT);
}
