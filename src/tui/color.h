/* SPDX-License-Identifier: ISC */
/*
 * A colour as a theme names it, and what is left of it on terminals that have fewer: arithmetic
 * and nothing else. The sixteen of the terminal are taken to be xterm's where they have to be
 * compared with others, though every person has them different; so what a theme asks for by
 * name stays that name in every tier.
 */
#ifndef TUI_COLOR_H
#define TUI_COLOR_H

#include <stdint.h>

#include "base/buf.h"
#include "base/bytes.h"

/* How many colours there are; the tiers a theme is computed for. */
enum color_tier {
    COLOR_TIER_MONO, /* none: attributes alone */
    COLOR_TIER_8,
    COLOR_TIER_16,
    COLOR_TIER_256,
    COLOR_TIER_DIRECT, /* any red, green and blue */
    COLOR_TIERS
};

enum color_kind {
    COLOR_UNSET,   /* nobody said: that of ordinary text */
    COLOR_DEFAULT, /* the terminal's own */
    COLOR_INDEX,
    COLOR_RGB
};

struct color {
    enum color_kind kind;
    uint32_t value; /* 0..255, or 0xrrggbb */
};

/* "default", one of sixteen names, "0".."255", "#rrggbb"; false: none of them. */
bool color_parse(struct bytes text, struct color *out);
void color_words(struct buf *to, struct color c); /* what color_parse() reads; "" for unset */
/* What stands for it in a tier: default or an index below 8, 16 or 256; in the last an index or
 * RGB. Mono leaves nothing but the default. */
struct color color_fit(struct color c, enum color_tier tier);
bool color_same(struct color a, struct color b);
uint32_t color_rgb(struct color c); /* of an index that of xterm's; unset and default: 0 */
/* How well two can be told apart, as WCAG has it, in hundredths: 100 (the same) to 2100. */
unsigned color_contrast(uint32_t rgb_a, uint32_t rgb_b);
const char *color_tier_str(enum color_tier tier); /* "mono", "8", "16", "256", "direct" */

#endif
