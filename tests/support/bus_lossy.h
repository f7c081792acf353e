/* SPDX-License-Identifier: ISC */
/*
 * A bus that is worse than the one it wraps: of what would be delivered it drops a share, by
 * a seed, and says BUS_GAP afterwards, sometimes in the same turn of the loop and sometimes in
 * the next. It owns the inner bus. Set event and event_arg on this one.
 */
#ifndef SUPPORT_BUS_LOSSY_H
#define SUPPORT_BUS_LOSSY_H

#include "server/bus.h"

struct bus *bus_lossy_new(struct bus *inner, struct loop *l, uint64_t seed, unsigned percent);
uint64_t bus_lossy_dropped(const struct bus *b);
uint64_t bus_lossy_gaps(const struct bus *b);

#endif
