/* SPDX-License-Identifier: ISC */
/*
 * Every slot of a theme in its look, as text with plain sequences (SGR) in it: for who writes a
 * theme. It takes no screen and opens no terminal.
 */
#ifndef TUI_THEME_DEMO_H
#define TUI_THEME_DEMO_H

#include "tui/theme.h"

/* What TERM, COLORTERM and NO_COLOR say; any may be NULL. */
enum color_tier theme_demo_tier(const char *term, const char *colorterm, const char *no_color);
void theme_demo(struct buf *to, const struct theme *t, enum color_tier tier);

#endif
