/* SPDX-License-Identifier: ISC */
#include "mls/tree_impl.h"

#include "base/mem.h"

static uint32_t tree_first_blank(const struct tree *t)
{
    uint32_t i = t->members == t->leaves ? t->leaves : t->full;

    while (i < t->leaves && tree_slot(t, 2 * i).any != NULL)
        i++;
    return i;
}

static struct tree_parent *tree_parent_with(const struct tree_parent *p, uint32_t leaf)
{
    uint32_t *v = mem_array(p->unmerged_n + 1, sizeof *v);
    size_t i = 0;

    for (; i < p->unmerged_n && p->unmerged[i] < leaf; i++)
        v[i] = p->unmerged[i];
    v[i] = leaf;
    for (; i < p->unmerged_n; i++)
        v[i + 1] = p->unmerged[i];
    struct tree_parent *with = tree_parent_new(p->key, p->parent_hash, v, p->unmerged_n + 1);
    mem_free(v);
    return with;
}

enum err tree_add(struct tree *t, struct leaf *l, uint32_t *index)
{
    uint32_t at = tree_first_blank(t);

    *index = UINT32_MAX;
    if (at == t->leaves) {
        if (t->leaves == TREEMATH_LEAVES_MAX)
            return ERR_FULL;
        tree_extend(t);
    }
    uint32_t root = treemath_root(t->leaves);
    tree_put_leaf(t, at, leaf_ref(l));
    t->full = at + 1;
    for (uint32_t node = 2 * at; node != root;) {
        node = treemath_parent(node, t->leaves);
        const struct tree_parent *p = tree_slot(t, node).parent;
        if (p != NULL)
            tree_put_parent(t, node, tree_parent_with(p, at));
    }
    tree_touch(t, 2 * at);
    *index = at;
    return ERR_OK;
}

void tree_blank_path(struct tree *t, uint32_t index)
{
    uint32_t root = treemath_root(t->leaves);

    for (uint32_t node = 2 * index; node != root;) {
        node = treemath_parent(node, t->leaves);
        if (tree_slot(t, node).any != NULL)
            tree_put_parent(t, node, NULL);
    }
    tree_touch(t, 2 * index);
}

void tree_update(struct tree *t, uint32_t index, struct leaf *l)
{
    tree_put_leaf(t, index, leaf_ref(l));
    tree_blank_path(t, index);
}

void tree_remove(struct tree *t, uint32_t index)
{
    tree_put_leaf(t, index, NULL);
    tree_blank_path(t, index);
    tree_truncate(t);
}

void tree_set_leaf(struct tree *t, uint32_t index, struct leaf *l)
{
    tree_put_leaf(t, index, leaf_ref(l));
    tree_touch(t, 2 * index);
}
