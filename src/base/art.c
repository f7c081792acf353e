/* SPDX-License-Identifier: ISC */
#include "base/art.h"

#include "base/mem.h"
#include "base/reader.h"

/* Letters of one column on every terminal: ASCII, lines, blocks. */
static const uint32_t LETTERS[][2] = {{0x20, 0x7e}, {0x2500, 0x259f}};

/* One more than the largest value of a colour. */
static const uint32_t COLORS[ART_INKS] = {
    [ART_MONO] = 0, [ART_8] = 8, [ART_16] = 16, [ART_256] = 256, [ART_DIRECT] = 1 << 24};

void art_init(struct art *a, unsigned rows, unsigned cols)
{
    *a = (struct art){.rows = rows, .cols = cols};
    a->cells = mem_array((size_t)rows * cols, sizeof *a->cells);
}

void art_fini(struct art *a)
{
    mem_free(a->cells);
    *a = (struct art){0};
}

bool art_want_is_fit(const struct art_want *w)
{
    return w->rows >= 1 && w->rows <= ART_SIDE_MAX && w->cols >= 1 && w->cols <= ART_SIDE_MAX &&
           w->ink < ART_INKS;
}

bool art_letter_is_fit(uint32_t letter, bool ascii)
{
    for (size_t i = 0; i < (ascii ? 1 : MEM_COUNT(LETTERS)); i++) {
        if (letter >= LETTERS[i][0] && letter <= LETTERS[i][1])
            return true;
    }
    return false;
}

size_t art_size(unsigned rows, unsigned cols)
{
    return ART_HEAD + (size_t)rows * cols * ART_CELL;
}

static void put_color(struct buf *out, uint32_t color)
{
    buf_u8(out, (uint8_t)(color >> 16));
    buf_u16(out, (uint16_t)color);
}

void art_put(struct buf *out, const struct art *a)
{
    buf_u16(out, (uint16_t)a->rows);
    buf_u16(out, (uint16_t)a->cols);
    for (size_t i = 0; i < (size_t)a->rows * a->cols; i++) {
        const struct art_cell *c = &a->cells[i];
        buf_u32(out, c->letter);
        buf_u8(out, c->flags);
        put_color(out, c->fg);
        put_color(out, c->bg);
    }
}

static uint32_t read_color(struct reader *r)
{
    uint32_t high = reader_u8(r);

    return high << 16 | reader_u16(r);
}

static bool color_is_fit(uint32_t color, bool there, enum art_ink ink)
{
    return there ? color < COLORS[ink] : color == 0;
}

static void read_cell(struct reader *r, struct art_cell *c, const struct art_want *w)
{
    c->letter = reader_u32(r);
    c->flags = reader_u8(r);
    c->fg = read_color(r);
    c->bg = read_color(r);
    if (!art_letter_is_fit(c->letter, w->ascii) || c->flags > (ART_HAS_FG | ART_HAS_BG) ||
        !color_is_fit(c->fg, (c->flags & ART_HAS_FG) != 0, w->ink) ||
        !color_is_fit(c->bg, (c->flags & ART_HAS_BG) != 0, w->ink))
        reader_fail(r, ERR_FORMAT);
}

enum err art_read(struct art *a, struct bytes from, const struct art_want *w)
{
    struct reader r;

    *a = (struct art){0};
    reader_init(&r, from);
    unsigned rows = reader_u16(&r);
    unsigned cols = reader_u16(&r);
    if (rows == 0 || cols == 0 || rows > w->rows || cols > w->cols ||
        from.n != art_size(rows, cols))
        return ERR_FORMAT;
    art_init(a, rows, cols);
    for (size_t i = 0; i < (size_t)rows * cols && reader_err(&r) == ERR_OK; i++)
        read_cell(&r, &a->cells[i], w);
    if (reader_end(&r) == ERR_OK)
        return ERR_OK;
    art_fini(a);
    return ERR_FORMAT;
}
