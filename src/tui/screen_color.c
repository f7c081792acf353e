/* SPDX-License-Identifier: ISC */
#include "tui/screen_color.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <term.h>
#include <unistd.h>

#include "base/mem.h"

static enum color_tier tier_here(void)
{
    static char rgb[] = "RGB";

    if (!has_colors() || COLORS < 8)
        return COLOR_TIER_MONO;
    if (COLORS >= 1 << 24 && tigetflag(rgb) > 0)
        return COLOR_TIER_DIRECT;
    return COLORS >= 256 ? COLOR_TIER_256 : COLORS >= 16 ? COLOR_TIER_16 : COLOR_TIER_8;
}

void screen_color_start(struct screen_color *c)
{
    *c = (struct screen_color){.can = COLOR_TIER_MONO};
    if (has_colors() && start_color() == OK)
        c->can = tier_here();
    c->own = c->can != COLOR_TIER_MONO && use_default_colors() == OK;
}

static bool is_known(const char *term)
{
    int found = 0;

    if (setupterm(term, STDOUT_FILENO, &found) != OK)
        return false;
    (void)del_curterm(cur_term);
    return true;
}

const char *screen_color_direct(const char *term, char out[64])
{
    static const char *const TAILS[] = {"-direct256", "-direct"};
    static const char *const STRIPPED[] = {"-256color", "-16color"};
    const char *colorterm = secure_getenv("COLORTERM");
    TERMINAL *now = cur_term;
    const char *found = NULL;
    size_t n = strlen(term);

    if (colorterm == NULL ||
        (strcmp(colorterm, "truecolor") != 0 && strcmp(colorterm, "24bit") != 0))
        return NULL;
    for (size_t i = 0; i < MEM_COUNT(STRIPPED); i++) {
        const char *at = strstr(term, STRIPPED[i]);
        if (at != NULL)
            n = (size_t)(at - term);
    }
    for (size_t i = 0; i < MEM_COUNT(TAILS) && found == NULL; i++) {
        (void)snprintf(out, 64, "%.*s%s", (int)(n < 40 ? n : 40), term, TAILS[i]);
        found = is_known(out) ? out : NULL;
    }
    (void)set_curterm(now);
    return found;
}

/* What ncurses calls a colour. In a direct terminal small numbers are not what they look like:
 * the first are of the palette. */
static int number_of(const struct screen_color *c, struct color color, int otherwise)
{
    uint32_t rgb = color_rgb(color);

    if (color.kind == COLOR_DEFAULT || color.kind == COLOR_UNSET)
        return c->own ? -1 : otherwise;
    if (c->tier != COLOR_TIER_DIRECT || (color.kind == COLOR_INDEX && color.value < 8))
        return (int)color.value;
    return (int)(rgb < 0x100 ? rgb | 0x100 : rgb);
}

struct screen_ink screen_color_ink(const struct screen_color *c, const struct theme_look *l)
{
    static const attr_t ATTRS[] = {A_BOLD, A_DIM, A_ITALIC, A_UNDERLINE, A_REVERSE};
    struct screen_ink ink = {A_NORMAL, 0};
    int fg;
    int bg;

    for (unsigned i = 0; i < MEM_COUNT(ATTRS); i++)
        ink.attr |= (l->attr >> i & 1) != 0 ? ATTRS[i] : 0;
    if (c->tier == COLOR_TIER_MONO)
        return ink;
    fg = number_of(c, l->fg, COLOR_WHITE);
    bg = number_of(c, l->bg, COLOR_BLACK);
    ink.pair = fg == -1 && bg == -1 ? 0 : alloc_pair(fg, bg);
    if (ink.pair < 0)
        ink.pair = 0;
    return ink;
}

void screen_color_use(struct screen_color *c, const struct theme *t, enum color_tier most)
{
    struct theme_look l;

    c->theme = t;
    c->tier = c->can < most ? c->can : most;
    for (int s = 0; s < STYLE_COUNT; s++) {
        for (enum theme_side side = THEME_PLAIN; side < THEME_SIDES; side++) {
            theme_look(t, (enum style)s, side, c->tier, &l);
            c->ink[side][s] = screen_color_ink(c, &l);
        }
    }
}

struct screen_ink screen_color_name(
    const struct screen_color *c, enum theme_side side, struct bytes name)
{
    struct theme_look l;
    struct color own;

    if (c->theme == NULL)
        return (struct screen_ink){A_NORMAL, 0};
    own = theme_nick(c->theme, name, c->tier);
    theme_look(c->theme, STYLE_NICK_OTHER, side, c->tier, &l);
    if (own.kind != COLOR_UNSET && side == THEME_PLAIN)
        l.fg = own;
    return screen_color_ink(c, &l);
}
