/* SPDX-License-Identifier: ISC */
/* Bytes to frames: however a stream is cut into pieces and stalled, the frames are the same. */
#include <stdlib.h>
#include <string.h>

#include "net/framer.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

struct taken {
    struct buf all;
    unsigned stalls; /* bits: stall before this frame */
    unsigned count;
    bool stalled;
};

static uint32_t ceiling(void *arg, uint8_t op)
{
    (void)arg;
    return op % 2 == 0 ? 300 : 70000;
}

static enum framer_verdict take(void *arg, const struct frame *f)
{
    struct taken *t = arg;

    if (t->stalls >> t->count % 8 & 1 && !t->stalled) {
        t->stalled = true;
        return FRAMER_STALL;
    }
    t->stalled = false;
    t->count++;
    buf_u8(&t->all, f->op);
    buf_u32(&t->all, (uint32_t)f->body.n);
    buf_bytes(&t->all, f->body);
    return FRAMER_NEXT;
}

static enum err run(struct taken *t, struct bytes in, size_t piece, unsigned stalls)
{
    const struct framer_taker to = {ceiling, take, t};
    struct framer f;
    uint8_t bad = 0;
    enum err e = ERR_OK;

    *t = (struct taken){.stalls = stalls};
    buf_init(&t->all, 1u << 24);
    framer_init(&f);
    for (size_t at = 0; at < in.n && e == ERR_OK; at += piece) {
        size_t n = in.n - at < piece ? in.n - at : piece;
        e = framer_feed(&f, bytes_of(in.p + at, n), &to, &bad);
        while (e == ERR_OK && t->stalled)
            e = framer_run(&f, &to, &bad);
    }
    framer_fini(&f);
    return e;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    struct taken whole, pieces;

    if (n < 2)
        return 0;
    struct bytes in = bytes_of(p + 2, n - 2);
    enum err a = run(&whole, in, in.n + 1, 0);
    enum err b = run(&pieces, in, 1u + p[0], p[1]);
    /* Half a header that is wrong already is told as soon as it is looked at. */
    bool early = a == ERR_FORMAT && b == ERR_OK;
    if ((a != b && !early) || !bytes_eq(buf_view(&whole.all), buf_view(&pieces.all)))
        abort();
    buf_free(&whole.all);
    buf_free(&pieces.all);
    return 0;
}
