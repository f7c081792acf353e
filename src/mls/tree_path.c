/* SPDX-License-Identifier: ISC */
#include "mls/tree_impl.h"

/* A node that is not blank: itself, and its unmerged leaves. */
static void tree_resolve_node(
    const struct tree *t, uint32_t node, const struct tree_list *without, struct tree_list *out)
{
    const struct tree_parent *p = tree_parent(t, node);

    if (p == NULL) {
        if (without == NULL || !tree_sorted_has(without->v, without->n, node / 2))
            tree_list_put(out, node);
        return;
    }
    tree_list_put(out, node);
    for (size_t i = 0; i < p->unmerged_n; i++) {
        if (without == NULL || !tree_sorted_has(without->v, without->n, p->unmerged[i]))
            tree_list_put(out, 2 * p->unmerged[i]);
    }
}

void tree_resolve(const struct tree *t, uint32_t node, const struct tree_list *without,
    size_t limit, struct tree_list *out)
{
    uint32_t stack[TREEMATH_DEPTH_MAX + 2];
    size_t n = 0;

    out->n = 0;
    stack[n++] = node;
    while (n > 0 && out->n < limit) {
        uint32_t at = stack[--n];
        if (!tree_blank(t, at)) {
            tree_resolve_node(t, at, without, out);
        } else if (!tree_is_leaf(at)) {
            stack[n++] = treemath_right(at);
            stack[n++] = treemath_left(at);
        }
    }
}

void tree_resolution(const struct tree *t, uint32_t node, struct tree_list *out)
{
    tree_resolve(t, node, NULL, SIZE_MAX, out);
}

void tree_resolution_without(
    const struct tree *t, uint32_t node, const struct tree_list *leaves, struct tree_list *out)
{
    tree_resolve(t, node, leaves, SIZE_MAX, out);
}

/* Whether the resolution has no node: a subtree lies side by side. */
static bool tree_subtree_blank(const struct tree *t, uint32_t node)
{
    uint32_t first = 2 * treemath_first_leaf(node);
    uint32_t last = first + 2 * (treemath_leaf_count(node) - 1);

    for (uint32_t i = first; i <= last; i++) {
        if (!tree_blank(t, i))
            return false;
    }
    return true;
}

void tree_path(const struct tree *t, uint32_t leaf, struct tree_path *out)
{
    uint32_t root = treemath_root(t->leaves);

    out->n = 0;
    for (uint32_t node = 2 * leaf; node != root; node = treemath_parent(node, t->leaves)) {
        uint32_t copath = treemath_sibling(node, t->leaves);
        if (tree_subtree_blank(t, copath))
            continue;
        out->v[out->n].node = treemath_parent(node, t->leaves);
        out->v[out->n].copath = copath;
        out->n++;
    }
}

enum err tree_set_path(struct tree *t, uint32_t leaf, const struct tree_path *path,
    const struct bytes *keys, uint8_t parent_hash[SUITE_HASH], size_t *parent_hash_n)
{
    tree_blank_path(t, leaf);
    *parent_hash_n = 0;
    for (size_t i = path->n; i-- > 0;) { /* each hash covers the one above it */
        uint8_t sibling[SUITE_HASH];
        struct tree_parent *p =
            tree_parent_new(keys[i], bytes_of(parent_hash, *parent_hash_n), NULL, 0);
        tree_put_parent(t, path->v[i].node, p);
        enum err e = tree_hash(t, path->v[i].copath, sibling);
        if (e == ERR_OK)
            e = tree_hash_parent(t, p, sibling, parent_hash);
        if (e != ERR_OK)
            return e;
        *parent_hash_n = SUITE_HASH;
    }
    return ERR_OK;
}
