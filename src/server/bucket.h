/* SPDX-License-Identifier: ISC */
/*
 * A token bucket in one number (GCRA): the time at which the bucket would be full again.
 * burst tokens at most, rate_milli a second in thousandths; burst 0 means no limit.
 */
#ifndef SERVER_BUCKET_H
#define SERVER_BUCKET_H

#include <stdbool.h>
#include <stdint.h>

struct bucket {
    uint64_t full_ns;
};

/* How long n tokens take; the product of two limits may not fit 64 bits. */
static inline uint64_t bucket_ns(uint64_t n, int64_t rate_milli)
{
    __extension__ unsigned __int128 ns = n;

    ns = ns * 1000000000000u / (uint64_t)rate_milli;
    return (uint64_t)ns;
}

/* Takes cost tokens, or takes none and says how long until they are there. More than burst are
 * never there: cost is at most burst. */
static inline bool bucket_take(struct bucket *b, uint64_t now_ms, int64_t burst,
    int64_t rate_milli, uint64_t cost, uint64_t *wait_ms)
{
    if (burst <= 0 || rate_milli <= 0)
        return true;
    uint64_t now = now_ms * 1000000;
    uint64_t full = (b->full_ns > now ? b->full_ns : now) + bucket_ns(cost, rate_milli);
    uint64_t most = now + bucket_ns((uint64_t)burst, rate_milli);
    if (full > most) {
        *wait_ms = (full - most + 999999) / 1000000;
        return false;
    }
    b->full_ns = full;
    return true;
}

#endif
