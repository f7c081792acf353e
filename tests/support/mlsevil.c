/* SPDX-License-Identifier: ISC */
#include "base/mem.h"
#include "support/mlsevil_impl.h"

struct mls_group *mlsevil_group(const struct mlsevil *e)
{
    return e->party->m[(e->flags & MLSEVIL_EXTERNAL) != 0 ? e->insider : e->who]->g;
}

struct mls_env *mlsevil_env(struct mlsevil *e)
{
    return &e->party->m[e->who]->world.env;
}

void mlsevil_init(struct mlsevil *e, struct party *p, size_t who)
{
    *e = (struct mlsevil){.party = p, .who = who, .other = who};
    buf_init(&e->entries, WIRE_MAX);
    buf_init(&e->out, WIRE_MAX);
    buf_init(&e->welcome, WIRE_MAX);
    buf_init(&e->info, WIRE_MAX);
    buf_init(&e->body, WIRE_MAX);
}

void mlsevil_fini(struct mlsevil *e)
{
    stage_free(e->step.stage);
    step_fini(&e->step);
    treekem_path_fini(&e->path);
    leaf_unref(e->leaf);
    buf_free(&e->entries);
    buf_free(&e->out);
    buf_free(&e->welcome);
    buf_free(&e->info);
    buf_free(&e->body);
}

/* ---- what it proposes ---- */

void mlsevil_value_raw(struct mlsevil *e, struct bytes proposal)
{
    buf_u8(&e->entries, 1);
    buf_bytes(&e->entries, proposal);
}

void mlsevil_value(struct mlsevil *e, const struct proposal *p)
{
    buf_u8(&e->entries, 1);
    proposal_write(p, &e->entries);
    MLSEVIL_OK(buf_end(&e->entries));
}

void mlsevil_reference(struct mlsevil *e, struct bytes ref)
{
    buf_u8(&e->entries, 2);
    wire_put(&e->entries, ref);
}

void mlsevil_waiting(struct mlsevil *e)
{
    for (const struct waiting *w = mlsevil_group(e)->waiting; w != NULL; w = w->next)
        mlsevil_reference(e, bytes_of(w->ref, SUITE_HASH));
}

void mlsevil_remove(struct mlsevil *e, uint32_t leaf)
{
    mlsevil_value(e, &(struct proposal){.type = PROPOSAL_REMOVE, .removed = leaf});
}

void mlsevil_add(struct mlsevil *e, struct bytes package)
{
    buf_u8(&e->entries, 1);
    buf_u16(&e->entries, PROPOSAL_ADD);
    buf_put(&e->entries, package.p + 4, package.n - 4); /* without the head of a message */
}

void mlsevil_update(struct mlsevil *e, const struct mlsevil_leaf *l, enum mlsevil_lie lie)
{
    const struct epoch *now = mlsevil_group(e)->now;
    struct proposal p = {.type = PROPOSAL_UPDATE};

    p.leaf = mlsevil_leaf_make(l, epoch_place(now, now->self), lie);
    mlsevil_must(p.leaf != NULL, "an update that does not decode");
    mlsevil_value(e, &p);
    proposal_fini(&p);
}

void mlsevil_psk(struct mlsevil *e, const char *id, size_t nonce)
{
    static const uint8_t zeroes[2 * SUITE_HASH];
    const struct proposal p = {.type = PROPOSAL_PSK,
        .psk = {.type = PSK_EXTERNAL, .id = bytes_str(id), .nonce = bytes_of(zeroes, nonce)}};

    mlsevil_value(e, &p);
}

void mlsevil_context(struct mlsevil *e, struct bytes extensions)
{
    mlsevil_value(e, &(struct proposal){.type = PROPOSAL_CONTEXT, .extensions = extensions});
}

void mlsevil_external_init(struct mlsevil *e)
{
    const struct suite *s = e->party->suite;
    uint8_t drawn[SUITE_DRAWN];
    uint8_t kem_output[DH_PUB_MAX];
    struct dh_key *key = NULL;

    MLSEVIL_OK(schedule_external_key(s, mlsevil_group(e)->now->keys, &key));
    env_random(mlsevil_env(e), drawn, sizeof drawn);
    MLSEVIL_OK(schedule_external_send(s, dh_key_pub(key), drawn, kem_output, e->init));
    dh_key_free(key);
    mlsevil_value(e, &(struct proposal){.type = PROPOSAL_EXTERNAL_INIT,
                         .kem_output = bytes_of(kem_output, s->hpke.kem->pub_size)});
}

/* ---- what that leads to, whatever the rules say ---- */

static void apply(struct mlsevil *e, struct tree *t)
{
    struct batch *b = &e->step.stage->batch;

    e->step.extensions = e->step.base->context.extensions;
    for (size_t i = 0; i < b->n; i++) {
        const struct batch_item *it = &b->v[i];
        b->counts[it->p.type]++;
        if (it->p.type == PROPOSAL_UPDATE && tree_leaf(t, it->sender) != NULL)
            tree_update(t, it->sender, it->p.leaf);
        if (it->p.type == PROPOSAL_CONTEXT)
            e->step.extensions = it->p.extensions;
    }
    for (size_t i = 0; i < b->n; i++) {
        const struct proposal *p = &b->v[i].p;
        if (p->type == PROPOSAL_REMOVE && p->removed != e->step.base->self &&
            p->removed < tree_leaves(t) && tree_leaf(t, p->removed) != NULL)
            tree_remove(t, p->removed);
    }
    for (size_t i = 0; i < b->n; i++) {
        uint32_t index;
        if (b->v[i].p.type != PROPOSAL_ADD)
            continue;
        MLSEVIL_OK(tree_add(t, b->v[i].p.package->leaf, &index));
        tree_list_put(&b->added, index);
    }
    if (e->extend)
        e->step.extensions = e->extensions;
}

static void begin(struct mlsevil *e)
{
    struct mls_group *g = mlsevil_group(e);
    struct stage *st = stage_new();
    struct epoch *next = st->next = epoch_new();

    e->step = (struct step){.env = mlsevil_env(e),
        .g = g,
        .prior = e->prior,
        .base = g->now,
        .stage = st,
        .committer = g->now->self};
    (void)step_entries(&e->step, buf_view(&e->entries)); /* as far as it goes */
    next->tree = tree_copy(g->now->tree);
    next->self = g->now->self;
    apply(e, next->tree);
    e->self = g->now->self;
    if ((e->flags & MLSEVIL_EXTERNAL) != 0) {
        uint32_t first = 0;
        while (tree_leaf(next->tree, first) == NULL)
            first++;
        MLSEVIL_OK(tree_add(next->tree, tree_leaf(next->tree, first), &e->self));
        memcpy(e->step.init, e->init, SUITE_HASH);
    } else {
        memcpy(e->step.init, g->now->keys->init, SUITE_HASH);
    }
    e->has_path =
        (e->flags & (MLSEVIL_PATH | MLSEVIL_EXTERNAL)) != 0 && e->lie != MLSEVIL_PATH_NONE;
}

static void next_context(struct mlsevil *e)
{
    struct epoch *next = e->step.stage->next;

    MLSEVIL_OK(step_context(&e->step));
    if (e->epoch != 0) {
        struct schedule_context c = next->context;
        c.epoch = e->epoch;
        MLSEVIL_OK(epoch_set_context(next, &c));
    }
}

/* ---- the message ---- */

static void lie_content(struct mlsevil *e, struct content *c)
{
    switch ((int)e->lie) { /* those that are not here lie elsewhere */
    case MLSEVIL_GROUP:
        c->group_id = bytes_str("another");
        return;
    case MLSEVIL_EPOCH_BEFORE:
        c->epoch--;
        return;
    case MLSEVIL_EPOCH_AHEAD:
        c->epoch++;
        return;
    case MLSEVIL_SENDER_OTHER:
        c->sender_index = party_leaf(e->party, e->other);
        return;
    case MLSEVIL_SENDER_NONE:
        c->sender_index = 0;
        while (tree_leaf(mlsevil_group(e)->now->tree, c->sender_index) != NULL)
            c->sender_index++;
        return;
    case MLSEVIL_SENDER_FAR:
        c->sender_index = 1u << 30;
        return;
    case MLSEVIL_SENDER_EXTERNAL:
        c->sender = SENDER_EXTERNAL;
        c->sender_index = 0;
        return;
    case MLSEVIL_SENDER_NEW:
        c->sender = SENDER_NEW_PROPOSAL;
        return;
    default:
        return;
    }
}

static struct content content_of(struct mlsevil *e, uint8_t type)
{
    const struct mls_wrap wrap = {.flags = (e->flags & MLSEVIL_PRIVATE) != 0 ? 0 : MLS_PUBLIC,
        .authenticated_data = e->authenticated_data};
    struct content c = group_content(mlsevil_group(e)->now, type, &wrap);

    if ((e->flags & MLSEVIL_EXTERNAL) != 0)
        c.sender = SENDER_NEW_COMMIT;
    c.body = buf_view(&e->body);
    lie_content(e, &c);
    return c;
}

static void write_message(struct mlsevil *e, const struct content *c)
{
    struct epoch *now = mlsevil_group(e)->now;
    const struct content_keys keys = epoch_content_keys(now);
    static const uint8_t guard[4];

    buf_clear(&e->out);
    content_message_begin(&e->out, c->wire_format);
    if (c->wire_format == CONTENT_PRIVATE)
        MLSEVIL_OK(content_seal(c, &keys, guard, 0, &e->out));
    else
        MLSEVIL_OK(content_public_write(c, now->context.suite,
            c->sender == SENDER_MEMBER ? now->keys->membership : NULL,
            buf_view(&now->context_raw), &e->out));
    if (e->lie == MLSEVIL_MEMBERSHIP)
        e->out.p[e->out.n - 1] ^= 1;
    if (e->lie == MLSEVIL_TRAILING)
        buf_u8(&e->out, 0);
}

/* Signs, confirms, writes. */
static void send(struct mlsevil *e, struct content *c, struct sign_key *key)
{
    const struct bytes context = buf_view(&mlsevil_group(e)->now->context_raw);
    uint8_t signature[SIGN_MAX];
    uint8_t tag[SUITE_HASH] = {0};
    size_t n = 0;

    MLSEVIL_OK(content_sign(c, key, context, signature, &n));
    if (e->lie == MLSEVIL_SIGNATURE)
        signature[0] ^= 1;
    c->signature = bytes_of(signature, n);
    if (c->type == CONTENT_COMMIT && step_finish(&e->step, c) == MLS_RULE_KEPT)
        memcpy(tag, e->step.stage->next->tag, sizeof tag);
    if (e->lie == MLSEVIL_TAG)
        tag[0] ^= 1;
    c->confirmation_tag = bytes_of(tag, e->lie == MLSEVIL_TAG_NONE ? 0 : sizeof tag);
    write_message(e, c);
}

struct bytes mlsevil_commit(struct mlsevil *e)
{
    if (e->lie == MLSEVIL_ENTRY_KIND)
        buf_u8(&e->entries, 3);
    begin(e);
    e->key = e->party->m[e->who]->key;
    if (e->has_path)
        mlsevil_path_make(e);
    if (e->bend != NULL)
        e->bend(e, e->step.stage->next->tree);
    next_context(e);
    wire_put(&e->body, buf_view(&e->entries));
    buf_u8(&e->body, e->has_path);
    if (e->has_path)
        mlsevil_path_write(e);
    MLSEVIL_OK(buf_end(&e->body));
    struct content c = content_of(e, CONTENT_COMMIT);
    send(e, &c, (e->flags & MLSEVIL_EXTERNAL) != 0 ? e->key : e->party->m[e->who]->key);
    return buf_view(&e->out);
}

struct bytes mlsevil_proposal(struct mlsevil *e, const struct proposal *p)
{
    buf_clear(&e->body);
    proposal_write(p, &e->body);
    return mlsevil_proposal_raw(e);
}

struct bytes mlsevil_proposal_raw(struct mlsevil *e)
{
    struct content c = content_of(e, CONTENT_PROPOSAL);

    MLSEVIL_OK(buf_end(&e->body));
    send(e, &c, e->party->m[e->who]->key);
    return buf_view(&e->out);
}

struct bytes mlsevil_outsider(struct mlsevil *e, uint8_t sender, uint32_t index,
    struct sign_key *key, const struct proposal *p)
{
    buf_clear(&e->body);
    proposal_write(p, &e->body);
    struct content c = content_of(e, CONTENT_PROPOSAL);
    c.sender = sender;
    c.sender_index = index;
    send(e, &c, key);
    return buf_view(&e->out);
}
