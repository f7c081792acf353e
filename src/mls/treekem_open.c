/* SPDX-License-Identifier: ISC */
#include "mls/treekem_impl.h"

#include "base/mem.h"
#include "mls/label.h"

/* An HPKECiphertext. */
static bool treekem_sealed_next(struct reader *walk, struct bytes *enc, struct bytes *sealed)
{
    if (reader_left(walk) == 0)
        return false;
    *enc = wire_vec(walk, WIRE_SMALL);
    *sealed = wire_vec(walk, WIRE_SMALL);
    return reader_err(walk) == ERR_OK;
}

static size_t treekem_sealed_count(struct reader *r, struct bytes list)
{
    struct reader walk;
    struct bytes enc;
    struct bytes sealed;
    size_t n = 0;

    reader_init(&walk, list);
    while (treekem_sealed_next(&walk, &enc, &sealed))
        n++;
    reader_fail(r, reader_end(&walk));
    return n;
}

void treekem_update_read(struct reader *r, struct treekem_update *out)
{
    struct reader nodes;

    *out = (struct treekem_update){0};
    leaf_read(r, &out->leaf);
    wire_enter(r, WIRE_MAX, &nodes);
    while (reader_left(&nodes) > 0) {
        if (out->n == TREEMATH_DEPTH_MAX) {
            reader_fail(&nodes, ERR_TOO_BIG);
            break;
        }
        out->v[out->n].key = wire_vec(&nodes, WIRE_SMALL);
        out->v[out->n].ciphertexts = wire_vec(&nodes, WIRE_MAX);
        out->v[out->n].count = treekem_sealed_count(&nodes, out->v[out->n].ciphertexts);
        out->n++;
    }
    wire_leave(r, &nodes);
}

void treekem_update_fini(struct treekem_update *u)
{
    leaf_unref(u->leaf);
    *u = (struct treekem_update){0};
}

static enum mls_rule treekem_merge_keys(const struct treekem_update *u, const struct tree *t)
{
    for (size_t i = 0; i < u->n; i++) {
        if (dh_check(tree_suite(t)->hpke.kem, u->v[i].key) != ERR_OK)
            return MLS_RULE_LEAF_KEY;
        if (tree_has_key(t, u->v[i].key) || bytes_eq(u->v[i].key, u->leaf->encryption_key))
            return MLS_RULE_PATH_KEY_TWICE;
        for (size_t j = 0; j < i; j++) {
            if (bytes_eq(u->v[i].key, u->v[j].key))
                return MLS_RULE_PATH_KEY_TWICE;
        }
    }
    return MLS_RULE_KEPT;
}

static enum mls_rule treekem_merge_form(const struct treekem_update *u, const struct tree *t,
    const struct tree_path *path, const struct tree_list *added)
{
    struct tree_list to = {0};
    enum mls_rule rule = MLS_RULE_KEPT;

    if (u->n != path->n)
        return MLS_RULE_PATH_LENGTH;
    for (size_t i = 0; i < u->n && rule == MLS_RULE_KEPT; i++) {
        tree_resolution_without(t, path->v[i].copath, added, &to);
        if (to.n != u->v[i].count)
            rule = MLS_RULE_PATH_CIPHERTEXTS;
    }
    tree_list_free(&to);
    return rule;
}

enum mls_rule treekem_merge(const struct treekem_update *u, struct tree *t, uint32_t committer,
    const struct tree_list *added)
{
    struct bytes keys[TREEMATH_DEPTH_MAX];
    struct tree_path path;
    uint8_t parent_hash[SUITE_HASH];
    size_t n;

    if (tree_leaf(t, committer) == NULL)
        return MLS_RULE_MESSAGE_SENDER;
    tree_path(t, committer, &path);
    enum mls_rule rule = treekem_merge_form(u, t, &path, added);
    if (rule == MLS_RULE_KEPT)
        rule = treekem_merge_keys(u, t);
    if (rule != MLS_RULE_KEPT)
        return rule;
    for (size_t i = 0; i < u->n; i++)
        keys[i] = u->v[i].key;
    if (tree_set_path(t, committer, &path, keys, parent_hash, &n) != ERR_OK ||
        !bytes_eq(u->leaf->parent_hash, bytes_of(parent_hash, n)))
        return MLS_RULE_PATH_PARENT_HASH;
    tree_set_leaf(t, committer, u->leaf);
    return MLS_RULE_KEPT;
}

/* Derives the keys of the path's nodes from the i-th upwards and compares each with what was
 * announced; secret becomes the commit secret. */
static enum mls_rule treekem_climb(struct treekem *k, const struct tree *t,
    const struct tree_path *path, size_t i, uint8_t secret[SUITE_HASH])
{
    const struct suite *s = tree_suite(t);

    for (; i < path->n; i++) {
        uint32_t node = path->v[i].node;
        struct dh_key *key = NULL;
        bool same = treekem_derive(s, secret, &key) == ERR_OK &&
                    bytes_eq(dh_key_pub(key), tree_key(t, node));
        if (same)
            treekem_keep(k, node, key);
        dh_key_free(key);
        if (!same || label_derive(s, secret, "path", secret) != ERR_OK)
            return MLS_RULE_PATH_SECRET;
    }
    return MLS_RULE_KEPT;
}

/* Where the path first is above us. */
static size_t treekem_joint(const struct tree_path *path, uint32_t leaf)
{
    size_t i = 0;

    while (i < path->n && !treemath_below(2 * leaf, path->v[i].node))
        i++;
    return i;
}

enum mls_rule treekem_welcome(struct treekem *k, const struct tree *t, uint32_t committer,
    const uint8_t secret[SUITE_HASH])
{
    struct tree_path path;
    uint8_t climbing[SUITE_HASH];

    if (tree_leaf(t, committer) == NULL)
        return MLS_RULE_MESSAGE_SENDER;
    tree_path(t, committer, &path);
    size_t i = treekem_joint(&path, k->leaf);
    if (committer == k->leaf || i == path.n)
        return MLS_RULE_PATH_SECRET;
    memcpy(climbing, secret, SUITE_HASH);
    enum mls_rule rule = treekem_climb(k, t, &path, i, climbing);
    mem_wipe(climbing, sizeof climbing);
    return rule;
}

/* A ciphertext, and the node whose key opens it. */
struct treekem_sealed {
    uint32_t node;
    struct bytes enc;
    struct bytes sealed;
};

/* The one that is for us. It is decided by which key we have, never by which node is above us:
 * an unmerged leaf has its own alone. */
static bool treekem_find(struct bytes ciphertexts, struct treekem *k, const struct tree *t,
    const struct tree_list *to, struct treekem_sealed *out)
{
    struct reader walk;

    reader_init(&walk, ciphertexts);
    for (size_t j = 0; j < to->n && treekem_sealed_next(&walk, &out->enc, &out->sealed); j++) {
        out->node = to->v[j];
        if (treekem_fits(k, t, out->node))
            return true;
    }
    return false;
}

static enum err treekem_unseal(const struct treekem *k, const struct suite *s,
    const struct treekem_sealed *from, struct bytes context, uint8_t secret[SUITE_HASH])
{
    struct label_box box = {s, TREEKEM_LABEL, context};
    unsigned level = treemath_level(from->node);
    struct dh_key *key = NULL;

    if (from->sealed.n != SUITE_HASH + AEAD_TAG)
        return ERR_FORMAT;
    enum err e = dh_key_pair(s->hpke.kem, bytes_of(k->priv[level], DH_PRIV_SIZE),
        bytes_of(k->pub[level].p, k->pub[level].n), &key);
    if (e == ERR_OK)
        e = label_open(&box, key, from->enc, from->sealed, secret);
    dh_key_free(key);
    return e;
}

enum mls_rule treekem_open(const struct treekem_update *u, struct treekem *k,
    const struct tree *t, struct treekem_from from, struct bytes context,
    uint8_t commit_secret[SUITE_HASH])
{
    enum mls_rule rule = MLS_RULE_PATH_SECRET;
    struct tree_list to = {0};
    struct treekem_sealed found;
    struct tree_path path;

    if (tree_leaf(t, from.committer) == NULL)
        return MLS_RULE_MESSAGE_SENDER;
    tree_path(t, from.committer, &path);
    if (u->n != path.n)
        return MLS_RULE_PATH_LENGTH;
    size_t i = treekem_joint(&path, k->leaf);
    if (from.committer == k->leaf || i == path.n)
        return MLS_RULE_PATH_SECRET;
    tree_resolution_without(t, path.v[i].copath, from.added, &to);
    if (treekem_find(u->v[i].ciphertexts, k, t, &to, &found) &&
        treekem_unseal(k, tree_suite(t), &found, context, commit_secret) == ERR_OK)
        rule = treekem_climb(k, t, &path, i, commit_secret);
    if (rule == MLS_RULE_KEPT)
        treekem_prune(k, t);
    else
        mem_wipe(commit_secret, SUITE_HASH);
    tree_list_free(&to);
    return rule;
}
