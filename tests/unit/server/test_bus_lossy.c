/* SPDX-License-Identifier: ISC */
/* The bus that the others are tested with: it must really lose, and say so. */
#include <criterion/criterion.h>

#include "support/bus_lossy.h"

static struct loop loop;
static size_t heard;
static size_t gaps;
static uint64_t last;

static void hear(void *arg, const struct bus_msg *m)
{
    (void)arg;
    cr_assert_gt(m->seq, last);
    last = m->seq;
    heard++;
}

static void event(void *arg, enum bus_event ev)
{
    (void)arg;
    gaps += ev == BUS_GAP;
}

static void turn(void)
{
    loop_turn_begin(&loop, loop.now_ms + 1, 0);
    loop_turn_end(&loop);
}

static uint64_t run(uint64_t seed, unsigned percent)
{
    loop_init(&loop, 0, 0);
    struct bus *b = bus_lossy_new(bus_local_new(&loop, 100), &loop, seed, percent);
    struct bus_topic *t = bus_join(b, "x", hear, NULL);
    uint64_t dropped_before = 0;

    b->event = event;
    heard = gaps = 0;
    last = 0;
    for (uint64_t i = 1; i <= 1000; i++) {
        struct bus_msg m = {.seq = i, .frame = span_copy(bytes_str("f"))};
        size_t gaps_before = gaps;
        cr_assert_eq(bus_pub(b, t, &m), ERR_OK);
        turn();
        if (bus_lossy_dropped(b) == dropped_before)
            continue;
        dropped_before++;
        turn(); /* a gap comes in the same turn or in the next */
        cr_assert_eq(gaps, gaps_before + 1);
    }
    cr_assert_eq(heard + bus_lossy_dropped(b), 1000);
    cr_assert_eq(bus_lossy_gaps(b), gaps);
    cr_assert_null(bus_join(b, "no topic", hear, NULL));
    cr_assert_eq(bus_pending(b), 0);
    uint64_t order = last * 1000 + heard;
    bus_close(b);
    loop_fini(&loop);
    return order;
}

Test(bus_lossy, drops__its_share_and_says_so)
{
    (void)run(1, 10);
    cr_assert(heard > 850 && heard < 950, "%zu", heard);
    (void)run(1, 0);
    cr_assert(heard == 1000 && gaps == 0);
    (void)run(1, 100);
    cr_assert_eq(heard, 0);
}

Test(bus_lossy, repeats__under_its_seed)
{
    cr_assert_eq(run(42, 10), run(42, 10));
}
