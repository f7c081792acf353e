/* SPDX-License-Identifier: ISC */
/* Stories of who must be removed from a group, and of who is asked to rotate it. */
#include <criterion/criterion.h>

#include "group.h"

static struct sim sim;
static struct actor alice, bob, carol, dave;

static void setup(void)
{
    people_init(&sim, 19);
    sim.config.limits.commit_burst = 0;
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

TestSuite(scenario_depart, .init = setup, .fini = teardown);

/* Alice, bob and carol in one group of "ops"; the epoch. */
static uint64_t three(void)
{
    people_account(&alice, "alice");
    actor_enter(&bob, "bob");
    people_account(&carol, "carol");
    group_found(&alice, "ops");
    (void)group_join(&bob, "ops");
    uint64_t epoch = group_join(&carol, "ops");
    sim_run(&sim, 100);
    actor_forget(&alice);
    actor_forget(&bob);
    actor_forget(&carol);
    return epoch;
}

/* ---- departures ---- */

Test(scenario_depart, depart__whoever_leaves_must_be_removed_and_somebody_is_asked)
{
    struct msg_departed gone;
    struct msg_rotate_event asked;
    struct bytes name;
    uint64_t epoch = three();

    cr_assert_eq(group_leave(&bob, "ops"), OP_LEFT);
    actor_event(&alice, OP_DEPARTED, &MSG_DEPARTED, &gone);
    cr_assert(bytes_eq(gone.user, bytes_str("bob")));
    actor_event(&carol, OP_DEPARTED, &MSG_DEPARTED, &gone);
    cr_assert(group_departed(&sim, "ops", "bob"));
    sim_run(&sim, 100);
    cr_assert_eq(
        group_asked(&alice, ROTATE_DEPARTURE) + group_asked(&carol, ROTATE_DEPARTURE), 1);
    struct actor *who = group_asked(&alice, ROTATE_DEPARTURE) != 0 ? &alice : &carol;
    actor_event(who, OP_ROTATE, &MSG_ROTATE, &asked);
    cr_assert(names_next(&asked.departed, &name) && bytes_eq(name, bytes_str("bob")));
    struct group_commit g = {.room = "ops", .epoch = epoch, .req = 1, .removed = {"bob"}};
    cr_assert_eq(group_commit(who, &g), STATUS_DONE);
    cr_assert_not(group_departed(&sim, "ops", "bob"));
    sim_run(&sim, 40000);
    cr_assert_eq(
        group_asked(&alice, ROTATE_DEPARTURE) + group_asked(&carol, ROTATE_DEPARTURE), 0);
}

Test(scenario_depart, depart__asked_again_after_thirty_seconds)
{
    (void)three();
    (void)group_leave(&bob, "ops");
    sim_run(&sim, 29000);
    cr_assert_eq(
        group_asked(&alice, ROTATE_DEPARTURE) + group_asked(&carol, ROTATE_DEPARTURE), 1);
    sim_run(&sim, 2500);
    cr_assert_eq(
        group_asked(&alice, ROTATE_DEPARTURE) + group_asked(&carol, ROTATE_DEPARTURE), 2);
}

Test(scenario_depart, depart__a_commit_that_does_not_name_him_does_not_clear_it)
{
    uint64_t epoch = three();

    (void)group_leave(&bob, "ops");
    cr_assert_eq(actor_commit(&alice, "ops", epoch, 0, 1), STATUS_DONE);
    cr_assert(group_departed(&sim, "ops", "bob"));
    sim_run(&sim, 2000);
    cr_assert_geq(group_asked(&alice, ROTATE_DEPARTURE) + group_asked(&carol, ROTATE_DEPARTURE),
        2, "asked again at once after a commit");
}

Test(scenario_depart, depart__kicked_and_guest_gone_after_grace)
{
    struct msg_power kick = {.room = bytes_str("ops"), .user = bytes_str("carol")};

    (void)three();
    (void)actor_ask(&alice, OP_KICK, &kick);
    cr_assert_eq(actor_status(&alice), STATUS_DONE);
    cr_assert(group_departed(&sim, "ops", "carol"));
    actor_cut(&bob);
    sim_run(&sim, 29000);
    cr_assert_not(group_departed(&sim, "ops", "bob"), "he may come back");
    sim_run(&sim, 2000);
    cr_assert(group_departed(&sim, "ops", "bob"));
}

Test(scenario_depart, depart__an_account_that_is_away_is_a_member_still)
{
    (void)three();
    actor_cut(&carol);
    sim_run(&sim, 60000);
    cr_assert_not(group_departed(&sim, "ops", "carol"));
}

Test(scenario_depart, depart__with_nobody_here_the_first_who_comes_is_asked)
{
    (void)three();
    actor_cut(&alice);
    actor_cut(&carol);
    sim_run(&sim, 31000);
    (void)group_leave(&bob, "ops");
    sim_run(&sim, 5000);
    people_login(&carol, "carol");
    (void)actor_join(&carol, "ops");
    sim_run(&sim, 2000);
    cr_assert_eq(group_asked(&carol, ROTATE_DEPARTURE), 1);
}

Test(scenario_depart, depart__back_before_the_commit_keeps_his_place_in_the_room)
{
    uint64_t epoch = three();

    (void)group_leave(&carol, "ops");
    cr_assert_eq(actor_join(&carol, "ops"), OP_JOINED);
    struct group_commit g = {.room = "ops", .epoch = epoch, .req = 1, .removed = {"carol"}};
    cr_assert_eq(group_commit(&alice, &g), STATUS_DONE);
    sim_run(&sim, 100);
    cr_assert_not(actor_has_event(&carol, OP_REMOVED), "that was the leaf she had before");
    cr_assert_not(group_departed(&sim, "ops", "carol"));
    cr_assert_eq(group_enter(&carol, "ops"), epoch + 2);
}

Test(scenario_depart, depart__who_left_while_his_commit_was_with_the_store_is_one)
{
    struct msg_name ask = {.name = bytes_str("ops")};
    struct msg_room_key key;
    uint64_t epoch = three();

    actor_enter(&dave, "dave");
    (void)actor_join(&dave, "ops");
    (void)actor_ask(&dave, OP_GROUP_INFO, &ask);
    actor_event(&dave, OP_ROOM_KEY, &MSG_ROOM_KEY, &key);
    sim.config.limits.grace_s = 0;
    struct group_commit g = {
        .room = "ops", .epoch = epoch, .flags = COMMIT_EXTERNAL, .req = 77};
    group_send(&dave, &g);
    sim_turn(&sim);
    actor_cut(&dave);
    sim_run(&sim, 1000);
    cr_assert(group_departed(&sim, "ops", "dave"));
}

/* ---- rotation ---- */

Test(scenario_depart, rotate__after_eighty_messages_the_last_speaker_is_asked)
{
    uint64_t epoch = three();

    for (int i = 0; i < 79; i++)
        cr_assert_eq(group_say(i % 2 ? &alice : &bob, "ops", epoch, "x"), STATUS_DONE);
    sim_run(&sim, 2000);
    cr_assert_eq(group_asked(&alice, ROTATE_COUNT) + group_asked(&bob, ROTATE_COUNT) +
                     group_asked(&carol, ROTATE_COUNT),
        0);
    cr_assert_eq(group_say(&bob, "ops", epoch, "x"), STATUS_DONE);
    sim_run(&sim, 100);
    cr_assert_eq(group_asked(&bob, ROTATE_COUNT), 1);
    cr_assert_eq(group_asked(&alice, ROTATE_COUNT) + group_asked(&carol, ROTATE_COUNT), 0);
    cr_assert_eq(actor_commit(&bob, "ops", epoch, 0, 1), STATUS_DONE);
    sim_run(&sim, 60000);
    cr_assert_eq(group_asked(&bob, ROTATE_COUNT), 1, "done is done");
}

Test(scenario_depart, rotate__after_nine_minutes_when_anything_was_said)
{
    uint64_t epoch = three();

    sim_run(&sim, 545000);
    cr_assert_eq(group_asked(&alice, ROTATE_AGE) + group_asked(&bob, ROTATE_AGE) +
                     group_asked(&carol, ROTATE_AGE),
        0, "a silent room needs none");
    cr_assert_eq(group_say(&carol, "ops", epoch, "x"), STATUS_DONE);
    sim_run(&sim, 1500);
    cr_assert_eq(group_asked(&carol, ROTATE_AGE), 1);
    sim_run(&sim, 31000);
    cr_assert_eq(group_asked(&alice, ROTATE_AGE) + group_asked(&bob, ROTATE_AGE) +
                     group_asked(&carol, ROTATE_AGE),
        2, "another is asked");
}

Test(scenario_depart, rotate__who_is_not_in_the_group_is_not_asked)
{
    uint64_t epoch = 0;

    people_account(&alice, "alice");
    group_found(&alice, "ops");
    actor_enter(&bob, "bob");
    (void)actor_join(&bob, "ops");
    for (int i = 0; i < 80; i++)
        cr_assert_eq(group_say(&alice, "ops", epoch, "x"), STATUS_DONE);
    sim_run(&sim, 62000); /* whoever spoke last, then whoever is here */
    cr_assert_eq(group_asked(&bob, ROTATE_COUNT), 0);
    cr_assert_eq(group_asked(&alice, ROTATE_COUNT), 3);
}

Test(scenario_depart, rename__a_guest_keeps_his_place_in_the_group)
{
    struct msg_name name = {.name = bytes_str("robert")};
    uint64_t epoch = three();

    cr_assert_eq(actor_ask(&bob, OP_NICK, &name), OP_RENAMED);
    cr_assert_eq(group_say(&bob, "ops", epoch, "x"), STATUS_DONE);
    cr_assert_eq(actor_commit(&bob, "ops", epoch, 0, 1), STATUS_DONE);
    uint64_t seq = group_seq(&bob);
    name.name = bytes_str("rob");
    cr_assert_eq(actor_ask(&bob, OP_NICK, &name), OP_RENAMED);
    cr_assert_neq(group_bad(&bob, "ops", seq), STATUS_DONE, "it is his own, whatever his name");
    (void)group_leave(&bob, "ops");
    cr_assert(group_departed(&sim, "ops", "rob"));
    cr_assert_not(group_departed(&sim, "ops", "bob"));
}
