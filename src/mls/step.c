/* SPDX-License-Identifier: ISC */
#include "mls/step.h"

#include "base/mem.h"
#include "mls/wire.h"

static const struct waiting *find_waiting(const struct mls_group *g, struct bytes ref)
{
    for (const struct waiting *w = g->waiting; w != NULL; w = w->next)
        if (bytes_eq(bytes_of(w->ref, SUITE_HASH), ref))
            return w;
    return NULL;
}

static enum mls_rule take_entry(struct step *s, const struct proposal_entry *entry)
{
    uint8_t kind = s->external ? SENDER_NEW_COMMIT : SENDER_MEMBER;
    const struct waiting *from = NULL;
    struct bytes raw = entry->proposal;
    uint32_t sender = s->committer;
    struct proposal p = {0};
    struct reader r;

    if (entry->by_reference) {
        if (s->external)
            return MLS_RULE_EXTERNAL_PROPOSAL;
        from = find_waiting(s->g, entry->reference);
        if (from == NULL)
            return MLS_RULE_PROPOSAL_UNKNOWN;
        raw = from->raw;
        kind = from->sender_kind;
        sender = from->sender;
    }
    reader_init(&r, raw);
    proposal_read(&r, &p);
    if (reader_end(&r) != ERR_OK) {
        proposal_fini(&p);
        return reader_err(&r) == ERR_UNSUPPORTED ? MLS_RULE_PROPOSAL_TYPE : MLS_RULE_FORMAT;
    }
    batch_put(&s->stage->batch, &p, kind, sender, from);
    return MLS_RULE_KEPT;
}

enum mls_rule step_entries(struct step *s, struct bytes entries)
{
    enum mls_rule rule = MLS_RULE_KEPT;
    struct proposal_entry entry;
    struct reader walk;

    reader_init(&walk, entries);
    while (rule == MLS_RULE_KEPT && proposal_next(&walk, &entry))
        rule = take_entry(s, &entry);
    if (rule == MLS_RULE_KEPT && reader_end(&walk) != ERR_OK)
        rule = MLS_RULE_FORMAT;
    return rule;
}

enum mls_rule step_read(struct step *s, struct bytes body)
{
    struct reader r;

    reader_init(&r, body);
    proposal_commit_read(&r, &s->body);
    if (reader_end(&r) != ERR_OK)
        return reader_err(&r) == ERR_UNSUPPORTED ? MLS_RULE_PROPOSAL_TYPE : MLS_RULE_FORMAT;
    return step_entries(s, s->body.entries);
}

/* Our own updates become ours with the commit that takes them. */
static void take_own_updates(const struct step *s)
{
    struct epoch *next = s->stage->next;

    for (size_t i = 0; i < s->stage->batch.n; i++) {
        const struct waiting *w = s->stage->batch.v[i].from;
        if (w != NULL && w->own_update)
            treekem_put(next->priv, 2 * next->self, bytes_of(w->leaf_priv, DH_PRIV_SIZE),
                s->stage->batch.v[i].p.leaf->encryption_key);
    }
}

/* An old leaf that a joiner removes must have been its own: what an update of it would have to
 * satisfy (12.2). Who stands behind a chain of certificates only the application can tell. */
static enum mls_rule own_old_leaf(const struct step *s, const struct leaf *joiner)
{
    for (size_t i = 0; i < s->stage->batch.n; i++) {
        const struct proposal *p = &s->stage->batch.v[i].p;
        if (p->type != PROPOSAL_REMOVE)
            continue;
        const struct leaf *old = tree_leaf(s->base->tree, p->removed);
        if (bytes_eq(old->encryption_key, joiner->encryption_key))
            return MLS_RULE_LEAF_KEY_KEPT;
        if (old->credential_type != joiner->credential_type ||
            (old->credential_type == LEAF_BASIC && !bytes_eq(old->identity, joiner->identity)))
            return MLS_RULE_EXTERNAL_REMOVE;
    }
    return MLS_RULE_KEPT;
}

static enum mls_rule place_joiner(struct step *s, struct leaf *joiner)
{
    enum mls_rule rule = own_old_leaf(s, joiner);

    if (rule == MLS_RULE_KEPT &&
        tree_add(s->stage->next->tree, joiner, &s->committer) != ERR_OK)
        rule = MLS_RULE_TREE_SHAPE;
    return rule;
}

enum mls_rule step_begin(struct step *s, struct leaf *joiner)
{
    struct stage *st = s->stage;
    const struct epoch *base = s->base;
    struct epoch *next = epoch_new();

    st->next = next;
    enum mls_rule rule = batch_check(s->env, base, &st->batch, s->committer);
    if (rule != MLS_RULE_KEPT)
        return rule;
    next->tree = tree_copy(base->tree);
    next->self = base->self;
    next->priv = base->priv != NULL ? treekem_copy(base->priv) : NULL;
    rule = batch_apply(base, &st->batch, next->tree, &s->extensions);
    if (rule == MLS_RULE_KEPT && joiner != NULL)
        rule = place_joiner(s, joiner);
    if (rule != MLS_RULE_KEPT)
        return rule;
    if (base->priv != NULL && !batch_removes(&st->batch, base->self)) {
        take_own_updates(s);
        treekem_prune(next->priv, next->tree);
    }
    st->committer_index = s->committer;
    if (joiner != NULL || !s->external)
        st->committer = leaf_ref(joiner != NULL ? joiner : tree_leaf(base->tree, s->committer));
    return MLS_RULE_KEPT;
}

enum err step_context(struct step *s)
{
    struct schedule_context c = s->base->context;

    c.epoch++;
    c.extensions = s->extensions;
    enum err e = tree_hash_root(s->stage->next->tree, c.tree_hash);
    return e == ERR_OK ? epoch_set_context(s->stage->next, &c) : e;
}

static const uint8_t *resumption(const void *arg, const struct schedule_psk_id *id)
{
    const struct step *s = arg;

    if (bytes_eq(id->id, s->base->context.group_id))
        return s->g != NULL ? group_resumption(s->g, id->epoch) : NULL;
    if (s->prior != NULL && s->prior->now != NULL &&
        bytes_eq(id->id, s->prior->now->context.group_id))
        return group_resumption(s->prior, id->epoch);
    return NULL;
}

static enum err confirm(struct step *s, const struct content *content)
{
    struct epoch *next = s->stage->next;
    const struct suite *suite = s->base->context.suite;
    struct schedule_context c = next->context;
    struct buf part;

    buf_init(&part, WIRE_MAX);
    content_transcript_write(content, &part);
    enum err e = buf_end(&part);
    if (e == ERR_OK)
        e = schedule_transcript(suite, bytes_of(s->base->interim, s->base->interim_n),
            buf_view(&part), c.transcript);
    c.transcript_n = SUITE_HASH;
    buf_free(&part);
    return e == ERR_OK ? epoch_set_context(next, &c) : e;
}

enum mls_rule step_finish(struct step *s, const struct content *content)
{
    struct epoch *next = s->stage->next;
    const struct suite *suite = s->base->context.suite;
    const struct batch_psks from = {
        .env = s->env, .suite = suite, .resumption = resumption, .arg = s};

    enum mls_rule rule = batch_psk(&from, &s->stage->batch, s->psk, &s->psk_set);
    if (rule == MLS_RULE_KEPT) {
        enum err e = confirm(s, content);
        if (e == ERR_OK)
            e = schedule_next(suite, s->init, s->commit, s->psk_set ? s->psk : NULL,
                buf_view(&next->context_raw), next->keys);
        if (e == ERR_OK)
            e = schedule_tag(suite, next->keys->confirmation,
                bytes_of(next->context.transcript, SUITE_HASH), next->tag);
        if (e == ERR_OK)
            e = schedule_interim(suite, next->context.transcript,
                bytes_of(next->tag, SUITE_HASH), next->interim);
        next->interim_n = SUITE_HASH;
        if (e != ERR_OK)
            rule = MLS_RULE_FORMAT;
    }
    return rule;
}

void step_fini(struct step *s)
{
    proposal_commit_fini(&s->body);
    mem_wipe(s->init, sizeof s->init);
    mem_wipe(s->commit, sizeof s->commit);
    mem_wipe(s->psk, sizeof s->psk);
}
