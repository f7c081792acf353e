/* SPDX-License-Identifier: ISC */
#include "base/mem.h"
#include "mls/group_pick.h"
#include "mls/step.h"
#include "mls/wire.h"

/* A commit of ours on its way. */
struct job {
    struct mls_group *g;
    const struct mls_commit_request *what;
    struct step step;
    struct treekem_path path;
    bool has_path;
    struct buf body;
};

/* The entries live in the stage, since the batch points into them. */
static enum err job_entries(struct job *j)
{
    struct stage *s = j->step.stage;
    enum err e = pick_entries(j->g, j->what, &s->text);

    if (e != ERR_OK)
        return e;
    enum mls_rule rule = step_entries(&j->step, buf_view(&s->text));
    if (rule == MLS_RULE_KEPT)
        rule = step_begin(&j->step, NULL);
    return rule == MLS_RULE_KEPT ? ERR_OK : group_refuse(j->g, rule);
}

static enum err job_path(struct job *j)
{
    struct stage *s = j->step.stage;
    struct leaf_place at = epoch_place(j->step.base, j->step.base->self);
    struct mls_identity who = group_identity(j->g);
    struct leaf_spec spec;

    package_leaf_spec(&who, &spec);
    spec.source = LEAF_COMMIT;
    spec.key = j->g->signer;
    at.extensions = j->step.extensions;
    enum err e = treekem_make(s->next->priv, s->next->tree, j->g->env, &spec, &at, &j->path);
    if (e != ERR_OK)
        return e;
    memcpy(j->step.commit, j->path.commit_secret, SUITE_HASH);
    s->committer_after = leaf_ref(tree_leaf(s->next->tree, s->next->self));
    return ERR_OK;
}

/* Behind the path: the hook must see the leaf of ours that the others will. */
static enum err job_judge(struct job *j)
{
    enum mls_rule rule = stage_judge(j->step.stage, j->g->env, j->step.base, j->step.extensions,
        j->what->wrap.authenticated_data);

    return rule == MLS_RULE_KEPT ? ERR_OK : group_refuse(j->g, rule);
}

static enum err job_body(struct job *j)
{
    struct stage *s = j->step.stage;
    enum err e = ERR_OK;

    wire_put(&j->body, buf_view(&s->text));
    buf_u8(&j->body, j->has_path);
    if (j->has_path)
        e = treekem_seal(&j->path, s->next->tree, j->g->env, &s->batch.added,
            buf_view(&s->next->context_raw), &j->body);
    return e == ERR_OK ? buf_end(&j->body) : e;
}

/* Signs, derives the next epoch, writes the message. */
static enum err job_message(struct job *j, struct buf *out)
{
    struct epoch *base = j->g->now;
    struct content c = group_content(base, CONTENT_COMMIT, &j->what->wrap);
    uint8_t signature[SIGN_MAX];
    size_t n = 0;

    c.body = buf_view(&j->body);
    enum err e = content_sign(&c, j->g->signer, buf_view(&base->context_raw), signature, &n);
    c.signature = bytes_of(signature, n);
    if (e != ERR_OK)
        return e;
    enum mls_rule rule = step_finish(&j->step, &c);
    if (rule != MLS_RULE_KEPT)
        return group_refuse(j->g, rule);
    c.confirmation_tag = bytes_of(j->step.stage->next->tag, SUITE_HASH);
    e = group_write(j->g, &c, j->what->wrap.pad, out);
    return e == ERR_OK ? hash_sha256(buf_view(out), j->step.stage->message_hash) : e;
}

static void job_secrets(const struct job *j, struct welcome_secrets *out)
{
    const struct batch *b = &j->step.stage->batch;

    out->joiner = bytes_of(j->step.stage->next->keys->joiner, SUITE_HASH);
    for (size_t i = 0; i < b->n; i++)
        if (b->v[i].p.type == PROPOSAL_PSK && out->psk_n < WELCOME_PSK_MAX)
            out->psk[out->psk_n++] = b->v[i].p.psk;
}

static enum err job_welcome_each(struct job *j, struct welcome_draft *w)
{
    const struct batch *b = &j->step.stage->batch;
    struct welcome_secrets secrets = {0};
    enum err e = ERR_OK;
    size_t at = 0;

    job_secrets(j, &secrets);
    for (size_t i = 0; e == ERR_OK && i < b->n; i++) {
        uint8_t drawn[SUITE_DRAWN];
        const uint8_t *path = NULL;
        if (b->v[i].p.type != PROPOSAL_ADD)
            continue;
        if (j->has_path)
            path = treekem_path_secret(&j->path, b->added.v[at]);
        at++;
        secrets.has_path = path != NULL;
        secrets.path = bytes_of(path, path != NULL ? SUITE_HASH : 0);
        env_random(j->g->env, drawn, sizeof drawn);
        e = welcome_seal_secrets(w, b->v[i].p.package, &secrets, drawn);
        mem_wipe(drawn, sizeof drawn);
    }
    mem_wipe(&secrets, sizeof secrets);
    return e;
}

static enum err job_welcome(struct job *j, struct buf *out)
{
    const struct epoch *next = j->step.stage->next;
    struct welcome_draft w = {.suite = next->context.suite};
    struct buf info;
    struct buf sealed;

    buf_init(&info, WIRE_MAX);
    buf_init(&sealed, WIRE_MAX);
    buf_init(&w.secrets, WIRE_MAX);
    enum err e = group_info_write(next, j->g->signer, j->what->wrap.flags, false, &info);
    if (e == ERR_OK)
        e = welcome_seal_info(w.suite, next->keys->joiner, j->step.psk_set ? j->step.psk : NULL,
            buf_view(&info), &sealed);
    w.sealed_info = buf_view(&sealed);
    if (e == ERR_OK)
        e = job_welcome_each(j, &w);
    if (e == ERR_OK) {
        content_message_begin(out, CONTENT_WELCOME);
        welcome_write(&w, out);
        e = buf_end(out);
    }
    buf_wipe(&info);
    buf_free(&sealed);
    buf_wipe(&w.secrets);
    return e;
}

static enum err job_run(struct job *j, struct mls_commit_result *out)
{
    struct stage *s = j->step.stage;
    enum err e = job_entries(j);

    if (e != ERR_OK)
        return e;
    if (s->batch.counts[PROPOSAL_PSK] > WELCOME_PSK_MAX)
        return ERR_TOO_BIG;
    j->has_path = s->batch.needs_path || (j->what->wrap.flags & MLS_PATH) != 0;
    if (j->has_path)
        e = job_path(j);
    if (e == ERR_OK)
        e = job_judge(j);
    if (e == ERR_OK)
        e = step_context(&j->step);
    if (e == ERR_OK)
        e = job_body(j);
    if (e == ERR_OK)
        e = job_message(j, &out->commit);
    if (e == ERR_OK && s->batch.added.n != 0)
        e = job_welcome(j, &out->welcome);
    if (e == ERR_OK && (j->what->wrap.flags & MLS_WITH_INFO) != 0) {
        content_message_begin(&out->info, CONTENT_GROUP_INFO);
        e = group_info_write(s->next, j->g->signer, j->what->wrap.flags, true, &out->info);
    }
    return e;
}

enum err mls_commit(
    struct mls_group *g, const struct mls_commit_request *what, struct mls_commit_result *out)
{
    enum err e = group_may_speak(g);
    struct job j = {.g = g, .what = what};

    if (e != ERR_OK)
        return e;
    if (g->stage != NULL)
        return ERR_BUSY;
    j.step = (struct step){
        .env = g->env,
        .g = g,
        .base = g->now,
        .stage = stage_new(),
        .committer = g->now->self,
    };
    for (size_t i = 0; i < what->proposals_n; i++)
        if (what->proposals[i].prior != NULL)
            j.step.prior = what->proposals[i].prior;
    memcpy(j.step.init, g->now->keys->init, SUITE_HASH);
    buf_init(&j.body, WIRE_MAX);
    e = job_run(&j, out);
    if (e == ERR_OK) {
        stage_finish(j.step.stage, true);
        g->stage = j.step.stage;
        g->dirty = true;
    } else {
        stage_free(j.step.stage);
    }
    buf_wipe(&j.body);
    treekem_path_fini(&j.path);
    step_fini(&j.step);
    return e;
}
