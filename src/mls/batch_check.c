/* SPDX-License-Identifier: ISC */
#include "mls/batch.h"

#include "base/map.h"
#include "base/mem.h"

/* Which kinds of sender may propose what (12.1.8), a bit each. */
#define BY(kind) (1u << (kind))
static const uint8_t MAY_PROPOSE[] = {
    [PROPOSAL_ADD] = BY(SENDER_MEMBER) | BY(SENDER_EXTERNAL) | BY(SENDER_NEW_PROPOSAL),
    [PROPOSAL_UPDATE] = BY(SENDER_MEMBER),
    [PROPOSAL_REMOVE] = BY(SENDER_MEMBER) | BY(SENDER_EXTERNAL) | BY(SENDER_NEW_COMMIT),
    [PROPOSAL_PSK] = BY(SENDER_MEMBER) | BY(SENDER_EXTERNAL) | BY(SENDER_NEW_COMMIT),
    [PROPOSAL_REINIT] = BY(SENDER_MEMBER) | BY(SENDER_EXTERNAL),
    [PROPOSAL_EXTERNAL_INIT] = BY(SENDER_NEW_COMMIT),
    [PROPOSAL_CONTEXT] = BY(SENDER_MEMBER) | BY(SENDER_EXTERNAL),
};

static enum mls_rule check_add(
    const struct mls_env *env, const struct epoch *e, const struct proposal *p)
{
    struct leaf_place at = epoch_place(e, MLS_NOBODY);
    enum mls_rule rule = keypackage_check(p->package, at.suite);

    if (rule == MLS_RULE_KEPT &&
        leaf_check_extensions(p->package->leaf, p->package->extensions) != MLS_RULE_KEPT)
        rule = MLS_RULE_LEAF_EXTENSION; /* its own count like those of its leaf (10) */
    /* Against the group's extensions it is held when the list is applied: a change of them in
     * the same commit counts. */
    at.extensions = (struct bytes){0};
    return rule != MLS_RULE_KEPT
               ? rule
               : leaf_check(env, p->package->leaf, &at, 1u << LEAF_KEY_PACKAGE);
}

static enum mls_rule check_update(
    const struct mls_env *env, const struct epoch *e, const struct proposal *p, uint32_t sender)
{
    struct leaf_place at = epoch_place(e, sender);
    const struct leaf *before = tree_leaf(e->tree, sender);

    if (before == NULL)
        return MLS_RULE_MESSAGE_SENDER;
    if (bytes_eq(before->encryption_key, p->leaf->encryption_key))
        return MLS_RULE_LEAF_KEY_KEPT;
    at.extensions = (struct bytes){0};
    return leaf_check(env, p->leaf, &at, 1u << LEAF_UPDATE);
}

static enum mls_rule check_psk(
    const struct epoch *e, const struct schedule_psk_id *id, uint8_t kind)
{
    if (id->nonce.n != e->context.suite->hash->size)
        return MLS_RULE_PSK_NONCE;
    /* Only the first commit of a group, its founder's, may tie it to the one it comes from. */
    if (id->type == PSK_RESUMPTION && id->usage != PSK_APPLICATION &&
        (e->context.epoch != 0 || kind != SENDER_MEMBER))
        return MLS_RULE_PSK_USAGE;
    return MLS_RULE_KEPT;
}

enum mls_rule batch_check_one(const struct mls_env *env, const struct epoch *e,
    const struct proposal *p, uint8_t kind, uint32_t sender)
{
    if (p->type == 0 || p->type >= MEM_COUNT(MAY_PROPOSE))
        return MLS_RULE_PROPOSAL_TYPE;
    if (p->type == PROPOSAL_EXTERNAL_INIT && kind != SENDER_NEW_COMMIT)
        return MLS_RULE_PROPOSAL_EXTERNAL_INIT;
    if ((MAY_PROPOSE[p->type] & BY(kind)) == 0)
        return kind == SENDER_NEW_COMMIT ? MLS_RULE_EXTERNAL_PROPOSAL
                                         : MLS_RULE_PROPOSAL_SENDER;
    switch (p->type) {
    case PROPOSAL_ADD:
        return check_add(env, e, p);
    case PROPOSAL_UPDATE:
        return check_update(env, e, p, sender);
    case PROPOSAL_REMOVE:
        return tree_leaf(e->tree, p->removed) == NULL ? MLS_RULE_PROPOSAL_REMOVE_BLANK
                                                      : MLS_RULE_KEPT;
    case PROPOSAL_PSK:
        return check_psk(e, &p->psk, kind);
    case PROPOSAL_REINIT:
        return p->reinit.version < 1 ? MLS_RULE_PROPOSAL_REINIT : MLS_RULE_KEPT;
    default:
        return MLS_RULE_KEPT;
    }
}

/* Everything of one kind that may be there once: a set of names. */
struct once {
    struct map leaves;
    struct map clients;
    struct map psks;
};

static bool first(struct map *m, struct bytes key)
{
    static char there;

    return map_put(m, key, &there);
}

static bool first_leaf(struct once *o, uint32_t leaf)
{
    return first(&o->leaves, bytes_of(&leaf, sizeof leaf));
}

/* A PSK is the same when all but its nonce is. */
static bool first_psk(struct once *o, const struct schedule_psk_id *id)
{
    struct schedule_psk_id bare = *id;
    struct buf b;

    bare.nonce = (struct bytes){0};
    bare.raw = (struct bytes){0};
    buf_init(&b, 4 * 65536u);
    schedule_psk_id_write(&bare, &b);
    bool is = buf_end(&b) == ERR_OK && first(&o->psks, buf_view(&b));
    buf_free(&b);
    return is;
}

static enum mls_rule together(
    struct batch *b, const struct batch_item *it, struct once *o, uint32_t committer)
{
    const struct proposal *p = &it->p;

    b->counts[p->type]++;
    b->needs_path = b->needs_path || proposal_needs_path(p->type);
    switch (p->type) {
    case PROPOSAL_ADD:
        return first(&o->clients, p->package->leaf->signature_key)
                   ? MLS_RULE_KEPT
                   : MLS_RULE_PROPOSAL_ADD_TWICE;
    case PROPOSAL_UPDATE:
        if (it->sender == committer)
            return MLS_RULE_PROPOSAL_UPDATE_SELF;
        return first_leaf(o, it->sender) ? MLS_RULE_KEPT : MLS_RULE_PROPOSAL_LEAF_TWICE;
    case PROPOSAL_REMOVE:
        if (p->removed == committer)
            return MLS_RULE_PROPOSAL_REMOVE_SELF;
        return first_leaf(o, p->removed) ? MLS_RULE_KEPT : MLS_RULE_PROPOSAL_LEAF_TWICE;
    case PROPOSAL_PSK:
        return first_psk(o, &p->psk) ? MLS_RULE_KEPT : MLS_RULE_PROPOSAL_PSK_TWICE;
    case PROPOSAL_CONTEXT:
        b->context = p;
        return b->counts[p->type] == 1 ? MLS_RULE_KEPT : MLS_RULE_PROPOSAL_CONTEXT_TWICE;
    case PROPOSAL_EXTERNAL_INIT:
        b->external_init = p;
        return MLS_RULE_KEPT;
    default:
        b->reinit = p;
        return MLS_RULE_KEPT;
    }
}

static enum mls_rule check_external(const struct batch *b)
{
    for (size_t i = 0; i < b->n; i++)
        if (b->v[i].from != NULL)
            return MLS_RULE_EXTERNAL_PROPOSAL;
    if (b->counts[PROPOSAL_EXTERNAL_INIT] != 1)
        return MLS_RULE_EXTERNAL_INIT_COUNT;
    return b->counts[PROPOSAL_REMOVE] > 1 ? MLS_RULE_EXTERNAL_REMOVE : MLS_RULE_KEPT;
}

enum mls_rule batch_check(
    const struct mls_env *env, const struct epoch *e, struct batch *b, uint32_t committer)
{
    struct once o = {0};
    enum mls_rule rule = MLS_RULE_KEPT;

    memset(b->counts, 0, sizeof b->counts);
    b->context = b->reinit = b->external_init = NULL;
    b->needs_path = b->n == 0;
    for (size_t i = 0; rule == MLS_RULE_KEPT && i < b->n; i++) {
        const struct batch_item *it = &b->v[i];
        rule = batch_check_one(env, e, &it->p, it->sender_kind, it->sender);
        if (rule == MLS_RULE_KEPT)
            rule = together(b, it, &o, committer);
    }
    map_free(&o.leaves);
    map_free(&o.clients);
    map_free(&o.psks);
    if (rule != MLS_RULE_KEPT)
        return rule;
    if (b->reinit != NULL && b->n != 1)
        return MLS_RULE_PROPOSAL_REINIT;
    return committer == MLS_NOBODY ? check_external(b) : MLS_RULE_KEPT;
}
