/* SPDX-License-Identifier: ISC */
#include "mls/wire.h"

#include <criterion/criterion.h>

#include "base/mem.h"

static const struct {
    size_t n;
    const char *head;
    size_t head_n;
} LENGTHS[] = {
    {0, "\x00", 1},
    {1, "\x01", 1},
    {63, "\x3f", 1},
    {64, "\x40\x40", 2},
    {65, "\x40\x41", 2},
    {16383, "\x7f\xff", 2},
    {16384, "\x80\x00\x40\x00", 4},
    {16385, "\x80\x00\x40\x01", 4},
    {70000, "\x80\x01\x11\x70", 4},
    {37, "\x25", 1}, /* printed in RFC 9420, 2.1.2 */
    {15293, "\x7b\xbd", 2},
};

static enum err read_all(const void *p, size_t n, size_t max)
{
    struct reader r;

    reader_init(&r, bytes_of(p, n));
    (void)wire_vec(&r, max);
    return reader_end(&r);
}

/* Content that tells where a byte has gone. */
static uint8_t *content_of(size_t n)
{
    uint8_t *p = mem_alloc(n + 1);

    for (size_t i = 0; i < n; i++)
        p[i] = (uint8_t)(i * 7 + i / 256);
    return p;
}

Test(wire, vec__truncated_everywhere_is_refused)
{
    for (size_t i = 0; i < MEM_COUNT(LENGTHS); i++) {
        uint8_t *p = content_of(LENGTHS[i].n);
        struct buf b;

        buf_init(&b, WIRE_MAX);
        wire_put(&b, bytes_of(p, LENGTHS[i].n));
        for (size_t cut = 0; cut < b.n; cut += cut < 600 || cut + 600 > b.n ? 1 : 97) {
            uint8_t *exact = mem_dup(b.p, cut + (cut == 0));
            cr_assert_eq(read_all(exact, cut, WIRE_MAX), ERR_FORMAT, "%zu of %zu", cut, b.n);
            mem_free(exact);
        }
        buf_u8(&b, 0);
        cr_assert_eq(read_all(b.p, b.n, WIRE_MAX), ERR_FORMAT);
        buf_free(&b);
        mem_free(p);
    }
}

Test(wire, vec__longer_form_than_needed_is_refused)
{
    uint8_t p[20000] = {0};

    for (unsigned n = 0; n < 64; n++) {
        p[0] = 0x40;
        p[1] = (uint8_t)n;
        cr_assert_eq(read_all(p, 2 + n, WIRE_MAX), ERR_FORMAT);
    }
    for (unsigned n = 0; n < 16384; n += n >= 16320 ? 1 : 64) {
        p[0] = 0x80;
        p[1] = 0;
        p[2] = (uint8_t)(n >> 8);
        p[3] = (uint8_t)n;
        cr_assert_eq(read_all(p, 4 + n, WIRE_MAX), ERR_FORMAT);
    }
}

Test(wire, vec__prefix_eleven_is_refused)
{
    uint8_t p[300] = {0};

    for (unsigned first = 0xc0; first <= 0xff; first++) {
        p[0] = (uint8_t)first;
        for (size_t n = 1; n < sizeof p; n += 13) {
            struct reader r;
            reader_init(&r, bytes_of(p, n));
            cr_assert_eq(wire_vec(&r, SIZE_MAX).n, 0);
            cr_assert_eq(reader_err(&r), ERR_FORMAT);
        }
    }
}

Test(wire, vec__above_its_ceiling_is_too_big)
{
    uint8_t p[4 + 100] = {0x40, 100};

    cr_assert_eq(read_all(p, 102, 100), ERR_OK);
    cr_assert_eq(read_all(p, 102, 99), ERR_TOO_BIG);
    /* What is claimed is refused before it is looked for. */
    cr_assert_eq(read_all("\xbf\xff\xff\xff", 4, WIRE_MAX), ERR_TOO_BIG);
    cr_assert_eq(read_all("\x81\x00\x00\x01", 4, WIRE_MAX), ERR_TOO_BIG);
    cr_assert_eq(read_all("\x81\x00\x00\x00", 4, WIRE_MAX), ERR_FORMAT);
}

Test(wire, put__what_goes_out_comes_in)
{
    for (size_t i = 0; i < MEM_COUNT(LENGTHS); i++) {
        uint8_t *p = content_of(LENGTHS[i].n);
        struct bytes v = bytes_of(p, LENGTHS[i].n);
        struct buf b;
        struct reader r;

        buf_init(&b, WIRE_MAX);
        wire_put(&b, v);
        cr_assert_eq(buf_end(&b), ERR_OK);
        cr_assert_eq(b.n, LENGTHS[i].head_n + v.n);
        cr_assert_arr_eq(b.p, LENGTHS[i].head, LENGTHS[i].head_n);
        reader_init(&r, buf_view(&b));
        cr_assert(bytes_eq(wire_vec(&r, v.n), v));
        cr_assert_eq(reader_end(&r), ERR_OK);
        buf_free(&b);
        mem_free(p);
    }
}

Test(wire, put_length__as_the_rfc_prints_it) /* 2.1.2 */
{
    struct buf b;

    buf_init(&b, 8);
    wire_put_length(&b, 494878333);
    cr_assert(bytes_eq(buf_view(&b), bytes_of("\x9d\x7f\x3e\x7d", 4)));
    buf_free(&b);
}

Test(wire, put_length__ends_at_thirty_bits)
{
    uint8_t p[8];
    struct buf b;

    buf_init_fixed(&b, p, sizeof p);
    wire_put_length(&b, (1u << 30) - 1);
    cr_assert_eq(b.n, 4);
    cr_assert_arr_eq(p, "\xbf\xff\xff\xff", 4);
    wire_put_length(&b, 1u << 30);
    cr_assert_eq(buf_end(&b), ERR_TOO_BIG);
    cr_assert_eq(b.n, 4);
}

Test(wire, close__is_the_same_as_put)
{
    for (size_t i = 0; i < MEM_COUNT(LENGTHS); i++) {
        uint8_t *p = content_of(LENGTHS[i].n);
        struct bytes v = bytes_of(p, LENGTHS[i].n);
        struct buf want, got;

        buf_init(&want, WIRE_MAX);
        buf_init(&got, WIRE_MAX);
        buf_text(&want, "before");
        wire_put(&want, v);
        buf_text(&want, "behind");
        buf_text(&got, "before");
        size_t at = wire_open(&got);
        buf_bytes(&got, v);
        wire_close(&got, at);
        buf_text(&got, "behind");
        cr_assert_eq(buf_end(&got), ERR_OK);
        cr_assert(bytes_eq(buf_view(&want), buf_view(&got)), "%zu", v.n);
        buf_free(&want);
        buf_free(&got);
        mem_free(p);
    }
}

Test(wire, close__nests)
{
    struct buf b;
    struct reader r, one, two;

    buf_init(&b, WIRE_MAX);
    size_t outer = wire_open(&b);
    for (unsigned i = 0; i < 300; i++) {
        size_t inner = wire_open(&b);
        for (unsigned k = 0; k < i; k++)
            buf_u8(&b, (uint8_t)k);
        wire_close(&b, inner);
    }
    wire_close(&b, outer);
    cr_assert_eq(buf_end(&b), ERR_OK);
    reader_init(&r, buf_view(&b));
    wire_enter(&r, WIRE_MAX, &one);
    for (unsigned i = 0; i < 300; i++) {
        wire_enter(&one, WIRE_MAX, &two);
        for (unsigned k = 0; k < i; k++)
            cr_assert_eq(reader_u8(&two), (uint8_t)k);
        wire_leave(&one, &two);
    }
    wire_leave(&r, &one);
    cr_assert_eq(reader_end(&r), ERR_OK);
    buf_free(&b);
}

/* Every capacity around what is needed: it fits whole, or is latched and nothing is beyond. */
Test(wire, close__in_a_full_buf_latches)
{
    static const size_t sizes[] = {0, 63, 64, 16383, 16384};

    for (size_t i = 0; i < MEM_COUNT(sizes); i++) {
        size_t head = sizes[i] < 64 ? 1 : sizes[i] < 16384 ? 2 : 4;
        for (size_t cap = 0; cap <= sizes[i] + 5; cap += cap + 8 < sizes[i] ? 61 : 1) {
            uint8_t *p = mem_alloc(cap + (cap == 0));
            uint8_t *content = content_of(sizes[i]);
            struct buf b;
            buf_init_fixed(&b, p, cap);
            size_t at = wire_open(&b);
            buf_put(&b, content, sizes[i]);
            wire_close(&b, at);
            bool fits = cap >= sizes[i] + head;
            cr_assert_eq(buf_end(&b), fits ? ERR_OK : ERR_TOO_BIG, "%zu in %zu", sizes[i], cap);
            if (fits)
                cr_assert_eq(b.n, sizes[i] + head);
            mem_free(content);
            mem_free(p);
        }
    }
}

Test(wire, close__of_a_latched_buf_leaves_it_as_it_is)
{
    uint8_t p[200] = {0};
    struct buf b;

    buf_init_fixed(&b, p, sizeof p);
    size_t at = wire_open(&b);
    (void)buf_space(&b, 100);
    b.err = ERR_FORMAT;
    wire_close(&b, at);
    cr_assert_eq(buf_end(&b), ERR_FORMAT);
    cr_assert_eq(b.n, 101);
    cr_assert_eq(p[0], 0);
    wire_close(&b, wire_open(&b));
    wire_put_length(&b, SIZE_MAX);
    cr_assert_eq(buf_end(&b), ERR_FORMAT);
    cr_assert_eq(b.n, 101);
}

Test(wire, optional__is_a_zero_or_a_one)
{
    for (unsigned v = 0; v < 256; v++) {
        uint8_t b = (uint8_t)v;
        struct reader r;
        reader_init(&r, bytes_of(&b, 1));
        cr_assert_eq(wire_optional(&r), v == 1);
        cr_assert_eq(reader_end(&r), v < 2 ? ERR_OK : ERR_FORMAT);
    }
    struct reader none;
    reader_init(&none, (struct bytes){0});
    cr_assert_not(wire_optional(&none));
    cr_assert_eq(reader_end(&none), ERR_FORMAT);
}

Test(wire, leave__bytes_left_over_are_refused)
{
    struct reader r, in;

    reader_init(&r, bytes_of("\x02\x07\x08\x09", 4));
    wire_enter(&r, 10, &in);
    cr_assert_eq(reader_u8(&in), 7);
    wire_leave(&r, &in);
    cr_assert_eq(reader_err(&r), ERR_FORMAT);
}

Test(wire, leave__passes_on_what_failed_inside)
{
    struct reader r, in;

    reader_init(&r, bytes_of("\x02\x07\x08\x09", 4));
    wire_enter(&r, 10, &in);
    reader_fail(&in, ERR_UNSUPPORTED);
    wire_leave(&r, &in);
    cr_assert_eq(reader_err(&r), ERR_UNSUPPORTED);
    /* The inside ends where the vector ends, not where the bytes do. */
    reader_init(&r, bytes_of("\x02\x07\x08\x09", 4));
    wire_enter(&r, 10, &in);
    (void)reader_bytes(&in, 3);
    wire_leave(&r, &in);
    cr_assert_eq(reader_err(&r), ERR_FORMAT);
}

Test(wire, enter__of_a_failed_reader_is_empty_and_failed)
{
    struct reader r, in;

    reader_init(&r, bytes_of("\x05\x07", 2));
    wire_enter(&r, 10, &in);
    cr_assert_eq(reader_left(&in), 0);
    cr_assert_eq(reader_err(&in), ERR_FORMAT);
    wire_leave(&r, &in);
    cr_assert_eq(reader_err(&r), ERR_FORMAT);
    reader_init(&r, bytes_of("\x05\x07", 2));
    wire_enter(&r, 4, &in);
    wire_leave(&r, &in);
    cr_assert_eq(reader_err(&r), ERR_TOO_BIG);
}

Test(wire, since__is_what_was_read)
{
    struct reader r;

    reader_init(&r, bytes_str("abcdef"));
    (void)reader_bytes(&r, 2);
    size_t from = r.at;
    cr_assert_eq(wire_since(&r, from).n, 0);
    (void)reader_bytes(&r, 3);
    cr_assert(bytes_eq(wire_since(&r, from), bytes_str("cde")));
    (void)reader_bytes(&r, 3);
    cr_assert_eq(wire_since(&r, from).n, 0);
    reader_init(&r, (struct bytes){0});
    cr_assert_eq(wire_since(&r, 0).n, 0);
}

Test(wire, moved__points_at_the_same_place_of_the_copy)
{
    static const uint8_t from[] = "abcdef", to[] = "ABCDEF";

    cr_assert(bytes_eq(wire_moved(bytes_of(from + 2, 3), from, to), bytes_str("CDE")));
    cr_assert_eq(wire_moved((struct bytes){0}, from, to).n, 0);
}

Test(wire, u16s__are_whole)
{
    for (uint8_t n = 0; n < 9; n++) {
        uint8_t p[9] = {n, 1, 2, 3, 4, 5, 6, 7, 8};
        struct reader r;
        reader_init(&r, bytes_of(p, 1u + n));
        struct bytes v = wire_u16s(&r);
        cr_assert_eq(reader_end(&r), n % 2 == 0 ? ERR_OK : ERR_FORMAT);
        cr_assert_eq(v.n, n % 2 == 0 ? n : 0);
    }
}

Test(wire, u16s_has__looks_at_whole_numbers)
{
    struct bytes list = bytes_of("\x00\x01\x02\x03\xfa\xfa", 6);

    cr_assert(wire_u16s_has(list, 0x0001));
    cr_assert(wire_u16s_has(list, 0x0203));
    cr_assert(wire_u16s_has(list, 0xfafa));
    cr_assert_not(wire_u16s_has(list, 0x0102));
    cr_assert_not(wire_u16s_has(list, 0x03fa));
    cr_assert_not(wire_u16s_has(list, 0x0100));
    cr_assert_not(wire_u16s_has((struct bytes){0}, 0));
}
