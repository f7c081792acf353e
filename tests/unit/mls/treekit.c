/* SPDX-License-Identifier: ISC */
#include "unit/mls/treekit.h"

#include <criterion/criterion.h>

#include "mls/wire.h"

/* Of an RSA suite there are few signature keys, so those of who left are taken again. */
static unsigned treekit_number(struct treekit *k)
{
    unsigned n = k->next++;

    if (k->suite->sign->kind != SIGN_KIND_RSA_PSS)
        return n;
    bool used[MLSKIT_RSA_KEYS] = {false};
    for (uint32_t i = 0; i < TREEKIT_MAX; i++)
        if (k->member[i].in)
            used[k->member[i].number] = true;
    for (n = 0; n < MLSKIT_RSA_KEYS; n++)
        if (!used[n])
            return n;
    cr_assert_fail("more members than RSA keys");
    return 0;
}

static void treekit_put_leaf_key(struct treekit_member *m, uint32_t leaf)
{
    uint8_t priv[DH_PRIV_SIZE];

    dh_key_priv(m->who.leaf_key, priv);
    treekem_put(m->keys, 2 * leaf, bytes_of(priv, sizeof priv), dh_key_pub(m->who.leaf_key));
}

/* A key nobody had before. */
static struct dh_key *treekit_key(struct treekit *k)
{
    return mlskit_hpke_key(k->suite, "fresh", (unsigned)(mlskit_draw(&k->world) >> 33));
}

uint32_t treekit_add(struct treekit *k)
{
    struct treekit_member m = {.in = true, .number = treekit_number(k)};
    uint32_t at;

    mlskit_person_init(&m.who, k->suite, m.number);
    dh_key_free(m.who.leaf_key);
    m.who.leaf_key = treekit_key(k);
    struct leaf *l = mlskit_leaf(&m.who, LEAF_KEY_PACKAGE, NULL);
    cr_assert_eq(tree_add(k->tree, l, &at), ERR_OK);
    leaf_unref(l);
    cr_assert_lt(at, TREEKIT_MAX);
    cr_assert_not(k->member[at].in);
    m.keys = treekem_new(at);
    k->member[at] = m;
    treekit_put_leaf_key(&k->member[at], at);
    tree_list_put(&k->added, at);
    return at;
}

void treekit_update(struct treekit *k, uint32_t leaf)
{
    struct treekit_member *m = &k->member[leaf];
    struct leaf_place at = k->at;

    at.index = leaf;
    dh_key_free(m->who.leaf_key);
    m->who.leaf_key = treekit_key(k);
    struct leaf *l = mlskit_leaf(&m->who, LEAF_UPDATE, &at);
    tree_update(k->tree, leaf, l);
    leaf_unref(l);
    treekit_put_leaf_key(m, leaf);
}

void treekit_remove(struct treekit *k, uint32_t leaf)
{
    struct treekit_member *m = &k->member[leaf];

    tree_remove(k->tree, leaf);
    treekem_free(m->keys);
    mlskit_person_fini(&m->who);
    *m = (struct treekit_member){0};
}

void treekit_done(struct treekit *k)
{
    for (uint32_t i = 0; i < TREEKIT_MAX; i++)
        if (k->member[i].in)
            treekem_prune(k->member[i].keys, k->tree);
    k->added.n = 0;
}

void treekit_make(struct treekit *k, uint32_t committer, struct tree **t)
{
    struct treekem *keys = treekem_copy(k->member[committer].keys);
    struct leaf_spec spec = mlskit_spec(&k->member[committer].who, LEAF_COMMIT);
    struct leaf_place at = k->at;

    *t = tree_copy(k->tree);
    at.index = committer;
    buf_clear(&k->update);
    treekem_path_fini(&k->path);
    cr_assert_eq(treekem_make(keys, *t, &k->world.env, &spec, &at, &k->path), ERR_OK);
    (void)treekit_hash(*t, k->context);
    cr_assert_eq(treekem_seal(&k->path, *t, &k->world.env, &k->added,
                     bytes_of(k->context, SUITE_HASH), &k->update),
        ERR_OK);
    memcpy(k->secret, k->path.commit_secret, SUITE_HASH);
    treekem_free(k->made);
    k->made = keys;
}

struct treekem_update treekit_read(const struct treekit *k)
{
    struct treekem_update u;
    struct reader r;

    reader_init(&r, buf_view(&k->update));
    treekem_update_read(&r, &u);
    cr_assert_eq(reader_end(&r), ERR_OK);
    return u;
}

static void treekit_take(struct treekit *k, uint32_t leaf, uint32_t committer,
    const struct treekem_update *u, const struct tree *t)
{
    struct treekem *keys = k->member[leaf].keys;
    uint8_t got[SUITE_HASH];
    enum mls_rule rule;

    if (tree_list_has(&k->added, leaf)) {
        const uint8_t *secret = treekem_path_secret(&k->path, leaf);
        cr_assert_not_null(secret);
        rule = treekem_welcome(keys, t, committer, secret);
        cr_assert_eq(rule, MLS_RULE_KEPT, "newcomer %u: %s", leaf, mls_rule_text(rule));
        return;
    }
    rule = treekem_open(u, keys, t, (struct treekem_from){committer, &k->added},
        bytes_of(k->context, SUITE_HASH), got);
    cr_assert_eq(rule, MLS_RULE_KEPT, "leaf %u: %s", leaf, mls_rule_text(rule));
    cr_assert_arr_eq(got, k->secret, SUITE_HASH);
}

void treekit_path(struct treekit *k, uint32_t committer)
{
    uint8_t hash[SUITE_HASH];
    struct tree *made;

    treekit_make(k, committer, &made);
    struct treekem_update u = treekit_read(k);
    enum mls_rule rule = treekem_merge(&u, k->tree, committer, &k->added);
    cr_assert_eq(rule, MLS_RULE_KEPT, "merging: %s", mls_rule_text(rule));
    (void)treekit_hash(k->tree, hash);
    cr_assert_arr_eq(hash, k->context, SUITE_HASH);
    for (uint32_t i = 0; i < TREEKIT_MAX; i++)
        if (k->member[i].in && i != committer)
            treekit_take(k, i, committer, &u, k->tree);
    treekem_free(k->member[committer].keys);
    k->member[committer].keys = k->made;
    k->made = NULL;
    treekem_update_fini(&u);
    tree_free(made);
    treekit_done(k);
}

void treekit_init(struct treekit *k, uint16_t suite, uint64_t seed)
{
    *k = (struct treekit){.suite = suite_find(suite)};
    cr_assert_not_null(k->suite);
    mlskit_world_init(&k->world, seed);
    k->at = (struct leaf_place){.suite = k->suite, .group_id = bytes_str("treekit")};
    k->tree = tree_new(k->suite);
    buf_init(&k->update, WIRE_MAX);
    (void)treekit_add(k);
    treekit_done(k);
}

void treekit_fini(struct treekit *k)
{
    for (uint32_t i = 0; i < TREEKIT_MAX; i++) {
        treekem_free(k->member[i].keys);
        mlskit_person_fini(&k->member[i].who);
    }
    treekem_path_fini(&k->path);
    treekem_free(k->made);
    tree_list_free(&k->added);
    buf_free(&k->update);
    tree_free(k->tree);
}

void treekit_fill(struct treekit *k, unsigned n)
{
    while (treekit_count(k) < n)
        (void)treekit_add(k);
    treekit_done(k);
    for (uint32_t i = 0; i < n; i++)
        treekit_path(k, i);
}

unsigned treekit_count(const struct treekit *k)
{
    unsigned n = 0;

    for (uint32_t i = 0; i < TREEKIT_MAX; i++)
        n += k->member[i].in;
    return n;
}

uint32_t treekit_pick(struct treekit *k)
{
    for (;;) {
        uint32_t i = (uint32_t)(mlskit_draw(&k->world) % TREEKIT_MAX);
        if (k->member[i].in)
            return i;
    }
}

struct buf treekit_bytes(const struct tree *t)
{
    struct buf b;

    buf_init(&b, WIRE_MAX);
    tree_write(t, &b);
    cr_assert_eq(buf_end(&b), ERR_OK);
    return b;
}

struct bytes treekit_hash(struct tree *t, uint8_t out[SUITE_HASH])
{
    cr_assert_eq(tree_hash_root(t, out), ERR_OK);
    return bytes_of(out, SUITE_HASH);
}

/* A member knows the key of each node above it that is not blank and has it merged. */
static void treekit_check_keys(const struct treekit *k, uint32_t leaf)
{
    const struct treekem *keys = k->member[leaf].keys;

    for (uint32_t node = 0; node < treemath_width(tree_leaves(k->tree)); node++) {
        const struct tree_parent *p = tree_parent(k->tree, node);
        bool knows = node == 2 * leaf;
        if (p != NULL && treemath_below(2 * leaf, node)) {
            knows = true;
            for (size_t i = 0; i < p->unmerged_n; i++)
                knows = knows && p->unmerged[i] != leaf;
        }
        cr_assert_eq(treekem_has(keys, node), knows, "leaf %u, node %u", leaf, node);
    }
}

void treekit_check(struct treekit *k)
{
    struct buf bytes = treekit_bytes(k->tree);
    struct tree *again = NULL;
    uint8_t cached[SUITE_HASH];
    uint8_t fresh[SUITE_HASH];

    cr_assert_eq(tree_read(k->suite, buf_view(&bytes), &again), ERR_OK);
    cr_assert_eq(tree_leaves(again), tree_leaves(k->tree));
    cr_assert_eq(tree_members(again), tree_members(k->tree));
    (void)treekit_hash(k->tree, cached);
    (void)treekit_hash(again, fresh);
    cr_assert_arr_eq(cached, fresh, SUITE_HASH);
    enum mls_rule rule = tree_check(again, &k->world.env, &k->at);
    cr_assert_eq(rule, MLS_RULE_KEPT, "%s", mls_rule_text(rule));
    for (uint32_t i = 0; i < TREEKIT_MAX; i++)
        if (k->member[i].in)
            treekit_check_keys(k, i);
    tree_free(again);
    buf_free(&bytes);
}
