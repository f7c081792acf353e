/* SPDX-License-Identifier: ISC */
/*
 * A group as its tree alone: members with real keys who add, update, remove and send paths, and
 * who agree on the commit secret after each, or the test fails. What a receiver does is done
 * for every member, from the bytes that the committer wrote.
 */
#ifndef UNIT_TREEKIT_H
#define UNIT_TREEKIT_H

#include "mls/treekem.h"
#include "support/mlskit.h"

#define TREEKIT_MAX 64

struct treekit_member {
    bool in;
    unsigned number;
    struct mlskit_person who;
    struct treekem *keys;
};

struct treekit {
    const struct suite *suite;
    struct mlskit_world world;
    struct leaf_place at;
    struct tree *tree;
    struct treekit_member member[TREEKIT_MAX]; /* by leaf */
    unsigned next;
    struct tree_list added;      /* since the last commit */
    struct buf update;           /* the last path, as it travelled */
    uint8_t context[SUITE_HASH]; /* to which it was bound */
    uint8_t secret[SUITE_HASH];  /* and what it gave */
    struct treekem_path path;    /* the committer's side of it */
    struct treekem *made;        /* and the keys it will have */
};

void treekit_init(struct treekit *k, uint16_t suite, uint64_t seed); /* one member, no path */
void treekit_fini(struct treekit *k);
/* n members of whom each sent a path when all were there: no node above them is blank. */
void treekit_fill(struct treekit *k, unsigned n);

/* Proposals. */
uint32_t treekit_add(struct treekit *k);
void treekit_update(struct treekit *k, uint32_t leaf);
void treekit_remove(struct treekit *k, uint32_t leaf);
/* The commit: with a path by this leaf, or without one. */
void treekit_path(struct treekit *k, uint32_t committer);
void treekit_done(struct treekit *k);

unsigned treekit_count(const struct treekit *k);
uint32_t treekit_pick(struct treekit *k); /* any member */
/* Only the committer's part of treekit_path(): into update, context, secret, path, made and *t
 * (the caller's). The group's tree and everybody's keys stay as they are. */
void treekit_make(struct treekit *k, uint32_t committer, struct tree **t);
/* The update read back; the caller's to fini. */
struct treekem_update treekit_read(const struct treekit *k);

/* The cached hash is that of a tree read anew from bytes, tree_check() finds nothing, and every
 * member has exactly the keys that the tree says it has. */
void treekit_check(struct treekit *k);
struct buf treekit_bytes(const struct tree *t); /* tree_write(); the caller's */
struct bytes treekit_hash(struct tree *t, uint8_t out[SUITE_HASH]); /* of the root */

#endif
