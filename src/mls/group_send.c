/* SPDX-License-Identifier: ISC */
#include "base/mem.h"
#include "mls/group_impl.h"
#include "mls/wire.h"

enum err group_may_speak(struct mls_group *g)
{
    g->rule = MLS_RULE_KEPT;
    if (g->now == NULL)
        return ERR_STATE;
    if (g->removed)
        return group_refuse(g, MLS_RULE_GROUP_REMOVED);
    return g->suspended ? group_refuse(g, MLS_RULE_GROUP_SUSPENDED) : ERR_OK;
}

/* A group that goes on elsewhere still hears what was on its way. */
enum err group_may_hear(struct mls_group *g)
{
    g->rule = MLS_RULE_KEPT;
    if (g->now == NULL)
        return ERR_STATE;
    return g->removed ? group_refuse(g, MLS_RULE_GROUP_REMOVED) : ERR_OK;
}

struct content group_content(const struct epoch *e, uint8_t type, const struct mls_wrap *wrap)
{
    return (struct content){
        .wire_format = (wrap->flags & MLS_PUBLIC) != 0 ? CONTENT_PUBLIC : CONTENT_PRIVATE,
        .group_id = e->context.group_id,
        .epoch = e->context.epoch,
        .sender = SENDER_MEMBER,
        .sender_index = e->self,
        .authenticated_data = wrap->authenticated_data,
        .type = type,
    };
}

enum err group_write(struct mls_group *g, const struct content *c, size_t pad, struct buf *out)
{
    struct epoch *e = g->now;
    const struct content_keys keys = epoch_content_keys(e);
    enum err err;

    content_message_begin(out, c->wire_format);
    if (c->wire_format == CONTENT_PUBLIC) {
        err = content_public_write(
            c, e->context.suite, e->keys->membership, buf_view(&e->context_raw), out);
    } else {
        uint8_t guard[4];
        env_random(g->env, guard, sizeof guard);
        err = content_seal(c, &keys, guard, pad, out);
    }
    return err == ERR_OK ? buf_end(out) : err;
}

enum err mls_protect(
    struct mls_group *g, struct bytes data, const struct mls_wrap *wrap, struct buf *message)
{
    enum err e = group_may_speak(g);
    uint8_t signature[SIGN_MAX];
    size_t n;

    if (e != ERR_OK)
        return e;
    if (g->waiting_n != 0)
        return group_refuse(g, MLS_RULE_GROUP_PROPOSALS);
    if ((wrap->flags & MLS_PUBLIC) != 0)
        return group_refuse(g, MLS_RULE_MESSAGE_PUBLIC);
    struct content c = group_content(g->now, CONTENT_APPLICATION, wrap);
    c.body = data;
    e = content_sign(&c, g->signer, buf_view(&g->now->context_raw), signature, &n);
    c.signature = bytes_of(signature, n);
    return e == ERR_OK ? group_write(g, &c, wrap->pad, message) : e;
}

enum err group_info_write(
    const struct epoch *e, struct sign_key *key, unsigned flags, bool external, struct buf *out)
{
    struct dh_key *pub = NULL;
    struct buf ext;
    struct buf tree;
    enum err err = ERR_OK;

    buf_init(&ext, WIRE_MAX);
    buf_init(&tree, WIRE_MAX);
    if ((flags & MLS_WITH_TREE) != 0) {
        tree_write(e->tree, &tree);
        ext_put(&ext, EXT_RATCHET_TREE, buf_view(&tree));
    }
    if (external) {
        err = schedule_external_key(e->context.suite, e->keys, &pub);
        if (err == ERR_OK) {
            buf_clear(&tree);
            wire_put(&tree, dh_key_pub(pub));
            ext_put(&ext, EXT_EXTERNAL_PUB, buf_view(&tree));
        }
    }
    const struct welcome_info info = {
        .context_raw = buf_view(&e->context_raw),
        .extensions = buf_view(&ext),
        .confirmation_tag = bytes_of(e->tag, SUITE_HASH),
        .signer = e->self,
    };
    if (err == ERR_OK)
        err = buf_end(&ext);
    if (err == ERR_OK)
        err = welcome_info_write(&info, key, out);
    dh_key_free(pub);
    buf_free(&ext);
    buf_free(&tree);
    return err;
}

enum err mls_group_info(struct mls_group *g, unsigned flags, struct buf *message)
{
    const struct epoch *of = g->now;
    enum err e = ERR_OK;

    /* Whoever joins by a commit of its own hands in the next group info beside it. */
    if (of == NULL && g->stage != NULL)
        of = g->stage->next;
    else
        e = group_may_speak(g);
    if (e != ERR_OK)
        return e;
    content_message_begin(message, CONTENT_GROUP_INFO);
    e = group_info_write(of, g->signer, flags, true, message);
    return e == ERR_OK ? buf_end(message) : e;
}
