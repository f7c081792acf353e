/* SPDX-License-Identifier: ISC */
#include "model/tally.h"

#define SPOKE_MS   (10 * 60 * 1000)
#define SPOKE_LOOK 256 /* at so many of what was said */

/* Up to event i but not with it, from some number on. */
static uint32_t before(const struct events *e, enum event_sum what, size_t i)
{
    const struct event *v = events_at(e, i != 0 ? i - 1 : 0);

    if (v == NULL)
        return 0;
    return v->sums[what] - (i == 0 && event_counts(v, what));
}

size_t tally_in(const struct events *e, unsigned what, size_t from, size_t to)
{
    size_t n = 0;

    to = to < e->count ? to : e->count;
    for (int s = 0; s < EVENT_SUMS && from < to; s++) {
        if ((what & TALLY(s)) != 0)
            n += before(e, (enum event_sum)s, to) - before(e, (enum event_sum)s, from);
    }
    return n;
}

bool tally_older(const struct events *e, enum event_sum what, size_t i, size_t *out)
{
    size_t low = 0;
    size_t high = i < e->count ? i : e->count;
    size_t end = high;

    if (tally_in(e, TALLY(what), 0, end) == 0)
        return false;
    while (high - low > 1) { /* the last start from which one is seen */
        size_t mid = low + (high - low) / 2;
        if (tally_in(e, TALLY(what), mid, end) != 0)
            low = mid;
        else
            high = mid;
    }
    *out = low;
    return true;
}

bool tally_newer(const struct events *e, enum event_sum what, size_t i, size_t *out)
{
    size_t from = i + 1;
    size_t low = from;
    size_t high = e->count;

    if (from >= e->count || tally_in(e, TALLY(what), from, e->count) == 0)
        return false;
    while (high - low > 1) { /* the first end up to which one is seen */
        size_t mid = low + (high - low) / 2;
        if (tally_in(e, TALLY(what), from, mid) != 0)
            high = mid;
        else
            low = mid;
    }
    *out = low;
    return true;
}

size_t tally_run_first(const struct events *e, unsigned what, size_t i)
{
    size_t low = 0;
    size_t high = i;

    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (tally_in(e, what, mid, i + 1) == i + 1 - mid)
            high = mid;
        else
            low = mid + 1;
    }
    return low;
}

size_t tally_run_last(const struct events *e, unsigned what, size_t i)
{
    size_t low = i;
    size_t high = e->count - 1;

    while (low < high) {
        size_t mid = high - (high - low) / 2;
        if (tally_in(e, what, i, mid + 1) == mid + 1 - i)
            low = mid;
        else
            high = mid - 1;
    }
    return low;
}

static bool spoke_lately(const struct events *e, const struct event *v)
{
    size_t i = e->count;

    for (size_t looked = 0; looked < SPOKE_LOOK; looked++) {
        if (!tally_older(e, EVENT_SUM_SAID, i, &i))
            return false;
        const struct event *said = events_at(e, i);
        if (said->wall_ms < v->wall_ms - SPOKE_MS)
            return false;
        if (said->kind == EVENT_MESSAGE && bytes_eq(said->who, v->who))
            return true;
    }
    return false;
}

bool tally_is_noise(const struct events *e, const struct event *v)
{
    if (v->who.n == 0) /* that a key is in the group now, after a coming that was told */
        return v->kind == EVENT_HERE;
    return (v->kind == EVENT_HERE || v->kind == EVENT_GONE || v->kind == EVENT_CHANGE) &&
           !spoke_lately(e, v);
}
