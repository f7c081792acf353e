/* SPDX-License-Identifier: ISC */
/* What is drawn is read back module by module, unmasked and decoded, by the rules of ISO 18004
 * and without the library that made it. */
#include "client/qr.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/utf8.h"

#define SIDE_MAX (QR_SIDE - 2 * QR_QUIET)

struct grid {
    int width; /* without the quiet zone */
    bool dark[QR_SIDE + 1][QR_SIDE];
    bool used[SIDE_MAX][SIDE_MAX]; /* patterns, not data */
};

/* What one character says of its two modules; -1: it is none of ours. */
static int cell_of(uint32_t cp, bool light_text)
{
    static const uint32_t CELLS[] = {' ', 0x2580, 0x2584, 0x2588};

    for (int i = 0; i < 4; i++) {
        if (CELLS[i] == cp)
            return light_text ? 3 - i : i;
    }
    return -1;
}

static int read_blocks(struct grid *g, struct bytes s, bool light_text)
{
    int x = 0;
    int y = 0;
    int side = 0;
    uint32_t cp;
    bool ok;

    for (size_t n; (n = utf8_step(s, &cp, &ok)) != 0; s = bytes_of(s.p + n, s.n - n)) {
        if (cp == '\n') {
            cr_assert(side == 0 || side == x, "all lines are equally wide");
            side = x;
            x = 0;
            y += 2;
            continue;
        }
        int cell = cell_of(cp, light_text);
        cr_assert(ok && cell >= 0 && x < QR_SIDE && y <= QR_SIDE);
        g->dark[y][x] = (cell & 1) != 0;
        g->dark[y + 1][x++] = (cell & 2) != 0;
    }
    cr_assert_eq(x, 0, "the last line is ended too");
    cr_assert_eq(y, side + 1);
    return side;
}

static int read_ascii(struct grid *g, struct bytes s)
{
    int side = 0;

    while (s.n > 0) {
        const uint8_t *end = memchr(s.p, '\n', s.n);
        cr_assert_not_null(end);
        int w = (int)(end - s.p) / 2;
        cr_assert_eq((end - s.p) % 2, 0);
        cr_assert_leq(w, QR_SIDE);
        for (int x = 0; x < w; x++) {
            g->dark[side][x] = s.p[x * 2] == '#';
            cr_assert_eq(s.p[x * 2], s.p[x * 2 + 1]);
            cr_assert(s.p[x * 2] == '#' || s.p[x * 2] == ' ');
        }
        s = bytes_of(end + 1, s.n - (size_t)(end + 1 - s.p));
        side++;
        cr_assert(side <= w);
    }
    return side;
}

/* Without the quiet zone, which has to be light. */
static void shrink(struct grid *g, int side)
{
    g->width = side - 2 * QR_QUIET;
    cr_assert(g->width >= 21 && g->width <= SIDE_MAX && g->width % 4 == 1);
    for (int y = 0; y < side; y++) {
        for (int x = 0; x < side; x++) {
            int in_x = x - QR_QUIET;
            int in_y = y - QR_QUIET;
            if (in_x < 0 || in_y < 0 || in_x >= g->width || in_y >= g->width)
                cr_assert_not(g->dark[y][x], "quiet at %d,%d", x, y);
            else
                g->dark[in_y][in_x] = g->dark[y][x];
        }
    }
}

static void draw(struct grid *g, const char *text, enum qr_style style)
{
    struct buf b;

    *g = (struct grid){0};
    buf_init(&b, 65536);
    cr_assert_eq(qr_draw(&b, bytes_str(text), style), ERR_OK);
    shrink(g, style == QR_ASCII ? read_ascii(g, buf_view(&b))
                                : read_blocks(g, buf_view(&b), style == QR_BLOCKS_DARK));
    buf_free(&b);
}

/* Squares within squares round a centre: dark where the distance is in the mask. */
static void expect_rings(struct grid *g, int cx, int cy, int radius, unsigned dark)
{
    for (int y = cy - radius; y <= cy + radius; y++) {
        for (int x = cx - radius; x <= cx + radius; x++) {
            if (x < 0 || y < 0 || x >= g->width || y >= g->width)
                continue;
            int far = abs(x - cx) > abs(y - cy) ? abs(x - cx) : abs(y - cy);
            cr_assert_eq(g->dark[y][x], (dark >> far & 1) != 0, "%d,%d", x, y);
            g->used[y][x] = true;
        }
    }
}

static void expect_patterns(struct grid *g)
{
    int w = g->width;
    int version = (w - 17) / 4;
    int middle = version < 7 ? 0 : 22; /* the largest has alignment patterns between */

    expect_rings(g, 3, 3, 4, 0x0B);
    expect_rings(g, w - 4, 3, 4, 0x0B);
    expect_rings(g, 3, w - 4, 4, 0x0B);
    if (version > 1)
        expect_rings(g, w - 7, w - 7, 2, 0x05);
    if (middle != 0) {
        int spots[][2] = {
            {6, middle}, {middle, 6}, {middle, middle}, {middle, w - 7}, {w - 7, middle}};
        for (size_t i = 0; i < MEM_COUNT(spots); i++)
            expect_rings(g, spots[i][0], spots[i][1], 2, 0x05);
    }
    cr_assert(g->dark[w - 8][8]);
    for (int i = 0; i < w; i++) {
        if (i >= 8 && i < w - 8)
            cr_assert(g->dark[6][i] == (i % 2 == 0) && g->dark[i][6] == (i % 2 == 0));
        g->used[6][i] = g->used[i][6] = true;
        if (i < 9 || i >= w - 8)
            g->used[8][i] = g->used[i][8] = true;
    }
    for (int i = 0; version >= 7 && i < 18; i++)
        g->used[w - 11 + i % 3][i / 3] = g->used[i / 3][w - 11 + i % 3] = true;
}

/* The mask, from the format beside the upper left finder; its check bits and level M hold. */
static int read_mask(const struct grid *g)
{
    static const int PATH[15][2] = {{8, 0}, {8, 1}, {8, 2}, {8, 3}, {8, 4}, {8, 5}, {8, 7},
        {8, 8}, {7, 8}, {5, 8}, {4, 8}, {3, 8}, {2, 8}, {1, 8}, {0, 8}};
    unsigned format = 0;

    for (int i = 0; i < 15; i++)
        format |= (unsigned)g->dark[PATH[i][1]][PATH[i][0]] << i;
    format ^= 0x5412;
    unsigned rest = format;
    for (int i = 14; i >= 10; i--) {
        if ((rest >> i & 1) != 0)
            rest ^= 0x537U << (i - 10);
    }
    cr_assert_eq(rest, 0);
    cr_assert_eq(format >> 13, 0, "level M");
    return (int)(format >> 10 & 7);
}

static bool is_masked(int mask, int x, int y)
{
    int product = x * y;

    switch (mask) {
    case 0:
        return (x + y) % 2 == 0;
    case 1:
        return y % 2 == 0;
    case 2:
        return x % 3 == 0;
    case 3:
        return (x + y) % 3 == 0;
    case 4:
        return (y / 2 + x / 3) % 2 == 0;
    case 5:
        return product % 2 + product % 3 == 0;
    case 6:
        return (product % 2 + product % 3) % 2 == 0;
    default:
        return ((x + y) % 2 + product % 3) % 2 == 0;
    }
}

/* All codewords in the order they lie in: pairs of columns from the right, up and down. */
static size_t read_words(const struct grid *g, uint8_t out[256])
{
    int mask = read_mask(g);
    size_t bits = 0;
    bool up = true;

    memset(out, 0, 256);
    for (int right = g->width - 1; right > 0; right -= 2, up = !up) {
        if (right == 6)
            right = 5;
        for (int i = 0; i < g->width * 2; i++) {
            int x = right - i % 2;
            int y = up ? g->width - 1 - i / 2 : i / 2;
            if (g->used[y][x] || bits / 8 >= 256)
                continue;
            bool bit = g->dark[y][x] != is_masked(mask, x, y);
            out[bits / 8] |= (uint8_t)(bit << (7 - bits % 8));
            bits++;
        }
    }
    return bits / 8;
}

struct bits {
    const uint8_t *p;
    size_t at;
    size_t end;
};

static unsigned take(struct bits *b, unsigned n)
{
    unsigned v = 0;

    cr_assert(b->at + n <= b->end);
    for (; n > 0; n--, b->at++)
        v = v << 1 | (b->p[b->at / 8] >> (7 - b->at % 8) & 1U);
    return v;
}

static void take_digits(struct bits *b, struct buf *out)
{
    for (unsigned left = take(b, 10); left > 0;) {
        unsigned n = left < 3 ? left : 3;
        buf_fmt(out, "%0*u", (int)n, take(b, n == 3 ? 10 : n == 2 ? 7 : 4));
        left -= n;
    }
}

static void take_letters(struct bits *b, struct buf *out)
{
    static const char LETTERS[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

    for (unsigned left = take(b, 9); left > 0; left -= left > 1 ? 2 : 1) {
        unsigned v = take(b, left > 1 ? 11 : 6);
        if (left > 1)
            buf_u8(out, (uint8_t)LETTERS[v / 45]);
        buf_u8(out, (uint8_t)LETTERS[v % 45]);
    }
}

/* Numbers, letters and bytes, of versions 1 to 9. */
static void take_text(struct bits *b, struct buf *out)
{
    while (b->at + 4 <= b->end) {
        unsigned mode = take(b, 4);
        if (mode == 0)
            return;
        if (mode == 1)
            take_digits(b, out);
        else if (mode == 2)
            take_letters(b, out);
        else {
            cr_assert_eq(mode, 4);
            for (unsigned n = take(b, 8); n > 0; n--)
                buf_u8(out, (uint8_t)take(b, 8));
        }
    }
}

static void expect_text(struct grid *g, const char *text)
{
    static const struct {
        size_t blocks, data, check; /* level M, codewords of one block */
    } ROWS[] = {{1, 16, 10}, {1, 28, 16}, {1, 44, 26}, {2, 32, 18}, {2, 43, 24}, {4, 27, 16},
        {4, 31, 18}};
    uint8_t words[256];
    uint8_t data[256];
    struct buf got;

    expect_patterns(g);
    size_t row = (size_t)(g->width - 17) / 4 - 1;
    size_t blocks = ROWS[row].blocks;
    size_t n = blocks * ROWS[row].data;
    cr_assert_eq(read_words(g, words), blocks * (ROWS[row].data + ROWS[row].check));
    for (size_t i = 0; i < n; i++) /* blocks lie word by word in turn */
        data[i % blocks * ROWS[row].data + i / blocks] = words[i];
    struct bits b = {data, 0, n * 8};
    buf_init(&got, 1000);
    take_text(&b, &got);
    cr_expect(bytes_eq(buf_view(&got), bytes_str(text)), "%s", text);
    buf_free(&got);
}

static const char NUMBER[] =
    "sotto-verify:1:012345678901234567890123456789012345678901234567890123456789";

Test(qr, draw__reads_back_in_every_style)
{
    struct grid g;

    for (enum qr_style s = QR_BLOCKS; s <= QR_ASCII; s++) {
        draw(&g, NUMBER, s);
        cr_expect_eq(g.width, 29, "fits a screen of 24 lines");
        expect_text(&g, NUMBER);
    }
}

Test(qr, draw__reads_back_at_every_length)
{
    char text[QR_TEXT + 1] = "";
    int before = 0;

    for (size_t n = 1; n <= QR_TEXT; n++) {
        struct grid g;
        for (size_t i = 0; i < n; i++)
            text[i] = (char)('!' + (i * 31 + n) % 90);
        draw(&g, text, QR_BLOCKS);
        cr_assert(g.width >= 21 && g.width <= SIDE_MAX && g.width + 4 > before);
        before = g.width;
        expect_text(&g, text);
    }
    cr_expect_eq(before, SIDE_MAX);
}

Test(qr, draw__reads_back_what_is_not_ascii)
{
    struct grid g;

    draw(&g, "na\u00efve \u6f22 \U0001f511", QR_BLOCKS_DARK);
    expect_text(&g, "na\u00efve \u6f22 \U0001f511");
    draw(&g, "SHA256 ABC:DEF", QR_ASCII);
    expect_text(&g, "SHA256 ABC:DEF");
}

Test(qr, draw__refuses_what_is_no_short_text)
{
    char text[QR_TEXT + 2];
    char room[64];
    struct buf b;

    memset(text, 'x', sizeof text);
    buf_init(&b, 65536);
    cr_expect_eq(qr_draw(&b, bytes_of(text, 0), QR_BLOCKS), ERR_FORMAT);
    cr_expect_eq(qr_draw(&b, bytes_of("a\0b", 3), QR_BLOCKS), ERR_FORMAT);
    cr_expect_eq(qr_draw(&b, bytes_of(text, QR_TEXT + 1), QR_BLOCKS), ERR_TOO_BIG);
    cr_expect_eq(b.n, 0);
    cr_expect_eq(qr_draw(&b, bytes_of(text, QR_TEXT), QR_BLOCKS), ERR_OK);
    buf_free(&b);
    buf_init_fixed(&b, room, sizeof room);
    cr_expect_eq(qr_draw(&b, bytes_str(NUMBER), QR_ASCII), ERR_TOO_BIG);
}
