/* SPDX-License-Identifier: ISC */
#include <criterion/criterion.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/reader.h"

/* One of every field, in an order that puts a length at many places. */
struct message {
    uint8_t a;
    uint16_t b;
    uint32_t c;
    uint64_t d;
    struct bytes name, small, large, fixed;
};

static void write_one(struct buf *b)
{
    buf_init(b, 1000);
    buf_u8(b, 1);
    buf_u16(b, 0x0203);
    buf_u32(b, 0x04050607);
    buf_u64(b, 0x08090a0b0c0d0e0f);
    buf_u8(b, 3);
    buf_text(b, "bob");
    buf_u16(b, 2);
    buf_text(b, "hi");
    buf_u32(b, 4);
    buf_text(b, "blob");
    buf_text(b, "xyz");
}

static enum err read_one(struct bytes from, struct message *m)
{
    struct reader r;

    reader_init(&r, from);
    m->a = reader_u8(&r);
    m->b = reader_u16(&r);
    m->c = reader_u32(&r);
    m->d = reader_u64(&r);
    m->name = reader_str8(&r);
    m->small = reader_blob16(&r, 100);
    m->large = reader_blob32(&r, 100);
    m->fixed = reader_bytes(&r, 3);
    return reader_end(&r);
}

Test(reader, end__gives_back_what_was_written)
{
    struct message m;
    struct buf b;

    write_one(&b);
    cr_assert_eq(read_one(buf_view(&b), &m), ERR_OK);
    cr_expect(m.a == 1 && m.b == 0x0203 && m.c == 0x04050607 && m.d == 0x08090a0b0c0d0e0f);
    cr_expect(bytes_eq(m.name, bytes_str("bob")));
    cr_expect(bytes_eq(m.small, bytes_str("hi")));
    cr_expect(bytes_eq(m.large, bytes_str("blob")));
    cr_expect(bytes_eq(m.fixed, bytes_str("xyz")));
    buf_free(&b);
}

Test(reader, end__every_truncation_is_refused)
{
    struct message m;
    struct buf b;

    write_one(&b);
    for (size_t n = 0; n < b.n; n++) {
        uint8_t *exact = mem_dup(b.p, n); /* so that one byte too far is seen */
        cr_expect_eq(read_one(bytes_of(exact, n), &m), ERR_FORMAT, "at %zu", n);
        mem_free(exact);
    }
    buf_free(&b);
}

Test(reader, end__a_trailing_byte_is_refused)
{
    struct message m;
    struct buf b;

    write_one(&b);
    buf_u8(&b, 0);
    cr_expect_eq(read_one(buf_view(&b), &m), ERR_FORMAT);
    buf_free(&b);
}

Test(reader, end__every_flipped_bit_stays_inside)
{
    struct message m;
    struct buf b;

    write_one(&b);
    for (size_t bit = 0; bit < b.n * 8; bit++) {
        uint8_t *exact = mem_dup(b.p, b.n);
        exact[bit / 8] ^= (uint8_t)(1 << bit % 8);
        enum err e = read_one(bytes_of(exact, b.n), &m);
        cr_expect(e == ERR_OK || e == ERR_FORMAT || e == ERR_TOO_BIG, "bit %zu: %d", bit, e);
        cr_expect(m.name.n + m.small.n + m.large.n <= b.n);
        mem_free(exact);
    }
    buf_free(&b);
}

Test(reader, blob__above_the_ceiling_is_too_big_before_it_is_short)
{
    struct reader r;

    reader_init(&r, bytes_of("\xff\xff\xff\xff", 4));
    (void)reader_blob32(&r, 100);
    cr_expect_eq(reader_end(&r), ERR_TOO_BIG);
    reader_init(&r, bytes_of("\x00\x65", 2));
    (void)reader_blob16(&r, 100);
    cr_expect_eq(reader_err(&r), ERR_TOO_BIG);
    reader_init(&r, bytes_of("\x00\x64", 2));
    (void)reader_blob16(&r, 100);
    cr_expect_eq(reader_err(&r), ERR_FORMAT);
}

Test(reader, fail__the_first_error_stays_and_reads_give_nothing)
{
    struct reader r;

    reader_init(&r, bytes_str("abcdef"));
    cr_expect_eq(reader_u8(&r), 'a');
    reader_fail(&r, ERR_VERSION);
    reader_fail(&r, ERR_CORRUPT);
    cr_expect_eq(reader_u32(&r), 0);
    cr_expect_eq(reader_rest(&r).n, 0);
    cr_expect_eq(reader_left(&r), 0);
    cr_expect_eq(reader_end(&r), ERR_VERSION);
}

Test(reader, u32__a_short_read_gives_zero_not_a_part)
{
    struct reader r;

    reader_init(&r, bytes_of("\xff\xff\xff", 3));
    cr_expect_eq(reader_u32(&r), 0);
    cr_expect_eq(reader_err(&r), ERR_FORMAT);
}

Test(reader, bytes__a_huge_count_does_not_wrap)
{
    struct reader r;

    reader_init(&r, bytes_str("abc"));
    (void)reader_u8(&r);
    cr_expect_null(reader_bytes(&r, SIZE_MAX).p);
    cr_expect_eq(reader_err(&r), ERR_FORMAT);
}

Test(reader, rest__of_nothing_is_nothing)
{
    struct reader r;

    reader_init(&r, (struct bytes){0});
    cr_expect_eq(reader_rest(&r).n, 0);
    cr_expect_eq(reader_bytes(&r, 0).n, 0);
    cr_expect_eq(reader_end(&r), ERR_OK);
    reader_init(&r, bytes_str("abc"));
    (void)reader_u8(&r);
    cr_expect(bytes_eq(reader_rest(&r), bytes_str("bc")));
    cr_expect_eq(reader_end(&r), ERR_OK);
}
