/* SPDX-License-Identifier: ISC */
#include "base/mem.h"
#include "mls/group_info.h"
#include "mls/step.h"
#include "mls/wire.h"

/* A commit of our own that lets us in (RFC 9420, 12.4.3.2). */
struct entrance {
    const struct mls_env *env;
    const struct mls_external_request *what;
    struct mls_group *g;
    struct epoch *base;
    struct step step;
    struct treekem_path path;
    struct buf body;
};

static enum mls_rule read_info(struct entrance *in, struct bytes *external_pub)
{
    struct welcome_info info;
    struct bytes data;
    struct reader r;

    reader_init(&r, in->what->info);
    uint16_t wire = content_message_read(&r);
    welcome_info_read(&r, &info);
    if (reader_end(&r) != ERR_OK || wire != CONTENT_GROUP_INFO || info.context.suite == NULL)
        return MLS_RULE_FORMAT;
    if (!ext_find(info.extensions, EXT_EXTERNAL_PUB, &data))
        return MLS_RULE_INFO_EXTERNAL_PUB;
    reader_init(&r, data);
    *external_pub = wire_vec(&r, WIRE_SMALL);
    if (reader_end(&r) != ERR_OK || external_pub->n != info.context.suite->hpke.kem->pub_size)
        return MLS_RULE_INFO_EXTERNAL_PUB;
    return info_epoch(in->env, &info, in->what->tree, &in->base);
}

static void put_entry(struct buf *entries, const struct proposal *p)
{
    buf_u8(entries, 1);
    proposal_write(p, entries);
}

static void put_psks(struct entrance *in, struct buf *entries)
{
    for (size_t i = 0; i < in->what->psk_n; i++) {
        uint8_t nonce[SUITE_HASH];
        const struct proposal p = {
            .type = PROPOSAL_PSK,
            .psk = {.type = PSK_EXTERNAL,
                .id = in->what->psk_ids[i],
                .nonce = bytes_of(nonce, sizeof nonce)},
        };
        env_random(in->env, nonce, sizeof nonce);
        put_entry(entries, &p);
    }
}

static enum err put_entries(
    struct entrance *in, const struct mls_identity *who, struct bytes external_pub)
{
    struct buf *entries = &in->step.stage->text;
    const struct suite *s = in->base->context.suite;
    uint8_t drawn[SUITE_DRAWN];
    uint8_t kem_output[DH_PUB_MAX];

    env_random(in->env, drawn, sizeof drawn);
    enum err e = schedule_external_send(s, external_pub, drawn, kem_output, in->step.init);
    mem_wipe(drawn, sizeof drawn);
    if (e != ERR_OK)
        return e;
    const struct proposal init = {.type = PROPOSAL_EXTERNAL_INIT,
        .kem_output = bytes_of(kem_output, s->hpke.kem->pub_size)};
    put_entry(entries, &init);
    if (in->what->resync) {
        const struct proposal p = {.type = PROPOSAL_REMOVE,
            .removed = tree_find_signer(in->base->tree, sign_key_pub(who->key))};
        if (p.removed == MLS_NOBODY)
            return ERR_NOT_FOUND;
        put_entry(entries, &p);
    }
    put_psks(in, entries);
    return buf_end(entries);
}

/* Our leaf's place first, held by a leaf that is there anyway; the path then puts ours. */
static enum mls_rule take_place(struct entrance *in, const struct mls_identity *who)
{
    struct stage *st = in->step.stage;
    struct leaf_place at;
    struct leaf_spec spec;
    uint32_t first = 0;

    while (tree_leaf(in->base->tree, first) == NULL)
        first++;
    if (tree_add(st->next->tree, tree_leaf(in->base->tree, first), &in->step.committer) !=
        ERR_OK)
        return MLS_RULE_TREE_SHAPE;
    uint32_t self = in->step.committer;
    st->next->self = self;
    st->next->priv = treekem_new(self);
    at = epoch_place(in->base, self);
    at.extensions = in->step.extensions;
    package_leaf_spec(who, &spec);
    spec.source = LEAF_COMMIT;
    spec.key = who->key;
    if (treekem_make(st->next->priv, st->next->tree, in->env, &spec, &at, &in->path) != ERR_OK)
        return MLS_RULE_LEAF_KEY;
    memcpy(in->step.commit, in->path.commit_secret, SUITE_HASH);
    st->committer = leaf_ref(tree_leaf(st->next->tree, self));
    st->committer_index = self;
    enum mls_rule rule = leaf_check_extensions(st->committer, in->step.extensions);
    return rule == MLS_RULE_KEPT ? tree_check_leaf(st->next->tree, st->committer, self) : rule;
}

static enum mls_rule prepare(struct entrance *in, const struct mls_identity *who)
{
    struct stage *st = in->step.stage;
    enum mls_rule rule = step_entries(&in->step, buf_view(&st->text));

    if (rule == MLS_RULE_KEPT)
        rule = step_begin(&in->step, NULL);
    if (rule == MLS_RULE_KEPT)
        rule = take_place(in, who);
    if (rule == MLS_RULE_KEPT)
        rule = stage_judge(
            st, in->env, in->base, in->step.extensions, in->what->authenticated_data);
    if (rule == MLS_RULE_KEPT && step_context(&in->step) != ERR_OK)
        rule = MLS_RULE_FORMAT;
    return rule;
}

static enum mls_rule write_commit(
    struct entrance *in, const struct mls_identity *who, struct buf *out)
{
    struct stage *st = in->step.stage;
    const struct bytes context = buf_view(&in->base->context_raw);
    const struct mls_wrap wrap = {
        .flags = MLS_PUBLIC, .authenticated_data = in->what->authenticated_data};
    struct content c = group_content(in->base, CONTENT_COMMIT, &wrap);
    uint8_t signature[SIGN_MAX];
    size_t n = 0;

    c.sender = SENDER_NEW_COMMIT;
    wire_put(&in->body, buf_view(&st->text));
    buf_u8(&in->body, 1);
    enum err e = treekem_seal(&in->path, st->next->tree, in->env, &st->batch.added,
        buf_view(&st->next->context_raw), &in->body);
    c.body = buf_view(&in->body);
    if (e == ERR_OK)
        e = content_sign(&c, who->key, context, signature, &n);
    c.signature = bytes_of(signature, n);
    if (e != ERR_OK)
        return MLS_RULE_FORMAT;
    enum mls_rule rule = step_finish(&in->step, &c);
    if (rule != MLS_RULE_KEPT)
        return rule;
    c.confirmation_tag = bytes_of(st->next->tag, SUITE_HASH);
    content_message_begin(out, CONTENT_PUBLIC);
    e = content_public_write(&c, in->base->context.suite, NULL, context, out);
    if (e == ERR_OK)
        e = hash_sha256(buf_view(out), st->message_hash);
    return e == ERR_OK && buf_end(out) == ERR_OK ? MLS_RULE_KEPT : MLS_RULE_FORMAT;
}

static enum err enter(struct entrance *in, const struct mls_identity *who, struct buf *commit,
    enum mls_rule *rule)
{
    const struct suite *suite;
    struct bytes external_pub;

    *rule = read_info(in, &external_pub);
    if (*rule != MLS_RULE_KEPT)
        return ERR_REFUSED;
    enum err e = package_suite(in->base->context.suite->id, who, &suite);
    if (e != ERR_OK)
        return e;
    in->g = group_new(in->env, who);
    in->step = (struct step){.env = in->env,
        .g = in->g,
        .base = in->base,
        .stage = stage_new(),
        .committer = MLS_NOBODY,
        .external = true};
    in->g->stage = in->step.stage;
    e = put_entries(in, who, external_pub);
    if (e == ERR_CRYPTO) { /* no secret can be shared with that key */
        *rule = MLS_RULE_INFO_EXTERNAL_PUB;
        return ERR_REFUSED;
    }
    if (e != ERR_OK)
        return e;
    *rule = prepare(in, who);
    if (*rule == MLS_RULE_KEPT)
        *rule = write_commit(in, who, commit);
    if (*rule != MLS_RULE_KEPT)
        return ERR_REFUSED;
    stage_finish(in->step.stage, true);
    return ERR_OK;
}

enum err mls_group_join_external(const struct mls_env *env, const struct mls_identity *who,
    const struct mls_external_request *what, struct buf *commit, struct mls_group **out,
    enum mls_rule *rule)
{
    struct entrance in = {.env = env, .what = what};

    *out = NULL;
    buf_init(&in.body, WIRE_MAX);
    enum err e = enter(&in, who, commit, rule);
    if (e == ERR_OK) {
        in.step.stage->base = in.base; /* the change that was judged has views into it */
        in.base = NULL;
        *out = in.g;
    } else {
        mls_group_free(in.g);
    }
    epoch_free(in.base);
    buf_wipe(&in.body);
    treekem_path_fini(&in.path);
    step_fini(&in.step);
    return e;
}
