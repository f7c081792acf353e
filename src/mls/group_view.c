/* SPDX-License-Identifier: ISC */
#include "base/mem.h"
#include "mls/group_impl.h"
#include "mls/wire.h"

void mls_group_view(const struct mls_group *g, struct mls_view *out)
{
    const struct epoch *e = g->now;

    *out = (struct mls_view){
        .self = MLS_NOBODY,
        .staged = g->stage != NULL,
        .staged_own = g->stage != NULL && g->stage->own,
        .suspended = g->suspended,
        .removed = g->removed,
        .old_epoch = g->old != NULL ? g->old->context.epoch : UINT64_MAX,
        .proposals = g->waiting_n,
    };
    if (e == NULL)
        return;
    out->suite = e->context.suite->id;
    out->group_id = e->context.group_id;
    out->epoch = e->context.epoch;
    out->self = e->self;
    out->leaves = tree_leaves(e->tree);
    out->members = tree_members(e->tree);
    out->extensions = e->context.extensions;
    memcpy(out->authenticator, e->keys->authenticator, SUITE_HASH);
    memcpy(out->tree_hash, e->context.tree_hash, SUITE_HASH);
    memcpy(out->confirmation_tag, e->tag, SUITE_HASH);
}

bool mls_group_member(const struct mls_group *g, uint32_t leaf, struct mls_member *out)
{
    const struct leaf *l = NULL;

    if (g->now != NULL && leaf < tree_leaves(g->now->tree))
        l = tree_leaf(g->now->tree, leaf);
    if (l == NULL)
        return false;
    leaf_member(l, leaf, out);
    return true;
}

enum err mls_group_nodes(
    const struct mls_group *g, mls_node_fn *put, void *arg, uint32_t *leaves)
{
    const struct tree *before = g->now != NULL ? g->now->tree : NULL;
    const struct tree *after = before;
    struct tree_list which = {0};
    struct buf node;
    enum err err = ERR_OK;

    if (g->stage != NULL && g->stage->next != NULL)
        after = g->stage->next->tree;
    if (before == NULL && g->stage != NULL && g->stage->base != NULL)
        before = g->stage->base->tree;
    if (after == NULL)
        return ERR_STATE;
    *leaves = tree_leaves(after);
    buf_init(&node, WIRE_MAX);
    bool some = before != NULL && after != before;
    if (some)
        tree_changed(before, after, &which);
    uint32_t width = treemath_width(*leaves);
    size_t n = some ? which.n : width;
    for (size_t i = 0; err == ERR_OK && i < n; i++) {
        uint32_t index = some ? which.v[i] : (uint32_t)i;
        if (index >= width)
            continue;
        buf_clear(&node);
        tree_write_node(after, index, &node);
        err = buf_end(&node);
        if (err == ERR_OK)
            err = put(arg, index, buf_view(&node));
    }
    tree_list_free(&which);
    buf_free(&node);
    return err;
}

enum err mls_tree_build(uint16_t suite, uint32_t leaves, const struct mls_node *nodes,
    size_t count, struct buf *tree)
{
    const struct suite *s = suite_find(suite);
    struct tree *t = NULL;

    if (s == NULL)
        return ERR_UNSUPPORTED;
    struct tree_node *given = mem_array(count + 1, sizeof *given);
    for (size_t i = 0; i < count; i++)
        given[i] = (struct tree_node){nodes[i].index, nodes[i].bytes};
    enum err err = tree_build(s, leaves, given, count, &t);
    mem_free(given);
    if (err == ERR_OK) {
        tree_write(t, tree);
        err = buf_end(tree);
    }
    tree_free(t);
    return err;
}
