/* SPDX-License-Identifier: ISC */
#include "cast.h"

void cast_suites(void (*run)(uint16_t suite))
{
    run(0x0001);
    run(0xf001);
}

/* ---- what an application is asked ---- */

static struct cast_app *app_of(void *arg)
{
    struct mlskit_world *w = arg;

    return w->arg;
}

static enum err give_psk(void *arg, struct bytes id, struct buf *out)
{
    const struct cast_app *a = app_of(arg);

    for (size_t i = 0; i < a->psk_n; i++)
        if (bytes_eq(bytes_str(a->psk[i].id), id)) {
            buf_text(out, a->psk[i].secret);
            return ERR_OK;
        }
    return ERR_NOT_FOUND;
}

static void tell_members(
    const struct mls_member *v, size_t n, const char *what, struct buf *out)
{
    buf_fmt(out, " %s:", what);
    for (size_t i = 0; i < n; i++)
        buf_fmt(
            out, " %u=%.*s", v[i].leaf, (int)v[i].identity.n, (const char *)v[i].identity.p);
}

static void tell_bytes(struct bytes v, const char *what, struct buf *out)
{
    buf_fmt(out, " %s: ", what);
    for (size_t i = 0; i < v.n; i++)
        buf_fmt(out, "%02x", v.p[i]);
}

void cast_tell(const struct mls_change *change, struct buf *out)
{
    buf_clear(out);
    buf_fmt(out, "%.*s %llu", (int)change->group_id.n, (const char *)change->group_id.p,
        (unsigned long long)change->epoch);
    tell_members(&change->committer, 1, change->external ? "joiner" : "committer", out);
    tell_members(change->added, change->added_n, "added", out);
    tell_members(change->removed, change->removed_n, "removed", out);
    tell_members(change->updated, change->updated_n, "updated", out);
    buf_text(out, " psks:");
    for (size_t i = 0; i < change->psk_n; i++)
        buf_fmt(out, " %.*s", (int)change->psk_ids[i].n, (const char *)change->psk_ids[i].p);
    tell_bytes(change->extensions_before, "before", out);
    tell_bytes(change->extensions_after, "after", out);
    tell_bytes(change->authenticated_data, "data", out);
    if (change->reinit)
        buf_text(out, " reinit");
    cr_assert_eq(buf_end(out), ERR_OK);
}

static void keep_leaves(const struct mls_member *v, size_t n, struct buf *out)
{
    for (size_t i = 0; i < n; i++) {
        buf_u32(out, v[i].leaf);
        wire_put(out, v[i].identity);
        wire_put(out, v[i].signature_key);
        wire_put(out, v[i].encryption_key);
        wire_put(out, v[i].extensions);
        buf_u64(out, v[i].not_before);
        buf_u64(out, v[i].not_after);
    }
}

static enum err judge(void *arg, const struct mls_change *change)
{
    struct cast_app *a = app_of(arg);

    a->judged++;
    cast_tell(change, &a->change);
    buf_clear(&a->leaves);
    keep_leaves(&change->committer, 1, &a->leaves);
    keep_leaves(&change->committer_after, 1, &a->leaves);
    keep_leaves(change->added, change->added_n, &a->leaves);
    keep_leaves(change->removed, change->removed_n, &a->leaves);
    keep_leaves(change->updated, change->updated_n, &a->leaves);
    keep_leaves(change->updated_before, change->updated_n, &a->leaves);
    return a->verdict;
}

static enum err identify(void *arg, const struct mls_member *member)
{
    struct cast_app *a = app_of(arg);

    buf_bytes(&a->identified, member->identity);
    buf_text(&a->identified, ".");
    return a->not_welcome.n != 0 && bytes_eq(a->not_welcome, member->identity) ? ERR_REFUSED
                                                                               : ERR_OK;
}

/* ---- life ---- */

size_t cast_person(struct cast *c)
{
    size_t who = party_person(&c->p);
    struct mlskit_world *w = &c->p.m[who]->world;

    cr_assert_lt(who, CAST_MAX);
    buf_init(&c->app[who].change, WIRE_MAX);
    buf_init(&c->app[who].leaves, WIRE_MAX);
    buf_init(&c->app[who].identified, WIRE_MAX);
    w->arg = &c->app[who];
    w->env.psk = give_psk;
    w->env.judge = judge;
    w->env.identify = identify;
    return who;
}

void cast_init(struct cast *c, uint16_t suite, size_t n)
{
    struct mls_proposal adds[CAST_MAX] = {0};

    memset(c->app, 0, sizeof c->app);
    party_init(&c->p, suite, 1);
    mls_event_init(&c->event);
    for (size_t i = 0; i < n; i++)
        adds[i] = (struct mls_proposal){
            .type = MLS_ADD, .package = buf_view(&c->p.m[cast_person(c)]->package)};
    if (n != 0)
        party_found(&c->p, 0, (struct bytes){0});
    if (n > 1)
        party_commit(&c->p, 0, adds + 1, n - 1, 0);
}

void cast_fini(struct cast *c)
{
    for (size_t i = 0; i < CAST_MAX; i++) {
        buf_free(&c->app[i].change);
        buf_free(&c->app[i].leaves);
        buf_free(&c->app[i].identified);
    }
    mls_event_clear(&c->event);
    party_fini(&c->p);
}

struct mls_group *cast_group(const struct cast *c, size_t who)
{
    return c->p.m[who]->g;
}

struct mls_view cast_view(const struct cast *c, size_t who)
{
    struct mls_view v;

    mls_group_view(c->p.m[who]->g, &v);
    return v;
}

void cast_learn(struct cast *c, size_t who, const char *id, const char *secret)
{
    struct cast_app *a = &c->app[who];

    cr_assert_lt(a->psk_n, CAST_PSKS);
    a->psk[a->psk_n].id = id;
    a->psk[a->psk_n++].secret = secret;
}

void cast_forget(struct cast *c, size_t who)
{
    c->app[who].psk_n = 0;
}

void cast_all_learn(struct cast *c, const char *id, const char *secret)
{
    for (size_t i = 0; i < c->p.n; i++)
        cast_learn(c, i, id, secret);
}

/* ---- what is heard ---- */

static enum err put_record(void *arg, uint32_t id, struct bytes record)
{
    buf_u32(arg, id);
    wire_put(arg, record);
    return buf_end(arg);
}

struct buf cast_state(struct mls_group *g)
{
    struct buf out;

    buf_init(&out, 4 * WIRE_MAX);
    cr_assert_eq(mls_save(g, true, put_record, &out), ERR_OK);
    return out;
}

void cast_hear(struct cast *c, size_t who, struct bytes message)
{
    struct mls_group *g = cast_group(c, who);
    enum err e = mls_process(g, message, &c->event);

    cr_assert_eq(
        e, ERR_OK, "member %zu: %s, %s", who, err_str(e), mls_rule_text(mls_group_rule(g)));
}

static void same(struct mls_group *g, struct buf *before, size_t who)
{
    struct buf after = cast_state(g);

    cr_assert(bytes_eq(buf_view(before), buf_view(&after)), "member %zu is another", who);
    buf_wipe(before);
    buf_wipe(&after);
}

void cast_refused(struct cast *c, size_t who, struct bytes message, enum mls_rule rule)
{
    struct mls_group *g = cast_group(c, who);
    struct buf before = cast_state(g);
    enum err e = mls_process(g, message, &c->event);

    cr_assert_eq(e, ERR_REFUSED, "member %zu: %s", who, err_str(e));
    cr_assert_eq(mls_group_rule(g), rule, "%s", mls_rule_text(mls_group_rule(g)));
    cr_assert_eq(c->event.kind, MLS_EVENT_NONE);
    same(g, &before, who);
}

void cast_cannot(
    struct cast *c, size_t who, const struct mls_proposal *what, size_t n, enum mls_rule rule)
{
    struct mls_group *g = cast_group(c, who);
    const struct mls_commit_request request = {.proposals = what, .proposals_n = n};
    struct mls_commit_result result;
    struct buf before = cast_state(g);

    buf_init(&result.commit, WIRE_MAX);
    buf_init(&result.welcome, WIRE_MAX);
    buf_init(&result.info, WIRE_MAX);
    enum err e = mls_commit(g, &request, &result);
    cr_assert_eq(e, ERR_REFUSED, "%s", err_str(e));
    cr_assert_eq(mls_group_rule(g), rule, "%s", mls_rule_text(mls_group_rule(g)));
    same(g, &before, who);
    cr_assert_not(cast_view(c, who).staged);
    buf_wipe(&result.commit);
    buf_wipe(&result.welcome);
    buf_wipe(&result.info);
}

void cast_propose(struct cast *c, size_t who, const struct mls_proposal *what, unsigned flags)
{
    const struct mls_wrap wrap = {.flags = flags};
    struct buf message;

    buf_init(&message, WIRE_MAX);
    cr_assert_eq(mls_propose(cast_group(c, who), what, &wrap, &message), ERR_OK);
    for (size_t i = 0; i < c->p.n; i++) {
        if (i == who || cast_group(c, i) == NULL)
            continue;
        cast_hear(c, i, buf_view(&message));
        cr_assert_eq(c->event.kind, MLS_EVENT_PROPOSAL);
        cr_assert_eq(c->event.proposal, what->type);
        cr_assert_eq(c->event.sender, party_leaf(&c->p, who));
    }
    buf_free(&message);
}

void cast_alive(struct cast *c)
{
    party_agree(&c->p);
    for (size_t i = 0; i < c->p.n; i++)
        if (cast_group(c, i) != NULL)
            party_say(&c->p, i, "I am here");
}

/* ---- coming in ---- */

enum mls_rule cast_join(struct cast *c, size_t who, const struct mls_group *prior)
{
    struct party_member *m = c->p.m[who];
    const struct mls_join_request what = {
        .welcome = buf_view(&c->p.last.welcome),
        .package = buf_view(&m->package),
        .secret = buf_view(&m->secret),
        .tree = buf_view(&c->p.tree),
        .prior = prior,
    };
    enum mls_rule rule = MLS_RULE_COUNT;

    enum err e = mls_group_join(&m->world.env, &m->who, &what, &m->g, &rule);
    cr_assert_eq(e == ERR_OK, rule == MLS_RULE_KEPT);
    cr_assert_eq(m->g != NULL, e == ERR_OK);
    return rule;
}

enum err cast_enter(struct cast *c, size_t who, const struct cast_entry *how,
    struct buf *commit, enum mls_rule *rule)
{
    struct party_member *m = c->p.m[who];
    struct mls_group *g = NULL;
    struct buf info;

    buf_init(&info, WIRE_MAX);
    cr_assert_eq(
        mls_group_info(cast_group(c, how->insider), how->bare ? 0 : MLS_WITH_TREE, &info),
        ERR_OK);
    const struct mls_external_request what = {
        .info = buf_view(&info),
        .tree = how->tree,
        .psk_ids = how->psk_ids,
        .psk_n = how->psk_n,
        .resync = how->resync,
        .authenticated_data = LIT("let me in"),
    };
    buf_clear(commit);
    *rule = MLS_RULE_KEPT;
    enum err e = mls_group_join_external(&m->world.env, &m->who, &what, commit, &g, rule);
    cr_assert_eq(g != NULL, e == ERR_OK);
    if (e == ERR_OK) {
        mls_group_free(m->g); /* what it had of this group, if it comes back */
        m->g = g;
    }
    buf_free(&info);
    return e;
}

void cast_come_in(struct cast *c, size_t who, const struct cast_entry *how)
{
    enum mls_rule rule;
    struct buf commit;

    buf_init(&commit, WIRE_MAX);
    enum err e = cast_enter(c, who, how, &commit, &rule);
    cr_assert_eq(e, ERR_OK, "%s, %s", err_str(e), mls_rule_text(rule));
    for (size_t i = 0; i < c->p.n; i++) {
        if (i == who || cast_group(c, i) == NULL)
            continue;
        cast_hear(c, i, buf_view(&commit));
        cr_assert_eq(c->event.kind, MLS_EVENT_COMMIT);
        cr_assert(c->event.change->external);
        cr_assert(bytes_eq(c->event.change->committer.identity, c->p.m[who]->who.identity));
        cr_assert_eq(c->event.change->committer.leaf, c->event.sender);
        cr_assert(bytes_eq(c->event.authenticated_data, LIT("let me in")));
        cr_assert_eq(mls_apply(cast_group(c, i)), ERR_OK);
    }
    cr_assert_eq(mls_apply(cast_group(c, who)), ERR_OK);
    buf_free(&commit);
}
