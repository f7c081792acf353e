/* SPDX-License-Identifier: ISC */
/*
 * Pictures from strangers, as pixels: PNG, JPEG, WebP. The door to the libraries that read
 * them, which are what strangers attack: so this is linked by the program that runs in a
 * sandbox, and by nothing that holds a key. What a picture claims to be is judged before
 * anything is allocated for it; what it then turns out to be is the sandbox's matter. It knows
 * no files and no terminal.
 */
#ifndef BASE_PICTURE_DECODE_H
#define BASE_PICTURE_DECODE_H

#include "base/bytes.h"
#include "base/err.h"

#define DECODE_SIDE 32767 /* pixels, either way */

struct pixels {
    unsigned width, height;
    uint8_t *rgba; /* row by row, not premultiplied */
};

/* enough: how many pixels are wanted at most, on the longer side; where the format has a way
 * to be read smaller, what comes is smaller than the picture, but not than that. ERR_FORMAT:
 * none of those, or damaged; ERR_TOO_BIG: too many pixels. out is empty then. */
enum err decode_picture(struct bytes in, unsigned enough, struct pixels *out);
void pixels_fini(struct pixels *p); /* again is fine */

#endif
