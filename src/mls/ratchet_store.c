/* SPDX-License-Identifier: ISC */
#include <stdlib.h>

#include "base/mem.h"
#include "mls/label.h"
#include "mls/ratchet_impl.h"

uint32_t ratchet_page_of(uint32_t node)
{
    unsigned level = treemath_level(node) / RATCHET_LEVELS * RATCHET_LEVELS + RATCHET_LEVELS;

    return RATCHET_PAGES + (node >> (level + 1) << (level + 1)) + (1u << level) - 1;
}

uint32_t ratchet_slot(uint32_t top, unsigned slot)
{
    unsigned depth = slot < 2 ? 1 : slot < 6 ? 2 : 3;
    unsigned at = slot + 2 - (1u << depth);
    unsigned level = treemath_level(top) - depth;
    uint32_t first = top >> (treemath_level(top) + 1) << depth;

    return ((first + at) << (level + 1)) + (1u << level) - 1;
}

static bool ratchet_has(const struct ratchet *r, uint32_t node)
{
    return node < treemath_width(r->leaves) && r->inner[node] != 0;
}

static void ratchet_write_page(const struct ratchet *r, uint32_t top, struct buf *out)
{
    uint16_t set = 0;

    for (unsigned i = 0; i < RATCHET_SLOTS; i++)
        set |= (uint16_t)(ratchet_has(r, ratchet_slot(top, i)) << i);
    if (set == 0) {
        buf_clear(out);
        return;
    }
    buf_u16(out, set);
    for (unsigned i = 0; i < RATCHET_SLOTS; i++) {
        if ((set >> i & 1) != 0)
            buf_put(
                out, cells_at(&r->cells, r->inner[ratchet_slot(top, i)])->secret, SUITE_HASH);
    }
}

/* Our own generations go out as far as they are reserved: what was used in between cannot be
 * made from it. */
static enum err ratchet_write_secret(
    const struct ratchet *r, const struct ratchet_chain *c, uint32_t to, struct buf *out)
{
    uint8_t secret[SUITE_HASH];
    enum err e = ERR_OK;

    memcpy(secret, cells_at(&r->cells, c->secret)->secret, SUITE_HASH);
    for (uint32_t g = c->generation; g < to && e == ERR_OK; g++)
        e = label_derive_tree(r->suite, secret, "secret", g, secret, SUITE_HASH);
    buf_put(out, secret, SUITE_HASH);
    mem_wipe(secret, sizeof secret);
    return e;
}

static enum err ratchet_write_leaf(const struct ratchet *r, uint32_t leaf, struct buf *out)
{
    bool own = leaf == r->own;
    enum err e = ERR_OK;

    buf_u8(out, own);
    for (size_t kind = 0; kind < RATCHET_KINDS && e == ERR_OK; kind++) {
        const struct ratchet_chain *c = &r->leaf[leaf]->chain[kind];
        uint32_t to = own ? c->reserved : c->generation;

        buf_u32(out, to);
        e = ratchet_write_secret(r, c, to, out);
        buf_u8(out, (uint8_t)c->kept_n);
        for (uint32_t cell = c->kept; cell != 0; cell = cells_at(&r->cells, cell)->next) {
            const struct cell *k = cells_at(&r->cells, cell);

            buf_u32(out, k->generation);
            buf_put(out, k->key.key, r->suite->aead->key_size);
            buf_put(out, k->key.nonce, AEAD_NONCE);
        }
    }
    return e;
}

static enum err ratchet_put(
    const struct ratchet *r, uint32_t id, bool empty_too, ratchet_put_fn *put, void *arg)
{
    uint8_t room[RATCHET_RECORD];
    struct buf out;
    enum err e = ERR_OK;

    buf_init_fixed(&out, room, sizeof room);
    buf_u8(&out, RATCHET_VERSION);
    buf_u32(&out, id);
    if (id < RATCHET_PAGES)
        e = ratchet_write_leaf(r, id, &out);
    else
        ratchet_write_page(r, id - RATCHET_PAGES, &out);
    if (e == ERR_OK)
        e = buf_end(&out);
    if (e == ERR_OK && (out.n != 0 || empty_too))
        e = put(arg, id, buf_view(&out));
    mem_wipe(room, sizeof room);
    return e;
}

static enum err ratchet_save_all(const struct ratchet *r, ratchet_put_fn *put, void *arg)
{
    uint32_t width = treemath_width(r->leaves);
    enum err e = ERR_OK;

    for (uint32_t leaf = 0; leaf < r->leaves && e == ERR_OK; leaf++) {
        if (r->leaf[leaf] != NULL)
            e = ratchet_put(r, leaf, false, put, arg);
    }
    for (unsigned level = RATCHET_LEVELS; e == ERR_OK; level += RATCHET_LEVELS) {
        uint32_t half = 1u << level;

        for (uint32_t first = 0; first < width && e == ERR_OK; first += 2 * half)
            e = ratchet_put(r, RATCHET_PAGES + first + half - 1, false, put, arg);
        if (half > width) /* the root was in it */
            break;
    }
    return e;
}

static int ratchet_by_id(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

static enum err ratchet_save_changed(struct ratchet *r, ratchet_put_fn *put, void *arg)
{
    enum err e = ERR_OK;

    if (r->changed_n != 0)
        qsort(r->changed, r->changed_n, sizeof *r->changed, ratchet_by_id);
    for (size_t i = 0; i < r->changed_n && e == ERR_OK; i++) {
        if (i == 0 || r->changed[i] != r->changed[i - 1])
            e = ratchet_put(r, r->changed[i], true, put, arg);
    }
    return e;
}

enum err ratchet_save(struct ratchet *r, bool all, ratchet_put_fn *put, void *arg)
{
    enum err e = all ? ratchet_save_all(r, put, arg) : ratchet_save_changed(r, put, arg);

    if (e != ERR_OK)
        return e;
    for (size_t i = 0; i < r->changed_n; i++) {
        if (r->changed[i] < RATCHET_PAGES)
            r->leaf[r->changed[i]]->changed = false;
    }
    r->changed_n = 0;
    return ERR_OK;
}
