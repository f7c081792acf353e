/* SPDX-License-Identifier: ISC */
/* RFC 9420, 12.2 and 12.4.3.2: commits by which somebody comes in, and group infos to come in
 * by. */
#include "rulebook.h"

static enum err know_psk(void *arg, struct bytes id, struct buf *out)
{
    (void)arg;
    (void)id;
    buf_bytes(out, LIT("a pre-shared key of everybody's"));
    return ERR_OK;
}

static enum mls_rule come_in(struct trial *t)
{
    t->e.flags = MLSEVIL_EXTERNAL;
    return trial_refused(t, mlsevil_commit(&t->e));
}

static void outside(struct trial *t)
{
    t->e.who = trial_person(t);
    t->e.insider = 0;
    t->e.flags = MLSEVIL_EXTERNAL;
}

static enum mls_rule inits(struct trial *t, int n)
{
    outside(t);
    for (int i = 0; i < n; i++)
        mlsevil_external_init(&t->e);
    return come_in(t);
}

/* What it was sealed with is no key: nothing can be shared by it. */
static enum mls_rule init_of_nothing(struct trial *t, int size)
{
    static const uint8_t kem[64];

    outside(t);
    mlsevil_value(&t->e, &(struct proposal){.type = PROPOSAL_EXTERNAL_INIT,
                             .kem_output = bytes_of(kem, (size_t)size)});
    return come_in(t);
}

static enum mls_rule beside(struct trial *t, int type)
{
    const struct epoch *now = t->p.m[0]->g->now;
    struct mlsevil_leaf l;
    struct proposal p = {
        .type = (uint16_t)type, .reinit = {.group_id = LIT("next"), .version = 1, .suite = 1}};

    outside(t);
    mlsevil_external_init(&t->e);
    if (type == PROPOSAL_UPDATE) {
        mlsevil_leaf_init(&l, &t->p, t->e.who, LEAF_UPDATE);
        p.leaf = mlsevil_leaf_make(&l, epoch_place(now, 0), MLSEVIL_HONEST);
    }
    if (type == PROPOSAL_ADD)
        cr_assert_eq(
            package_read(buf_view(&t->p.m[trial_person(t)]->package), &p.package), ERR_OK);
    mlsevil_value(&t->e, &p);
    proposal_fini(&p);
    return come_in(t);
}

static enum mls_rule by_reference(struct trial *t, int arg)
{
    struct mlsevil e;

    (void)arg;
    mlsevil_init(&e, &t->p, 2);
    t->skip[2] = true;
    trial_taken(
        t, mlsevil_proposal(&e, &(struct proposal){.type = PROPOSAL_REMOVE, .removed = 3}));
    mlsevil_fini(&e);
    outside(t);
    mlsevil_external_init(&t->e);
    mlsevil_waiting(&t->e);
    return come_in(t);
}

static enum mls_rule removes(struct trial *t, int n)
{
    outside(t);
    mlsevil_external_init(&t->e);
    for (int i = 0; i < n; i++)
        mlsevil_remove(&t->e, 3u - (uint32_t)i);
    return come_in(t);
}

/* Two old leaves, each of which could be its own by the name. */
static enum mls_rule removes_namesakes(struct trial *t, int arg)
{
    size_t twin = trial_person(t);

    (void)arg;
    t->p.m[twin]->who.identity = bytes_str(t->p.m[3]->name);
    party_repackage(&t->p, twin);
    party_add(&t->p, 0, twin);
    t->e.who = 3;
    t->e.flags = MLSEVIL_EXTERNAL;
    mlsevil_external_init(&t->e);
    mlsevil_remove(&t->e, 3);
    mlsevil_remove(&t->e, party_leaf(&t->p, twin));
    return come_in(t);
}

static enum mls_rule removes_nobody(struct trial *t, int leaf)
{
    outside(t);
    mlsevil_external_init(&t->e);
    mlsevil_remove(&t->e, (uint32_t)leaf);
    return come_in(t);
}

/* The old leaf is its own, but it keeps that key. */
static enum mls_rule resync_key(struct trial *t, int arg)
{
    (void)arg;
    t->e.who = 3;
    t->e.other = 3;
    t->e.flags = MLSEVIL_EXTERNAL;
    t->e.lie = MLSEVIL_LEAF_KEY_KEPT;
    mlsevil_external_init(&t->e);
    mlsevil_remove(&t->e, 3);
    return come_in(t);
}

/* The old leaf's signature key, and another's name. */
static enum mls_rule resync_name(struct trial *t, int arg)
{
    (void)arg;
    t->e.who = 3;
    t->e.flags = MLSEVIL_EXTERNAL;
    t->e.name = "somebody else";
    mlsevil_external_init(&t->e);
    mlsevil_remove(&t->e, 3);
    return come_in(t);
}

/* Without a remove, whoever is in cannot come in once more. */
static enum mls_rule again(struct trial *t, int arg)
{
    (void)arg;
    t->e.who = 3;
    t->e.flags = MLSEVIL_EXTERNAL;
    mlsevil_external_init(&t->e);
    return come_in(t);
}

static enum mls_rule psks(struct trial *t, int what)
{
    outside(t);
    for (size_t i = 0; i < t->p.n; i++)
        t->p.m[i]->world.env.psk = i == t->e.who || what != 0 ? know_psk : NULL;
    mlsevil_external_init(&t->e);
    mlsevil_psk(&t->e, "one", what == 1 ? SUITE_HASH - 1 : SUITE_HASH);
    if (what == 2)
        mlsevil_psk(&t->e, "one", SUITE_HASH);
    return come_in(t);
}

/* Whoever comes into a group of one, in its first epoch, ties it to nothing (11.2, 11.3). */
static enum mls_rule psk_usage(struct trial *t, int usage)
{
    static const uint8_t nonce[SUITE_HASH];
    struct party_member *m = t->p.m[0];
    struct mls_group *kept = m->g;
    const struct mls_group_request what = {.suite = 1, .group_id = LIT("first")};
    struct mls_group *first = NULL;

    cr_assert_eq(mls_group_create(&m->world.env, &m->who, &what, &first), ERR_OK);
    m->g = first;
    outside(t);
    mlsevil_external_init(&t->e);
    mlsevil_value(&t->e, &(struct proposal){.type = PROPOSAL_PSK,
                             .psk = {.type = PSK_RESUMPTION,
                                 .usage = (uint8_t)usage,
                                 .id = LIT("first"),
                                 .nonce = bytes_of(nonce, sizeof nonce)}});
    enum mls_rule rule = trial_refused_by(t, 0, mlsevil_commit(&t->e));
    m->g = kept;
    mlsevil_fini(&t->e); /* it has views of the group that goes */
    mlsevil_init(&t->e, &t->p, 1);
    mls_group_free(first);
    return rule;
}

static enum err refuse_change(void *arg, const struct mls_change *change)
{
    (void)arg;
    return change->external ? ERR_REFUSED : ERR_OK;
}

static enum mls_rule policy(struct trial *t, int arg)
{
    (void)arg;
    outside(t);
    for (size_t i = 0; i < 4; i++)
        t->p.m[i]->world.env.judge = refuse_change;
    mlsevil_external_init(&t->e);
    return come_in(t);
}

static enum mls_rule message(struct trial *t, int lie)
{
    outside(t);
    t->e.lie = (enum mlsevil_lie)lie;
    mlsevil_external_init(&t->e);
    return come_in(t);
}

/* ---- what somebody who comes in is told ---- */

static enum mls_rule told(struct trial *t, int lie)
{
    size_t who = trial_person(t);

    t->e.lie = (enum mlsevil_lie)lie;
    t->e.other = 3;
    return trial_enter(t, who, mlsevil_info(&t->e));
}

static enum mls_rule told_context(struct trial *t, int type)
{
    size_t who = party_person(&t->p); /* lists nothing, and nor do members of this group */

    t->e.extend = true;
    t->e.extensions =
        type != 0 ? trial_required(t, TRIAL_UNHEARD) : trial_extended(t, TRIAL_UNHEARD);
    return trial_enter(t, who, mlsevil_info(&t->e));
}

/* The group is as it says, but whoever would come in lacks what it asks for. */
static enum mls_rule told_what_it_lacks(struct trial *t, int type)
{
    size_t who = party_person(&t->p);

    if (type != 0)
        trial_require(t, TRIAL_LISTED);
    else
        trial_extend(t, TRIAL_LISTED);
    return trial_enter(t, who, mlsevil_info(&t->e));
}

static enum mls_rule told_policy(struct trial *t, int arg)
{
    size_t who = trial_person(t);

    (void)arg;
    t->p.m[who]->world.env.judge = refuse_change;
    return trial_enter(t, who, mlsevil_info(&t->e));
}

static enum err refuse_identity(void *arg, const struct mls_member *member)
{
    (void)arg;
    (void)member;
    return ERR_REFUSED;
}

static enum mls_rule told_strangers(struct trial *t, int arg)
{
    size_t who = trial_person(t);

    (void)arg;
    t->p.m[who]->world.env.identify = refuse_identity;
    return trial_enter(t, who, mlsevil_info(&t->e));
}

static enum mls_rule told_while_in(struct trial *t, int arg)
{
    struct mls_group *kept = t->p.m[3]->g;

    (void)arg;
    struct bytes info = mlsevil_info(&t->e);
    t->p.m[3]->g = NULL;
    enum mls_rule rule = trial_enter(t, 3, info);
    t->p.m[3]->g = kept;
    return rule;
}

static const struct rulebook_row ROWS[] = {
    {"no init", MLS_RULE_EXTERNAL_INIT_COUNT, inits, 0},
    {"two inits", MLS_RULE_EXTERNAL_INIT_COUNT, inits, 2},
    {"an init of zeroes", MLS_RULE_PATH_SECRET, init_of_nothing, 32},
    {"an init too short", MLS_RULE_PATH_SECRET, init_of_nothing, 31},
    {"an init too long", MLS_RULE_PATH_SECRET, init_of_nothing, 33},
    {"an add", MLS_RULE_EXTERNAL_PROPOSAL, beside, PROPOSAL_ADD},
    {"an update", MLS_RULE_EXTERNAL_PROPOSAL, beside, PROPOSAL_UPDATE},
    {"a reinit", MLS_RULE_EXTERNAL_PROPOSAL, beside, PROPOSAL_REINIT},
    {"a context", MLS_RULE_EXTERNAL_PROPOSAL, beside, PROPOSAL_CONTEXT},
    {"by reference", MLS_RULE_EXTERNAL_PROPOSAL, by_reference, 0},
    {"removes another", MLS_RULE_EXTERNAL_REMOVE, removes, 1},
    {"removes two", MLS_RULE_EXTERNAL_REMOVE, removes, 2},
    {"removes two of its name", MLS_RULE_EXTERNAL_REMOVE, removes_namesakes, 0},
    {"removes nobody", MLS_RULE_PROPOSAL_REMOVE_BLANK, removes_nobody, 4},
    {"keeps its key", MLS_RULE_LEAF_KEY_KEPT, resync_key, 0},
    {"changes its name", MLS_RULE_EXTERNAL_REMOVE, resync_name, 0},
    {"twice in", MLS_RULE_LEAF_SIGNATURE_KEY_TWICE, again, 0},
    {"psk unknown", MLS_RULE_PSK_UNKNOWN, psks, 0},
    {"psk nonce", MLS_RULE_PSK_NONCE, psks, 1},
    {"psk twice", MLS_RULE_PROPOSAL_PSK_TWICE, psks, 2},
    {"psk for reinit", MLS_RULE_PSK_USAGE, psk_usage, PSK_REINIT},
    {"psk for branch", MLS_RULE_PSK_USAGE, psk_usage, PSK_BRANCH},
    {"policy", MLS_RULE_COMMIT_POLICY, policy, 0},
    {"no path", MLS_RULE_MESSAGE_SENDER, message, MLSEVIL_PATH_NONE},
    {"signature", MLS_RULE_MESSAGE_SIGNATURE, message, MLSEVIL_SIGNATURE},
    {"a leaf's signature key that is none", MLS_RULE_MESSAGE_SENDER, message,
        MLSEVIL_LEAF_SIGNER},
    {"another group", MLS_RULE_MESSAGE_GROUP, message, MLSEVIL_GROUP},
    {"the epoch before", MLS_RULE_MESSAGE_EPOCH, message, MLSEVIL_EPOCH_BEFORE},
    {"an epoch ahead", MLS_RULE_MESSAGE_EPOCH, message, MLSEVIL_EPOCH_AHEAD},
    {"a byte too many", MLS_RULE_FORMAT, message, MLSEVIL_TRAILING},
    {"info: signature", MLS_RULE_INFO_SIGNATURE, told, MLSEVIL_INFO_SIGNATURE},
    {"info: signer", MLS_RULE_INFO_SIGNATURE, told, MLSEVIL_INFO_SIGNER},
    {"info: no signer", MLS_RULE_INFO_SIGNATURE, told, MLSEVIL_INFO_SIGNER_FAR},
    {"info: version", MLS_RULE_FORMAT, told, MLSEVIL_INFO_VERSION},
    {"info: tag", MLS_RULE_FORMAT, told, MLSEVIL_INFO_TAG_SHORT},
    {"info: no tree", MLS_RULE_INFO_TREE, told, MLSEVIL_INFO_TREE_NONE},
    {"info: another tree", MLS_RULE_TREE_HASH, told, MLSEVIL_INFO_TREE_OTHER},
    {"info: tree ends in a blank", MLS_RULE_TREE_SHAPE, told, MLSEVIL_INFO_TREE_BLANK},
    {"info: no key", MLS_RULE_INFO_EXTERNAL_PUB, told, MLSEVIL_INFO_PUB_NONE},
    {"info: key too short", MLS_RULE_INFO_EXTERNAL_PUB, told, MLSEVIL_INFO_PUB_SHORT},
    {"info: key of zeroes", MLS_RULE_INFO_EXTERNAL_PUB, told, MLSEVIL_INFO_PUB_ZERO},
    {"info: required by no member", MLS_RULE_LEAF_REQUIRED, told_context, 1},
    {"info: listed by no member", MLS_RULE_LEAF_GROUP_EXTENSION, told_context, 0},
    {"info: required", MLS_RULE_LEAF_REQUIRED, told_what_it_lacks, 1},
    {"info: of the group", MLS_RULE_LEAF_GROUP_EXTENSION, told_what_it_lacks, 0},
    {"info: policy", MLS_RULE_COMMIT_POLICY, told_policy, 0},
    {"info: strangers", MLS_RULE_LEAF_IDENTITY, told_strangers, 0},
    {"info: of one who is in", MLS_RULE_LEAF_SIGNATURE_KEY_TWICE, told_while_in, 0},
};
const struct rulebook RULEBOOK_EXTERNAL = RULEBOOK(ROWS);

Test(group_rule_external, each__is_refused_by_its_name_and_changes_nothing)
{
    rulebook_run(&RULEBOOK_EXTERNAL);
}
