/* SPDX-License-Identifier: ISC */
/* RFC 9420, 7.5, 7.6, 7.9.2 and 12.4.2: what a commit carries besides its proposals. */
#include "rulebook.h"

static enum mls_rule public(struct trial *t, int lie) {
    t->e.lie = (enum mlsevil_lie)lie; t->e.flags = MLSEVIL_PATH; t->e.other = 3;
    return trial_refused(t, mlsevil_commit(&t->e));
}

static enum mls_rule private(struct trial *t, int lie) {
    t->e.lie = (enum mlsevil_lie)lie; t->e.flags = MLSEVIL_PATH | MLSEVIL_PRIVATE;
    t->e.other = 3;
    return trial_refused(t, mlsevil_commit(&t->e));
}

/* With somebody who is new, to whom nothing is sealed. */
static enum mls_rule with_add(struct trial *t, int lie)
{
    mlsevil_add(&t->e, buf_view(&t->p.m[trial_person(t)]->package));
    return public(t, lie);
}

static enum mls_rule from_outside(struct trial *t, int lie)
{
    t->e.who = trial_person(t);
    t->e.other = 3;
    t->e.lie = (enum mlsevil_lie)lie;
    t->e.flags = MLSEVIL_EXTERNAL;
    mlsevil_external_init(&t->e);
    return trial_refused(t, mlsevil_commit(&t->e));
}

/* Only one of them is told nonsense: it alone finds out (7.6), and the rest go on. */
static enum mls_rule to_one(struct trial *t, int lie)
{
    struct mls_event event;

    t->e.who = 2;
    t->e.one = 3; /* whose seal is the first of the path */
    t->e.lie = (enum mlsevil_lie)lie;
    t->e.flags = MLSEVIL_PATH;
    struct bytes message = mlsevil_commit(&t->e);
    enum mls_rule rule = trial_refused_by(t, 3, message);
    mls_event_init(&event);
    for (size_t i = 0; i < 2; i++) {
        cr_expect_eq(mls_process(t->p.m[i]->g, message, &event), ERR_OK);
        mls_discard(t->p.m[i]->g);
    }
    mls_event_clear(&event);
    return rule;
}

/* Every kind of proposal that needs a path, without one (12.4). */
static enum mls_rule missing(struct trial *t, int type)
{
    struct mlsevil_leaf l;

    t->e.lie = MLSEVIL_PATH_NONE;
    switch (type) {
    case PROPOSAL_REMOVE:
        mlsevil_remove(&t->e, 3);
        break;
    case PROPOSAL_CONTEXT:
        mlsevil_context(&t->e, trial_required(t, TRIAL_LISTED));
        break;
    case PROPOSAL_UPDATE:
        mlsevil_leaf_init(&l, &t->p, 3, LEAF_UPDATE);
        t->e.who = 3;
        struct proposal p = {.type = PROPOSAL_UPDATE};
        p.leaf = mlsevil_leaf_make(&l, epoch_place(t->p.m[3]->g->now, 3), MLSEVIL_HONEST);
        t->skip[3] = true;
        trial_taken(t, mlsevil_proposal(&t->e, &p));
        proposal_fini(&p);
        buf_clear(&t->e.body);
        t->e.who = 1;
        mlsevil_waiting(&t->e);
        break;
    default:
        break;
    }
    return trial_refused(t, mlsevil_commit(&t->e));
}

static enum err refuse_change(void *arg, const struct mls_change *change)
{
    (void)arg;
    return change->added_n == 0 ? ERR_OK : ERR_REFUSED;
}

static enum mls_rule against_policy(struct trial *t, int arg)
{
    (void)arg;
    for (size_t i = 0; i < 4; i++)
        t->p.m[i]->world.env.judge = refuse_change;
    mlsevil_add(&t->e, buf_view(&t->p.m[trial_person(t)]->package));
    return trial_refused(t, mlsevil_commit(&t->e));
}

/* The hook is asked of our own commits too. */
static enum mls_rule against_own_policy(struct trial *t, int arg)
{
    const struct mls_proposal add = {
        .type = MLS_ADD, .package = buf_view(&t->p.m[trial_person(t)]->package)};
    const struct mls_commit_request what = {.proposals = &add, .proposals_n = 1};
    struct mls_group *g = t->p.m[0]->g;

    (void)arg;
    t->p.m[0]->world.env.judge = refuse_change;
    struct buf before = trial_state(g);
    cr_expect_eq(mls_commit(g, &what, &t->p.last), ERR_REFUSED);
    enum mls_rule rule = mls_group_rule(g);
    struct buf after = trial_state(g);
    cr_expect(bytes_eq(buf_view(&before), buf_view(&after)));
    buf_wipe(&before);
    buf_wipe(&after);
    return rule;
}

static const struct rulebook_row ROWS[] = {
    {"too short", MLS_RULE_PATH_LENGTH, public, MLSEVIL_PATH_SHORT},
    {"too long", MLS_RULE_PATH_LENGTH, public, MLSEVIL_PATH_LONG},
    {"too long in private", MLS_RULE_PATH_LENGTH, private, MLSEVIL_PATH_LONG},
    {"a seal too few", MLS_RULE_PATH_CIPHERTEXTS, public, MLSEVIL_SEALS_FEWER},
    {"a seal too many", MLS_RULE_PATH_CIPHERTEXTS, public, MLSEVIL_SEALS_MORE},
    {"a seal too many beside an add", MLS_RULE_PATH_CIPHERTEXTS, with_add, MLSEVIL_SEALS_MORE},
    {"a seal for who is new", MLS_RULE_PATH_CIPHERTEXTS, with_add, MLSEVIL_SEALS_ADDED},
    {"seals of nothing", MLS_RULE_PATH_SECRET, public, MLSEVIL_SEAL_BROKEN},
    {"seals of nothing in private", MLS_RULE_PATH_SECRET, private, MLSEVIL_SEAL_BROKEN},
    {"seals for another context", MLS_RULE_PATH_SECRET, public, MLSEVIL_SEAL_CONTEXT},
    {"secrets of other keys", MLS_RULE_PATH_SECRET, public, MLSEVIL_SECRET_OTHER},
    {"a key of another secret", MLS_RULE_PATH_SECRET, to_one, MLSEVIL_KEY_OTHER},
    {"a seal that only one sees broken", MLS_RULE_PATH_SECRET, to_one, MLSEVIL_SEAL_BROKEN},
    {"a key that is none", MLS_RULE_LEAF_KEY, public, MLSEVIL_KEY_NONE},
    {"a leaf's key", MLS_RULE_PATH_KEY_TWICE, public, MLSEVIL_KEY_OF_LEAF},
    {"a parent's key", MLS_RULE_PATH_KEY_TWICE, public, MLSEVIL_KEY_OF_PARENT},
    {"its own leaf's key", MLS_RULE_PATH_KEY_TWICE, public, MLSEVIL_KEY_OF_SELF},
    {"one key for two nodes", MLS_RULE_PATH_KEY_TWICE, public, MLSEVIL_KEY_TWICE},
    {"another parent hash", MLS_RULE_PATH_PARENT_HASH, public, MLSEVIL_PARENT_HASH},
    {"no parent hash", MLS_RULE_PATH_PARENT_HASH, public, MLSEVIL_PARENT_HASH_NONE},
    {"external: too short", MLS_RULE_PATH_LENGTH, from_outside, MLSEVIL_PATH_SHORT},
    {"external: a seal too few", MLS_RULE_PATH_CIPHERTEXTS, from_outside, MLSEVIL_SEALS_FEWER},
    {"external: seals of nothing", MLS_RULE_PATH_SECRET, from_outside, MLSEVIL_SEAL_BROKEN},
    {"external: a leaf's key", MLS_RULE_PATH_KEY_TWICE, from_outside, MLSEVIL_KEY_OF_LEAF},
    {"external: parent hash", MLS_RULE_PATH_PARENT_HASH, from_outside, MLSEVIL_PARENT_HASH},
    {"external: tag", MLS_RULE_COMMIT_TAG, from_outside, MLSEVIL_TAG},
    {"no path and no proposal", MLS_RULE_COMMIT_PATH, missing, 0},
    {"no path for an update", MLS_RULE_COMMIT_PATH, missing, PROPOSAL_UPDATE},
    {"no path for a remove", MLS_RULE_COMMIT_PATH, missing, PROPOSAL_REMOVE},
    {"no path for a context", MLS_RULE_COMMIT_PATH, missing, PROPOSAL_CONTEXT},
    {"tag", MLS_RULE_COMMIT_TAG, public, MLSEVIL_TAG},
    {"no tag", MLS_RULE_COMMIT_TAG, public, MLSEVIL_TAG_NONE},
    {"tag in private", MLS_RULE_COMMIT_TAG, private, MLSEVIL_TAG},
    {"policy", MLS_RULE_COMMIT_POLICY, against_policy, 0},
    {"policy for oneself", MLS_RULE_COMMIT_POLICY, against_own_policy, 0},
};
const struct rulebook RULEBOOK_PATH = RULEBOOK(ROWS);

Test(group_rule_path, each__is_refused_by_its_name_and_changes_nothing)
{
    rulebook_run(&RULEBOOK_PATH);
}

/* What these rows stand on: with no lie, what the kit makes is a commit like any other. */
static void honest(unsigned flags, bool add)
{
    struct party p;
    struct mlsevil e;

    party_init(&p, 1, 3);
    party_gather(&p, 4, true);
    mlsevil_init(&e, &p, 1);
    e.flags = flags;
    if ((flags & MLSEVIL_EXTERNAL) != 0) {
        e.who = party_person(&p);
        mlsevil_external_init(&e);
    }
    if (add)
        mlsevil_add(&e, buf_view(&p.m[party_person(&p)]->package));
    struct bytes message = mlsevil_commit(&e);
    for (size_t i = 0; i < 4; i++) {
        struct mls_event event;
        if (i == e.who)
            continue;
        mls_event_init(&event);
        cr_assert_eq(mls_process(p.m[i]->g, message, &event), ERR_OK, "%s",
            mls_rule_text(mls_group_rule(p.m[i]->g)));
        cr_assert_eq(mls_apply(p.m[i]->g), ERR_OK);
        mls_event_clear(&event);
    }
    mlsevil_fini(&e);
    party_fini(&p);
}

Test(group_rule_path, no_lie__is_a_commit_like_any_other)
{
    honest(MLSEVIL_PATH, false);
    honest(MLSEVIL_PATH, true);
    honest(0, true);
    honest(MLSEVIL_PATH | MLSEVIL_PRIVATE, false);
    honest(MLSEVIL_EXTERNAL, false);
}
