/* SPDX-License-Identifier: ISC */
#include "support/mlsparty.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "mls/wire.h"

static _Noreturn void broken(
    const char *what, size_t who, enum err e, const struct mls_group *g)
{
    (void)fprintf(stderr, "party: %s (member %zu): %s, rule %s\n", what, who, err_str(e),
        g != NULL ? mls_rule_text(mls_group_rule(g)) : "-");
    abort();
}

static void must(enum err e, const char *what, size_t who, const struct mls_group *g)
{
    if (e != ERR_OK)
        broken(what, who, e, g);
}

static void result_init(struct mls_commit_result *r)
{
    buf_init(&r->commit, WIRE_MAX);
    buf_init(&r->welcome, WIRE_MAX);
    buf_init(&r->info, WIRE_MAX);
}

static void result_free(struct mls_commit_result *r)
{
    buf_wipe(&r->commit);
    buf_wipe(&r->welcome);
    buf_wipe(&r->info);
}

void party_init(struct party *p, uint16_t suite, uint64_t seed)
{
    memset(p, 0, sizeof *p);
    p->suite = suite_find(suite);
    p->flags = MLS_WITH_TREE;
    result_init(&p->last);
    buf_init(&p->tree, WIRE_MAX);
    if (p->suite == NULL)
        broken("suite", 0, ERR_UNSUPPORTED, NULL);
    mlskit_world_init(&p->world, seed);
}

void party_fini(struct party *p)
{
    for (size_t i = 0; i < p->n; i++) {
        struct party_member *m = p->m[i];
        mls_group_free(m->g);
        sign_key_free(m->key);
        buf_wipe(&m->package);
        buf_wipe(&m->secret);
        mem_free(m);
    }
    result_free(&p->last);
    buf_free(&p->tree);
    p->n = 0;
}

void party_repackage(struct party *p, size_t who)
{
    struct party_member *m = p->m[who];
    const struct mls_package_request what = {.suite = p->suite->id, .not_after = UINT64_MAX};

    buf_clear(&m->package);
    buf_clear(&m->secret);
    must(mls_package_make(&m->world.env, &m->who, &what, &m->package, &m->secret),
        "key package", who, NULL);
}

size_t party_person(struct party *p)
{
    struct party_member *m = mem_alloc(sizeof *m);
    size_t who = p->n;

    if (p->n == PARTY_MAX)
        broken("too many", who, ERR_FULL, NULL);
    p->m[p->n++] = m;
    mlskit_world_init(&m->world, mlskit_draw(&p->world));
    size_t ever = p->ever++;
    m->key = p->key != NULL ? p->key(p, ever) : mlskit_sign_key(p->suite, (unsigned)ever);
    (void)snprintf(m->name, sizeof m->name, "person %zu", ever);
    m->who = (struct mls_identity){
        .key = m->key, .credential_type = MLS_BASIC, .identity = bytes_str(m->name)};
    buf_init(&m->package, WIRE_MAX);
    buf_init(&m->secret, WIRE_MAX);
    party_repackage(p, who);
    return who;
}

void party_found(struct party *p, size_t who, struct bytes extensions)
{
    struct party_member *m = p->m[who];
    const struct mls_group_request what = {
        .suite = p->suite->id, .group_id = bytes_str("party"), .extensions = extensions};

    must(mls_group_create(&m->world.env, &m->who, &what, &m->g), "create", who, NULL);
}

void party_stage(
    struct party *p, size_t who, const struct mls_proposal *proposals, size_t n, unsigned flags)
{
    struct mls_group *g = p->m[who]->g;
    const struct mls_commit_request what = {
        .wrap = {.flags = p->flags | flags}, .proposals = proposals, .proposals_n = n};

    result_free(&p->last);
    result_init(&p->last);
    must(mls_commit(g, &what, &p->last), "commit", who, g);
}

static void take(struct party *p, size_t who, struct bytes message)
{
    struct mls_group *g = p->m[who]->g;
    struct mls_event event;

    mls_event_init(&event);
    must(mls_process(g, message, &event), "process", who, g);
    if (event.kind == MLS_EVENT_COMMIT || event.kind == MLS_EVENT_OWN)
        must(mls_apply(g), "apply", who, g);
    if (event.removes_us) {
        mls_group_free(g);
        p->m[who]->g = NULL;
    }
    mls_event_clear(&event);
}

void party_deliver(struct party *p, size_t from, struct bytes message)
{
    for (size_t i = 0; i < p->n; i++)
        if (i != from && p->m[i]->g != NULL)
            take(p, i, message);
}

static void join(struct party *p, size_t who)
{
    struct party_member *m = p->m[who];
    const struct mls_join_request what = {
        .welcome = buf_view(&p->last.welcome),
        .package = buf_view(&m->package),
        .secret = buf_view(&m->secret),
        .tree = buf_view(&p->tree),
    };
    enum mls_rule rule;

    enum err e = mls_group_join(&m->world.env, &m->who, &what, &m->g, &rule);
    if (e != ERR_OK) {
        (void)fprintf(stderr, "join: %s\n", mls_rule_text(rule));
        broken("join", who, e, NULL);
    }
}

static size_t find(const struct party *p, struct bytes package)
{
    for (size_t i = 0; i < p->n; i++)
        if (bytes_eq(buf_view(&p->m[i]->package), package))
            return i;
    broken("nobody has this package", 0, ERR_NOT_FOUND, NULL);
}

void party_commit(
    struct party *p, size_t who, const struct mls_proposal *proposals, size_t n, unsigned flags)
{
    party_stage(p, who, proposals, n, flags);
    party_deliver(p, who, buf_view(&p->last.commit));
    must(mls_apply(p->m[who]->g), "apply", who, p->m[who]->g);
    for (size_t i = 0; i < n; i++)
        if (proposals[i].type == MLS_ADD)
            join(p, find(p, proposals[i].package));
}

void party_add(struct party *p, size_t who, size_t whom)
{
    const struct mls_proposal add = {
        .type = MLS_ADD, .package = buf_view(&p->m[whom]->package)};

    party_commit(p, who, &add, 1, 0);
}

void party_remove(struct party *p, size_t who, size_t whom)
{
    const struct mls_proposal remove = {.type = MLS_REMOVE, .leaf = party_leaf(p, whom)};

    party_commit(p, who, &remove, 1, 0);
}

void party_update(struct party *p, size_t who)
{
    party_commit(p, who, NULL, 0, MLS_PATH);
}

void party_gather(struct party *p, size_t n, bool filled)
{
    struct mls_proposal *adds = mem_array(n, sizeof *adds);
    size_t first = party_person(p);

    party_found(p, first, (struct bytes){0});
    for (size_t i = 0; i + 1 < n; i++)
        adds[i] = (struct mls_proposal){
            .type = MLS_ADD, .package = buf_view(&p->m[party_person(p)]->package)};
    if (n > 1)
        party_commit(p, first, adds, n - 1, 0);
    mem_free(adds);
    for (size_t i = 0; filled && i < n; i++)
        party_update(p, first + i);
}

uint32_t party_leaf(const struct party *p, size_t who)
{
    struct mls_view v;

    mls_group_view(p->m[who]->g, &v);
    return v.self;
}

void party_agree(const struct party *p)
{
    struct mls_view first = {0};
    bool any = false;

    for (size_t i = 0; i < p->n; i++) {
        struct mls_view v;
        if (p->m[i]->g == NULL)
            continue;
        mls_group_view(p->m[i]->g, &v);
        if (!any)
            first = v;
        any = true;
        if (v.epoch != first.epoch || v.members != first.members ||
            memcmp(v.authenticator, first.authenticator, sizeof v.authenticator) != 0 ||
            memcmp(v.tree_hash, first.tree_hash, sizeof v.tree_hash) != 0)
            broken("disagrees", i, ERR_CONFLICT, p->m[i]->g);
    }
}

struct bytes party_seal(struct party *p, size_t who, const char *text, struct buf *out)
{
    const struct mls_wrap wrap = {.flags = 0};

    buf_clear(out);
    must(mls_protect(p->m[who]->g, bytes_str(text), &wrap, out), "protect", who, p->m[who]->g);
    return buf_view(out);
}

void party_say(struct party *p, size_t who, const char *text)
{
    struct mls_event event;
    struct buf out;

    buf_init(&out, WIRE_MAX);
    mls_event_init(&event);
    (void)party_seal(p, who, text, &out);
    for (size_t i = 0; i < p->n; i++) {
        struct mls_group *g = p->m[i]->g;
        if (i == who || g == NULL)
            continue;
        must(mls_process(g, buf_view(&out), &event), "hear", i, g);
        if (event.kind != MLS_EVENT_APPLICATION || !bytes_eq(event.data, bytes_str(text)) ||
            event.sender != party_leaf(p, who))
            broken("hears something else", i, ERR_FORMAT, g);
    }
    mls_event_clear(&event);
    buf_free(&out);
}
