/* SPDX-License-Identifier: ISC */
#include "mls/tree_impl.h"

#include <stdlib.h>

#include "base/mem.h"

/* The next node down from p towards a leaf that is not blank; the leaf itself at the last. */
static uint32_t tree_next_down(const struct tree *t, uint32_t p, uint32_t leaf)
{
    do {
        p = 2 * leaf < p ? treemath_left(p) : treemath_right(p);
    } while (!tree_is_leaf(p) && tree_blank(t, p));
    return p;
}

static bool tree_unmerged_kept(const struct tree *t, uint32_t node, const struct tree_parent *p)
{
    for (size_t i = 0; i < p->unmerged_n; i++) {
        uint32_t leaf = p->unmerged[i];
        if (i > 0 && leaf <= p->unmerged[i - 1])
            return false;
        if (tree_leaf(t, leaf) == NULL || !treemath_below(2 * leaf, node))
            return false;
        /* Every node between has it too: the next one must, and is asked the same. */
        uint32_t down = tree_next_down(t, node, leaf);
        const struct tree_parent *q = tree_parent(t, down);
        if (q != NULL && !tree_sorted_has(q->unmerged, q->unmerged_n, leaf))
            return false;
    }
    return true;
}

static struct bytes tree_slot_parent_hash(const struct tree *t, uint32_t node)
{
    union tree_slot s = tree_slot(t, node);

    return tree_is_leaf(node) ? s.leaf->parent_hash : s.parent->parent_hash;
}

/* The one node of the resolution of C that is not among P's unmerged leaves; UINT32_MAX when
 * there are more. The unmerged ones below C are in it: tree_unmerged_kept() has seen to that.
 */
static uint32_t tree_neighbour(
    const struct tree *t, const struct tree_parent *p, uint32_t c, struct tree_list *scratch)
{
    size_t n = p->unmerged_n;
    const uint32_t *unmerged = tree_below(p->unmerged, &n, c);

    tree_resolve(t, c, NULL, n + 2, scratch);
    if (scratch->n != n + 1)
        return UINT32_MAX;
    for (size_t i = 0; i < scratch->n; i++) {
        uint32_t d = scratch->v[i];
        if (!tree_is_leaf(d) || !tree_sorted_has(unmerged, n, d / 2))
            return d;
    }
    return UINT32_MAX;
}

/* Whether some D below c was set together with the node, c's sibling being s. */
static bool tree_chained(struct tree *t, uint32_t node, bool left, struct tree_list *scratch)
{
    const struct tree_parent *p = tree_parent(t, node);
    uint32_t c = left ? treemath_left(node) : treemath_right(node);
    uint32_t s = left ? treemath_right(node) : treemath_left(node);
    uint32_t d = tree_neighbour(t, p, c, scratch);
    uint8_t hash[SUITE_HASH];
    size_t n = p->unmerged_n;

    if (d == UINT32_MAX || tree_slot_parent_hash(t, d).n != SUITE_HASH)
        return false;
    const uint32_t *unmerged = tree_below(p->unmerged, &n, s);
    if (tree_hash_original(t, s, unmerged, n, hash) != ERR_OK ||
        tree_hash_parent(t, p, hash, hash) != ERR_OK)
        return false;
    return bytes_eq(tree_slot_parent_hash(t, d), bytes_of(hash, sizeof hash));
}

static enum mls_rule tree_check_parents(struct tree *t)
{
    uint32_t width = treemath_width(t->leaves);
    struct tree_list scratch = {0};
    enum mls_rule rule = MLS_RULE_KEPT;

    for (uint32_t node = 1; node < width && rule == MLS_RULE_KEPT; node += 2) {
        const struct tree_parent *p = tree_parent(t, node);
        if (p != NULL && !tree_unmerged_kept(t, node, p))
            rule = MLS_RULE_TREE_UNMERGED;
        else if (p != NULL && dh_check(t->suite->hpke.kem, p->key) != ERR_OK)
            rule = MLS_RULE_LEAF_KEY;
    }
    for (uint32_t node = 1; node < width && rule == MLS_RULE_KEPT; node += 2) {
        if (!tree_blank(t, node) &&
            tree_chained(t, node, true, &scratch) == tree_chained(t, node, false, &scratch))
            rule = MLS_RULE_TREE_PARENT_HASH; /* by none, or by two */
    }
    tree_list_free(&scratch);
    return rule;
}

struct tree_used {
    uint64_t print;
    struct bytes key;
};

static int tree_used_order(const void *a, const void *b)
{
    const struct tree_used *x = a;
    const struct tree_used *y = b;

    if (x->print != y->print)
        return x->print < y->print ? -1 : 1;
    if (x->key.n != y->key.n)
        return x->key.n < y->key.n ? -1 : 1;
    return memcmp(x->key.p, y->key.p, x->key.n);
}

static bool tree_used_twice(struct tree_used *v, size_t n)
{
    qsort(v, n, sizeof *v, tree_used_order);
    for (size_t i = 1; i < n; i++) {
        if (v[i].print == v[i - 1].print && bytes_eq(v[i].key, v[i - 1].key))
            return true;
    }
    return false;
}

static enum mls_rule tree_check_unique(const struct tree *t)
{
    uint32_t width = treemath_width(t->leaves);
    struct tree_used *v = mem_array(width, sizeof *v);
    enum mls_rule rule = MLS_RULE_KEPT;
    size_t n = 0;

    for (uint32_t node = 0; node < width; node++) {
        if (!tree_blank(t, node))
            v[n++] = (struct tree_used){
                tree_page(t, node)->key[node % TREE_PAGE], tree_key(t, node)};
    }
    if (tree_used_twice(v, n))
        rule = MLS_RULE_LEAF_ENCRYPTION_KEY_TWICE;
    n = 0;
    for (uint32_t i = 0; i < t->leaves; i++) {
        const struct leaf *l = tree_leaf(t, i);
        if (l != NULL)
            v[n++] = (struct tree_used){tree_print(l->signature_key), l->signature_key};
    }
    if (rule == MLS_RULE_KEPT && tree_used_twice(v, n))
        rule = MLS_RULE_LEAF_SIGNATURE_KEY_TWICE;
    mem_free(v);
    return rule;
}

static enum mls_rule tree_check_leaves(
    const struct tree *t, const struct mls_env *env, const struct leaf_place *at)
{
    const unsigned sources = 1u << LEAF_KEY_PACKAGE | 1u << LEAF_UPDATE | 1u << LEAF_COMMIT;
    struct leaf_place place = *at;

    for (size_t i = 0; i < TREE_CREDENTIALS; i++) {
        if (t->census[i].uses > 0 && t->census[i].lists < t->members)
            return MLS_RULE_LEAF_CREDENTIAL;
    }
    for (place.index = 0; place.index < t->leaves; place.index++) {
        struct leaf *l = tree_leaf(t, place.index);
        enum mls_rule rule = l != NULL ? leaf_check(env, l, &place, sources) : MLS_RULE_KEPT;
        if (rule != MLS_RULE_KEPT)
            return rule;
    }
    return MLS_RULE_KEPT;
}

enum mls_rule tree_check(struct tree *t, const struct mls_env *env, const struct leaf_place *at)
{
    enum mls_rule rule = tree_check_parents(t);

    if (rule == MLS_RULE_KEPT)
        rule = tree_check_unique(t);
    if (rule == MLS_RULE_KEPT)
        rule = tree_check_leaves(t, env, at);
    return rule;
}
