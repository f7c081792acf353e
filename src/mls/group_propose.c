/* SPDX-License-Identifier: ISC */
#include "mls/group_propose.h"
#include "base/mem.h"
#include "mls/label.h"
#include "mls/wire.h"

/* A proposal on its way out, and the bytes that hold what it points to. */
struct draft {
    struct proposal p;
    uint8_t nonce[SUITE_HASH];
    uint8_t leaf_priv[DH_PRIV_SIZE];
};

static enum err draft_psk(
    const struct mls_group *g, const struct mls_proposal *what, struct draft *d)
{
    struct schedule_psk_id *id = &d->p.psk;

    env_random(g->env, d->nonce, sizeof d->nonce);
    id->nonce = bytes_of(d->nonce, sizeof d->nonce);
    id->type = what->psk_id.n != 0 ? PSK_EXTERNAL : PSK_RESUMPTION;
    id->id = what->psk_id;
    if (id->type == PSK_EXTERNAL)
        return ERR_OK;
    id->usage = PSK_APPLICATION;
    id->id = g->now->context.group_id;
    id->epoch = what->psk_epoch;
    if (what->prior == NULL)
        return ERR_OK;
    if (what->prior->now == NULL)
        return ERR_STATE;
    id->usage = what->prior->suspended ? PSK_REINIT : PSK_BRANCH;
    id->id = what->prior->now->context.group_id;
    id->epoch = what->prior->now->context.epoch;
    return ERR_OK;
}

static enum err draft_update(const struct mls_group *g, struct draft *d)
{
    const struct leaf_place at = epoch_place(g->now, g->now->self);
    struct mls_identity who = group_identity(g);
    struct dh_key *key = NULL;
    struct leaf_spec spec;

    env_random(g->env, d->leaf_priv, sizeof d->leaf_priv);
    struct hpke_suite hpke = at.suite->hpke;
    enum err e = hpke_derive_key(&hpke, bytes_of(d->leaf_priv, sizeof d->leaf_priv), &key);
    if (e != ERR_OK)
        return e;
    dh_key_priv(key, d->leaf_priv);
    package_leaf_spec(&who, &spec);
    spec.source = LEAF_UPDATE;
    spec.encryption_key = dh_key_pub(key);
    spec.key = g->signer;
    e = leaf_make(&spec, &at, &d->p.leaf);
    dh_key_free(key);
    return e;
}

static enum err draft_make(
    const struct mls_group *g, const struct mls_proposal *what, struct draft *d)
{
    d->p.type = what->type;
    switch (what->type) {
    case MLS_ADD:
        return package_read(what->package, &d->p.package);
    case MLS_UPDATE:
        return draft_update(g, d);
    case MLS_REMOVE:
        d->p.removed = what->leaf;
        return ERR_OK;
    case MLS_PSK:
        return draft_psk(g, what, d);
    case MLS_REINIT:
        d->p.reinit.group_id = what->group_id;
        d->p.reinit.version = 1;
        d->p.reinit.suite = what->suite;
        d->p.reinit.extensions = what->extensions;
        return suite_find(what->suite) != NULL ? ERR_OK : ERR_UNSUPPORTED;
    case MLS_CONTEXT:
        d->p.extensions = what->extensions;
        return ERR_OK;
    default:
        return ERR_UNSUPPORTED;
    }
}

static void draft_fini(struct draft *d)
{
    proposal_fini(&d->p);
    mem_wipe(d, sizeof *d);
}

enum err propose_encode(
    const struct mls_group *g, const struct mls_proposal *what, struct buf *out)
{
    struct draft d = {0};

    if (what->type == MLS_UPDATE) /* ours in our own commit is its path */
        return ERR_UNSUPPORTED;
    enum err e = draft_make(g, what, &d);
    if (e == ERR_OK) {
        proposal_write(&d.p, out);
        e = buf_end(out);
    }
    draft_fini(&d);
    return e;
}

enum err group_wait(struct mls_group *g, const struct content *c, struct waiting **out)
{
    uint8_t ref[SUITE_HASH];
    struct waiting **end = &g->waiting;
    struct buf auth;

    *out = NULL;
    buf_init(&auth, WIRE_MAX);
    content_authenticated_write(c, &auth);
    enum err e = buf_end(&auth);
    if (e == ERR_OK)
        e = label_ref(
            g->now->context.suite, "MLS 1.0 Proposal Reference", buf_view(&auth), ref);
    buf_free(&auth);
    if (e != ERR_OK)
        return e;
    for (; *end != NULL; end = &(*end)->next)
        if (memcmp((*end)->ref, ref, sizeof ref) == 0)
            return ERR_OK;
    if (g->waiting_n == GROUP_WAITING_MAX || c->body.n > WIRE_MAX - g->waiting_bytes)
        return ERR_FULL;
    struct waiting *w = mem_alloc(sizeof *w);
    memcpy(w->ref, ref, sizeof ref);
    w->sender_kind = c->sender;
    w->sender = c->sender_index;
    w->raw = bytes_of(mem_dup(c->body.p, c->body.n), c->body.n);
    *end = w;
    g->waiting_n++;
    g->waiting_bytes += c->body.n;
    g->dirty = true;
    *out = w;
    return ERR_OK;
}

static enum err send_draft(struct mls_group *g, const struct draft *d,
    const struct mls_wrap *wrap, struct buf *message)
{
    struct content c = group_content(g->now, CONTENT_PROPOSAL, wrap);
    uint8_t signature[SIGN_MAX];
    struct waiting *w = NULL;
    struct buf body;
    size_t n = 0;

    buf_init(&body, WIRE_MAX);
    proposal_write(&d->p, &body);
    c.body = buf_view(&body);
    enum err e = buf_end(&body);
    if (e == ERR_OK)
        e = content_sign(&c, g->signer, buf_view(&g->now->context_raw), signature, &n);
    c.signature = bytes_of(signature, n);
    if (e == ERR_OK)
        e = group_write(g, &c, wrap->pad, message);
    if (e == ERR_OK)
        e = group_wait(g, &c, &w);
    if (w != NULL && d->p.type == PROPOSAL_UPDATE) {
        w->own_update = true;
        memcpy(w->leaf_priv, d->leaf_priv, sizeof w->leaf_priv);
    }
    buf_free(&body);
    return e;
}

enum err mls_propose(struct mls_group *g, const struct mls_proposal *what,
    const struct mls_wrap *wrap, struct buf *message)
{
    enum err e = group_may_speak(g);
    struct draft d = {0};

    if (e != ERR_OK)
        return e;
    e = draft_make(g, what, &d);
    if (e == ERR_OK) {
        enum mls_rule rule = batch_check_one(g->env, g->now, &d.p, SENDER_MEMBER, g->now->self);
        if (rule != MLS_RULE_KEPT)
            e = group_refuse(g, rule);
    }
    if (e == ERR_OK)
        e = g->waiting_n < GROUP_WAITING_MAX ? send_draft(g, &d, wrap, message) : ERR_FULL;
    draft_fini(&d);
    return e;
}
