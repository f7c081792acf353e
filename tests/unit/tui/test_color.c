/* SPDX-License-Identifier: ISC */
#include <criterion/criterion.h>

#include "base/mem.h"
#include "tui/color.h"

static struct color of(const char *text)
{
    struct color c = {COLOR_UNSET, 0};

    cr_assert(color_parse(bytes_str(text), &c), "%s", text);
    return c;
}

static void expect(const char *text, enum color_tier tier, const char *want)
{
    struct buf got;

    buf_init(&got, 64);
    color_words(&got, color_fit(of(text), tier));
    cr_assert_str_eq(buf_cstr(&got), want, "%s in %s", text, color_tier_str(tier));
    buf_free(&got);
}

Test(color, parse__knows_four_ways_to_say_one)
{
    static const char *const GOOD[] = {"default", "black", "bright-white", "red", "0", "7",
        "16", "255", "#000000", "#d8dee9", "#ABCDEF"};
    struct buf back;

    for (size_t i = 0; i < MEM_COUNT(GOOD); i++) {
        buf_init(&back, 64);
        color_words(&back, of(GOOD[i]));
        cr_assert(color_same(of(GOOD[i]), of(buf_cstr(&back))), "%s", GOOD[i]);
        buf_free(&back);
    }
    cr_assert_eq(of("#ABCDEF").value, 0xabcdef);
    cr_assert(color_same(of("red"), of("1")));
}

Test(color, parse__takes_nothing_else)
{
    static const char *const BAD[] = {"", "256", "-1", "01", "1 ", "#", "#fff", "#12345g",
        "#1234567", "Red", "purple", "defaul", "0x10", "1e2"};
    struct color c;

    for (size_t i = 0; i < MEM_COUNT(BAD); i++)
        cr_assert_not(color_parse(bytes_str(BAD[i]), &c), "%s", BAD[i]);
    cr_assert_not(color_parse(bytes_of("red\0", 4), &c));
}

Test(color, fit__of_exact_ones_gives_those)
{
    struct color c = {COLOR_INDEX, 0};

    for (c.value = 16; c.value < 256; c.value++) {
        struct color fit = color_fit((struct color){COLOR_RGB, color_rgb(c)}, COLOR_TIER_256);
        cr_assert_eq(color_rgb(fit), color_rgb(c)); /* some greys are in the cube as well */
    }
    for (c.value = 0; c.value < 16; c.value++) {
        cr_assert(color_same(color_fit(c, COLOR_TIER_256), c));
        cr_assert(color_same(color_fit(c, COLOR_TIER_16), c));
    }
}

Test(color, fit__keeps_the_hue_among_few)
{
    expect("#88c0d0", COLOR_TIER_16, "cyan");
    expect("#bf616a", COLOR_TIER_16, "bright-red");
    expect("#a3be8c", COLOR_TIER_16, "green");
    expect("#ebcb8b", COLOR_TIER_16, "yellow");
    expect("#b48ead", COLOR_TIER_16, "magenta");
    expect("#268bd2", COLOR_TIER_16, "bright-blue");
    expect("#002b36", COLOR_TIER_16, "black");
    expect("#2e3440", COLOR_TIER_16, "black");
    expect("#fdf6e3", COLOR_TIER_16, "bright-white");
    expect("#4c566a", COLOR_TIER_16, "bright-black");
    expect("#ff0000", COLOR_TIER_16, "bright-red");
    expect("196", COLOR_TIER_16, "bright-red");
    expect("240", COLOR_TIER_16, "bright-black");
}

Test(color, fit__to_eight_never_makes_grey_of_black)
{
    expect("bright-red", COLOR_TIER_8, "red");
    expect("bright-black", COLOR_TIER_8, "white");
    expect("bright-white", COLOR_TIER_8, "white");
    expect("#000000", COLOR_TIER_8, "black");
}

Test(color, fit__by_tier)
{
    expect("#ff8000", COLOR_TIER_DIRECT, "#ff8000");
    expect("#ff8700", COLOR_TIER_256, "208");
    expect("#808080", COLOR_TIER_256, "244");
    expect("default", COLOR_TIER_8, "default");
    expect("#ff8000", COLOR_TIER_MONO, "default");
    expect("red", COLOR_TIER_MONO, "default");
    expect("255", COLOR_TIER_DIRECT, "255");
    cr_assert_eq(color_fit((struct color){COLOR_UNSET, 9}, COLOR_TIER_256).kind, COLOR_DEFAULT);
}

Test(color, contrast__is_that_of_wcag)
{
    cr_assert_eq(color_contrast(0x000000, 0xffffff), 2100);
    cr_assert_eq(color_contrast(0x777777, 0x777777), 100);
    cr_assert_eq(color_contrast(0x767676, 0xffffff), 454); /* the known border of 4.5:1 */
    cr_assert_eq(color_contrast(0xffffff, 0x767676), 454);
}
