/* SPDX-License-Identifier: ISC */
/* RFC 9420, 11.2, 11.3, 12.4.3 and 12.4.3.1: what somebody who is added is told. */
#include "mls/tree_impl.h"
#include "rulebook.h"

static enum err know_psk(void *arg, struct bytes id, struct buf *out)
{
    (void)arg;
    (void)id;
    buf_bytes(out, LIT("a pre-shared key of everybody's"));
    return ERR_OK;
}

/* The liar adds somebody, with a lie in the welcome alone. */
static enum mls_rule welcomed_by(struct trial *t, size_t who)
{
    mlsevil_add(&t->e, buf_view(&t->p.m[who]->package));
    (void)mlsevil_commit(&t->e);
    return trial_join(t, who, mlsevil_welcome(&t->e, who));
}

static enum mls_rule welcomed(struct trial *t, int lie)
{
    t->e.lie = (enum mlsevil_lie)lie;
    t->e.other = 3;
    t->e.flags = MLSEVIL_PATH;
    return welcomed_by(t, trial_person(t));
}

static enum mls_rule for_another(struct trial *t, int arg)
{
    size_t who = trial_person(t);
    size_t another = trial_person(t);

    (void)arg;
    mlsevil_add(&t->e, buf_view(&t->p.m[who]->package));
    (void)mlsevil_commit(&t->e);
    return trial_join(t, another, mlsevil_welcome(&t->e, who));
}

/* The package is ours by its secret, but was made for somebody else's key. */
static enum mls_rule by_another(struct trial *t, int arg)
{
    size_t who = trial_person(t);
    size_t another = trial_person(t);

    (void)arg;
    mlsevil_add(&t->e, buf_view(&t->p.m[who]->package));
    (void)mlsevil_commit(&t->e);
    struct mls_identity kept = t->p.m[who]->who;
    t->p.m[who]->who = t->p.m[another]->who;
    enum mls_rule rule = trial_join(t, who, mlsevil_welcome(&t->e, who));
    t->p.m[who]->who = kept;
    return rule;
}

/* The secret half of another package. */
static enum mls_rule with_another_secret(struct trial *t, int arg)
{
    size_t who = trial_person(t);
    size_t another = trial_person(t);

    (void)arg;
    mlsevil_add(&t->e, buf_view(&t->p.m[who]->package));
    (void)mlsevil_commit(&t->e);
    struct buf kept = t->p.m[who]->secret;
    t->p.m[who]->secret = t->p.m[another]->secret;
    enum mls_rule rule = trial_join(t, who, mlsevil_welcome(&t->e, who));
    t->p.m[who]->secret = kept;
    return rule;
}

static struct schedule_psk_id external_id(const char *id, size_t nonce)
{
    static const uint8_t zeroes[SUITE_HASH];

    return (struct schedule_psk_id){
        .type = PSK_EXTERNAL, .id = bytes_str(id), .nonce = bytes_of(zeroes, nonce)};
}

enum { NOBODYS, SHORT, TWICE };

static enum mls_rule psks(struct trial *t, int what)
{
    const struct schedule_psk_id ids[] = {
        external_id("one", what == SHORT ? SUITE_HASH - 1 : SUITE_HASH),
        external_id("one", SUITE_HASH)};
    size_t who = trial_person(t);

    t->p.m[who]->world.env.psk = what == NOBODYS ? NULL : know_psk;
    t->e.lie = MLSEVIL_WELCOME_PSKS;
    t->e.psks = ids;
    t->e.psk_n = what == TWICE ? 2 : 1;
    return welcomed_by(t, who);
}

/* A psk that the epoch was not made with: then the group info does not open. */
static enum mls_rule psk_too_much(struct trial *t, int arg)
{
    const struct schedule_psk_id id = external_id("one", SUITE_HASH);
    size_t who = trial_person(t);

    (void)arg;
    t->p.m[who]->world.env.psk = know_psk;
    t->e.lie = MLSEVIL_WELCOME_PSKS;
    t->e.psks = &id;
    t->e.psk_n = 1;
    return welcomed_by(t, who);
}

/* Somebody else stands where we should. */
static void bend_self(struct mlsevil *e, struct tree *t)
{
    struct mlsevil_leaf l;
    uint32_t at = (uint32_t)e->arg;
    const struct leaf_place place = {.group_id = LIT("party"), .index = at};

    mlsevil_leaf_init(&l, e->party, e->party->n - 1, LEAF_KEY_PACKAGE);
    struct leaf *made = mlsevil_leaf_make(&l, place, MLSEVIL_HONEST);
    tree_set_leaf(t, at, made);
    leaf_unref(made);
}

static enum mls_rule not_in_it(struct trial *t, int strangers)
{
    size_t who = trial_person(t);

    if (strangers != 0)
        (void)trial_person(t);
    t->e.arg = 4; /* where it would have been */
    t->e.bend = bend_self;
    mlsevil_add(&t->e, buf_view(&t->p.m[who]->package));
    (void)mlsevil_commit(&t->e);
    return trial_join(t, who, mlsevil_welcome(&t->e, who));
}

static enum mls_rule context(struct trial *t, int required)
{
    t->e.extend = true;
    t->e.extensions =
        required != 0 ? trial_required(t, TRIAL_UNHEARD) : trial_extended(t, TRIAL_UNHEARD);
    return welcomed_by(t, trial_person(t));
}

/* What the members can, and the newcomer cannot. */
static enum mls_rule context_it_lacks(struct trial *t, int required)
{
    if (required != 0)
        trial_require(t, TRIAL_LISTED);
    else
        trial_extend(t, TRIAL_LISTED);
    return welcomed_by(t, party_person(&t->p));
}

static enum err refuse_identity(void *arg, const struct mls_member *member)
{
    (void)arg;
    (void)member;
    return ERR_REFUSED;
}

static enum mls_rule strangers(struct trial *t, int arg)
{
    size_t who = trial_person(t);

    (void)arg;
    t->p.m[who]->world.env.identify = refuse_identity;
    return welcomed_by(t, who);
}

static enum mls_rule cut(struct trial *t, int arg)
{
    size_t who = trial_person(t);

    (void)arg;
    mlsevil_add(&t->e, buf_view(&t->p.m[who]->package));
    (void)mlsevil_commit(&t->e);
    struct bytes welcome = mlsevil_welcome(&t->e, who);
    welcome.n--;
    return trial_join(t, who, welcome);
}

/* ---- a group that comes from another (11.2, 11.3) ---- */

enum follow {
    FOLLOWS,
    BRANCH_UNKNOWN,  /* whoever joins does not say which group it comes from */
    BRANCH_STRANGER, /* with somebody who was not in it */
    BRANCH_LATER,    /* in another epoch than its first */
    BRANCH_TWICE,    /* and re-initialises it too */
    BRANCH_NOT,      /* says it comes from one, with no PSK of it */
    REINIT_NOT,      /* of a group that goes on */
    REINIT_ID,
    REINIT_EXTENSIONS,
    REINIT_EPOCH,   /* by the secret of an earlier epoch */
    REINIT_MISSING, /* without somebody who was in it */
};

static bool is_reinit(enum follow how)
{
    return how >= REINIT_NOT;
}

/* Person 1 founds the second group and adds some of the first's; the last of them joins. The
 * first group stays with everybody as `prior`. */
static enum mls_rule join_second(
    struct trial *t, struct party *second, enum follow how, size_t last)
{
    struct party_member *m = second->m[last];
    struct mls_join_request what = {.welcome = mlsevil_welcome(&t->e, last),
        .package = buf_view(&m->package),
        .secret = buf_view(&m->secret),
        .prior = how == BRANCH_UNKNOWN ? NULL : t->p.m[last]->g};
    enum mls_rule rule = MLS_RULE_KEPT;
    struct mls_group *g = NULL;

    enum err e = mls_group_join(&m->world.env, &m->who, &what, &g, &rule);
    cr_expect_eq(e, how == FOLLOWS ? ERR_OK : ERR_REFUSED);
    cr_expect_eq(g == NULL, how != FOLLOWS);
    mls_group_free(g);
    return rule;
}

static void put_tie(struct trial *t, uint8_t usage, uint64_t epoch)
{
    static const uint8_t nonce[SUITE_HASH] = {1};

    mlsevil_value(&t->e, &(struct proposal){.type = PROPOSAL_PSK,
                             .psk = {.type = PSK_RESUMPTION,
                                 .usage = usage,
                                 .id = LIT("party"),
                                 .epoch = epoch,
                                 .nonce = bytes_of(nonce, sizeof nonce)}});
}

static enum mls_rule second_of(struct trial *t, struct party *second, enum follow how)
{
    const struct mls_group_request what = {.suite = 1,
        .group_id = how == REINIT_ID ? LIT("another") : LIT("second"),
        .extensions =
            how == REINIT_EXTENSIONS ? trial_extended(t, TRIAL_LISTED) : (struct bytes){0}};
    const struct epoch *prior = t->p.m[1]->g->now;
    uint64_t epoch = prior->context.epoch - (how == REINIT_EPOCH ? 1 : 0);
    struct party_member *m = second->m[1];

    cr_assert_eq(mls_group_create(&m->world.env, &m->who, &what, &m->g), ERR_OK);
    mlsevil_fini(&t->e);
    mlsevil_init(&t->e, second, 1);
    if (how != BRANCH_NOT)
        put_tie(t, is_reinit(how) ? PSK_REINIT : PSK_BRANCH, epoch);
    if (how == BRANCH_TWICE)
        put_tie(t, PSK_REINIT, epoch);
    size_t n = is_reinit(how) && how != REINIT_MISSING ? 4 : 3;
    for (size_t i = 0; i < n; i++)
        if (i != 1)
            mlsevil_add(&t->e, buf_view(&second->m[i]->package));
    if (how == BRANCH_STRANGER)
        mlsevil_add(&t->e, buf_view(&second->m[4]->package));
    t->e.epoch = how == BRANCH_LATER ? 2 : 0;
    t->e.prior = t->p.m[1]->g;
    (void)mlsevil_commit(&t->e);
    return join_second(t, second, how, 2);
}

static void close_first(struct trial *t)
{
    const struct mls_proposal p = {.type = MLS_REINIT, .group_id = LIT("second"), .suite = 1};

    party_commit(&t->p, 0, &p, 1, 0);
}

static enum mls_rule follow(struct trial *t, int arg)
{
    enum follow how = (enum follow)arg;
    struct party second;
    bool closed = is_reinit(how) && how != REINIT_NOT;

    if (closed)
        close_first(t);
    party_init(&second, 1, 99);
    for (size_t i = 0; i < 5; i++) {
        size_t who = party_person(&second); /* the same keys: people are by their number */
        second.m[who]->who.extension_types = t->p.m[0]->who.extension_types;
        second.m[who]->who.extension_types_n = t->p.m[0]->who.extension_types_n;
        party_repackage(&second, who);
    }
    enum mls_rule rule = second_of(t, &second, how);
    mlsevil_fini(&t->e);
    mlsevil_init(&t->e, &t->p, 1);
    party_fini(&second);
    if (closed)
        trial_unfilled(t); /* nothing honest can follow there */
    return rule;
}

static const struct rulebook_row ROWS[] = {
    {"another package's", MLS_RULE_WELCOME_NOT_MINE, welcomed, MLSEVIL_WELCOME_REF},
    {"for another", MLS_RULE_WELCOME_NOT_MINE, for_another, 0},
    {"by another", MLS_RULE_WELCOME_NOT_MINE, by_another, 0},
    {"another suite", MLS_RULE_WELCOME_NOT_MINE, welcomed, MLSEVIL_WELCOME_SUITE},
    {"another secret", MLS_RULE_WELCOME_SECRETS, with_another_secret, 0},
    {"secrets broken", MLS_RULE_WELCOME_SECRETS, welcomed, MLSEVIL_WELCOME_SECRETS},
    {"info broken", MLS_RULE_WELCOME_SECRETS, welcomed, MLSEVIL_WELCOME_INFO},
    {"joiner secret too short", MLS_RULE_FORMAT, welcomed, MLSEVIL_WELCOME_JOINER},
    {"path secret", MLS_RULE_PATH_SECRET, welcomed, MLSEVIL_WELCOME_PATH},
    {"signature", MLS_RULE_INFO_SIGNATURE, welcomed, MLSEVIL_INFO_SIGNATURE},
    {"signer", MLS_RULE_INFO_SIGNATURE, welcomed, MLSEVIL_INFO_SIGNER},
    {"no signer", MLS_RULE_INFO_SIGNATURE, welcomed, MLSEVIL_INFO_SIGNER_FAR},
    {"suite", MLS_RULE_PACKAGE_SUITE, welcomed, MLSEVIL_INFO_SUITE},
    {"version", MLS_RULE_FORMAT, welcomed, MLSEVIL_INFO_VERSION},
    {"tag", MLS_RULE_COMMIT_TAG, welcomed, MLSEVIL_INFO_TAG},
    {"tag too short", MLS_RULE_FORMAT, welcomed, MLSEVIL_INFO_TAG_SHORT},
    {"no tree", MLS_RULE_INFO_TREE, welcomed, MLSEVIL_INFO_TREE_NONE},
    {"another tree", MLS_RULE_TREE_HASH, welcomed, MLSEVIL_INFO_TREE_OTHER},
    {"a tree that ends in a blank", MLS_RULE_TREE_SHAPE, welcomed, MLSEVIL_INFO_TREE_BLANK},
    {"cut", MLS_RULE_FORMAT, cut, 0},
    {"psk of nobody", MLS_RULE_PSK_UNKNOWN, psks, NOBODYS},
    {"psk nonce", MLS_RULE_PSK_NONCE, psks, SHORT},
    {"psk twice", MLS_RULE_PSK_TWICE, psks, TWICE},
    {"psk too much", MLS_RULE_WELCOME_SECRETS, psk_too_much, 0},
    {"not in it", MLS_RULE_INFO_SELF, not_in_it, 0},
    {"another in our place", MLS_RULE_INFO_SELF, not_in_it, 1},
    {"required by no member", MLS_RULE_LEAF_REQUIRED, context, 1},
    {"listed by no member", MLS_RULE_LEAF_GROUP_EXTENSION, context, 0},
    {"required of us", MLS_RULE_LEAF_REQUIRED, context_it_lacks, 1},
    {"of a group we do not know enough for", MLS_RULE_LEAF_GROUP_EXTENSION, context_it_lacks,
        0},
    {"strangers", MLS_RULE_LEAF_IDENTITY, strangers, 0},
    {"a branch is one", MLS_RULE_KEPT, follow, FOLLOWS},
    {"a branch of what we do not know", MLS_RULE_PSK_UNKNOWN, follow, BRANCH_UNKNOWN},
    {"a branch with a stranger", MLS_RULE_WELCOME_REINIT, follow, BRANCH_STRANGER},
    {"a branch that is no beginning", MLS_RULE_WELCOME_REINIT, follow, BRANCH_LATER},
    {"a branch and a reinit", MLS_RULE_WELCOME_REINIT, follow, BRANCH_TWICE},
    {"no branch", MLS_RULE_WELCOME_REINIT, follow, BRANCH_NOT},
    {"reinit of a group that goes on", MLS_RULE_WELCOME_REINIT, follow, REINIT_NOT},
    {"reinit as another", MLS_RULE_WELCOME_REINIT, follow, REINIT_ID},
    {"reinit with other extensions", MLS_RULE_WELCOME_REINIT, follow, REINIT_EXTENSIONS},
    {"reinit by an earlier secret", MLS_RULE_WELCOME_REINIT, follow, REINIT_EPOCH},
    {"reinit without somebody", MLS_RULE_WELCOME_REINIT, follow, REINIT_MISSING},
};
const struct rulebook RULEBOOK_WELCOME = RULEBOOK(ROWS);

Test(group_rule_welcome, each__is_refused_by_its_name_and_nothing_comes_of_it)
{
    rulebook_run(&RULEBOOK_WELCOME);
}
