/* SPDX-License-Identifier: ISC */
/*
 * The inside of a tree, for the tree_*.c alone. Nodes lie in pages by index; a page is counted
 * and shared between copies of a tree until one of them changes something in it or below it.
 *
 * The invariant that lets shared pages carry cached hashes: two trees share a page only while
 * everything below each of its nodes is the same in both. So whoever changes a node calls
 * tree_touch(), which owns the pages of the node and of all above it and drops their hashes.
 */
#ifndef MLS_TREE_IMPL_H
#define MLS_TREE_IMPL_H

#include "mls/tree.h"
#include "mls/wire.h"

#define TREE_PAGE 64u /* nodes; one word of bits */

union tree_slot {
    struct leaf *leaf;
    struct tree_parent *parent;
    const void *any; /* NULL: blank */
};

struct tree_page {
    unsigned refs;
    uint64_t hashed; /* a bit per node whose hash is known */
    union tree_slot slot[TREE_PAGE];
    uint64_t key[TREE_PAGE];        /* fingerprints of the HPKE keys; 0: blank */
    uint64_t signer[TREE_PAGE / 2]; /* and of the leaves' signature keys */
    uint8_t hash[TREE_PAGE][SUITE_HASH];
};

/* How many members use a type of credential, and how many list it. */
struct tree_census {
    uint32_t uses;
    uint32_t lists;
};
#define TREE_CREDENTIALS 2u /* LEAF_BASIC and LEAF_X509 */

struct tree {
    const struct suite *suite;
    uint32_t leaves;
    uint32_t members;
    uint32_t full; /* no leaf below this one is blank */
    struct tree_census census[TREE_CREDENTIALS];
    size_t pages_n;
    struct tree_page **pages;
};

static inline struct tree_page *tree_page(const struct tree *t, uint32_t node)
{
    return t->pages[node / TREE_PAGE];
}

/* Blank too where the tree has no such node. */
static inline union tree_slot tree_slot(const struct tree *t, uint32_t node)
{
    if (node >= treemath_width(t->leaves))
        return (union tree_slot){.any = NULL};
    return tree_page(t, node)->slot[node % TREE_PAGE];
}

static inline bool tree_is_leaf(uint32_t node)
{
    return node % 2 == 0;
}

struct bytes tree_slot_key(union tree_slot s, uint32_t node);
/* Eight bytes from the middle of a key, where no kind of key has a fixed part. */
uint64_t tree_print(struct bytes key);

struct tree_parent *tree_parent_new(
    struct bytes key, struct bytes parent_hash, const uint32_t *unmerged, size_t n);
void tree_parent_unref(struct tree_parent *p);

/* Both take the reference over; NULL blanks. Whoever puts calls tree_touch() afterwards. */
void tree_put_leaf(struct tree *t, uint32_t index, struct leaf *l);
void tree_put_parent(struct tree *t, uint32_t node, struct tree_parent *p);
void tree_touch(struct tree *t, uint32_t node);
void tree_blank_path(struct tree *t, uint32_t index);
void tree_extend(struct tree *t);   /* twice the leaves, or the first one */
void tree_truncate(struct tree *t); /* while its right half is blank */

/* Where the leaves of a sorted list lie that are below the node: at v[*n of them]. */
const uint32_t *tree_below(const uint32_t *v, size_t *n, uint32_t node);
bool tree_sorted_has(const uint32_t *v, size_t n, uint32_t x);

/* The resolution without these leaves (ascending, may be NULL), cut off after limit nodes. */
void tree_resolve(const struct tree *t, uint32_t node, const struct tree_list *without,
    size_t limit, struct tree_list *out);
/* The hash of a parent given the tree hash of its copath child (7.9). */
enum err tree_hash_parent(const struct tree *t, const struct tree_parent *p,
    const uint8_t sibling[SUITE_HASH], uint8_t out[SUITE_HASH]);
/* The tree hash of a node as it was before these leaves (ascending) were added below it. */
enum err tree_hash_original(
    struct tree *t, uint32_t node, const uint32_t *unmerged, size_t n, uint8_t out[SUITE_HASH]);

#endif
