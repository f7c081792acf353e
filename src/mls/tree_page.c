/* SPDX-License-Identifier: ISC */
#include "mls/tree_impl.h"

#include "base/mem.h"

static size_t tree_pages_for(uint32_t leaves)
{
    return (treemath_width(leaves) + TREE_PAGE - 1) / TREE_PAGE;
}

static void tree_slot_unref(union tree_slot s, uint32_t node)
{
    if (tree_is_leaf(node))
        leaf_unref(s.leaf);
    else
        tree_parent_unref(s.parent);
}

static void tree_page_unref(struct tree_page *p)
{
    if (--p->refs > 0)
        return;
    for (uint32_t i = 0; i < TREE_PAGE; i++)
        tree_slot_unref(p->slot[i], i);
    mem_free(p);
}

static struct tree_page *tree_page_new(void)
{
    struct tree_page *p = mem_alloc(sizeof *p);

    p->refs = 1;
    return p;
}

/* The page of a node, this tree's alone. */
static struct tree_page *tree_own(struct tree *t, uint32_t node)
{
    struct tree_page **at = &t->pages[node / TREE_PAGE];
    struct tree_page *old = *at;

    if (old->refs == 1)
        return old;
    struct tree_page *p = mem_dup(old, sizeof *old);
    p->refs = 1;
    for (uint32_t i = 0; i < TREE_PAGE; i++) {
        if (p->slot[i].any == NULL)
            continue;
        if (tree_is_leaf(i))
            leaf_ref(p->slot[i].leaf);
        else
            p->slot[i].parent->refs++;
    }
    old->refs--;
    *at = p;
    return p;
}

struct tree *tree_new(const struct suite *s)
{
    struct tree *t = mem_alloc(sizeof *t);

    t->suite = s;
    return t;
}

struct tree *tree_copy(const struct tree *t)
{
    struct tree *c = mem_dup(t, sizeof *t);

    c->pages = mem_array(t->pages_n, sizeof(void *));
    for (size_t i = 0; i < c->pages_n; i++) {
        c->pages[i] = t->pages[i];
        c->pages[i]->refs++;
    }
    return c;
}

static void tree_resize(struct tree *t, uint32_t leaves)
{
    size_t n = tree_pages_for(leaves);

    for (size_t i = n; i < t->pages_n; i++)
        tree_page_unref(t->pages[i]);
    t->pages = mem_realloc(t->pages, n * sizeof(void *));
    for (size_t i = t->pages_n; i < n; i++)
        t->pages[i] = tree_page_new();
    t->pages_n = n;
    t->leaves = leaves;
}

void tree_free(struct tree *t)
{
    if (t == NULL)
        return;
    for (size_t i = 0; i < t->pages_n; i++)
        tree_page_unref(t->pages[i]);
    mem_free(t->pages);
    mem_free(t);
}

void tree_touch(struct tree *t, uint32_t node)
{
    for (uint32_t root = treemath_root(t->leaves);; node = treemath_parent(node, t->leaves)) {
        tree_own(t, node)->hashed &= ~((uint64_t)1 << node % TREE_PAGE);
        if (node == root)
            return;
    }
}

static void tree_count(struct tree *t, const struct leaf *l, bool in)
{
    uint32_t one = in ? 1 : (uint32_t)-1;

    if (l == NULL)
        return;
    t->members += one;
    for (uint16_t i = 0; i < TREE_CREDENTIALS; i++) {
        uint16_t type = (uint16_t)(LEAF_BASIC + i);
        t->census[i].uses += l->credential_type == type ? one : 0;
        t->census[i].lists += wire_u16s_has(l->credential_types, type) ? one : 0;
    }
}

static void tree_put(struct tree *t, uint32_t node, union tree_slot s)
{
    struct tree_page *p = tree_own(t, node);
    uint32_t i = node % TREE_PAGE;

    tree_slot_unref(p->slot[i], node);
    p->slot[i] = s;
    p->key[i] = tree_print(tree_slot_key(s, node));
}

void tree_put_leaf(struct tree *t, uint32_t index, struct leaf *l)
{
    uint32_t node = 2 * index;

    tree_count(t, tree_slot(t, node).leaf, false);
    tree_count(t, l, true);
    if (l == NULL && index < t->full)
        t->full = index;
    tree_put(t, node, (union tree_slot){.leaf = l});
    tree_page(t, node)->signer[node % TREE_PAGE / 2] =
        l != NULL ? tree_print(l->signature_key) : 0;
}

void tree_put_parent(struct tree *t, uint32_t node, struct tree_parent *p)
{
    tree_put(t, node, (union tree_slot){.parent = p});
}

void tree_extend(struct tree *t)
{
    tree_resize(t, t->leaves == 0 ? 1 : t->leaves * 2);
}

/* What is cut off may be stale: a parent of a tree that was never checked, a cached hash. */
static void tree_cut(struct tree *t, uint32_t leaves)
{
    uint32_t width = treemath_width(t->leaves);

    for (uint32_t node = treemath_width(leaves); node < width && node % TREE_PAGE != 0;
         node++) {
        tree_put(t, node, (union tree_slot){.any = NULL});
        tree_page(t, node)->hashed &= ~((uint64_t)1 << node % TREE_PAGE);
    }
    tree_resize(t, leaves);
}

void tree_truncate(struct tree *t)
{
    uint32_t n = t->leaves;

    while (n > 0 && tree_slot(t, 2 * (n - 1)).any == NULL)
        n--;
    uint32_t leaves = n > 0 ? treemath_leaves_for(n) : 0;
    if (leaves < t->leaves)
        tree_cut(t, leaves);
}
