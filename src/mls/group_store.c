/* SPDX-License-Identifier: ISC */
#include "mls/group_store.h"

#include "base/mem.h"
#include "mls/wire.h"

struct save {
    mls_record_fn *put;
    void *arg;
    uint32_t slot;
};

static void put_epoch(const struct epoch *e, struct buf *out)
{
    struct buf part;

    wire_put(out, buf_view(&e->context_raw));
    buf_init(&part, WIRE_MAX);
    tree_write(e->tree, &part);
    wire_put(out, buf_view(&part));
    buf_free(&part);
    buf_put(out, e->keys, sizeof *e->keys);
    buf_u32(out, e->self);
    buf_u8(out, (uint8_t)e->interim_n);
    buf_put(out, e->interim, SUITE_HASH);
    buf_put(out, e->tag, SUITE_HASH);
    buf_u8(out, e->priv != NULL);
    if (e->priv != NULL)
        treekem_write(e->priv, out);
}

static void put_maybe(const struct epoch *e, struct buf *out)
{
    buf_u8(out, e != NULL);
    if (e != NULL)
        put_epoch(e, out);
}

static void put_reinit(
    struct bytes group_id, struct bytes extensions, uint16_t suite, struct buf *out)
{
    wire_put(out, group_id);
    wire_put(out, extensions);
    buf_u16(out, suite);
}

static void put_stage(const struct stage *s, struct buf *out)
{
    buf_u8(out, s != NULL);
    if (s == NULL)
        return;
    buf_u8(out, s->own);
    buf_put(out, s->message_hash, sizeof s->message_hash);
    put_maybe(s->next, out);
    const struct proposal *p = s->batch.reinit;
    buf_u8(out, p != NULL);
    if (p != NULL) /* the proposal itself: applying reads it */
        wire_put(out, p->raw);
}

static void put_waiting(const struct mls_group *g, struct buf *out)
{
    buf_u32(out, (uint32_t)g->waiting_n);
    for (const struct waiting *w = g->waiting; w != NULL; w = w->next) {
        buf_put(out, w->ref, sizeof w->ref);
        buf_u8(out, w->sender_kind);
        buf_u32(out, w->sender);
        wire_put(out, w->raw);
        buf_u8(out, w->own_update);
        buf_put(out, w->leaf_priv, w->own_update ? sizeof w->leaf_priv : 0);
    }
}

static enum err put_whole(struct mls_group *g, const struct save *s)
{
    uint8_t sum[HASH_SHA256];
    struct buf out;

    buf_init(&out, STORE_MAX);
    buf_u8(&out, STORE_VERSION);
    buf_u8(&out, (uint8_t)(g->suspended | g->removed << 1));
    buf_u32(&out, (uint32_t)g->resumption_n);
    for (size_t i = 0; i < g->resumption_n; i++) {
        buf_u64(&out, g->resumption[i].epoch);
        buf_put(&out, g->resumption[i].secret, SUITE_HASH);
    }
    put_reinit(g->reinit.group_id, g->reinit.extensions, g->reinit.suite, &out);
    put_maybe(g->now, &out);
    put_maybe(g->old, &out);
    put_stage(g->stage, &out);
    put_waiting(g, &out);
    enum err e = buf_end(&out);
    if (e == ERR_OK)
        e = hash_sha256(buf_view(&out), sum);
    if (e == ERR_OK) {
        buf_put(&out, sum, STORE_SUM);
        e = buf_end(&out);
    }
    if (e == ERR_OK)
        e = s->put(s->arg, 0, buf_view(&out));
    buf_wipe(&out);
    return e;
}

static enum err put_ratchet(void *arg, uint32_t id, struct bytes record)
{
    const struct save *s = arg;

    return s->put(s->arg, s->slot << STORE_SLOT_SHIFT | id, record);
}

static enum err save_epoch(struct epoch *e, bool all, struct save *s)
{
    if (e == NULL || e->ratchet == NULL)
        return ERR_OK;
    s->slot = store_slot(e->context.epoch);
    return ratchet_save(e->ratchet, all, put_ratchet, s);
}

enum err mls_save(struct mls_group *g, bool all, mls_record_fn *put, void *arg)
{
    struct save s = {.put = put, .arg = arg};
    enum err e = ERR_OK;

    all = all || g->dirty;
    if (all)
        e = put(arg, MLS_RECORD_RESET, (struct bytes){0});
    if (all && e == ERR_OK)
        e = put_whole(g, &s);
    if (e == ERR_OK)
        e = save_epoch(g->old, all, &s);
    if (e == ERR_OK)
        e = save_epoch(g->now, all, &s);
    if (e == ERR_OK && g->stage != NULL)
        e = save_epoch(g->stage->next, all, &s);
    if (e == ERR_OK)
        g->dirty = false;
    return e;
}

bool mls_dirty(const struct mls_group *g)
{
    return g->dirty || (g->now != NULL && ratchet_dirty(g->now->ratchet)) ||
           (g->old != NULL && ratchet_dirty(g->old->ratchet));
}
