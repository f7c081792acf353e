/* SPDX-License-Identifier: ISC */
/* Stories of a relay that is killed: what it confirmed as stored is there when it is back. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "base/mem.h"
#include "group.h"
#include "support/support.h"

static struct sim sim;
static struct actor alice, bob, carol, dave;
static struct log entries;
static char dir[64], path[96];

static void setup(void)
{
    people_init(&sim, 15);
    sim.config.limits.commit_burst = 0;
    support_tmpdir(dir, sizeof dir);
    (void)snprintf(path, sizeof path, "%s/relay.db", dir);
    sim.db_path = path;
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
    support_rmtree(dir);
}

TestSuite(scenario_restart, .init = setup, .fini = teardown);

static void restart(void)
{
    sim_kill(&sim);
    sim_start(&sim);
}

static void back(struct actor *a, const char *name)
{
    people_login(a, name);
    cr_assert_eq(actor_join(a, "ops"), OP_JOINED);
}

/* Alice and bob with accounts and dave as a guest, in one group. */
static uint64_t trio(void)
{
    people_account(&alice, "alice");
    people_account(&bob, "bob");
    actor_enter(&dave, "dave");
    group_found(&alice, "ops");
    (void)group_join(&bob, "ops");
    return group_join(&dave, "ops");
}

Test(scenario_restart, log__stored_messages_and_commits_are_there)
{
    struct msg_sent sent;
    uint64_t epoch = trio();

    actor_cut(&bob);
    sim_run(&sim, 31000);
    for (int i = 0; i < 10; i++) {
        cr_assert_eq(group_say(&alice, "ops", epoch, people_name("m", (size_t)i)), STATUS_DONE);
        actor_answer(&alice, &MSG_SENT, &sent);
        cr_assert_eq(sent.stored, 1);
    }
    cr_assert_eq(actor_commit(&alice, "ops", epoch, 0, 1), STATUS_DONE);
    restart();
    back(&bob, "bob");
    log_read(&bob, CONVO_ROOM, "ops", 0, &entries);
    log_in_order(&entries);
    for (size_t i = 0; i < 10; i++)
        cr_assert(log_has(&entries, people_name("m", i)));
    cr_assert_eq(entries.rows[entries.count - 1].kind, ENTRY_COMMIT);
    cr_assert_eq(entries.rows[entries.count - 1].epoch, epoch);
    cr_assert_eq(actor_commit(&bob, "ops", epoch + 1, 0, 2), STATUS_DONE, "the epoch too");
}

Test(scenario_restart, commit__asked_again_after_the_restart_is_answered_the_same)
{
    uint64_t epoch = trio();

    cr_assert_eq(actor_commit(&alice, "ops", epoch, 0, 1), STATUS_DONE);
    uint64_t seq = group_seq(&alice);
    restart();
    back(&alice, "alice");
    cr_assert_eq(actor_commit(&alice, "ops", epoch, 0, 1), STATUS_DONE);
    cr_assert_eq(group_seq(&alice), seq);
    back(&bob, "bob");
    cr_assert_neq(
        actor_commit(&bob, "ops", epoch, 0, 2), STATUS_DONE, "one an epoch, for ever");
}

Test(scenario_restart, seq__grows_across_it)
{
    struct msg_sent sent;
    uint64_t epoch = trio();
    uint64_t last = 0;

    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 5; i++) {
            cr_assert_eq(group_say(&alice, "ops", epoch, "x"), STATUS_DONE);
            actor_answer(&alice, &MSG_SENT, &sent);
            cr_assert_gt(sent.seq, last, "a number is given once");
            last = sent.seq;
        }
        restart();
        back(&alice, "alice");
    }
}

Test(scenario_restart, resume__is_refused_and_login_is_not)
{
    struct msg_token m;

    (void)trio();
    memcpy(m.token, alice.resume, sizeof m.token);
    uint8_t boot[MSG_ID], relay[MSG_ID];
    memcpy(boot, alice.hello.boot_id, sizeof boot);
    memcpy(relay, alice.hello.relay_id, sizeof relay);
    restart();
    actor_hello(&alice);
    (void)actor_ask(&alice, OP_RESUME, &m);
    people_refused(&alice, CODE_BAD_SECRET, "session");
    cr_assert_eq(actor_login(&alice, "alice", 1), STATUS_DONE);
    cr_assert_neq(memcmp(boot, alice.hello.boot_id, sizeof boot), 0, "a new boot id");
    cr_assert_eq(memcmp(relay, alice.hello.relay_id, sizeof relay), 0, "the same relay");
}

Test(scenario_restart, founder__is_in_the_group_still)
{
    struct msg_void v;
    uint64_t epoch = trio();

    restart();
    back(&alice, "alice");
    back(&bob, "bob");
    cr_assert_eq(actor_commit(&bob, "ops", epoch, 0, 1), STATUS_DONE);
    cr_assert_eq(group_bad(&alice, "ops", group_seq(&bob)), STATUS_DONE);
    actor_event(&bob, OP_VOID, &MSG_VOID, &v);
    cr_assert_eq(v.epoch, epoch);
}

Test(scenario_restart, depart__is_durable_and_asked_for)
{
    (void)trio();
    (void)group_leave(&bob, "ops");
    restart();
    cr_assert(group_departed(&sim, "ops", "bob"));
    back(&alice, "alice");
    sim_run(&sim, 2000);
    cr_assert_eq(group_asked(&alice, ROTATE_DEPARTURE), 1);
}

Test(scenario_restart, depart__guests_of_a_group_do_not_outlive_it)
{
    uint64_t epoch = trio();

    cr_assert_not(group_departed(&sim, "ops", "dave"));
    restart();
    cr_assert(group_departed(&sim, "ops", "dave"), "he reads nothing that is written now");
    cr_assert_not(group_departed(&sim, "ops", "bob"), "an account may come back");
    back(&alice, "alice");
    struct group_commit g = {.room = "ops", .epoch = epoch, .req = 1, .removed = {"dave"}};
    cr_assert_eq(group_commit(&alice, &g), STATUS_DONE);
    restart();
    cr_assert_not(group_departed(&sim, "ops", "dave"));
}

Test(scenario_restart, depart__of_a_guest_who_was_removed_before_is_none)
{
    uint64_t epoch = trio();
    struct group_commit g = {.room = "ops", .epoch = epoch, .req = 1, .removed = {"dave"}};

    cr_assert_eq(group_commit(&alice, &g), STATUS_DONE);
    restart();
    cr_assert_not(group_departed(&sim, "ops", "dave"));
}

Test(scenario_restart, depart__of_a_guest_under_his_last_name)
{
    struct msg_name name = {.name = bytes_str("david")};

    (void)trio();
    cr_assert_eq(actor_ask(&dave, OP_NICK, &name), OP_RENAMED);
    restart();
    cr_assert(group_departed(&sim, "ops", "david"));
    cr_assert_not(group_departed(&sim, "ops", "dave"));
}

Test(scenario_restart, rejoined__an_account_whose_old_leaf_was_removed_is_a_member)
{
    uint64_t epoch = trio();

    (void)group_leave(&bob, "ops");
    cr_assert_eq(actor_join(&bob, "ops"), OP_JOINED);
    struct group_commit g = {.room = "ops", .epoch = epoch, .req = 1, .removed = {"bob"}};
    cr_assert_eq(group_commit(&alice, &g), STATUS_DONE);
    sim_run(&sim, 100);
    restart();
    people_account(&carol, "carol");
    (void)actor_join(&carol, "ops");
    struct msg_catch_up m = {.kind = CONVO_ROOM, .name = bytes_str("ops")};
    people_login(&bob, "bob");
    (void)actor_ask(&bob, OP_CATCH_UP, &m);
    cr_assert_eq(actor_status(&bob), STATUS_DONE, "still a member");
}

Test(scenario_restart, welcome__that_waits_survives)
{
    struct msg_room_key key;
    uint64_t epoch;

    people_account(&carol, "carol");
    actor_cut(&carol);
    sim_run(&sim, 31000);
    epoch = trio();
    struct group_commit g = {.room = "ops", .epoch = epoch, .req = 1, .welcomed = {"carol"}};
    cr_assert_eq(group_commit(&alice, &g), STATUS_DONE);
    restart();
    people_login(&carol, "carol");
    actor_event(&carol, OP_ROOM_KEY, &MSG_ROOM_KEY, &key);
    cr_assert(bytes_eq(key.body, bytes_str("welcome carol")));
    cr_assert_eq(key.epoch, epoch + 1);
    (void)actor_join(&carol, "ops");
    cr_assert_eq(actor_commit(&carol, "ops", epoch + 1, 0, 2), STATUS_DONE, "she has a leaf");
}

Test(scenario_restart, info__and_tree_survive)
{
    struct msg_name ask = {.name = bytes_str("ops")};
    struct msg_room_key key;
    struct msg_node node;
    uint64_t epoch = trio();
    struct group_commit g = {.room = "ops",
        .epoch = epoch,
        .req = 1,
        .info = "the last info",
        .nodes = {{3, bytes_str("three")}},
        .node_count = 1};

    cr_assert_eq(group_commit(&alice, &g), STATUS_DONE);
    restart();
    actor_enter(&carol, "carol");
    (void)actor_join(&carol, "ops");
    (void)actor_ask(&carol, OP_GROUP_INFO, &ask);
    actor_event(&carol, OP_ROOM_KEY, &MSG_ROOM_KEY, &key);
    cr_assert(bytes_eq(key.body, bytes_str("the last info")));
    cr_assert(
        list_next(&key.nodes, &MSG_NODE, &node) && bytes_eq(node.body, bytes_str("three")));
    cr_assert_eq(key.epoch, epoch + 1);
}

Test(scenario_restart, direct__what_a_guest_left_for_an_account_is_there)
{
    struct msg_say m = {.to = bytes_str("alice"), .text = bytes_str("call me")};
    struct msg_sent sent;

    people_account(&alice, "alice");
    actor_cut(&alice);
    sim_run(&sim, 31000);
    actor_enter(&dave, "dave");
    (void)actor_ask(&dave, OP_DIRECT, &m);
    actor_answer(&dave, &MSG_SENT, &sent);
    cr_assert_eq(sent.stored, 1);
    for (int i = 0; i < 2; i++) {
        restart();
        people_login(&alice, "alice");
        log_read(&alice, CONVO_DIRECT, "dave", 0, &entries);
        cr_assert(log_has(&entries, "call me"));
    }
    log_cursor(&alice, CONVO_DIRECT, "dave", entries.last);
    sim_run(&sim, 100);
    restart();
    people_login(&alice, "alice");
    struct msg_catch_up c = {.kind = CONVO_DIRECT, .name = bytes_str("dave")};
    (void)actor_ask(&alice, OP_CATCH_UP, &c);
    people_refused(&alice, CODE_NOT_MEMBER, "name");
}

Test(scenario_restart, rooms__of_guests_alone_are_over_and_others_are_not)
{
    struct msg_rooms ask = {0};
    struct msg_rooms_ok ok;
    struct bytes name;

    actor_enter(&dave, "dave");
    (void)actor_join(&dave, "guests");
    people_account(&alice, "alice");
    (void)actor_join(&alice, "ops");
    restart();
    people_login(&alice, "alice");
    (void)actor_ask(&alice, OP_ROOMS, &ask);
    actor_answer(&alice, &MSG_ROOMS_OK, &ok);
    cr_assert(names_next(&ok.names, &name) && bytes_eq(name, bytes_str("ops")));
    cr_assert_not(names_next(&ok.names, &name));
}

Test(scenario_restart, commits__without_messages_live_longer_than_a_minute)
{
    uint64_t epoch;
    size_t commits = 0;

    sim.config.limits.retention_days = 0;
    epoch = trio();
    actor_cut(&bob);
    sim_run(&sim, 31000);
    for (uint8_t i = 0; i < 3; i++)
        cr_assert_eq(actor_commit(&alice, "ops", epoch + i, 0, (uint8_t)(i + 1)), STATUS_DONE);
    sim_run(&sim, 300000); /* the store is pruned now and then */
    restart();
    back(&bob, "bob");
    log_read(&bob, CONVO_ROOM, "ops", 0, &entries);
    for (size_t i = 0; i < entries.count; i++)
        commits += entries.rows[i].kind == ENTRY_COMMIT && entries.rows[i].epoch >= epoch;
    cr_assert_eq(commits, 3);
}

/* Kills at any turn of a busy story: every answer "stored" that came out must be true. */
Test(scenario_restart, kill__at_every_turn_of_a_story)
{
    uint64_t epoch = trio();
    struct msg_sent sent;
    size_t stored = 0;

    actor_cut(&bob);
    sim_run(&sim, 31000);
    for (size_t turns = 0; turns < 14; turns++) {
        struct msg_say m = {.to = bytes_str("ops"), .more = true, .epoch = epoch};
        for (size_t i = 0; i < 4; i++) {
            m.text = bytes_str(people_name(people_name("k", turns), i));
            actor_send(&alice, OP_SAY, &m);
        }
        for (size_t i = 0; i < turns; i++)
            sim_turn(&sim);
        size_t here = 0;
        while (alice.replies != NULL) {
            (void)actor_wait_reply(&alice);
            actor_answer(&alice, &MSG_SENT, &sent);
            here += sent.stored;
        }
        restart();
        back(&alice, "alice");
        people_login(&bob, "bob");
        log_read(&bob, CONVO_ROOM, "ops", 0, &entries);
        log_in_order(&entries);
        for (size_t i = 0; i < here; i++)
            cr_assert(log_has(&entries, people_name(people_name("k", turns), i)),
                "after %zu turns the %zu. of %zu is missing", turns, i, here);
        stored += here;
        actor_cut(&bob);
        sim_run(&sim, 31000);
        people_login(&alice, "alice"); /* its line was lost to silence or is still there */
        (void)actor_join(&alice, "ops");
    }
    cr_assert_gt(stored, 10, "the story must store something");
}

Test(scenario_restart, drain__clients_are_told_and_what_nobody_confirmed_is_stored)
{
    struct msg_closing closing;

    people_account(&alice, "alice");
    people_account(&bob, "bob");
    cr_assert_eq(actor_join(&alice, "ops"), OP_CREATED);
    cr_assert_eq(actor_join(&bob, "ops"), OP_JOINED);
    cr_assert_eq(actor_say(&alice, "ops", "never confirmed"), STATUS_DONE);
    (void)actor_said(&bob, "never confirmed");
    actor_forget(&bob);
    sim_drain(&sim);
    actor_event(&bob, OP_CLOSING, &MSG_CLOSING, &closing);
    cr_assert_gt(closing.reason.n, 0);
    cr_assert_gt(closing.retry_s, 0, "when to come back");
    cr_assert_null(bob.link);
    sim_start(&sim);
    people_login(&bob, "bob");
    cr_assert_eq(actor_join(&bob, "ops"), OP_JOINED);
    log_read(&bob, CONVO_ROOM, "ops", 0, &entries);
    cr_assert(log_has(&entries, "never confirmed"));
}
