/* SPDX-License-Identifier: ISC */
#include "base/mem.h"
#include "mls/group_propose.h"
#include "mls/step.h"
#include "mls/wire.h"

/* A message on its way in. */
struct intake {
    struct mls_group *g;
    struct epoch *e; /* the one it is of */
    struct mls_event *event;
    struct content c; /* views into event->plain */
    struct content_keys keys;
};

void mls_event_init(struct mls_event *e)
{
    *e = (struct mls_event){0};
    buf_init(&e->plain, WIRE_MAX);
}

void mls_event_clear(struct mls_event *e)
{
    buf_wipe(&e->plain);
    mls_event_init(e);
}

static enum err find_epoch(
    struct intake *in, struct bytes group_id, uint64_t epoch, uint8_t type)
{
    struct mls_group *g = in->g;

    if (!bytes_eq(group_id, g->now->context.group_id))
        return group_refuse(g, MLS_RULE_MESSAGE_GROUP);
    if (epoch == g->now->context.epoch)
        in->e = g->now;
    else if (g->old != NULL && epoch == g->old->context.epoch && type == CONTENT_APPLICATION)
        in->e = g->old;
    if (in->e != NULL)
        return ERR_OK;
    g->rule = MLS_RULE_MESSAGE_EPOCH;
    return epoch > g->now->context.epoch ? ERR_STATE : ERR_STALE;
}

/* The leaf's own: not for the caller to free. */
static enum mls_rule member_pub(const struct intake *in, struct sign_pub **pub)
{
    const struct tree *t = in->e->tree;
    struct leaf *l =
        in->c.sender_index < tree_leaves(t) ? tree_leaf(t, in->c.sender_index) : NULL;

    *pub = l != NULL ? leaf_pub(l, in->e->context.suite) : NULL;
    return *pub != NULL ? MLS_RULE_KEPT : MLS_RULE_MESSAGE_SENDER;
}

/* The n-th of the context's external_senders: each a key and a credential. */
static struct bytes external_sender(struct bytes extensions, uint32_t n)
{
    struct bytes list = {0};
    struct bytes key = {0};
    struct reader r;
    struct reader inner;

    if (!ext_find(extensions, EXT_EXTERNAL_SENDERS, &list))
        return key;
    reader_init(&r, list);
    wire_enter(&r, WIRE_MAX, &inner);
    for (uint32_t i = 0; i <= n && reader_left(&inner) != 0; i++) {
        key = wire_vec(&inner, WIRE_SMALL);
        (void)reader_u16(&inner);
        (void)wire_vec(&inner, WIRE_MAX);
        if (i == n && reader_err(&inner) == ERR_OK)
            return key;
    }
    return (struct bytes){0};
}

/* Somebody who is not in yet signs with the key of the leaf it brings. */
static struct bytes newcomer_key(
    const struct intake *in, struct proposal *p, struct proposal_commit *commit)
{
    struct reader r;

    reader_init(&r, in->c.body);
    if (in->c.sender == SENDER_NEW_PROPOSAL && in->c.type == CONTENT_PROPOSAL) {
        proposal_read(&r, p);
        if (reader_end(&r) == ERR_OK && p->type == PROPOSAL_ADD)
            return p->package->leaf->signature_key;
    }
    if (in->c.sender == SENDER_NEW_COMMIT && in->c.type == CONTENT_COMMIT) {
        proposal_commit_read(&r, commit);
        if (reader_end(&r) == ERR_OK && commit->has_path)
            return commit->path.leaf->signature_key;
    }
    return (struct bytes){0};
}

static enum mls_rule check_outsider(const struct intake *in)
{
    struct proposal_commit commit = {0};
    struct proposal p = {0};
    struct sign_pub *pub = NULL;
    enum mls_rule rule = MLS_RULE_MESSAGE_SENDER;
    struct bytes key = {0};

    if (in->c.sender != SENDER_EXTERNAL)
        key = newcomer_key(in, &p, &commit);
    else if (in->c.type == CONTENT_PROPOSAL)
        key = external_sender(in->e->context.extensions, in->c.sender_index);
    if (key.n != 0 && sign_pub_read(in->e->context.suite->sign, key, &pub) == ERR_OK)
        rule = content_check(&in->c, pub, buf_view(&in->e->context_raw));
    sign_pub_free(pub);
    proposal_fini(&p);
    proposal_commit_fini(&commit);
    return rule;
}

static enum mls_rule check_sender(const struct intake *in)
{
    struct sign_pub *pub;

    if (in->c.sender != SENDER_MEMBER)
        return check_outsider(in);
    enum mls_rule rule = member_pub(in, &pub);
    return rule == MLS_RULE_KEPT ? content_check(&in->c, pub, buf_view(&in->e->context_raw))
                                 : rule;
}

static enum err take_private(struct intake *in, struct reader *r)
{
    struct content_sealed m;

    content_sealed_read(r, &m);
    if (reader_end(r) != ERR_OK)
        return group_refuse(in->g, MLS_RULE_FORMAT);
    enum err e = find_epoch(in, m.group_id, m.epoch, m.type);
    if (e != ERR_OK)
        return e;
    in->keys = epoch_content_keys(in->e);
    enum mls_rule rule = content_open(&m, &in->keys, proposal_skip, &in->event->plain, &in->c);
    if (rule == MLS_RULE_KEPT)
        rule = check_sender(in);
    return rule == MLS_RULE_KEPT ? ERR_OK : group_refuse(in->g, rule);
}

static enum err take_public(struct intake *in, struct bytes message)
{
    struct reader r;
    struct bytes tag;

    buf_bytes(&in->event->plain, message);
    reader_init(&r, buf_view(&in->event->plain));
    (void)content_message_read(&r);
    content_public_read(&r, proposal_skip, &in->c, &tag);
    if (reader_end(&r) != ERR_OK)
        return group_refuse(in->g,
            reader_err(&r) == ERR_UNSUPPORTED ? MLS_RULE_PROPOSAL_TYPE : MLS_RULE_FORMAT);
    if (in->c.type == CONTENT_APPLICATION)
        return group_refuse(in->g, MLS_RULE_MESSAGE_PUBLIC);
    enum err e = find_epoch(in, in->c.group_id, in->c.epoch, in->c.type);
    if (e != ERR_OK)
        return e;
    enum mls_rule rule = MLS_RULE_KEPT;
    if (in->c.sender == SENDER_MEMBER)
        rule = content_public_check(&in->c, in->e->context.suite, in->e->keys->membership,
            buf_view(&in->e->context_raw), tag);
    if (rule == MLS_RULE_KEPT)
        rule = check_sender(in);
    return rule == MLS_RULE_KEPT ? ERR_OK : group_refuse(in->g, rule);
}

static enum err take_proposal(struct intake *in)
{
    struct proposal p = {0};
    struct waiting *w;
    struct reader r;

    reader_init(&r, in->c.body);
    proposal_read(&r, &p);
    enum mls_rule rule = MLS_RULE_FORMAT;
    if (reader_end(&r) == ERR_OK)
        rule = batch_check_one(in->g->env, in->g->now, &p, in->c.sender, in->c.sender_index);
    in->event->kind = MLS_EVENT_PROPOSAL;
    in->event->proposal = p.type;
    proposal_fini(&p);
    if (rule != MLS_RULE_KEPT)
        return group_refuse(in->g, rule);
    return group_wait(in->g, &in->c, &w);
}

static enum err dispatch(struct intake *in)
{
    struct mls_event *event = in->event;

    event->epoch = in->c.epoch;
    event->sender = in->c.sender == SENDER_MEMBER ? in->c.sender_index : MLS_NOBODY;
    event->authenticated_data = in->c.authenticated_data;
    /* Its last commit is behind it (11.2); what was said before is still heard. */
    if (in->g->suspended && in->c.type != CONTENT_APPLICATION)
        return group_refuse(in->g, MLS_RULE_GROUP_SUSPENDED);
    switch (in->c.type) {
    case CONTENT_APPLICATION:
        event->kind = MLS_EVENT_APPLICATION;
        event->data = in->c.body;
        return ERR_OK;
    case CONTENT_PROPOSAL:
        return take_proposal(in);
    default:
        return group_take(in->g, &in->c, event);
    }
}

/* Our own commit, come back: only the bytes we made can be it. */
static bool is_own(const struct mls_group *g, struct bytes message)
{
    uint8_t hash[HASH_SHA256];

    return g->stage != NULL && g->stage->own && hash_sha256(message, hash) == ERR_OK &&
           memcmp(hash, g->stage->message_hash, sizeof hash) == 0;
}

enum err mls_process(struct mls_group *g, struct bytes message, struct mls_event *event)
{
    struct intake in = {.g = g, .event = event};
    struct reader r;

    mls_event_clear(event);
    if (is_own(g, message)) {
        event->kind = MLS_EVENT_OWN;
        if (g->stage->members != NULL) /* NULL in one that was loaded */
            event->change = &g->stage->change;
        return ERR_OK;
    }
    enum err e = group_may_hear(g);
    if (e != ERR_OK)
        return e;
    reader_init(&r, message);
    uint16_t wire = content_message_read(&r);
    if (reader_err(&r) != ERR_OK || message.n > WIRE_MAX)
        e = group_refuse(g, MLS_RULE_FORMAT);
    else if (wire == CONTENT_PRIVATE)
        e = take_private(&in, &r);
    else if (wire == CONTENT_PUBLIC)
        e = take_public(&in, message);
    else
        e = ERR_UNSUPPORTED;
    if (e == ERR_OK)
        e = dispatch(&in);
    if (e == ERR_OK && wire == CONTENT_PRIVATE) /* what was refused may come again */
        content_spend(&in.c, &in.keys);
    if (e != ERR_OK)
        mls_event_clear(event);
    return e;
}
