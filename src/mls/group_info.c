/* SPDX-License-Identifier: ISC */
#include "mls/group_info.h"

static enum mls_rule check_tree(
    const struct mls_env *env, const struct welcome_info *info, struct epoch *e)
{
    uint8_t hash[SUITE_HASH];
    struct leaf_place at = epoch_place(e, UINT32_MAX);

    if (tree_hash_root(e->tree, hash) != ERR_OK ||
        memcmp(hash, e->context.tree_hash, SUITE_HASH) != 0)
        return MLS_RULE_TREE_HASH;
    struct leaf *signer =
        info->signer < tree_leaves(e->tree) ? tree_leaf(e->tree, info->signer) : NULL;
    if (signer == NULL || leaf_pub(signer, e->context.suite) == NULL)
        return MLS_RULE_INFO_SIGNATURE;
    enum mls_rule rule = welcome_info_check(info, leaf_pub(signer, e->context.suite));
    return rule == MLS_RULE_KEPT ? tree_check(e->tree, env, &at) : rule;
}

static enum mls_rule fill(const struct mls_env *env, const struct welcome_info *info,
    struct bytes tree, struct epoch *e)
{
    struct bytes inside;

    if (epoch_set_context(e, &info->context) != ERR_OK ||
        info->confirmation_tag.n != SUITE_HASH)
        return MLS_RULE_FORMAT;
    memcpy(e->tag, info->confirmation_tag.p, SUITE_HASH);
    if (ext_find(info->extensions, EXT_RATCHET_TREE, &inside))
        tree = inside;
    if (tree.n == 0)
        return MLS_RULE_INFO_TREE;
    if (tree_read(e->context.suite, tree, &e->tree) != ERR_OK)
        return MLS_RULE_TREE_SHAPE;
    const uint8_t *confirmed = e->context.transcript_n != 0 ? e->context.transcript : NULL;
    if (schedule_interim(
            e->context.suite, confirmed, bytes_of(e->tag, SUITE_HASH), e->interim) != ERR_OK)
        return MLS_RULE_FORMAT;
    e->interim_n = SUITE_HASH;
    return check_tree(env, info, e);
}

enum mls_rule info_epoch(const struct mls_env *env, const struct welcome_info *info,
    struct bytes tree, struct epoch **out)
{
    *out = epoch_new();
    enum mls_rule rule = fill(env, info, tree, *out);
    if (rule != MLS_RULE_KEPT) {
        epoch_free(*out);
        *out = NULL;
    }
    return rule;
}
