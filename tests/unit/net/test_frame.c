/* SPDX-License-Identifier: ISC */
#include "net/frame.h"

#include <criterion/criterion.h>

static const uint8_t sample[] = {0, 0, 0, 3, 0x04, 0x17, 0x15, 'a', 'b', 'c'};

Test(frame, head__what_the_notes_say)
{
    uint8_t op = 0;
    uint32_t length = 0;

    cr_assert_eq(frame_head(bytes_of(sample, sizeof sample), &op, &length), ERR_OK);
    cr_assert_eq(op, 0x15);
    cr_assert_eq(length, 3);
}

Test(frame, head__every_truncation_wants_more)
{
    uint8_t op = 0;
    uint32_t length = 0;

    for (size_t n = 0; n < FRAME_HEAD; n++)
        cr_assert_eq(frame_head(bytes_of(sample, n), &op, &length), ERR_MORE, "%zu bytes", n);
    cr_assert_eq(frame_head(bytes_of(sample, FRAME_HEAD), &op, &length), ERR_OK);
}

Test(frame, head__wrong_constants_are_told_at_once)
{
    uint8_t op = 0;
    uint32_t length = 0;

    for (size_t at = 4; at <= 5; at++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            uint8_t bad[sizeof sample];
            memcpy(bad, sample, sizeof bad);
            bad[at] ^= (uint8_t)(1u << bit);
            for (size_t n = 0; n <= sizeof bad; n++) {
                enum err want = n > at ? ERR_FORMAT : ERR_MORE;
                cr_assert_eq(frame_head(bytes_of(bad, n), &op, &length), want);
            }
        }
    }
}

Test(frame, begin_end__one_behind_the_other)
{
    struct buf b;

    buf_init(&b, 100);
    size_t first = frame_begin(&b, 0x15);
    buf_text(&b, "abc");
    frame_end(&b, first);
    size_t second = frame_begin(&b, 0x13);
    frame_end(&b, second);
    cr_assert_eq(b.n, sizeof sample + FRAME_HEAD);
    cr_assert_arr_eq(b.p, sample, sizeof sample);
    cr_assert_arr_eq(b.p + sizeof sample, "\0\0\0\0\x04\x17\x13", FRAME_HEAD);
    buf_free(&b);
}

Test(frame, end__a_frame_that_did_not_fit_is_not_finished)
{
    uint8_t room[8];
    struct buf b;

    buf_init_fixed(&b, room, sizeof room);
    size_t mark = frame_begin(&b, 1);
    buf_text(&b, "too long");
    frame_end(&b, mark);
    cr_assert_eq(buf_end(&b), ERR_TOO_BIG);
    cr_assert_eq(room[3], 0);
}
