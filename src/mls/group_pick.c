/* SPDX-License-Identifier: ISC */
#include "mls/group_pick.h"

#include "base/mem.h"
#include "mls/group_propose.h"
#include "mls/wire.h"

struct pick {
    struct proposal p;
    const struct waiting *from;
    uint32_t sender;
    bool taken;
};

struct picks {
    struct pick *v;
    size_t n;
    uint64_t now; /* 0: lifetimes are not held against it */
};

static uint32_t target(const struct pick *x)
{
    switch (x->p.type) {
    case PROPOSAL_UPDATE:
        return x->sender;
    case PROPOSAL_REMOVE:
        return x->p.removed;
    default:
        return MLS_NOBODY;
    }
}

/* The leaf it brings, or NULL. */
static const struct leaf *brings(const struct pick *x)
{
    return x->p.type == PROPOSAL_ADD ? x->p.package->leaf : x->p.leaf;
}

/* Two leaves that share a key, or a leaf and the extensions that it does not support. */
static bool clash(const struct pick *a, const struct pick *b)
{
    const struct leaf *x = brings(a);
    const struct leaf *y = brings(b);

    if (x != NULL && y != NULL)
        return bytes_eq(x->signature_key, y->signature_key) ||
               bytes_eq(x->encryption_key, y->encryption_key);
    if (x != NULL && b->p.type == PROPOSAL_CONTEXT)
        return leaf_check_extensions(x, b->p.extensions) != MLS_RULE_KEPT;
    return y != NULL && a->p.type == PROPOSAL_CONTEXT &&
           leaf_check_extensions(y, a->p.extensions) != MLS_RULE_KEPT;
}

static bool conflict(const struct pick *a, const struct pick *b)
{
    if (a->p.type == PROPOSAL_REINIT || b->p.type == PROPOSAL_REINIT || clash(a, b))
        return true;
    if (target(a) != MLS_NOBODY)
        return target(a) == target(b);
    if (a->p.type != b->p.type)
        return false;
    switch (a->p.type) {
    case PROPOSAL_PSK:
        return a->p.psk.type == b->p.psk.type && bytes_eq(a->p.psk.id, b->p.psk.id) &&
               a->p.psk.epoch == b->p.psk.epoch && a->p.psk.usage == b->p.psk.usage;
    default:
        return a->p.type == PROPOSAL_CONTEXT;
    }
}

/* Somebody who is in already can only be added when the same commit removes them. */
static bool is_in(const struct mls_group *g, const struct picks *all, const struct pick *x)
{
    uint32_t leaf = tree_find_signer(g->now->tree, x->p.package->leaf->signature_key);

    for (size_t i = 0; leaf != MLS_NOBODY && i < all->n; i++)
        if (all->v[i].taken && all->v[i].p.type == PROPOSAL_REMOVE &&
            all->v[i].p.removed == leaf)
            return false;
    return leaf != MLS_NOBODY;
}

static bool psk_known(const struct mls_group *g, const struct schedule_psk_id *id)
{
    struct buf psk;

    if (id->type == PSK_RESUMPTION)
        return bytes_eq(id->id, g->now->context.group_id) &&
               group_resumption(g, id->epoch) != NULL;
    buf_init(&psk, WIRE_SMALL);
    bool known = g->env->psk != NULL && g->env->psk(g->env->arg, id->id, &psk) == ERR_OK;
    buf_wipe(&psk);
    return known;
}

/* A welcome can name no more of them. */
static bool psk_room(const struct picks *all)
{
    size_t n = 0;

    for (size_t i = 0; i < all->n; i++)
        n += all->v[i].taken && all->v[i].p.type == PROPOSAL_PSK;
    return n < WELCOME_PSK_MAX;
}

static bool lives(const struct leaf *l, uint64_t now)
{
    return now == 0 || (now >= l->not_before && now <= l->not_after);
}

/* A leaf that is good alone, among those who are there; at is the one it would replace. */
static bool fits(const struct mls_group *g, const struct leaf *l, uint32_t at)
{
    return leaf_check_extensions(l, g->now->context.extensions) == MLS_RULE_KEPT &&
           tree_check_leaf(g->now->tree, l, at) == MLS_RULE_KEPT;
}

/* 12.1.7, of everybody who would stay. */
static bool all_support(const struct mls_group *g, const struct picks *all, struct bytes ext)
{
    for (uint32_t i = 0; i < tree_leaves(g->now->tree); i++) {
        const struct leaf *l = tree_leaf(g->now->tree, i);
        bool stays = l != NULL;
        for (size_t k = 0; stays && k < all->n; k++)
            stays = !all->v[k].taken || all->v[k].p.type != PROPOSAL_REMOVE ||
                    all->v[k].p.removed != i;
        if (stays && leaf_check_extensions(l, ext) != MLS_RULE_KEPT)
            return false;
    }
    return true;
}

/* What would make our commit invalid is left out: whoever sent it shall not stop us. */
static bool possible(const struct mls_group *g, const struct picks *all, const struct pick *x)
{
    switch (x->p.type) {
    case PROPOSAL_ADD:
        return !is_in(g, all, x) && lives(brings(x), all->now) &&
               fits(g, brings(x), tree_find_signer(g->now->tree, brings(x)->signature_key));
    case PROPOSAL_UPDATE:
        return target(x) != g->now->self && fits(g, brings(x), x->sender);
    case PROPOSAL_PSK:
        return psk_room(all) && psk_known(g, &x->p.psk);
    case PROPOSAL_CONTEXT:
        return all_support(g, all, x->p.extensions);
    default:
        return target(x) != g->now->self;
    }
}

static void consider(const struct mls_group *g, struct picks *all, struct pick *x)
{
    if (x->taken || !possible(g, all, x))
        return;
    for (size_t i = 0; i < all->n; i++)
        if (all->v[i].taken && conflict(x, &all->v[i]))
            return;
    x->taken = true;
}

static void choose(const struct mls_group *g, struct picks *all)
{
    for (size_t i = 0; i < all->n; i++)
        if (all->v[i].p.type == PROPOSAL_REMOVE)
            consider(g, all, &all->v[i]);
    for (size_t i = all->n; i-- > 0;)
        if (all->v[i].p.type != PROPOSAL_REINIT) /* anything else is preferred (12.2) */
            consider(g, all, &all->v[i]);
    for (size_t i = all->n; i-- > 0;)
        consider(g, all, &all->v[i]);
}

static enum err parse(struct bytes raw, struct proposal *out)
{
    struct reader r;

    reader_init(&r, raw);
    proposal_read(&r, out);
    return reader_end(&r);
}

static enum err gather_given(struct mls_group *g, const struct mls_commit_request *what,
    struct buf *encoded, struct picks *all)
{
    size_t *end = mem_array(what->proposals_n + 1, sizeof *end);
    enum err e = ERR_OK;

    for (size_t i = 0; e == ERR_OK && i < what->proposals_n; i++) {
        e = propose_encode(g, &what->proposals[i], encoded);
        end[i] = encoded->n;
    }
    for (size_t i = 0, at = 0; e == ERR_OK && i < what->proposals_n; i++) {
        struct pick *x = &all->v[all->n++];
        e = parse(bytes_of(encoded->p + at, end[i] - at), &x->p);
        x->sender = g->now->self;
        x->taken = true;
        at = end[i];
    }
    mem_free(end);
    return e;
}

static enum err gather_waiting(struct mls_group *g, struct picks *all)
{
    enum err e = ERR_OK;

    for (const struct waiting *w = g->waiting; e == ERR_OK && w != NULL; w = w->next) {
        struct pick *x = &all->v[all->n++];
        e = parse(w->raw, &x->p);
        x->from = w;
        x->sender = w->sender_kind == SENDER_MEMBER ? w->sender : MLS_NOBODY;
    }
    return e;
}

static enum err in_lifetime(struct mls_group *g, const struct picks *all)
{
    for (size_t i = 0; i < all->n; i++) {
        const struct pick *x = &all->v[i];
        if (x->taken && x->p.type == PROPOSAL_ADD && !lives(brings(x), all->now))
            return group_refuse(g, MLS_RULE_LEAF_LIFETIME);
    }
    return ERR_OK;
}

static void put_entry(const struct pick *x, struct buf *entries)
{
    const struct proposal_entry e = {
        .by_reference = x->from != NULL,
        .reference = bytes_of(x->from != NULL ? x->from->ref : NULL, SUITE_HASH),
        .proposal = x->p.raw,
    };

    proposal_entry_write(&e, entries);
}

enum err pick_entries(
    struct mls_group *g, const struct mls_commit_request *what, struct buf *entries)
{
    struct picks all = {.now = what->now};
    struct buf encoded;

    all.v = mem_array(what->proposals_n + g->waiting_n + 1, sizeof *all.v);
    buf_init(&encoded, WIRE_MAX);
    enum err e = gather_given(g, what, &encoded, &all);
    if (e == ERR_OK && (what->wrap.flags & MLS_NO_PENDING) == 0)
        e = gather_waiting(g, &all);
    if (e == ERR_OK) {
        choose(g, &all);
        e = in_lifetime(g, &all);
    }
    for (size_t i = 0; e == ERR_OK && i < all.n; i++)
        if (all.v[i].taken)
            put_entry(&all.v[i], entries);
    for (size_t i = 0; i < all.n; i++)
        proposal_fini(&all.v[i].p);
    mem_free(all.v);
    buf_free(&encoded);
    return e == ERR_OK ? buf_end(entries) : e;
}
