/* SPDX-License-Identifier: ISC */
#include "tui/item.h"

#include "model/tally.h"

struct tm item_time(int64_t wall_ms)
{
    time_t t = (time_t)(wall_ms / 1000);
    struct tm tm = {0};

    (void)localtime_r(&t, &tm);
    return tm;
}

/* What was found lies among the events without being of their time. */
static bool other_day(const struct item_look *l, const struct item *it)
{
    const struct events *es = l->events;
    const struct event *v = events_at(es, it->last);
    size_t i = it->first;
    struct tm x;
    struct tm y;

    if (v->kind == EVENT_FOUND || i == 0)
        return false;
    if (events_at(es, --i)->kind == EVENT_FOUND)
        i = tally_run_first(es, TALLY(EVENT_SUM_FOUND), i);
    if (events_at(es, i)->kind == EVENT_FOUND && i-- == 0)
        return false;
    x = item_time(events_at(es, i)->wall_ms);
    y = item_time(v->wall_ms);
    return x.tm_yday != y.tm_yday || x.tm_year != y.tm_year;
}

struct item item_at(const struct item_look *l, size_t i)
{
    struct item it = {.first = i, .last = i};

    if (l->fold && (events_at(l->events, i)->flags & EVENT_FOLDED) != 0) {
        size_t first = tally_run_first(l->events, TALLY_FOLDED, i);
        size_t last = tally_run_last(l->events, TALLY_FOLDED, i);
        if (last - first + 1 >= ITEM_FOLD)
            it = (struct item){.first = first, .last = last};
    }
    it.day = other_day(l, &it);
    /* Where all is new the line would say nothing. */
    it.unread = it.first != 0 && l->unread_at == events_at(l->events, it.first)->id;
    return it;
}

bool item_older(const struct item_look *l, struct item *it)
{
    if (it->first == 0)
        return false;
    *it = item_at(l, it->first - 1);
    return true;
}

bool item_newer(const struct item_look *l, struct item *it)
{
    if (it->last + 1 >= l->events->count)
        return false;
    *it = item_at(l, it->last + 1);
    return true;
}
