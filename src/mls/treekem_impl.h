/* SPDX-License-Identifier: ISC */
/*
 * The inside of a member's private keys, for the treekem_*.c alone. All nodes of which a member
 * may know a key lie between its leaf and the root, one at each level, so a level names one.
 */
#ifndef MLS_TREEKEM_IMPL_H
#define MLS_TREEKEM_IMPL_H

#include "mls/treekem.h"
#include "mls/wire.h"

#define TREEKEM_LABEL  "UpdatePathNode"
#define TREEKEM_LEVELS (TREEMATH_DEPTH_MAX + 1)

struct treekem_pub {
    uint8_t n; /* 0: not known yet */
    uint8_t p[DH_PUB_MAX];
};

struct treekem {
    uint32_t leaf;
    uint32_t known; /* a bit per level */
    struct treekem_pub pub[TREEKEM_LEVELS];
    uint8_t (*priv)[DH_PRIV_SIZE]; /* per level, in locked memory */
};

/* Whether the key known at the node is the one that is in the tree there. */
bool treekem_fits(struct treekem *k, const struct tree *t, uint32_t node);
/* The key pair of a node for its path secret (7.4). */
enum err treekem_derive(
    const struct suite *s, const uint8_t secret[SUITE_HASH], struct dh_key **out);
void treekem_keep(struct treekem *k, uint32_t node, const struct dh_key *key);

#endif
