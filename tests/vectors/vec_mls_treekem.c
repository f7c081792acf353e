/* SPDX-License-Identifier: ISC */
/* RFC 9420, 7.4 to 7.6: paths that others made, opened by every member, and paths of ours. */
#include "base/mem.h"
#include "mls/label.h"
#include "mls/schedule.h"
#include "mls/treekem.h"
#include "mls/wire.h"
#include "vec.h"

#define MEMBERS 64 /* more than any vector has */

struct member {
    uint32_t leaf;
    struct treekem *keys;
    struct bytes sign;
};

struct group {
    const struct suite *suite;
    struct leaf_place at;
    struct schedule_context context;
    struct tree *tree;
    struct member member[MEMBERS];
    size_t n;
};

static const struct suite *suite_of(struct vec_case *c, const cJSON *o)
{
    int64_t id = vec_int(c, o, "cipher_suite", 0, UINT16_MAX);
    const struct suite *s = suite_find((uint16_t)id);

    if (s == NULL)
        vec_not_built(c, "suite 0x%04llx", (unsigned long long)id);
    return s;
}

static struct dh_key *node_key(struct vec_case *c, const struct suite *s, struct bytes secret)
{
    uint8_t node[SUITE_HASH];
    struct dh_key *key = NULL;

    (void)vec_ok(c, "node secret", label_derive(s, secret.p, "node", node));
    (void)vec_ok(c, "node key", hpke_derive_key(&s->hpke, bytes_of(node, sizeof node), &key));
    return key;
}

static void put_path_secret(
    struct vec_case *c, const struct group *g, const cJSON *o, struct treekem *k)
{
    uint32_t node = (uint32_t)vec_int(c, o, "node", 0, UINT32_MAX);
    struct bytes secret = vec_fixed(c, o, "path_secret", SUITE_HASH);
    struct dh_key *key = node_key(c, g->suite, secret);
    uint8_t priv[DH_PRIV_SIZE];

    if (key == NULL)
        return;
    dh_key_priv(key, priv);
    (void)vec_same(c, "key of a path secret", tree_key(g->tree, node), dh_key_pub(key));
    treekem_put(k, node, bytes_of(priv, sizeof priv), dh_key_pub(key));
    (void)vec_true(c, "a node above the leaf", treekem_has(k, node));
    dh_key_free(key);
}

static void read_member(struct vec_case *c, struct group *g, const cJSON *o)
{
    struct member *m = &g->member[g->n];
    const cJSON *item = NULL;
    uint32_t leaf = (uint32_t)vec_int(c, o, "index", 0, TREEMATH_LEAVES_MAX);

    if (!vec_true(c, "room for a member", g->n < MEMBERS))
        return;
    g->n++;
    m->leaf = leaf;
    m->sign = vec_hex(c, o, "signature_priv");
    m->keys = treekem_new(leaf);
    treekem_put(
        m->keys, 2 * leaf, vec_fixed(c, o, "encryption_priv", DH_PRIV_SIZE), (struct bytes){0});
    cJSON_ArrayForEach(item, vec_arr(c, o, "path_secrets"))
        put_path_secret(c, g, item, m->keys);
    uint32_t held = 0;
    for (uint32_t node = 0; node < treemath_width(tree_leaves(g->tree)); node++)
        held += treekem_has(m->keys, node);
    treekem_prune(m->keys, g->tree);
    for (uint32_t node = 0; node < treemath_width(tree_leaves(g->tree)); node++)
        held -= treekem_has(m->keys, node);
    (void)vec_equal(c, "private keys that the tree does not know", 0, held);
}

static struct bytes context_of(
    struct vec_case *c, struct group *g, struct tree *t, struct buf *out)
{
    (void)vec_ok(c, "tree_hash_root", tree_hash_root(t, g->context.tree_hash));
    schedule_context_write(&g->context, out);
    return buf_view(out);
}

/* Everybody but the sender opens the path alike; path_secrets NULL: only the end is known. */
static void open_all(struct vec_case *c, struct group *g, struct tree *t, uint32_t sender,
    const struct treekem_update *u, struct bytes commit_secret, const cJSON *path_secrets)
{
    uint8_t got[SUITE_HASH];
    struct buf context;

    buf_init(&context, WIRE_MAX);
    struct bytes bound = context_of(c, g, t, &context);
    for (size_t i = 0; i < g->n && vec_going(c); i++) {
        const struct member *m = &g->member[i];
        if (m->leaf == sender)
            continue;
        struct treekem *k = treekem_copy(m->keys);
        enum mls_rule rule =
            treekem_open(u, k, t, (struct treekem_from){sender, NULL}, bound, got);
        (void)vec_true(c, mls_rule_text(rule), rule == MLS_RULE_KEPT);
        (void)vec_same(c, "commit_secret", commit_secret, bytes_of(got, sizeof got));
        treekem_free(k);
        if (path_secrets == NULL)
            continue;
        struct bytes secret =
            vec_hex_of(c, cJSON_GetArrayItem(path_secrets, (int)m->leaf), "path_secrets");
        if (!vec_equal(c, "bytes of a path secret", SUITE_HASH, (int64_t)secret.n))
            break;
        /* treekem_open() has compared the key of the secret it found with the tree's. */
        struct dh_key *key = node_key(c, g->suite, secret);
        uint32_t joint = treemath_common(2 * m->leaf, 2 * sender);
        (void)vec_same(c, "key of path_secrets", tree_key(t, joint),
            key != NULL ? dh_key_pub(key) : (struct bytes){0});
        dh_key_free(key);
    }
    buf_free(&context);
}

static void theirs(struct vec_case *c, struct group *g, const cJSON *o, uint32_t sender)
{
    struct tree *t = tree_copy(g->tree);
    struct treekem_update u;
    struct reader r;
    uint8_t hash[SUITE_HASH];

    reader_init(&r, vec_hex(c, o, "update_path"));
    treekem_update_read(&r, &u);
    if (vec_ok(c, "update_path", reader_end(&r))) {
        struct leaf_place at = g->at;
        at.index = sender;
        enum mls_rule rule = leaf_check(&(struct mls_env){0}, u.leaf, &at, 1u << LEAF_COMMIT);
        if (rule == MLS_RULE_KEPT)
            rule = treekem_merge(&u, t, sender, NULL);
        if (rule == MLS_RULE_KEPT)
            rule = tree_check(t, &(struct mls_env){0}, &g->at);
        if (vec_true(c, mls_rule_text(rule), rule == MLS_RULE_KEPT) &&
            vec_ok(c, "tree_hash_root", tree_hash_root(t, hash))) {
            (void)vec_same(c, "tree_hash_after", vec_hex(c, o, "tree_hash_after"),
                bytes_of(hash, sizeof hash));
            open_all(c, g, t, sender, &u, vec_fixed(c, o, "commit_secret", SUITE_HASH),
                vec_arr(c, o, "path_secrets"));
        }
    }
    treekem_update_fini(&u);
    tree_free(t);
}

/* What was sealed is merged and opened as everybody else would. */
static void take_ours(struct vec_case *c, struct group *g, uint32_t sender, struct bytes sealed,
    struct bytes commit_secret)
{
    struct tree *t = tree_copy(g->tree);
    struct treekem_update u;
    struct reader r;

    reader_init(&r, sealed);
    treekem_update_read(&r, &u);
    if (vec_ok(c, "our path", reader_end(&r))) {
        enum mls_rule rule = treekem_merge(&u, t, sender, NULL);
        if (vec_true(c, mls_rule_text(rule), rule == MLS_RULE_KEPT))
            open_all(c, g, t, sender, &u, commit_secret, NULL);
    }
    treekem_update_fini(&u);
    tree_free(t);
}

static void ours(struct vec_case *c, struct group *g, const struct member *m)
{
    const struct mls_env env = {0};
    const struct leaf *old = tree_leaf(g->tree, m->leaf);
    struct tree *t = tree_copy(g->tree);
    struct treekem *k = treekem_copy(m->keys);
    struct sign_key *key = NULL;
    struct leaf_place at = g->at;
    struct treekem_path p;
    struct buf context;
    struct buf out;

    buf_init(&context, WIRE_MAX);
    buf_init(&out, WIRE_MAX);
    at.index = m->leaf;
    if (vec_ok(c, "signature_priv", sign_key_read(g->suite->sign, m->sign, &key))) {
        struct leaf_spec spec = {.key = key,
            .credential_type = old->credential_type,
            .identity = old->identity,
            .extensions = old->extensions};
        (void)vec_same(c, "signature key", old->signature_key, sign_key_pub(key));
        if (vec_ok(c, "treekem_make", treekem_make(k, t, &env, &spec, &at, &p)) &&
            vec_ok(c, "treekem_seal",
                treekem_seal(&p, t, &env, NULL, context_of(c, g, t, &context), &out)))
            take_ours(c, g, m->leaf, buf_view(&out), bytes_of(p.commit_secret, SUITE_HASH));
        treekem_path_fini(&p);
    }
    sign_key_free(key);
    buf_free(&context);
    buf_free(&out);
    treekem_free(k);
    tree_free(t);
}

static void treekem(struct vec_case *c, const cJSON *o)
{
    struct group g = {.suite = suite_of(c, o)};
    const cJSON *item = NULL;

    if (!vec_going(c))
        return;
    struct bytes transcript = vec_fixed(c, o, "confirmed_transcript_hash", SUITE_HASH);
    g.at = (struct leaf_place){.suite = g.suite, .group_id = vec_hex(c, o, "group_id")};
    g.context = (struct schedule_context){.suite = g.suite,
        .group_id = g.at.group_id,
        .epoch = (uint64_t)vec_int(c, o, "epoch", 0, INT64_MAX),
        .transcript_n = SUITE_HASH};
    memcpy(g.context.transcript, transcript.p, SUITE_HASH);
    if (vec_ok(c, "ratchet_tree", tree_read(g.suite, vec_hex(c, o, "ratchet_tree"), &g.tree))) {
        cJSON_ArrayForEach(item, vec_arr(c, o, "leaves_private")) read_member(c, &g, item);
        cJSON_ArrayForEach(item, vec_arr(c, o, "update_paths"))
        {
            uint32_t sender = (uint32_t)vec_int(c, item, "sender", 0, TREEMATH_LEAVES_MAX);
            (void)vec_true(c, "a sender in the tree", tree_leaf(g.tree, sender) != NULL);
            if (vec_going(c))
                theirs(c, &g, item, sender);
        }
        for (size_t i = 0; i < g.n && vec_going(c); i++)
            ours(c, &g, &g.member[i]);
    }
    for (size_t i = 0; i < g.n; i++)
        treekem_free(g.member[i].keys);
    tree_free(g.tree);
}

const struct vec_kind VEC_MLS_TREEKEM = {
    .name = "mls treekem",
    .keys = {"ratchet_tree", "leaves_private", "update_paths", "confirmed_transcript_hash"},
    .each = treekem,
};
