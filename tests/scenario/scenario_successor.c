/* SPDX-License-Identifier: ISC */
/* Stories of one name that stands for two people one after the other, and of names that a
 * commit removes. */
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
    people_init(&sim, 29);
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

TestSuite(scenario_successor, .init = setup, .fini = teardown);

static void restart(void)
{
    sim_kill(&sim);
    sim_start(&sim);
    sim_run(&sim, 100);
}

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

static struct group_commit removing(const char *who, uint64_t epoch, uint8_t req)
{
    return (struct group_commit){.room = "ops", .epoch = epoch, .req = req, .removed = {who}};
}

/* Dave leaves, and carol comes into the group under his name; the epoch. */
static uint64_t other_dave(void)
{
    (void)open_trio();
    (void)group_leave(&dave, "ops");
    actor_cut(&dave);
    sim_run(&sim, 31000);
    actor_enter(&carol, "dave");
    return group_join(&carol, "ops");
}

Test(scenario_successor, departed__another_of_that_name_who_came_in_since_stays)
{
    uint64_t epoch = other_dave();
    struct group_commit g = removing("dave", epoch, 3);

    cr_assert(group_departed(&sim, "ops", "dave"), "the first one's leaf is there");
    cr_assert_eq(group_commit(&alice, &g), STATUS_DONE);
    cr_assert_not(group_departed(&sim, "ops", "dave"));
    cr_assert_eq(group_say(&carol, "ops", epoch + 1, "x"), STATUS_DONE);
    cr_assert_not(actor_has_event(&carol, OP_REMOVED));
    g = removing("dave", epoch + 1, 4);
    cr_assert_eq(group_commit(&alice, &g), STATUS_DONE);
    cr_assert(actor_has_event(&carol, OP_REMOVED), "now it is he who is meant");
}

Test(scenario_successor, departed__another_of_that_name_departs_too)
{
    struct msg_departed gone;
    uint64_t epoch = other_dave();
    struct group_commit g = removing("dave", epoch, 3);

    sim_run(&sim, 100);
    actor_forget(&alice);
    (void)group_leave(&carol, "ops");
    actor_event(&alice, OP_DEPARTED, &MSG_DEPARTED, &gone);
    cr_assert(bytes_eq(gone.user, bytes_str("dave")), "that there is a second leaf is told");
    cr_assert_eq(group_commit(&alice, &g), STATUS_DONE);
    cr_assert_not(group_departed(&sim, "ops", "dave"));
}

Test(scenario_successor, departed__another_of_that_name_leaves_while_it_is_stored)
{
    uint64_t epoch = other_dave();
    struct group_commit g = removing("dave", epoch, 3);
    struct msg_power kick = {.user = bytes_str("dave")};

    people_role(&sim, "alice", ROLE_OPERATOR);
    actor_cut(&carol);
    sim_run(&sim, 100);
    group_send(&bob, &g); /* the newer line is read first */
    actor_send(&alice, OP_KICK, &kick);
    (void)actor_wait_reply(&alice);
    cr_assert_eq(actor_status(&alice), STATUS_DONE);
    (void)actor_wait_reply(&bob);
    cr_assert_eq(actor_status(&bob), STATUS_DONE);
    sim_run(&sim, 100);
    cr_assert(group_departed(&sim, "ops", "dave"), "the second one's leaf is there");
    restart();
    cr_assert(group_departed(&sim, "ops", "dave"));
}

Test(scenario_successor, departed__another_guest_of_that_name_is_one_after_a_restart)
{
    uint64_t epoch = other_dave();
    struct group_commit g = removing("dave", epoch, 3);

    cr_assert_eq(group_commit(&alice, &g), STATUS_DONE);
    restart();
    cr_assert(group_departed(&sim, "ops", "dave"));
}

Test(scenario_successor, departed__an_account_that_came_in_again_stays_over_a_restart)
{
    uint64_t epoch = open_trio();

    (void)group_leave(&bob, "ops");
    epoch = group_join(&bob, "ops");
    cr_assert(group_departed(&sim, "ops", "bob"));
    restart();
    people_login(&alice, "alice");
    people_login(&bob, "bob");
    (void)actor_join(&alice, "ops");
    (void)actor_join(&bob, "ops");
    struct group_commit g = removing("bob", epoch, 3);
    cr_assert_eq(group_commit(&alice, &g), STATUS_DONE);
    cr_assert_eq(group_say(&bob, "ops", epoch + 1, "x"), STATUS_DONE);
    restart();
    people_login(&bob, "bob");
    cr_assert_eq(actor_join(&bob, "ops"), OP_JOINED);
    cr_assert_eq(group_say(&bob, "ops", epoch + 1, "x"), STATUS_DONE);
    people_login(&alice, "alice");
    (void)actor_join(&alice, "ops");
    g = removing("bob", epoch + 1, 4);
    cr_assert_eq(group_commit(&alice, &g), STATUS_DONE);
    cr_assert(actor_has_event(&bob, OP_REMOVED), "nothing was left of the departure");
}

Test(scenario_successor, departed__an_account_invited_again_keeps_its_welcome)
{
    struct msg_room_key key;
    uint64_t epoch = open_trio();
    struct group_commit g = {.room = "ops", .epoch = epoch, .req = 3, .welcomed = {"bob"}};

    (void)group_leave(&bob, "ops");
    actor_cut(&bob);
    sim_run(&sim, 31000);
    cr_assert_eq(group_commit(&alice, &g), STATUS_DONE);
    g = removing("bob", epoch + 1, 4);
    cr_assert_eq(group_commit(&alice, &g), STATUS_DONE);
    cr_assert_not(group_departed(&sim, "ops", "bob"));
    restart();
    people_login(&bob, "bob");
    actor_event(&bob, OP_ROOM_KEY, &MSG_ROOM_KEY, &key);
    cr_assert_eq(key.kind, ROOM_KEY_WELCOME);
    cr_assert_eq(actor_join(&bob, "ops"), OP_JOINED);
    cr_assert_eq(group_say(&bob, "ops", epoch + 2, "x"), STATUS_DONE);
}

Test(scenario_successor, departed__removed_and_invited_again_in_one_commit_has_a_leaf)
{
    uint64_t epoch = open_trio();
    struct group_commit g = {
        .room = "ops", .epoch = epoch, .req = 3, .removed = {"bob"}, .welcomed = {"bob"}};

    (void)group_leave(&bob, "ops");
    (void)actor_join(&bob, "ops");
    cr_assert_eq(group_commit(&alice, &g), STATUS_DONE);
    cr_assert_not(group_departed(&sim, "ops", "bob"));
    cr_assert_eq(group_say(&bob, "ops", epoch + 1, "x"), STATUS_DONE);
    restart();
    people_login(&bob, "bob");
    cr_assert_eq(actor_join(&bob, "ops"), OP_JOINED);
    cr_assert_eq(actor_commit(&bob, "ops", epoch + 1, 0, 4), STATUS_DONE, "stored too");
}

Test(scenario_successor, departed__a_voided_removal_is_pending_again_and_the_other_one_stays)
{
    uint64_t epoch = other_dave();
    struct group_commit g = removing("dave", epoch, 3);

    cr_assert_eq(group_commit(&alice, &g), STATUS_DONE);
    uint64_t seq = group_seq(&alice);
    cr_assert_eq(group_bad(&bob, "ops", seq), STATUS_DONE);
    cr_assert_eq(group_bad(&carol, "ops", seq), STATUS_DONE);
    sim_run(&sim, 100);
    cr_assert(group_departed(&sim, "ops", "dave"));
    g = removing("dave", epoch, 4);
    cr_assert_eq(group_commit(&bob, &g), STATUS_DONE);
    cr_assert_eq(group_say(&carol, "ops", epoch + 1, "x"), STATUS_DONE);
}

Test(scenario_successor, departed__who_comes_in_takes_his_own_old_leaf_along)
{
    struct msg_name ask = {.name = bytes_str("ops")};
    uint64_t epoch = open_trio();
    struct group_commit g = removing("dave", epoch, 3);

    (void)group_leave(&dave, "ops");
    (void)actor_join(&dave, "ops");
    (void)actor_ask(&dave, OP_GROUP_INFO, &ask);
    sim_run(&sim, 100);
    g.flags = COMMIT_EXTERNAL;
    cr_assert_eq(group_commit(&dave, &g), STATUS_DONE);
    cr_assert_not(group_departed(&sim, "ops", "dave"));
    cr_assert_eq(group_say(&dave, "ops", epoch + 1, "x"), STATUS_DONE);
    restart();
    cr_assert(group_departed(&sim, "ops", "dave"), "the new leaf of a guest outlives him");
}

Test(scenario_successor, departed__a_guest_who_takes_the_name_has_the_leaf_he_had)
{
    struct msg_name name = {.name = bytes_str("dave")};
    uint64_t epoch = open_trio();
    struct group_commit g = removing("dave", epoch + 1, 3);

    actor_enter(&carol, "carol");
    (void)group_join(&carol, "ops");
    (void)group_leave(&dave, "ops");
    actor_cut(&dave);
    sim_run(&sim, 31000);
    cr_assert_eq(actor_ask(&carol, OP_NICK, &name), OP_RENAMED);
    cr_assert_eq(group_commit(&alice, &g), STATUS_DONE);
    cr_assert_eq(group_say(&carol, "ops", epoch + 2, "x"), STATUS_DONE);
}

/* ---- names that a commit removes ---- */

Test(scenario_successor, removed__is_folded_and_what_is_no_name_is_refused)
{
    struct msg_commit_event seen;
    struct bytes name;
    uint64_t epoch = open_trio();
    struct group_commit g = removing("b b", epoch, 3);

    (void)group_leave(&dave, "ops");
    cr_assert_neq(group_commit(&alice, &g), STATUS_DONE);
    people_refused(&alice, CODE_BAD_NAME, "removed");
    sim_run(&sim, 100);
    actor_forget(&bob);
    g.removed[0] = "DAVE";
    g.removed[1] = "Dave";
    cr_assert_eq(group_commit(&alice, &g), STATUS_DONE);
    cr_assert_not(group_departed(&sim, "ops", "dave"));
    actor_event(&bob, OP_COMMIT, &MSG_COMMIT_EVENT, &seen);
    cr_assert(names_next(&seen.removed, &name) && bytes_eq(name, bytes_str("dave")));
    cr_assert_not(names_next(&seen.removed, &name), "once");
}

Test(scenario_successor, removed__from_outside_only_oneself_and_who_departed)
{
    struct msg_name ask = {.name = bytes_str("ops")};
    uint64_t epoch = open_trio();
    struct group_commit g = removing("bob", epoch, 3);

    actor_enter(&carol, "carol");
    (void)actor_join(&carol, "ops");
    (void)group_leave(&dave, "ops");
    (void)actor_ask(&carol, OP_GROUP_INFO, &ask);
    sim_run(&sim, 100);
    g.flags = COMMIT_EXTERNAL;
    cr_assert_neq(group_commit(&carol, &g), STATUS_DONE);
    people_refused(&carol, CODE_NOT_ALLOWED, "removed");
    g.removed[0] = "dave";
    g.removed[1] = "carol";
    cr_assert_eq(group_commit(&carol, &g), STATUS_DONE);
    cr_assert_not(group_departed(&sim, "ops", "dave"));
}
