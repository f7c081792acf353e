/* SPDX-License-Identifier: ISC */
#include <criterion/criterion.h>

#include "base/art.h"
#include "base/mem.h"

static const struct art_want WANT = {2, 3, ART_DIRECT, false, false};

/* Two rows of three, as it crosses the line. */
static void put_sample(struct buf *out)
{
    static const uint32_t LETTERS[] = {'a', ' ', 0x2580, 0x2500, 0x259f, '~'};
    struct art a;

    art_init(&a, 2, 3);
    for (size_t i = 0; i < 6; i++) {
        a.cells[i] = (struct art_cell){.letter = LETTERS[i], .flags = (uint8_t)(i % 4)};
        if ((a.cells[i].flags & ART_HAS_FG) != 0)
            a.cells[i].fg = 0x010203 + (uint32_t)i;
        if ((a.cells[i].flags & ART_HAS_BG) != 0)
            a.cells[i].bg = 0xfdfefa + (uint32_t)i;
    }
    buf_init(out, 1 << 16);
    art_put(out, &a);
    art_fini(&a);
}

static enum err read_as(const struct buf *b, const struct art_want *w)
{
    struct art a;
    enum err e = art_read(&a, buf_view(b), w);

    cr_expect_eq(e == ERR_OK, a.cells != NULL);
    art_fini(&a);
    art_fini(&a);
    return e;
}

Test(art, read__what_was_put_comes_back)
{
    struct buf b;
    struct art a;

    put_sample(&b);
    cr_assert_eq(b.n, art_size(2, 3));
    cr_assert_eq(art_read(&a, buf_view(&b), &WANT), ERR_OK);
    cr_expect(a.rows == 2 && a.cols == 3);
    cr_expect_eq(a.cells[2].letter, 0x2580);
    cr_expect(a.cells[0].flags == 0 && a.cells[0].fg == 0 && a.cells[0].bg == 0);
    cr_expect(a.cells[3].fg == 0x010206 && a.cells[3].bg == 0xfdfefd);
    art_fini(&a);
    buf_free(&b);
}

Test(art, read__refuses_every_beginning_and_what_follows)
{
    struct buf b;

    put_sample(&b);
    for (size_t n = b.n; n-- > 0;) {
        struct buf less = b;
        less.n = n;
        cr_expect_eq(read_as(&less, &WANT), ERR_FORMAT, "%zu", n);
    }
    buf_u8(&b, 0);
    cr_expect_eq(read_as(&b, &WANT), ERR_FORMAT);
    buf_free(&b);
}

Test(art, read__refuses_more_than_was_asked_for)
{
    static const struct art_want LESS[] = {
        {1, 3, ART_DIRECT, false, false}, {2, 2, ART_DIRECT, false, false}};
    static const struct art_want MORE = {ART_SIDE_MAX, ART_SIDE_MAX, ART_DIRECT, false, false};
    struct buf b;

    put_sample(&b);
    for (size_t i = 0; i < MEM_COUNT(LESS); i++)
        cr_expect_eq(read_as(&b, &LESS[i]), ERR_FORMAT);
    cr_expect_eq(read_as(&b, &MORE), ERR_OK);
    buf_set_u16(&b, 0, 0xffff);
    cr_expect_eq(read_as(&b, &MORE), ERR_FORMAT);
    buf_set_u16(&b, 0, 0);
    cr_expect_eq(read_as(&b, &MORE), ERR_FORMAT);
    buf_free(&b);
}

Test(art, read__letters_are_of_the_list_and_nothing_else)
{
    static const uint32_t BAD[] = {0, '\n', 0x1b, 0x1f, 0x7f, 0x80, 0x9b, 0xa0, 0xad, 0x300,
        0x200b, 0x202e, 0x24ff, 0x25a0, 0x3042, 0xd800, 0xfffd, 0x1f600, 0x110000, UINT32_MAX};
    struct buf b;

    put_sample(&b);
    for (size_t i = 0; i < MEM_COUNT(BAD); i++) {
        buf_set_u32(&b, ART_HEAD, BAD[i]);
        cr_expect_eq(read_as(&b, &WANT), ERR_FORMAT, "%x", BAD[i]);
        cr_expect_not(art_letter_is_fit(BAD[i], false));
    }
    for (uint32_t i = 0x2500; i <= 0x259f; i++) {
        buf_set_u32(&b, ART_HEAD, i);
        cr_expect_eq(read_as(&b, &WANT), ERR_OK, "%x", i);
        cr_expect_not(art_letter_is_fit(i, true));
    }
    buf_free(&b);
}

Test(art, read__only_ascii_where_that_is_all_there_is)
{
    struct art_want w = WANT;
    struct buf b;

    put_sample(&b);
    w.ascii = true;
    cr_expect_eq(read_as(&b, &w), ERR_FORMAT);
    for (size_t i = 0; i < 6; i++)
        buf_set_u32(&b, ART_HEAD + i * ART_CELL, 'x');
    cr_expect_eq(read_as(&b, &w), ERR_OK);
    buf_free(&b);
}

/* The first cell with these colours, read for a terminal that has so many. */
static enum err with_colors(uint8_t flags, uint32_t fg, uint32_t bg, enum art_ink ink)
{
    struct art_want w = {1, 1, ink, true, false};
    struct art_cell cell = {'x', fg, bg, flags};
    struct art one = {1, 1, &cell};
    struct buf b;

    buf_init(&b, 64);
    art_put(&b, &one);
    enum err e = read_as(&b, &w);
    buf_free(&b);
    return e;
}

Test(art, read__colours_are_those_of_the_terminal)
{
    static const uint32_t MOST[ART_INKS] = {
        [ART_8] = 7, [ART_16] = 15, [ART_256] = 255, [ART_DIRECT] = 0xffffff};

    for (int ink = ART_8; ink < ART_INKS; ink++) {
        cr_expect_eq(with_colors(3, MOST[ink], 0, (enum art_ink)ink), ERR_OK);
        cr_expect_eq(with_colors(3, 0, MOST[ink], (enum art_ink)ink), ERR_OK);
        if (ink == ART_DIRECT)
            continue;
        cr_expect_eq(with_colors(3, MOST[ink] + 1, 0, (enum art_ink)ink), ERR_FORMAT);
        cr_expect_eq(with_colors(3, 0, MOST[ink] + 1, (enum art_ink)ink), ERR_FORMAT);
        cr_expect_eq(with_colors(3, 0x010000, 0, (enum art_ink)ink), ERR_FORMAT);
    }
    cr_expect_eq(with_colors(0, 0, 0, ART_MONO), ERR_OK);
    cr_expect_eq(with_colors(ART_HAS_FG, 0, 0, ART_MONO), ERR_FORMAT);
    cr_expect_eq(with_colors(0, 1, 0, ART_DIRECT), ERR_FORMAT);
    cr_expect_eq(with_colors(ART_HAS_FG, 0, 1, ART_DIRECT), ERR_FORMAT);
    cr_expect_eq(with_colors(4, 0, 0, ART_DIRECT), ERR_FORMAT);
    cr_expect_eq(with_colors(0xff, 0, 0, ART_DIRECT), ERR_FORMAT);
}

Test(art, want__is_of_a_size_that_screens_have)
{
    static const struct art_want BAD[] = {{0, 1, ART_MONO, false, false},
        {1, 0, ART_MONO, false, false}, {ART_SIDE_MAX + 1, 1, ART_MONO, false, false},
        {1, UINT32_MAX, ART_MONO, false, false}, {1, 1, ART_INKS, false, false}};

    for (size_t i = 0; i < MEM_COUNT(BAD); i++)
        cr_expect_not(art_want_is_fit(&BAD[i]), "%zu", i);
    cr_expect(art_want_is_fit(&WANT));
}
