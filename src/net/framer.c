/* SPDX-License-Identifier: ISC */
#include "net/framer.h"

#define RESERVE 4

/* Kept bytes: at most one read's worth beyond the largest frame there is. */
#define FRAMER_MAX (4u << 20)

void framer_init(struct framer *f)
{
    *f = (struct framer){0};
    buf_init(&f->kept, FRAMER_MAX);
}

void framer_fini(struct framer *f)
{
    buf_free(&f->kept);
}

/* Hands out frames from in; *used says how far it came, *want what the next one needs. */
static enum err framer_scan(struct framer *f, struct bytes in, size_t *used,
    const struct framer_taker *to, uint8_t *bad_op)
{
    *used = 0;
    f->want = FRAME_HEAD;
    for (;;) {
        struct bytes rest = bytes_of(in.p + *used, in.n - *used);
        struct frame frame;
        uint32_t length = 0;
        enum err e = frame_head(rest, &frame.op, &length);
        if (e == ERR_MORE)
            return ERR_OK;
        if (e != ERR_OK)
            return e;
        *bad_op = frame.op;
        if (length > to->ceiling(to->arg, frame.op))
            return ERR_TOO_BIG;
        if (rest.n - FRAME_HEAD < length) {
            f->want = FRAME_HEAD + (size_t)length;
            return ERR_OK;
        }
        frame.body = bytes_of(rest.p + FRAME_HEAD, length);
        enum framer_verdict v = to->take(to->arg, &frame);
        if (v == FRAMER_STOP)
            f->stopped = true;
        if (v == FRAMER_STALL)
            f->want = 0;
        if (v != FRAMER_NEXT)
            return ERR_OK;
        *used += FRAME_HEAD + (size_t)length;
    }
}

enum err framer_run(struct framer *f, const struct framer_taker *to, uint8_t *bad_op)
{
    size_t used = 0;

    if (f->stopped || f->kept.n == 0 || f->kept.n < f->want)
        return ERR_OK;
    enum err e = framer_scan(f, buf_view(&f->kept), &used, to, bad_op);
    buf_drop_front(&f->kept, used);
    if (f->kept.n == 0 || f->stopped)
        buf_free(&f->kept);
    return e;
}

/* A frame was offered and not taken: nothing is offered before framer_run(). */
static bool framer_stalled(const struct framer *f)
{
    return f->kept.n != 0 && f->want == 0;
}

static enum err framer_keep(struct framer *f, struct bytes in)
{
    /* At once as much as the frame will need; but a head alone makes nobody give memory. */
    if (f->kept.n + in.n >= f->want / RESERVE)
        buf_reserve(&f->kept, f->want);
    buf_bytes(&f->kept, in);
    return buf_end(&f->kept) == ERR_OK ? ERR_OK : ERR_TOO_BIG;
}

enum err framer_feed(
    struct framer *f, struct bytes in, const struct framer_taker *to, uint8_t *bad_op)
{
    size_t used = 0;
    enum err e = ERR_OK;

    /* A frame begun before is completed alone: the whole ones behind it need no copy. */
    while (!f->stopped && f->kept.n != 0 && !framer_stalled(f) && in.n != 0) {
        size_t lack = f->want - f->kept.n;
        struct bytes part = bytes_of(in.p, lack < in.n ? lack : in.n);
        in = bytes_of(in.p + part.n, in.n - part.n);
        e = framer_keep(f, part);
        if (e == ERR_OK)
            e = framer_run(f, to, bad_op);
        if (e != ERR_OK)
            return e;
    }
    if (f->stopped || in.n == 0)
        return ERR_OK;
    if (framer_stalled(f))
        return framer_keep(f, in);
    e = framer_scan(f, in, &used, to, bad_op);
    if (e == ERR_OK && !f->stopped)
        e = framer_keep(f, bytes_of(in.p + used, in.n - used));
    return e;
}

bool framer_partial(const struct framer *f)
{
    return f->kept.n != 0 && f->kept.n < f->want;
}

size_t framer_held(const struct framer *f)
{
    return f->kept.n;
}
