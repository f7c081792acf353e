/* SPDX-License-Identifier: ISC */
#include "tui/color.h"

#include <math.h>

#include "base/mem.h"

#define CUBE_FROM 16
#define GREY_FROM 232
/* Colours that say something are mostly paler than the sixteen: what they say is their hue, so
 * among few colours it counts more than how pale they are. */
#define HUE_WEIGHT 2.5

static const char *const NAMES[] = {"black", "red", "green", "yellow", "blue", "magenta",
    "cyan", "white", "bright-black", "bright-red", "bright-green", "bright-yellow",
    "bright-blue", "bright-magenta", "bright-cyan", "bright-white"};

static const uint32_t SIXTEEN[] = {0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd,
    0x00cdcd, 0xe5e5e5, 0x7f7f7f, 0xff0000, 0x00ff00, 0xffff00, 0x5c5cff, 0xff00ff, 0x00ffff,
    0xffffff};

/* ---- reading ---- */

static bool parse_rgb(struct bytes digits, struct color *out)
{
    uint32_t rgb = 0;

    if (digits.n != 6)
        return false;
    for (size_t i = 0; i < 6; i++) {
        int d = bytes_hex(digits.p[i]);
        if (d < 0)
            return false;
        rgb = rgb << 4 | (uint32_t)d;
    }
    *out = (struct color){COLOR_RGB, rgb};
    return true;
}

static bool parse_index(struct bytes digits, struct color *out)
{
    uint32_t n = 0;

    if (digits.n == 0 || digits.n > 3 || (digits.n > 1 && digits.p[0] == '0'))
        return false;
    for (size_t i = 0; i < digits.n; i++) {
        if (digits.p[i] < '0' || digits.p[i] > '9')
            return false;
        n = n * 10 + (uint32_t)(digits.p[i] - '0');
    }
    *out = (struct color){COLOR_INDEX, n};
    return n <= 255;
}

bool color_parse(struct bytes text, struct color *out)
{
    if (bytes_eq(text, bytes_str("default"))) {
        *out = (struct color){COLOR_DEFAULT, 0};
        return true;
    }
    for (uint32_t i = 0; i < MEM_COUNT(NAMES); i++) {
        if (bytes_eq(text, bytes_str(NAMES[i]))) {
            *out = (struct color){COLOR_INDEX, i};
            return true;
        }
    }
    if (text.n != 0 && text.p[0] == '#')
        return parse_rgb(bytes_of(text.p + 1, text.n - 1), out);
    return parse_index(text, out);
}

void color_words(struct buf *to, struct color c)
{
    if (c.kind == COLOR_DEFAULT)
        buf_text(to, "default");
    else if (c.kind == COLOR_INDEX && c.value < MEM_COUNT(NAMES))
        buf_text(to, NAMES[c.value]);
    else if (c.kind == COLOR_INDEX)
        buf_fmt(to, "%u", (unsigned)c.value);
    else if (c.kind == COLOR_RGB)
        buf_fmt(to, "#%06x", (unsigned)c.value);
}

bool color_same(struct color a, struct color b)
{
    return a.kind == b.kind && a.value == b.value;
}

const char *color_tier_str(enum color_tier tier)
{
    static const char *const WORDS[COLOR_TIERS] = {"mono", "8", "16", "256", "direct"};

    return WORDS[tier];
}

/* ---- comparing ---- */

uint32_t color_rgb(struct color c)
{
    static const uint8_t STEPS[] = {0, 95, 135, 175, 215, 255};

    if (c.kind == COLOR_RGB)
        return c.value;
    if (c.kind != COLOR_INDEX)
        return 0;
    if (c.value < CUBE_FROM)
        return SIXTEEN[c.value];
    if (c.value >= GREY_FROM)
        return (8 + 10 * (c.value - GREY_FROM)) * 0x010101;
    uint32_t at = c.value - CUBE_FROM;
    return (uint32_t)STEPS[at / 36] << 16 | (uint32_t)STEPS[at / 6 % 6] << 8 | STEPS[at % 6];
}

static double linear(uint32_t rgb, unsigned shift)
{
    double v = (double)(rgb >> shift & 0xff) / 255;

    return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4);
}

static double luminance(uint32_t rgb)
{
    return 0.2126 * linear(rgb, 16) + 0.7152 * linear(rgb, 8) + 0.0722 * linear(rgb, 0);
}

unsigned color_contrast(uint32_t rgb_a, uint32_t rgb_b)
{
    double a = luminance(rgb_a) + 0.05;
    double b = luminance(rgb_b) + 0.05;

    return (unsigned)(100 * (a > b ? a / b : b / a) + 0.5);
}

struct lab { /* CIELAB under D65: distances in it are about what eyes see */
    double l, a, b;
};

static double lab_root(double t)
{
    return t > 0.008856 ? cbrt(t) : 7.787 * t + 16.0 / 116;
}

static struct lab lab_of(uint32_t rgb)
{
    double r = linear(rgb, 16);
    double g = linear(rgb, 8);
    double b = linear(rgb, 0);
    double x = lab_root((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047);
    double y = lab_root(0.2126 * r + 0.7152 * g + 0.0722 * b);
    double z = lab_root((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883);

    return (struct lab){116 * y - 16, 500 * (x - y), 200 * (y - z)};
}

static struct color nearest(uint32_t rgb, uint32_t from, uint32_t to, double hue_weight)
{
    struct lab want = lab_of(rgb);
    struct color best = {COLOR_INDEX, from};
    double least = HUGE_VAL;

    for (uint32_t i = from; i < to; i++) {
        const struct color c = {COLOR_INDEX, i};
        struct lab has = lab_of(color_rgb(c));
        double l = want.l - has.l;
        double a = want.a * hue_weight - has.a;
        double b = want.b * hue_weight - has.b;
        double far = l * l + a * a + b * b;
        if (far < least) {
            least = far;
            best = c;
        }
    }
    return best;
}

struct color color_fit(struct color c, enum color_tier tier)
{
    if (tier == COLOR_TIER_MONO || c.kind == COLOR_UNSET)
        return (struct color){COLOR_DEFAULT, 0};
    if (c.kind == COLOR_DEFAULT || tier == COLOR_TIER_DIRECT)
        return c;
    if (tier == COLOR_TIER_256)
        return c.kind == COLOR_INDEX ? c : nearest(c.value, CUBE_FROM, 256, 1);
    if (c.kind == COLOR_RGB || c.value >= CUBE_FROM)
        c = nearest(color_rgb(c), 0, CUBE_FROM, HUE_WEIGHT);
    /* The bright eight are their darker twins in bold, but for grey, whose twin is black. */
    if (tier == COLOR_TIER_8 && c.value >= 8)
        c.value = c.value == 8 ? 7 : c.value - 8;
    return c;
}
