/* SPDX-License-Identifier: ISC */
/*
 * Pictures made on the spot, in each format that is read, and some that are only a claim. A
 * picture is red to the left, blue to the right, and its first row is green, so that it can be
 * seen which way up it is.
 */
#ifndef SUPPORT_GALLERY_H
#define SUPPORT_GALLERY_H

#include "base/buf.h"

enum gallery {
    GALLERY_PNG,
    GALLERY_JPEG,
    GALLERY_JPEG_STEPS, /* progressive */
    GALLERY_WEBP,
    GALLERY_WEBP_EXACT, /* without loss */
    GALLERY_COUNT
};

/* Appends it. */
void gallery_put(struct buf *out, enum gallery kind, unsigned width, unsigned height);
/* A PNG, whole but for the pixels, that says it is of this size. */
void gallery_claim_png(struct buf *out, uint32_t width, uint32_t height);
/* A JPEG that is made to say another size; and one that says how it was held. */
void gallery_claim_jpeg(struct buf *out, uint16_t width, uint16_t height);
void gallery_turned_jpeg(struct buf *out, unsigned width, unsigned height, uint16_t turn);
/* A WebP without loss, of nothing but its first bytes. */
void gallery_claim_webp(struct buf *out, unsigned width, unsigned height);

#endif
