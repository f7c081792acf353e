/* SPDX-License-Identifier: ISC */
/* Stories of commits that cannot be applied, of welcomes, and of key packages. */
#include <criterion/criterion.h>

#include "group.h"
#include "support/prover.h"

static struct sim sim;
static struct actor alice, bob, carol, dave;

static void setup(void)
{
    people_init(&sim, 12);
    sim.config.limits.commit_burst = 0;
    sim.config.limits.package_burst = 0;
    sim_start(&sim);
    actor_init(&alice, &sim, "127.0.0.1");
    actor_init(&bob, &sim, "127.0.0.1");
    actor_init(&carol, &sim, "127.0.0.1");
    actor_init(&dave, &sim, "127.0.0.1");
}

static void teardown(void)
{
    actor_fini(&alice);
    actor_fini(&bob);
    actor_fini(&carol);
    actor_fini(&dave);
    sim_fini(&sim);
}

TestSuite(scenario_key, .init = setup, .fini = teardown);

/* Four of a group: accounts but for dave; the epoch. */
static uint64_t four(void)
{
    people_account(&alice, "alice");
    people_account(&bob, "bob");
    people_account(&carol, "carol");
    actor_enter(&dave, "dave");
    group_found(&alice, "ops");
    (void)group_join(&bob, "ops");
    (void)group_join(&carol, "ops");
    uint64_t epoch = group_join(&dave, "ops");
    sim_run(&sim, 100);
    actor_forget(&alice);
    actor_forget(&bob);
    actor_forget(&carol);
    actor_forget(&dave);
    return epoch;
}

static uint64_t commit_seq(struct actor *a, uint64_t epoch, uint8_t req)
{
    cr_assert_eq(actor_commit(a, "ops", epoch, 0, req), STATUS_DONE);
    return group_seq(a);
}

/* ---- bad commits ---- */

Test(scenario_key, bad__a_minority_changes_nothing)
{
    uint64_t epoch = four();
    uint64_t seq = commit_seq(&alice, epoch, 1);

    cr_assert_eq(group_bad(&bob, "ops", seq), STATUS_DONE);
    cr_assert_eq(group_bad(&bob, "ops", seq), STATUS_DONE, "saying it twice counts once");
    sim_run(&sim, 1000);
    cr_assert_not(actor_has_event(&carol, OP_VOID));
    cr_assert_eq(group_say(&carol, "ops", epoch + 1, "x"), STATUS_DONE);
}

Test(scenario_key, bad__the_majority_voids_reopens_and_bars)
{
    struct msg_void v;
    struct log log;
    uint64_t epoch = four();
    uint64_t seq = commit_seq(&alice, epoch, 1);

    cr_assert_eq(group_bad(&bob, "ops", seq), STATUS_DONE);
    cr_assert_eq(group_bad(&carol, "ops", seq), STATUS_DONE);
    actor_event(&alice, OP_VOID, &MSG_VOID, &v);
    cr_assert_eq(v.seq, seq);
    cr_assert_eq(v.epoch, epoch);
    actor_event(&dave, OP_VOID, &MSG_VOID, &v);
    cr_assert_neq(group_say(&bob, "ops", epoch + 1, "x"), STATUS_DONE);
    people_refused(&bob, CODE_STALE, "epoch");
    cr_assert_eq(group_say(&bob, "ops", epoch, "x"), STATUS_DONE);
    cr_assert_neq(group_say(&bob, "ops", epoch - 1, "x"), STATUS_DONE, "no step further back");
    cr_assert_neq(actor_commit(&alice, "ops", epoch, 0, 2), STATUS_DONE);
    people_refused(&alice, CODE_NOT_ALLOWED, "voided");
    cr_assert_eq(actor_commit(&bob, "ops", epoch, 0, 3), STATUS_DONE);
    log_read(&carol, CONVO_ROOM, "ops", 0, &log);
    log_in_order(&log);
    for (size_t i = 0; i < log.count; i++)
        cr_assert_neq(log.rows[i].seq, seq, "what was voided is in no log");
    /* In again from outside: allowed once more. */
    cr_assert_eq(group_enter(&alice, "ops"), epoch + 2);
    cr_assert_eq(actor_commit(&alice, "ops", epoch + 2, 0, 4), STATUS_DONE);
}

Test(scenario_key, bad__the_voided_request_asked_again_is_stale)
{
    uint64_t epoch = four();
    uint64_t seq = commit_seq(&dave, epoch, 1);

    (void)group_bad(&alice, "ops", seq);
    (void)group_bad(&bob, "ops", seq);
    sim_run(&sim, 100);
    (void)group_leave(&dave, "ops");
    (void)group_join(&dave, "ops");
    cr_assert_neq(actor_commit(&dave, "ops", epoch, 0, 1), STATUS_DONE);
}

Test(scenario_key, bad__is_too_late_after_ten_seconds_or_behind_another_commit)
{
    uint64_t epoch = four();
    uint64_t seq = commit_seq(&alice, epoch, 1);

    sim_run(&sim, 10500);
    cr_assert_neq(group_bad(&bob, "ops", seq), STATUS_DONE);
    people_refused(&bob, CODE_STALE, "late");
    seq = commit_seq(&alice, epoch + 1, 2);
    (void)commit_seq(&carol, epoch + 2, 3);
    cr_assert_neq(group_bad(&bob, "ops", seq), STATUS_DONE);
    people_refused(&bob, CODE_STALE, "late");
    cr_assert_neq(group_bad(&bob, "ops", 0), STATUS_DONE);
}

Test(scenario_key, bad__not_from_the_committer_nor_from_outside)
{
    struct actor eve;
    uint64_t epoch = four();
    uint64_t seq = commit_seq(&alice, epoch, 1);

    cr_assert_neq(group_bad(&alice, "ops", seq), STATUS_DONE);
    actor_init(&eve, &sim, "127.0.0.1");
    actor_enter(&eve, "eve");
    cr_assert_neq(group_bad(&eve, "ops", seq), STATUS_DONE);
    people_refused(&eve, CODE_NOT_MEMBER, "room");
    (void)actor_join(&eve, "ops");
    cr_assert_neq(group_bad(&eve, "ops", seq), STATUS_DONE);
    people_refused(&eve, CODE_NOT_MEMBER, "group");
    actor_fini(&eve);
}

Test(scenario_key, bad__who_is_away_does_not_count)
{
    uint64_t epoch = four();

    actor_cut(&carol);
    actor_cut(&dave);
    uint64_t seq = commit_seq(&alice, epoch, 1);
    cr_assert_eq(group_bad(&bob, "ops", seq), STATUS_DONE);
    sim_run(&sim, 100);
    cr_assert(actor_has_event(&bob, OP_VOID), "he is the only other one here");
}

Test(scenario_key, bad__a_second_step_back_there_is_not)
{
    uint64_t epoch = four();
    uint64_t first = commit_seq(&bob, epoch, 1);
    uint64_t seq = commit_seq(&alice, epoch + 1, 2);

    (void)group_bad(&bob, "ops", seq);
    (void)group_bad(&carol, "ops", seq);
    sim_run(&sim, 100);
    cr_assert(actor_has_event(&dave, OP_VOID));
    cr_assert_neq(group_bad(&carol, "ops", first), STATUS_DONE);
    cr_assert_neq(group_bad(&carol, "ops", 0), STATUS_DONE);
    cr_assert_eq(group_say(&carol, "ops", epoch + 1, "x"), STATUS_DONE);
}

Test(scenario_key, bad__whom_it_removed_is_to_be_removed_again_and_whom_it_welcomed_is_out)
{
    struct actor eve;
    uint64_t epoch = four();
    struct group_commit g = {
        .room = "ops", .epoch = epoch, .req = 1, .removed = {"dave"}, .welcomed = {"eve"}};

    actor_init(&eve, &sim, "127.0.0.1");
    people_account(&eve, "eve");
    (void)group_leave(&dave, "ops");
    cr_assert_eq(group_commit(&alice, &g), STATUS_DONE);
    uint64_t seq = group_seq(&alice);
    cr_assert_not(group_departed(&sim, "ops", "dave"));
    cr_assert_eq(actor_join(&eve, "ops"), OP_JOINED);
    (void)group_bad(&bob, "ops", seq);
    (void)group_bad(&carol, "ops", seq);
    sim_run(&sim, 100);
    cr_assert(actor_has_event(&bob, OP_VOID));
    cr_assert(group_departed(&sim, "ops", "dave"), "his leaf is there again");
    cr_assert(actor_has_event(&eve, OP_REMOVED));
    cr_assert_neq(group_say(&eve, "ops", epoch, "x"), STATUS_DONE);
    actor_fini(&eve);
}

Test(scenario_key, bad__a_voided_joiner_has_no_leaf)
{
    struct msg_name ask = {.name = bytes_str("ops")};
    struct msg_room_key key;
    struct actor eve;
    uint64_t epoch = four();

    actor_init(&eve, &sim, "127.0.0.1");
    actor_enter(&eve, "eve");
    (void)actor_join(&eve, "ops");
    (void)actor_ask(&eve, OP_GROUP_INFO, &ask);
    actor_event(&eve, OP_ROOM_KEY, &MSG_ROOM_KEY, &key);
    cr_assert_eq(actor_commit(&eve, "ops", epoch, COMMIT_EXTERNAL, 9), STATUS_DONE);
    uint64_t seq = group_seq(&eve);
    (void)group_bad(&alice, "ops", seq);
    (void)group_bad(&bob, "ops", seq);
    (void)group_bad(&carol, "ops", seq);
    sim_run(&sim, 100);
    cr_assert(actor_has_event(&eve, OP_VOID));
    (void)group_leave(&eve, "ops");
    cr_assert_not(group_departed(&sim, "ops", "eve"));
    actor_fini(&eve);
}

/* ---- welcomes ---- */

Test(scenario_key, welcome__reaches_who_is_here_and_lets_him_into_an_invite_room)
{
    struct msg_join den = {.room = bytes_str("den"), .more = true, .flags = JOIN_INVITE_ONLY};
    struct msg_room_key key;

    people_account(&alice, "alice");
    people_account(&bob, "bob");
    actor_enter(&dave, "dave");
    cr_assert_eq(actor_ask(&alice, OP_JOIN, &den), OP_CREATED);
    cr_assert_eq(actor_commit(&alice, "den", 0, COMMIT_CREATE, 1), STATUS_DONE);
    cr_assert_eq(actor_join(&bob, "den"), OP_REPLY);
    people_refused(&bob, CODE_NOT_ALLOWED, "invited");
    struct group_commit g = {.room = "den", .epoch = 0, .req = 2, .welcomed = {"bob", "dave"}};
    cr_assert_eq(group_commit(&alice, &g), STATUS_DONE);
    uint64_t seq = group_seq(&alice);
    actor_event(&bob, OP_ROOM_KEY, &MSG_ROOM_KEY, &key);
    cr_assert_eq(key.kind, ROOM_KEY_WELCOME);
    cr_assert_eq(key.epoch, 1);
    cr_assert_eq(key.seq, seq);
    cr_assert(bytes_eq(key.room, bytes_str("den")));
    cr_assert(bytes_eq(key.body, bytes_str("welcome bob")));
    actor_event(&dave, OP_ROOM_KEY, &MSG_ROOM_KEY, &key);
    cr_assert(bytes_eq(key.body, bytes_str("welcome dave")), "a guest too");
    cr_assert_eq(actor_join(&bob, "den"), OP_JOINED);
    cr_assert_eq(actor_join(&dave, "den"), OP_JOINED);
    cr_assert_eq(group_say(&bob, "den", 1, "thanks"), STATUS_DONE);
    cr_assert_eq(actor_commit(&bob, "den", 1, 0, 3), STATUS_DONE, "he has a leaf");
}

Test(scenario_key, welcome__waits_for_who_is_away_until_the_cursor_has_passed_it)
{
    struct msg_room_key key;
    struct log log;

    people_account(&alice, "alice");
    people_account(&bob, "bob");
    actor_cut(&bob);
    sim_run(&sim, 31000);
    group_found(&alice, "den");
    struct group_commit g = {.room = "den", .epoch = 0, .req = 2, .welcomed = {"bob"}};
    cr_assert_eq(group_commit(&alice, &g), STATUS_DONE);
    uint64_t seq = group_seq(&alice);
    cr_assert_eq(group_say(&alice, "den", 1, "for bob"), STATUS_DONE);
    for (int i = 0; i < 2; i++) {
        people_login(&bob, "bob");
        actor_event(&bob, OP_ROOM_KEY, &MSG_ROOM_KEY, &key);
        cr_assert_eq(key.seq, seq);
        cr_assert(bytes_eq(key.body, bytes_str("welcome bob")));
        actor_cut(&bob);
        sim_run(&sim, 31000);
    }
    people_login(&bob, "bob");
    actor_event(&bob, OP_ROOM_KEY, &MSG_ROOM_KEY, &key);
    cr_assert_eq(actor_join(&bob, "den"), OP_JOINED);
    log_read(&bob, CONVO_ROOM, "den", 0, &log);
    cr_assert(log_has(&log, "for bob"));
    log_cursor(&bob, CONVO_ROOM, "den", seq);
    actor_cut(&bob);
    sim_run(&sim, 31000);
    people_login(&bob, "bob");
    sim_run(&sim, 1000);
    cr_assert_not(actor_has_event(&bob, OP_ROOM_KEY), "it was used");
}

Test(scenario_key, welcome__with_a_name_that_is_none_changes_nothing)
{
    struct group_commit g = {.room = "den", .epoch = 0, .req = 2, .welcomed = {"b b"}};

    people_account(&alice, "alice");
    group_found(&alice, "den");
    cr_assert_neq(group_commit(&alice, &g), STATUS_DONE);
    people_refused(&alice, CODE_BAD_NAME, "welcomes");
    g.welcomed[0] = NULL;
    cr_assert_eq(group_commit(&alice, &g), STATUS_DONE);
}

Test(scenario_key, welcome__above_the_size_of_a_room_is_refused)
{
    sim.config.limits.room_members = 2;
    people_account(&alice, "alice");
    people_account(&bob, "bob");
    people_account(&carol, "carol");
    group_found(&alice, "den");
    struct group_commit g = {.room = "den", .epoch = 0, .req = 2, .welcomed = {"bob", "carol"}};
    cr_assert_neq(group_commit(&alice, &g), STATUS_DONE);
    people_refused(&alice, CODE_FULL, "welcomes");
    g.welcomed[1] = NULL;
    cr_assert_eq(group_commit(&alice, &g), STATUS_DONE);
}

/* ---- key packages ---- */

enum { KEY, NEW_KEY, KEY_OF_CAROL };

/* key: for 0x81 alone. */
static uint8_t put(struct actor *a, uint8_t op, size_t key, uint16_t suite, size_t n, bool last,
    const char *stem)
{
    struct list_writer w;

    list_begin(&w, 1u << 16);
    for (size_t i = 0; i < n; i++)
        list_add(&w, &MSG_PACKAGE_ROW,
            &(struct msg_package){suite, 0, bytes_str(people_name(stem, i))});
    if (last)
        list_add(
            &w, &MSG_PACKAGE_ROW, &(struct msg_package){suite, 1, bytes_str("last resort")});
    struct msg_public_key whole = {.packages = list_view(&w)};
    struct msg_packages more = {.packages = list_view(&w)};
    prover_fill(a, key, &whole);
    (void)actor_ask(a, op, op == OP_PUBLIC_KEY ? (const void *)&whole : &more);
    list_end(&w);
    return actor_status(a);
}

static uint8_t request(
    struct actor *a, const char *user, uint16_t suite, struct msg_dm_answer *m)
{
    struct msg_dm_request ask = {.user = bytes_str(user), .more = true, .suite = suite};
    uint8_t op = actor_ask(a, OP_DM_REQUEST, &ask);

    if (op == OP_DM_ANSWER)
        actor_body(a, &MSG_DM_ANSWER, m);
    return op;
}

/* The same story for an account and for a guest. */
static void packages_story(struct actor *owner, const char *name)
{
    struct msg_dm_answer m;
    struct msg_packages_low low;
    struct msg_identity who;

    actor_enter(&carol, "carol");
    cr_assert_eq(
        put(&carol, OP_PUBLIC_KEY, KEY_OF_CAROL, MSG_SUITE_AES, 1, false, "c"), STATUS_DONE);
    cr_assert_eq(put(owner, OP_PUBLIC_KEY, KEY, MSG_SUITE_AES, 3, true, "p"), STATUS_DONE);
    for (size_t i = 0; i < 3; i++) {
        cr_assert_eq(request(&carol, name, MSG_SUITE_AES, &m), OP_DM_ANSWER);
        cr_assert(bytes_eq(m.identity, prover_key(KEY)));
        cr_assert(bytes_eq(m.package, bytes_str(people_name("p", i))), "each once, in order");
        cr_assert_not(m.last_resort);
        cr_assert_eq(m.group_seq, 0);
        actor_event(owner, OP_PACKAGES, &MSG_PACKAGES_LOW, &low);
        cr_assert_eq(low.left, 2 - i);
        cr_assert_eq(low.suite, MSG_SUITE_AES);
    }
    actor_event(owner, OP_PUBLIC_KEY, &MSG_IDENTITY_EVENT, &who);
    cr_assert(bytes_eq(who.identity, prover_key(KEY_OF_CAROL)), "told who begins with him");
    for (size_t i = 0; i < 2; i++) {
        cr_assert_eq(request(&carol, name, MSG_SUITE_AES, &m), OP_DM_ANSWER);
        cr_assert(bytes_eq(m.package, bytes_str("last resort")));
        cr_assert(m.last_resort);
    }
    cr_assert_eq(request(&carol, name, MSG_SUITE_CHACHA, &m), OP_REPLY);
    people_refused(&carol, CODE_NO_PACKAGE, name);
    cr_assert_eq(put(owner, OP_PACKAGES, KEY, MSG_SUITE_AES, 1, false, "fresh"), STATUS_DONE);
    cr_assert_eq(request(&carol, name, MSG_SUITE_AES, &m), OP_DM_ANSWER);
    cr_assert(bytes_eq(m.package, bytes_str("fresh0")));
    /* Another key: what was made under the old one is gone. */
    cr_assert_eq(put(owner, OP_PUBLIC_KEY, NEW_KEY, MSG_SUITE_AES, 1, false, "n"), STATUS_DONE);
    cr_assert_eq(request(&carol, name, MSG_SUITE_AES, &m), OP_DM_ANSWER);
    cr_assert(bytes_eq(m.identity, prover_key(NEW_KEY)));
    cr_assert(bytes_eq(m.package, bytes_str("n0")));
    cr_assert_eq(request(&carol, name, MSG_SUITE_AES, &m), OP_REPLY);
    people_refused(&carol, CODE_NO_PACKAGE, name);
}

Test(scenario_key, packages__of_an_account)
{
    people_account(&alice, "alice");
    packages_story(&alice, "alice");
}

Test(scenario_key, packages__of_a_guest)
{
    actor_enter(&dave, "dave");
    packages_story(&dave, "dave");
}

Test(scenario_key, packages__of_an_account_that_is_away)
{
    struct msg_dm_answer m;

    people_account(&alice, "alice");
    cr_assert_eq(put(&alice, OP_PUBLIC_KEY, KEY, MSG_SUITE_CHACHA, 1, true, "p"), STATUS_DONE);
    actor_cut(&alice);
    sim_run(&sim, 31000);
    actor_enter(&bob, "bob");
    cr_assert_eq(request(&bob, "alice", MSG_SUITE_CHACHA, &m), OP_DM_ANSWER);
    cr_assert(bytes_eq(m.package, bytes_str("p0")));
    cr_assert_eq(request(&bob, "alice", MSG_SUITE_CHACHA, &m), OP_DM_ANSWER);
    cr_assert(m.last_resort);
}

Test(scenario_key, packages__the_same_key_again_keeps_them)
{
    struct msg_dm_answer m;

    people_account(&alice, "alice");
    cr_assert_eq(put(&alice, OP_PUBLIC_KEY, KEY, MSG_SUITE_AES, 2, true, "p"), STATUS_DONE);
    actor_cut(&alice);
    sim_run(&sim, 31000);
    people_login(&alice, "alice");
    cr_assert_eq(put(&alice, OP_PUBLIC_KEY, KEY, MSG_SUITE_AES, 0, false, "p"), STATUS_DONE);
    actor_enter(&bob, "bob");
    cr_assert_eq(request(&bob, "alice", MSG_SUITE_AES, &m), OP_DM_ANSWER);
    cr_assert(bytes_eq(m.package, bytes_str("p0")));
}

static void full_story(struct actor *a)
{
    sim.config.limits.packages_per_account = 3;
    cr_assert_eq(put(a, OP_PUBLIC_KEY, KEY, MSG_SUITE_AES, 4, false, "p"), STATUS_REFUSED);
    people_refused(a, CODE_FULL, "packages");
    cr_assert_eq(actor_refusal(a).num, 3);
    cr_assert_eq(put(a, OP_PACKAGES, KEY, MSG_SUITE_AES, 3, true, "p"), STATUS_DONE,
        "none of those was taken");
    cr_assert_eq(put(a, OP_PACKAGES, KEY, MSG_SUITE_AES, 1, false, "q"), STATUS_REFUSED);
    cr_assert_eq(put(a, OP_PACKAGES, KEY, 0x1234, 1, false, "q"), STATUS_REFUSED);
    people_refused(a, CODE_BAD_FIELD, "0x1234");
}

Test(scenario_key, packages__above_the_limit_none_is_taken)
{
    people_account(&alice, "alice");
    full_story(&alice);
    actor_enter(&dave, "dave");
    full_story(&dave);
}

Test(scenario_key, packages__under_a_key_that_is_not_proven_are_not_taken)
{
    struct msg_dm_answer m;
    struct list_writer w;

    people_account(&alice, "alice");
    cr_assert_eq(put(&alice, OP_PUBLIC_KEY, KEY, MSG_SUITE_AES, 1, false, "p"), STATUS_DONE);
    list_begin(&w, 1024);
    list_add(&w, &MSG_PACKAGE_ROW,
        &(struct msg_package){MSG_SUITE_AES, 1, bytes_str("under another key")});
    struct msg_public_key wrong = {.packages = list_view(&w)};
    prover_fill(&alice, KEY, &wrong);
    wrong.identity = prover_key(NEW_KEY);
    (void)actor_ask(&alice, OP_PUBLIC_KEY, &wrong);
    list_end(&w);
    people_refused(&alice, CODE_BAD_SECRET, "proof");
    actor_enter(&bob, "bob");
    cr_assert_eq(request(&bob, "alice", MSG_SUITE_AES, &m), OP_DM_ANSWER);
    cr_assert(bytes_eq(m.identity, prover_key(KEY)), "she is who she was");
    cr_assert(bytes_eq(m.package, bytes_str("p0")), "and what she left is there");
    cr_assert_eq(request(&bob, "alice", MSG_SUITE_AES, &m), OP_REPLY);
    people_refused(&bob, CODE_NO_PACKAGE, "alice");
}

Test(scenario_key, packages__asked_for_too_often_is_too_fast)
{
    struct msg_dm_answer m;

    sim.config.limits.package_burst = 2;
    actor_enter(&dave, "dave");
    cr_assert_eq(put(&dave, OP_PUBLIC_KEY, KEY, MSG_SUITE_AES, 5, false, "p"), STATUS_DONE);
    actor_enter(&bob, "bob");
    actor_enter(&carol, "carol");
    cr_assert_eq(request(&bob, "dave", MSG_SUITE_AES, &m), OP_DM_ANSWER);
    cr_assert_eq(request(&carol, "dave", MSG_SUITE_AES, &m), OP_DM_ANSWER);
    cr_assert_eq(request(&bob, "dave", MSG_SUITE_AES, &m), OP_REPLY, "per target too");
    people_refused(&bob, CODE_TOO_FAST, "keys");
}

Test(scenario_key, packages__of_nobody_and_of_oneself)
{
    struct msg_dm_answer m;

    actor_enter(&alice, "alice");
    cr_assert_eq(request(&alice, "nobody", MSG_SUITE_AES, &m), OP_NO_USER);
    cr_assert_eq(request(&alice, "no body", MSG_SUITE_AES, &m), OP_NO_USER);
    cr_assert_eq(request(&alice, "alice", MSG_SUITE_AES, &m), OP_REPLY);
    people_refused(&alice, CODE_NOT_ALLOWED, "yourself");
    actor_enter(&bob, "bob");
    cr_assert_eq(request(&alice, "bob", MSG_SUITE_AES, &m), OP_REPLY, "he has given none");
    people_refused(&alice, CODE_NO_PACKAGE, "bob");
}

Test(scenario_key, packages__asked_for_without_a_suite_are_of_the_first)
{
    struct msg_dm_request ask = {.user = bytes_str("bob")};
    struct msg_dm_answer answer;
    struct list_writer w;
    struct msg_package row = {.suite = MSG_SUITE_AES, .body = bytes_str("of bob")};

    actor_enter(&alice, "alice");
    actor_enter(&bob, "bob");
    list_begin(&w, 1024);
    list_add(&w, &MSG_PACKAGE_ROW, &row);
    struct msg_public_key key = {.packages = list_view(&w)};
    prover_fill(&bob, KEY, &key);
    (void)actor_ask(&bob, OP_PUBLIC_KEY, &key);
    list_end(&w);
    cr_assert_eq(actor_status(&bob), STATUS_DONE);
    cr_assert_eq(actor_ask(&alice, OP_DM_REQUEST, &ask), OP_DM_ANSWER);
    actor_body(&alice, &MSG_DM_ANSWER, &answer);
    cr_assert_eq(answer.suite, MSG_SUITE_AES);
    cr_assert(bytes_eq(answer.package, bytes_str("of bob")));
}
