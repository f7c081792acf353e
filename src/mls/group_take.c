/* SPDX-License-Identifier: ISC */
#include "base/mem.h"
#include "mls/step.h"

/* The new leaf of a committer, by what its place will be (7.3, 12.4.2). */
static enum mls_rule path_leaf(const struct step *s)
{
    struct leaf *l = s->body.path.leaf;
    struct leaf_place at = epoch_place(s->base, s->committer);

    if (!s->external) {
        const struct leaf *before = tree_leaf(s->base->tree, s->committer);
        if (bytes_eq(before->encryption_key, l->encryption_key))
            return MLS_RULE_LEAF_KEY_KEPT;
    }
    at.extensions = s->extensions;
    enum mls_rule rule = leaf_check(s->env, l, &at, 1u << LEAF_COMMIT);
    return rule == MLS_RULE_KEPT ? tree_check_leaf(s->stage->next->tree, l, s->committer)
                                 : rule;
}

static enum mls_rule take_public_half(struct step *s)
{
    struct stage *st = s->stage;
    struct leaf *joiner = s->external && s->body.has_path ? s->body.path.leaf : NULL;

    if (s->external && joiner == NULL)
        return MLS_RULE_COMMIT_PATH;
    enum mls_rule rule = step_begin(s, joiner);
    if (rule != MLS_RULE_KEPT || !s->body.has_path)
        return rule != MLS_RULE_KEPT  ? rule
               : st->batch.needs_path ? MLS_RULE_COMMIT_PATH
                                      : MLS_RULE_KEPT;
    rule = path_leaf(s);
    st->committer_after = leaf_ref(s->body.path.leaf);
    if (rule == MLS_RULE_KEPT)
        rule = treekem_merge(&s->body.path, st->next->tree, s->committer, &st->batch.added);
    return rule;
}

static enum mls_rule external_secret(struct step *s)
{
    struct dh_key *key = NULL;
    const struct suite *suite = s->base->context.suite;

    enum err e = schedule_external_key(suite, s->base->keys, &key);
    if (e == ERR_OK)
        e = schedule_external_receive(
            suite, key, s->stage->batch.external_init->kem_output, s->init);
    dh_key_free(key);
    return e == ERR_OK ? MLS_RULE_KEPT : MLS_RULE_PATH_SECRET;
}

static enum mls_rule take_secret_half(struct step *s, const struct content *c)
{
    struct epoch *next = s->stage->next;
    enum mls_rule rule = MLS_RULE_KEPT;

    if (step_context(s) != ERR_OK)
        return MLS_RULE_FORMAT;
    if (s->body.has_path)
        rule = treekem_open(&s->body.path, next->priv, next->tree,
            (struct treekem_from){s->committer, &s->stage->batch.added},
            buf_view(&next->context_raw), s->commit);
    if (rule == MLS_RULE_KEPT && s->external)
        rule = external_secret(s);
    else
        memcpy(s->init, s->base->keys->init, SUITE_HASH);
    if (rule == MLS_RULE_KEPT)
        rule = step_finish(s, c);
    if (rule == MLS_RULE_KEPT && (c->confirmation_tag.n != SUITE_HASH ||
                                     !hash_equal(c->confirmation_tag.p, next->tag, SUITE_HASH)))
        rule = MLS_RULE_COMMIT_TAG;
    return rule;
}

static enum mls_rule take(struct step *s, const struct content *c, struct mls_event *event)
{
    struct stage *st = s->stage;
    enum mls_rule rule = step_read(s, c->body);

    if (rule == MLS_RULE_KEPT)
        rule = take_public_half(s);
    if (rule == MLS_RULE_KEPT)
        rule = stage_judge(st, s->env, s->base, s->extensions, c->authenticated_data);
    if (rule != MLS_RULE_KEPT)
        return rule;
    event->removes_us = batch_removes(&st->batch, s->base->self);
    if (!event->removes_us)
        return take_secret_half(s, c);
    epoch_free(st->next);
    st->next = NULL;
    return MLS_RULE_KEPT;
}

enum err group_take(struct mls_group *g, const struct content *c, struct mls_event *event)
{
    struct stage *st = stage_new();
    struct step s = {
        .env = g->env,
        .g = g,
        .base = g->now,
        .stage = st,
        .external = c->sender == SENDER_NEW_COMMIT,
        .committer = c->sender == SENDER_MEMBER ? c->sender_index : MLS_NOBODY,
    };
    enum mls_rule rule = MLS_RULE_MESSAGE_SENDER;

    /* The stage's views point into the message, so it goes on to live there. */
    st->text = event->plain;
    mls_event_init(event);
    if (s.committer != g->now->self && (s.external || c->sender == SENDER_MEMBER))
        rule = take(&s, c, event);
    step_fini(&s);
    if (rule != MLS_RULE_KEPT) {
        stage_free(st);
        return group_refuse(g, rule);
    }
    stage_finish(st, false);
    stage_free(g->stage);
    g->stage = st;
    g->dirty = true;
    event->kind = MLS_EVENT_COMMIT;
    event->epoch = c->epoch;
    event->sender = st->committer_index;
    event->authenticated_data = st->change.authenticated_data;
    event->change = &st->change;
    return ERR_OK;
}
