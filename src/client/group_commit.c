/* SPDX-License-Identifier: ISC */
#include "client/group_commit.h"

#include "base/log.h"
#include "base/mem.h"
#include "client/group.h"
#include "client/group_enter.h"
#include "client/group_gone.h"
#include "client/group_people.h"
#include "crypto/rand.h"

#define MESSAGES_MAX 100
#define AGE_MAX_MS   600000u
#define DAY_MS       86400000u
#define PROPOSALS    128
#define COMMIT_MAX   (2u << 20)
#define AGAIN_MS     250
#define ROTATE_MS    5000u /* not more often because somebody asks */

/* ---- what goes into it ---- */

struct plan {
    struct mls_proposal proposals[PROPOSALS];
    size_t n;
    struct buf tickets; /* authenticated data */
    struct buf rules;   /* an extension list */
};

static bool may_remove(struct engine *e, struct talk *c, struct talk_person *p)
{
    const struct talk_ticket *t = talk_ticket(c, p->print);
    struct mls_member m;
    struct mls_view v;
    struct buf data;

    if (!mls_group_member(c->group, p->leaf, &m))
        return false;
    mls_group_view(c->group, &v);
    buf_init(&data, SIGN_MAX + 64);
    if (t != NULL) {
        struct policy_ticket ticket = {.signature = buf_view(&t->signature)};
        memcpy(ticket.print, p->print, sizeof ticket.print);
        policy_tickets_add(&data, &ticket);
    }
    bool may =
        policy_may_remove(&c->policy, e->identity.print, &m, v.group_id, buf_view(&data));
    buf_free(&data);
    return may;
}

static void tell_cannot(struct engine *e, struct talk *c, struct talk_gone *g)
{
    if (g->cannot)
        return;
    g->cannot = true;
    engine_say_in(e, c, EVENT_WARN,
        "The relay says that %s is no longer here, but only the owner or a moderator can take "
        "%s out of the group: until then %s can still read what is said.",
        g->name, g->name, g->name);
}

static bool may_remove_all(struct engine *e, struct talk *c, const struct gone_leaves *meant)
{
    for (size_t i = 0; i < meant->n; i++) {
        if (!may_remove(e, c, meant->leaf[i]))
            return false;
    }
    return meant->sure;
}

static bool planned(const struct plan *plan, uint32_t leaf)
{
    for (size_t i = 0; i < plan->n; i++) {
        if (plan->proposals[i].type == MLS_REMOVE && plan->proposals[i].leaf == leaf)
            return true;
    }
    return false;
}

static void plan_leaf(struct talk *c, struct plan *plan, const struct talk_person *p)
{
    const struct talk_ticket *t = talk_ticket(c, p->print);

    if (planned(plan, p->leaf) || plan->n == PROPOSALS)
        return;
    plan->proposals[plan->n++] = (struct mls_proposal){.type = MLS_REMOVE, .leaf = p->leaf};
    if (t == NULL)
        return;
    struct policy_ticket ticket = {.signature = buf_view(&t->signature)};
    memcpy(ticket.print, p->print, sizeof ticket.print);
    policy_tickets_add(&plan->tickets, &ticket);
}

/* Who left: leaves to remove, or a name that the relay may forget. */
static void plan_gone(struct engine *e, struct talk *c, struct plan *plan)
{
    struct gone_leaves meant;

    for (struct talk_gone *g = c->gone; g != NULL; g = g->next) {
        gone_meant(e, c, g, &meant);
        if (!may_remove_all(e, c, &meant)) {
            if (meant.n != 0)
                tell_cannot(e, c, g);
            continue;
        }
        if (plan->n + meant.n > PROPOSALS)
            continue;
        names_add(&c->commit.removed, bytes_str(g->name));
        for (size_t i = 0; i < meant.n; i++)
            plan_leaf(c, plan, meant.leaf[i]);
    }
}

static void plan_replaced(struct engine *e, struct talk *c, struct plan *plan)
{
    struct gone_leaves old;

    gone_replaced(e, c, &old);
    for (size_t i = 0; i < old.n; i++) {
        if (may_remove(e, c, old.leaf[i]))
            plan_leaf(c, plan, old.leaf[i]);
    }
}

static void plan_invites(struct talk *c, struct plan *plan)
{
    for (struct talk_invite *i = c->invites; i != NULL && plan->n < PROPOSALS; i = i->next) {
        if (i->package.n == 0)
            continue;
        plan->proposals[plan->n++] =
            (struct mls_proposal){.type = MLS_ADD, .package = buf_view(&i->package)};
        names_add(&c->commit.invited, bytes_str(i->name));
    }
}

static void plan_rules(struct talk *c, struct plan *plan)
{
    if (!c->new_rules || plan->n == PROPOSALS)
        return;
    policy_write(&c->wanted_policy, &plan->rules);
    plan->proposals[plan->n++] =
        (struct mls_proposal){.type = MLS_CONTEXT, .extensions = buf_view(&plan->rules)};
    c->commit.rules = true;
    c->commit.tag = c->rules_tag;
}

/* ---- when ---- */

static bool removable(struct engine *e, struct talk *c)
{
    struct gone_leaves meant;

    for (struct talk_gone *g = c->gone; g != NULL; g = g->next) {
        gone_meant(e, c, g, &meant);
        if (may_remove_all(e, c, &meant))
            return true;
        if (meant.n != 0)
            tell_cannot(e, c, g);
    }
    return false;
}

/* Nothing is said before they are gone, so nobody's words would bring it about. */
static bool has_replaced(struct engine *e, struct talk *c)
{
    struct gone_leaves old;

    gone_replaced(e, c, &old);
    for (size_t i = 0; i < old.n; i++) {
        if (may_remove(e, c, old.leaf[i]))
            return true;
    }
    return false;
}

static bool invited(const struct talk *c)
{
    for (const struct talk_invite *i = c->invites; i != NULL; i = i->next) {
        if (i->package.n != 0)
            return true;
    }
    return false;
}

static bool asked_to_rotate(struct engine *e, struct talk *c)
{
    uint64_t due = c->epoch_ms + ROTATE_MS;

    if (c->rotate && e->loop->now_ms < due)
        engine_look_at(e, due);
    return c->rotate && e->loop->now_ms >= due;
}

enum commit_due commit_due(struct engine *e, struct talk *c)
{
    uint64_t now = e->loop->now_ms;

    if (asked_to_rotate(e, c) || c->new_rules || invited(c) || has_replaced(e, c))
        return COMMIT_NOW;
    if (c->leaf_n > 1 && c->own_ms != 0 && now - c->own_ms >= DAY_MS)
        return COMMIT_NOW;
    if (c->fresh || c->said >= MESSAGES_MAX || now - c->epoch_ms >= AGE_MAX_MS)
        return COMMIT_BEFORE_SPEAKING;
    return removable(e, c) ? COMMIT_BEFORE_SPEAKING : COMMIT_NOT_DUE;
}

/* ---- sending ---- */

static void put_welcomes(
    const struct talk *c, struct bytes welcome, struct list_writer *welcomes)
{
    struct bytes run = buf_view(&c->commit.invited);
    struct bytes name;

    while (names_next(&run, &name))
        list_add(welcomes, &MSG_WELCOME, &(struct msg_welcome){name, welcome});
}

static void send_room(
    struct engine *e, struct talk *c, const struct mls_commit_result *made, uint32_t before)
{
    struct request r = {.talk = c->serial, .tag = c->commit.tag};
    struct list_writer nodes;
    struct list_writer welcomes;
    struct mls_view v;

    mls_group_view(c->group, &v);
    list_begin(&nodes, COMMIT_MAX);
    list_begin(&welcomes, COMMIT_MAX);
    put_welcomes(c, buf_view(&made->welcome), &welcomes);
    enum err err = enter_put_nodes(c->group, before, &nodes);
    struct msg_commit m = {.room = talk_title(c),
        .epoch = v.epoch,
        .removed = buf_view(&c->commit.removed),
        .commit = buf_view(&made->commit),
        .info = buf_view(&made->info),
        .nodes = list_view(&nodes),
        .welcomes = list_view(&welcomes)};
    memcpy(m.req, c->commit.req, sizeof m.req);
    memcpy(r.id, m.req, sizeof r.id);
    if (err == ERR_OK) {
        group_save(e, c);
        c->busy |= BUSY_COMMIT;
        engine_ask_sealed(e, OP_COMMIT, &m, &r);
    } else {
        LOG_ERROR("group", "a commit is too large: %s", err_str(err));
        commit_forget(e, c);
    }
    list_end(&nodes);
    list_end(&welcomes);
}

static void send_direct(struct engine *e, struct talk *c, const struct mls_commit_result *made)
{
    struct request r = {.talk = c->serial, .tag = c->commit.tag};
    struct mls_view v;

    mls_group_view(c->group, &v);
    struct msg_dm_key m = {
        .user = talk_title(c), .epoch = v.epoch, .commit = buf_view(&made->commit)};
    memcpy(m.req, c->commit.req, sizeof m.req);
    memcpy(r.id, m.req, sizeof r.id);
    group_save(e, c);
    c->busy |= BUSY_COMMIT;
    engine_ask_sealed(e, OP_DM_KEY, &m, &r);
}

static void result_init(struct mls_commit_result *r)
{
    buf_init(&r->commit, COMMIT_MAX);
    buf_init(&r->welcome, COMMIT_MAX);
    buf_init(&r->info, COMMIT_MAX);
}

static void result_free(struct mls_commit_result *r)
{
    buf_free(&r->commit);
    buf_free(&r->welcome);
    buf_free(&r->info);
}

void commit_send(struct engine *e, struct talk *c)
{
    struct plan plan = {.n = 0};
    struct mls_commit_result made;
    struct mls_view v;

    mls_group_view(c->group, &v);
    talk_commit_clear(c);
    buf_init(&plan.tickets, 32u << 10);
    buf_init(&plan.rules, 8192);
    result_init(&made);
    plan_gone(e, c, &plan);
    plan_replaced(e, c, &plan);
    plan_invites(c, &plan);
    plan_rules(c, &plan);
    rand_bytes(c->commit.req, sizeof c->commit.req);
    const struct mls_commit_request what = {
        .wrap = {.flags = MLS_PATH | (c->kind == CONVO_ROOM ? MLS_WITH_INFO : 0u) |
                          (c->commit.invited.n != 0 ? MLS_WITH_TREE : 0u),
            .pad = PAYLOAD_PAD,
            .authenticated_data = buf_view(&plan.tickets)},
        .proposals = plan.proposals,
        .proposals_n = plan.n,
        .now = (uint64_t)(e->loop->wall_ms / 1000),
    };
    enum err err = mls_commit(c->group, &what, &made);
    if (err != ERR_OK) {
        LOG_WARN("group", "a commit cannot be made: %s",
            err == ERR_REFUSED ? mls_rule_text(mls_group_rule(c->group)) : err_str(err));
        commit_forget(e, c);
        engine_say_in(e, c, EVENT_WARN, "The keys could not be changed: %s.",
            err == ERR_REFUSED ? mls_rule_text(mls_group_rule(c->group)) : err_str(err));
        c->wait_ms = e->loop->now_ms + 1000;
        engine_look_at(e, c->wait_ms);
    } else if (c->kind == CONVO_ROOM) {
        send_room(e, c, &made, v.leaves);
    } else {
        send_direct(e, c, &made);
    }
    buf_free(&plan.tickets);
    buf_free(&plan.rules);
    result_free(&made);
}

/* ---- what becomes of it ---- */

static void drop_invite(struct engine *e, struct talk *c, struct bytes name)
{
    for (struct talk_invite **at = &c->invites; *at != NULL; at = &(*at)->next) {
        struct talk_invite *i = *at;
        if (!bytes_eq(bytes_str(i->name), name))
            continue;
        *at = i->next;
        c->hand_on = true;
        engine_say_in(e, c, EVENT_INFO, "%s is invited, and can read from here on.", i->name);
        engine_release(e, i->tag);
        buf_free(&i->package);
        mem_free(i);
        return;
    }
}

static void tell_removed(struct engine *e, struct talk *c, const struct talk_person *p)
{
    char who[PEOPLE_TEXT];

    if (p == NULL || !p->here)
        return;
    people_text(p, who);
    engine_say_in(e, c, EVENT_GONE, "%s is no longer in the group", who);
}

static void settle(struct engine *e, struct talk *c)
{
    struct bytes run = buf_view(&c->commit.removed);
    struct bytes name;

    while (names_next(&run, &name)) {
        tell_removed(e, c, talk_called(c, name));
        talk_gone_del(c, name);
    }
    run = buf_view(&c->commit.invited);
    while (names_next(&run, &name))
        drop_invite(e, c, name);
    if (c->commit.rules) {
        c->new_rules = false;
        engine_release(e, c->rules_tag);
        c->rules_tag = 0;
    }
    talk_commit_clear(c);
    c->busy &= ~(unsigned)BUSY_COMMIT;
    c->fresh = false;
    c->own_ms = e->loop->now_ms;
    c->tries = 0;
}

void commit_found(struct engine *e, struct talk *c, uint64_t seq)
{
    settle(e, c);
    group_apply(e, c, seq);
}

void commit_taken(struct engine *e, struct talk *c, const struct msg_commit_ok *ok)
{
    if (c->group == NULL || (c->busy & BUSY_COMMIT) == 0)
        return;
    commit_found(e, c, ok->seq);
}

void commit_forget(struct engine *e, struct talk *c)
{
    struct mls_view v;

    c->busy &= ~(unsigned)BUSY_COMMIT;
    talk_commit_clear(c);
    if (c->group == NULL)
        return;
    mls_group_view(c->group, &v);
    if (v.staged && v.staged_own) {
        mls_discard(c->group);
        engine_changed(e, c);
    }
}

void commit_refused(struct engine *e, struct talk *c, const struct msg_refusal *no)
{
    uint64_t wait = rand_below((uint64_t)AGAIN_MS << (c->tries < 6 ? c->tries : 6));

    if (no->code == CODE_NOT_STORED) { /* the log tells */
        c->busy &= ~(unsigned)BUSY_COMMIT;
        c->commit.unsure = true;
        c->behind = true;
        engine_touch(e, c);
        return;
    }
    if (no->code == CODE_NOT_ALLOWED || no->code == CODE_FULL || no->code == CODE_BAD_NAME) {
        engine_say_in(e, c, EVENT_WARN, "The relay refused a change of the group: %.*s",
            (int)no->reason.n, (const char *)no->reason.p);
        c->new_rules = false;
        while (c->invites != NULL) {
            struct talk_invite *i = c->invites;
            c->invites = i->next;
            engine_fail(e, i->tag, "the relay refused the invitation");
            engine_release(e, i->tag);
            buf_free(&i->package);
            mem_free(i);
        }
    }
    commit_forget(e, c);
    if (no->code == CODE_NOT_MEMBER || (no->code == CODE_STALE && no->num < group_epoch(c))) {
        group_lose(e, c, "the relay does not know us in this group");
        return;
    }
    /* Somebody was first: its commit is on its way, or was missed. */
    if ((no->code == CODE_STALE || no->code == CODE_CONFLICT) && no->num > group_epoch(c))
        group_behind(c, no->num);
    c->tries++;
    c->wait_ms = e->loop->now_ms + wait + (no->code == CODE_TOO_FAST ? no->num : 0);
    engine_look_at(e, c->wait_ms);
    engine_touch(e, c);
}
