/* SPDX-License-Identifier: ISC */
/*
 * One epoch of one group as one member holds it: context, tree, secrets, ratchets and its own
 * private keys. A candidate epoch is built beside the present one and swapped in whole.
 * epoch_free() wipes it.
 */
#ifndef MLS_EPOCH_H
#define MLS_EPOCH_H

#include "mls/content.h"
#include "mls/treekem.h"

struct epoch {
    struct buf context_raw;
    struct schedule_context context; /* its views point into context_raw */
    struct tree *tree;
    struct schedule *keys; /* locked memory */
    struct ratchet *ratchet;
    struct treekem *priv; /* NULL in an epoch that is over */
    uint32_t self;
    uint8_t interim[SUITE_HASH];
    size_t interim_n; /* 0 before the first commit */
    uint8_t tag[SUITE_HASH];
};

struct epoch *epoch_new(void);
void epoch_free(struct epoch *e);
/* Encodes c into the epoch and points its context there; c may point into another epoch. */
enum err epoch_set_context(struct epoch *e, const struct schedule_context *c);
/* What is no longer needed once the next epoch has begun, wiped: all but what opens messages.
 */
void epoch_retire(struct epoch *e);
struct leaf_place epoch_place(const struct epoch *e, uint32_t index);
struct content_keys epoch_content_keys(struct epoch *e);
/* A new epoch is complete: from the encryption secret to a secret tree, and what only those who
 * are welcomed needed is wiped. Keys of nodes that are no longer there are forgotten. */
void epoch_finish(struct epoch *e);

#endif
