/* SPDX-License-Identifier: ISC */
/*
 * What happened and what was said, line by line: a ring that forgets its oldest. Each event has
 * an id that only grows, so a reader can hold its place while lines come and go. Text and names
 * may be foreign: they are kept as they came (cut at EVENT_TEXT) and cleaned on their way to a
 * cell. What is handed out is borrowed until the next events_add(); a message's state changes
 * in place.
 */
#ifndef MODEL_EVENT_H
#define MODEL_EVENT_H

#include "base/bytes.h"
#include "base/err.h"

#define EVENTS_MAX 1000
#define EVENT_TEXT 65536
#define EVENT_KEY  16
#define EVENT_TAG  5

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
    EVENT_MENTION = 16  /* names us */
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
    uint8_t *block; /* where both lie */
};

struct events {
    struct event *ring;
    size_t head;
    size_t count;
    uint64_t last_id;
};

const char *event_kind_str(enum event_kind kind);
const char *event_state_str(enum event_state state);

void events_fini(struct events *e);
/* Copies; id and block of what is handed in are ignored. */
struct event *events_add(struct events *e, const struct event *like);
/* The same for what happened before all that is there; ids are given anew. */
void events_before(struct events *e, const struct event *like, size_t n);
const struct event *events_at(
    const struct events *e, size_t i); /* 0: the oldest; NULL: past the end */
struct event *events_message(
    const struct events *e, const uint8_t key[EVENT_KEY]); /* or NULL */

#endif
