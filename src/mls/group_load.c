/* SPDX-License-Identifier: ISC */
#include "base/mem.h"
#include "mls/group_store.h"
#include "mls/wire.h"

static void get_bytes(struct reader *r, void *to, size_t n)
{
    struct bytes v = reader_bytes(r, n);

    if (v.n == n)
        memcpy(to, v.p, n);
}

static enum err get_tree(struct reader *r, struct epoch *e)
{
    uint8_t hash[SUITE_HASH];
    struct bytes raw = wire_vec(r, STORE_MAX);

    if (reader_err(r) != ERR_OK || e->context.suite == NULL ||
        tree_read(e->context.suite, raw, &e->tree) != ERR_OK ||
        tree_hash_root(e->tree, hash) != ERR_OK ||
        memcmp(hash, e->context.tree_hash, SUITE_HASH) != 0)
        return ERR_CORRUPT;
    return ERR_OK;
}

static enum err get_context(struct reader *r, struct epoch *e)
{
    struct schedule_context c;
    struct reader inner;
    struct bytes raw = wire_vec(r, STORE_MAX);

    reader_init(&inner, raw);
    schedule_context_read(&inner, &c);
    if (reader_err(r) != ERR_OK || reader_end(&inner) != ERR_OK || c.suite == NULL)
        return ERR_CORRUPT;
    return epoch_set_context(e, &c);
}

static enum err get_epoch(struct reader *r, struct epoch **out)
{
    *out = NULL;
    if (!wire_optional(r))
        return reader_err(r);
    struct epoch *e = *out = epoch_new();
    enum err err = get_context(r, e);
    if (err == ERR_OK)
        err = get_tree(r, e);
    if (err != ERR_OK)
        return err;
    get_bytes(r, e->keys, sizeof *e->keys);
    e->self = reader_u32(r);
    e->interim_n = reader_u8(r);
    get_bytes(r, e->interim, SUITE_HASH);
    get_bytes(r, e->tag, SUITE_HASH);
    if (wire_optional(r))
        treekem_read(e->context.suite, r, &e->priv);
    if (reader_err(r) != ERR_OK || (e->interim_n != 0 && e->interim_n != SUITE_HASH))
        return ERR_CORRUPT;
    /* Removed or not, an epoch of ours was one we were in. */
    if (e->self >= tree_leaves(e->tree) || tree_leaf(e->tree, e->self) == NULL ||
        (e->priv != NULL && treekem_leaf(e->priv) != e->self))
        return ERR_CORRUPT;
    e->ratchet = ratchet_blank(e->context.suite, tree_leaves(e->tree), e->self);
    return ERR_OK;
}

static enum err get_reinit_proposal(struct reader *r, struct stage *s)
{
    struct proposal p = {0};
    struct reader inner;

    if (!wire_optional(r))
        return reader_err(r);
    buf_bytes(&s->text, wire_vec(r, STORE_MAX));
    reader_init(&inner, buf_view(&s->text));
    proposal_read(&inner, &p);
    if (reader_err(r) != ERR_OK || reader_end(&inner) != ERR_OK || p.type != PROPOSAL_REINIT) {
        proposal_fini(&p);
        return ERR_CORRUPT;
    }
    batch_put(&s->batch, &p, SENDER_MEMBER, MLS_NOBODY, NULL);
    s->batch.reinit = &s->batch.v[0].p;
    return ERR_OK;
}

static enum err get_stage(struct reader *r, struct mls_group *g)
{
    if (!wire_optional(r))
        return reader_err(r);
    struct stage *s = g->stage = stage_new();
    s->own = wire_optional(r);
    get_bytes(r, s->message_hash, sizeof s->message_hash);
    enum err e = get_epoch(r, &s->next);
    return e == ERR_OK ? get_reinit_proposal(r, s) : e;
}

/* One that was let in once: it decodes, and a private key comes with an update alone. */
static bool waits_rightly(const struct waiting *w)
{
    struct proposal p = {0};
    struct reader r;

    reader_init(&r, w->raw);
    proposal_read(&r, &p);
    bool right = reader_end(&r) == ERR_OK && w->sender_kind >= SENDER_MEMBER &&
                 w->sender_kind <= SENDER_NEW_PROPOSAL &&
                 (!w->own_update || p.type == PROPOSAL_UPDATE);
    proposal_fini(&p);
    return right;
}

static void get_waiting(struct reader *r, struct mls_group *g)
{
    struct waiting **end = &g->waiting;
    uint32_t n = reader_u32(r);

    if (n > GROUP_WAITING_MAX)
        reader_fail(r, ERR_CORRUPT);
    for (; g->waiting_n < n && reader_err(r) == ERR_OK; g->waiting_n++) {
        struct waiting *w = *end = mem_alloc(sizeof *w);
        end = &w->next;
        get_bytes(r, w->ref, sizeof w->ref);
        w->sender_kind = reader_u8(r);
        w->sender = reader_u32(r);
        struct bytes raw = wire_vec(r, STORE_MAX);
        w->raw = bytes_of(mem_dup(raw.p, raw.n), raw.n);
        g->waiting_bytes += raw.n;
        w->own_update = wire_optional(r);
        if (w->own_update)
            get_bytes(r, w->leaf_priv, sizeof w->leaf_priv);
        if (!waits_rightly(w))
            reader_fail(r, ERR_CORRUPT);
    }
}

static void get_head(struct reader *r, struct mls_group *g)
{
    uint8_t flags = reader_u8(r);
    uint32_t n = reader_u32(r);

    g->suspended = (flags & 1) != 0;
    g->removed = (flags & 2) != 0;
    if (flags > 3 || n > GROUP_RESUMPTION_KEPT)
        reader_fail(r, ERR_CORRUPT);
    for (; g->resumption_n < n && reader_err(r) == ERR_OK; g->resumption_n++) {
        g->resumption[g->resumption_n].epoch = reader_u64(r);
        get_bytes(r, g->resumption[g->resumption_n].secret, SUITE_HASH);
    }
    struct bytes id = wire_vec(r, STORE_MAX);
    struct bytes ext = wire_vec(r, STORE_MAX);
    g->reinit.group_id = bytes_of(mem_dup(id.p, id.n), id.n);
    g->reinit.extensions = bytes_of(mem_dup(ext.p, ext.n), ext.n);
    g->reinit.suite = reader_u16(r);
}

static bool follows(const struct epoch *before, const struct epoch *after)
{
    return after->context.epoch == before->context.epoch + 1 &&
           after->context.suite == before->context.suite &&
           bytes_eq(after->context.group_id, before->context.group_id);
}

/* The three epochs are neighbours; without a present one there is a stage. Whoever speaks in
 * an epoch has its private keys. */
static bool epochs_fit(const struct mls_group *g)
{
    const struct epoch *next = g->stage != NULL ? g->stage->next : NULL;

    if (next != NULL && next->priv == NULL)
        return false;
    if (g->now == NULL)
        return next != NULL && g->old == NULL;
    return (g->now->priv != NULL || g->removed) &&
           (g->old == NULL || follows(g->old, g->now)) &&
           (next == NULL || follows(g->now, next));
}

static enum err get_whole(struct mls_group *g, struct bytes raw)
{
    uint8_t sum[HASH_SHA256];
    struct reader r;

    if (raw.n <= STORE_SUM)
        return ERR_CORRUPT;
    raw.n -= STORE_SUM;
    if (raw.p[0] > STORE_VERSION)
        return ERR_VERSION;
    enum err e = hash_sha256(raw, sum);
    if (e != ERR_OK || memcmp(sum, raw.p + raw.n, STORE_SUM) != 0)
        return ERR_CORRUPT;
    reader_init(&r, raw);
    (void)reader_u8(&r);
    get_head(&r, g);
    e = get_epoch(&r, &g->now);
    if (e == ERR_OK)
        e = get_epoch(&r, &g->old);
    if (e == ERR_OK)
        e = get_stage(&r, g);
    if (e != ERR_OK)
        return ERR_CORRUPT;
    get_waiting(&r, g);
    return reader_end(&r) == ERR_OK && epochs_fit(g) ? ERR_OK : ERR_CORRUPT;
}

static struct epoch *of_slot(const struct mls_group *g, uint32_t slot)
{
    struct epoch *all[] = {g->now, g->old, g->stage != NULL ? g->stage->next : NULL};

    for (size_t i = 0; i < MEM_COUNT(all); i++)
        if (all[i] != NULL && store_slot(all[i]->context.epoch) == slot)
            return all[i];
    return NULL;
}

static enum err get_ratchets(
    struct mls_group *g, const struct mls_record *records, size_t count)
{
    enum err e = ERR_OK;

    for (size_t i = 0; e == ERR_OK && i < count; i++) {
        if (records[i].id == 0)
            continue;
        struct epoch *of = of_slot(g, records[i].id >> STORE_SLOT_SHIFT);
        e = of == NULL
                ? ERR_CORRUPT
                : ratchet_load(of->ratchet, records[i].id & RATCHET_ID_MAX, records[i].bytes);
    }
    for (uint32_t slot = 1; e == ERR_OK && slot <= 3; slot++) {
        const struct epoch *of = of_slot(g, slot);
        if (of != NULL)
            e = ratchet_loaded(of->ratchet);
    }
    return e;
}

/* NULL unless there is exactly one. */
static const struct mls_record *whole_of(const struct mls_record *records, size_t count)
{
    const struct mls_record *whole = NULL;

    for (size_t i = 0; i < count; i++) {
        if (records[i].id != 0)
            continue;
        if (whole != NULL)
            return NULL;
        whole = &records[i];
    }
    return whole;
}

/* Whoever loads must be who saved: the key that our leaf names. */
static bool is_ours(const struct mls_group *g)
{
    const struct epoch *e = g->now != NULL ? g->now : g->stage->next;

    return bytes_eq(tree_leaf(e->tree, e->self)->signature_key, sign_key_pub(g->signer));
}

enum err mls_group_load(const struct mls_env *env, const struct mls_identity *who,
    const struct mls_record *records, size_t count, struct mls_group **out)
{
    const struct mls_record *whole = whole_of(records, count);

    *out = NULL;
    if (whole == NULL)
        return ERR_CORRUPT;
    struct mls_group *g = group_new(env, who);
    enum err e = get_whole(g, whole->bytes);
    if (e == ERR_OK)
        e = get_ratchets(g, records, count);
    if (e == ERR_OK && !is_ours(g))
        e = ERR_REFUSED;
    if (e != ERR_OK) {
        mls_group_free(g);
        return e;
    }
    g->dirty = false;
    *out = g;
    return ERR_OK;
}
