/* SPDX-License-Identifier: ISC */
/*
 * Who is there: people sorted by name, without regard to ASCII case, each once. A listing in
 * pages replaces it without a gap: roster_mark(), then an add for each name heard, then
 * roster_sweep() drops those that were not. Names are bytes as the relay sent them. Bounded:
 * above ROSTER_MAX an add says ERR_FULL and changes nothing.
 */
#ifndef MODEL_ROSTER_H
#define MODEL_ROSTER_H

#include "base/bytes.h"
#include "base/err.h"
#include "model/event.h"

#define ROSTER_NAME 32
#define ROSTER_MAX  20000

enum roster_flag {
    ROSTER_AWAY = 1,
    ROSTER_OPERATOR = 2,
    ROSTER_MODERATOR = 4,
    ROSTER_OWNER = 8,
    ROSTER_GUEST = 16,    /* no account: known by the key alone, so shown with its tag */
    ROSTER_SEALED = 32,   /* reads what is said: has a leaf in the group's tree */
    ROSTER_VERIFIED = 64, /* safety numbers were compared */
    ROSTER_CHANGED = 128  /* shows another key than before; not accepted */
};

struct person {
    char name[ROSTER_NAME];
    uint8_t name_n;
    uint8_t flags;
    bool stale;
    char tag[EVENT_TAG]; /* of the key; "" where none is known */
};

struct roster {
    struct person *people;
    size_t count;
    size_t cap;
};

void roster_fini(struct roster *r);
int roster_order(struct bytes a, struct bytes b); /* the order of names everywhere */
enum err roster_add(struct roster *r, struct bytes name, uint8_t flags); /* or sets the flags */
bool roster_remove(struct roster *r, struct bytes name);
struct person *roster_find(const struct roster *r, struct bytes name); /* NULL: not there */
void roster_mark(struct roster *r);
void roster_sweep(struct roster *r);
static inline struct bytes person_name(const struct person *p)
{
    return bytes_of(p->name, p->name_n);
}

#endif
