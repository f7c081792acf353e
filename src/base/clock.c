/* SPDX-License-Identifier: ISC */
#include "base/clock.h"

#include <time.h>

#include "base/mem.h"

#define LAST_MS 253402300799999 /* the end of the year 9999 */

static struct timespec ask(clockid_t which)
{
    struct timespec t;

    if (clock_gettime(which, &t) != 0)
        mem_die("the system has no clock");
    return t;
}

uint64_t clock_mono_ms(void)
{
    struct timespec t = ask(CLOCK_MONOTONIC);

    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

int64_t clock_wall_ms(void)
{
    struct timespec t = ask(CLOCK_REALTIME);

    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* A time may come from a peer, so it is held between 1970 and 9999. */
static struct tm calendar(int64_t wall_ms)
{
    int64_t ms = wall_ms < 0 ? 0 : wall_ms > LAST_MS ? LAST_MS : wall_ms;
    time_t s = (time_t)(ms / 1000);
    struct tm tm = {0};

    (void)gmtime_r(&s, &tm);
    return tm;
}

void clock_iso(int64_t wall_ms, char out[CLOCK_TEXT])
{
    struct tm tm = calendar(wall_ms);

    (void)strftime(out, CLOCK_TEXT, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

void clock_stamp(int64_t wall_ms, char out[CLOCK_TEXT])
{
    struct tm tm = calendar(wall_ms);

    (void)strftime(out, CLOCK_TEXT, "%Y%m%d-%H%M%S", &tm);
}
