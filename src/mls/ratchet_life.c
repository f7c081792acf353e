/* SPDX-License-Identifier: ISC */
#include "base/mem.h"
#include "crypto/locked.h"
#include "mls/ratchet_impl.h"

struct ratchet *ratchet_blank(const struct suite *s, uint32_t leaves, uint32_t own)
{
    struct ratchet *r = mem_alloc(sizeof *r);

    r->suite = s;
    r->leaves = treemath_leaves_for(leaves);
    r->own = own;
    r->inner = mem_array(treemath_width(r->leaves), sizeof *r->inner);
    r->leaf = mem_array(r->leaves, sizeof(struct ratchet_leaf *));
    r->found.next = cells_take(&r->cells);
    return r;
}

struct ratchet *ratchet_new(
    const struct suite *s, uint32_t leaves, uint32_t own, const uint8_t encryption[SUITE_HASH])
{
    struct ratchet *r = ratchet_blank(s, leaves, own);
    uint32_t root = treemath_root(r->leaves);

    r->inner[root] = cells_take(&r->cells);
    memcpy(cells_at(&r->cells, r->inner[root])->secret, encryption, SUITE_HASH);
    ratchet_touch(r, ratchet_page_of(root));
    return r;
}

void ratchet_free(struct ratchet *r)
{
    if (r == NULL)
        return;
    locked_free(r->far);
    cells_fini(&r->cells);
    for (uint32_t i = 0; i < r->leaves; i++)
        mem_free(r->leaf[i]);
    mem_free(r->leaf);
    mem_free(r->inner);
    mem_free(r->changed);
    mem_free(r);
}

uint32_t ratchet_own(const struct ratchet *r)
{
    return r->own;
}

bool ratchet_dirty(const struct ratchet *r)
{
    return r->changed_n != 0;
}

void ratchet_touch(struct ratchet *r, uint32_t id)
{
    if (r->changed_n == r->changed_cap) {
        r->changed_cap = r->changed_cap == 0 ? 16 : r->changed_cap * 2;
        r->changed = mem_realloc(r->changed, r->changed_cap * sizeof *r->changed);
    }
    r->changed[r->changed_n++] = id;
}

void ratchet_touch_leaf(struct ratchet *r, uint32_t leaf)
{
    if (r->leaf[leaf]->changed)
        return;
    r->leaf[leaf]->changed = true;
    ratchet_touch(r, leaf);
}

struct ratchet_leaf *ratchet_leaf_new(struct ratchet *r, uint32_t leaf)
{
    struct ratchet_leaf *l = mem_alloc(sizeof *l);

    for (size_t kind = 0; kind < RATCHET_KINDS; kind++)
        l->chain[kind].secret = cells_take(&r->cells);
    r->leaf[leaf] = l;
    return l;
}

void ratchet_found_clear(struct ratchet *r)
{
    if (r->found.set)
        mem_wipe(cells_at(&r->cells, r->found.next)->secret, SUITE_HASH);
    r->found.set = false;
    locked_free(r->far);
    r->far = NULL;
}

struct ratchet_far *ratchet_far_get(struct ratchet *r)
{
    if (r->far == NULL)
        r->far = locked_alloc(sizeof *r->far);
    return r->far;
}
