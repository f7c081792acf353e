/* SPDX-License-Identifier: ISC */
#include "net/framer.h"

#include <criterion/criterion.h>

#include "base/mem.h"

/* A taker that writes down what it got: op, length, body. */
struct taken {
    struct buf log;
    size_t count;
    size_t stall_at; /* that many are taken, the next is stalled */
    size_t stop_at;
    size_t offers;
    uint32_t ceiling;
};

static uint32_t ceiling(void *arg, uint8_t op)
{
    struct taken *t = arg;

    return op == 0x87 ? 2u << 20 : t->ceiling;
}

static enum framer_verdict take(void *arg, const struct frame *f)
{
    struct taken *t = arg;

    t->offers++;
    if (t->count == t->stall_at)
        return FRAMER_STALL;
    if (t->count == t->stop_at)
        return FRAMER_STOP;
    buf_u8(&t->log, f->op);
    buf_u32(&t->log, (uint32_t)f->body.n);
    buf_bytes(&t->log, f->body);
    t->count++;
    return FRAMER_NEXT;
}

static void taken_init(struct taken *t)
{
    *t = (struct taken){.stall_at = SIZE_MAX, .stop_at = SIZE_MAX, .ceiling = 1000};
    buf_init(&t->log, 8u << 20);
}

static void put(struct buf *b, uint8_t op, size_t n)
{
    size_t mark = frame_begin(b, op);

    for (size_t i = 0; i < n; i++)
        buf_u8(b, (uint8_t)(i * 31 + op));
    frame_end(b, mark);
}

/* Frames of many sizes, as a stream and as what must come out. */
static void stream(struct buf *in, struct buf *want)
{
    static const size_t sizes[] = {0, 1, 6, 7, 8, 100, 0, 0, 999, 1000, 3};

    buf_init(in, 1u << 20);
    buf_init(want, 1u << 20);
    for (size_t i = 0; i < MEM_COUNT(sizes); i++) {
        uint8_t op = (uint8_t)(i + 1);
        size_t at = in->n;
        put(in, op, sizes[i]);
        buf_u8(want, op);
        buf_u32(want, (uint32_t)sizes[i]);
        buf_put(want, in->p + at + FRAME_HEAD, sizes[i]);
    }
}

static void feed(struct framer *f, struct taken *t, struct bytes in, size_t step)
{
    const struct framer_taker to = {ceiling, take, t};
    uint8_t bad = 0;

    for (size_t at = 0; at < in.n; at += step) {
        size_t n = in.n - at < step ? in.n - at : step;
        cr_assert_eq(framer_feed(f, bytes_of(in.p + at, n), &to, &bad), ERR_OK);
    }
}

Test(framer, feed__however_the_stream_is_cut)
{
    struct buf in, want;

    stream(&in, &want);
    for (size_t step = 1; step <= in.n; step = step < 40 ? step + 1 : step * 2) {
        struct framer f;
        struct taken t;
        framer_init(&f);
        taken_init(&t);
        feed(&f, &t, buf_view(&in), step);
        cr_assert(bytes_eq(buf_view(&t.log), buf_view(&want)), "step %zu", step);
        cr_assert_eq(framer_held(&f), 0);
        cr_assert_null(f.kept.p, "memory is held while nothing is pending");
        framer_fini(&f);
        buf_free(&t.log);
    }
    for (size_t cut = 0; cut <= in.n; cut++) {
        struct framer f;
        struct taken t;
        framer_init(&f);
        taken_init(&t);
        feed(&f, &t, bytes_of(in.p, cut), SIZE_MAX / 2);
        feed(&f, &t, bytes_of(in.p + cut, in.n - cut), SIZE_MAX / 2);
        cr_assert(bytes_eq(buf_view(&t.log), buf_view(&want)), "cut at %zu", cut);
        framer_fini(&f);
        buf_free(&t.log);
    }
    buf_free(&in);
    buf_free(&want);
}

Test(framer, partial__only_while_a_frame_is_unfinished)
{
    struct framer f;
    struct taken t;
    struct buf in;

    framer_init(&f);
    taken_init(&t);
    buf_init(&in, 1000);
    put(&in, 5, 20);
    cr_assert_not(framer_partial(&f));
    const struct framer_taker to = {ceiling, take, &t};
    uint8_t bad = 0;
    cr_assert_eq(framer_run(&f, &to, &bad), ERR_OK, "with nothing kept it is nothing");
    for (size_t i = 0; i < in.n; i++) {
        feed(&f, &t, bytes_of(in.p + i, 1), 1);
        cr_assert_eq(framer_partial(&f), i + 1 < in.n, "after %zu bytes", i + 1);
    }
    framer_fini(&f);
    buf_free(&t.log);
    buf_free(&in);
}

Test(framer, stall__keeps_the_order_and_offers_again_only_when_asked)
{
    struct framer f;
    struct taken t;
    struct buf in, want;
    const struct framer_taker to = {ceiling, take, &t};
    uint8_t bad = 0;

    stream(&in, &want);
    framer_init(&f);
    taken_init(&t);
    t.stall_at = 0;
    feed(&f, &t, buf_view(&in), 333);
    cr_assert_eq(t.offers, 1);
    cr_assert_eq(framer_held(&f), in.n);
    cr_assert_not(framer_partial(&f), "a stalled frame is whole");
    cr_assert_eq(framer_run(&f, &to, &bad), ERR_OK);
    cr_assert_eq(t.offers, 2);
    while (t.stall_at < 11) { /* one frame at a time */
        t.stall_at++;
        cr_assert_eq(framer_run(&f, &to, &bad), ERR_OK);
        cr_assert_eq(t.count, t.stall_at);
    }
    cr_assert(bytes_eq(buf_view(&t.log), buf_view(&want)));
    cr_assert_null(f.kept.p);
    cr_assert_eq(framer_run(&f, &to, &bad), ERR_OK, "with nothing kept it is nothing");
    framer_fini(&f);
    buf_free(&t.log);
    buf_free(&in);
    buf_free(&want);
}

Test(framer, stall__then_half_a_frame)
{
    struct framer f;
    struct taken t;
    struct buf in;
    const struct framer_taker to = {ceiling, take, &t};
    uint8_t bad = 0;

    framer_init(&f);
    taken_init(&t);
    buf_init(&in, 1000);
    put(&in, 1, 3);
    put(&in, 2, 3);
    t.stall_at = 0;
    feed(&f, &t, bytes_of(in.p, in.n - 1), SIZE_MAX / 2);
    t.stall_at = SIZE_MAX;
    cr_assert_eq(framer_run(&f, &to, &bad), ERR_OK);
    cr_assert_eq(t.count, 1);
    cr_assert(framer_partial(&f));
    feed(&f, &t, bytes_of(in.p + in.n - 1, 1), 1);
    cr_assert_eq(t.count, 2);
    framer_fini(&f);
    buf_free(&t.log);
    buf_free(&in);
}

Test(framer, stop__nothing_more_is_handed_out)
{
    struct framer f;
    struct taken t;
    struct buf in, want;

    stream(&in, &want);
    framer_init(&f);
    taken_init(&t);
    t.stop_at = 2;
    feed(&f, &t, buf_view(&in), 5);
    cr_assert_eq(t.count, 2);
    cr_assert_eq(t.offers, 3);
    cr_assert_eq(framer_held(&f), 0);
    framer_fini(&f);
    buf_free(&t.log);
    buf_free(&in);
    buf_free(&want);
}

Test(framer, ceiling__refused_on_the_header_alone)
{
    static const uint8_t heads[][FRAME_HEAD] = {
        {0, 0, 0x03, 0xe9, 4, 0x17, 0x15}, {0xff, 0xff, 0xff, 0xff, 4, 0x17, 0x15}};

    for (size_t i = 0; i < MEM_COUNT(heads); i++) {
        for (size_t cut = 0; cut < FRAME_HEAD; cut++) {
            struct framer f;
            struct taken t;
            const struct framer_taker to = {ceiling, take, &t};
            uint8_t bad = 0;
            framer_init(&f);
            taken_init(&t);
            feed(&f, &t, bytes_of(heads[i], cut), SIZE_MAX / 2);
            cr_assert_eq(framer_feed(&f, bytes_of(heads[i] + cut, FRAME_HEAD - cut), &to, &bad),
                ERR_TOO_BIG);
            cr_assert_eq(bad, 0x15);
            cr_assert_leq(f.kept.cap, 64, "room was made for what was only claimed");
            framer_fini(&f);
            buf_free(&t.log);
        }
    }
}

Test(framer, feed__the_largest_frame_there_is)
{
    struct framer f;
    struct taken t;
    struct buf in;

    framer_init(&f);
    taken_init(&t);
    buf_init(&in, 4u << 20);
    put(&in, 0x87, 2u << 20);
    put(&in, 1, 1);
    feed(&f, &t, buf_view(&in), 65536);
    cr_assert_eq(t.count, 2);
    cr_assert_arr_eq(t.log.p + 5, in.p + FRAME_HEAD, 2u << 20);
    framer_fini(&f);
    buf_free(&t.log);
    buf_free(&in);
}

Test(framer, feed__broken_framing_is_an_error)
{
    struct framer f;
    struct taken t;
    const struct framer_taker to = {ceiling, take, &t};
    uint8_t bad = 0;

    framer_init(&f);
    taken_init(&t);
    cr_assert_eq(framer_feed(&f, bytes_str("GET / HTTP/1.1"), &to, &bad), ERR_FORMAT);
    cr_assert_eq(t.offers, 0);
    framer_fini(&f);
    buf_free(&t.log);
}
