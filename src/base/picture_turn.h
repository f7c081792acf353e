/* SPDX-License-Identifier: ISC */
/*
 * Which way up a photograph is: cameras do not turn the picture, they note how it was held
 * (Exif, tag 0x0112). Whatever is not plainly so says nothing, and the picture stays as it is.
 */
#ifndef BASE_PICTURE_TURN_H
#define BASE_PICTURE_TURN_H

#include "base/picture_decode.h"

/* 1 to 8 as Exif counts them; 1, as it is, when it does not say. */
unsigned turn_of_jpeg(struct bytes in);
void turn_pixels(struct pixels *p, unsigned turn);

#endif
