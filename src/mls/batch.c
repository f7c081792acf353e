/* SPDX-License-Identifier: ISC */
#include "mls/batch.h"

#include "base/mem.h"
#include "mls/wire.h"

void batch_fini(struct batch *b)
{
    for (size_t i = 0; i < b->n; i++)
        proposal_fini(&b->v[i].p);
    mem_free(b->v);
    tree_list_free(&b->added);
    *b = (struct batch){0};
}

void batch_put(struct batch *b, struct proposal *p, uint8_t kind, uint32_t sender,
    const struct waiting *from)
{
    if (b->n == b->cap) {
        b->cap = b->cap != 0 ? b->cap * 2 : 8;
        b->v = mem_realloc(b->v, b->cap * sizeof *b->v);
    }
    b->v[b->n++] =
        (struct batch_item){.p = *p, .sender_kind = kind, .sender = sender, .from = from};
    *p = (struct proposal){0};
}

bool batch_removes(const struct batch *b, uint32_t leaf)
{
    for (size_t i = 0; i < b->n; i++)
        if (b->v[i].p.type == PROPOSAL_REMOVE && b->v[i].p.removed == leaf)
            return true;
    return false;
}

static enum mls_rule psk_one(
    const struct batch_psks *from, const struct schedule_psk_id *id, struct buf *out)
{
    if (id->type == PSK_EXTERNAL) {
        if (from->env->psk == NULL || from->env->psk(from->env->arg, id->id, out) != ERR_OK ||
            buf_end(out) != ERR_OK)
            return MLS_RULE_PSK_UNKNOWN;
        return MLS_RULE_KEPT;
    }
    const uint8_t *secret = from->resumption(from->arg, id);
    if (secret == NULL)
        return MLS_RULE_PSK_UNKNOWN;
    buf_put(out, secret, SUITE_HASH);
    return MLS_RULE_KEPT;
}

static enum mls_rule psk_chain(const struct batch_psks *from, const struct schedule_psk_id *id,
    uint16_t at, uint16_t count, uint8_t secret[SUITE_HASH])
{
    struct buf psk;

    if (id->nonce.n != from->suite->hash->size)
        return MLS_RULE_PSK_NONCE;
    buf_init(&psk, WIRE_SMALL);
    enum mls_rule rule = psk_one(from, id, &psk);
    if (rule == MLS_RULE_KEPT &&
        schedule_psk_add(from->suite, id, buf_view(&psk), at, count, secret) != ERR_OK)
        rule = MLS_RULE_PSK_UNKNOWN;
    buf_wipe(&psk);
    return rule;
}

static bool psk_same(const struct schedule_psk_id *a, const struct schedule_psk_id *b)
{
    return a->type == b->type && a->usage == b->usage && a->epoch == b->epoch &&
           bytes_eq(a->id, b->id);
}

enum mls_rule batch_psk_ids(const struct batch_psks *from, const struct schedule_psk_id *ids,
    size_t n, uint8_t secret[SUITE_HASH])
{
    enum mls_rule rule = MLS_RULE_KEPT;

    memset(secret, 0, SUITE_HASH);
    for (size_t i = 0; rule == MLS_RULE_KEPT && i < n; i++) {
        for (size_t j = 0; j < i; j++) /* no commit could have had it (12.2) */
            if (psk_same(&ids[i], &ids[j]))
                return MLS_RULE_PSK_TWICE;
        rule = psk_chain(from, &ids[i], (uint16_t)i, (uint16_t)n, secret);
    }
    return rule;
}

enum mls_rule batch_psk(
    const struct batch_psks *from, const struct batch *b, uint8_t secret[SUITE_HASH], bool *set)
{
    size_t n = b->counts[PROPOSAL_PSK];
    enum mls_rule rule = MLS_RULE_KEPT;
    uint16_t at = 0;

    *set = n != 0;
    memset(secret, 0, SUITE_HASH);
    for (size_t i = 0; rule == MLS_RULE_KEPT && i < b->n; i++)
        if (b->v[i].p.type == PROPOSAL_PSK)
            rule = psk_chain(from, &b->v[i].p.psk, at++, (uint16_t)n, secret);
    return rule;
}
