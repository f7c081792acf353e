/* SPDX-License-Identifier: ISC */
#include "mls/treekem_impl.h"
#include "support/mlsevil_impl.h"

static struct bytes other_parent(const struct mlsevil *e, const struct tree *t)
{
    for (uint32_t node = 1; node < treemath_width(tree_leaves(t)); node += 2)
        if (!tree_blank(t, node) && !treemath_below(2 * e->self, node))
            return tree_key(t, node);
    mlsevil_must(false, "no parent beside the path");
    return (struct bytes){0};
}

static void make_keys(struct mlsevil *e)
{
    const struct suite *s = e->party->suite;
    struct treekem_path *p = &e->path;

    env_random(mlsevil_env(e), p->path.n > 0 ? p->secret[0] : p->commit_secret, SUITE_HASH);
    for (size_t i = 0; i < p->path.n; i++) {
        uint8_t *next = i + 1 < p->path.n ? p->secret[i + 1] : p->commit_secret;
        struct dh_key *key = NULL;
        MLSEVIL_OK(treekem_derive(s, p->secret[i], &key));
        e->keys[i] = bytes_of(p->key[i], dh_key_pub(key).n);
        memcpy(p->key[i], dh_key_pub(key).p, e->keys[i].n);
        dh_key_free(key);
        MLSEVIL_OK(label_derive(s, p->secret[i], "path", next));
    }
}

static void lie_keys(struct mlsevil *e, const struct tree *t, const struct mlsevil_leaf *l)
{
    switch ((int)e->lie) { /* those that are not here lie elsewhere */
    case MLSEVIL_KEY_OTHER:
        e->path.key[0][0] ^= 1;
        return;
    case MLSEVIL_KEY_NONE:
        e->keys[0].n--;
        return;
    case MLSEVIL_KEY_OF_LEAF:
        e->keys[0] = mlsevil_leaf_of(e->party, e->other)->encryption_key;
        return;
    case MLSEVIL_KEY_OF_PARENT:
        e->keys[0] = other_parent(e, t);
        return;
    case MLSEVIL_KEY_OF_SELF:
        memcpy(e->path.key[0], l->encryption_key.p, l->encryption_key.n);
        return;
    case MLSEVIL_KEY_TWICE:
        mlsevil_must(e->path.path.n > 1, "a path of one");
        e->keys[1] = e->keys[0];
        return;
    default:
        return;
    }
}

void mlsevil_path_make(struct mlsevil *e)
{
    struct epoch *next = e->step.stage->next;
    uint8_t parent_hash[SUITE_HASH];
    struct mlsevil_leaf l;
    size_t n = 0;

    e->path.leaf = e->self;
    tree_path(next->tree, e->self, &e->path.path);
    make_keys(e);
    mlsevil_leaf_init(&l, e->party, e->who, LEAF_COMMIT);
    lie_keys(e, next->tree, &l);
    MLSEVIL_OK(tree_set_path(next->tree, e->self, &e->path.path, e->keys, parent_hash, &n));
    if (e->lie == MLSEVIL_PARENT_HASH)
        parent_hash[0] ^= 1;
    l.parent_hash = bytes_of(parent_hash, e->lie == MLSEVIL_PARENT_HASH_NONE ? 0 : n);
    mlsevil_leaf_lie(&l, e->lie, e->party, e->other);
    e->key = l.key;
    if (e->name != NULL)
        l.identity = bytes_str(e->name);
    e->leaf = mlsevil_leaf_make(&l, epoch_place(e->step.base, e->self), e->lie);
    mlsevil_must(e->leaf != NULL, "the path's leaf does not decode");
    tree_set_leaf(next->tree, e->self, e->leaf);
    memcpy(e->step.commit, e->path.commit_secret, SUITE_HASH);
}

static void seal_one(struct mlsevil *e, struct bytes pub, const uint8_t *secret)
{
    const struct epoch *of =
        e->lie == MLSEVIL_SEAL_CONTEXT ? e->step.base : e->step.stage->next;
    const struct label_box box = {e->party->suite, TREEKEM_LABEL, buf_view(&of->context_raw)};
    uint8_t drawn[SUITE_DRAWN];
    uint8_t enc[DH_PUB_MAX];
    uint8_t sealed[SUITE_HASH + AEAD_TAG];

    env_random(mlsevil_env(e), drawn, sizeof drawn);
    MLSEVIL_OK(label_seal(&box, pub, bytes_of(secret, SUITE_HASH), drawn, enc, sealed));
    bool told = e->one == 0 || bytes_eq(pub, mlsevil_leaf_of(e->party, e->one)->encryption_key);
    if (e->lie == MLSEVIL_SEAL_BROKEN && told)
        sealed[0] ^= 1;
    wire_put(&e->body, bytes_of(enc, box.suite->hpke.kem->pub_size));
    wire_put(&e->body, bytes_of(sealed, sizeof sealed));
}

static void write_node(struct mlsevil *e, size_t i)
{
    const struct tree *t = e->step.stage->next->tree;
    uint8_t secret[SUITE_HASH];
    struct tree_list to = {0};

    memcpy(secret, e->path.secret[i], SUITE_HASH);
    if (e->lie == MLSEVIL_SECRET_OTHER)
        secret[0] ^= 1;
    wire_put(&e->body, e->keys[i]);
    size_t at = wire_open(&e->body);
    tree_resolution_without(t, e->path.path.v[i].copath,
        e->lie == MLSEVIL_SEALS_ADDED ? NULL : &e->step.stage->batch.added, &to);
    size_t n = to.n - (e->lie == MLSEVIL_SEALS_FEWER && i == 0 ? 1 : 0);
    for (size_t j = 0; j < n; j++)
        seal_one(e, tree_key(t, to.v[j]), secret);
    if (e->lie == MLSEVIL_SEALS_MORE && i == 0)
        seal_one(e, tree_key(t, to.v[0]), secret);
    wire_close(&e->body, at);
    tree_list_free(&to);
}

void mlsevil_path_write(struct mlsevil *e)
{
    size_t n = e->path.path.n;

    buf_bytes(&e->body, e->leaf->raw);
    size_t at = wire_open(&e->body);
    for (size_t i = 0; i < n - (e->lie == MLSEVIL_PATH_SHORT); i++)
        write_node(e, i);
    if (e->lie == MLSEVIL_PATH_LONG) {
        uint8_t key[DH_PUB_MAX];
        env_random(mlsevil_env(e), key, sizeof key);
        wire_put(&e->body, bytes_of(key, e->keys[0].n));
        wire_put_length(&e->body, 0);
    }
    wire_close(&e->body, at);
}
