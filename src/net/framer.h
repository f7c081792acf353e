/* SPDX-License-Identifier: ISC */
/*
 * From a stream of bytes to frames. Whole frames are handed out straight from the bytes that
 * came in; only what is left of an unfinished one is kept, and never more than one frame.
 * The taker may answer "not now": then the frame and all behind it stay and framer_run() is
 * called again later. Holds no memory while nothing is pending.
 */
#ifndef NET_FRAMER_H
#define NET_FRAMER_H

#include "net/frame.h"

enum framer_verdict { FRAMER_NEXT, FRAMER_STALL, FRAMER_STOP };

struct framer_taker {
    uint32_t (*ceiling)(void *arg, uint8_t op); /* largest body that op may have now */
    enum framer_verdict (*take)(void *arg, const struct frame *f); /* f is borrowed */
    void *arg;
};

struct framer {
    struct buf kept; /* unfinished or stalled bytes */
    size_t want;     /* how many bytes kept needs before another look is worth it */
    bool stopped;
};

void framer_init(struct framer *f);
void framer_fini(struct framer *f);
/* Adds bytes and hands out what is whole; while stalled it only adds. ERR_OK, ERR_FORMAT,
 * ERR_TOO_BIG (of the claimed op, in *bad_op); after an error the stream is lost. Stops quietly
 * at FRAMER_STOP. */
enum err framer_feed(
    struct framer *f, struct bytes in, const struct framer_taker *to, uint8_t *bad_op);
/* The same without new bytes, after a stall. */
enum err framer_run(struct framer *f, const struct framer_taker *to, uint8_t *bad_op);
bool framer_partial(const struct framer *f); /* an unfinished frame is waiting for the rest */
size_t framer_held(const struct framer *f);  /* bytes kept */

#endif
