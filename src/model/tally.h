/* SPDX-License-Identifier: ISC */
/*
 * How many of a kind there are between two events, where the next of a kind is, and how far a
 * run of them goes, from the sums that each event carries: none of it walks over what lies
 * between. And what of it is noise.
 */
#ifndef MODEL_TALLY_H
#define MODEL_TALLY_H

#include "model/event.h"

#define TALLY(sum)   (1u << (sum))
#define TALLY_FOLDED (TALLY(EVENT_SUM_CAME) | TALLY(EVENT_SUM_WENT) | TALLY(EVENT_SUM_MORE))

/* Of the events from one index up to but not with another; what: TALLY() bits. */
size_t tally_in(const struct events *e, unsigned what, size_t from, size_t to);
/* The nearest one before i, or behind it; false: there is none, *out stays. */
bool tally_older(const struct events *e, enum event_sum what, size_t i, size_t *out);
bool tally_newer(const struct events *e, enum event_sum what, size_t i, size_t *out);
/* The first and the last of the run that i, which counts, is in. */
size_t tally_run_first(const struct events *e, unsigned what, size_t i);
size_t tally_run_last(const struct events *e, unsigned what, size_t i);

/* Whether v, that is to be the newest, is a coming or going that nobody misses: not one of
 * somebody who spoke within ten minutes, nor what somebody did to the room or its people. */
bool tally_is_noise(const struct events *e, const struct event *v);

#endif
