/* SPDX-License-Identifier: ISC */
#include "tui/theme.h"

#include <criterion/criterion.h>
#include <stdio.h>

#include "base/mem.h"
#include "tui/wardrobe.h"

static struct theme t;
static char why[300];

static enum err find(void *arg, const char *name, struct buf *out)
{
    const char *const *rows = arg; /* name, text, name, text, NULL */

    for (size_t i = 0; rows != NULL && rows[i] != NULL; i += 2) {
        if (strcmp(rows[i], name) == 0) {
            buf_text(out, rows[i + 1]);
            return buf_end(out);
        }
    }
    return ERR_NOT_FOUND;
}

static enum err get(const char *text, const char *const *others)
{
    memset(&t, 0xff, sizeof t); /* nothing of it is to be needed */
    (void)snprintf(why, sizeof why, "nothing was said");
    return theme_read(&t, bytes_str(text), find, (void *)(uintptr_t)others, why, sizeof why);
}

static struct theme_look look(enum style s, enum theme_side side, enum color_tier tier)
{
    struct theme_look l;

    theme_look(&t, s, side, tier, &l);
    return l;
}

static void expect(struct color c, const char *want)
{
    struct buf got;

    buf_init(&got, 64);
    color_words(&got, c);
    cr_expect_str_eq(buf_cstr(&got), want);
    buf_free(&got);
}

#define HEAD "{\"format\":1,\"name\":\"x\""

Test(theme, read__the_longest_match_wins_property_by_property)
{
    cr_assert_eq(get(HEAD ",\"styles\":{"
                          "\"room.active\":{\"fg\":\"red\"},"
                          "\"room.*\":{\"fg\":\"blue\",\"bg\":\"white\",\"attr\":[\"bold\"]},"
                          "\"*\":{\"fg\":\"green\",\"bg\":\"black\"},"
                          "\"room.act*\":{\"attr\":[\"italic\",\"underline\"]}}}",
                     NULL),
        ERR_OK, "%s", why);
    struct theme_look l = look(STYLE_ROOM_ACTIVE, THEME_PLAIN, COLOR_TIER_256);
    expect(l.fg, "red");
    expect(l.bg, "white");
    cr_assert_eq(l.attr, THEME_ITALIC | THEME_UNDERLINE);
    l = look(STYLE_ROOM_MUTED, THEME_PLAIN, COLOR_TIER_256);
    expect(l.fg, "blue");
    cr_assert_eq(l.attr, THEME_BOLD);
    expect(look(STYLE_TEXT_DIM, THEME_PLAIN, COLOR_TIER_256).fg, "green");
}

Test(theme, look__what_is_not_said_is_as_ordinary_text)
{
    cr_assert_eq(get(HEAD ",\"palette\":{\"night\":\"#101010\"},\"styles\":{"
                          "\"text.normal\":{\"fg\":\"#f0f0f0\",\"bg\":\"night\"},"
                          "\"text.dim\":{\"fg\":\"default\"}}}",
                     NULL),
        ERR_OK, "%s", why);
    struct theme_look l = look(STYLE_NICK_OP, THEME_PLAIN, COLOR_TIER_DIRECT);
    expect(l.fg, "#f0f0f0");
    expect(l.bg, "#101010");
    l = look(STYLE_TEXT_DIM, THEME_PLAIN, COLOR_TIER_DIRECT);
    expect(l.fg, "default");
    expect(l.bg, "#101010");
}

Test(theme, look__selected_is_laid_on_top)
{
    cr_assert_eq(get(HEAD ",\"styles\":{"
                          "\"ui.selected\":{\"bg\":\"blue\",\"attr\":[\"bold\"]},"
                          "\"text.dim\":{\"fg\":\"white\",\"attr\":[\"dim\"]},"
                          "\"text.*.selected\":{\"fg\":\"yellow\"}}}",
                     NULL),
        ERR_OK, "%s", why);
    struct theme_look l = look(STYLE_TEXT_DIM, THEME_SELECTED, COLOR_TIER_256);
    expect(l.fg, "yellow");
    expect(l.bg, "blue");
    cr_assert_eq(l.attr, THEME_BOLD | THEME_DIM);
    expect(look(STYLE_TEXT_DIM, THEME_PLAIN, COLOR_TIER_256).fg, "white");
    expect(look(STYLE_NICK_OP, THEME_SELECTED, COLOR_TIER_256).bg, "blue");
}

Test(theme, look__a_tier_can_be_told_apart)
{
    cr_assert_eq(get(HEAD ",\"styles\":{\"msg.mention\":{\"fg\":\"#2e3440\",\"bg\":\"#ebcb8b\","
                          "\"attr\":[\"bold\"],\"mono\":[\"reverse\"],"
                          "\"ansi\":{\"fg\":\"black\",\"attr\":[]}},"
                          "\"line.unread\":{\"bg\":\"#800000\",\"attr\":[\"dim\"]},"
                          "\"nick.op\":{\"fg\":\"bright-black\"},"
                          "\"nick.self\":{\"fg\":\"#ff5050\"}}}",
                     NULL),
        ERR_OK, "%s", why);
    struct theme_look l = look(STYLE_MSG_MENTION, THEME_PLAIN, COLOR_TIER_16);
    expect(l.fg, "black");
    expect(l.bg, "yellow");
    cr_assert_eq(l.attr, 0);
    l = look(STYLE_MSG_MENTION, THEME_PLAIN, COLOR_TIER_MONO);
    expect(l.fg, "default");
    cr_assert_eq(l.attr, THEME_REVERSE);
    l = look(STYLE_LINE_UNREAD, THEME_PLAIN, COLOR_TIER_MONO);
    cr_assert_eq(l.attr, THEME_REVERSE); /* filled; and nothing grey */
    l = look(STYLE_NICK_OP, THEME_PLAIN, COLOR_TIER_8);
    expect(l.fg, "default");
    cr_assert_eq(l.attr, THEME_DIM);
    l = look(STYLE_NICK_SELF, THEME_PLAIN, COLOR_TIER_8);
    expect(l.fg, "red");
    cr_assert_eq(l.attr, THEME_BOLD);
}

Test(theme, inherits__palette_and_styles_of_the_nearest)
{
    static const char *const OTHERS[] = {"b",
        HEAD
        ",\"inherits\":\"c\",\"palette\":{\"a\":\"2\"},\"styles\":{\"nick.op\":{\"bg\":\"a\"}},"
        "\"glyphs\":\"ascii\"}",
        "c",
        HEAD
        ",\"palette\":{\"a\":\"3\",\"z\":\"4\"},\"background\":\"light\",\"nicks\":[\"a\",\"9\"],"
        "\"styles\":{\"nick.*\":{\"fg\":\"a\",\"bg\":\"z\",\"ansi\":{\"fg\":\"7\"}}}}",
        NULL};

    cr_assert_eq(get(HEAD ",\"inherits\":\"b\",\"palette\":{\"a\":\"#010203\"}}", OTHERS),
        ERR_OK, "%s", why);
    struct theme_look l = look(STYLE_NICK_OP, THEME_PLAIN, COLOR_TIER_DIRECT);
    expect(l.fg, "#010203");
    expect(l.bg, "#010203");
    expect(look(STYLE_NICK_SELF, THEME_PLAIN, COLOR_TIER_DIRECT).bg, "blue");
    /* What was said for sixteen colours holds until the colours are said anew. */
    expect(look(STYLE_NICK_SELF, THEME_PLAIN, COLOR_TIER_16).fg, "white");
    expect(look(STYLE_NICK_OP, THEME_PLAIN, COLOR_TIER_16).fg, "black");
    cr_assert(t.ascii);
    cr_assert_eq(t.ground, THEME_LIGHT);
    cr_assert_eq(t.nick_count, 2);
    expect(t.nicks[0], "#010203");
}

Test(theme, inherits__ends)
{
    static const char *const CIRCLE[] = {
        "a", HEAD ",\"inherits\":\"b\"}", "b", HEAD ",\"inherits\":\"a\"}", NULL};
    char text[20][64];
    const char *rows[41];

    cr_assert_eq(get(HEAD ",\"inherits\":\"a\"}", CIRCLE), ERR_FORMAT);
    cr_assert(strstr(why, "circle"), "%s", why);
    for (int i = 0; i < 20; i++) {
        (void)snprintf(text[i], sizeof text[i], "%c", 'a' + i);
        rows[2 * i] = mem_strdup(text[i]);
        (void)snprintf(text[i], sizeof text[i], HEAD ",\"inherits\":\"%c\"}", 'b' + i);
        rows[2 * i + 1] = text[i];
    }
    rows[40] = NULL;
    cr_assert_eq(get(HEAD ",\"inherits\":\"a\"}", rows), ERR_FORMAT);
    cr_assert(strstr(why, "more than 8"), "%s", why);
    rows[2 * 7 + 1] = HEAD "}"; /* the eighth is the last */
    cr_assert_eq(get(HEAD ",\"inherits\":\"a\"}", rows), ERR_OK, "%s", why);
    for (int i = 0; i < 20; i++)
        mem_free((void *)(uintptr_t)rows[2 * i]);
}

Test(theme, read__says_what_is_wrong_and_where)
{
    static const struct {
        const char *text, *words;
    } ROWS[] = {
        {"", "line 1"},
        {"[]", "no object"},
        {"{\n\n\"format\":1,,}", "line 3"},
        {"{\"name\":\"x\"}", "format"},
        {"{\"format\":2,\"name\":\"x\"}", "format: must be 1..1, is 2"},
        {"{\"format\":1}", "name: is missing"},
        {HEAD ",\"command\":\"rm\"}", "command: is not a known key"},
        {HEAD ",\"styles\":{\"msg.mentoin\":{}}}",
            "styles.msg.mentoin: is the name of no slot"},
        {HEAD ",\"styles\":{\"zoo.*\":{}}}", "styles.zoo.*"},
        {HEAD ",\"styles\":{\"\":{}}}", "no slot"},
        {HEAD ",\"styles\":{\"text.dim\":{\"fgg\":\"red\"}}}", "styles.text.dim.fgg"},
        {HEAD ",\"styles\":{\"text.dim\":{\"fg\":\"rde\"}}}",
            "styles.text.dim.fg: must be a colour"},
        {HEAD ",\"styles\":{\"text.dim\":{\"fg\":7}}}", "styles.text.dim.fg"},
        {HEAD ",\"styles\":{\"text.dim\":{\"attr\":[\"blink\"]}}}", "styles.text.dim.attr"},
        {HEAD ",\"styles\":{\"text.dim\":{\"attr\":\"bold\"}}}", "styles.text.dim.attr"},
        {HEAD ",\"styles\":{\"text.dim\":{\"mono\":[1]}}}", "styles.text.dim.mono"},
        {HEAD ",\"styles\":{\"text.dim\":{\"ansi\":{\"mono\":[]}}}}",
            "styles.text.dim.ansi.mono"},
        {HEAD ",\"styles\":{\"text.dim\":[]}}", "styles.text.dim"},
        {HEAD ",\"styles\":[]}", "styles"},
        {HEAD ",\"styles\":{\"text.dim\":{},\"text.dim\":{}}}", "is there twice"},
        {HEAD ",\"palette\":{\"a\":\"b\"}}", "palette.a"},
        {HEAD ",\"palette\":{\"a\":\"b\"},\"styles\":{}}", "palette.a"},
        {HEAD ",\"palette\":{\"\":\"red\"}}", "no name"},
        {HEAD ",\"nicks\":[\"rde\"]}", "nicks: holds what is no colour"},
        {HEAD ",\"glyphs\":\"emoji\"}", "glyphs: must be unicode or ascii"},
        {HEAD ",\"background\":\"pink\"}", "background: must be any or dark or light"},
        {HEAD ",\"inherits\":\"nobody\"}", "inherits: that theme cannot be read"},
        {HEAD ",\"author\":{\"a\":{\"b\":{\"c\":{\"d\":1}}}}}", "author"},
    };

    for (size_t i = 0; i < MEM_COUNT(ROWS); i++) {
        cr_expect_neq(get(ROWS[i].text, NULL), ERR_OK, "%s", ROWS[i].text);
        cr_expect(strstr(why, ROWS[i].words), "%s: %s", ROWS[i].text, why);
    }
}

Test(theme, read__says_in_which_theme_it_is_wrong)
{
    static const char *const OTHERS[] = {"base", HEAD ",\"styles\":{\"x\":{}}}", NULL};

    cr_assert_eq(get(HEAD ",\"inherits\":\"base\"}", OTHERS), ERR_FORMAT);
    cr_assert_str_eq(why, "in the theme \"base\": styles.x: is the name of no slot");
}

Test(theme, read__bounds)
{
    struct buf text;

    buf_init(&text, 1u << 20);
    buf_text(&text, HEAD "}");
    while (text.n < THEME_BYTES)
        buf_u8(&text, ' ');
    cr_assert_eq(get(buf_cstr(&text), NULL), ERR_OK, "%s", why);
    buf_u8(&text, ' ');
    cr_assert_eq(get(buf_cstr(&text), NULL), ERR_TOO_BIG);
    cr_assert(strstr(why, "64 KiB"), "%s", why);
    buf_clear(&text);
    buf_text(&text, HEAD ",\"palette\":{");
    for (int i = 0; i < 65; i++)
        buf_fmt(&text, "%s\"c%d\":\"red\"", i != 0 ? "," : "", i);
    buf_text(&text, "}}");
    cr_assert_eq(get(buf_cstr(&text), NULL), ERR_FORMAT);
    cr_assert(strstr(why, "more than 64"), "%s", why);
    buf_clear(&text);
    buf_text(&text, HEAD ",\"nicks\":[");
    for (int i = 0; i < 33; i++)
        buf_fmt(&text, "%s\"%d\"", i != 0 ? "," : "", i);
    buf_text(&text, "]}");
    cr_assert_eq(get(buf_cstr(&text), NULL), ERR_FORMAT);
    cr_assert(strstr(why, "more than 32"), "%s", why);
    buf_free(&text);
}

/* ---- what has to be seen ---- */

static struct theme ansi;

static void guard(const char *styles)
{
    char text[600];

    (void)snprintf(text, sizeof text, HEAD ",%s}", styles);
    wardrobe_ansi(&ansi);
    cr_assert_eq(theme_read(&t, bytes_str(text), wardrobe_text, NULL, why, sizeof why), ERR_OK,
        "%s", why);
    theme_guard(&t, &ansi);
}

/* Whether a slot can be read wherever it is shown, against every background it may have. */
static void expect_seen(enum style s)
{
    struct theme_look l;

    for (enum color_tier tier = COLOR_TIER_8; tier < COLOR_TIERS; tier++) {
        for (enum theme_side side = THEME_PLAIN; side < THEME_SIDES; side++) {
            l = look(s, side, tier);
            if (l.fg.kind == COLOR_DEFAULT && l.bg.kind == COLOR_DEFAULT)
                continue;
            cr_expect_not(color_same(l.fg, l.bg), "%s", style_name(s));
            if (l.fg.kind != COLOR_DEFAULT && l.bg.kind != COLOR_DEFAULT)
                cr_expect_geq(color_contrast(color_rgb(l.fg), color_rgb(l.bg)), 150, "%s %s",
                    style_name(s), color_tier_str(tier));
        }
    }
    cr_expect_neq(look(s, THEME_PLAIN, COLOR_TIER_MONO).attr,
        look(STYLE_TEXT_NORMAL, THEME_PLAIN, COLOR_TIER_MONO).attr, "%s", style_name(s));
}

Test(theme, guard__no_theme_hides_a_seal)
{
    static const char *const BAD[] = {
        "\"styles\":{\"*\":{\"fg\":\"red\",\"bg\":\"red\"}}",
        "\"styles\":{\"*\":{\"fg\":\"#000000\",\"bg\":\"#000001\"}}", /* the same but in one
                                                                         tier */
        "\"styles\":{\"*\":{\"fg\":\"#00005f\",\"bg\":\"#000000\"}}",
        "\"background\":\"dark\",\"styles\":{\"enc.*\":{\"fg\":\"black\"}}",
        "\"background\":\"light\",\"styles\":{\"enc.*\":{\"fg\":\"#fffff0\"}}",
        "\"background\":\"any\",\"styles\":{\"enc.*\":{\"fg\":\"bright-white\"}}",
        "\"styles\":{\"*\":{\"fg\":\"white\",\"bg\":\"black\"},\"enc.*\":{\"ansi\":{\"bg\":\"white\"}}}",
        "\"styles\":{\"enc.*\":{\"fg\":\"red\"},\"ui.selected\":{\"bg\":\"red\"}}",
        "\"styles\":{\"enc.*.selected\":{\"fg\":\"blue\",\"bg\":\"blue\"}}",
        "\"styles\":{\"*\":{\"mono\":[]}}",
        "\"styles\":{\"*\":{\"mono\":[\"bold\",\"reverse\"]}}",
        "\"styles\":{\"*\":{\"mono\":[\"bold\"]}}", /* as the theme that is built in has a seal
                                                     */
        "\"styles\":{}",
    };

    for (size_t i = 0; i < MEM_COUNT(BAD); i++) {
        guard(BAD[i]);
        cr_expect(strstr(t.warning, "enc."), "%s: %s", BAD[i], t.warning);
        for (enum style s = STYLE_ENC_VERIFIED; s <= STYLE_ENC_NONE; s++)
            expect_seen(s);
        expect_seen(STYLE_BAR_CONN_DOWN);
        expect_seen(STYLE_LINE_ERROR);
        expect_seen(STYLE_MSG_FAILED);
    }
}

Test(theme, guard__leaves_alone_what_can_be_seen)
{
    guard(
        "\"inherits\":\"ansi\",\"styles\":{\"enc.changed\":{\"fg\":\"#ffffff\",\"bg\":\"#900000\"}}");
    cr_assert_str_eq(t.warning, "");
    expect(look(STYLE_ENC_CHANGED, THEME_PLAIN, COLOR_TIER_DIRECT).bg, "#900000");
}

Test(theme, nick__is_always_the_same)
{
    size_t seen[4] = {0};
    char name[8];

    cr_assert_eq(get(HEAD ",\"nicks\":[\"1\",\"2\",\"3\"]}", NULL), ERR_OK);
    expect(theme_nick(&t, bytes_str("alice"), COLOR_TIER_256), "yellow");
    for (int i = 0; i < 300; i++) {
        (void)snprintf(name, sizeof name, "n%d", i);
        seen[theme_nick(&t, bytes_str(name), COLOR_TIER_256).value]++;
    }
    for (size_t i = 1; i <= 3; i++)
        cr_assert_gt(seen[i], 60);
    cr_assert_eq(theme_nick(&t, bytes_str("alice"), COLOR_TIER_MONO).kind, COLOR_UNSET);
    cr_assert_eq(get(HEAD "}", NULL), ERR_OK);
    cr_assert_eq(theme_nick(&t, bytes_str("alice"), COLOR_TIER_256).kind, COLOR_UNSET);
}

/* ---- damage ---- */

static void survive(const uint8_t *text, size_t n)
{
    struct theme_look l;

    why[0] = '\0';
    if (theme_read(&t, bytes_of(text, n), wardrobe_text, NULL, why, sizeof why) != ERR_OK) {
        cr_assert_neq(why[0], '\0');
        return;
    }
    theme_guard(&t, &ansi);
    for (int s = 0; s < STYLE_COUNT; s++)
        theme_look(&t, (enum style)s, THEME_SELECTED, COLOR_TIER_8, &l);
    expect_seen(STYLE_ENC_CHANGED);
}

static struct bytes builtin(const char *name)
{
    for (const struct wardrobe_file *f = WARDROBE_BUILTIN; f->name != NULL; f++) {
        if (strcmp(f->name, name) == 0)
            return bytes_of(f->text, f->n);
    }
    cr_assert_fail("%s", name);
    return (struct bytes){0};
}

Test(theme, damage__cut_anywhere_it_is_an_error)
{
    struct bytes text = builtin("ansi");
    uint8_t *copy;
    size_t end = text.n;

    while (text.p[end - 1] != '}')
        end--;
    for (size_t n = 0; n < end; n++) {
        copy = mem_dup(text.p, n + 1); /* so that a byte too far is seen */
        cr_assert_neq(
            theme_read(&t, bytes_of(copy, n), wardrobe_text, NULL, why, sizeof why), ERR_OK);
        mem_free(copy);
    }
}

Test(theme, damage__no_byte_of_it_matters)
{
    static const uint8_t FLIPS[] = {0x01, 0x20, 0x80, 0xff};
    struct bytes text = builtin("nord");
    uint8_t *copy = mem_dup(text.p, text.n);

    wardrobe_ansi(&ansi);
    for (size_t i = 0; i < text.n; i++) {
        for (size_t k = 0; k < MEM_COUNT(FLIPS); k++) {
            copy[i] ^= FLIPS[k];
            survive(copy, text.n);
            copy[i] ^= FLIPS[k];
        }
    }
    mem_free(copy);
}
