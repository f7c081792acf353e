/* SPDX-License-Identifier: ISC */
/*
 * The private side of the tree: the keys one member knows, and update paths (RFC 9420, 7.4 to
 * 7.6). treekem_make() and treekem_seal() build a path, treekem_open() takes one in; both
 * leave the commit secret. The public tree they are given is a candidate that the caller
 * throws away when anything fails; so is the private side, by copy.
 *
 * Path secrets are kept only until their key pair is made. A key pair is imported when it is
 * first needed.
 */
#ifndef MLS_TREEKEM_H
#define MLS_TREEKEM_H

#include "mls/tree.h"

/* One member's private keys: its own leaf's, and those of nodes above it. In locked memory. */
struct treekem;
struct treekem *treekem_new(uint32_t leaf);
struct treekem *treekem_copy(const struct treekem *k);
void treekem_free(struct treekem *k);
uint32_t treekem_leaf(const struct treekem *k);
/* node: our leaf's or one above it; priv: DH_PRIV_SIZE bytes. The public half comes with it
 * where it is known (empty: not); the caller answers for the two belonging together. */
void treekem_put(struct treekem *k, uint32_t node, struct bytes priv, struct bytes pub);
bool treekem_has(const struct treekem *k, uint32_t node);
/* Forgets the keys of nodes that are blank in t or have another public key there. */
void treekem_prune(struct treekem *k, const struct tree *t);
/* For storage: our leaf, count, then (node, private, public) from the leaf up. */
void treekem_write(const struct treekem *k, struct buf *out);
void treekem_read(const struct suite *s, struct reader *r, struct treekem **out);

/* The path secret that a welcome hands to a newcomer: derives and checks the keys from the
 * lowest common node of the two leaves upwards (12.4.3.1). */
enum mls_rule treekem_welcome(struct treekem *k, const struct tree *t, uint32_t committer,
    const uint8_t secret[SUITE_HASH]);

/* An update path as it travels. Views into what was read. */
struct treekem_update {
    struct leaf *leaf; /* owned */
    size_t n;
    struct {
        struct bytes key;
        struct bytes ciphertexts; /* HPKECiphertext vector's content */
        size_t count;             /* of them */
    } v[TREEMATH_DEPTH_MAX];
};
void treekem_update_read(struct reader *r, struct treekem_update *out);
void treekem_update_fini(struct treekem_update *u);

/* Making one. Between the two calls the caller computes the provisional group context, to
 * which the ciphertexts are bound. */
struct treekem_path {
    uint32_t leaf;
    struct tree_path path;
    uint8_t secret[TREEMATH_DEPTH_MAX]
                  [SUITE_HASH]; /* path secrets; wiped by treekem_path_fini */
    uint8_t commit_secret[SUITE_HASH];
    uint8_t key[TREEMATH_DEPTH_MAX][DH_PUB_MAX];
};
/* New keys for the leaf and its filtered path in t and k; the leaf is made from spec, whose
 * source, encryption key and parent hash are this call's, and put into the tree. */
enum err treekem_make(struct treekem *k, struct tree *t, const struct mls_env *env,
    struct leaf_spec *spec, const struct leaf_place *at, struct treekem_path *out);
/* Writes the UpdatePath: each path secret sealed to the resolution of the copath, without the
 * leaves that this commit adds (ascending; NULL: none). context is the encoded provisional
 * group context. */
enum err treekem_seal(const struct treekem_path *p, const struct tree *t,
    const struct mls_env *env, const struct tree_list *added, struct bytes context,
    struct buf *out);
/* The path secret of the lowest node above both the path's leaf and this one; NULL: none. */
const uint8_t *treekem_path_secret(const struct treekem_path *p, uint32_t leaf);
void treekem_path_fini(struct treekem_path *p);

/* Taking one in. treekem_merge() is the public half: checks the number of nodes and ciphertexts
 * (against `added`), the keys, the parent hash, and puts leaf and nodes into t, to which all
 * proposals were applied; the leaf itself is judged by the caller before. treekem_open() comes
 * after it: finds the ciphertext for us, our own leaf included where we are unmerged, opens it,
 * takes keys and commit secret from it, and forgets the keys that the path replaced. */
enum mls_rule treekem_merge(const struct treekem_update *u, struct tree *t, uint32_t committer,
    const struct tree_list *added);
/* Whose path it is, and the leaves that its commit adds (NULL: none). */
struct treekem_from {
    uint32_t committer;
    const struct tree_list *added;
};
enum mls_rule treekem_open(const struct treekem_update *u, struct treekem *k,
    const struct tree *t, struct treekem_from from, struct bytes context,
    uint8_t commit_secret[SUITE_HASH]);

#endif
