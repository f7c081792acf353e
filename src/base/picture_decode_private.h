/* SPDX-License-Identifier: ISC */
/* What the files of decode share: one function a format; nobody else includes it. */
#ifndef BASE_PICTURE_DECODE_PRIVATE_H
#define BASE_PICTURE_DECODE_PRIVATE_H

#include <stdint.h>

#include "base/bytes.h"
#include "base/err.h"

struct pixels;

/* Whether a picture of that size may be read at all. most: pixels. */
enum err decode_judge(uint64_t width, uint64_t height, uint64_t most);
void decode_room(struct pixels *out, unsigned width, unsigned height);

enum err decode_png(struct bytes in, unsigned enough, struct pixels *out);
enum err decode_jpeg(struct bytes in, unsigned enough, struct pixels *out);
enum err decode_webp(struct bytes in, unsigned enough, struct pixels *out);

#endif
