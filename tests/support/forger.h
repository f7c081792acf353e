/* SPDX-License-Identifier: ISC */
/*
 * What a relay can make by itself, with keys of its own and whatever it carried: key packages
 * under any name, direct groups that begin with a welcome, rooms that it founds, and a way into
 * a room whose rules do not let it in: its library judges nothing. It holds no key of anybody.
 */
#ifndef SUPPORT_FORGER_H
#define SUPPORT_FORGER_H

#include "client/payload.h"
#include "client/policy.h"
#include "net/msg.h"
#include "support/evil.h"

struct forger {
    struct evil *v;
    struct mls_env env;
    struct sign_key *key;
    char name[80];
    uint8_t print[POLICY_PRINT];
    struct mls_identity id;
    struct buf package, secret; /* forger_package() */
    struct mls_group *group;
    struct buf commit, welcome, info;
    struct list_writer nodes; /* of the group, or what the commit changes */
};

/* name NULL: a guest's of that key. */
void forger_init(struct forger *f, struct evil *v, const char *name);
void forger_fini(struct forger *f);
void forger_package(struct forger *f, uint64_t not_before_s, uint64_t not_after_s);
/* A group of two with whoever the package is of: welcome. */
void forger_pair(struct forger *f, const uint8_t relay_id[MSG_ID], struct bytes package);
/* A group for a room of that (folded) name: info, nodes. */
void forger_found(struct forger *f, const uint8_t relay_id[MSG_ID], const char *room,
    enum policy_access access);
/* Into the room as the relay knows it from what went by on the lines: commit, info, nodes. */
void forger_intrude(struct forger *f, struct evil *v, const char *room);
/* Members' view: adds the owner of a package: commit, welcome. */
void forger_add(struct forger *f, struct bytes package);
void forger_seal(struct forger *f, const struct payload *p, struct buf *out);

void forger_relay_id(struct evil *v, uint8_t out[MSG_ID]); /* as hello told it */
uint64_t forger_now(struct evil *v);                       /* in seconds */
/* A key package that somebody has sent to the relay: the nth of the AES suite. */
struct bytes forger_published(struct evil *v, size_t who, size_t n);

#endif
