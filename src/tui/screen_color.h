/* SPDX-License-Identifier: ISC */
/*
 * How many colours this terminal has, and what ncurses is to be told for each look of a theme.
 * The person's palette is used and never changed. Part of the door to ncurses.
 */
#ifndef TUI_SCREEN_COLOR_H
#define TUI_SCREEN_COLOR_H

#include <curses.h>

#include "tui/theme.h"

struct screen_ink {
    attr_t attr;
    int pair;
};

struct screen_color {
    enum color_tier can; /* the terminal */
    enum color_tier tier;
    bool own;                  /* it knows of its own two colours */
    const struct theme *theme; /* borrowed; NULL: everything is plain */
    struct screen_ink ink[THEME_SIDES][STYLE_COUNT];
};

void screen_color_start(struct screen_color *c); /* after newterm() */
/* The kind of terminal to take TERM for, so that any colour can be had; NULL: none is known. */
const char *screen_color_direct(const char *term, char out[64]);
void screen_color_use(struct screen_color *c, const struct theme *t, enum color_tier most);
struct screen_ink screen_color_ink(const struct screen_color *c, const struct theme_look *l);
struct screen_ink screen_color_name(
    const struct screen_color *c, enum theme_side side, struct bytes name);

#endif
