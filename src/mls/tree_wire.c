/* SPDX-License-Identifier: ISC */
#include "mls/tree_impl.h"

#include "base/mem.h"

enum { TREE_WIRE_LEAF = 1, TREE_WIRE_PARENT = 2 }; /* NodeType */

static struct tree_parent *tree_parent_read(struct reader *r)
{
    struct bytes key = wire_vec(r, WIRE_SMALL);
    struct bytes parent_hash = wire_vec(r, WIRE_SMALL);
    struct bytes unmerged = wire_vec(r, TREEMATH_LEAVES_MAX * sizeof(uint32_t));
    struct reader walk;

    if (unmerged.n % sizeof(uint32_t) != 0)
        reader_fail(r, ERR_FORMAT);
    if (reader_err(r) != ERR_OK)
        return NULL;
    size_t n = unmerged.n / sizeof(uint32_t);
    uint32_t *v = mem_array(n, sizeof *v);
    reader_init(&walk, unmerged);
    for (size_t i = 0; i < n; i++)
        v[i] = reader_u32(&walk);
    struct tree_parent *p = tree_parent_new(key, parent_hash, v, n);
    mem_free(v);
    return p;
}

/* optional<Node>, into a place that is blank. */
static void tree_node_read(struct tree *t, uint32_t node, struct reader *r)
{
    if (!wire_optional(r) || reader_err(r) != ERR_OK)
        return;
    if (reader_u8(r) != (tree_is_leaf(node) ? TREE_WIRE_LEAF : TREE_WIRE_PARENT)) {
        reader_fail(r, ERR_FORMAT);
        return;
    }
    if (tree_is_leaf(node)) {
        struct leaf *l;
        leaf_read(r, &l);
        if (l != NULL)
            tree_put_leaf(t, node / 2, l);
    } else {
        struct tree_parent *p = tree_parent_read(r);
        if (p != NULL)
            tree_put_parent(t, node, p);
    }
}

static void tree_nodes_read(struct tree *t, struct reader *r)
{
    uint32_t node = 0;

    for (; reader_left(r) > 0; node++) {
        if (node < treemath_width(t->leaves)) {
            tree_node_read(t, node, r);
        } else if (t->leaves < TREEMATH_LEAVES_MAX) {
            tree_extend(t);
            tree_node_read(t, node, r);
        } else {
            reader_fail(r, ERR_TOO_BIG);
        }
    }
    /* What is written ends in a leaf that somebody is at. */
    if (reader_err(r) == ERR_OK && (node % 2 == 0 || tree_blank(t, node - 1)))
        reader_fail(r, ERR_FORMAT);
}

enum err tree_read(const struct suite *s, struct bytes in, struct tree **out)
{
    struct tree *t = tree_new(s);
    struct reader r;
    struct reader inner;

    *out = NULL;
    reader_init(&r, in);
    wire_enter(&r, WIRE_MAX, &inner);
    tree_nodes_read(t, &inner);
    wire_leave(&r, &inner);
    enum err e = reader_end(&r);
    if (e == ERR_OK)
        *out = t;
    else
        tree_free(t);
    return e;
}

void tree_write_node(const struct tree *t, uint32_t node, struct buf *out)
{
    union tree_slot s = tree_slot(t, node);

    buf_u8(out, s.any != NULL);
    if (s.any == NULL)
        return;
    buf_u8(out, tree_is_leaf(node) ? TREE_WIRE_LEAF : TREE_WIRE_PARENT);
    buf_bytes(out, tree_is_leaf(node) ? s.leaf->raw : s.parent->raw);
}

void tree_write(const struct tree *t, struct buf *out)
{
    uint32_t n = treemath_width(t->leaves);
    size_t at = wire_open(out);

    while (n > 0 && tree_blank(t, n - 1))
        n--;
    for (uint32_t node = 0; node < n; node++)
        tree_write_node(t, node, out);
    wire_close(out, at);
}

static enum err tree_build_node(struct tree *t, const struct tree_node *from)
{
    struct reader r;

    if (from->index >= treemath_width(t->leaves) || !tree_blank(t, from->index))
        return ERR_FORMAT;
    reader_init(&r, from->bytes);
    tree_node_read(t, from->index, &r);
    return reader_end(&r);
}

/* As tree_read() would have it: somebody is in the right half, and nothing after the last. */
static bool tree_shape_kept(const struct tree *t)
{
    uint32_t n = treemath_width(t->leaves);

    while (n > 0 && tree_blank(t, n - 1))
        n--;
    return n % 2 == 1 && treemath_leaves_for((n + 1) / 2) == t->leaves;
}

enum err tree_build(const struct suite *s, uint32_t leaves, const struct tree_node *nodes,
    size_t count, struct tree **out)
{
    struct tree *t = tree_new(s);
    enum err e = ERR_OK;

    *out = NULL;
    if (leaves > TREEMATH_LEAVES_MAX)
        e = ERR_TOO_BIG;
    else if (leaves == 0 || (leaves & (leaves - 1)) != 0)
        e = ERR_FORMAT;
    while (e == ERR_OK && t->leaves < leaves)
        tree_extend(t);
    for (size_t i = 0; e == ERR_OK && i < count; i++)
        e = tree_build_node(t, &nodes[i]);
    if (e == ERR_OK && !tree_shape_kept(t))
        e = ERR_FORMAT;
    if (e == ERR_OK)
        *out = t;
    else
        tree_free(t);
    return e;
}

static struct bytes tree_slot_raw(union tree_slot s, uint32_t node)
{
    if (s.any == NULL)
        return (struct bytes){0};
    return tree_is_leaf(node) ? s.leaf->raw : s.parent->raw;
}

void tree_changed(const struct tree *before, const struct tree *after, struct tree_list *out)
{
    uint32_t a = treemath_width(before->leaves);
    uint32_t b = treemath_width(after->leaves);

    out->n = 0;
    for (uint32_t node = 0; node < (a > b ? a : b); node++) {
        size_t page = node / TREE_PAGE;
        if (node % TREE_PAGE == 0 && page < before->pages_n && page < after->pages_n &&
            before->pages[page] == after->pages[page]) {
            node += TREE_PAGE - 1;
            continue;
        }
        union tree_slot x = tree_slot(before, node);
        union tree_slot y = tree_slot(after, node);
        if (x.any != y.any && !bytes_eq(tree_slot_raw(x, node), tree_slot_raw(y, node)))
            tree_list_put(out, node);
    }
}
