/* SPDX-License-Identifier: ISC */
#include <webp/decode.h>

#include "base/picture_decode.h"
#include "base/picture_decode_private.h"

#define MOST ((uint64_t)24 << 20) /* pixels: without loss all of them are in memory at once */

/* Read at this size: a fraction of its own, where that is enough. */
static void shrink(WebPDecoderConfig *c, unsigned enough)
{
    unsigned w = (unsigned)c->input.width;
    unsigned h = (unsigned)c->input.height;
    unsigned side = w > h ? w : h;
    unsigned by = enough != 0 ? side / enough : 0;

    if (by < 2)
        return;
    c->options.use_scaling = 1;
    c->options.scaled_width = (int)(w / by != 0 ? w / by : 1);
    c->options.scaled_height = (int)(h / by != 0 ? h / by : 1);
}

enum err decode_webp(struct bytes in, unsigned enough, struct pixels *out)
{
    WebPDecoderConfig c;

    if (WebPInitDecoderConfig(&c) == 0 ||
        WebPGetFeatures(in.p, in.n, &c.input) != VP8_STATUS_OK || c.input.has_animation != 0 ||
        c.input.width < 0 || c.input.height < 0)
        return ERR_FORMAT;
    enum err e = decode_judge((uint64_t)c.input.width, (uint64_t)c.input.height, MOST);
    if (e != ERR_OK)
        return e;
    shrink(&c, enough);
    bool less = c.options.use_scaling != 0;
    decode_room(out, (unsigned)(less ? c.options.scaled_width : c.input.width),
        (unsigned)(less ? c.options.scaled_height : c.input.height));
    c.output.colorspace = MODE_RGBA;
    c.output.is_external_memory = 1;
    c.output.u.RGBA.rgba = out->rgba;
    c.output.u.RGBA.stride = (int)(out->width * 4);
    c.output.u.RGBA.size = (size_t)out->width * out->height * 4;
    VP8StatusCode status = WebPDecode(in.p, in.n, &c);
    if (status != VP8_STATUS_OK)
        e = status == VP8_STATUS_OUT_OF_MEMORY ? ERR_TOO_BIG : ERR_FORMAT;
    WebPFreeDecBuffer(&c.output);
    return e;
}
