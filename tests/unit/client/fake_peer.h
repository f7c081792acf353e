/* SPDX-License-Identifier: ISC */
/*
 * Somebody else with keys of its own, for tests whose relay hands out what is somebody's: a key
 * package, or the group of a room it founded.
 */
#ifndef CLIENT_FAKE_PEER_H
#define CLIENT_FAKE_PEER_H

#include "client/identity.h"
#include "client/payload.h"
#include "net/msg.h"

struct peer {
    struct vault *vault;
    struct identity identity;
    struct shelf shelf;
    struct mls_env env;
    struct mls_group *group; /* NULL: none founded */
    struct buf info;
    struct list_writer nodes;
    struct buf welcome;
};

/* key: which of the fixtures; account NULL: a guest. On the relay that fake_hello() plays. */
void peer_init(struct peer *p, size_t key, const char *account);
void peer_fini(struct peer *p);
struct identity_package *peer_package(struct peer *p, uint64_t now_s);
void peer_found(struct peer *p, const char *room, enum policy_access access); /* and owns it */
/* A conversation of two, with whoever made that package; bound to the two that are named. */
void peer_direct(struct peer *p, struct bytes package, const uint8_t with[POLICY_PRINT]);
/* Into a group by what its founder gave the relay; the commit, the caller's. */
struct buf peer_join(struct peer *p, struct bytes info, struct list nodes);
struct buf peer_seal(struct peer *p, const struct payload *what);
struct buf peer_seal_raw(struct peer *p, struct bytes plain); /* whatever is inside */

#endif
