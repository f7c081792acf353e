/* SPDX-License-Identifier: ISC */
#include "tui/theme_demo.h"

#include <criterion/criterion.h>
#include <stdio.h>

#include "base/mem.h"
#include "tui/wardrobe.h"

static char *demo(const char *name, enum color_tier tier)
{
    struct theme *t = mem_alloc(sizeof *t);
    char why[300] = "";
    struct buf text;
    char *out;

    buf_init(&text, 1u << 16);
    cr_assert_eq(wardrobe_load(name, t, why, sizeof why), ERR_OK, "%s", why);
    theme_demo(&text, t, tier);
    out = mem_strdup(buf_cstr(&text));
    buf_free(&text);
    mem_free(t);
    return out;
}

Test(theme_demo, every_slot__has_a_line)
{
    char *text = demo("nord", COLOR_TIER_256);
    char words[80];

    for (int s = 0; s < STYLE_COUNT; s++) {
        (void)snprintf(words, sizeof words, "m%s\033[0", style_name((enum style)s));
        cr_expect(strstr(text, words), "%s", style_name((enum style)s));
    }
    mem_free(text);
}

Test(theme_demo, sequences__are_those_of_the_tier)
{
    static const struct {
        const char *theme;
        enum color_tier tier;
        const char *words;
    } ROWS[] = {
        {"nord", COLOR_TIER_DIRECT, "\033[0;1;38;2;208;115;124;48;2;46;52;64menc.changed"},
        {"nord", COLOR_TIER_256, "\033[0;1;38;5;174;48;5;236menc.changed"},
        {"nord", COLOR_TIER_16, "\033[0;1;31menc.changed"},
        {"nord", COLOR_TIER_8, "\033[0;1;31menc.changed"},
        {"nord", COLOR_TIER_MONO, "\033[0;1;7menc.changed"},
        {"high-contrast-dark", COLOR_TIER_16, "\033[0;1;96;40mbar.activity\033["},
    };

    for (size_t i = 0; i < MEM_COUNT(ROWS); i++) {
        char *text = demo(ROWS[i].theme, ROWS[i].tier);
        cr_expect(strstr(text, ROWS[i].words), "%s", ROWS[i].words + 1);
        mem_free(text);
    }
}

Test(theme_demo, tier__goes_by_the_environment)
{
    cr_assert_eq(theme_demo_tier("xterm-256color", NULL, NULL), COLOR_TIER_256);
    cr_assert_eq(theme_demo_tier("xterm-256color", "truecolor", NULL), COLOR_TIER_DIRECT);
    cr_assert_eq(theme_demo_tier("xterm-256color", "yes", ""), COLOR_TIER_256);
    cr_assert_eq(theme_demo_tier("xterm-256color", "24bit", "1"), COLOR_TIER_MONO);
    cr_assert_eq(theme_demo_tier("tmux-direct", NULL, NULL), COLOR_TIER_DIRECT);
    cr_assert_eq(theme_demo_tier("xterm", NULL, NULL), COLOR_TIER_16);
    cr_assert_eq(theme_demo_tier("linux", NULL, NULL), COLOR_TIER_8);
    cr_assert_eq(theme_demo_tier("vt220", NULL, NULL), COLOR_TIER_MONO);
    cr_assert_eq(theme_demo_tier("", NULL, NULL), COLOR_TIER_MONO);
    cr_assert_eq(theme_demo_tier(NULL, NULL, NULL), COLOR_TIER_MONO);
}

/* The title of a theme is a stranger's. */
Test(theme_demo, title__is_cleaned)
{
    struct theme *t = mem_alloc(sizeof *t);
    struct buf text;

    (void)snprintf(t->title, sizeof t->title, "a\033]0;x\ab\nc");
    buf_init(&text, 1u << 16);
    theme_demo(&text, t, COLOR_TIER_MONO);
    cr_assert_null(strstr(buf_cstr(&text), "\033]"));
    cr_assert_null(strchr(buf_cstr(&text), '\a'));
    buf_free(&text);
    mem_free(t);
}
