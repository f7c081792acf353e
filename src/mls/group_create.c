/* SPDX-License-Identifier: ISC */
#include "base/mem.h"
#include "mls/group_impl.h"

/* The creator's leaf, alone in a tree. */
static enum err found_leaf(struct mls_group *g, const struct suite *s,
    const struct mls_group_request *what, struct epoch *e)
{
    const struct leaf_place at = {
        .suite = s, .group_id = what->group_id, .extensions = what->extensions};
    struct mls_identity who = group_identity(g);
    struct dh_key *key = NULL;
    struct leaf *leaf = NULL;
    struct leaf_spec spec;
    uint8_t drawn[SUITE_DRAWN];

    env_random(g->env, drawn, sizeof drawn);
    enum err err = hpke_derive_key(&s->hpke, bytes_of(drawn, sizeof drawn), &key);
    if (err == ERR_OK) {
        package_leaf_spec(&who, &spec);
        spec.source = LEAF_KEY_PACKAGE;
        spec.key = g->signer;
        spec.encryption_key = dh_key_pub(key);
        spec.not_after = UINT64_MAX;
        err = leaf_make(&spec, &at, &leaf);
    }
    if (err == ERR_OK && leaf_check_extensions(leaf, what->extensions) != MLS_RULE_KEPT)
        err = ERR_REFUSED;
    if (err == ERR_OK)
        err = tree_add(e->tree, leaf, &e->self);
    if (err == ERR_OK) {
        e->priv = treekem_new(e->self);
        dh_key_priv(key, drawn);
        treekem_put(e->priv, 2 * e->self, bytes_of(drawn, sizeof drawn), dh_key_pub(key));
    }
    leaf_unref(leaf);
    dh_key_free(key);
    mem_wipe(drawn, sizeof drawn);
    return err;
}

/* The first epoch's secrets come from nowhere: a random joiner secret is as good a beginning
 * as a random epoch secret (RFC 9420, 11), which nobody else will ever see either. */
static enum err found_secrets(const struct mls_env *env, struct epoch *e)
{
    const struct suite *s = e->context.suite;
    uint8_t joiner[SUITE_HASH];

    env_random(env, joiner, sizeof joiner);
    enum err err = schedule_join(s, joiner, NULL, buf_view(&e->context_raw), e->keys);
    mem_wipe(joiner, sizeof joiner);
    if (err == ERR_OK)
        err = schedule_tag(s, e->keys->confirmation, (struct bytes){0}, e->tag);
    if (err == ERR_OK)
        err = schedule_interim(s, NULL, bytes_of(e->tag, SUITE_HASH), e->interim);
    e->interim_n = SUITE_HASH;
    return err;
}

enum err mls_group_create(const struct mls_env *env, const struct mls_identity *who,
    const struct mls_group_request *what, struct mls_group **out)
{
    struct schedule_context c = {.group_id = what->group_id, .extensions = what->extensions};
    struct epoch *e;
    struct mls_group *g;

    *out = NULL;
    enum err err = package_suite(what->suite, who, &c.suite);
    if (err != ERR_OK)
        return err;
    g = group_new(env, who);
    e = epoch_new();
    e->tree = tree_new(c.suite);
    err = found_leaf(g, c.suite, what, e);
    if (err == ERR_OK)
        err = tree_hash_root(e->tree, c.tree_hash);
    if (err == ERR_OK)
        err = epoch_set_context(e, &c);
    if (err == ERR_OK)
        err = found_secrets(env, e);
    g->now = e;
    if (err != ERR_OK) {
        mls_group_free(g);
        return err;
    }
    epoch_finish(e);
    group_keep_resumption(g, e);
    *out = g;
    return ERR_OK;
}
