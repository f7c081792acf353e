/* SPDX-License-Identifier: ISC */
/*
 * What happened and what was said, line by line: a ring that grows as it fills and then forgets
 * its oldest. Each event has an id and keeps it, one more than that of the event before it, so
 * a reader can hold its place while lines come and go at either end. Text and names may be
 * foreign: they are kept as they came (cut at EVENT_TEXT) and cleaned on their way to a cell.
 * What is handed out is borrowed until the next events_add() or events_before(); a message's
 * state changes in place. Adding at either end costs what is added; model/tally.h counts.
 */
#ifndef MODEL_EVENT_H
#define MODEL_EVENT_H

#include "base/bytes.h"
#include "base/err.h"

#define EVENTS_MAX 10000
#define EVENT_TEXT 65536
#define EVENT_KEY  16
#define EVENT_TAG  5
#define EVENT_ID   ((uint64_t)1 << 32) /* of the first; what was before it has lower ones */

enum event_kind {
    EVENT_INFO,   /* what sotto has to say */
    EVENT_HERE,   /* somebody came */
    EVENT_GONE,   /* somebody went */
    EVENT_CHANGE, /* a name, a state */
    EVENT_NOTICE, /* words from the operator, not sealed */
    EVENT_WARN,
    EVENT_ERROR,
    EVENT_MESSAGE, /* said, sealed and signed */
    EVENT_FOUND,   /* a message again, because somebody searched */
    EVENT_KINDS
};

/* How far a message of ours has come; of others nothing is awaited. */
enum event_state {
    EVENT_ARRIVED,
    EVENT_QUEUED,    /* not yet with the relay */
    EVENT_RELAYED,   /* the relay has handed it on, or keeps it for who is away */
    EVENT_DELIVERED, /* everybody's receipt came */
    EVENT_READ,      /* and everybody who says so has seen it */
    EVENT_FAILED,
    EVENT_STATES
};

enum event_flag {
    EVENT_OWN = 1,
    EVENT_GUEST = 2,    /* the sender has no account: shown with its tag */
    EVENT_VERIFIED = 4, /* the sender's key had been compared */
    EVENT_OLD = 8,      /* from the history: not news */
    EVENT_MENTION = 16, /* names us */
    EVENT_FOLDED = 32,  /* a coming or going of somebody who has not spoken lately: noise */
    EVENT_FILE = 64     /* a message that offers a file: its transfer has the same key */
};

/* What events are counted by. */
enum event_sum {
    EVENT_SUM_SAID, /* worth a look: said, or told by the relay or by a warning */
    EVENT_SUM_FOUND,
    EVENT_SUM_MENTION,
    EVENT_SUM_CAME, /* of the folded ones */
    EVENT_SUM_WENT,
    EVENT_SUM_MORE,
    EVENT_SUMS
};

struct event {
    uint64_t id;
    int64_t wall_ms;
    enum event_kind kind;
    enum event_state state;
    uint8_t flags;
    uint8_t key[EVENT_KEY]; /* of a message; zero for the rest */
    char tag[EVENT_TAG];    /* of a guest's key */
    struct bytes who;       /* may be empty */
    struct bytes text;
    uint8_t *block;            /* where both lie */
    uint32_t sums[EVENT_SUMS]; /* up to this one and with it, from some number on */
};

struct events {
    struct event *ring;
    size_t cap;
    size_t head;
    size_t count;
    uint64_t last_id;
};

const char *event_kind_str(enum event_kind kind);
const char *event_state_str(enum event_state state);

void events_fini(struct events *e);
/* Copies; id, block and sums of what is handed in are ignored. */
struct event *events_add(struct events *e, const struct event *like);
/* The same for what happened before all that is there: the newest of it that there is room for.
 * Says how many that were. */
size_t events_before(struct events *e, const struct event *like, size_t n);
/* Other words in an event that stays where it is; false: it is gone. */
bool events_retell(struct events *e, uint64_t id, struct bytes text);
const struct event *events_at(
    const struct events *e, size_t i); /* 0: the oldest; NULL: past the end */
bool events_index(const struct events *e, uint64_t id, size_t *i); /* false: not there */
bool event_counts(const struct event *v, enum event_sum what);
struct event *events_message(
    const struct events *e, const uint8_t key[EVENT_KEY]); /* or NULL */

#endif
