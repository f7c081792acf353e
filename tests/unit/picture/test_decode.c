/* SPDX-License-Identifier: ISC */
#include <criterion/criterion.h>

#include "base/mem.h"
#include "base/picture_decode.h"
#include "support/gallery.h"

static const uint8_t *pixel(const struct pixels *p, unsigned x, unsigned y)
{
    return p->rgba + ((size_t)y * p->width + x) * 4;
}

/* Which of the three it is most; '-' where it is none of them clearly. */
static char hue(const uint8_t *p)
{
    for (int i = 0; i < 3; i++) {
        if (p[i] > 200 && p[(i + 1) % 3] < 80 && p[(i + 2) % 3] < 80)
            return "rgb"[i];
    }
    return '-';
}

static enum err decode(const struct buf *b, unsigned enough, struct pixels *out)
{
    enum err e = decode_picture(buf_view(b), enough, out);

    cr_assert_eq(e == ERR_OK, out->rgba != NULL);
    return e;
}

Test(decode, picture__each_format_as_it_was)
{
    for (int kind = 0; kind < GALLERY_COUNT; kind++) {
        struct pixels p;
        struct buf b;
        buf_init(&b, 1 << 20);
        gallery_put(&b, (enum gallery)kind, 40, 32);
        cr_assert_eq(decode(&b, 1000, &p), ERR_OK, "%d", kind);
        cr_expect(p.width == 40 && p.height == 32, "%d: %ux%u", kind, p.width, p.height);
        cr_expect_eq(hue(pixel(&p, 5, 2)), 'g', "%d", kind);
        cr_expect_eq(hue(pixel(&p, 5, 20)), 'r', "%d", kind);
        cr_expect_eq(hue(pixel(&p, 35, 20)), 'b', "%d", kind);
        cr_expect_eq(pixel(&p, 0, 0)[3], 255);
        pixels_fini(&p);
        pixels_fini(&p);
        buf_free(&b);
    }
}

Test(decode, picture__is_read_smaller_where_it_can_be_but_not_too_small)
{
    for (int kind = 0; kind < GALLERY_COUNT; kind++) {
        struct pixels p;
        struct buf b;
        buf_init(&b, 4 << 20);
        gallery_put(&b, (enum gallery)kind, 1600, 800);
        cr_assert_eq(decode(&b, 200, &p), ERR_OK, "%d", kind);
        if (kind == GALLERY_PNG)
            cr_expect(p.width == 1600 && p.height == 800);
        else
            cr_expect(p.width == 200 && p.height == 100, "%d: %ux%u", kind, p.width, p.height);
        cr_expect_eq(hue(pixel(&p, p.width / 4, p.height / 2)), 'r', "%d", kind);
        cr_expect_eq(hue(pixel(&p, p.width * 3 / 4, p.height / 2)), 'b', "%d", kind);
        pixels_fini(&p);
        cr_assert_eq(decode(&b, 1599, &p), ERR_OK);
        cr_expect_eq(p.width, 1600);
        pixels_fini(&p);
        buf_free(&b);
    }
}

Test(decode, picture__one_that_claims_too_much_is_refused_before_anything_is_allocated)
{
    static const uint32_t SIDES[][2] = {
        {60000, 60000}, {32767, 32767}, {1, 60000}, {60000, 1}, {16383, 16383}};
    struct pixels p;
    struct buf b;

    buf_init(&b, 1 << 20);
    for (size_t i = 0; i < MEM_COUNT(SIDES); i++) {
        buf_clear(&b);
        gallery_claim_png(&b, SIDES[i][0], SIDES[i][1]);
        cr_expect_eq(decode(&b, 100, &p), ERR_TOO_BIG, "PNG %zu", i);
        buf_clear(&b);
        gallery_claim_jpeg(&b, (uint16_t)SIDES[i][0], (uint16_t)SIDES[i][1]);
        cr_expect_eq(decode(&b, 100, &p), ERR_TOO_BIG, "JPEG %zu", i);
    }
    buf_clear(&b);
    gallery_claim_webp(&b, 16383, 16383);
    cr_expect_eq(decode(&b, 100, &p), ERR_TOO_BIG);
    buf_clear(&b);
    gallery_claim_png(&b, UINT32_MAX, UINT32_MAX);
    cr_expect_neq(decode(&b, 100, &p), ERR_OK);
    buf_clear(&b);
    gallery_claim_png(&b, 0, 10);
    cr_expect_eq(decode(&b, 100, &p), ERR_FORMAT);
    buf_free(&b);
}

Test(decode, picture__one_that_claims_more_than_it_has_is_damaged)
{
    struct pixels p;
    struct buf b;

    buf_init(&b, 1 << 20);
    gallery_claim_png(&b, 4000, 4000);
    cr_expect_eq(decode(&b, 100, &p), ERR_FORMAT);
    buf_clear(&b);
    gallery_claim_webp(&b, 2000, 2000);
    (void)decode(&b, 100, &p);
    pixels_fini(&p);
    buf_free(&b);
}

Test(decode, picture__what_is_none_is_none)
{
    static const char *const NONE[] = {"", "x", "GIF89a", "<svg/>", "\x89PNG\r\n\x1a\n",
        "\xff\xd8", "\xff\xd8\xff", "RIFF", "RIFF....WEBP", "RIFF....WAVE", "BM",
        "P6 1 1 255 "};
    struct pixels p;

    for (size_t i = 0; i < MEM_COUNT(NONE); i++)
        cr_expect_eq(decode_picture(bytes_str(NONE[i]), 100, &p), ERR_FORMAT, "%zu", i);
    cr_expect_eq(decode_picture(bytes_of(NULL, 0), 100, &p), ERR_FORMAT);
}

/* Whatever it says, it fits into what may be. */
static void expect_sane(struct bytes in)
{
    struct pixels p;

    if (decode_picture(in, 16, &p) == ERR_OK)
        cr_expect(
            p.width >= 1 && p.width <= DECODE_SIDE && p.height >= 1 && p.height <= DECODE_SIDE);
    else
        cr_expect_null(p.rgba);
    pixels_fini(&p);
}

/* In memory of exactly its size, so that a byte read behind it is seen. */
Test(decode, picture__cut_at_every_byte)
{
    for (int kind = 0; kind < GALLERY_COUNT; kind++) {
        struct buf b;
        buf_init(&b, 1 << 20);
        gallery_put(&b, (enum gallery)kind, 17, 9);
        for (size_t n = 0; n < b.n; n++) {
            uint8_t *copy = mem_dup(b.p, n);
            expect_sane(bytes_of(copy, n));
            mem_free(copy);
        }
        buf_free(&b);
    }
}

Test(decode, picture__with_every_bit_flipped)
{
    for (int kind = 0; kind < GALLERY_COUNT; kind++) {
        struct buf b;
        buf_init(&b, 1 << 20);
        gallery_put(&b, (enum gallery)kind, 17, 9);
        for (size_t i = 0; i < b.n * 8; i++) {
            b.p[i / 8] ^= (uint8_t)(1 << i % 8);
            expect_sane(buf_view(&b));
            b.p[i / 8] ^= (uint8_t)(1 << i % 8);
        }
        buf_free(&b);
    }
}
