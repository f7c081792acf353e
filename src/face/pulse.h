/* SPDX-License-Identifier: ISC */
/*
 * Which changes of a file on its way are worth telling: a new state always, how far it is only
 * so often and in steps so large. Remembers what was told of each; knows nothing of how.
 */
#ifndef FACE_PULSE_H
#define FACE_PULSE_H

#include "model/transfer.h"

enum pulse_news {
    PULSE_NONE,
    PULSE_FAR,   /* it is further than it was told */
    PULSE_STATE, /* another state, or another reason for it */
};

struct pulse_pace {
    int64_t ms;       /* between two times that how far it is is told */
    unsigned percent; /* and so much further; 0: whatever changed */
};

struct pulse_row;
struct pulse {
    struct pulse_row *rows;
    size_t n, cap;
};

/* What is to be told now; it counts as told. One that is over is told of once. */
enum pulse_news pulse_take(
    struct pulse *p, const struct transfer *t, int64_t wall_ms, const struct pulse_pace *pace);
void pulse_fini(struct pulse *p);

#endif
