/* SPDX-License-Identifier: ISC */
#include <criterion/criterion.h>

#include "base/mem.h"
#include "base/picture_paint.h"
#include "support/gallery.h"

static void sample(struct pixels *p, unsigned width, unsigned height)
{
    struct buf b;

    buf_init(&b, 8 << 20);
    gallery_put(&b, GALLERY_PNG, width, height);
    cr_assert_eq(decode_picture(buf_view(&b), 0, p), ERR_OK);
    buf_free(&b);
}

Test(paint, pixels__what_comes_out_can_be_read_whatever_is_asked_for)
{
    static const unsigned SIZES[][2] = {{1, 1}, {1, 80}, {24, 1}, {24, 80}, {100, 300}};
    static const unsigned SHAPES[][2] = {{1, 1}, {1, 500}, {500, 1}, {64, 64}, {640, 200}};

    for (size_t s = 0; s < MEM_COUNT(SHAPES); s++) {
        struct pixels p;
        sample(&p, SHAPES[s][0], SHAPES[s][1]);
        for (size_t i = 0; i < MEM_COUNT(SIZES) * ART_INKS * 2; i++) {
            struct art_want w = {SIZES[i % 5][0], SIZES[i % 5][1],
                (enum art_ink)(i / 5 % ART_INKS), i / 5 / ART_INKS == 1, i % 3 == 0};
            struct art made, read;
            struct buf b;
            paint_pixels(&p, &w, &made);
            buf_init(&b, art_size(w.rows, w.cols));
            art_put(&b, &made);
            cr_assert_eq(art_read(&read, buf_view(&b), &w), ERR_OK, "%zu, %zu", s, i);
            art_fini(&read);
            art_fini(&made);
            buf_free(&b);
        }
        pixels_fini(&p);
    }
}

Test(paint, pixels__keeps_its_shape_and_its_colours)
{
    const struct art_want w = {40, 40, ART_DIRECT, false, false};
    struct pixels p;
    struct art a;

    sample(&p, 640, 320);
    paint_pixels(&p, &w, &a);
    cr_expect(a.cols == 40 && a.rows == 10, "%ux%u", a.cols, a.rows);
    const struct art_cell *left = &a.cells[7 * 40 + 5];
    const struct art_cell *right = &a.cells[7 * 40 + 35];
    const struct art_cell *top = &a.cells[5];
    cr_expect_eq(left->flags, ART_HAS_FG | ART_HAS_BG);
    cr_expect(left->bg == 0xff0000 || left->fg == 0xff0000, "%x %x", left->fg, left->bg);
    cr_expect(right->bg == 0x0000ff || right->fg == 0x0000ff, "%x %x", right->fg, right->bg);
    cr_expect(top->bg == 0x00ff00 || top->fg == 0x00ff00, "%x %x", top->fg, top->bg);
    art_fini(&a);
    pixels_fini(&p);
}

Test(paint, pixels__what_cannot_be_seen_is_the_terminals_own)
{
    const struct art_want w = {4, 8, ART_256, false, false};
    struct pixels p = {32, 32, mem_alloc((size_t)32 * 32 * 4)};
    struct art a;

    paint_pixels(&p, &w, &a);
    for (size_t i = 0; i < (size_t)a.rows * a.cols; i++) {
        cr_expect_eq(a.cells[i].letter, ' ');
        cr_expect_eq(a.cells[i].flags & ART_HAS_BG, 0);
    }
    art_fini(&a);
    pixels_fini(&p);
}

/* The letter of a picture that is black all over, where there are no colours. */
static uint32_t black_as(bool light)
{
    const struct art_want w = {1, 1, ART_MONO, false, light};
    struct pixels p = {16, 16, mem_alloc((size_t)16 * 16 * 4)};
    struct art a;

    for (size_t i = 0; i < (size_t)16 * 16; i++)
        p.rgba[i * 4 + 3] = 255;
    paint_pixels(&p, &w, &a);
    uint32_t letter = a.cells[0].letter;
    art_fini(&a);
    pixels_fini(&p);
    return letter;
}

Test(paint, pixels__without_colours_black_is_what_is_dark)
{
    cr_expect_eq(black_as(false), ' ');
    cr_expect_eq(black_as(true), 0x2588);
}

/* How a picture that has one colour all over is painted with 256 of them: its only index. */
static void painted_as(uint32_t rgb, struct art *a)
{
    const struct art_want w = {2, 4, ART_256, false, false};
    struct pixels p = {32, 32, mem_alloc((size_t)32 * 32 * 4)};

    for (size_t i = 0; i < (size_t)32 * 32; i++) {
        p.rgba[i * 4] = (uint8_t)(rgb >> 16);
        p.rgba[i * 4 + 1] = (uint8_t)(rgb >> 8);
        p.rgba[i * 4 + 2] = (uint8_t)rgb;
        p.rgba[i * 4 + 3] = 255;
    }
    paint_pixels(&p, &w, a);
    pixels_fini(&p);
}

/* Neither one of the first 16, which are what their owner made of them, nor one of the greys.
 */
static bool of_the_cube(uint32_t index)
{
    return index >= 16 && index < 232;
}

Test(paint, pixels__a_colour_stays_one_whatever_the_first_sixteen_are)
{
    static const uint32_t SOME[] = {0xff0000, 0x0000ff, 0x00cd00, 0x5c5cff, 0x205a28};

    for (size_t i = 0; i < MEM_COUNT(SOME); i++) {
        struct art a;
        painted_as(SOME[i], &a);
        for (size_t k = 0; k < (size_t)a.rows * a.cols; k++) {
            const struct art_cell *c = &a.cells[k];
            cr_expect(
                !(c->flags & ART_HAS_BG) || of_the_cube(c->bg), "%06x: %u", SOME[i], c->bg);
            cr_expect(!(c->flags & ART_HAS_FG) || of_the_cube(c->fg) || c->letter == ' ',
                "%06x: %u", SOME[i], c->fg);
            cr_expect_neq(c->flags & (ART_HAS_BG | ART_HAS_FG), 0);
        }
        art_fini(&a);
    }
}
