/* SPDX-License-Identifier: ISC */
/* Stories of who is in a room's group and who is not: welcomes, voided commits, and one name
 * that stands for two people one after the other. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "group.h"
#include "support/support.h"
#include "support/world.h"

static struct sim sim;
static char dir[64], path[96];
static struct actor alice, bob, carol, dave;

static void setup(void)
{
    people_init(&sim, 23);
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
    cr_assert_null(world_wrong(sim.server));
    actor_fini(&alice);
    actor_fini(&bob);
    actor_fini(&carol);
    actor_fini(&dave);
    sim_fini(&sim);
    support_rmtree(dir);
}

TestSuite(scenario_member, .init = setup, .fini = teardown);

static void restart(void)
{
    sim_kill(&sim);
    sim_start(&sim);
    sim_run(&sim, 100);
}

/* Alice's room for invited people, with a group at epoch 0. */
static void den(void)
{
    struct msg_join m = {.room = bytes_str("den"), .more = true, .flags = JOIN_INVITE_ONLY};

    people_account(&alice, "alice");
    cr_assert_eq(actor_ask(&alice, OP_JOIN, &m), OP_CREATED);
    cr_assert_eq(actor_commit(&alice, "den", 0, COMMIT_CREATE, 1), STATUS_DONE);
}

/* ---- welcomes for nobody ---- */

Test(scenario_member, welcome__for_a_name_that_nobody_has_is_refused_as_a_whole)
{
    struct group_commit g = {
        .room = "den", .epoch = 0, .req = 2, .welcomed = {"bob", "mallory"}};

    den();
    people_account(&bob, "bob");
    actor_cut(&bob);
    sim_run(&sim, 31000);
    cr_assert_neq(group_commit(&alice, &g), STATUS_DONE);
    people_refused(&alice, CODE_BAD_NAME, "nobody called mallory");
    actor_enter(&dave, "mallory");
    cr_assert_eq(actor_join(&dave, "den"), OP_REPLY);
    people_refused(&dave, CODE_NOT_ALLOWED, "invited");
    people_login(&bob, "bob");
    cr_assert_eq(actor_join(&bob, "den"), OP_REPLY, "nor was bob invited");
    g.welcomed[1] = NULL;
    cr_assert_eq(group_commit(&alice, &g), STATUS_DONE, "nothing was stored under that id");
    cr_assert_eq(actor_join(&bob, "den"), OP_JOINED);
}

Test(scenario_member, welcome__for_a_line_that_has_not_logged_in_is_refused)
{
    struct group_commit g = {.room = "den", .epoch = 0, .req = 2};

    den();
    actor_hello(&dave);
    g.welcomed[0] = dave.name;
    cr_assert_neq(group_commit(&alice, &g), STATUS_DONE);
    people_refused(&alice, CODE_BAD_NAME, "nobody called");
}

Test(scenario_member, welcome__a_guest_who_goes_while_it_is_stored_is_a_departure)
{
    struct group_commit g = {.room = "den", .epoch = 0, .req = 2, .welcomed = {"dave"}};
    struct msg_power kick = {.user = bytes_str("dave")};

    people_account(&bob, "bob");
    people_role(&sim, "bob", ROLE_OPERATOR);
    den();
    actor_enter(&dave, "dave");
    actor_cut(&dave);
    sim_run(&sim, 100);
    group_send(&alice, &g); /* the newer line is read first */
    actor_send(&bob, OP_KICK, &kick);
    (void)actor_wait_reply(&bob);
    cr_assert_eq(actor_status(&bob), STATUS_DONE);
    (void)actor_wait_reply(&alice);
    cr_assert_eq(actor_status(&alice), STATUS_DONE);
    sim_run(&sim, 100);
    cr_assert(group_departed(&sim, "den", "dave"), "his leaf is there");
    actor_enter(&carol, "dave");
    cr_assert_not(actor_has_event(&carol, OP_ROOM_KEY));
    cr_assert_eq(actor_join(&carol, "den"), OP_REPLY);
    people_refused(&carol, CODE_NOT_ALLOWED, "invited");
}

Test(scenario_member, welcome__a_guest_is_a_departure_after_a_restart_and_no_member)
{
    struct group_commit g = {.room = "den", .epoch = 0, .req = 2, .welcomed = {"dave"}};

    den();
    actor_enter(&dave, "dave");
    cr_assert_eq(group_commit(&alice, &g), STATUS_DONE);
    restart();
    cr_assert(group_departed(&sim, "den", "dave"));
    actor_enter(&carol, "dave");
    cr_assert_eq(actor_join(&carol, "den"), OP_REPLY);
    people_refused(&carol, CODE_NOT_ALLOWED, "invited");
}

/* ---- who may speak ---- */

Test(scenario_member, say__without_a_leaf_is_refused_where_there_is_a_group)
{
    people_account(&alice, "alice");
    (void)actor_join(&alice, "ops");
    actor_enter(&bob, "bob");
    (void)actor_join(&bob, "ops");
    cr_assert_eq(group_say(&bob, "ops", 0, "hello"), STATUS_DONE, "nobody has founded one yet");
    cr_assert_eq(actor_commit(&alice, "ops", 0, COMMIT_CREATE, 1), STATUS_DONE);
    cr_assert_neq(group_say(&bob, "ops", 0, "hello"), STATUS_DONE);
    people_refused(&bob, CODE_NOT_MEMBER, "not in the group of ops");
    uint64_t epoch = group_enter(&bob, "ops");
    cr_assert_eq(group_say(&bob, "ops", epoch, "hello"), STATUS_DONE);
}

/* Alice, bob and carol in one group of "den"; the epoch. */
static uint64_t trio(void)
{
    struct group_commit g = {.room = "den", .epoch = 0, .req = 2, .welcomed = {"bob", "carol"}};

    den();
    people_account(&bob, "bob");
    people_account(&carol, "carol");
    cr_assert_eq(group_commit(&alice, &g), STATUS_DONE);
    cr_assert_eq(actor_join(&bob, "den"), OP_JOINED);
    cr_assert_eq(actor_join(&carol, "den"), OP_JOINED);
    sim_run(&sim, 100);
    actor_forget(&alice);
    actor_forget(&bob);
    actor_forget(&carol);
    return 1;
}

static void voided(struct actor *who, uint64_t epoch, uint8_t req)
{
    cr_assert_eq(actor_commit(who, "den", epoch, 0, req), STATUS_DONE);
    uint64_t seq = group_seq(who);
    struct actor *all[] = {&alice, &bob, &carol};
    for (size_t i = 0; i < 3; i++) {
        if (all[i] != who)
            cr_assert_eq(group_bad(all[i], "den", seq), STATUS_DONE);
    }
    sim_run(&sim, 100);
    cr_assert(actor_has_event(who, OP_VOID));
}

Test(scenario_member, barred__comes_in_again_by_an_external_commit_without_leaving)
{
    uint64_t epoch = trio();

    voided(&bob, epoch, 3);
    cr_assert_neq(group_say(&bob, "den", epoch, "x"), STATUS_DONE);
    people_refused(&bob, CODE_NOT_MEMBER, "external");
    cr_assert_neq(actor_commit(&bob, "den", epoch, 0, 4), STATUS_DONE);
    people_refused(&bob, CODE_NOT_ALLOWED, "voided");
    cr_assert_eq(actor_commit(&alice, "den", epoch, 0, 5), STATUS_DONE);
    cr_assert_neq(group_bad(&bob, "den", group_seq(&alice)), STATUS_DONE, "he cannot tell");
    cr_assert_eq(group_enter(&bob, "den"), epoch + 2);
    cr_assert_eq(group_say(&bob, "den", epoch + 2, "x"), STATUS_DONE);
    cr_assert_eq(actor_commit(&bob, "den", epoch + 2, 0, 6), STATUS_DONE);
}

Test(scenario_member, barred__whose_coming_in_is_voided_is_barred_still)
{
    struct msg_name ask = {.name = bytes_str("den")};
    uint64_t epoch = trio();

    voided(&bob, epoch, 3);
    (void)group_enter(&bob, "den");
    struct msg_commit_event seen;
    do
        actor_event(&alice, OP_COMMIT, &MSG_COMMIT_EVENT, &seen);
    while (seen.flags != COMMIT_EXTERNAL);
    uint64_t seq = seen.seq;
    cr_assert_eq(group_bad(&alice, "den", seq), STATUS_DONE);
    cr_assert_eq(group_bad(&carol, "den", seq), STATUS_DONE);
    sim_run(&sim, 100);
    cr_assert_neq(group_say(&bob, "den", epoch, "x"), STATUS_DONE);
    people_refused(&bob, CODE_NOT_MEMBER, "external");
    (void)actor_ask(&bob, OP_GROUP_INFO, &ask);
    cr_assert_eq(actor_status(&bob), STATUS_DONE, "and may try again");
}

Test(scenario_member, barred__who_leaves_has_a_leaf_to_remove)
{
    uint64_t epoch = trio();

    voided(&bob, epoch, 3);
    (void)group_leave(&bob, "den");
    cr_assert(group_departed(&sim, "den", "bob"));
}

/* ---- joining while a commit is stored ---- */

Test(scenario_member, join__while_the_welcome_is_stored_keeps_the_leaf)
{
    struct group_commit g = {.room = "ops", .epoch = 0, .req = 3, .welcomed = {"bob"}};
    struct msg_join join = {.room = bytes_str("ops"), .more = true};

    people_account(&bob, "bob");
    people_account(&alice, "alice");
    group_found(&alice, "ops");
    group_send(&alice, &g); /* the newer line is read first */
    actor_send(&bob, OP_JOIN, &join);
    cr_assert_eq(actor_wait_reply(&bob), OP_JOINED);
    (void)actor_wait_reply(&alice);
    cr_assert_eq(actor_status(&alice), STATUS_DONE);
    cr_assert_eq(group_say(&bob, "ops", 1, "x"), STATUS_DONE);
    restart();
    people_login(&bob, "bob");
    cr_assert(actor_has_event(&bob, OP_ROOM_KEY), "nor is the welcome used");
    cr_assert_eq(actor_join(&bob, "ops"), OP_JOINED);
    cr_assert_eq(actor_commit(&bob, "ops", 1, 0, 4), STATUS_DONE);
}

Test(scenario_member, moderator__named_while_the_welcome_is_stored_keeps_the_leaf)
{
    struct group_commit g = {.room = "ops", .epoch = 0, .req = 3, .welcomed = {"bob"}};
    struct msg_moderator m = {.room = bytes_str("ops"), .user = bytes_str("bob"), .on = 1};

    people_account(&carol, "carol");
    people_role(&sim, "carol", ROLE_OPERATOR);
    people_account(&bob, "bob");
    people_account(&alice, "alice");
    group_found(&alice, "ops");
    (void)actor_join(&bob, "ops");
    group_send(&alice, &g); /* the newer line is read first */
    actor_send(&carol, OP_MODERATOR, &m);
    (void)actor_wait_reply(&carol);
    cr_assert_eq(actor_status(&carol), STATUS_DONE);
    (void)actor_wait_reply(&alice);
    cr_assert_eq(actor_status(&alice), STATUS_DONE);
    restart();
    people_login(&bob, "bob");
    (void)actor_join(&bob, "ops");
    cr_assert_eq(actor_commit(&bob, "ops", 1, 0, 4), STATUS_DONE);
}

/* ---- who is told of departures ---- */

/* Alice and bob, accounts, and the guest dave in one open group; the epoch. */
static uint64_t open_trio(void)
{
    people_account(&alice, "alice");
    people_account(&bob, "bob");
    actor_enter(&dave, "dave");
    group_found(&alice, "ops");
    (void)group_join(&bob, "ops");
    return group_join(&dave, "ops");
}

Test(scenario_member, departures__are_told_to_who_comes_back_and_to_who_comes_in)
{
    struct msg_departed gone;

    (void)open_trio();
    actor_cut(&bob);
    sim_run(&sim, 31000);
    (void)group_leave(&dave, "ops");
    sim_run(&sim, 100);
    actor_forget(&alice);
    actor_enter(&carol, "carol");
    (void)actor_join(&carol, "ops");
    sim_run(&sim, 100);
    cr_assert_not(actor_has_event(&carol, OP_DEPARTED), "it has no leaf yet");
    (void)group_enter(&carol, "ops");
    actor_event(&carol, OP_DEPARTED, &MSG_DEPARTED, &gone);
    cr_assert(bytes_eq(gone.user, bytes_str("dave")));
    cr_assert(bytes_eq(gone.room, bytes_str("ops")));
    people_login(&bob, "bob");
    (void)actor_join(&bob, "ops");
    actor_event(&bob, OP_DEPARTED, &MSG_DEPARTED, &gone);
    cr_assert(bytes_eq(gone.user, bytes_str("dave")));
    sim_run(&sim, 100);
    cr_assert_not(actor_has_event(&alice, OP_DEPARTED), "she knows");
}

/* ---- who is banned ---- */

Test(scenario_member, welcome__for_somebody_banned_is_refused)
{
    uint64_t epoch = open_trio();
    struct group_commit g = {
        .room = "ops", .epoch = epoch, .req = 3, .removed = {"bob"}, .welcomed = {"Bob"}};

    cr_assert_eq(people_timed(&alice, OP_BAN, "ops", "bob", 0), STATUS_DONE);
    cr_assert_neq(group_commit(&alice, &g), STATUS_DONE);
    people_refused(&alice, CODE_BANNED, "bob is banned");
    cr_assert(group_departed(&sim, "ops", "bob"));
    cr_assert_eq(people_unban(&alice, "ops", "bob"), STATUS_DONE);
    cr_assert_eq(group_commit(&alice, &g), STATUS_DONE);
}

Test(scenario_member, catch_up__is_refused_to_somebody_banned_whatever_he_is)
{
    struct msg_catch_up m = {.kind = CONVO_ROOM, .name = bytes_str("ops")};
    uint64_t epoch = open_trio();
    struct group_commit g = {.room = "ops", .epoch = epoch, .req = 3, .removed = {"bob"}};

    /* Removed, then banned, and the removal taken back: he is a member once more. */
    cr_assert_eq(group_commit(&alice, &g), STATUS_DONE);
    uint64_t seq = group_seq(&alice);
    cr_assert_eq(people_timed(&alice, OP_BAN, "ops", "bob", 0), STATUS_DONE);
    cr_assert_eq(group_bad(&dave, "ops", seq), STATUS_DONE);
    sim_run(&sim, 100);
    cr_assert(actor_has_event(&dave, OP_VOID));
    (void)actor_ask(&bob, OP_CATCH_UP, &m);
    people_refused(&bob, CODE_BANNED, "banned from ops");
}
