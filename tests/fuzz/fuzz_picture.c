/* SPDX-License-Identifier: ISC */
/* Pictures from strangers to cells, and what may cross the line between the two programs. The
 * first byte says what is asked for. */
#include <stdlib.h>

#include "base/mem.h"
#include "base/picture_paint.h"

#define PAINT_MOST (1u << 18) /* pixels: chafa is not what is looked at, and slow */

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void must(bool held)
{
    if (!held)
        abort();
}

static void crosses(const struct art *made, const struct art_want *w)
{
    struct art read;
    struct buf b;

    buf_init(&b, art_size(w->rows, w->cols));
    art_put(&b, made);
    must(buf_end(&b) == ERR_OK && art_read(&read, buf_view(&b), w) == ERR_OK);
    must(read.rows == made->rows && read.cols == made->cols);
    art_fini(&read);
    buf_free(&b);
}

static void picture(struct bytes in, const struct art_want *w)
{
    struct pixels pixels;
    struct art art;

    if (decode_picture(in, w->cols * PAINT_PER_CELL, &pixels) != ERR_OK) {
        must(pixels.rgba == NULL);
        return;
    }
    must(pixels.width >= 1 && pixels.width <= DECODE_SIDE);
    must(pixels.height >= 1 && pixels.height <= DECODE_SIDE);
    if ((uint64_t)pixels.width * pixels.height <= PAINT_MOST) {
        paint_pixels(&pixels, w, &art);
        crosses(&art, w);
        art_fini(&art);
    }
    pixels_fini(&pixels);
}

/* What a child that was taken over may say. */
static void said(struct bytes in, const struct art_want *w)
{
    struct art art;

    if (art_read(&art, in, w) != ERR_OK) {
        must(art.cells == NULL);
        return;
    }
    for (size_t i = 0; i < (size_t)art.rows * art.cols; i++)
        must(art_letter_is_fit(art.cells[i].letter, w->ascii));
    crosses(&art, w);
    art_fini(&art);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    if (n < 1 || n > 65536)
        return 0;
    const struct art_want w = {1 + (p[0] >> 4), 1 + (p[0] >> 3 & 15),
        (enum art_ink)(p[0] % ART_INKS), (p[0] & 1) != 0, (p[0] & 2) != 0};
    struct bytes in = bytes_of(p + 1, n - 1);

    picture(in, &w);
    said(in, &w);
    return 0;
}
