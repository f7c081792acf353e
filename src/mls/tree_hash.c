/* SPDX-License-Identifier: ISC */
#include "mls/tree_impl.h"

#define TREE_STACK (TREEMATH_DEPTH_MAX + 2) /* more than a walk down can be deep */

enum { TREE_HASH_LEAF = 1, TREE_HASH_PARENT = 2 }; /* NodeType */

static enum err tree_hash_leaf(
    const struct tree *t, uint32_t index, const struct leaf *l, uint8_t out[SUITE_HASH])
{
    uint8_t head[6] = {TREE_HASH_LEAF, (uint8_t)(index >> 24), (uint8_t)(index >> 16),
        (uint8_t)(index >> 8), (uint8_t)index, l != NULL};
    struct bytes parts[2] = {bytes_of(head, sizeof head)};

    if (l != NULL)
        parts[1] = l->raw;
    return hash_of(t->suite->hash, parts, 2, out);
}

static enum err tree_hash_inner(const struct tree *t, const struct tree_parent *p,
    const uint8_t left[SUITE_HASH], const uint8_t right[SUITE_HASH], uint8_t out[SUITE_HASH])
{
    static const uint8_t LENGTH[1] = {SUITE_HASH};
    uint8_t head[2] = {TREE_HASH_PARENT, p != NULL};
    struct bytes parts[6] = {
        bytes_of(head, sizeof head),
        {0},
        bytes_of(LENGTH, 1),
        bytes_of(left, SUITE_HASH),
        bytes_of(LENGTH, 1),
        bytes_of(right, SUITE_HASH),
    };

    if (p != NULL)
        parts[1] = p->raw;
    return hash_of(t->suite->hash, parts, 6, out);
}

/* The hash of a node where it is known, else NULL. */
static const uint8_t *tree_hash_known(const struct tree *t, uint32_t node)
{
    const struct tree_page *p = tree_page(t, node);

    return p->hashed >> node % TREE_PAGE & 1 ? p->hash[node % TREE_PAGE] : NULL;
}

static enum err tree_hash_fill(struct tree *t, uint32_t node)
{
    struct tree_page *page = tree_page(t, node);
    uint8_t *out = page->hash[node % TREE_PAGE];
    union tree_slot s = page->slot[node % TREE_PAGE];
    enum err e;

    if (tree_is_leaf(node))
        e = tree_hash_leaf(t, node / 2, s.leaf, out);
    else
        e = tree_hash_inner(t, s.parent, tree_hash_known(t, treemath_left(node)),
            tree_hash_known(t, treemath_right(node)), out);
    if (e == ERR_OK)
        page->hashed |= (uint64_t)1 << node % TREE_PAGE;
    return e;
}

enum err tree_hash(struct tree *t, uint32_t node, uint8_t out[SUITE_HASH])
{
    uint32_t stack[TREE_STACK];
    size_t n = 0;

    if (node >= treemath_width(t->leaves))
        return ERR_STATE;
    stack[n++] = node;
    while (n > 0) {
        uint32_t at = stack[n - 1];
        enum err e = ERR_OK;
        if (tree_hash_known(t, at) != NULL)
            n--;
        else if (!tree_is_leaf(at) && tree_hash_known(t, treemath_left(at)) == NULL)
            stack[n++] = treemath_left(at);
        else if (!tree_is_leaf(at) && tree_hash_known(t, treemath_right(at)) == NULL)
            stack[n++] = treemath_right(at);
        else
            e = tree_hash_fill(t, at);
        if (e != ERR_OK)
            return e;
    }
    memcpy(out, tree_hash_known(t, node), SUITE_HASH);
    return ERR_OK;
}

enum err tree_hash_root(struct tree *t, uint8_t out[SUITE_HASH])
{
    return tree_hash(t, treemath_root(t->leaves), out);
}

enum err tree_hash_parent(const struct tree *t, const struct tree_parent *p,
    const uint8_t sibling[SUITE_HASH], uint8_t out[SUITE_HASH])
{
    static const uint8_t LENGTH[1] = {SUITE_HASH};
    size_t head = (size_t)(p->parent_hash.p + p->parent_hash.n - p->raw.p);
    struct bytes parts[3] = {
        bytes_of(p->raw.p, head), /* key and parent hash as they are encoded already */
        bytes_of(LENGTH, 1),
        bytes_of(sibling, SUITE_HASH),
    };

    return hash_of(t->suite->hash, parts, 3, out);
}

/* Unmerged leaves that are looked away from. */
struct tree_gone {
    const uint32_t *v;
    size_t n;
};

/* A parent without them. */
static enum err tree_hash_without(const struct tree *t, const struct tree_parent *p,
    const struct tree_gone *gone, uint8_t child[2][SUITE_HASH], uint8_t out[SUITE_HASH])
{
    struct tree_list kept = {0};

    if (p == NULL)
        return tree_hash_inner(t, NULL, child[0], child[1], out);
    for (size_t i = 0; i < p->unmerged_n; i++) {
        if (!tree_sorted_has(gone->v, gone->n, p->unmerged[i]))
            tree_list_put(&kept, p->unmerged[i]);
    }
    struct tree_parent *was = tree_parent_new(p->key, p->parent_hash, kept.v, kept.n);
    enum err e = tree_hash_inner(t, was, child[0], child[1], out);
    tree_parent_unref(was);
    tree_list_free(&kept);
    return e;
}

enum err tree_hash_original(
    struct tree *t, uint32_t node, const uint32_t *unmerged, size_t n, uint8_t out[SUITE_HASH])
{
    struct {
        uint32_t node;
        unsigned done; /* children */
        uint8_t child[2][SUITE_HASH];
    } stack[TREE_STACK], *at;
    struct tree_gone gone = {unmerged, n};
    size_t depth = 0;

    stack[depth++].node = node;
    stack[0].done = 0;
    while (depth > 0) {
        size_t below = n;
        enum err e;
        at = &stack[depth - 1];
        (void)tree_below(unmerged, &below, at->node);
        if (below > 0 && !tree_is_leaf(at->node) && at->done < 2) {
            stack[depth].node =
                at->done == 0 ? treemath_left(at->node) : treemath_right(at->node);
            stack[depth++].done = 0;
            continue;
        }
        if (below == 0) /* nothing in it has changed: the cache is right */
            e = tree_hash(t, at->node, out);
        else if (tree_is_leaf(at->node))
            e = tree_hash_leaf(t, at->node / 2, NULL, out);
        else
            e = tree_hash_without(t, tree_parent(t, at->node), &gone, at->child, out);
        if (e != ERR_OK)
            return e;
        if (--depth > 0)
            memcpy(stack[depth - 1].child[stack[depth - 1].done++], out, SUITE_HASH);
    }
    return ERR_OK;
}
