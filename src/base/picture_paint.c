/* SPDX-License-Identifier: ISC */
#include "base/picture_paint.h"

#include <chafa.h>

#include "base/mem.h"

#define CELL_SHAPE 0.5f /* a cell is twice as high as wide */
#define BLACK      0x000000
#define WHITE      0xffffff
#define SEEN       0.5f /* less opaque than that is the terminal's own background */

static const ChafaCanvasMode MODES[ART_INKS] = {
    [ART_MONO] = CHAFA_CANVAS_MODE_FGBG,
    [ART_8] = CHAFA_CANVAS_MODE_INDEXED_8,
    [ART_16] = CHAFA_CANVAS_MODE_INDEXED_16,
    [ART_256] = CHAFA_CANVAS_MODE_INDEXED_240, /* the first 16 look as their owner likes */
    [ART_DIRECT] = CHAFA_CANVAS_MODE_TRUECOLOR,
};

static ChafaCanvasConfig *configure(int cols, int rows, const struct art_want *w)
{
    ChafaCanvasConfig *c = chafa_canvas_config_new();
    ChafaSymbolMap *letters = chafa_symbol_map_new();

    if (w->ascii)
        chafa_symbol_map_add_by_tags(letters, CHAFA_SYMBOL_TAG_ASCII);
    else
        chafa_symbol_map_add_by_tags(
            letters, CHAFA_SYMBOL_TAG_SPACE | CHAFA_SYMBOL_TAG_BLOCK | CHAFA_SYMBOL_TAG_BORDER);
    chafa_canvas_config_set_symbol_map(c, letters);
    chafa_symbol_map_unref(letters);
    chafa_canvas_config_set_geometry(c, cols, rows);
    chafa_canvas_config_set_canvas_mode(c, MODES[w->ink]);
    chafa_canvas_config_set_pixel_mode(c, CHAFA_PIXEL_MODE_SYMBOLS);
    chafa_canvas_config_set_transparency_threshold(c, SEEN);
    chafa_canvas_config_set_fg_color(c, w->light ? BLACK : WHITE);
    chafa_canvas_config_set_bg_color(c, w->light ? WHITE : BLACK);
    /* A few colours are chosen as an eye would, not by numbers: else a dark green is grey. */
    if (w->ink != ART_DIRECT) {
        chafa_canvas_config_set_color_space(c, CHAFA_COLOR_SPACE_DIN99D);
        chafa_canvas_config_set_dither_mode(c, CHAFA_DITHER_MODE_ORDERED);
    }
    return c;
}

/* -1: none. */
static uint32_t color_of(int raw, enum art_ink ink, uint8_t flag, struct art_cell *cell)
{
    if (raw < 0 || ink == ART_MONO)
        return 0;
    cell->flags |= flag;
    return (uint32_t)raw & (ink == ART_DIRECT ? 0xffffff : 0xff);
}

static struct art_cell cell_at(ChafaCanvas *canvas, int x, int y, const struct art_want *w)
{
    struct art_cell cell = {.letter = chafa_canvas_get_char_at(canvas, x, y)};
    int fg = -1, bg = -1;

    if (!art_letter_is_fit(cell.letter, w->ascii))
        cell.letter = ' ';
    chafa_canvas_get_raw_colors_at(canvas, x, y, &fg, &bg);
    cell.fg = color_of(fg, w->ink, ART_HAS_FG, &cell);
    cell.bg = color_of(bg, w->ink, ART_HAS_BG, &cell);
    return cell;
}

static int within(int n, unsigned most)
{
    return n < 1 ? 1 : n > (int)most ? (int)most : n;
}

void paint_pixels(const struct pixels *p, const struct art_want *w, struct art *out)
{
    int cols = (int)w->cols;
    int rows = (int)w->rows;

    chafa_set_n_threads(1); /* none may be started where this runs */
    chafa_calc_canvas_geometry(
        (int)p->width, (int)p->height, &cols, &rows, CELL_SHAPE, FALSE, FALSE);
    cols = within(cols, w->cols);
    rows = within(rows, w->rows);
    ChafaCanvasConfig *config = configure(cols, rows, w);
    ChafaCanvas *canvas = chafa_canvas_new(config);
    chafa_canvas_draw_all_pixels(canvas, CHAFA_PIXEL_RGBA8_UNASSOCIATED, p->rgba, (int)p->width,
        (int)p->height, (int)(p->width * 4));
    art_init(out, (unsigned)rows, (unsigned)cols);
    for (int y = 0; y < rows; y++) {
        for (int x = 0; x < cols; x++)
            out->cells[(size_t)y * (size_t)cols + (size_t)x] = cell_at(canvas, x, y, w);
    }
    chafa_canvas_unref(canvas);
    chafa_canvas_config_unref(config);
}
