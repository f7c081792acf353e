/* SPDX-License-Identifier: ISC */
#include <criterion/criterion.h>

#include "base/mem.h"
#include "base/picture_turn.h"
#include "support/gallery.h"

/* Two rows of three, each pixel its own letter. */
static void expect_turned(unsigned turn, unsigned width, const char *want)
{
    struct pixels p = {3, 2, mem_alloc(24)};

    for (size_t i = 0; i < 6; i++)
        memset(p.rgba + i * 4, "abcdef"[i], 4);
    turn_pixels(&p, turn);
    cr_expect_eq(p.width, width, "%u", turn);
    cr_expect_eq(p.height, 6 / width);
    for (size_t i = 0; i < 6; i++)
        cr_expect_eq(p.rgba[i * 4 + i % 4], want[i], "turn %u, pixel %zu", turn, i);
    pixels_fini(&p);
}

Test(turn, pixels__all_eight_ways)
{
    /*  abc
     *  def  as it lies in the file */
    expect_turned(1, 3, "abcdef");
    expect_turned(2, 3, "cbafed");
    expect_turned(3, 3, "fedcba");
    expect_turned(4, 3, "defabc");
    expect_turned(5, 2, "adbecf");
    expect_turned(6, 2, "daebfc");
    expect_turned(7, 2, "fcebda");
    expect_turned(8, 2, "cfbead");
    expect_turned(0, 3, "abcdef");
    expect_turned(9, 3, "abcdef");
    expect_turned(UINT32_MAX, 3, "abcdef");
}

static unsigned turn_of(uint16_t says)
{
    struct buf b;

    buf_init(&b, 1 << 20);
    gallery_turned_jpeg(&b, 16, 8, says);
    unsigned turn = turn_of_jpeg(buf_view(&b));
    buf_free(&b);
    return turn;
}

Test(turn, of_jpeg__what_it_says_where_that_means_something)
{
    struct buf b;

    for (uint16_t i = 1; i <= 8; i++)
        cr_expect_eq(turn_of(i), i);
    cr_expect_eq(turn_of(0), 1);
    cr_expect_eq(turn_of(9), 1);
    cr_expect_eq(turn_of(0x0600), 1);
    buf_init(&b, 1 << 20);
    gallery_put(&b, GALLERY_JPEG, 16, 8);
    cr_expect_eq(turn_of_jpeg(buf_view(&b)), 1);
    buf_free(&b);
}

Test(turn, of_jpeg__either_order_of_bytes)
{
    static const uint8_t LITTLE[] = "\xff\xd8\xff\xe1\0\x22"
                                    "Exif\0\0II\x2a\0\x08\0\0\0\x01\0"
                                    "\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0\xff\xda";

    cr_expect_eq(turn_of_jpeg(bytes_of(LITTLE, sizeof LITTLE - 1)), 6);
}

Test(turn, of_jpeg__cut_and_flipped_it_says_nothing_or_something_that_there_is)
{
    struct buf b;

    buf_init(&b, 1 << 20);
    gallery_turned_jpeg(&b, 16, 8, 6);
    for (size_t n = 0; n < 60; n++) {
        uint8_t *copy = mem_dup(b.p, n);
        unsigned turn = turn_of_jpeg(bytes_of(copy, n));
        cr_expect(turn == 1 || turn == 6, "%zu", n);
        mem_free(copy);
    }
    for (size_t i = 0; i < 60 * 8; i++) {
        b.p[i / 8] ^= (uint8_t)(1 << i % 8);
        unsigned turn = turn_of_jpeg(buf_view(&b));
        cr_expect(turn >= 1 && turn <= 8, "%zu", i);
        b.p[i / 8] ^= (uint8_t)(1 << i % 8);
    }
    buf_free(&b);
}

Test(turn, picture__a_photograph_comes_upright)
{
    struct pixels p;
    struct buf b;

    buf_init(&b, 1 << 20);
    gallery_turned_jpeg(&b, 64, 32, 6);
    cr_assert_eq(decode_picture(buf_view(&b), 64, &p), ERR_OK);
    cr_assert(p.width == 32 && p.height == 64);
    /* What was above, green, is on the right now. */
    const uint8_t *right = p.rgba + ((size_t)32 * 32 + 30) * 4;
    cr_expect(right[1] > 200 && right[0] < 80);
    pixels_fini(&p);
    buf_free(&b);
}
