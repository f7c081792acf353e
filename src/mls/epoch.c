/* SPDX-License-Identifier: ISC */
#include "mls/epoch.h"

#include "base/mem.h"
#include "crypto/locked.h"
#include "mls/wire.h"

struct epoch *epoch_new(void)
{
    struct epoch *e = mem_alloc(sizeof *e);

    buf_init(&e->context_raw, WIRE_MAX);
    e->keys = locked_alloc(sizeof *e->keys);
    return e;
}

void epoch_free(struct epoch *e)
{
    if (e == NULL)
        return;
    buf_free(&e->context_raw);
    tree_free(e->tree);
    locked_free(e->keys);
    ratchet_free(e->ratchet);
    treekem_free(e->priv);
    mem_wipe_free(e, sizeof *e);
}

enum err epoch_set_context(struct epoch *e, const struct schedule_context *c)
{
    struct buf next;
    struct reader r;
    struct schedule_context read;

    buf_init(&next, WIRE_MAX);
    schedule_context_write(c, &next);
    enum err err = buf_end(&next);
    if (err == ERR_OK) {
        reader_init(&r, buf_view(&next));
        schedule_context_read(&r, &read);
        err = reader_end(&r);
    }
    if (err != ERR_OK) {
        buf_free(&next);
        return err;
    }
    buf_free(&e->context_raw);
    e->context_raw = next;
    e->context = read;
    return ERR_OK;
}

void epoch_retire(struct epoch *e)
{
    struct schedule kept = {0};

    memcpy(kept.sender_data, e->keys->sender_data, SUITE_HASH);
    memcpy(kept.membership, e->keys->membership, SUITE_HASH);
    mem_wipe(e->keys, sizeof *e->keys);
    *e->keys = kept;
    mem_wipe(&kept, sizeof kept);
    treekem_free(e->priv);
    e->priv = NULL;
}

struct leaf_place epoch_place(const struct epoch *e, uint32_t index)
{
    return (struct leaf_place){
        .suite = e->context.suite,
        .group_id = e->context.group_id,
        .index = index,
        .extensions = e->context.extensions,
    };
}

struct content_keys epoch_content_keys(struct epoch *e)
{
    return (struct content_keys){
        .suite = e->context.suite,
        .sender_data = e->keys->sender_data,
        .ratchet = e->ratchet,
    };
}

void epoch_finish(struct epoch *e)
{
    ratchet_free(e->ratchet);
    e->ratchet =
        ratchet_new(e->context.suite, tree_leaves(e->tree), e->self, e->keys->encryption);
    mem_wipe(e->keys->encryption, SUITE_HASH);
    mem_wipe(e->keys->joiner, SUITE_HASH);
    mem_wipe(e->keys->welcome, SUITE_HASH);
    treekem_prune(e->priv, e->tree);
}
