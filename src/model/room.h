/* SPDX-License-Identifier: ISC */
/*
 * A room as this person sees it: its people and what happened there; and the set of all rooms
 * the relay told of, sorted by name, replaced by a listing in pages as a roster is. A room
 * that is joined is never swept. Rooms are owned by the set.
 */
#ifndef MODEL_ROOM_H
#define MODEL_ROOM_H

#include "model/event.h"
#include "model/roster.h"

#define ROOM_NAME 64
#define ROOMS_MAX 4096

enum room_lock { ROOM_OPEN, ROOM_LOCKED, ROOM_INVITED };

struct room {
    char name[ROOM_NAME];
    uint8_t name_n;
    enum room_lock lock;
    uint32_t online; /* as the relay counts */
    bool joined;
    bool stale;
    unsigned unread; /* lines worth a look, since it was open last */
    struct roster people;
    struct events events;
};

struct rooms {
    struct room **all;
    size_t count;
    size_t cap;
};

void rooms_fini(struct rooms *rs);
struct room *rooms_find(const struct rooms *rs, struct bytes name);
struct room *rooms_add(
    struct rooms *rs, struct bytes name); /* or finds; NULL: full, or no name */
void rooms_mark(struct rooms *rs);
void rooms_sweep(struct rooms *rs);
void room_fini(struct room *r);
static inline struct bytes room_name(const struct room *r)
{
    return bytes_of(r->name, r->name_n);
}

#endif
