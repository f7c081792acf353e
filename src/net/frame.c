/* SPDX-License-Identifier: ISC */
#include "net/frame.h"

#include "base/reader.h"

static const uint8_t MAGIC[2] = {0x04, 0x17};

enum err frame_head(struct bytes in, uint8_t *op, uint32_t *length)
{
    struct reader r;

    /* Wrong constants are told as early as they can be seen. */
    for (size_t i = 0; i < sizeof MAGIC && 4 + i < in.n; i++) {
        if (in.p[4 + i] != MAGIC[i])
            return ERR_FORMAT;
    }
    if (in.n < FRAME_HEAD)
        return ERR_MORE;
    reader_init(&r, in);
    *length = reader_u32(&r);
    (void)reader_u16(&r);
    *op = reader_u8(&r);
    return reader_err(&r);
}

void frame_put_head(uint8_t out[FRAME_HEAD], uint8_t op, uint32_t length)
{
    struct buf b;

    buf_init_fixed(&b, out, FRAME_HEAD);
    buf_u32(&b, length);
    buf_put(&b, MAGIC, sizeof MAGIC);
    buf_u8(&b, op);
}

size_t frame_begin(struct buf *b, uint8_t op)
{
    size_t mark = b->n;

    buf_u32(b, 0);
    buf_put(b, MAGIC, sizeof MAGIC);
    buf_u8(b, op);
    return mark;
}

void frame_end(struct buf *b, size_t mark)
{
    if (buf_end(b) == ERR_OK)
        buf_set_u32(b, mark, (uint32_t)(b->n - mark - FRAME_HEAD));
}
