/* SPDX-License-Identifier: ISC */
#include <png.h>

#include "base/picture_decode.h"
#include "base/picture_decode_private.h"

#define MOST ((uint64_t)24 << 20) /* pixels: all of them are in memory at once */

enum err decode_png(struct bytes in, unsigned enough, struct pixels *out)
{
    png_image image = {.version = PNG_IMAGE_VERSION};
    enum err e = ERR_FORMAT;

    (void)enough;
    if (png_image_begin_read_from_memory(&image, in.p, in.n) != 0)
        e = decode_judge(image.width, image.height, MOST);
    if (e == ERR_OK) {
        image.format = PNG_FORMAT_RGBA;
        decode_room(out, image.width, image.height);
        if (png_image_finish_read(&image, NULL, out->rgba, 0, NULL) == 0)
            e = ERR_FORMAT;
    }
    png_image_free(&image);
    return e;
}
