/* SPDX-License-Identifier: ISC */
/*
 * A room, or a conversation with one person, as this person sees it: its people, what happened
 * there, and how it is sealed; and a set of them, sorted by name. The set of all rooms that the
 * relay told of is replaced by a listing in pages as a roster is; one that is joined is never
 * swept. Rooms are owned by their set.
 */
#ifndef MODEL_ROOM_H
#define MODEL_ROOM_H

#include "model/event.h"
#include "model/roster.h"

#define ROOM_NAME   64
#define ROOM_TOPIC  390
#define ROOM_CODE   36
#define ROOM_TYPING 48
#define ROOMS_MAX   4096

enum room_lock { ROOM_OPEN, ROOM_LOCKED, ROOM_INVITED };

/* What stands between this conversation and the relay's eyes. Always shown in words. */
enum room_seal {
    ROOM_PLAIN,       /* the relay's own page: nothing is said there */
    ROOM_AGREEING,    /* keys are being agreed: what is typed waits */
    ROOM_UNCONFIRMED, /* sealed, but no other member was heard yet */
    ROOM_SEALED,
    ROOM_STOPPED,    /* somebody's key changed: nothing is sent until it is accepted */
    ROOM_UNVERIFIED, /* only verified people may read, and somebody is not: nothing is sent */
    ROOM_BROKEN,     /* the relay broke the group's rules: nothing is sent any more */
    ROOM_LOST,       /* our keys no longer fit: joining anew */
    ROOM_SEALS
};

/* How much a closed page wants a look. Comings and goings warm nothing. */
enum room_heat {
    ROOM_COLD = 0,
    ROOM_WARM = 2, /* something was said */
    ROOM_HOT = 3   /* to us: we are named, or it is a conversation with one person */
};

/* What is further back than the page: sealed on this machine, if it is kept at all. */
enum room_past { ROOM_PAST_UNKNOWN, ROOM_PAST_ASKED, ROOM_PAST_ALL };

struct room {
    char name[ROOM_NAME];
    uint8_t name_n;
    bool direct; /* with one person, whose name it has */
    bool local;  /* a page of this machine alone: nothing that is said there leaves it */
    enum room_lock lock;
    enum room_seal seal;
    uint32_t online; /* as the relay counts */
    bool joined;
    bool stale;
    unsigned unread;  /* lines worth a look, since it was open last */
    unsigned mention; /* of those, how many name us */
    enum room_heat heat;
    int64_t hot_ms;     /* when it became as hot as it is */
    uint64_t visit;     /* grows with each opening; 0: never open */
    bool unwatched;     /* nobody looks: the next line worth a look is unread */
    uint64_t unread_at; /* the first such line, until reading stops again; 0: none */
    enum room_past past;
    uint64_t epoch;
    uint32_t members;     /* of the group, by its tree */
    uint32_t verified;    /* of the others, how many had their key compared */
    char code[ROOM_CODE]; /* equal for all exactly when all see the same group; or "" */
    char topic[ROOM_TOPIC + 1];
    char typing[ROOM_TYPING]; /* who is, when the person wants to know; or "" */
    char *draft;              /* what stood on its line when it was left; NULL: nothing */
    struct roster people;
    struct events events;
};

struct rooms {
    struct room **all;
    size_t count;
    size_t cap;
};

const char *room_seal_str(enum room_seal seal);
const char *room_seal_brief(enum room_seal seal); /* where there is little room */
/* The same, and whether the others' keys were compared. */
#define ROOM_SEAL_WORDS 64
void room_seal_words(const struct room *r, char out[ROOM_SEAL_WORDS]);
void rooms_fini(struct rooms *rs);
struct room *rooms_find(const struct rooms *rs, struct bytes name);
struct room *rooms_add(
    struct rooms *rs, struct bytes name); /* or finds; NULL: full, or no name */
/* r, which is in the set, under another name; false: one that is joined has that name. */
bool rooms_rename(struct rooms *rs, struct room *r, struct bytes name);
void rooms_mark(struct rooms *rs);
void rooms_sweep(struct rooms *rs);
void room_fini(struct room *r);
void room_set_draft(struct room *r, struct bytes text); /* copied; nothing: none */
static inline struct bytes room_name(const struct room *r)
{
    return bytes_of(r->name, r->name_n);
}

#endif
