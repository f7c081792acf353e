/* SPDX-License-Identifier: ISC */
#include "base/mem.h"
#include "crypto/locked.h"
#include "mls/group_impl.h"
#include "mls/wire.h"

static struct bytes keep(struct bytes v)
{
    return bytes_of(mem_dup(v.p, v.n), v.n);
}

static void drop(struct bytes *v)
{
    union {
        const uint8_t *view;
        void *owned;
    } u = {.view = v->p};

    mem_free(u.owned);
    *v = (struct bytes){0};
}

struct mls_group *group_new(const struct mls_env *env, const struct mls_identity *who)
{
    struct mls_group *g = mem_alloc(sizeof *g);

    g->env = env;
    g->signer = sign_key_ref(who->key);
    g->resumption = locked_alloc(GROUP_RESUMPTION_KEPT * sizeof *g->resumption);
    g->credential_type = who->credential_type;
    g->identity = keep(who->identity);
    g->extension_types =
        mem_dup(who->extension_types, who->extension_types_n * sizeof *g->extension_types);
    g->extension_types_n = who->extension_types_n;
    g->leaf_extensions = keep(who->leaf_extensions);
    g->dirty = true;
    return g;
}

static void reinit_keep(struct reinit *to, const struct proposal *p)
{
    drop(&to->group_id); /* a loaded group has empty ones */
    drop(&to->extensions);
    to->group_id = keep(p->reinit.group_id);
    to->extensions = keep(p->reinit.extensions);
    to->suite = p->reinit.suite;
}

void group_drop_waiting(struct mls_group *g)
{
    while (g->waiting != NULL) {
        struct waiting *w = g->waiting;
        g->waiting = w->next;
        drop(&w->raw);
        mem_wipe_free(w, sizeof *w);
    }
    g->waiting_n = 0;
    g->waiting_bytes = 0;
}

void mls_group_free(struct mls_group *g)
{
    if (g == NULL)
        return;
    stage_free(g->stage);
    group_drop_waiting(g);
    epoch_free(g->now);
    epoch_free(g->old);
    sign_key_free(g->signer);
    locked_free(g->resumption);
    drop(&g->reinit.group_id);
    drop(&g->reinit.extensions);
    drop(&g->identity);
    drop(&g->leaf_extensions);
    mem_free(g->extension_types);
    mem_wipe_free(g, sizeof *g);
}

enum err group_refuse(struct mls_group *g, enum mls_rule rule)
{
    g->rule = rule;
    return ERR_REFUSED;
}

enum mls_rule mls_group_rule(const struct mls_group *g)
{
    return g->rule;
}

struct mls_identity group_identity(const struct mls_group *g)
{
    return (struct mls_identity){
        .key = g->signer,
        .credential_type = g->credential_type,
        .identity = g->identity,
        .extension_types = g->extension_types,
        .extension_types_n = g->extension_types_n,
        .leaf_extensions = g->leaf_extensions,
    };
}

void group_keep_resumption(struct mls_group *g, const struct epoch *e)
{
    struct resumption *v = g->resumption;

    if (g->resumption_n == GROUP_RESUMPTION_KEPT) {
        memmove(v, v + 1, (GROUP_RESUMPTION_KEPT - 1) * sizeof *v);
        g->resumption_n--;
    }
    v[g->resumption_n].epoch = e->context.epoch;
    memcpy(v[g->resumption_n].secret, e->keys->resumption, SUITE_HASH);
    g->resumption_n++;
}

const uint8_t *group_resumption(const struct mls_group *g, uint64_t epoch)
{
    for (size_t i = 0; i < g->resumption_n; i++)
        if (g->resumption[i].epoch == epoch)
            return g->resumption[i].secret;
    return NULL;
}

enum err mls_apply(struct mls_group *g)
{
    struct stage *s = g->stage;

    if (s == NULL)
        return ERR_STATE;
    g->rule = MLS_RULE_KEPT;
    g->stage = NULL;
    g->dirty = true;
    if (s->batch.reinit != NULL) {
        reinit_keep(&g->reinit, s->batch.reinit);
        g->suspended = true;
    }
    if (s->next != NULL) {
        epoch_free(g->old);
        g->old = g->now;
        g->now = s->next;
        s->next = NULL;
        group_keep_resumption(g, g->now);
        if (g->old != NULL)
            epoch_retire(g->old);
    } else {
        g->removed = true;
        epoch_retire(g->now);
    }
    stage_free(s); /* its views point into what waits, so it goes first */
    group_drop_waiting(g);
    return ERR_OK;
}

void mls_discard(struct mls_group *g)
{
    if (g->stage == NULL)
        return;
    stage_free(g->stage);
    g->stage = NULL;
    g->dirty = true;
}

void mls_forget(struct mls_group *g)
{
    if (g->old == NULL)
        return;
    epoch_free(g->old);
    g->old = NULL;
    g->dirty = true;
}

enum err mls_export(
    const struct mls_group *g, const char *label, struct bytes context, uint8_t *out, size_t n)
{
    if (g->now == NULL || g->removed)
        return ERR_STATE;
    return schedule_export(
        g->now->context.suite, g->now->keys, bytes_str(label), context, out, n);
}
