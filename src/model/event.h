/* SPDX-License-Identifier: ISC */
/*
 * What happened, line by line: a ring that forgets its oldest. Each event has an id that only
 * grows, so a reader can hold its place while lines come and go. Text and names may be
 * foreign: they are kept as they came (cut at EVENT_TEXT) and cleaned on their way to a cell.
 * What is handed out is borrowed until the next events_add().
 */
#ifndef MODEL_EVENT_H
#define MODEL_EVENT_H

#include "base/bytes.h"

#define EVENTS_MAX 1000
#define EVENT_TEXT 4096

enum event_kind {
    EVENT_INFO,   /* what sotto has to say */
    EVENT_HERE,   /* somebody came */
    EVENT_GONE,   /* somebody went */
    EVENT_CHANGE, /* a name, a state */
    EVENT_NOTICE, /* words from the operator */
    EVENT_WARN,
    EVENT_ERROR,
    EVENT_KINDS
};

struct event {
    uint64_t id;
    int64_t wall_ms;
    enum event_kind kind;
    struct bytes who; /* may be empty */
    struct bytes text;
    uint8_t *block; /* where both lie */
};

struct events {
    struct event *ring;
    size_t head;
    size_t count;
    uint64_t last_id;
};

void events_fini(struct events *e);
const struct event *events_add(struct events *e, int64_t wall_ms, enum event_kind kind,
    struct bytes who, struct bytes text);
const struct event *events_at(
    const struct events *e, size_t i); /* 0: the oldest; NULL: past the end */

#endif
