/* SPDX-License-Identifier: ISC */
#include "tui/cell.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"

#define COMPOSED 64 /* bytes of a cluster that is worth composing */
#define FLAG     0x2691
#define KEYCAP   0x20e3
#define ZWJ      0x200d

static bool is_flag_letter(uint32_t cp)
{
    return cp >= 0x1f1e6 && cp <= 0x1f1ff;
}

/* A jamo, Hangul letter by letter: only the syllable of them has a width that all agree on. */
static bool is_jamo(uint32_t cp)
{
    return (cp >= 0x1100 && cp < 0x1200) || (cp >= 0xa960 && cp < 0xa980) ||
           (cp >= 0xd7b0 && cp < 0xd800);
}

/* What the tables of two libraries agree on, and yet some terminals see otherwise. */
static const struct {
    uint32_t from, to;
} DISPUTED[] = {
    {0x0600, 0x0605}, /* signs over numbers: format characters, so of no width to some */
    {0x06dd, 0x06dd}, {0x070f, 0x070f}, {0x0890, 0x0891}, {0x08e2, 0x08e2},
    {0x2630, 0x2637}, /* wide since Unicode 16 */
    {0x268a, 0x268f}, {0x110bd, 0x110bd}, {0x110cd, 0x110cd}, {0x1d300, 0x1d356},
    {0x1d360, 0x1d376}, {0x1f1e6, 0x1f1ff}, /* letters of flags */
};

static bool is_disputed(uint32_t cp)
{
    size_t i = 0;

    while (i < MEM_COUNT(DISPUTED) && cp > DISPUTED[i].to)
        i++;
    return i < MEM_COUNT(DISPUTED) && cp >= DISPUTED[i].from;
}

static uint32_t step(struct bytes *b)
{
    uint32_t cp = 0;
    bool ok;
    size_t n = utf8_step(*b, &cp, &ok);

    *b = bytes_of(b->p + n, b->n - n);
    return cp;
}

/* Columns that the layout, the C library and so, it is hoped, the terminal give it; 0: they do
 * not agree. */
static int agreed(uint32_t cp)
{
    uint8_t bytes[4];
    int width = wcwidth((wchar_t)cp);

    if (is_disputed(cp) || (is_jamo(cp) && width != 2))
        return 0;
    return utf8_width(bytes_of(bytes, utf8_put(bytes, cp))) == width ? width : 0;
}

static bool is_plain_mark(uint32_t cp)
{
    return utf8_is_mark(cp) && cp != KEYCAP && !(cp >= 0xfe00 && cp <= 0xfe0f) &&
           wcwidth((wchar_t)cp) == 0;
}

static size_t put_marks(wchar_t *out, struct bytes rest)
{
    size_t n = 0;

    while (rest.n != 0 && n < CELL_CODES - 1) {
        uint32_t cp = step(&rest);
        if (cp == ZWJ)
            break; /* what is behind belongs to what was joined */
        if (is_plain_mark(cp))
            out[n++] = (wchar_t)cp;
    }
    return n;
}

/* Letter by letter into one sign where there is one. */
static struct bytes composed(uint8_t room[2 * COMPOSED], struct bytes cluster)
{
    struct buf nfc;

    buf_init_fixed(&nfc, room, (size_t)2 * COMPOSED);
    if (cluster.n > COMPOSED || utf8_nfc(&nfc, cluster) != ERR_OK)
        return cluster;
    return buf_view(&nfc);
}

int cell_make(wchar_t out[CELL_CODES + 1], struct bytes cluster, int cols, bool unicode)
{
    uint8_t room[2 * COMPOSED];
    struct bytes rest = cluster;
    uint32_t base = step(&rest);
    int width;

    if (rest.n != 0) {
        rest = composed(room, cluster);
        base = step(&rest);
        if (unicode && is_flag_letter(base) && rest.n != 0)
            base = FLAG;
    }
    width = agreed(base);
    if (width < 1 || width > cols) {
        out[0] = unicode ? UTF8_REPLACEMENT : L'?';
        out[1] = L'\0';
        return 1;
    }
    out[0] = (wchar_t)base;
    /* Where signs are few, such as on a console, marks are none of them. */
    out[1 + (unicode && base != FLAG ? put_marks(out + 1, rest) : 0)] = L'\0';
    return width;
}
