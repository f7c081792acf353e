/* SPDX-License-Identifier: ISC */
#include "mls/treekem_impl.h"

#include "base/mem.h"
#include "mls/label.h"

/* The committer's leaf key. */
static enum err treekem_make_leaf_key(struct treekem *k, const struct suite *s,
    const struct mls_env *env, uint32_t leaf, struct dh_key **out)
{
    uint8_t drawn[SUITE_DRAWN];

    env_random(env, drawn, sizeof drawn);
    enum err e = hpke_derive_key(&s->hpke, bytes_of(drawn, sizeof drawn), out);
    if (e == ERR_OK)
        treekem_keep(k, 2 * leaf, *out);
    mem_wipe(drawn, sizeof drawn);
    return e;
}

/* Path secrets from the first, which is drawn, and the keys they give. */
static enum err treekem_make_keys(struct treekem *k, const struct suite *s,
    struct treekem_path *p, struct bytes keys[TREEMATH_DEPTH_MAX])
{
    for (size_t i = 0; i < p->path.n; i++) {
        struct dh_key *key = NULL;
        uint8_t *next = i + 1 < p->path.n ? p->secret[i + 1] : p->commit_secret;
        enum err e = treekem_derive(s, p->secret[i], &key);
        if (e == ERR_OK) {
            keys[i] = bytes_of(p->key[i], dh_key_pub(key).n);
            memcpy(p->key[i], dh_key_pub(key).p, keys[i].n);
            treekem_keep(k, p->path.v[i].node, key);
        }
        dh_key_free(key);
        if (e == ERR_OK)
            e = label_derive(s, p->secret[i], "path", next);
        if (e != ERR_OK)
            return e;
    }
    return ERR_OK;
}

enum err treekem_make(struct treekem *k, struct tree *t, const struct mls_env *env,
    struct leaf_spec *spec, const struct leaf_place *at, struct treekem_path *out)
{
    const struct suite *s = tree_suite(t);
    struct bytes keys[TREEMATH_DEPTH_MAX];
    uint8_t parent_hash[SUITE_HASH];
    struct dh_key *key = NULL;
    struct leaf *leaf = NULL;
    size_t n = 0;

    *out = (struct treekem_path){.leaf = at->index};
    tree_path(t, at->index, &out->path);
    env_random(env, out->path.n > 0 ? out->secret[0] : out->commit_secret, SUITE_HASH);
    enum err e = treekem_make_leaf_key(k, s, env, at->index, &key);
    if (e != ERR_OK)
        goto out;
    e = treekem_make_keys(k, s, out, keys);
    if (e != ERR_OK)
        goto out;
    e = tree_set_path(t, at->index, &out->path, keys, parent_hash, &n);
    if (e != ERR_OK)
        goto out;
    spec->source = LEAF_COMMIT;
    spec->encryption_key = dh_key_pub(key);
    spec->parent_hash = bytes_of(parent_hash, n);
    e = leaf_make(spec, at, &leaf);
    spec->encryption_key = spec->parent_hash = (struct bytes){0}; /* they end here */
    if (e != ERR_OK)
        goto out;
    tree_set_leaf(t, at->index, leaf);
    treekem_prune(k, t);
out:
    leaf_unref(leaf);
    dh_key_free(key);
    return e;
}

/* One HPKECiphertext. */
static enum err treekem_seal_one(const struct label_box *box, const struct mls_env *env,
    struct bytes pub, const uint8_t secret[SUITE_HASH], struct buf *out)
{
    uint8_t drawn[SUITE_DRAWN];
    uint8_t enc[DH_PUB_MAX];
    uint8_t sealed[SUITE_HASH + AEAD_TAG];

    env_random(env, drawn, sizeof drawn);
    enum err e = label_seal(box, pub, bytes_of(secret, SUITE_HASH), drawn, enc, sealed);
    mem_wipe(drawn, sizeof drawn);
    if (e != ERR_OK)
        return e;
    wire_put(out, bytes_of(enc, box->suite->hpke.kem->pub_size));
    wire_put(out, bytes_of(sealed, sizeof sealed));
    return ERR_OK;
}

enum err treekem_seal(const struct treekem_path *p, const struct tree *t,
    const struct mls_env *env, const struct tree_list *added, struct bytes context,
    struct buf *out)
{
    const struct suite *s = tree_suite(t);
    struct label_box box = {s, TREEKEM_LABEL, context};
    struct tree_list to = {0};
    enum err e = ERR_OK;

    buf_bytes(out, tree_leaf(t, p->leaf)->raw);
    size_t nodes = wire_open(out);
    for (size_t i = 0; i < p->path.n && e == ERR_OK; i++) {
        tree_resolution_without(t, p->path.v[i].copath, added, &to);
        wire_put(out, tree_key(t, p->path.v[i].node));
        size_t sealed = wire_open(out);
        for (size_t j = 0; j < to.n && e == ERR_OK; j++)
            e = treekem_seal_one(&box, env, tree_key(t, to.v[j]), p->secret[i], out);
        wire_close(out, sealed);
    }
    wire_close(out, nodes);
    tree_list_free(&to);
    return e == ERR_OK ? buf_end(out) : e;
}

const uint8_t *treekem_path_secret(const struct treekem_path *p, uint32_t leaf)
{
    for (size_t i = 0; i < p->path.n; i++) {
        if (treemath_below(2 * leaf, p->path.v[i].node))
            return p->secret[i];
    }
    return NULL;
}

void treekem_path_fini(struct treekem_path *p)
{
    mem_wipe(p, sizeof *p);
}
