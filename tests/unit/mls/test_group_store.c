/* SPDX-License-Identifier: ISC */
#include <criterion/criterion.h>

#include "base/mem.h"
#include "mls/wire.h"
#include "support/mlsparty.h"
#include "support/mlsstore.h"

static struct party p;

static struct mls_group *group(size_t who)
{
    return p.m[who]->g;
}

static struct mls_view view(size_t who)
{
    struct mls_view v;

    mls_group_view(group(who), &v);
    return v;
}

static bool views_equal(struct mls_view a, struct mls_view b)
{
    bool same = bytes_eq(a.group_id, b.group_id) && bytes_eq(a.extensions, b.extensions);

    a.group_id = b.group_id = a.extensions = b.extensions = (struct bytes){0};
    return same && a.suite == b.suite && a.epoch == b.epoch && a.self == b.self &&
           a.leaves == b.leaves && a.members == b.members && a.staged == b.staged &&
           a.staged_own == b.staged_own && a.suspended == b.suspended &&
           a.removed == b.removed && a.old_epoch == b.old_epoch && a.proposals == b.proposals &&
           memcmp(a.authenticator, b.authenticator, MLS_SECRET) == 0 &&
           memcmp(a.tree_hash, b.tree_hash, MLS_SECRET) == 0 &&
           memcmp(a.confirmation_tag, b.confirmation_tag, MLS_SECRET) == 0;
}

/* The process ends and begins again: from here on it is the loaded group that lives. */
static void reborn(size_t who)
{
    struct party_member *m = p.m[who];
    struct mlsstore first = {0};
    struct mlsstore again = {0};
    struct mls_group *g = NULL;

    cr_assert_eq(mlsstore_save(&first, m->g, true), ERR_OK);
    cr_assert_eq(mlsstore_save(&again, m->g, true), ERR_OK);
    cr_assert(mlsstore_same(&first, &again, 0), "saved twice, not the same");
    cr_assert_eq(mlsstore_load(&first, &m->world.env, &m->who, &g), ERR_OK);
    cr_assert_not(mls_dirty(g));
    cr_assert_eq(mlsstore_save(&again, g, true), ERR_OK);
    cr_assert(mlsstore_same(&first, &again, 0), "loaded and saved, not the same");
    struct mls_view a;
    struct mls_view b;
    mls_group_view(m->g, &a);
    mls_group_view(g, &b);
    cr_assert(views_equal(a, b));
    mls_group_free(m->g);
    m->g = g;
    mlsstore_fini(&first);
    mlsstore_fini(&again);
}

static void begin(uint16_t suite, size_t members)
{
    party_init(&p, suite, 7);
    if (members != 0)
        party_gather(&p, members, true);
}

/* Everything that a group of some does, by everybody in it. */
static void lives_on(void)
{
    party_agree(&p);
    for (size_t i = 0; i < p.n; i++)
        if (group(i) != NULL) {
            party_say(&p, i, "I am");
            party_update(&p, i);
            party_agree(&p);
            party_say(&p, i, "still here");
        }
}

static enum err hear(size_t who, struct bytes message)
{
    struct mls_event event;

    mls_event_init(&event);
    enum err e = mls_process(group(who), message, &event);
    mls_event_clear(&event);
    return e;
}

/* ---- in every state ---- */

static void goes_on_fresh(uint16_t suite)
{
    begin(suite, 0);
    party_found(&p, party_person(&p), (struct bytes){0});
    reborn(0);
    party_add(&p, 0, party_person(&p));
    reborn(1); /* who just joined by a welcome */
    reborn(0);
    party_say(&p, 1, "hello");
    party_add(&p, 1, party_person(&p));
    lives_on();
    party_fini(&p);
}

Test(group_store, goes_on__fresh_and_just_joined)
{
    static const uint16_t SUITES[] = {0x0001, 0x0002, 0x0003, 0xf001, 0xf002};

    for (size_t i = 0; i < MEM_COUNT(SUITES); i++)
        goes_on_fresh(SUITES[i]);
}

Test(group_store, goes_on__with_keys_skipped_and_spent)
{
    struct buf out[5];

    begin(0x0003, 3);
    for (size_t i = 0; i < 5; i++) {
        buf_init(&out[i], WIRE_MAX);
        (void)party_seal(&p, 0, "one of five", &out[i]);
    }
    cr_assert_eq(hear(1, buf_view(&out[4])), ERR_OK);
    cr_assert_eq(hear(1, buf_view(&out[2])), ERR_OK);
    reborn(1);
    reborn(0);
    for (size_t round = 0; round < 2; round++)
        for (size_t i = 0; i < 5; i++) {
            bool spent = round == 1 || i == 2 || i == 4;
            cr_assert_eq(hear(1, buf_view(&out[i])), spent ? ERR_REFUSED : ERR_OK);
            if (spent)
                cr_assert_eq(mls_group_rule(group(1)), MLS_RULE_MESSAGE_REPLAY);
        }
    party_say(&p, 0, "a sixth"); /* far behind the reserve; 2 has heard none of the five */
    lives_on();
    for (size_t i = 0; i < 5; i++)
        buf_free(&out[i]);
    party_fini(&p);
}

static void own_staged(bool applied)
{
    struct mls_event event;

    begin(0x0001, 3);
    size_t new = party_person(&p);
    const struct mls_proposal add = {.type = MLS_ADD, .package = buf_view(&p.m[new]->package)};
    party_stage(&p, 0, &add, 1, MLS_PATH);
    reborn(0);
    cr_assert(view(0).staged_own);
    cr_assert_eq(hear(0, buf_view(&p.last.welcome)), ERR_UNSUPPORTED);
    mls_event_init(&event);
    cr_assert_eq(mls_process(group(0), buf_view(&p.last.commit), &event), ERR_OK);
    cr_assert_eq(event.kind, MLS_EVENT_OWN);
    cr_assert_null(event.change); /* not stored: see mls.h */
    mls_event_clear(&event);
    if (applied) {
        party_deliver(&p, 0, buf_view(&p.last.commit));
        cr_assert_eq(mls_apply(group(0)), ERR_OK);
    } else {
        mls_discard(group(0));
        reborn(0);
        party_update(&p, 1);
    }
    lives_on();
    party_fini(&p);
}

Test(group_store, goes_on__own_commit_staged_then_applied)
{
    own_staged(true);
}

Test(group_store, goes_on__own_commit_staged_then_lost)
{
    own_staged(false);
}

Test(group_store, goes_on__received_commit_staged)
{
    begin(0x0001, 3);
    party_stage(&p, 2, NULL, 0, MLS_PATH);
    cr_assert_eq(hear(0, buf_view(&p.last.commit)), ERR_OK);
    cr_assert_eq(hear(1, buf_view(&p.last.commit)), ERR_OK);
    reborn(0);
    reborn(2);
    cr_assert(view(0).staged && !view(0).staged_own);
    for (size_t i = 0; i < 3; i++)
        cr_assert_eq(mls_apply(group(i)), ERR_OK);
    reborn(0);
    lives_on();
    party_fini(&p);
}

static enum err count_node(void *arg, uint32_t index, struct bytes node)
{
    (void)index;
    (void)node;
    ++*(size_t *)arg;
    return ERR_OK;
}

Test(group_store, goes_on__external_join_not_applied)
{
    struct buf info;
    struct buf commit;
    enum mls_rule rule;
    uint32_t leaves;
    size_t nodes = 0;

    begin(0x0001, 3);
    size_t who = party_person(&p);
    struct party_member *m = p.m[who];
    buf_init(&info, WIRE_MAX);
    buf_init(&commit, WIRE_MAX);
    cr_assert_eq(mls_group_info(group(0), MLS_WITH_TREE, &info), ERR_OK);
    const struct mls_external_request what = {.info = buf_view(&info)};
    cr_assert_eq(
        mls_group_join_external(&m->world.env, &m->who, &what, &commit, &m->g, &rule), ERR_OK);
    reborn(who);
    cr_assert_eq(mls_group_nodes(group(who), count_node, &nodes, &leaves), ERR_OK);
    cr_assert_eq(nodes, 7); /* what it built on is not stored: all */
    cr_assert_eq(leaves, 4);
    for (size_t i = 0; i < who; i++) {
        cr_assert_eq(hear(i, buf_view(&commit)), ERR_OK);
        cr_assert_eq(mls_apply(group(i)), ERR_OK);
    }
    cr_assert_eq(hear(who, buf_view(&commit)), ERR_OK); /* our own */
    cr_assert_eq(mls_apply(group(who)), ERR_OK);
    reborn(who);
    lives_on();
    buf_free(&info);
    buf_free(&commit);
    party_fini(&p);
}

static void waiting_proposals(unsigned flags)
{
    const struct mls_wrap wrap = {.flags = flags};
    const struct mls_proposal update = {.type = MLS_UPDATE};
    struct buf message;

    begin(0x0001, 4);
    buf_init(&message, WIRE_MAX);
    for (size_t i = 0; i < 2; i++) {
        buf_clear(&message);
        cr_assert_eq(mls_propose(group(i), &update, &wrap, &message), ERR_OK);
        party_deliver(&p, i, buf_view(&message));
        reborn(i);
    }
    const struct mls_proposal remove = {.type = MLS_REMOVE, .leaf = party_leaf(&p, 3)};
    buf_clear(&message);
    cr_assert_eq(mls_propose(group(2), &remove, &wrap, &message), ERR_OK);
    party_deliver(&p, 2, buf_view(&message));
    for (size_t i = 0; i < 3; i++) {
        reborn(i);
        cr_assert_eq(view(i).proposals, 3);
    }
    /* The path goes to the new keys: whoever lost theirs could not take it in. */
    party_update(&p, 2);
    cr_assert_null(group(3));
    lives_on();
    buf_free(&message);
    party_fini(&p);
}

Test(group_store, goes_on__proposals_wait_and_our_own_update_is_committed)
{
    waiting_proposals(MLS_PUBLIC);
    waiting_proposals(0);
}

Test(group_store, goes_on__old_epoch_kept_until_forgotten)
{
    struct buf late[2];

    begin(0x0001, 3);
    for (size_t i = 0; i < 2; i++) {
        buf_init(&late[i], WIRE_MAX);
        (void)party_seal(&p, 1, "on its way", &late[i]);
    }
    party_update(&p, 2);
    cr_assert_neq(view(0).old_epoch, UINT64_MAX);
    reborn(0);
    cr_assert_eq(hear(0, buf_view(&late[1])), ERR_OK);
    reborn(0);
    cr_assert_eq(hear(0, buf_view(&late[1])), ERR_REFUSED);
    cr_assert_eq(hear(0, buf_view(&late[0])), ERR_OK);
    mls_forget(group(0));
    reborn(0);
    cr_assert_eq(hear(0, buf_view(&late[0])), ERR_STALE);
    lives_on();
    for (size_t i = 0; i < 2; i++)
        buf_free(&late[i]);
    party_fini(&p);
}

/* Both go on in the group that follows, by what was stored of the one before. */
static void successor(void)
{
    struct party_member *a = p.m[0];
    struct party_member *b = p.m[1];
    const struct mls_group_request what = {.suite = 0x0001, .group_id = bytes_str("next")};
    struct mls_group *next[2] = {NULL, NULL};
    struct mls_event event;
    enum mls_rule rule;

    party_repackage(&p, 1);
    const struct mls_proposal first[] = {
        {.type = MLS_ADD, .package = buf_view(&b->package)}, {.type = MLS_PSK, .prior = a->g}};
    const struct mls_commit_request commit = {
        .wrap = {.flags = MLS_WITH_TREE}, .proposals = first, .proposals_n = 2};
    cr_assert_eq(mls_group_create(&a->world.env, &a->who, &what, &next[0]), ERR_OK);
    buf_clear(&p.last.commit);
    buf_clear(&p.last.welcome);
    cr_assert_eq(mls_commit(next[0], &commit, &p.last), ERR_OK);
    cr_assert_eq(mls_apply(next[0]), ERR_OK);
    struct mls_join_request join = {.welcome = buf_view(&p.last.welcome),
        .package = buf_view(&b->package),
        .secret = buf_view(&b->secret),
        .prior = b->g};
    cr_assert_eq(mls_group_join(&b->world.env, &b->who, &join, &next[1], &rule), ERR_OK);
    mls_event_init(&event);
    const struct mls_wrap wrap = {0};
    buf_clear(&p.last.commit);
    cr_assert_eq(mls_protect(next[1], bytes_str("hi"), &wrap, &p.last.commit), ERR_OK);
    cr_assert_eq(mls_process(next[0], buf_view(&p.last.commit), &event), ERR_OK);
    mls_event_clear(&event);
    mls_group_free(next[0]);
    mls_group_free(next[1]);
}

Test(group_store, goes_on__suspended_after_reinit)
{
    const struct mls_proposal reinit = {
        .type = MLS_REINIT, .group_id = bytes_str("next"), .suite = 0x0001};
    struct buf out;

    begin(0x0001, 2);
    buf_init(&out, WIRE_MAX);
    party_stage(&p, 0, &reinit, 1, 0);
    cr_assert_eq(hear(1, buf_view(&p.last.commit)), ERR_OK);
    reborn(0);
    reborn(1); /* what the stage says of the successor is stored too */
    for (size_t i = 0; i < 2; i++) {
        cr_assert_eq(mls_apply(group(i)), ERR_OK);
        reborn(i);
        const struct mls_wrap wrap = {0};
        cr_assert_eq(mls_protect(group(i), bytes_str("no"), &wrap, &out), ERR_REFUSED);
        cr_assert_eq(mls_group_rule(group(i)), MLS_RULE_GROUP_SUSPENDED);
    }
    successor();
    buf_free(&out);
    party_fini(&p);
}

Test(group_store, goes_on__removed)
{
    struct buf out;

    begin(0x0001, 3);
    buf_init(&out, WIRE_MAX);
    const struct mls_proposal remove = {.type = MLS_REMOVE, .leaf = party_leaf(&p, 1)};
    party_stage(&p, 0, &remove, 1, 0);
    cr_assert_eq(hear(1, buf_view(&p.last.commit)), ERR_OK);
    reborn(1);
    cr_assert(view(1).staged && !view(1).removed);
    cr_assert_eq(mls_apply(group(1)), ERR_OK);
    reborn(1);
    const struct mls_wrap wrap = {0};
    cr_assert_eq(mls_protect(group(1), bytes_str("no"), &wrap, &out), ERR_REFUSED);
    cr_assert_eq(mls_group_rule(group(1)), MLS_RULE_GROUP_REMOVED);
    cr_assert_eq(hear(1, buf_view(&p.last.commit)), ERR_REFUSED);
    buf_free(&out);
    party_fini(&p);
}
