/* SPDX-License-Identifier: ISC */
/*
 * A group and everybody in it, in one process: the application that the library has. Members
 * are numbered as they come; what one commits the others take in. Every member has an env of
 * its own, so that a test can make one of them judge otherwise. A call that does not succeed
 * where it must ends the program with what failed; calls that a test expects to fail it makes
 * on member->g itself.
 */
#ifndef SUPPORT_MLSPARTY_H
#define SUPPORT_MLSPARTY_H

#include "mls/mls.h"
#include "support/mlskit.h"

#define PARTY_MAX 1200

struct party_member {
    struct mlskit_world world;
    struct sign_key *key;
    char name[24];
    struct mls_identity who;
    struct mls_group *g; /* NULL: not in it */
    struct buf package;
    struct buf secret;
};

struct party {
    struct mlskit_world world;
    /* NULL: mlskit's. who counts everybody there ever was. */
    struct sign_key *(*key)(struct party *p, size_t who);
    size_t ever;
    struct buf tree; /* for those who join, when it is not in the welcome */
    const struct suite *suite;
    unsigned flags; /* MLS_PUBLIC, MLS_WITH_TREE of every commit */
    size_t n;
    struct party_member *m[PARTY_MAX];
    struct mls_commit_result last; /* the commit made last */
};

void party_init(struct party *p, uint16_t suite, uint64_t seed);
void party_fini(struct party *p);
size_t party_person(struct party *p); /* a new one with a key package, in no group */
void party_repackage(struct party *p, size_t who); /* a fresh key package */
void party_found(struct party *p, size_t who, struct bytes extensions);

/* Makes a commit, lets everybody take it in, and those who are added join. */
void party_commit(struct party *p, size_t who, const struct mls_proposal *proposals, size_t n,
    unsigned flags);
/* The same in steps: a commit staged at who and in p->last; what the others do with it. */
void party_stage(struct party *p, size_t who, const struct mls_proposal *proposals, size_t n,
    unsigned flags);
void party_deliver(struct party *p, size_t from, struct bytes message); /* and apply */
void party_add(struct party *p, size_t who, size_t whom);
void party_remove(struct party *p, size_t who, size_t whom);
void party_update(struct party *p, size_t who);
/* n people, added in one commit by the first; filled: each has committed once since. */
void party_gather(struct party *p, size_t n, bool filled);
uint32_t party_leaf(const struct party *p, size_t who);

/* Ends the program when two members disagree on epoch, tree or secrets, naming them. */
void party_agree(const struct party *p);
/* who says text; everybody else hears it, or the program ends. */
void party_say(struct party *p, size_t who, const char *text);
struct bytes party_seal(struct party *p, size_t who, const char *text, struct buf *out);

#endif
