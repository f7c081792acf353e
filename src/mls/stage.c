/* SPDX-License-Identifier: ISC */
#include "base/mem.h"
#include "mls/group_impl.h"
#include "mls/wire.h"

struct stage *stage_new(void)
{
    struct stage *s = mem_alloc(sizeof *s);

    buf_init(&s->text, WIRE_MAX);
    return s;
}

void stage_free(struct stage *s)
{
    if (s == NULL)
        return;
    batch_fini(&s->batch);
    for (size_t i = 0; i < s->gone_n; i++)
        leaf_unref(s->gone[i]);
    mem_free(s->gone);
    mem_free(s->members);
    mem_free(s->psk_ids);
    leaf_unref(s->committer);
    leaf_unref(s->committer_after);
    epoch_free(s->next);
    epoch_free(s->base);
    buf_wipe(&s->text);
    mem_free(s);
}

static size_t put_added(const struct stage *s, struct mls_member *to)
{
    size_t n = 0;

    for (size_t i = 0; i < s->batch.n; i++)
        if (s->batch.v[i].p.type == PROPOSAL_ADD) {
            leaf_member(s->batch.v[i].p.package->leaf, s->batch.added.v[n], &to[n]);
            n++;
        }
    return n;
}

static size_t put_removed(struct stage *s, const struct epoch *base, struct mls_member *to)
{
    for (size_t i = 0; i < s->batch.n; i++) {
        const struct proposal *p = &s->batch.v[i].p;
        if (p->type != PROPOSAL_REMOVE)
            continue;
        s->gone[s->gone_n] = leaf_ref(tree_leaf(base->tree, p->removed));
        leaf_member(s->gone[s->gone_n], p->removed, &to[s->gone_n]);
        s->gone_n++;
    }
    return s->gone_n;
}

/* As they will be, and behind that as they are. */
static size_t put_updated(struct stage *s, const struct epoch *base, struct mls_member *to)
{
    size_t n = s->batch.counts[PROPOSAL_UPDATE];
    size_t at = 0;

    for (size_t i = 0; i < s->batch.n; i++) {
        const struct batch_item *it = &s->batch.v[i];
        if (it->p.type != PROPOSAL_UPDATE)
            continue;
        s->gone[s->gone_n] = leaf_ref(tree_leaf(base->tree, it->sender));
        leaf_member(it->p.leaf, it->sender, &to[at]);
        leaf_member(s->gone[s->gone_n++], it->sender, &to[n + at++]);
    }
    return n;
}

static size_t put_psks(const struct stage *s, struct bytes *to)
{
    size_t n = 0;

    for (size_t i = 0; i < s->batch.n; i++) {
        const struct proposal *p = &s->batch.v[i].p;
        if (p->type == PROPOSAL_PSK && p->psk.type == PSK_EXTERNAL)
            to[n++] = p->psk.id;
    }
    return n;
}

enum mls_rule stage_judge(struct stage *s, const struct mls_env *env, const struct epoch *base,
    struct bytes extensions, struct bytes authenticated_data)
{
    struct mls_change *c = &s->change;
    size_t n = 2 * s->batch.n + 1;

    s->members = mem_array(n, sizeof *s->members);
    s->gone = mem_array(n, sizeof(struct leaf *));
    s->psk_ids = mem_array(n, sizeof *s->psk_ids);
    c->group_id = base->context.group_id;
    c->epoch = base->context.epoch;
    leaf_member(s->committer, s->committer_index, &c->committer);
    leaf_member(s->committer_after != NULL ? s->committer_after : s->committer,
        s->committer_index, &c->committer_after);
    c->external = s->batch.external_init != NULL;
    c->extensions_before = base->context.extensions;
    c->extensions_after = extensions;
    c->added = s->members;
    c->added_n = put_added(s, s->members);
    c->removed = c->added + c->added_n;
    c->removed_n = put_removed(s, base, s->members + c->added_n);
    c->updated = c->removed + c->removed_n;
    c->updated_n = put_updated(s, base, s->members + c->added_n + c->removed_n);
    c->updated_before = c->updated + c->updated_n;
    c->psk_ids = s->psk_ids;
    c->psk_n = put_psks(s, s->psk_ids);
    c->authenticated_data = authenticated_data;
    c->reinit = s->batch.reinit != NULL;
    if (env->judge != NULL && env->judge(env->arg, c) != ERR_OK)
        return MLS_RULE_COMMIT_POLICY;
    return MLS_RULE_KEPT;
}

void stage_finish(struct stage *s, bool own)
{
    s->own = own;
    if (s->next != NULL)
        epoch_finish(s->next);
}
