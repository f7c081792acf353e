/* SPDX-License-Identifier: ISC */
#include "base/mem.h"
#include "mls/label.h"
#include "mls/ratchet_impl.h"

static uint32_t ratchet_node(uint32_t leaf)
{
    return 2 * leaf;
}

static enum err ratchet_child(
    const struct suite *s, const uint8_t parent[SUITE_HASH], bool left, uint8_t *out)
{
    return label_expand(s, parent, "tree", bytes_str(left ? "left" : "right"), out, SUITE_HASH);
}

/* The node nearest to the leaf that has a secret; false: none has. */
static bool ratchet_top(const struct ratchet *r, uint32_t leaf, uint32_t *top)
{
    uint32_t root = treemath_root(r->leaves);

    for (uint32_t node = ratchet_node(leaf);; node = treemath_parent(node, r->leaves)) {
        if (r->inner[node] != 0) {
            *top = node;
            return true;
        }
        if (node == root)
            return false;
    }
}

enum err ratchet_open(struct ratchet *r, uint32_t leaf, struct ratchet_far *far)
{
    uint8_t secret[SUITE_HASH], down[SUITE_HASH];
    enum err e = ERR_OK;

    if (!ratchet_top(r, leaf, &far->top))
        return ERR_NOT_FOUND;
    memcpy(secret, cells_at(&r->cells, r->inner[far->top])->secret, SUITE_HASH);
    for (uint32_t node = far->top; node != ratchet_node(leaf) && e == ERR_OK;) {
        bool left = treemath_below(ratchet_node(leaf), treemath_left(node));

        e = ratchet_child(r->suite, secret, left, down);
        if (e == ERR_OK)
            e = ratchet_child(r->suite, secret, !left, far->beside[treemath_level(node) - 1]);
        memcpy(secret, down, SUITE_HASH);
        node = left ? treemath_left(node) : treemath_right(node);
    }
    if (e == ERR_OK)
        e = label_derive(r->suite, secret, "handshake", far->root[RATCHET_HANDSHAKE]);
    if (e == ERR_OK)
        e = label_derive(r->suite, secret, "application", far->root[RATCHET_APPLICATION]);
    mem_wipe(secret, sizeof secret);
    mem_wipe(down, sizeof down);
    far->opens = e == ERR_OK;
    return e;
}

void ratchet_install(struct ratchet *r, uint32_t leaf, const struct ratchet_far *far)
{
    cells_give(&r->cells, r->inner[far->top]);
    r->inner[far->top] = 0;
    ratchet_touch(r, ratchet_page_of(far->top));
    for (uint32_t node = ratchet_node(leaf); node != far->top;
         node = treemath_parent(node, r->leaves)) {
        uint32_t beside = treemath_sibling(node, r->leaves);

        r->inner[beside] = cells_take(&r->cells);
        memcpy(cells_at(&r->cells, r->inner[beside])->secret, far->beside[treemath_level(node)],
            SUITE_HASH);
        ratchet_touch(r, ratchet_page_of(beside));
    }
    struct ratchet_leaf *l = ratchet_leaf_new(r, leaf);
    for (size_t kind = 0; kind < RATCHET_KINDS; kind++)
        memcpy(cells_at(&r->cells, l->chain[kind].secret)->secret, far->root[kind], SUITE_HASH);
    ratchet_touch_leaf(r, leaf);
}
