/* SPDX-License-Identifier: ISC */
#include "mls/batch.h"

static void remove_and_update(const struct batch *b, struct tree *t)
{
    for (size_t i = 0; i < b->n; i++)
        if (b->v[i].p.type == PROPOSAL_UPDATE)
            tree_update(t, b->v[i].sender, b->v[i].p.leaf);
    for (size_t i = 0; i < b->n; i++)
        if (b->v[i].p.type == PROPOSAL_REMOVE)
            tree_remove(t, b->v[i].p.removed);
}

static enum mls_rule add(struct batch *b, struct tree *t)
{
    b->added.n = 0;
    for (size_t i = 0; i < b->n; i++) {
        uint32_t index;
        if (b->v[i].p.type != PROPOSAL_ADD)
            continue;
        struct leaf *l = b->v[i].p.package->leaf;
        if (tree_has_signer(t, l->signature_key, MLS_NOBODY))
            return MLS_RULE_PROPOSAL_ADD_TWICE;
        if (tree_add(t, l, &index) != ERR_OK)
            return MLS_RULE_TREE_SHAPE;
        tree_list_put(&b->added, index);
    }
    return MLS_RULE_KEPT;
}

/* A leaf that is new, among the others as they will be. */
static enum mls_rule fits(const struct tree *t, uint32_t index, struct bytes extensions)
{
    const struct leaf *l = tree_leaf(t, index);
    enum mls_rule rule = leaf_check_extensions(l, extensions);

    return rule == MLS_RULE_KEPT ? tree_check_leaf(t, l, index) : rule;
}

static enum mls_rule new_leaves_fit(
    const struct batch *b, const struct tree *t, struct bytes extensions)
{
    enum mls_rule rule = MLS_RULE_KEPT;

    for (size_t i = 0; rule == MLS_RULE_KEPT && i < b->n; i++)
        if (b->v[i].p.type == PROPOSAL_UPDATE)
            rule = fits(t, b->v[i].sender, extensions);
    for (size_t i = 0; rule == MLS_RULE_KEPT && i < b->added.n; i++)
        rule = fits(t, b->added.v[i], extensions);
    return rule;
}

/* 12.1.7: whoever stays must support what the context now asks for. */
static enum mls_rule everybody_fits(const struct tree *t, struct bytes extensions)
{
    enum mls_rule rule = MLS_RULE_KEPT;

    for (uint32_t i = 0; rule == MLS_RULE_KEPT && i < tree_leaves(t); i++)
        if (tree_leaf(t, i) != NULL)
            rule = leaf_check_extensions(tree_leaf(t, i), extensions);
    return rule;
}

enum mls_rule batch_apply(
    const struct epoch *e, struct batch *b, struct tree *t, struct bytes *extensions)
{
    *extensions = b->context != NULL ? b->context->extensions : e->context.extensions;
    remove_and_update(b, t);
    enum mls_rule rule = add(b, t);
    if (rule == MLS_RULE_KEPT)
        rule = new_leaves_fit(b, t, *extensions);
    if (rule == MLS_RULE_KEPT && b->context != NULL)
        rule = everybody_fits(t, *extensions);
    return rule;
}
