/* SPDX-License-Identifier: ISC */
#include "rulebook.h"

#include "base/mem.h"
#include "mls/ext.h"
#include "mls/wire.h"

static const uint16_t LISTED[] = {TRIAL_LISTED};

size_t trial_person(struct trial *t)
{
    size_t who = party_person(&t->p);

    t->p.m[who]->who.extension_types = LISTED;
    t->p.m[who]->who.extension_types_n = 1;
    party_repackage(&t->p, who);
    return who;
}

static void gather(struct trial *t, bool filled)
{
    struct mls_proposal adds[3];

    party_init(&t->p, 1, 7);
    party_found(&t->p, trial_person(t), (struct bytes){0});
    for (size_t i = 0; i < 3; i++)
        adds[i] = (struct mls_proposal){
            .type = MLS_ADD, .package = buf_view(&t->p.m[trial_person(t)]->package)};
    party_commit(&t->p, 0, adds, 3, 0);
    for (size_t i = 0; filled && i < 4; i++)
        party_update(&t->p, i);
    mlsevil_init(&t->e, &t->p, 1);
    buf_init(&t->scratch, WIRE_MAX);
}

void trial_open(struct trial *t)
{
    *t = (struct trial){0};
    gather(t, true);
}

void trial_close(struct trial *t)
{
    mlsevil_fini(&t->e);
    party_fini(&t->p);
    buf_free(&t->scratch);
}

void trial_unfilled(struct trial *t)
{
    trial_close(t);
    gather(t, false);
}

static void honest_again(struct trial *t)
{
    for (size_t i = 0; i < t->p.n; i++) {
        t->p.m[i]->world.env.identify = NULL;
        t->p.m[i]->world.env.judge = NULL;
    }
    party_commit(&t->p, 0, NULL, 0, MLS_PATH | MLS_NO_PENDING);
    party_agree(&t->p);
    party_say(&t->p, 1, "still here");
}

void rulebook_run(const struct rulebook *b)
{
    for (size_t i = 0; i < b->n; i++) {
        const struct rulebook_row *row = &b->rows[i];
        struct trial t;
        trial_open(&t);
        enum mls_rule rule = row->run(&t, row->arg);
        cr_expect_eq(rule, row->rule, "%s: %s, not %s", row->what, mls_rule_text(rule),
            mls_rule_text(row->rule));
        if (rule == row->rule)
            honest_again(&t);
        trial_close(&t);
    }
}

struct bytes trial_required(struct trial *t, uint16_t type)
{
    struct buf data;

    buf_init(&data, WIRE_SMALL);
    buf_clear(&t->scratch);
    mls_ext_require(&data, &type, 1);
    mls_ext_put(&t->scratch, EXT_REQUIRED_CAPABILITIES, buf_view(&data));
    buf_free(&data);
    return buf_view(&t->scratch);
}

struct bytes trial_extended(struct trial *t, uint16_t type)
{
    buf_clear(&t->scratch);
    mls_ext_put(&t->scratch, type, LIT("content"));
    return buf_view(&t->scratch);
}

static void set_context(struct trial *t, struct bytes extensions)
{
    const struct mls_proposal p = {.type = MLS_CONTEXT, .extensions = extensions};

    party_commit(&t->p, 0, &p, 1, 0);
}

void trial_require(struct trial *t, uint16_t type)
{
    set_context(t, trial_required(t, type));
}

void trial_extend(struct trial *t, uint16_t type)
{
    set_context(t, trial_extended(t, type));
}

static enum err put_record(void *arg, uint32_t id, struct bytes record)
{
    buf_u32(arg, id);
    wire_put(arg, record);
    return buf_end(arg);
}

struct buf trial_state(struct mls_group *g)
{
    struct buf out;

    buf_init(&out, 4 * WIRE_MAX);
    cr_assert_eq(mls_save(g, true, put_record, &out), ERR_OK);
    return out;
}

enum mls_rule trial_refused_by(struct trial *t, size_t who, struct bytes message)
{
    struct mls_group *g = t->p.m[who]->g;
    struct buf before = trial_state(g);
    struct mls_event event;

    mls_event_init(&event);
    enum err e = mls_process(g, message, &event);
    enum mls_rule rule = mls_group_rule(g);
    if (rule == MLS_RULE_MESSAGE_EPOCH)
        cr_expect(e == ERR_STALE || e == ERR_STATE);
    else
        cr_expect_eq(e, ERR_REFUSED, "member %zu: %s", who, err_str(e));
    cr_expect_eq(event.kind, MLS_EVENT_NONE);
    cr_expect_eq(event.plain.n, 0);
    struct buf after = trial_state(g);
    cr_expect(bytes_eq(buf_view(&before), buf_view(&after)), "member %zu is another", who);
    mls_event_clear(&event);
    buf_wipe(&before);
    buf_wipe(&after);
    return rule;
}

enum mls_rule trial_refused(struct trial *t, struct bytes message)
{
    enum mls_rule rule = MLS_RULE_COUNT;

    for (size_t i = 0; i < t->p.n; i++) {
        if (i == t->e.who || t->skip[i] || t->p.m[i]->g == NULL)
            continue;
        enum mls_rule its = trial_refused_by(t, i, message);
        cr_expect(rule == MLS_RULE_COUNT || its == rule, "member %zu says: %s", i,
            mls_rule_text(its));
        rule = its;
    }
    return rule;
}

void trial_taken(struct trial *t, struct bytes message)
{
    struct mls_event event;

    mls_event_init(&event);
    for (size_t i = 0; i < t->p.n; i++) {
        struct mls_group *g = t->p.m[i]->g;
        if (g == NULL || t->skip[i])
            continue;
        enum err e = mls_process(g, message, &event);
        cr_assert_eq(e, ERR_OK, "member %zu: %s", i, mls_rule_text(mls_group_rule(g)));
    }
    mls_event_clear(&event);
}

enum mls_rule trial_join(struct trial *t, size_t whom, struct bytes welcome)
{
    struct party_member *m = t->p.m[whom];
    const struct mls_join_request what = {
        .welcome = welcome, .package = buf_view(&m->package), .secret = buf_view(&m->secret)};
    enum mls_rule rule = MLS_RULE_KEPT;

    cr_expect_eq(mls_group_join(&m->world.env, &m->who, &what, &m->g, &rule), ERR_REFUSED);
    cr_expect_null(m->g);
    return rule;
}

enum mls_rule trial_enter(struct trial *t, size_t whom, struct bytes info)
{
    struct party_member *m = t->p.m[whom];
    const struct mls_external_request what = {.info = info};
    enum mls_rule rule = MLS_RULE_KEPT;
    struct buf commit;

    buf_init(&commit, WIRE_MAX);
    enum err e = mls_group_join_external(&m->world.env, &m->who, &what, &commit, &m->g, &rule);
    cr_expect_eq(e, ERR_REFUSED, "%s", err_str(e));
    cr_expect_null(m->g);
    buf_free(&commit);
    return rule;
}
