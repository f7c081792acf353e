/* SPDX-License-Identifier: ISC */
#include <criterion/criterion.h>

#include "base/mem.h"
#include "mls/group_store.h"
#include "mls/ratchet_impl.h"
#include "mls/wire.h"
#include "support/attack.h"
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

/* ---- record by record ---- */

#define SAID_MAX 64u

struct said {
    struct buf bytes;
    bool heard;
};

static struct {
    struct mlsstore store; /* of member 0 */
    struct said said[SAID_MAX];
    size_t n;
} life;

static void save(void)
{
    cr_assert_eq(mlsstore_save(&life.store, group(0), false), ERR_OK);
}

static void crash(void)
{
    struct party_member *m = p.m[0];

    mls_group_free(m->g);
    m->g = NULL;
    cr_assert_eq(mlsstore_load(&life.store, &m->world.env, &m->who, &m->g), ERR_OK);
}

static uint64_t below(uint64_t n)
{
    return mlskit_draw(&p.world) % n;
}

static void forget_said(void)
{
    for (size_t i = 0; i < life.n; i++)
        buf_free(&life.said[i].bytes);
    life.n = 0;
}

/* Others speak; each message is heard now, later, or never. */
static void others_say(void)
{
    if (life.n == SAID_MAX)
        return;
    struct said *s = &life.said[life.n++];
    *s = (struct said){0};
    buf_init(&s->bytes, WIRE_MAX);
    (void)party_seal(&p, 1 + below(p.n - 1), "said", &s->bytes);
}

static void hear_one(void)
{
    if (life.n == 0)
        return;
    struct said *s = &life.said[below(life.n)];
    enum err e = hear(0, buf_view(&s->bytes));
    cr_assert_eq(e, s->heard ? ERR_REFUSED : ERR_OK);
    if (s->heard)
        cr_assert_eq(mls_group_rule(group(0)), MLS_RULE_MESSAGE_REPLAY);
    s->heard = true;
    save();
}

/* What was given out is on the disk before; so nobody ever sees a generation twice, which they
 * would refuse. */
static void say(void)
{
    struct mls_event event;
    struct buf out;

    buf_init(&out, WIRE_MAX);
    mls_event_init(&event);
    (void)party_seal(&p, 0, "mine", &out);
    if (below(4) == 0) { /* the end comes between the two: it was never sent */
        crash();
        (void)party_seal(&p, 0, "mine", &out);
    }
    save();
    if (below(3) == 0)
        crash();
    for (size_t i = 1; i < p.n; i++)
        cr_assert_eq(mls_process(group(i), buf_view(&out), &event), ERR_OK);
    mls_event_clear(&event);
    buf_free(&out);
}

static void others_commit(void)
{
    party_stage(&p, 1 + below(p.n - 1), NULL, 0, MLS_PATH);
    for (size_t i = 0; i < p.n; i++) {
        cr_assert_eq(hear(i, buf_view(&p.last.commit)), ERR_OK);
        if (i == 0)
            save();
        if (i == 0 && below(2) == 0)
            crash();
        cr_assert_eq(mls_apply(group(i)), ERR_OK);
        if (i == 0 && below(3) == 0) {
            crash(); /* before it was stored: the stage is still there */
            cr_assert_eq(mls_apply(group(0)), ERR_OK);
        }
    }
    mls_forget(group(0));
    save();
    forget_said();
}

static void commit(void)
{
    party_stage(&p, 0, NULL, 0, MLS_PATH);
    save();
    if (below(2) == 0)
        crash();
    party_deliver(&p, 0, buf_view(&p.last.commit));
    cr_assert_eq(hear(0, buf_view(&p.last.commit)), ERR_OK);
    cr_assert_eq(mls_apply(group(0)), ERR_OK);
    mls_forget(group(0));
    save();
    forget_said();
}

Test(group_store, loses_nothing__crash_anywhere_with_records_one_by_one)
{
    begin(0x0001, 6);
    save();
    cr_assert(life.store.reset, "the first says everything");
    for (size_t i = 0; i < 600; i++) {
        unsigned at = (unsigned)below(100);
        if (at < 30)
            others_say();
        else if (at < 65)
            hear_one();
        else if (at < 90)
            say();
        else if (at < 94)
            others_commit();
        else if (at < 97)
            commit();
        else
            crash();
        if (at == 0)
            party_agree(&p);
    }
    party_agree(&p);
    reborn(0);
    lives_on();
    forget_said();
    mlsstore_fini(&life.store);
    party_fini(&p);
}

Test(group_store, keeps_no_spent_generation__of_ours_in_any_record)
{
    struct mlsstore s = {0};
    struct mls_group *thief = NULL;
    struct buf out;

    begin(0x0001, 2);
    buf_init(&out, WIRE_MAX);
    cr_assert_eq(mlsstore_save(&s, group(0), false), ERR_OK);
    for (size_t i = 0; i < 70; i++) {
        (void)party_seal(&p, 0, "mine", &out);
        cr_assert_eq(mlsstore_save(&s, group(0), false), ERR_OK);
        cr_assert_eq(mlsstore_load(&s, &p.m[0]->world.env, &p.m[0]->who, &thief), ERR_OK);
        const struct ratchet *r = thief->now->ratchet;
        cr_assert_gt(r->leaf[r->own]->chain[RATCHET_APPLICATION].generation, i);
        mls_group_free(thief);
        cr_assert_eq(hear(1, buf_view(&out)), ERR_OK);
    }
    mlsstore_fini(&s);
    buf_free(&out);
    party_fini(&p);
}

/* ---- sizes ---- */

/* Two of a thousand; nobody else is needed. */
static void thousand(uint16_t suite)
{
    struct mls_proposal *adds = mem_array(999, sizeof *adds);
    enum mls_rule rule;

    party_init(&p, suite, 3);
    party_found(&p, party_person(&p), (struct bytes){0});
    for (size_t i = 0; i < 999; i++)
        adds[i] = (struct mls_proposal){
            .type = MLS_ADD, .package = buf_view(&p.m[party_person(&p)]->package)};
    party_stage(&p, 0, adds, 999, 0);
    cr_assert_eq(mls_apply(group(0)), ERR_OK);
    struct party_member *m = p.m[777];
    const struct mls_join_request join = {.welcome = buf_view(&p.last.welcome),
        .package = buf_view(&m->package),
        .secret = buf_view(&m->secret)};
    cr_assert_eq(mls_group_join(&m->world.env, &m->who, &join, &m->g, &rule), ERR_OK);
    mem_free(adds);
}

static void fits_in_a_turn(struct mlsstore *s, size_t who)
{
    cr_assert_eq(mlsstore_save(s, group(who), false), ERR_OK);
    cr_assert_not(s->reset);
    cr_assert_lt(s->bytes, 4096, "%zu bytes in %zu records", s->bytes, s->given);
}

Test(group_store, saves_little__a_message_among_a_thousand)
{
    const struct mls_wrap wrap = {0};
    struct mlsstore s[2] = {{0}};
    struct buf out;
    size_t silent = 0;

    thousand(0x0003); /* with the longest keys */
    buf_init(&out, WIRE_MAX);
    for (size_t i = 0; i < 2; i++)
        cr_assert_eq(mlsstore_save(&s[i], group(i == 0 ? 0 : 777), false), ERR_OK);
    for (size_t i = 0; i < 97; i++) {
        (void)party_seal(&p, 777, "mine", &out);
        fits_in_a_turn(&s[1], 777);
        silent += s[1].given == 0;
    }
    cr_assert_eq(silent, 97 - 4, "once in 32, from the first on");
    /* The first word of somebody, with a window of skipped ones before it. */
    cr_assert_eq(hear(0, buf_view(&out)), ERR_OK);
    fits_in_a_turn(&s[0], 0);
    cr_assert_geq(s[0].given, 5); /* the leaf, and pages on the way to it */
    cr_assert_geq(s[0].bytes, 32 * 48);
    /* And both windows full. */
    const struct mls_proposal remove = {.type = MLS_REMOVE, .leaf = 5};
    for (size_t i = 0; i < 40; i++) {
        buf_clear(&out);
        cr_assert_eq(mls_propose(group(777), &remove, &wrap, &out), ERR_OK);
    }
    cr_assert_eq(hear(0, buf_view(&out)), ERR_OK);
    cr_assert_eq(mlsstore_save(&s[0], group(0), false), ERR_OK);
    uint32_t id = (uint32_t)(store_slot(view(0).epoch) << STORE_SLOT_SHIFT | view(777).self);
    cr_assert_gt(mlsstore_find(&s[0], id)->bytes.n, 2 * 32 * 48);
    cr_assert_lt(mlsstore_find(&s[0], id)->bytes.n, 4096);
    for (size_t i = 0; i < 2; i++)
        mlsstore_fini(&s[i]);
    buf_free(&out);
    party_fini(&p);
}

/* ---- damage ---- */

static struct mlsstore whole; /* of member 0: all three epochs, proposals, everything */

static void damage_begin(void)
{
    const struct mls_wrap wrap = {.flags = MLS_PUBLIC};
    const struct mls_proposal update = {.type = MLS_UPDATE};
    struct buf out;

    begin(0x0001, 3);
    buf_init(&out, WIRE_MAX);
    (void)party_seal(&p, 1, "skipped", &out);
    (void)party_seal(&p, 1, "heard", &out);
    cr_assert_eq(hear(0, buf_view(&out)), ERR_OK);
    party_update(&p, 2);
    party_say(&p, 0, "mine");
    buf_clear(&out);
    cr_assert_eq(mls_propose(group(0), &update, &wrap, &out), ERR_OK);
    party_deliver(&p, 0, buf_view(&out));
    party_stage(&p, 1, NULL, 0, MLS_PATH);
    cr_assert_eq(hear(0, buf_view(&p.last.commit)), ERR_OK);
    cr_assert_eq(mlsstore_save(&whole, group(0), true), ERR_OK);
    cr_assert_gt(whole.n, 5);
    buf_free(&out);
}

static void damage_end(void)
{
    mlsstore_fini(&whole);
    party_fini(&p);
}

static enum err load_as(const struct mlsstore *s, size_t who)
{
    const struct party_member *m = p.m[who];
    struct mls_group *g = NULL;

    enum err e = mlsstore_load(s, &m->world.env, &m->who, &g);
    cr_assert_eq(e == ERR_OK, g != NULL);
    mls_group_free(g);
    return e;
}

static bool loads_with(void *arg, struct bytes in)
{
    struct mlsstore *s = arg;

    if (in.n == 0) /* that deletes */
        return false;
    mlsstore_put(s, 0, in);
    enum err e = load_as(s, 0);
    bool first = in.p[0] > STORE_VERSION;
    cr_assert(e == ERR_OK || e == (first && in.n > STORE_SUM ? ERR_VERSION : ERR_CORRUPT), "%s",
        err_str(e));
    return e == ERR_OK;
}

Test(group_store, refuses__a_whole_damaged_anywhere)
{
    struct mlsstore s = {0};

    damage_begin();
    mlsstore_copy(&s, &whole);
    struct bytes good = mlsstore_find(&whole, 0)->bytes;
    cr_assert(attack_none(good, loads_with, &s));
    cr_assert_eq(attack_flip(good, loads_with, &s), ATTACK_HELD);
    cr_assert_eq(attack_truncate(good, loads_with, &s), ATTACK_HELD);
    cr_assert_eq(attack_trail(good, loads_with, &s), ATTACK_HELD);
    mlsstore_fini(&s);
    damage_end();
}

Test(group_store, refuses__records_cut_or_with_another_head)
{
    struct mlsstore s = {0};

    damage_begin();
    for (size_t i = 0; i < whole.n; i++) {
        struct bytes r = whole.v[i].bytes;
        for (size_t n = 1; whole.v[i].id != 0 && n < r.n; n++) {
            mlsstore_copy(&s, &whole);
            mlsstore_put(&s, whole.v[i].id, bytes_of(r.p, n));
            cr_assert_eq(load_as(&s, 0), ERR_CORRUPT);
        }
        uint8_t *bent = mem_dup(r.p, r.n);
        for (size_t at = 0; whole.v[i].id != 0 && at < 5; at++) { /* version and id */
            bent[at] ^= 1u << 6;
            mlsstore_put(&s, whole.v[i].id, bytes_of(bent, r.n));
            cr_assert_eq(load_as(&s, 0), at == 0 ? ERR_VERSION : ERR_CORRUPT);
            bent[at] ^= 1u << 6;
        }
        mem_free(bent);
    }
    mlsstore_fini(&s);
    damage_end();
}

Test(group_store, refuses__records_missing_foreign_or_twice)
{
    struct mlsstore s = {0};
    struct mls_record *twice;

    damage_begin();
    for (size_t i = 0; i < whole.n; i++) {
        mlsstore_copy(&s, &whole);
        mlsstore_put(&s, whole.v[i].id, (struct bytes){0});
        cr_assert_eq(load_as(&s, 0), ERR_CORRUPT, "without %x", whole.v[i].id);
        /* Where no epoch is, or where another record is. */
        mlsstore_copy(&s, &whole);
        mlsstore_put(&s, whole.v[i].id | 0x40000000u, whole.v[i].bytes);
        cr_assert_eq(load_as(&s, 0), ERR_CORRUPT);
        mlsstore_copy(&s, &whole);
        mlsstore_put(&s, (whole.v[i].id & 0xff000000u) | 0x00123456u, whole.v[i].bytes);
        cr_assert_eq(load_as(&s, 0), ERR_CORRUPT);
    }
    twice = mem_array(whole.n + 1, sizeof *twice);
    memcpy(twice, whole.v, whole.n * sizeof *twice);
    for (size_t i = 0; i < whole.n; i++) {
        struct mls_group *g = NULL;
        twice[whole.n] = whole.v[i];
        cr_assert_eq(mls_group_load(&p.m[0]->world.env, &p.m[0]->who, twice, whole.n + 1, &g),
            ERR_CORRUPT, "%x twice", whole.v[i].id);
        cr_assert_null(g);
    }
    mem_free(twice);
    mlsstore_copy(&s, &whole);
    mlsstore_put(&s, MLS_RECORD_RESET, bytes_str("x"));
    cr_assert_eq(load_as(&s, 0), ERR_CORRUPT);
    cr_assert_eq(load_as(&(struct mlsstore){0}, 0), ERR_CORRUPT);
    mlsstore_fini(&s);
    damage_end();
}

Test(group_store, refuses__somebody_elses_state)
{
    damage_begin();
    cr_assert_eq(load_as(&whole, 0), ERR_OK);
    cr_assert_eq(load_as(&whole, 1), ERR_REFUSED);
    damage_end();
}

struct failing {
    struct mlsstore *to;
    size_t left;
};

static enum err put_or_fail(void *arg, uint32_t id, struct bytes record)
{
    struct failing *f = arg;

    if (f->left-- == 0)
        return ERR_FULL;
    mlsstore_put(f->to, id, record);
    return ERR_OK;
}

/* A disk that is full at any record: the next call says it all again. */
Test(group_store, says_it_again__where_the_store_failed)
{
    struct mlsstore s = {0};
    struct mlsstore all = {0};
    enum err e = ERR_FULL;
    size_t n = 0;

    begin(0x0001, 3);
    cr_assert_eq(mlsstore_save(&s, group(0), false), ERR_OK);
    party_say(&p, 1, "one");
    party_say(&p, 0, "two");
    for (; e != ERR_OK; n++) {
        struct mlsstore lost = {0};
        struct failing f = {&lost, n};
        cr_assert(mls_dirty(group(0)));
        e = mls_save(group(0), false, put_or_fail, &f);
        cr_assert(e == ERR_OK || e == ERR_FULL);
        for (size_t i = 0; e == ERR_OK && i < lost.n; i++)
            mlsstore_put(&s, lost.v[i].id, lost.v[i].bytes);
        mlsstore_fini(&lost);
    }
    cr_assert_gt(n, 3);
    cr_assert_not(mls_dirty(group(0)));
    cr_assert_eq(mlsstore_save(&all, group(0), true), ERR_OK);
    for (size_t i = 0; i < all.n; i++) {
        const struct mls_record *r = mlsstore_find(&s, all.v[i].id);
        cr_assert(r != NULL && bytes_eq(r->bytes, all.v[i].bytes));
    }
    mlsstore_fini(&s);
    mlsstore_fini(&all);
    party_fini(&p);
}
