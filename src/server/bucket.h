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
    uint64_t full_us;
};

/* Takes cost tokens, or takes none and says how long until they are there. */
static inline bool bucket_take(struct bucket *b, uint64_t now_ms, int64_t burst,
    int64_t rate_milli, uint64_t cost, uint64_t *wait_ms)
{
    if (burst <= 0 || rate_milli <= 0)
        return true;
    uint64_t now_us = now_ms * 1000;
    uint64_t each_us = 1000000000u / (uint64_t)rate_milli;
    uint64_t from = b->full_us > now_us ? b->full_us : now_us;
    uint64_t full = from + each_us * cost;
    uint64_t most = now_us + each_us * (uint64_t)burst;
    if (full > most) {
        *wait_ms = (full - most + 999) / 1000;
        return false;
    }
    b->full_us = full;
    return true;
}

#endif
