/* SPDX-License-Identifier: ISC */
#include "tui/theme_demo.h"

#include <stdio.h>

#include "base/mem.h"
#include "base/utf8.h"

#define NAME_COLS 24

enum color_tier theme_demo_tier(const char *term, const char *colorterm, const char *no_color)
{
    static const struct {
        const char *part; /* of TERM */
        enum color_tier tier;
    } ROWS[] = {{"dumb", COLOR_TIER_MONO}, {"vt1", COLOR_TIER_MONO}, {"vt2", COLOR_TIER_MONO},
        {"-mono", COLOR_TIER_MONO}, {"-m", COLOR_TIER_MONO}, {"-direct", COLOR_TIER_DIRECT},
        {"256color", COLOR_TIER_256}, {"linux", COLOR_TIER_8}};

    if ((no_color != NULL && no_color[0] != '\0') || term == NULL || term[0] == '\0')
        return COLOR_TIER_MONO;
    if (colorterm != NULL &&
        (strcmp(colorterm, "truecolor") == 0 || strcmp(colorterm, "24bit") == 0))
        return COLOR_TIER_DIRECT;
    for (size_t i = 0; i < MEM_COUNT(ROWS); i++) {
        if (strstr(term, ROWS[i].part) != NULL)
            return ROWS[i].tier;
    }
    return COLOR_TIER_16;
}

/* ---- sequences ---- */

static void put_color(struct buf *to, struct color c, unsigned base)
{
    if (c.kind == COLOR_RGB)
        buf_fmt(to, ";%u;2;%u;%u;%u", base + 8, (unsigned)c.value >> 16,
            (unsigned)c.value >> 8 & 0xff, (unsigned)c.value & 0xff);
    else if (c.kind == COLOR_INDEX && c.value < 8)
        buf_fmt(to, ";%u", base + (unsigned)c.value);
    else if (c.kind == COLOR_INDEX && c.value < 16)
        buf_fmt(to, ";%u", base + 60 + (unsigned)c.value - 8);
    else if (c.kind == COLOR_INDEX)
        buf_fmt(to, ";%u;5;%u", base + 8, (unsigned)c.value);
}

static void put_look(struct buf *to, const struct theme_look *l)
{
    static const unsigned CODES[] = {1, 2, 3, 4, 7};

    buf_text(to, "\033[0");
    for (unsigned i = 0; i < MEM_COUNT(CODES); i++) {
        if ((l->attr >> i & 1) != 0)
            buf_fmt(to, ";%u", CODES[i]);
    }
    put_color(to, l->fg, 30);
    put_color(to, l->bg, 40);
    buf_text(to, "m");
}

struct demo {
    struct buf *to;
    const struct theme *t;
    enum color_tier tier;
};

static void put(const struct demo *d, enum style s, enum theme_side side, const char *text)
{
    struct theme_look l;

    theme_look(d->t, s, side, d->tier, &l);
    put_look(d->to, &l);
    buf_text(d->to, text);
}

/* What stands in a theme is foreign. */
static void put_foreign(const struct demo *d, const char *what, const char *text)
{
    struct buf clean;

    if (text[0] == '\0')
        return;
    buf_init(&clean, (size_t)THEME_NAME * 16);
    utf8_clean(&clean, bytes_str(text), UTF8_NAME);
    put(d, STYLE_TEXT_DIM, THEME_PLAIN, what);
    put(d, STYLE_TEXT_NORMAL, THEME_PLAIN, buf_cstr(&clean));
    buf_text(d->to, "\033[0m\n");
    buf_free(&clean);
}

static void put_nicks(const struct demo *d)
{
    static const char *const NAMES[] = {
        "alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi"};
    struct theme_look l;

    put(d, STYLE_TEXT_NORMAL, THEME_PLAIN, " ");
    for (size_t i = 0; i < MEM_COUNT(NAMES); i++) {
        struct color own = theme_nick(d->t, bytes_str(NAMES[i]), d->tier);
        theme_look(d->t, STYLE_NICK_OTHER, THEME_PLAIN, d->tier, &l);
        if (own.kind != COLOR_UNSET)
            l.fg = own;
        put_look(d->to, &l);
        buf_text(d->to, NAMES[i]);
        put(d, STYLE_TEXT_NORMAL, THEME_PLAIN, " ");
    }
    buf_text(d->to, "\033[0m\n");
}

void theme_demo(struct buf *to, const struct theme *t, enum color_tier tier)
{
    static const char *const GROUNDS[] = {"any", "dark", "light"};
    const struct demo d = {to, t, tier};
    char text[64];

    put_foreign(&d, "theme       ", t->title);
    put_foreign(&d, "author      ", t->author);
    put_foreign(&d, "background  ", GROUNDS[t->ground]);
    put_foreign(&d, "colours     ", color_tier_str(tier));
    for (int s = 0; s < STYLE_COUNT; s++) {
        const char *name = style_name((enum style)s);
        put(&d, STYLE_TEXT_NORMAL, THEME_PLAIN, " ");
        put(&d, (enum style)s, THEME_PLAIN, name);
        (void)snprintf(text, sizeof text, "%*s", NAME_COLS - (int)strlen(name), "");
        put(&d, STYLE_TEXT_NORMAL, THEME_PLAIN, text);
        put(&d, (enum style)s, THEME_SELECTED, " selected ");
        put(&d, STYLE_TEXT_NORMAL, THEME_PLAIN, " ");
        buf_text(to, "\033[0m\n");
    }
    put_nicks(&d);
}
