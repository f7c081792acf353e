/* SPDX-License-Identifier: ISC */
#include "mls/tree_impl.h"

#include "base/mem.h"

void tree_list_put(struct tree_list *l, uint32_t v)
{
    if (l->n == l->cap) {
        l->cap = l->cap == 0 ? 16 : l->cap * 2;
        l->v = mem_realloc(l->v, l->cap * sizeof *l->v);
    }
    l->v[l->n++] = v;
}

bool tree_list_has(const struct tree_list *l, uint32_t v)
{
    for (size_t i = 0; i < l->n; i++) {
        if (l->v[i] == v)
            return true;
    }
    return false;
}

void tree_list_free(struct tree_list *l)
{
    mem_free(l->v);
    *l = (struct tree_list){0};
}

/* How many are below x. */
static size_t tree_rank(const uint32_t *v, size_t n, uint32_t x)
{
    size_t lo = 0;

    while (lo < n) {
        size_t mid = lo + (n - lo) / 2;
        if (v[mid] < x)
            lo = mid + 1;
        else
            n = mid;
    }
    return lo;
}

bool tree_sorted_has(const uint32_t *v, size_t n, uint32_t x)
{
    size_t i = tree_rank(v, n, x);

    return i < n && v[i] == x;
}

const uint32_t *tree_below(const uint32_t *v, size_t *n, uint32_t node)
{
    uint32_t first = treemath_first_leaf(node);
    size_t from = tree_rank(v, *n, first);
    size_t to = tree_rank(v, *n, first + treemath_leaf_count(node));

    *n = to - from;
    return *n > 0 ? v + from : NULL;
}

struct bytes tree_slot_key(union tree_slot s, uint32_t node)
{
    if (s.any == NULL)
        return (struct bytes){0};
    return tree_is_leaf(node) ? s.leaf->encryption_key : s.parent->key;
}

uint64_t tree_print(struct bytes key)
{
    uint64_t v = 0;
    size_t n = key.n - key.n / 2;

    if (key.n > 0)
        memcpy(&v, key.p + key.n / 2, n < sizeof v ? n : sizeof v);
    return v;
}

/* One block: the struct, the leaves, the encoding, into which the other views point. */
struct tree_parent *tree_parent_new(
    struct bytes key, struct bytes parent_hash, const uint32_t *unmerged, size_t n)
{
    size_t room = key.n + parent_hash.n + 3 * sizeof(uint32_t) + n * sizeof *unmerged;
    struct tree_parent *p = mem_alloc(sizeof *p + n * sizeof *unmerged + room);
    uint32_t *list = (uint32_t *)(p + 1);
    struct buf b;

    p->refs = 1;
    p->unmerged = list;
    p->unmerged_n = n;
    buf_init_fixed(&b, list + n, room);
    wire_put(&b, key);
    p->key = bytes_of(b.p + b.n - key.n, key.n);
    wire_put(&b, parent_hash);
    p->parent_hash = bytes_of(b.p + b.n - parent_hash.n, parent_hash.n);
    wire_put_length(&b, n * sizeof *unmerged);
    for (size_t i = 0; i < n; i++) {
        list[i] = unmerged[i];
        buf_u32(&b, unmerged[i]);
    }
    p->raw = buf_view(&b);
    return p;
}

void tree_parent_unref(struct tree_parent *p)
{
    if (p != NULL && --p->refs == 0)
        mem_free(p);
}

const struct suite *tree_suite(const struct tree *t)
{
    return t->suite;
}

uint32_t tree_leaves(const struct tree *t)
{
    return t->leaves;
}

uint32_t tree_members(const struct tree *t)
{
    return t->members;
}

struct leaf *tree_leaf(const struct tree *t, uint32_t index)
{
    return index < t->leaves ? tree_slot(t, 2 * index).leaf : NULL;
}

struct tree_parent *tree_parent(const struct tree *t, uint32_t node)
{
    return tree_is_leaf(node) ? NULL : tree_slot(t, node).parent;
}

bool tree_blank(const struct tree *t, uint32_t node)
{
    return tree_slot(t, node).any == NULL;
}

struct bytes tree_key(const struct tree *t, uint32_t node)
{
    return tree_slot_key(tree_slot(t, node), node);
}

static bool tree_any(const uint64_t *v, size_t n, uint64_t x)
{
    bool any = false;

    for (size_t i = 0; i < n; i++) /* without a branch, so that it is a few vectors wide */
        any |= v[i] == x;
    return any;
}

/* The next node from *at on with this key, or false. */
static bool tree_next_key(const struct tree *t, struct bytes key, uint32_t except)
{
    uint64_t print = tree_print(key);

    for (uint32_t page = 0; page < t->pages_n; page++) {
        const struct tree_page *p = t->pages[page];
        if (!tree_any(p->key, TREE_PAGE, print))
            continue;
        for (uint32_t i = 0; i < TREE_PAGE; i++) {
            uint32_t node = page * TREE_PAGE + i;
            if (p->key[i] == print && p->slot[i].any != NULL && node != except &&
                bytes_eq(tree_slot_key(p->slot[i], i), key))
                return true;
        }
    }
    return false;
}

bool tree_has_key(const struct tree *t, struct bytes encryption_key)
{
    return tree_next_key(t, encryption_key, UINT32_MAX);
}

static uint32_t tree_signer_in(
    const struct tree_page *p, struct bytes key, uint64_t print, uint32_t except)
{
    for (uint32_t i = 0; i < TREE_PAGE / 2; i++) {
        const struct leaf *l = p->slot[2 * i].leaf;
        if (p->signer[i] == print && l != NULL && i != except &&
            bytes_eq(l->signature_key, key))
            return i;
    }
    return UINT32_MAX;
}

static uint32_t tree_signer(const struct tree *t, struct bytes key, uint32_t except)
{
    uint64_t print = tree_print(key);

    for (uint32_t page = 0; page < t->pages_n; page++) {
        const struct tree_page *p = t->pages[page];
        uint32_t first = page * (TREE_PAGE / 2);
        if (!tree_any(p->signer, TREE_PAGE / 2, print))
            continue;
        uint32_t i = tree_signer_in(p, key, print, except - first);
        if (i != UINT32_MAX)
            return first + i;
    }
    return UINT32_MAX;
}

uint32_t tree_find_signer(const struct tree *t, struct bytes signature_key)
{
    return tree_signer(t, signature_key, UINT32_MAX);
}

bool tree_has_signer(const struct tree *t, struct bytes signature_key, uint32_t except)
{
    return tree_signer(t, signature_key, except) != UINT32_MAX;
}

enum mls_rule tree_check_leaf(const struct tree *t, const struct leaf *l, uint32_t index)
{
    const struct leaf *old = tree_leaf(t, index);
    uint32_t others = t->members - (old != NULL);

    for (uint16_t i = 0; i < TREE_CREDENTIALS; i++) {
        uint16_t type = (uint16_t)(LEAF_BASIC + i);
        uint32_t uses = t->census[i].uses;
        uint32_t lists = t->census[i].lists;
        if (old != NULL) {
            uses -= old->credential_type == type;
            lists -= wire_u16s_has(old->credential_types, type);
        }
        if (uses > 0 && !wire_u16s_has(l->credential_types, type))
            return MLS_RULE_LEAF_CREDENTIAL;
        if (l->credential_type == type && lists < others)
            return MLS_RULE_LEAF_CREDENTIAL;
    }
    if (tree_has_signer(t, l->signature_key, index))
        return MLS_RULE_LEAF_SIGNATURE_KEY_TWICE;
    if (tree_next_key(t, l->encryption_key, old != NULL ? 2 * index : UINT32_MAX))
        return MLS_RULE_LEAF_ENCRYPTION_KEY_TWICE;
    return MLS_RULE_KEPT;
}
