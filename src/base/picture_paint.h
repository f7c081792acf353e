/* SPDX-License-Identifier: ISC */
/*
 * Pixels to letters: the door to chafa. What comes out is what art_read() takes: fitted into
 * the wanted size with its shape kept, and letters of its list alone.
 */
#ifndef BASE_PICTURE_PAINT_H
#define BASE_PICTURE_PAINT_H

#include "base/art.h"
#include "base/picture_decode.h"

#define PAINT_PER_CELL 8 /* pixels a cell is looked at with, either way */

/* out is for the caller to art_fini(). */
void paint_pixels(const struct pixels *p, const struct art_want *w, struct art *out);

#endif
