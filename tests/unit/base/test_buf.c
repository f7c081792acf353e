/* SPDX-License-Identifier: ISC */
#include <criterion/criterion.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

static void expect_bytes(const struct buf *b, const char *want, size_t n)
{
    cr_assert_eq(b->n, n, "%zu bytes, not %zu", b->n, n);
    if (n != 0)
        cr_expect_arr_eq(b->p, want, n);
}

Test(buf, put__integers_are_big_endian)
{
    struct buf b;

    buf_init(&b, 100);
    buf_u8(&b, 0x01);
    buf_u16(&b, 0x0203);
    buf_u32(&b, 0x04050607);
    buf_u64(&b, 0x08090a0b0c0d0e0f);
    cr_expect_eq(buf_end(&b), ERR_OK);
    expect_bytes(&b, "\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f", 15);
    buf_free(&b);
}

Test(buf, put__the_ceiling_holds_at_every_size)
{
    static const char TEXT[300] = {1};

    for (size_t max = 0; max < 300; max++) {
        struct buf b;
        buf_init(&b, max);
        buf_put(&b, TEXT, max);
        cr_expect_eq(buf_end(&b), ERR_OK, "max %zu", max);
        buf_u8(&b, 1);
        cr_expect_eq(buf_end(&b), ERR_TOO_BIG, "max %zu", max);
        cr_expect_eq(b.n, max);
        buf_put(&b, TEXT, 0);
        cr_expect_eq(buf_end(&b), ERR_TOO_BIG);
        buf_free(&b);
    }
}

Test(buf, put__after_the_latch_nothing_is_added)
{
    struct buf b;

    buf_init(&b, 4);
    buf_text(&b, "abc");
    buf_u16(&b, 1);
    buf_u8(&b, 'd'); /* would fit, comes too late */
    expect_bytes(&b, "abc", 3);
    cr_expect_null(buf_space(&b, 1));
    cr_expect_str_eq(buf_cstr(&b), "");
    buf_clear(&b);
    buf_text(&b, "wxyz");
    cr_expect_eq(buf_end(&b), ERR_OK);
    expect_bytes(&b, "wxyz", 4);
    buf_free(&b);
}

Test(buf, put__a_size_that_would_overflow_is_too_big)
{
    struct buf b;

    buf_init(&b, 16);
    buf_u8(&b, 1);
    buf_put(&b, "", SIZE_MAX);
    cr_expect_eq(buf_end(&b), ERR_TOO_BIG);
    cr_expect_null(buf_space(&b, SIZE_MAX));
    buf_free(&b);
}

Test(buf, put__grows_without_losing_a_byte)
{
    struct buf b;

    buf_init(&b, 1 << 20);
    for (unsigned i = 0; i < 100000; i++)
        buf_u8(&b, (uint8_t)(i * 7));
    cr_assert_eq(b.n, 100000);
    for (unsigned i = 0; i < 100000; i++)
        cr_assert_eq(b.p[i], (uint8_t)(i * 7));
    buf_free(&b);
    cr_expect_null(b.p);
    buf_u8(&b, 1); /* and may be used again, under the same ceiling */
    cr_expect_eq(buf_end(&b), ERR_OK);
    buf_wipe(&b);
    cr_expect_eq(b.n, 0);
}

Test(buf, fixed__writes_into_the_callers_bytes_and_no_further)
{
    char room[8] = "zzzzzzz";
    struct buf b;

    buf_init_fixed(&b, room, 4);
    buf_text(&b, "abcd");
    cr_expect_eq(buf_end(&b), ERR_OK);
    buf_u8(&b, 'e');
    cr_expect_eq(buf_end(&b), ERR_TOO_BIG);
    cr_expect_arr_eq(room, "abcdzzz", 8);
    buf_free(&b);
    buf_text(&b, "xy");
    cr_expect_arr_eq(room, "xycdzzz", 8);
    buf_wipe(&b);
    cr_expect_arr_eq(room, "\0\0\0\0zzz", 8);
}

Test(buf, fmt__an_exact_fit_is_a_fit)
{
    struct buf b;

    buf_init(&b, 5);
    buf_fmt(&b, "%d-%s", 12, "ab");
    cr_expect_eq(buf_end(&b), ERR_OK);
    expect_bytes(&b, "12-ab", 5);
    cr_expect_str_eq(buf_cstr(&b), "12-ab");
    buf_fmt(&b, "%s", "");
    cr_expect_eq(buf_end(&b), ERR_OK);
    buf_fmt(&b, "!");
    cr_expect_eq(buf_end(&b), ERR_TOO_BIG);
    buf_free(&b);
}

Test(buf, fmt__nothing_into_nothing)
{
    struct buf b;

    buf_init(&b, 0);
    buf_fmt(&b, "%s", "");
    cr_expect_eq(buf_end(&b), ERR_OK);
    cr_expect_str_eq(buf_cstr(&b), "");
    buf_free(&b);
}

Test(buf, fmt__fixed_bytes_need_room_for_the_end)
{
    char room[5] = "zzzz";
    struct buf b;

    buf_init_fixed(&b, room, 4);
    buf_fmt(&b, "%d", 1234);
    cr_expect_eq(buf_end(&b), ERR_TOO_BIG);
    cr_expect_eq(room[4], '\0');
    buf_clear(&b);
    buf_fmt(&b, "%d", 123);
    cr_expect_str_eq(buf_cstr(&b), "123");
}

Test(buf, cstr__does_not_count_its_end)
{
    struct buf b;

    buf_init(&b, 64);
    buf_text(&b, "ab");
    cr_expect_str_eq(buf_cstr(&b), "ab");
    buf_text(&b, "cd");
    cr_expect_str_eq(buf_cstr(&b), "abcd");
    cr_expect_eq(b.n, 4);
    buf_free(&b);
}

Test(buf, space__is_zeroed_even_where_something_was)
{
    struct buf b;

    buf_init(&b, 64);
    buf_text(&b, "secret");
    buf_clear(&b);
    uint8_t *p = buf_space(&b, 6);
    cr_expect_arr_eq(p, "\0\0\0\0\0\0", 6);
    cr_expect_eq(b.n, 6);
    buf_free(&b);
}

Test(buf, set__only_what_is_there)
{
    struct buf b;

    buf_init(&b, 64);
    buf_text(&b, "abcdef");
    buf_set_u16(&b, 0, 0x3132);
    buf_set_u32(&b, 2, 0x33343536);
    expect_bytes(&b, "123456", 6);
    buf_set_u16(&b, 5, 0);
    buf_set_u16(&b, SIZE_MAX, 0);
    buf_set_u32(&b, 3, 0);
    buf_set_u32(&b, SIZE_MAX - 1, 0);
    expect_bytes(&b, "123456", 6);
    buf_free(&b);
}

Test(buf, drop_front__some_all_and_too_much)
{
    struct buf b;

    buf_init(&b, 64);
    buf_drop_front(&b, 3);
    buf_text(&b, "abcdef");
    buf_drop_front(&b, 0);
    buf_drop_front(&b, 2);
    expect_bytes(&b, "cdef", 4);
    buf_drop_front(&b, 100);
    expect_bytes(&b, "", 0);
    buf_text(&b, "gh");
    expect_bytes(&b, "gh", 2);
    buf_free(&b);
}

Test(buf, bytes__compare_and_copy)
{
    char room[4];

    cr_expect(bytes_eq(bytes_str("ab"), bytes_of("abc", 2)));
    cr_expect_not(bytes_eq(bytes_str("ab"), bytes_str("ac")));
    cr_expect_not(bytes_eq(bytes_str("ab"), bytes_str("abc")));
    cr_expect(bytes_eq((struct bytes){0}, bytes_str("")));
    cr_expect(bytes_copy(room, sizeof room, bytes_str("abc")));
    cr_expect_str_eq(room, "abc");
    cr_expect_not(bytes_copy(room, sizeof room, bytes_str("wxyz")));
    cr_expect_str_eq(room, "wxy");
    cr_expect(bytes_copy(room, sizeof room, (struct bytes){0}));
    cr_expect_str_eq(room, "");
}
