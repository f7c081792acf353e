/* SPDX-License-Identifier: ISC */
/*
 * What one line of the log stands for: an event, or several comings and goings folded into one;
 * and what is drawn above it. From any event on to its neighbours, without walking over what is
 * folded. It knows nothing of rows and columns.
 */
#ifndef TUI_ITEM_H
#define TUI_ITEM_H

#include <time.h>

#include "model/event.h"

#define ITEM_FOLD 3 /* so many are folded; fewer say more by themselves */

struct item_look {
    const struct events *events;
    bool fold;
    uint64_t unread_at; /* the event with the line above it; 0: none */
};

struct item {
    size_t first;
    size_t last; /* that one gives its time */
    bool day;    /* another day than the item before */
    bool unread; /* the line of what is new is above it */
};

/* The one that event i, which is there, is in. */
struct item item_at(const struct item_look *l, size_t i);
bool item_older(
    const struct item_look *l, struct item *it); /* false: there is none, it stays */
bool item_newer(const struct item_look *l, struct item *it);
static inline bool item_folded(const struct item *it)
{
    return it->first != it->last;
}
struct tm item_time(int64_t wall_ms);

#endif
