/* SPDX-License-Identifier: ISC */
#include "base/mem.h"
#include "mls/label.h"
#include "mls/ratchet_impl.h"

static enum err ratchet_key_of(const struct suite *s, const uint8_t secret[SUITE_HASH],
    uint32_t generation, struct ratchet_key *out)
{
    enum err e = label_derive_tree(s, secret, "key", generation, out->key, s->aead->key_size);

    if (e == ERR_OK)
        e = label_derive_tree(s, secret, "nonce", generation, out->nonce, AEAD_NONCE);
    return e;
}

static enum err ratchet_step(const struct suite *s, const uint8_t secret[SUITE_HASH],
    uint32_t generation, uint8_t next[SUITE_HASH])
{
    return label_derive_tree(s, secret, "secret", generation, next, SUITE_HASH);
}

/* Goes forward by one, or stays as it is: a step that fails halfway must not leave a secret
 * that anybody can guess. */
static enum err ratchet_advance(
    const struct suite *s, uint32_t generation, uint8_t secret[SUITE_HASH])
{
    uint8_t next[SUITE_HASH];
    enum err e = ratchet_step(s, secret, generation, next);

    if (e == ERR_OK)
        memcpy(secret, next, SUITE_HASH);
    mem_wipe(next, sizeof next);
    return e;
}

static uint32_t ratchet_reserve(uint32_t generation)
{
    return generation > UINT32_MAX - RATCHET_RESERVE ? UINT32_MAX
                                                     : generation + RATCHET_RESERVE;
}

enum err ratchet_next(
    struct ratchet *r, enum ratchet_kind kind, struct ratchet_key *out, uint32_t *generation)
{
    enum err e = ERR_OK;

    *out = (struct ratchet_key){0};
    *generation = 0;
    if (r->own >= r->leaves)
        return ERR_STATE;
    ratchet_found_clear(r);
    if (r->leaf[r->own] == NULL) {
        e = ratchet_open(r, r->own, ratchet_far_get(r));
        if (e == ERR_OK)
            ratchet_install(r, r->own, r->far);
        ratchet_found_clear(r);
        if (e != ERR_OK)
            return e;
    }
    struct ratchet_chain *c = &r->leaf[r->own]->chain[kind];
    uint8_t *secret = cells_at(&r->cells, c->secret)->secret;
    if (c->generation == UINT32_MAX) /* the last number is never used: nothing can wrap */
        return ERR_FULL;
    e = ratchet_key_of(r->suite, secret, c->generation, out);
    if (e == ERR_OK)
        e = ratchet_advance(r->suite, c->generation, secret);
    if (e != ERR_OK) {
        mem_wipe(out, sizeof *out);
        return e;
    }
    if (c->generation == c->reserved) {
        c->reserved = ratchet_reserve(c->generation);
        ratchet_touch_leaf(r, r->own);
    }
    *generation = c->generation++;
    return ERR_OK;
}

/* Where the cell's number stands in the list, or NULL. */
static uint32_t *ratchet_kept(struct ratchet *r, struct ratchet_chain *c, uint32_t generation)
{
    for (uint32_t *at = &c->kept; *at != 0; at = &cells_at(&r->cells, *at)->next) {
        if (cells_at(&r->cells, *at)->generation == generation)
            return at;
    }
    return NULL;
}

/* From secret, that of generation `from`, to key and secret behind it. The keys on the way
 * that would be kept go to far, which is not looked at when there are none. */
static enum err ratchet_walk(struct ratchet *r, const uint8_t *secret, uint32_t from,
    uint32_t generation, struct ratchet_key *out)
{
    struct ratchet_far *far = generation == from ? NULL : ratchet_far_get(r);
    uint8_t now[SUITE_HASH];
    enum err e = ERR_OK;

    memcpy(now, secret, SUITE_HASH);
    for (uint32_t g = from; g != generation && e == ERR_OK; g++) {
        if (far->skipped_n == 0 && generation - g <= RATCHET_KEPT)
            far->skipped_from = g;
        if (generation - g <= RATCHET_KEPT)
            e = ratchet_key_of(r->suite, now, g, &far->skipped[far->skipped_n++]);
        if (e == ERR_OK)
            e = ratchet_step(r->suite, now, g, now);
    }
    if (e == ERR_OK)
        e = ratchet_key_of(r->suite, now, generation, out);
    if (e == ERR_OK)
        e = ratchet_step(r->suite, now, generation, cells_at(&r->cells, r->found.next)->secret);
    mem_wipe(now, sizeof now);
    return e;
}

static enum mls_rule ratchet_ahead(struct ratchet *r, uint32_t leaf, enum ratchet_kind kind,
    uint32_t generation, struct ratchet_key *out)
{
    struct ratchet_leaf *l = r->leaf[leaf];
    uint32_t from = l == NULL ? 0 : l->chain[kind].generation;
    enum err e = ERR_OK;

    if (generation - from > RATCHET_AHEAD || generation == UINT32_MAX)
        return MLS_RULE_MESSAGE_AHEAD;
    if (l == NULL) {
        e = ratchet_open(r, leaf, ratchet_far_get(r));
        if (e == ERR_NOT_FOUND)
            return MLS_RULE_MESSAGE_SENDER;
    }
    if (e == ERR_OK)
        e = ratchet_walk(r,
            l == NULL ? r->far->root[kind] : cells_at(&r->cells, l->chain[kind].secret)->secret,
            from, generation, out);
    r->found.set = true; /* so that clearing wipes */
    r->found.leaf = leaf;
    r->found.kind = kind;
    r->found.generation = generation;
    if (e == ERR_OK)
        return MLS_RULE_KEPT;
    ratchet_found_clear(r);
    mem_wipe(out, sizeof *out);
    return MLS_RULE_MESSAGE_SEALED;
}

enum mls_rule ratchet_find(struct ratchet *r, uint32_t leaf, enum ratchet_kind kind,
    uint32_t generation, struct ratchet_key *out)
{
    *out = (struct ratchet_key){0};
    ratchet_found_clear(r);
    if (leaf >= r->leaves || leaf == r->own)
        return MLS_RULE_MESSAGE_SENDER;
    struct ratchet_leaf *l = r->leaf[leaf];
    if (l == NULL || generation >= l->chain[kind].generation)
        return ratchet_ahead(r, leaf, kind, generation, out);
    uint32_t *kept = ratchet_kept(r, &l->chain[kind], generation);
    if (kept == NULL)
        return MLS_RULE_MESSAGE_REPLAY;
    *out = cells_at(&r->cells, *kept)->key;
    return MLS_RULE_KEPT;
}

static void ratchet_drop(struct ratchet *r, struct ratchet_chain *c, uint32_t *at)
{
    uint32_t cell = *at;

    *at = cells_at(&r->cells, cell)->next;
    cells_give(&r->cells, cell);
    c->kept_n--;
}

static void ratchet_keep(struct ratchet *r, struct ratchet_chain *c)
{
    for (uint32_t i = 0; i < r->far->skipped_n; i++) {
        uint32_t cell = cells_take(&r->cells);
        struct cell *k = cells_at(&r->cells, cell);

        k->key = r->far->skipped[i];
        k->generation = r->far->skipped_from + i;
        k->next = c->kept;
        c->kept = cell;
        c->kept_n++;
    }
    uint32_t *at = &c->kept;
    for (uint32_t i = 0; i < RATCHET_KEPT && *at != 0; i++)
        at = &cells_at(&r->cells, *at)->next;
    while (*at != 0)
        ratchet_drop(r, c, at);
}

static void ratchet_forward(
    struct ratchet *r, uint32_t leaf, enum ratchet_kind kind, uint32_t generation)
{
    if (r->leaf[leaf] == NULL)
        ratchet_install(r, leaf, r->far);
    struct ratchet_chain *c = &r->leaf[leaf]->chain[kind];
    if (r->far != NULL)
        ratchet_keep(r, c);
    memcpy(cells_at(&r->cells, c->secret)->secret, cells_at(&r->cells, r->found.next)->secret,
        SUITE_HASH);
    c->generation = generation + 1;
    ratchet_touch_leaf(r, leaf);
    ratchet_found_clear(r);
}

void ratchet_spend(
    struct ratchet *r, uint32_t leaf, enum ratchet_kind kind, uint32_t generation)
{
    struct ratchet_key again;
    bool same = r->found.set && r->found.leaf == leaf && r->found.kind == kind &&
                r->found.generation == generation;

    /* Something else was looked for in between. */
    if (!same) {
        enum mls_rule rule = ratchet_find(r, leaf, kind, generation, &again);
        mem_wipe(&again, sizeof again);
        if (rule != MLS_RULE_KEPT)
            return;
    }
    if (r->found.set) {
        ratchet_forward(r, leaf, kind, generation);
        return;
    }
    struct ratchet_chain *c = &r->leaf[leaf]->chain[kind];
    ratchet_drop(r, c, ratchet_kept(r, c, generation));
    ratchet_touch_leaf(r, leaf);
}
