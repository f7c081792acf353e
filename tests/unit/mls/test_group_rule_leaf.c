/* SPDX-License-Identifier: ISC */
/* RFC 9420, 7.2, 7.3 and 10.1: leaves and key packages, wherever one comes in. */
#include "rulebook.h"

static enum err refuse_identity(void *arg, const struct mls_member *member)
{
    (void)arg;
    (void)member;
    return ERR_REFUSED;
}

static void believe_nobody(struct trial *t)
{
    for (size_t i = 0; i < t->p.n; i++)
        t->p.m[i]->world.env.identify = refuse_identity;
}

/* ---- in the path of a commit ---- */

static enum mls_rule in_path(struct trial *t, int lie)
{
    t->e.lie = (enum mlsevil_lie)lie;
    t->e.flags = MLSEVIL_PATH;
    t->e.other = lie == MLSEVIL_LEAF_KEY_KEPT ? 1 : 3;
    return trial_refused(t, mlsevil_commit(&t->e));
}

static enum mls_rule in_path_required(struct trial *t, int arg)
{
    (void)arg;
    trial_require(t, TRIAL_LISTED);
    return in_path(t, MLSEVIL_HONEST);
}

static enum mls_rule in_path_extended(struct trial *t, int arg)
{
    (void)arg;
    trial_extend(t, TRIAL_LISTED);
    return in_path(t, MLSEVIL_HONEST);
}

/* The context of the same commit counts. */
static enum mls_rule in_path_with_context(struct trial *t, int required)
{
    mlsevil_context(&t->e,
        required != 0 ? trial_required(t, TRIAL_LISTED) : trial_extended(t, TRIAL_LISTED));
    return in_path(t, MLSEVIL_HONEST);
}

static enum mls_rule in_path_nobody(struct trial *t, int arg)
{
    (void)arg;
    believe_nobody(t);
    return in_path(t, MLSEVIL_HONEST);
}

/* ---- in an update, when it arrives ---- */

static struct bytes updated(struct trial *t, int lie)
{
    const struct mls_group *g = t->p.m[1]->g;
    struct proposal p = {.type = PROPOSAL_UPDATE};
    struct mlsevil_leaf l;

    mlsevil_leaf_init(&l, &t->p, 1, LEAF_UPDATE);
    mlsevil_leaf_lie(&l, (enum mlsevil_lie)lie, &t->p, lie == MLSEVIL_LEAF_KEY_KEPT ? 1 : 3);
    p.leaf = mlsevil_leaf_make(&l, epoch_place(g->now, g->now->self), (enum mlsevil_lie)lie);
    cr_assert_not_null(p.leaf);
    struct bytes message = mlsevil_proposal(&t->e, &p);
    proposal_fini(&p);
    return message;
}

static enum mls_rule in_update(struct trial *t, int lie)
{
    return trial_refused(t, updated(t, lie));
}

static enum mls_rule in_update_private(struct trial *t, int lie)
{
    t->e.flags = MLSEVIL_PRIVATE;
    return trial_refused(t, updated(t, lie));
}

static enum mls_rule in_update_nobody(struct trial *t, int arg)
{
    (void)arg;
    believe_nobody(t);
    return in_update(t, MLSEVIL_HONEST);
}

/* ---- in an update, when somebody commits it: what the whole tree decides ---- */

static enum mls_rule in_update_committed(struct trial *t, int lie)
{
    struct mlsevil committer;

    t->skip[1] = true; /* who made it without its group's knowing */
    trial_taken(t, updated(t, lie));
    mlsevil_init(&committer, &t->p, 2);
    committer.flags = MLSEVIL_PATH;
    mlsevil_waiting(&committer);
    t->skip[2] = true;
    enum mls_rule rule = trial_refused(t, mlsevil_commit(&committer));
    mlsevil_fini(&committer);
    return rule;
}

static enum mls_rule in_update_required(struct trial *t, int arg)
{
    (void)arg;
    trial_require(t, TRIAL_LISTED);
    return in_update_committed(t, MLSEVIL_HONEST);
}

static enum mls_rule in_update_extended(struct trial *t, int arg)
{
    (void)arg;
    trial_extend(t, TRIAL_LISTED);
    return in_update_committed(t, MLSEVIL_HONEST);
}

/* ---- in an add ---- */

static struct bytes packaged(struct trial *t, int lie, enum mlsevil_package how)
{
    const struct epoch *now = t->p.m[1]->g->now;
    struct mlsevil_leaf l;

    mlsevil_leaf_init(&l, &t->p, party_person(&t->p), LEAF_KEY_PACKAGE);
    mlsevil_leaf_lie(&l, (enum mlsevil_lie)lie, &t->p, 3);
    buf_clear(&t->e.welcome);
    mlsevil_package(&t->p, &l, epoch_place(now, MLS_NOBODY), how, &t->e.welcome);
    return buf_view(&t->e.welcome);
}

static enum mls_rule in_add(struct trial *t, int lie)
{
    mlsevil_add(&t->e, packaged(t, lie, MLSEVIL_PACKAGE_HONEST));
    return trial_refused(t, mlsevil_commit(&t->e));
}

static enum mls_rule in_add_package(struct trial *t, int how)
{
    mlsevil_add(&t->e, packaged(t, MLSEVIL_HONEST, (enum mlsevil_package)how));
    return trial_refused(t, mlsevil_commit(&t->e));
}

static enum mls_rule in_add_proposed(struct trial *t, int lie)
{
    struct keypackage *k = NULL;
    struct bytes message = packaged(t, lie, MLSEVIL_PACKAGE_HONEST);

    cr_assert_eq(package_read(message, &k), ERR_OK);
    enum mls_rule rule = trial_refused(
        t, mlsevil_proposal(&t->e, &(struct proposal){.type = PROPOSAL_ADD, .package = k}));
    keypackage_unref(k);
    return rule;
}

static enum mls_rule in_add_required(struct trial *t, int arg)
{
    (void)arg;
    trial_require(t, TRIAL_LISTED);
    return in_add(t, MLSEVIL_HONEST);
}

static enum mls_rule in_add_extended(struct trial *t, int arg)
{
    (void)arg;
    trial_extend(t, TRIAL_LISTED);
    return in_add(t, MLSEVIL_HONEST);
}

static enum mls_rule in_add_with_context(struct trial *t, int arg)
{
    (void)arg;
    mlsevil_add(&t->e, packaged(t, MLSEVIL_HONEST, MLSEVIL_PACKAGE_HONEST));
    mlsevil_context(&t->e, trial_required(t, TRIAL_LISTED));
    t->e.flags = MLSEVIL_PATH;
    return trial_refused(t, mlsevil_commit(&t->e));
}

static enum mls_rule in_add_nobody(struct trial *t, int arg)
{
    (void)arg;
    believe_nobody(t);
    return in_add(t, MLSEVIL_HONEST);
}

/* Two who are new share a key. */
static enum mls_rule in_adds_twice(struct trial *t, int arg)
{
    struct mlsevil_leaf l;
    struct mlsevil_leaf other;

    (void)arg;
    mlsevil_leaf_init(&l, &t->p, party_person(&t->p), LEAF_KEY_PACKAGE);
    mlsevil_leaf_init(&other, &t->p, party_person(&t->p), LEAF_KEY_PACKAGE);
    other.encryption_key = l.encryption_key;
    mlsevil_package(&t->p, &l, (struct leaf_place){0}, MLSEVIL_PACKAGE_HONEST, &t->e.welcome);
    mlsevil_add(&t->e, buf_view(&t->e.welcome));
    mlsevil_package(
        &t->p, &other, (struct leaf_place){0}, MLSEVIL_PACKAGE_HONEST, &t->e.welcome);
    mlsevil_add(&t->e, buf_view(&t->e.welcome));
    return trial_refused(t, mlsevil_commit(&t->e));
}

/* ---- handed to us, before we add anybody ---- */

static enum mls_rule check_message(struct bytes message, uint64_t now)
{
    struct mls_package out;
    enum mls_rule rule = MLS_RULE_KEPT;

    cr_expect_eq(mls_package_check(message, now, &out, &rule), ERR_REFUSED);
    return rule;
}

static enum mls_rule check(struct trial *t, int lie, enum mlsevil_package how, uint64_t now)
{
    struct mlsevil_leaf l;

    mlsevil_leaf_init(&l, &t->p, party_person(&t->p), LEAF_KEY_PACKAGE);
    mlsevil_leaf_lie(&l, (enum mlsevil_lie)lie, &t->p, 3);
    l.not_before = 100;
    l.not_after = 200;
    mlsevil_package(&t->p, &l, (struct leaf_place){0}, how, &t->scratch);
    return check_message(buf_view(&t->scratch), now);
}

static enum mls_rule in_check(struct trial *t, int lie)
{
    return check(t, lie, MLSEVIL_PACKAGE_HONEST, 150);
}

static enum mls_rule in_check_package(struct trial *t, int how)
{
    return check(t, MLSEVIL_HONEST, (enum mlsevil_package)how, 150);
}

static enum mls_rule in_check_time(struct trial *t, int now)
{
    return check(t, MLSEVIL_HONEST, MLSEVIL_PACKAGE_HONEST, (uint64_t)now);
}

/* Whoever commits an add holds its lifetime against the time. */
static enum mls_rule in_own_add(struct trial *t, int now)
{
    const struct mls_package_request what = {
        .suite = t->p.suite->id, .not_before = 100, .not_after = 200};
    struct party_member *m = t->p.m[trial_person(t)];
    struct mls_group *g = t->p.m[0]->g;

    buf_clear(&m->package);
    buf_clear(&m->secret);
    cr_assert_eq(
        mls_package_make(&m->world.env, &m->who, &what, &m->package, &m->secret), ERR_OK);
    const struct mls_proposal add = {.type = MLS_ADD, .package = buf_view(&m->package)};
    const struct mls_commit_request commit = {
        .proposals = &add, .proposals_n = 1, .now = (uint64_t)now};
    struct buf before = trial_state(g);
    cr_expect_eq(mls_commit(g, &commit, &t->p.last), ERR_REFUSED);
    enum mls_rule rule = mls_group_rule(g);
    struct buf after = trial_state(g);
    cr_expect(bytes_eq(buf_view(&before), buf_view(&after)));
    buf_wipe(&before);
    buf_wipe(&after);
    return rule;
}

/* ---- in an external commit ---- */

static enum mls_rule from_outside(struct trial *t, int lie)
{
    size_t who = party_person(&t->p);

    t->e.who = who;
    t->e.insider = 0;
    t->e.other = 3;
    t->e.lie = (enum mlsevil_lie)lie;
    t->e.flags = MLSEVIL_EXTERNAL;
    mlsevil_external_init(&t->e);
    return trial_refused(t, mlsevil_commit(&t->e));
}

static enum mls_rule from_outside_nobody(struct trial *t, int arg)
{
    (void)arg;
    believe_nobody(t);
    return from_outside(t, MLSEVIL_HONEST);
}

static enum mls_rule from_outside_required(struct trial *t, int arg)
{
    (void)arg;
    trial_require(t, TRIAL_LISTED);
    return from_outside(t, MLSEVIL_HONEST);
}

static enum mls_rule from_outside_extended(struct trial *t, int arg)
{
    (void)arg;
    trial_extend(t, TRIAL_LISTED);
    return from_outside(t, MLSEVIL_HONEST);
}

static const struct rulebook_row ROWS[] = {
    {"path: signature", MLS_RULE_LEAF_SIGNATURE, in_path, MLSEVIL_LEAF_SIGNATURE},
    {"path: signed for another place", MLS_RULE_LEAF_SIGNATURE, in_path, MLSEVIL_LEAF_PLACE},
    {"path: signed for another group", MLS_RULE_LEAF_SIGNATURE, in_path, MLSEVIL_LEAF_GROUP},
    {"path: source", MLS_RULE_LEAF_SOURCE, in_path, MLSEVIL_LEAF_SOURCE},
    {"path: version", MLS_RULE_LEAF_VERSION, in_path, MLSEVIL_LEAF_VERSION},
    {"path: suite", MLS_RULE_LEAF_SUITE, in_path, MLSEVIL_LEAF_SUITE},
    {"path: extension", MLS_RULE_LEAF_EXTENSION, in_path, MLSEVIL_LEAF_EXTENSION},
    {"path: credential", MLS_RULE_LEAF_CREDENTIAL, in_path, MLSEVIL_LEAF_CREDENTIAL},
    {"path: others' credentials", MLS_RULE_LEAF_CREDENTIAL, in_path, MLSEVIL_LEAF_CREDENTIALS},
    {"path: key", MLS_RULE_LEAF_KEY, in_path, MLSEVIL_LEAF_KEY},
    {"path: signature key", MLS_RULE_LEAF_KEY, in_path, MLSEVIL_LEAF_SIGNER},
    {"path: another's signature key", MLS_RULE_LEAF_SIGNATURE_KEY_TWICE, in_path,
        MLSEVIL_LEAF_SIGNER_TWICE},
    {"path: another's key", MLS_RULE_LEAF_ENCRYPTION_KEY_TWICE, in_path,
        MLSEVIL_LEAF_KEY_TWICE},
    {"path: the key of before", MLS_RULE_LEAF_KEY_KEPT, in_path, MLSEVIL_LEAF_KEY_KEPT},
    {"path: required", MLS_RULE_LEAF_REQUIRED, in_path_required, 0},
    {"path: required by it", MLS_RULE_LEAF_REQUIRED, in_path_with_context, 1},
    {"path: of the group", MLS_RULE_LEAF_GROUP_EXTENSION, in_path_extended, 0},
    {"path: set by it", MLS_RULE_LEAF_GROUP_EXTENSION, in_path_with_context, 0},
    {"path: identity", MLS_RULE_LEAF_IDENTITY, in_path_nobody, 0},

    {"update: signature", MLS_RULE_LEAF_SIGNATURE, in_update, MLSEVIL_LEAF_SIGNATURE},
    {"update: another place", MLS_RULE_LEAF_SIGNATURE, in_update, MLSEVIL_LEAF_PLACE},
    {"update: another group", MLS_RULE_LEAF_SIGNATURE, in_update, MLSEVIL_LEAF_GROUP},
    {"update: source", MLS_RULE_LEAF_SOURCE, in_update, MLSEVIL_LEAF_SOURCE},
    {"update: in private", MLS_RULE_LEAF_SOURCE, in_update_private, MLSEVIL_LEAF_SOURCE},
    {"update: version", MLS_RULE_LEAF_VERSION, in_update, MLSEVIL_LEAF_VERSION},
    {"update: suite", MLS_RULE_LEAF_SUITE, in_update, MLSEVIL_LEAF_SUITE},
    {"update: extension", MLS_RULE_LEAF_EXTENSION, in_update, MLSEVIL_LEAF_EXTENSION},
    {"update: credential", MLS_RULE_LEAF_CREDENTIAL, in_update, MLSEVIL_LEAF_CREDENTIAL},
    {"update: key", MLS_RULE_LEAF_KEY, in_update, MLSEVIL_LEAF_KEY},
    {"update: signature key", MLS_RULE_LEAF_KEY, in_update, MLSEVIL_LEAF_SIGNER},
    {"update: the key of before", MLS_RULE_LEAF_KEY_KEPT, in_update, MLSEVIL_LEAF_KEY_KEPT},
    {"update: identity", MLS_RULE_LEAF_IDENTITY, in_update_nobody, 0},
    {"update: another's key", MLS_RULE_LEAF_ENCRYPTION_KEY_TWICE, in_update_committed,
        MLSEVIL_LEAF_KEY_TWICE},
    {"update: another's signature key", MLS_RULE_LEAF_SIGNATURE_KEY_TWICE, in_update_committed,
        MLSEVIL_LEAF_SIGNER_TWICE},
    {"update: others' credentials", MLS_RULE_LEAF_CREDENTIAL, in_update_committed,
        MLSEVIL_LEAF_CREDENTIALS},
    {"update: required", MLS_RULE_LEAF_REQUIRED, in_update_required, 0},
    {"update: of the group", MLS_RULE_LEAF_GROUP_EXTENSION, in_update_extended, 0},

    {"add: signature", MLS_RULE_LEAF_SIGNATURE, in_add, MLSEVIL_LEAF_SIGNATURE},
    {"add: source", MLS_RULE_LEAF_SOURCE, in_add, MLSEVIL_LEAF_SOURCE},
    {"add: version", MLS_RULE_LEAF_VERSION, in_add, MLSEVIL_LEAF_VERSION},
    {"add: suite", MLS_RULE_LEAF_SUITE, in_add, MLSEVIL_LEAF_SUITE},
    {"add: extension", MLS_RULE_LEAF_EXTENSION, in_add, MLSEVIL_LEAF_EXTENSION},
    {"add: credential", MLS_RULE_LEAF_CREDENTIAL, in_add, MLSEVIL_LEAF_CREDENTIAL},
    {"add: others' credentials", MLS_RULE_LEAF_CREDENTIAL, in_add, MLSEVIL_LEAF_CREDENTIALS},
    {"add: key", MLS_RULE_LEAF_KEY, in_add, MLSEVIL_LEAF_KEY},
    {"add: signature key", MLS_RULE_LEAF_KEY, in_add, MLSEVIL_LEAF_SIGNER},
    {"add: another's key", MLS_RULE_LEAF_ENCRYPTION_KEY_TWICE, in_add, MLSEVIL_LEAF_KEY_TWICE},
    {"add: one key of two", MLS_RULE_LEAF_ENCRYPTION_KEY_TWICE, in_adds_twice, 0},
    {"add: extension twice", MLS_RULE_FORMAT, in_add, MLSEVIL_LEAF_FORMAT},
    {"add: required", MLS_RULE_LEAF_REQUIRED, in_add_required, 0},
    {"add: required by it", MLS_RULE_LEAF_REQUIRED, in_add_with_context, 0},
    {"add: of the group", MLS_RULE_LEAF_GROUP_EXTENSION, in_add_extended, 0},
    {"add: identity", MLS_RULE_LEAF_IDENTITY, in_add_nobody, 0},
    {"add: proposed", MLS_RULE_LEAF_SIGNATURE, in_add_proposed, MLSEVIL_LEAF_SIGNATURE},
    {"add: package version", MLS_RULE_PACKAGE_VERSION, in_add_package, MLSEVIL_PACKAGE_VERSION},
    {"add: package suite", MLS_RULE_PACKAGE_SUITE, in_add_package, MLSEVIL_PACKAGE_SUITE},
    {"add: package signature", MLS_RULE_PACKAGE_SIGNATURE, in_add_package,
        MLSEVIL_PACKAGE_SIGNATURE},
    {"add: one key twice", MLS_RULE_PACKAGE_INIT_KEY, in_add_package, MLSEVIL_PACKAGE_INIT_KEY},
    {"add: package key", MLS_RULE_LEAF_KEY, in_add_package, MLSEVIL_PACKAGE_KEY},
    {"add: package extension", MLS_RULE_LEAF_EXTENSION, in_add_package,
        MLSEVIL_PACKAGE_EXTENSION},
    {"own add: too early", MLS_RULE_LEAF_LIFETIME, in_own_add, 99},
    {"own add: too late", MLS_RULE_LEAF_LIFETIME, in_own_add, 201},

    {"package: signature", MLS_RULE_LEAF_SIGNATURE, in_check, MLSEVIL_LEAF_SIGNATURE},
    {"package: source", MLS_RULE_LEAF_SOURCE, in_check, MLSEVIL_LEAF_SOURCE},
    {"package: version", MLS_RULE_LEAF_VERSION, in_check, MLSEVIL_LEAF_VERSION},
    {"package: suite", MLS_RULE_LEAF_SUITE, in_check, MLSEVIL_LEAF_SUITE},
    {"package: extension", MLS_RULE_LEAF_EXTENSION, in_check, MLSEVIL_LEAF_EXTENSION},
    {"package: credential", MLS_RULE_LEAF_CREDENTIAL, in_check, MLSEVIL_LEAF_CREDENTIAL},
    {"package: key", MLS_RULE_LEAF_KEY, in_check, MLSEVIL_LEAF_KEY},
    {"package: form", MLS_RULE_FORMAT, in_check, MLSEVIL_LEAF_FORMAT},
    {"package: its version", MLS_RULE_PACKAGE_VERSION, in_check_package,
        MLSEVIL_PACKAGE_VERSION},
    {"package: its signature", MLS_RULE_PACKAGE_SIGNATURE, in_check_package,
        MLSEVIL_PACKAGE_SIGNATURE},
    {"package: its key", MLS_RULE_LEAF_KEY, in_check_package, MLSEVIL_PACKAGE_KEY},
    {"package: one key", MLS_RULE_PACKAGE_INIT_KEY, in_check_package, MLSEVIL_PACKAGE_INIT_KEY},
    {"package: its extension", MLS_RULE_LEAF_EXTENSION, in_check_package,
        MLSEVIL_PACKAGE_EXTENSION},
    {"package: early", MLS_RULE_LEAF_LIFETIME, in_check_time, 99},
    {"package: late", MLS_RULE_LEAF_LIFETIME, in_check_time, 201},

    {"external: signature", MLS_RULE_LEAF_SIGNATURE, from_outside, MLSEVIL_LEAF_SIGNATURE},
    {"external: another place", MLS_RULE_LEAF_SIGNATURE, from_outside, MLSEVIL_LEAF_PLACE},
    {"external: source", MLS_RULE_LEAF_SOURCE, from_outside, MLSEVIL_LEAF_SOURCE},
    {"external: version", MLS_RULE_LEAF_VERSION, from_outside, MLSEVIL_LEAF_VERSION},
    {"external: suite", MLS_RULE_LEAF_SUITE, from_outside, MLSEVIL_LEAF_SUITE},
    {"external: extension", MLS_RULE_LEAF_EXTENSION, from_outside, MLSEVIL_LEAF_EXTENSION},
    {"external: credential", MLS_RULE_LEAF_CREDENTIAL, from_outside, MLSEVIL_LEAF_CREDENTIAL},
    {"external: others' credentials", MLS_RULE_LEAF_CREDENTIAL, from_outside,
        MLSEVIL_LEAF_CREDENTIALS},
    {"external: key", MLS_RULE_LEAF_KEY, from_outside, MLSEVIL_LEAF_KEY},
    {"external: another's key", MLS_RULE_LEAF_ENCRYPTION_KEY_TWICE, from_outside,
        MLSEVIL_LEAF_KEY_TWICE},
    {"external: somebody who is in", MLS_RULE_LEAF_SIGNATURE_KEY_TWICE, from_outside,
        MLSEVIL_LEAF_SIGNER_TWICE},
    {"external: identity", MLS_RULE_LEAF_IDENTITY, from_outside_nobody, 0},
    {"external: required", MLS_RULE_LEAF_REQUIRED, from_outside_required, 0},
    {"external: of the group", MLS_RULE_LEAF_GROUP_EXTENSION, from_outside_extended, 0},
};
const struct rulebook RULEBOOK_LEAF = RULEBOOK(ROWS);

Test(group_rule_leaf, each__is_refused_by_its_name_and_changes_nothing)
{
    rulebook_run(&RULEBOOK_LEAF);
}
