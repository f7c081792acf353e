/* SPDX-License-Identifier: ISC */
#include "base/mem.h"
#include "mls/ratchet_impl.h"

static uint32_t ratchet_load_secret(struct ratchet *r, struct reader *in)
{
    struct bytes secret = reader_bytes(in, SUITE_HASH);
    uint32_t cell = cells_take(&r->cells);

    if (secret.n == SUITE_HASH)
        memcpy(cells_at(&r->cells, cell)->secret, secret.p, SUITE_HASH);
    return cell;
}

/* One kept key, to the end of the list. below: the generation before it in the list. */
static uint32_t *ratchet_load_kept(
    struct ratchet *r, struct reader *in, uint32_t *tail, uint32_t *below)
{
    uint32_t generation = reader_u32(in);
    struct bytes key = reader_bytes(in, r->suite->aead->key_size);
    struct bytes nonce = reader_bytes(in, AEAD_NONCE);

    if (generation >= *below)
        reader_fail(in, ERR_CORRUPT);
    if (reader_err(in) != ERR_OK)
        return tail;
    *below = generation;
    *tail = cells_take(&r->cells);
    struct cell *k = cells_at(&r->cells, *tail);
    k->generation = generation;
    memcpy(k->key.key, key.p, key.n);
    memcpy(k->key.nonce, nonce.p, nonce.n);
    return &k->next;
}

static void ratchet_load_chain(
    struct ratchet *r, struct reader *in, bool own, struct ratchet_chain *c)
{
    c->generation = reader_u32(in);
    c->reserved = own ? c->generation : 0;
    cells_give(&r->cells, c->secret);
    c->secret = ratchet_load_secret(r, in);
    uint8_t kept_n = reader_u8(in);
    if (kept_n > (own ? 0 : RATCHET_KEPT))
        reader_fail(in, ERR_CORRUPT);
    uint32_t *tail = &c->kept;
    uint32_t below = c->generation;
    for (uint8_t i = 0; i < kept_n && reader_err(in) == ERR_OK; i++) {
        tail = ratchet_load_kept(r, in, tail, &below);
        c->kept_n++;
    }
}

static void ratchet_load_leaf(struct ratchet *r, uint32_t leaf, struct reader *in)
{
    bool own = leaf == r->own;

    if (leaf >= r->leaves || r->leaf[leaf] != NULL || reader_u8(in) != own) {
        reader_fail(in, ERR_CORRUPT);
        return;
    }
    struct ratchet_leaf *l = ratchet_leaf_new(r, leaf);
    for (size_t kind = 0; kind < RATCHET_KINDS; kind++)
        ratchet_load_chain(r, in, own, &l->chain[kind]);
}

static void ratchet_load_page(struct ratchet *r, uint32_t top, struct reader *in)
{
    uint16_t set = reader_u16(in);

    if (treemath_level(top) == 0 || treemath_level(top) % RATCHET_LEVELS != 0 || set == 0 ||
        set >> RATCHET_SLOTS != 0)
        reader_fail(in, ERR_CORRUPT);
    for (unsigned i = 0; i < RATCHET_SLOTS && reader_err(in) == ERR_OK; i++) {
        uint32_t node = ratchet_slot(top, i);

        if ((set >> i & 1) == 0)
            continue;
        if (node >= treemath_width(r->leaves) || r->inner[node] != 0)
            reader_fail(in, ERR_CORRUPT);
        else
            r->inner[node] = ratchet_load_secret(r, in);
    }
}

enum err ratchet_load(struct ratchet *r, uint32_t id, struct bytes record)
{
    struct reader in;

    reader_init(&in, record);
    uint8_t version = reader_u8(&in);
    if (version > RATCHET_VERSION)
        return ERR_VERSION;
    if (version != RATCHET_VERSION || id >= RATCHET_ID_MAX || reader_u32(&in) != id)
        return ERR_CORRUPT;
    if (id < RATCHET_PAGES)
        ratchet_load_leaf(r, id, &in);
    else
        ratchet_load_page(r, id - RATCHET_PAGES, &in);
    return reader_end(&in) == ERR_OK ? ERR_OK : ERR_CORRUPT;
}

/* Marks the leaves from first on as served; false when one of them was. */
static bool ratchet_serve(uint8_t *served, uint32_t first, uint32_t n)
{
    for (uint32_t i = first; i < first + n; i++) {
        if (served[i] != 0)
            return false;
        served[i] = 1;
    }
    return true;
}

enum err ratchet_loaded(const struct ratchet *r)
{
    uint8_t *served = mem_alloc(r->leaves);
    bool whole = true;

    for (uint32_t leaf = 0; leaf < r->leaves && whole; leaf++) {
        if (r->leaf[leaf] != NULL)
            whole = ratchet_serve(served, leaf, 1);
    }
    for (uint32_t node = 0; node < treemath_width(r->leaves) && whole; node++) {
        if (r->inner[node] != 0)
            whole = ratchet_serve(served, treemath_first_leaf(node), treemath_leaf_count(node));
    }
    whole = whole && memchr(served, 0, r->leaves) == NULL;
    mem_free(served);
    return whole ? ERR_OK : ERR_CORRUPT;
}
