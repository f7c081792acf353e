/* SPDX-License-Identifier: ISC */
/* RFC 9420, 12.2 and 12.4: proposals that wait and cannot be committed do not keep anybody from
 * committing; they are left out, and what can be committed beside them is not. */
#include "mls/ext.h"
#include "rulebook.h"

/* A proposal of the liar's, heard by everybody but its own group, which never made it. */
static void propose(struct trial *t, const struct proposal *p)
{
    t->skip[1] = true;
    trial_taken(t, mlsevil_proposal(&t->e, p));
}

static void propose_update(struct trial *t, enum mlsevil_lie lie)
{
    const struct epoch *now = t->p.m[1]->g->now;
    struct proposal p = {.type = PROPOSAL_UPDATE};
    struct mlsevil_leaf l;

    mlsevil_leaf_init(&l, &t->p, 1, LEAF_UPDATE);
    mlsevil_leaf_lie(&l, lie, &t->p, 3);
    p.leaf = mlsevil_leaf_make(&l, epoch_place(now, now->self), MLSEVIL_HONEST);
    propose(t, &p);
    proposal_fini(&p);
}

static void propose_add(struct trial *t, size_t who, enum mlsevil_lie lie, struct bytes key)
{
    struct proposal p = {.type = PROPOSAL_ADD};
    struct mlsevil_leaf l;

    mlsevil_leaf_init(&l, &t->p, who, LEAF_KEY_PACKAGE);
    mlsevil_leaf_lie(&l, lie, &t->p, 3);
    if (key.n != 0)
        l.encryption_key = key;
    mlsevil_package(&t->p, &l, (struct leaf_place){0}, MLSEVIL_PACKAGE_HONEST, &t->scratch);
    cr_assert_eq(package_read(buf_view(&t->scratch), &p.package), ERR_OK);
    propose(t, &p);
    proposal_fini(&p);
}

static void bad_updates(struct trial *t)
{
    propose_update(t, MLSEVIL_LEAF_KEY_TWICE);
    propose_update(t, MLSEVIL_LEAF_SIGNER_TWICE);
    propose_update(t, MLSEVIL_LEAF_CREDENTIALS);
}

static void bad_adds(struct trial *t)
{
    size_t who = party_person(&t->p);

    propose_add(t, who, MLSEVIL_LEAF_KEY_TWICE, (struct bytes){0});
    propose_add(t, who, MLSEVIL_LEAF_CREDENTIALS, (struct bytes){0});
    propose_add(t, 3, MLSEVIL_HONEST, (struct bytes){0});
}

static void bad_context(struct trial *t)
{
    propose(t, &(struct proposal){
                   .type = PROPOSAL_CONTEXT, .extensions = trial_required(t, TRIAL_UNHEARD)});
}

static void bad_psk(struct trial *t)
{
    static const uint8_t nonce[SUITE_HASH];

    propose(t, &(struct proposal){.type = PROPOSAL_PSK,
                   .psk = {.type = PSK_EXTERNAL,
                       .id = LIT("nobody's password"),
                       .nonce = bytes_of(nonce, sizeof nonce)}});
}

/* Anything else is preferred, whatever came last. */
static void reinit(struct trial *t)
{
    propose(t, &(struct proposal){.type = PROPOSAL_REINIT,
                   .reinit = {.group_id = LIT("next"), .version = 1, .suite = 1}});
}

static void removes_committer(struct trial *t)
{
    propose(t, &(struct proposal){.type = PROPOSAL_REMOVE, .removed = 0});
}

static void nothing(struct trial *t)
{
    (void)t;
}

/* Two who are new and share a key: one of them can be. */
static void twins(struct trial *t)
{
    uint8_t key[32];

    env_random(&t->p.world.env, key, sizeof key);
    propose_add(t, party_person(&t->p), MLSEVIL_HONEST, bytes_of(key, sizeof key));
    propose_add(t, party_person(&t->p), MLSEVIL_HONEST, bytes_of(key, sizeof key));
}

static const struct {
    const char *what;
    void (*propose)(struct trial *t);
    uint32_t added;
} ROWS[] = {
    {"updates", bad_updates, 0},
    {"adds", bad_adds, 0},
    {"context", bad_context, 0},
    {"psk", bad_psk, 0},
    {"reinit", reinit, 0},
    {"remove of the committer", removes_committer, 0},
    {"nothing", nothing, 0},
    {"adds that share a key", twins, 1},
};

/* The fourth wants the third out; then the liar proposes; then the first commits. */
static void run(size_t row, struct trial *t)
{
    const struct mls_proposal remove = {.type = MLS_REMOVE, .leaf = 2};
    const struct mls_wrap wrap = {0};
    const struct mls_commit_request what = {.wrap = {.flags = MLS_WITH_TREE}};
    struct mls_view v;

    buf_clear(&t->scratch);
    buf_clear(&t->p.last.commit);
    cr_assert_eq(mls_propose(t->p.m[3]->g, &remove, &wrap, &t->scratch), ERR_OK);
    t->skip[1] = t->skip[3] = true;
    trial_taken(t, buf_view(&t->scratch));
    t->skip[3] = false;
    ROWS[row].propose(t);
    enum err e = mls_commit(t->p.m[0]->g, &what, &t->p.last);
    cr_assert_eq(
        e, ERR_OK, "%s: %s", ROWS[row].what, mls_rule_text(mls_group_rule(t->p.m[0]->g)));
    t->skip[0] = true;
    trial_taken(t, buf_view(&t->p.last.commit));
    for (size_t i = 0; i < 4; i++)
        if (!t->skip[i] || i == 0)
            cr_assert_eq(mls_apply(t->p.m[i]->g), ERR_OK);
    mls_group_view(t->p.m[0]->g, &v);
    cr_expect_eq(v.members, 3 + ROWS[row].added, "%s: %u members", ROWS[row].what, v.members);
    cr_expect_not(v.suspended);
    cr_expect_eq(t->p.m[2]->g->removed, true);
}

Test(group_waiting, what_cannot_be_committed__stops_nobody)
{
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        struct trial t;
        trial_open(&t);
        run(i, &t);
        trial_close(&t);
    }
}

/* An add that lives no longer is left out; handed in, it is refused. */
Test(group_waiting, an_add_that_is_over__is_left_out)
{
    const struct mls_package_request what = {.suite = 1, .not_before = 100, .not_after = 200};
    const struct mls_wrap wrap = {0};
    struct trial t;

    trial_open(&t);
    struct party_member *m = t.p.m[trial_person(&t)];
    buf_clear(&m->package);
    buf_clear(&m->secret);
    cr_assert_eq(
        mls_package_make(&m->world.env, &m->who, &what, &m->package, &m->secret), ERR_OK);
    const struct mls_proposal add = {.type = MLS_ADD, .package = buf_view(&m->package)};
    cr_assert_eq(mls_propose(t.p.m[0]->g, &add, &wrap, &t.scratch), ERR_OK);
    struct mls_commit_request commit = {.wrap = {.flags = MLS_WITH_TREE}, .now = 201};
    cr_assert_eq(mls_commit(t.p.m[0]->g, &commit, &t.p.last), ERR_OK);
    cr_expect_eq(t.p.last.welcome.n, 0);
    mls_discard(t.p.m[0]->g);
    buf_clear(&t.p.last.commit);
    commit.now = 200;
    cr_assert_eq(mls_commit(t.p.m[0]->g, &commit, &t.p.last), ERR_OK);
    cr_expect_neq(t.p.last.welcome.n, 0);
    trial_close(&t);
}
