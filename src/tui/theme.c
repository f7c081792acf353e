/* SPDX-License-Identifier: ISC */
#include "tui/theme.h"

#include <stdio.h>

#include "base/mem.h"

/* Below this, in hundredths, nobody could read it. Far from comfortable: it tells what hides
 * from what is pale. */
#define HIDDEN 150

unsigned theme_attr_find(const char *word)
{
    static const char *const WORDS[] = {"bold", "dim", "italic", "underline", "reverse"};

    for (unsigned i = 0; i < MEM_COUNT(WORDS); i++) {
        if (strcmp(WORDS[i], word) == 0)
            return 1u << i;
    }
    return 0;
}

/* ---- looks ---- */

static struct color or_else(struct color c, struct color otherwise)
{
    return c.kind != COLOR_UNSET ? c : otherwise;
}

/* What a rule says in a tier; unset colours stay unset. */
static struct theme_look in_tier(
    const struct theme *t, const struct theme_rule *r, enum color_tier tier)
{
    struct color ground = t->rule[THEME_PLAIN][STYLE_TEXT_NORMAL].all.bg;
    struct theme_look l = r->all;

    if (tier == COLOR_TIER_MONO) {
        /* Dim is grey on most terminals, and without colours nothing is to be grey. */
        bool filled =
            (l.bg.kind == COLOR_INDEX || l.bg.kind == COLOR_RGB) && !color_same(l.bg, ground);
        unsigned own = (l.attr & ~(unsigned)THEME_DIM) | (filled ? THEME_REVERSE : 0u);
        return (struct theme_look){.attr = r->has_mono ? r->mono : own};
    }
    if (tier <= COLOR_TIER_16) {
        l.fg = or_else(r->ansi.fg, l.fg);
        l.bg = or_else(r->ansi.bg, l.bg);
        l.attr = r->has_ansi_attr ? r->ansi.attr : l.attr;
    }
    return l;
}

static void lay_on(struct theme_look *l, struct theme_look top)
{
    l->fg = or_else(top.fg, l->fg);
    l->bg = or_else(top.bg, l->bg);
    l->attr |= top.attr;
}

/* With eight colours, the brighter of two is bold; a grey that was to be unobtrusive is dim. */
static void fit(struct theme_look *l, enum color_tier tier)
{
    struct color sixteen = color_fit(l->fg, COLOR_TIER_16);

    l->fg = color_fit(l->fg, tier);
    l->bg = color_fit(l->bg, tier);
    if (tier != COLOR_TIER_8 || sixteen.kind != COLOR_INDEX || sixteen.value < 8)
        return;
    if (sixteen.value != 8)
        l->attr |= THEME_BOLD;
    else if (l->bg.kind == COLOR_DEFAULT)
        *l = (struct theme_look){{COLOR_DEFAULT, 0}, l->bg, l->attr | THEME_DIM};
}

static void raw_look(const struct theme *t, enum style s, enum theme_side side,
    enum color_tier tier, struct theme_look *out)
{
    const struct theme_look text = in_tier(t, &t->rule[THEME_PLAIN][STYLE_TEXT_NORMAL], tier);

    *out = in_tier(t, &t->rule[THEME_PLAIN][s], tier);
    out->fg = or_else(out->fg, text.fg);
    out->bg = or_else(out->bg, text.bg);
    if (side == THEME_PLAIN)
        return;
    lay_on(out, in_tier(t, &t->rule[THEME_PLAIN][STYLE_UI_SELECTED], tier));
    lay_on(out, in_tier(t, &t->rule[THEME_SELECTED][s], tier));
}

void theme_look(const struct theme *t, enum style s, enum theme_side side, enum color_tier tier,
    struct theme_look *out)
{
    raw_look(t, s, side, tier, out);
    fit(out, tier);
}

struct color theme_nick(const struct theme *t, struct bytes name, enum color_tier tier)
{
    uint32_t hash = 2166136261u; /* FNV-1a: today's colour is tomorrow's */

    for (size_t i = 0; i < name.n; i++)
        hash = (hash ^ name.p[i]) * 16777619u;
    if (t->nick_count == 0 || tier == COLOR_TIER_MONO)
        return (struct color){COLOR_UNSET, 0};
    return color_fit(t->nicks[hash % t->nick_count], tier);
}

/* ---- what has to be seen ---- */

static const enum style GUARDED[] = {STYLE_UI_SELECTED, STYLE_ENC_VERIFIED,
    STYLE_ENC_UNVERIFIED, STYLE_ENC_CHANGED, STYLE_ENC_NONE, STYLE_BAR_CONN_DOWN,
    STYLE_LINE_ERROR, STYLE_MSG_FAILED};

/* The terminal's own colour is black, or white, or unknown: then it may be either. */
static size_t may_be(struct color c, enum theme_ground ground, bool is_bg, uint32_t rgb[2])
{
    bool white = is_bg == (ground == THEME_LIGHT);

    rgb[0] = c.kind == COLOR_DEFAULT ? (white ? 0xffffff : 0x000000) : color_rgb(c);
    rgb[1] = ~rgb[0] & 0xffffff;
    return c.kind == COLOR_DEFAULT && ground == THEME_ANY ? 2 : 1;
}

static bool hides_by_color(const struct theme *t, const struct theme_look *l)
{
    uint32_t fg[2];
    uint32_t bg[2];
    size_t fgs = may_be(l->fg, t->ground, false, fg);
    size_t bgs = may_be(l->bg, t->ground, true, bg);

    if (l->fg.kind == COLOR_DEFAULT && l->bg.kind == COLOR_DEFAULT)
        return false; /* the terminal's own two can be told apart */
    if (color_same(l->fg, l->bg))
        return true;
    for (size_t i = 0; i < fgs; i++) {
        for (size_t j = 0; j < bgs; j++) {
            if (color_contrast(fg[i], bg[j]) < HIDDEN)
                return true;
        }
    }
    return false;
}

static bool hides(const struct theme *t, enum style s)
{
    struct theme_look text;
    struct theme_look l;

    for (enum color_tier tier = COLOR_TIER_8; tier < COLOR_TIERS; tier++) {
        theme_look(t, s, THEME_PLAIN, tier, &l);
        if (hides_by_color(t, &l))
            return true;
        theme_look(t, s, THEME_SELECTED, tier, &l);
        if (hides_by_color(t, &l))
            return true;
    }
    theme_look(t, STYLE_TEXT_NORMAL, THEME_PLAIN, COLOR_TIER_MONO, &text);
    theme_look(t, s, THEME_PLAIN, COLOR_TIER_MONO, &l);
    return l.attr == text.attr;
}

/* Colours that by leaves to ordinary text are the terminal's, not those of t; where that does
 * not do, because of what t makes of other slots, a difference is made. */
static void give(struct theme *t, enum style s, const struct theme *by)
{
    static const struct color OWN = {COLOR_DEFAULT, 0};
    struct theme_rule *r = &t->rule[THEME_PLAIN][s];
    struct theme_look text;
    struct theme_look l;

    *r = by->rule[THEME_PLAIN][s];
    r->all.fg = or_else(r->all.fg, OWN);
    r->all.bg = or_else(r->all.bg, OWN);
    t->rule[THEME_SELECTED][s] = (struct theme_rule){.all = {OWN, OWN, THEME_REVERSE}};
    theme_look(t, STYLE_TEXT_NORMAL, THEME_PLAIN, COLOR_TIER_MONO, &text);
    theme_look(t, s, THEME_PLAIN, COLOR_TIER_MONO, &l);
    if (l.attr == text.attr) {
        r->mono = text.attr ^ THEME_REVERSE;
        r->has_mono = true;
    }
}

void theme_guard(struct theme *t, const struct theme *by)
{
    struct buf words;

    buf_init(&words, sizeof t->warning - 80);
    for (size_t i = 0; i < MEM_COUNT(GUARDED); i++) {
        if (!hides(t, GUARDED[i]))
            continue;
        give(t, GUARDED[i], by);
        buf_fmt(&words, "%s%s", words.n != 0 ? ", " : "", style_name(GUARDED[i]));
    }
    if (words.n != 0)
        (void)snprintf(t->warning, sizeof t->warning,
            "it would hide %s on some terminals: drawn as the theme \"ansi\" has it",
            buf_cstr(&words));
    buf_free(&words);
}
