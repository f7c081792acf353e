/* SPDX-License-Identifier: ISC */
/*
 * The inside of a secret tree, for ratchet_life.c, ratchet_open.c (from inner secrets to the
 * two ratchets of a leaf), ratchet_key.c (keys and generations), ratchet_store.c and
 * ratchet_load.c. Nobody else includes this.
 *
 * Inner secrets are an antichain: each leaf either has its ratchets or exactly one secret at or
 * above it. What ratchet_find() worked out and ratchet_spend() would have to work out again
 * waits in `found`, and in `far` what only a first message or a jump leaves behind.
 */
#ifndef MLS_RATCHET_IMPL_H
#define MLS_RATCHET_IMPL_H

#include "mls/cells.h"
#include "mls/ratchet.h"

struct ratchet_chain {   /* one of the two ratchets of a leaf */
    uint32_t secret;     /* cell */
    uint32_t generation; /* whose key the secret gives */
    uint32_t reserved;   /* of our own: the generation that storage goes on with */
    uint32_t kept;       /* cells of keys that were skipped, the newest first */
    uint32_t kept_n;
};

struct ratchet_leaf {
    bool changed;
    struct ratchet_chain chain[RATCHET_KINDS];
};

struct ratchet_far { /* in locked memory */
    bool opens;      /* the leaf has no ratchets: they, and what splitting leaves behind */
    uint32_t top;    /* the node that is split */
    uint8_t beside[TREEMATH_DEPTH_MAX][SUITE_HASH]; /* by level: the sibling on the way down */
    uint8_t root[RATCHET_KINDS][SUITE_HASH];
    uint32_t skipped_n; /* the newest ones before the key that was found, ascending */
    uint32_t skipped_from;
    struct ratchet_key skipped[RATCHET_KEPT];
};

struct ratchet {
    const struct suite *suite;
    uint32_t leaves; /* a power of two */
    uint32_t own;
    struct cells cells;
    uint32_t *inner;            /* by node: cell, 0 when it has no secret */
    struct ratchet_leaf **leaf; /* NULL until it speaks */
    struct {
        bool set;
        uint32_t leaf;
        enum ratchet_kind kind;
        uint32_t generation;
        uint32_t next; /* cell: the secret of the generation behind */
    } found;
    struct ratchet_far *far; /* mostly NULL */
    uint32_t *changed;       /* ids of records; pages may be in it twice */
    size_t changed_n;
    size_t changed_cap;
};

/* ratchet_life.c */
void ratchet_touch(struct ratchet *r, uint32_t id); /* the record has changed */
void ratchet_touch_leaf(struct ratchet *r, uint32_t leaf);
struct ratchet_leaf *ratchet_leaf_new(struct ratchet *r, uint32_t leaf);
/* Forgets what ratchet_find() left behind. */
void ratchet_found_clear(struct ratchet *r);
struct ratchet_far *ratchet_far_get(struct ratchet *r);

/* ratchet_open.c */
/* ERR_NOT_FOUND when no secret is at or above the leaf. Changes nothing but far. */
enum err ratchet_open(struct ratchet *r, uint32_t leaf, struct ratchet_far *far);
/* Makes it so. */
void ratchet_install(struct ratchet *r, uint32_t leaf, const struct ratchet_far *far);

/*
 * Records begin with a version and their own id.
 *
 *     page: the secrets on the three levels below one node: which of the fourteen there are,
 *     then those. Its id is RATCHET_PAGES + that node, be it above the tree's root.
 *     leaf: whether it is ours, then for both ratchets the generation, its secret, and the kept
 *         keys, the newest first. Of our own the generation is the reserved one.
 *
 * Siblings share a page, so whoever speaks first changes one page for three levels of the
 * tree: at most six with sixteen new secrets, which leaves room below RATCHET_TURN for a leaf
 * with both windows full.
 */
#define RATCHET_VERSION 1
#define RATCHET_PAGES   TREEMATH_LEAVES_MAX
#define RATCHET_LEVELS  3u
#define RATCHET_SLOTS   14u /* 2 + 4 + 8 */

/* ratchet_store.c */
uint32_t ratchet_page_of(uint32_t node); /* the id of the record it is in */
/* The nodes of a page below top: 0 and 1 its children, 2 to 5 theirs, 6 to 13 theirs. */
uint32_t ratchet_slot(uint32_t top, unsigned slot);

#endif
