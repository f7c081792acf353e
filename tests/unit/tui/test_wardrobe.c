/* SPDX-License-Identifier: ISC */
/* Where themes are found; and those that are shipped, held to what they promise. */
#include "tui/wardrobe.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"

static char dir[] = "/tmp/sotto-wardrobe.XXXXXX";
static struct theme t;
static char why[300];

static void setup(void)
{
    char path[100];

    cr_assert(mkdtemp(dir));
    (void)snprintf(path, sizeof path, "%s/one/sotto/themes", dir);
    cr_assert_eq(file_make_private_dir(path), ERR_OK);
    (void)snprintf(path, sizeof path, "%s/two/sotto/themes", dir);
    cr_assert_eq(file_make_private_dir(path), ERR_OK);
    (void)snprintf(path, sizeof path, "%s/one", dir);
    (void)setenv("XDG_CONFIG_HOME", path, 1);
    (void)snprintf(path, sizeof path, "relative:%s/none:%s/two", dir, dir);
    (void)setenv("XDG_DATA_DIRS", path, 1);
}

static void teardown(void)
{
    char command[100];

    (void)snprintf(command, sizeof command, "rm -r %s", dir);
    cr_assert_eq(system(command), 0); /* NOLINT(concurrency-mt-unsafe) */
}

TestSuite(wardrobe, .init = setup, .fini = teardown);

static void put(const char *name, const char *title)
{
    char path[200];
    char text[200];

    (void)snprintf(path, sizeof path, "%s/%s.json", dir, name);
    (void)snprintf(
        text, sizeof text, "{\"format\":1,\"name\":\"%s\",\"inherits\":\"ansi\"}", title);
    cr_assert_eq(file_write_atomic(path, bytes_str(text), 0644), ERR_OK);
}

static enum err load(const char *name)
{
    why[0] = '\0';
    return wardrobe_load(name, &t, why, sizeof why);
}

static void expect_title(const char *name, const char *title)
{
    cr_assert_eq(load(name), ERR_OK, "%s: %s", name, why);
    cr_assert_str_eq(t.title, title);
}

Test(wardrobe, load__own_folder_then_the_systems_then_the_program)
{
    char path[200];

    expect_title("nord", "Nord");
    put("two/sotto/themes/nord", "of the system");
    expect_title("nord", "of the system");
    put("one/sotto/themes/nord", "of mine");
    expect_title("nord", "of mine");
    put("file", "by its path");
    (void)snprintf(path, sizeof path, "%s/file.json", dir);
    expect_title(path, "by its path");
}

Test(wardrobe, load__no_name_leads_out)
{
    static const char *const BAD[] = {"", "..", ".hidden", "a b", "a\nb", "caf\xc3\xa9",
        "0123456789012345678901234567890123456789012345678901234567890123456789"};

    for (size_t i = 0; i < MEM_COUNT(BAD); i++) {
        cr_expect_eq(load(BAD[i]), ERR_FORMAT, "%s", BAD[i]);
        cr_expect_neq(why[0], '\0');
    }
    cr_assert_eq(load("nobody"), ERR_NOT_FOUND);
    cr_assert_eq(load("./nobody"), ERR_NOT_FOUND);
    cr_assert_eq(load("/"), ERR_REFUSED);
}

Test(wardrobe, load__a_theme_inherits_names_and_never_paths)
{
    char path[200];
    char text[400];

    put("file", "by its path");
    (void)snprintf(path, sizeof path, "%s/file.json", dir);
    (void)snprintf(
        text, sizeof text, "{\"format\":1,\"name\":\"x\",\"inherits\":\"%s\"}", path);
    (void)snprintf(path, sizeof path, "%s/other.json", dir);
    cr_assert_eq(file_write_atomic(path, bytes_str(text), 0644), ERR_OK);
    cr_assert_eq(load(path), ERR_FORMAT);
    cr_assert(strstr(why, "inherits"), "%s", why);
}

Test(wardrobe, names__are_sorted_and_each_there_once)
{
    struct wardrobe_list *l = mem_alloc(sizeof *l);
    bool mine = false;
    size_t builtin = 0;

    put("one/sotto/themes/zebra", "z");
    put("two/sotto/themes/zebra", "z");
    put("two/sotto/themes/nord", "n");
    put("two/sotto/themes/.hidden", "n");
    wardrobe_names(l);
    for (size_t i = 0; i < l->count; i++) {
        cr_assert(i == 0 || strcmp(l->name[i - 1], l->name[i]) < 0);
        mine = mine || strcmp(l->name[i], "zebra") == 0;
    }
    while (WARDROBE_BUILTIN[builtin].name != NULL)
        builtin++;
    cr_assert(mine);
    cr_assert_eq(l->count, builtin + 1);
    mem_free(l);
}

/* ---- those that are shipped ---- */

static void expect_shipped(const char *name, enum theme_ground ground)
{
    cr_assert_eq(load(name), ERR_OK, "%s: %s", name, why);
    cr_expect_eq(t.ground, ground, "%s", name);
}

Test(wardrobe, shipped__eleven_without_a_warning)
{
    size_t n = 0;

    for (const struct wardrobe_file *f = WARDROBE_BUILTIN; f->name != NULL; f++, n++) {
        cr_expect_eq(load(f->name), ERR_OK, "%s: %s", f->name, why);
        cr_expect_str_eq(t.warning, "", "%s: %s", f->name, t.warning);
        cr_expect_neq(t.author[0], '\0');
    }
    cr_assert_eq(n, 11);
    expect_shipped("ansi", THEME_ANY);
    expect_shipped("mono", THEME_ANY);
    expect_shipped("high-contrast-dark", THEME_DARK);
    expect_shipped("high-contrast-light", THEME_LIGHT);
    expect_shipped("default-dark", THEME_DARK);
    expect_shipped("default-light", THEME_LIGHT);
    expect_shipped("solarized-dark", THEME_DARK);
    expect_shipped("solarized-light", THEME_LIGHT);
    expect_shipped("gruvbox-dark", THEME_DARK);
    expect_shipped("gruvbox-light", THEME_LIGHT);
    expect_shipped("nord", THEME_DARK);
}

static void expect_contrast(enum style s, enum theme_side side, enum color_tier tier)
{
    struct theme_look l;

    theme_look(&t, s, side, tier, &l);
    cr_expect_neq(l.fg.kind, COLOR_DEFAULT, "%s %s", style_name(s), color_tier_str(tier));
    cr_expect_neq(l.bg.kind, COLOR_DEFAULT, "%s %s", style_name(s), color_tier_str(tier));
    cr_expect_not(l.attr & THEME_DIM, "%s %s", style_name(s), color_tier_str(tier));
    unsigned contrast = color_contrast(color_rgb(l.fg), color_rgb(l.bg));
    cr_expect_geq(contrast, 700, "%s %s side %d: %u", style_name(s), color_tier_str(tier),
        (int)side, contrast);
}

Test(wardrobe, shipped__high_contrast_is_seven_to_one)
{
    static const char *const NAMES[] = {"high-contrast-dark", "high-contrast-light"};

    for (size_t i = 0; i < MEM_COUNT(NAMES); i++) {
        cr_assert_eq(load(NAMES[i]), ERR_OK);
        for (int s = 0; s < STYLE_COUNT; s++) {
            for (enum color_tier tier = COLOR_TIER_8; tier < COLOR_TIERS; tier++)
                expect_contrast((enum style)s, THEME_PLAIN, tier);
        }
        expect_contrast(STYLE_TEXT_NORMAL, THEME_SELECTED, COLOR_TIER_256);
        for (size_t n = 0; n < t.nick_count; n++) {
            struct color nick = color_fit(t.nicks[n], COLOR_TIER_256);
            uint32_t bg = i == 0 ? 0x000000 : 0xffffff;
            cr_expect_geq(color_contrast(color_rgb(nick), bg), 700, "%zu", n);
        }
    }
}

/* What a person has to be able to tell apart without any colour. */
static void expect_apart(const enum style *all, size_t n, enum color_tier tier)
{
    struct theme_look a;
    struct theme_look b;

    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < i; j++) {
            theme_look(&t, all[i], THEME_PLAIN, tier, &a);
            theme_look(&t, all[j], THEME_PLAIN, tier, &b);
            cr_expect(a.attr != b.attr || !color_same(a.fg, b.fg) || !color_same(a.bg, b.bg),
                "%s: %s and %s", t.title, style_name(all[i]), style_name(all[j]));
        }
    }
}

Test(wardrobe, shipped__states_are_told_apart_without_colour)
{
    static const enum style SEALS[] = {STYLE_TEXT_NORMAL, STYLE_ENC_VERIFIED,
        STYLE_ENC_UNVERIFIED, STYLE_ENC_CHANGED, STYLE_ENC_NONE};
    static const enum style LINKS[] = {STYLE_BAR_CONN_UP, STYLE_BAR_CONN_DOWN};
    static const enum style LINES[] = {
        STYLE_MSG_OTHER, STYLE_MSG_OWN, STYLE_MSG_MENTION, STYLE_MSG_FAILED, STYLE_MSG_PENDING};
    static const enum style ROOMS[] = {
        STYLE_ROOM_NORMAL, STYLE_ROOM_ACTIVE, STYLE_ROOM_UNREAD, STYLE_ROOM_MENTION};
    static const enum style FILES[] = {
        STYLE_FILE_OFFER, STYLE_FILE_PROGRESS, STYLE_FILE_DONE, STYLE_FILE_FAILED};
    static const enum style ROWS[] = {STYLE_TEXT_NORMAL, STYLE_UI_SELECTED};

    for (const struct wardrobe_file *f = WARDROBE_BUILTIN; f->name != NULL; f++) {
        cr_assert_eq(load(f->name), ERR_OK);
        for (enum color_tier tier = 0; tier < COLOR_TIERS; tier++) {
            expect_apart(SEALS, MEM_COUNT(SEALS), tier);
            expect_apart(LINKS, MEM_COUNT(LINKS), tier);
            expect_apart(LINES, MEM_COUNT(LINES), tier);
            expect_apart(ROOMS, MEM_COUNT(ROOMS), tier);
            expect_apart(FILES, MEM_COUNT(FILES), tier);
            expect_apart(ROWS, MEM_COUNT(ROWS), tier);
        }
    }
}

Test(wardrobe, shipped__mono_has_no_colour_anywhere)
{
    struct theme_look l;

    cr_assert_eq(load("mono"), ERR_OK);
    for (int s = 0; s < STYLE_COUNT; s++) {
        for (enum color_tier tier = 0; tier < COLOR_TIERS; tier++) {
            theme_look(&t, (enum style)s, THEME_PLAIN, tier, &l);
            cr_expect_eq(l.fg.kind, COLOR_DEFAULT, "%s", style_name((enum style)s));
            cr_expect_eq(l.bg.kind, COLOR_DEFAULT, "%s", style_name((enum style)s));
        }
    }
    cr_assert_eq(t.nick_count, 0);
}
