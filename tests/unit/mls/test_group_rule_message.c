/* SPDX-License-Identifier: ISC */
/* RFC 9420, 6, 9.1, 12.4 and 15: messages as such, and what state a group is in. */
#include "mls/wire.h"
#include "rulebook.h"

/* ---- a public commit or proposal ---- */

static enum mls_rule commit(struct trial *t, int lie)
{
    t->e.lie = (enum mlsevil_lie)lie;
    t->e.flags = MLSEVIL_PATH;
    t->e.other = 2;
    return trial_refused(t, mlsevil_commit(&t->e));
}

static enum mls_rule commit_private(struct trial *t, int lie)
{
    t->e.lie = (enum mlsevil_lie)lie;
    t->e.flags = MLSEVIL_PATH | MLSEVIL_PRIVATE;
    return trial_refused(t, mlsevil_commit(&t->e));
}

/* By somebody whose leaf is blank by now; it still knows the membership key. */
static enum mls_rule commit_by_nobody(struct trial *t, int lie)
{
    party_remove(&t->p, 0, 2);
    return commit(t, lie);
}

static enum mls_rule proposal(struct trial *t, int lie)
{
    t->e.lie = (enum mlsevil_lie)lie;
    t->e.other = 2;
    return trial_refused(
        t, mlsevil_proposal(&t->e, &(struct proposal){.type = PROPOSAL_REMOVE, .removed = 3}));
}

/* A commit that somebody else sent comes back to us with our own leaf as its sender. */
static enum mls_rule commit_as_us(struct trial *t, int arg)
{
    (void)arg;
    t->e.lie = MLSEVIL_SENDER_OTHER;
    t->e.flags = MLSEVIL_PATH;
    t->e.other = 2;
    return trial_refused_by(t, 2, mlsevil_commit(&t->e));
}

/* A commit in which the victim is the sender, by its own key: made from the same state, as a
 * clone of it would, and not the one that is staged. */
static enum mls_rule commit_by_our_clone(struct trial *t, int arg)
{
    (void)arg;
    t->e.who = 2;
    t->e.flags = MLSEVIL_PATH;
    return trial_refused_by(t, 2, mlsevil_commit(&t->e));
}

static enum mls_rule commit_of_old_epoch(struct trial *t, int arg)
{
    (void)arg;
    t->e.flags = MLSEVIL_PATH;
    struct bytes message = mlsevil_commit(&t->e);
    party_update(&t->p, 0);
    return trial_refused(t, message);
}

static enum mls_rule proposal_of_old_epoch(struct trial *t, int arg)
{
    (void)arg;
    struct bytes message =
        mlsevil_proposal(&t->e, &(struct proposal){.type = PROPOSAL_REMOVE, .removed = 3});
    party_update(&t->p, 0);
    return trial_refused(t, message);
}

static enum mls_rule data_of_forgotten_epoch(struct trial *t, int arg)
{
    struct buf out;

    (void)arg;
    buf_init(&out, WIRE_MAX);
    struct bytes message = party_seal(&t->p, 1, "late", &out);
    party_update(&t->p, 0);
    for (size_t i = 0; i < 4; i++)
        mls_forget(t->p.m[i]->g);
    enum mls_rule rule = trial_refused(t, message);
    buf_free(&out);
    return rule;
}

/* Application data as a public message. */
static enum mls_rule data_in_the_open(struct trial *t, int arg)
{
    const struct epoch *now = t->p.m[1]->g->now;
    const struct mls_wrap wrap = {.flags = MLS_PUBLIC};
    struct content c = group_content(now, CONTENT_APPLICATION, &wrap);
    uint8_t signature[SIGN_MAX];
    uint8_t tag[SUITE_HASH];
    size_t n = 0;
    struct buf tbm;
    struct buf out;

    (void)arg;
    buf_init(&tbm, WIRE_MAX);
    buf_init(&out, WIRE_MAX);
    c.body = LIT("read me");
    cr_assert_eq(
        content_sign(&c, t->p.m[1]->key, buf_view(&now->context_raw), signature, &n), ERR_OK);
    c.signature = bytes_of(signature, n);
    content_tbs_write(&c, buf_view(&now->context_raw), &tbm);
    content_auth_write(&c, &tbm);
    cr_assert_eq(schedule_tag(t->p.suite, now->keys->membership, buf_view(&tbm), tag), ERR_OK);
    content_message_begin(&out, CONTENT_PUBLIC);
    content_write(&c, &out);
    content_auth_write(&c, &out);
    wire_put(&out, bytes_of(tag, sizeof tag));
    enum mls_rule rule = trial_refused(t, buf_view(&out));
    buf_free(&tbm);
    buf_free(&out);
    return rule;
}

/* The same asked of us. */
static enum mls_rule own_data_in_the_open(struct trial *t, int arg)
{
    const struct mls_wrap wrap = {.flags = MLS_PUBLIC};
    struct mls_group *g = t->p.m[0]->g;

    (void)arg;
    buf_clear(&t->scratch);
    cr_expect_eq(mls_protect(g, LIT("read me"), &wrap, &t->scratch), ERR_REFUSED);
    cr_expect_eq(t->scratch.n, 0);
    return mls_group_rule(g);
}

/* ---- private messages ---- */

static enum mls_rule private(struct trial *t, const struct mlsevil_private *m) {
    return trial_refused(t, mlsevil_private(&t->e, m));
}

static struct mlsevil_private spoken(void)
{
    return (struct mlsevil_private){
        .leaf = 1, .next = true, .type = CONTENT_APPLICATION, .body = LIT("hello")};
}

static enum mls_rule padding(struct trial *t, int byte)
{
    struct mlsevil_private m = spoken();

    m.padding = (uint8_t)byte;
    return private(t, &m);
}

static enum mls_rule padding_behind(struct trial *t, int arg)
{
    struct mlsevil_private m = spoken();

    (void)arg;
    m.trailing = LIT("\x00\x00\x00\x01");
    return private(t, &m);
}

static enum mls_rule forged(struct trial *t, int arg)
{
    struct mlsevil_private m = spoken();

    (void)arg;
    m.forged = true;
    return private(t, &m);
}

/* With keys of somebody else's ratchet, which everybody can make. */
static enum mls_rule as_another(struct trial *t, int type)
{
    static const uint8_t remove[] = {0, PROPOSAL_REMOVE, 0, 0, 0, 3};
    const struct mlsevil_private m = {.leaf = 2,
        .generation = 0,
        .type = (uint8_t)type,
        .body = type == CONTENT_APPLICATION ? LIT("hello") : bytes_of(remove, sizeof remove)};

    t->skip[2] = true; /* it knows what it said */
    return private(t, &m);
}

static enum mls_rule as_the_reader(struct trial *t, int arg)
{
    const struct mlsevil_private m = {
        .leaf = 2, .type = CONTENT_APPLICATION, .body = LIT("hello")};

    (void)arg;
    return trial_refused_by(t, 2, mlsevil_private(&t->e, &m));
}

static enum mls_rule as_nobody(struct trial *t, int leaf)
{
    const struct mlsevil_private m = {
        .leaf = (uint32_t)leaf, .type = CONTENT_APPLICATION, .body = LIT("hello")};

    if (leaf == 2)
        party_remove(&t->p, 0, 2);
    return private(t, &m);
}

static enum mls_rule ahead(struct trial *t, int generation)
{
    const struct mlsevil_private m = {.leaf = 1,
        .generation = (uint32_t)generation,
        .type = CONTENT_APPLICATION,
        .body = LIT("hello")};

    return private(t, &m);
}

/* No proposal and no commit where one should be, sealed and signed as it should be. */
static enum mls_rule nonsense(struct trial *t, int type)
{
    struct mlsevil_private m = spoken();

    m.type = (uint8_t)type;
    m.body = LIT("\x00\x63\x00");
    return private(t, &m);
}

static enum mls_rule again(struct trial *t, int arg)
{
    struct buf out;

    (void)arg;
    buf_init(&out, WIRE_MAX);
    struct bytes message = party_seal(&t->p, 1, "once", &out);
    t->skip[1] = true;
    trial_taken(t, message);
    enum mls_rule rule = trial_refused(t, message);
    buf_free(&out);
    return rule;
}

static enum mls_rule proposal_again(struct trial *t, int arg)
{
    (void)arg;
    t->e.flags = MLSEVIL_PRIVATE;
    struct bytes message =
        mlsevil_proposal(&t->e, &(struct proposal){.type = PROPOSAL_REMOVE, .removed = 3});
    t->skip[1] = true;
    trial_taken(t, message);
    return trial_refused(t, message);
}

/* A commit that waits to be applied, and comes once more. */
static enum mls_rule commit_again(struct trial *t, int arg)
{
    (void)arg;
    t->e.flags = MLSEVIL_PRIVATE | MLSEVIL_PATH;
    struct bytes message = mlsevil_commit(&t->e);
    t->skip[1] = true;
    trial_taken(t, message);
    enum mls_rule rule = trial_refused(t, message);
    for (size_t i = 0; i < 4; i++)
        mls_discard(t->p.m[i]->g);
    return rule;
}

static enum mls_rule broken(struct trial *t, int at)
{
    struct buf out;

    buf_init(&out, WIRE_MAX);
    (void)party_seal(&t->p, 1, "hello", &out);
    out.p[at < 0 ? out.n - 1 : (size_t)at] ^= 1;
    enum mls_rule rule = trial_refused(t, buf_view(&out));
    buf_free(&out);
    return rule;
}

static enum mls_rule cut(struct trial *t, int n)
{
    struct buf out;

    buf_init(&out, WIRE_MAX);
    (void)party_seal(&t->p, 1, "hello", &out);
    enum mls_rule rule = trial_refused(t, bytes_of(out.p, out.n - (size_t)n));
    buf_free(&out);
    return rule;
}

/* ---- the group's own state ---- */

static enum mls_rule own(struct trial *t, size_t who, int what)
{
    const struct mls_wrap wrap = {0};
    const struct mls_proposal remove = {.type = MLS_REMOVE, .leaf = 3};
    const struct mls_commit_request commit = {.wrap = {.flags = MLS_PATH}};
    struct mls_group *g = t->p.m[who]->g;
    struct buf before = trial_state(g);
    enum err e = ERR_OK;

    buf_clear(&t->scratch);
    if (what == CONTENT_APPLICATION)
        e = mls_protect(g, LIT("hello"), &wrap, &t->scratch);
    else if (what == CONTENT_PROPOSAL)
        e = mls_propose(g, &remove, &wrap, &t->scratch);
    else if (what == CONTENT_COMMIT)
        e = mls_commit(g, &commit, &t->p.last);
    else
        e = mls_group_info(g, 0, &t->scratch);
    cr_expect_eq(e, ERR_REFUSED);
    cr_expect_eq(t->scratch.n, 0);
    enum mls_rule rule = mls_group_rule(g);
    struct buf after = trial_state(g);
    cr_expect(bytes_eq(buf_view(&before), buf_view(&after)));
    buf_wipe(&before);
    buf_wipe(&after);
    return rule;
}

static enum mls_rule waiting(struct trial *t, int arg)
{
    (void)arg;
    t->skip[1] = true;
    trial_taken(
        t, mlsevil_proposal(&t->e, &(struct proposal){.type = PROPOSAL_REMOVE, .removed = 3}));
    return own(t, 0, CONTENT_APPLICATION);
}

static void close_group(struct trial *t)
{
    const struct mls_proposal p = {.type = MLS_REINIT, .group_id = LIT("next"), .suite = 1};

    party_commit(&t->p, 0, &p, 1, 0);
}

static enum mls_rule suspended(struct trial *t, int what)
{
    close_group(t);
    enum mls_rule rule = own(t, 2, what);
    trial_unfilled(t);
    return rule;
}

/* Nobody else goes on in it either. */
static enum mls_rule suspended_commit(struct trial *t, int flags)
{
    close_group(t);
    t->e.flags = (unsigned)flags;
    if ((flags & (int)MLSEVIL_EXTERNAL) != 0) {
        t->e.who = trial_person(t);
        mlsevil_external_init(&t->e);
    }
    enum mls_rule rule = trial_refused(t, mlsevil_commit(&t->e));
    trial_unfilled(t);
    return rule;
}

/* The third is removed, and keeps its group. */
static void removed_third(struct trial *t)
{
    struct mls_group *g = t->p.m[2]->g;
    const struct mls_proposal p = {.type = MLS_REMOVE, .leaf = 2};
    struct mls_event event;

    mls_event_init(&event);
    party_stage(&t->p, 0, &p, 1, 0);
    cr_assert_eq(mls_process(g, buf_view(&t->p.last.commit), &event), ERR_OK);
    cr_assert(event.removes_us);
    cr_assert_eq(mls_apply(g), ERR_OK);
    t->p.m[2]->g = NULL;
    party_deliver(&t->p, 0, buf_view(&t->p.last.commit));
    cr_assert_eq(mls_apply(t->p.m[0]->g), ERR_OK);
    t->p.m[2]->g = g;
    mls_event_clear(&event);
}

static enum mls_rule removed(struct trial *t, int what)
{
    removed_third(t);
    enum mls_rule rule = own(t, 2, what);
    mls_group_free(t->p.m[2]->g);
    t->p.m[2]->g = NULL;
    return rule;
}

static enum mls_rule removed_hears(struct trial *t, int arg)
{
    struct buf out;

    (void)arg;
    buf_init(&out, WIRE_MAX);
    removed_third(t);
    enum mls_rule rule = trial_refused_by(t, 2, party_seal(&t->p, 1, "without you", &out));
    mls_group_free(t->p.m[2]->g);
    t->p.m[2]->g = NULL;
    buf_free(&out);
    return rule;
}

static const struct rulebook_row ROWS[] = {
    {"commit: group", MLS_RULE_MESSAGE_GROUP, commit, MLSEVIL_GROUP},
    {"commit: epoch before", MLS_RULE_MESSAGE_EPOCH, commit, MLSEVIL_EPOCH_BEFORE},
    {"commit: epoch ahead", MLS_RULE_MESSAGE_EPOCH, commit, MLSEVIL_EPOCH_AHEAD},
    {"commit: stale", MLS_RULE_MESSAGE_EPOCH, commit_of_old_epoch, 0},
    {"commit: signature", MLS_RULE_MESSAGE_SIGNATURE, commit, MLSEVIL_SIGNATURE},
    {"commit: signature in private", MLS_RULE_MESSAGE_SIGNATURE, commit_private,
        MLSEVIL_SIGNATURE},
    {"commit: membership", MLS_RULE_MESSAGE_MEMBERSHIP, commit, MLSEVIL_MEMBERSHIP},
    {"commit: of nobody", MLS_RULE_MESSAGE_SENDER, commit_by_nobody, MLSEVIL_SENDER_NONE},
    {"commit: of nobody far", MLS_RULE_MESSAGE_SENDER, commit, MLSEVIL_SENDER_FAR},
    {"commit: of an outsider", MLS_RULE_MESSAGE_SENDER, commit, MLSEVIL_SENDER_EXTERNAL},
    {"commit: of who proposes", MLS_RULE_MESSAGE_SENDER, commit, MLSEVIL_SENDER_NEW},
    {"commit: of our own leaf", MLS_RULE_MESSAGE_SIGNATURE, commit_as_us, 0},
    {"commit: of our own key", MLS_RULE_MESSAGE_SENDER, commit_by_our_clone, 0},
    {"commit: trailing", MLS_RULE_FORMAT, commit, MLSEVIL_TRAILING},
    {"commit: trailing in private", MLS_RULE_FORMAT, commit_private, MLSEVIL_TRAILING},
    {"proposal: group", MLS_RULE_MESSAGE_GROUP, proposal, MLSEVIL_GROUP},
    {"proposal: epoch before", MLS_RULE_MESSAGE_EPOCH, proposal, MLSEVIL_EPOCH_BEFORE},
    {"proposal: epoch ahead", MLS_RULE_MESSAGE_EPOCH, proposal, MLSEVIL_EPOCH_AHEAD},
    {"proposal: stale", MLS_RULE_MESSAGE_EPOCH, proposal_of_old_epoch, 0},
    {"proposal: signature", MLS_RULE_MESSAGE_SIGNATURE, proposal, MLSEVIL_SIGNATURE},
    {"proposal: somebody else's", MLS_RULE_MESSAGE_SIGNATURE, proposal, MLSEVIL_SENDER_OTHER},
    {"proposal: membership", MLS_RULE_MESSAGE_MEMBERSHIP, proposal, MLSEVIL_MEMBERSHIP},
    {"proposal: of nobody", MLS_RULE_MESSAGE_SENDER, proposal, MLSEVIL_SENDER_FAR},
    {"proposal: of an outsider", MLS_RULE_MESSAGE_SENDER, proposal, MLSEVIL_SENDER_EXTERNAL},
    {"proposal: of who is new", MLS_RULE_MESSAGE_SENDER, proposal, MLSEVIL_SENDER_NEW},
    {"proposal: trailing", MLS_RULE_FORMAT, proposal, MLSEVIL_TRAILING},
    {"data: in the open", MLS_RULE_MESSAGE_PUBLIC, data_in_the_open, 0},
    {"data: in the open by us", MLS_RULE_MESSAGE_PUBLIC, own_data_in_the_open, 0},
    {"data: of an epoch gone", MLS_RULE_MESSAGE_EPOCH, data_of_forgotten_epoch, 0},
    {"data: padding", MLS_RULE_MESSAGE_PADDING, padding, 1},
    {"data: padding, last bit", MLS_RULE_MESSAGE_PADDING, padding, 0x80},
    {"data: padding, last byte", MLS_RULE_MESSAGE_PADDING, padding_behind, 0},
    {"data: signature", MLS_RULE_MESSAGE_SIGNATURE, forged, 0},
    {"data: somebody else's", MLS_RULE_MESSAGE_SIGNATURE, as_another, CONTENT_APPLICATION},
    {"proposal: somebody else's in private", MLS_RULE_MESSAGE_SIGNATURE, as_another,
        CONTENT_PROPOSAL},
    {"data: the reader's", MLS_RULE_MESSAGE_SENDER, as_the_reader, 0},
    {"data: of a blank", MLS_RULE_MESSAGE_SENDER, as_nobody, 2},
    {"data: of nobody", MLS_RULE_MESSAGE_SENDER, as_nobody, 4},
    {"data: of nobody far", MLS_RULE_MESSAGE_SENDER, as_nobody, -1},
    {"data: ahead", MLS_RULE_MESSAGE_AHEAD, ahead, RATCHET_AHEAD + 1},
    {"data: far ahead", MLS_RULE_MESSAGE_AHEAD, ahead, -1},
    {"data: again", MLS_RULE_MESSAGE_REPLAY, again, 0},
    {"proposal: again", MLS_RULE_MESSAGE_REPLAY, proposal_again, 0},
    {"commit: again", MLS_RULE_MESSAGE_REPLAY, commit_again, 0},
    {"proposal: nonsense", MLS_RULE_PROPOSAL_TYPE, nonsense, CONTENT_PROPOSAL},
    {"commit: nonsense", MLS_RULE_FORMAT, nonsense, CONTENT_COMMIT},
    {"data: broken", MLS_RULE_MESSAGE_SEALED, broken, -1},
    {"data: cut", MLS_RULE_FORMAT, cut, 1},
    {"version", MLS_RULE_FORMAT, broken, 1},
    {"proposals wait", MLS_RULE_GROUP_PROPOSALS, waiting, 0},
    {"suspended: data", MLS_RULE_GROUP_SUSPENDED, suspended, CONTENT_APPLICATION},
    {"suspended: proposal", MLS_RULE_GROUP_SUSPENDED, suspended, CONTENT_PROPOSAL},
    {"suspended: commit", MLS_RULE_GROUP_SUSPENDED, suspended, CONTENT_COMMIT},
    {"suspended: info", MLS_RULE_GROUP_SUSPENDED, suspended, 0},
    {"suspended: another's commit", MLS_RULE_GROUP_SUSPENDED, suspended_commit, MLSEVIL_PATH},
    {"suspended: an outsider's", MLS_RULE_GROUP_SUSPENDED, suspended_commit, MLSEVIL_EXTERNAL},
    {"removed: data", MLS_RULE_GROUP_REMOVED, removed, CONTENT_APPLICATION},
    {"removed: proposal", MLS_RULE_GROUP_REMOVED, removed, CONTENT_PROPOSAL},
    {"removed: commit", MLS_RULE_GROUP_REMOVED, removed, CONTENT_COMMIT},
    {"removed: info", MLS_RULE_GROUP_REMOVED, removed, 0},
    {"removed: hears", MLS_RULE_GROUP_REMOVED, removed_hears, 0},
};
const struct rulebook RULEBOOK_MESSAGE = RULEBOOK(ROWS);

Test(group_rule_message, each__is_refused_by_its_name_and_changes_nothing)
{
    rulebook_run(&RULEBOOK_MESSAGE);
}
