/* SPDX-License-Identifier: ISC */
/*
 * The public ratchet tree of one epoch (RFC 9420, 4 and 7): leaves, parents, their hashes.
 * Nodes are immutable and counted, and lie with their cached hashes in pages that
 * copies share: tree_copy() for a candidate epoch copies a few pointers, a change replaces
 * nodes on one path, takes the pages it lies in for itself and drops the hashes above it.
 * Private keys are not here (treekem.h). Every walk is by index, never by recursion. Leaves are
 * numbered 0 .. tree_leaves() - 1; nodes as in treemath.h.
 *
 * tree_page.c has the storage, tree_node.c single nodes, tree_change.c what proposals do,
 * tree_path.c paths and resolutions, tree_hash.c the hashes, tree_check.c what a joiner
 * verifies, tree_wire.c the encodings.
 */
#ifndef MLS_TREE_H
#define MLS_TREE_H

#include "mls/leaf.h"
#include "mls/treemath.h"

struct tree_parent {
    unsigned refs;
    struct bytes key; /* owned, with the struct */
    struct bytes parent_hash;
    const uint32_t *unmerged; /* leaves, ascending */
    size_t unmerged_n;
    struct bytes raw; /* the encoded ParentNode; key and parent_hash point into it */
};

/* A list of indices that grows; reuse one for many calls. */
struct tree_list {
    uint32_t *v;
    size_t n;
    size_t cap;
};
void tree_list_put(struct tree_list *l, uint32_t v);
bool tree_list_has(const struct tree_list *l, uint32_t v);
void tree_list_free(struct tree_list *l);

struct tree;
struct tree *tree_new(const struct suite *s); /* empty: no leaves at all */
struct tree *tree_copy(const struct tree *t);
void tree_free(struct tree *t);
const struct suite *tree_suite(const struct tree *t);

uint32_t tree_leaves(const struct tree *t);                   /* slots: a power of two, or 0 */
uint32_t tree_members(const struct tree *t);                  /* leaves that are not blank */
struct leaf *tree_leaf(const struct tree *t, uint32_t index); /* NULL: blank */
struct tree_parent *tree_parent(const struct tree *t, uint32_t node); /* NULL: blank */
bool tree_blank(const struct tree *t, uint32_t node);
struct bytes tree_key(const struct tree *t, uint32_t node); /* the HPKE key; empty: blank */
/* The leaf whose signature key this is, or UINT32_MAX. */
uint32_t tree_find_signer(const struct tree *t, struct bytes signature_key);
/* Whether any node has this HPKE key, or any leaf but `except` this signature key
 * (UINT32_MAX: none is excepted). One pass over bytes that lie side by side. */
bool tree_has_key(const struct tree *t, struct bytes encryption_key);
bool tree_has_signer(const struct tree *t, struct bytes signature_key, uint32_t except);

/* Section 7.7 and 12.1. The tree takes one more reference of the leaf. */
enum err tree_add(
    struct tree *t, struct leaf *l, uint32_t *index);             /* ERR_FULL at the ceiling */
void tree_update(struct tree *t, uint32_t index, struct leaf *l); /* blanks the direct path */
/* Blanks leaf and direct path, and truncates what is empty; without members no leaf is left. */
void tree_remove(struct tree *t, uint32_t index);
/* Replaces one leaf and nothing else: the end of applying a path. */
void tree_set_leaf(struct tree *t, uint32_t index, struct leaf *l);

/* Section 4.1.1: replaces what is in out. */
void tree_resolution(const struct tree *t, uint32_t node, struct tree_list *out);
/* The same without these leaves (ascending; NULL: none), as 7.5 asks for what a commit adds. */
void tree_resolution_without(
    const struct tree *t, uint32_t node, const struct tree_list *leaves, struct tree_list *out);
/* The filtered direct path (4.1.2) from the leaf up: nodes, and the copath child each has. */
struct tree_path {
    size_t n;
    struct {
        uint32_t node;
        uint32_t copath;
    } v[TREEMATH_DEPTH_MAX];
};
void tree_path(const struct tree *t, uint32_t leaf, struct tree_path *out);
/* Blanks the leaf's direct path, then sets the nodes of its filtered path to these keys, from
 * the leaf up, with no unmerged leaves, and computes their parent hashes (7.9); gives the one
 * that the new leaf must carry (no bytes when the path has no node). The leaf itself is not
 * touched. keys has path->n entries. */
enum err tree_set_path(struct tree *t, uint32_t leaf, const struct tree_path *path,
    const struct bytes *keys, uint8_t parent_hash[SUITE_HASH], size_t *parent_hash_n);

/* Section 7.8, cached per node. */
enum err tree_hash(struct tree *t, uint32_t node, uint8_t out[SUITE_HASH]);
enum err tree_hash_root(struct tree *t, uint8_t out[SUITE_HASH]);

/* What a joiner must verify of a tree (7.9.2, 12.4.3.1): parent hashes, every leaf by
 * leaf_check() for its place, keys used once, unmerged leaves. group_id and the group's
 * extensions are in `at`, whose index is not used. */
enum mls_rule tree_check(
    struct tree *t, const struct mls_env *env, const struct leaf_place *at);
/* Section 7.3, what one leaf must satisfy among the others: its credential's type is listed by
 * all members and it lists all of theirs; its keys are nobody else's. index: where it is or
 * will be, UINT32_MAX when it has no place yet. */
enum mls_rule tree_check_leaf(const struct tree *t, const struct leaf *l, uint32_t index);

/* The content of the ratchet_tree extension, optional<Node> nodes<V> with its length. Reading
 * checks form alone: a shape that cannot be is ERR_FORMAT, above our ceiling ERR_TOO_BIG. */
enum err tree_read(const struct suite *s, struct bytes in, struct tree **out);
void tree_write(const struct tree *t, struct buf *out);
/* One node as optional<Node>, for a store that keeps nodes by index: a tree is its number of
 * leaves and its nodes. Nodes that are not given are blank. */
void tree_write_node(const struct tree *t, uint32_t node, struct buf *out);
struct tree_node {
    uint32_t index;
    struct bytes bytes;
};
enum err tree_build(const struct suite *s, uint32_t leaves, const struct tree_node *nodes,
    size_t count, struct tree **out);
/* The nodes in which two trees differ (by identity first, then by bytes), ascending; a node
 * that one of them does not have counts as blank there. */
void tree_changed(const struct tree *before, const struct tree *after, struct tree_list *out);

#endif
