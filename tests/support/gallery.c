/* SPDX-License-Identifier: ISC */
#include "support/gallery.h"

#include <png.h>
#include <stdlib.h>
#include <turbojpeg.h>
#include <webp/encode.h>

#include "base/mem.h"

#define QUALITY 80

static void must(bool held)
{
    if (!held)
        abort();
}

static uint8_t *make(unsigned width, unsigned height)
{
    uint8_t *rgba = mem_array((size_t)width * height, 4);

    for (unsigned y = 0; y < height; y++) {
        for (unsigned x = 0; x < width; x++) {
            uint8_t *p = rgba + ((size_t)y * width + x) * 4;
            bool top = y * 4 < height;
            p[top ? 1 : x * 2 < width ? 0 : 2] = 255;
            p[3] = 255;
        }
    }
    return rgba;
}

static void put_png(struct buf *out, const uint8_t *rgba, unsigned width, unsigned height)
{
    png_image image = {.version = PNG_IMAGE_VERSION,
        .width = width,
        .height = height,
        .format = PNG_FORMAT_RGBA};
    png_alloc_size_t n = 0;

    must(png_image_write_get_memory_size(image, n, 0, rgba, 0, NULL) != 0);
    uint8_t *room = buf_space(out, n);
    must(room != NULL && png_image_write_to_memory(&image, room, &n, 0, rgba, 0, NULL) != 0);
}

static void put_jpeg(
    struct buf *out, const uint8_t *rgba, unsigned width, unsigned height, int flags)
{
    tjhandle h = tjInitCompress();
    unsigned char *jpeg = NULL;
    unsigned long n = 0;

    must(h != NULL && tjCompress2(h, rgba, (int)width, 0, (int)height, TJPF_RGBA, &jpeg, &n,
                          TJSAMP_444, QUALITY, flags) == 0);
    buf_put(out, jpeg, n);
    tjFree(jpeg);
    (void)tjDestroy(h);
}

static void put_webp(
    struct buf *out, const uint8_t *rgba, unsigned width, unsigned height, bool exact)
{
    uint8_t *webp = NULL;
    int w = (int)width;
    int h = (int)height;
    size_t n = exact ? WebPEncodeLosslessRGBA(rgba, w, h, w * 4, &webp)
                     : WebPEncodeRGBA(rgba, w, h, w * 4, QUALITY, &webp);

    must(n != 0);
    buf_put(out, webp, n);
    WebPFree(webp);
}

void gallery_put(struct buf *out, enum gallery kind, unsigned width, unsigned height)
{
    uint8_t *rgba = make(width, height);

    if (kind == GALLERY_PNG)
        put_png(out, rgba, width, height);
    else if (kind == GALLERY_JPEG || kind == GALLERY_JPEG_STEPS)
        put_jpeg(out, rgba, width, height, kind == GALLERY_JPEG ? 0 : TJFLAG_PROGRESSIVE);
    else
        put_webp(out, rgba, width, height, kind == GALLERY_WEBP_EXACT);
    mem_free(rgba);
}

static uint32_t crc(const uint8_t *p, size_t n)
{
    uint32_t c = UINT32_MAX;

    for (size_t i = 0; i < n * 8; i++) {
        c ^= i % 8 == 0 ? p[i / 8] : 0;
        c = c >> 1 ^ ((c & 1) != 0 ? 0xedb88320 : 0);
    }
    return ~c;
}

static void put_chunk(struct buf *out, const char *name, struct bytes data)
{
    size_t at = out->n + 4;

    buf_u32(out, (uint32_t)data.n);
    buf_text(out, name);
    buf_bytes(out, data);
    buf_u32(out, crc(out->p + at, out->n - at));
}

void gallery_claim_png(struct buf *out, uint32_t width, uint32_t height)
{
    uint8_t head[13];
    struct buf b;

    buf_init_fixed(&b, head, sizeof head);
    buf_u32(&b, width);
    buf_u32(&b, height);
    buf_put(&b, "\x08\x06\0\0\0", 5); /* eight bits of red, green, blue and alpha */
    buf_put(out, "\x89PNG\r\n\x1a\n", 8);
    put_chunk(out, "IHDR", buf_view(&b));
    put_chunk(out, "IDAT", bytes_of("\x78\x9c\x63\x60\x00", 5));
    put_chunk(out, "IEND", bytes_str(""));
}

void gallery_claim_jpeg(struct buf *out, uint16_t width, uint16_t height)
{
    size_t from = out->n;

    gallery_put(out, GALLERY_JPEG, 16, 16);
    for (size_t i = from; i + 8 < out->n; i++) {
        if (out->p[i] == 0xff && out->p[i + 1] == 0xc0) {
            buf_set_u16(out, i + 5, height);
            buf_set_u16(out, i + 7, width);
            return;
        }
    }
    must(false);
}

void gallery_turned_jpeg(struct buf *out, unsigned width, unsigned height, uint16_t turn)
{
    struct buf plain;

    buf_init(&plain, 1 << 20);
    gallery_put(&plain, GALLERY_JPEG, width, height);
    buf_put(out, plain.p, 2);
    buf_put(out,
        "\xff\xe1\0\x22"
        "Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01",
        28);
    buf_u16(out, turn);
    buf_put(out, "\0\0\0\0\0\0", 6);
    buf_put(out, plain.p + 2, plain.n - 2);
    buf_free(&plain);
}

void gallery_claim_webp(struct buf *out, unsigned width, unsigned height)
{
    uint32_t bits = (width - 1) | (height - 1) << 14;

    buf_put(out, "RIFF\x1a\0\0\0WEBPVP8L\x0d\0\0\0\x2f", 21);
    for (int i = 0; i < 4; i++)
        buf_u8(out, (uint8_t)(bits >> (8 * i)));
    buf_put(out, "\0\0\0\0\0\0\0\0\0", 9);
}
