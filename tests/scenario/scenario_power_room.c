/* SPDX-License-Identifier: ISC */
/* Stories of power over a room: its moderators, its owner, its password. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "people.h"
#include "support/support.h"

static struct sim sim;
static struct actor alice, bob, carol, oper;
static char folder[64];

static void setup(void)
{
    people_init(&sim, 80);
    sim.config.limits.login_tries_per_min = 1000;
    actor_init(&alice, &sim, "127.0.0.1");
    actor_init(&bob, &sim, "127.0.0.1");
    actor_init(&carol, &sim, "127.0.0.1");
    actor_init(&oper, &sim, "127.0.0.1");
}

static void teardown(void)
{
    actor_fini(&alice);
    actor_fini(&bob);
    actor_fini(&carol);
    actor_fini(&oper);
    sim_fini(&sim);
    if (folder[0] != '\0')
        support_rmtree(folder);
}

TestSuite(scenario_power_room, .init = setup, .fini = teardown);

static const uint8_t OLD[MSG_SECRET] = {1};

static const uint8_t NEW[MSG_SECRET] = {2};

/* On a database that survives sim_stop(). */
static void start_on_disk(void)
{
    static char path[96];

    support_tmpdir(folder, sizeof folder);
    (void)snprintf(path, sizeof path, "%s/db", folder);
    sim.db_path = path;
    sim_start(&sim);
}

static void restart(void)
{
    sim_stop(&sim);
    sim_start(&sim);
}

/* alice's room with bob and carol in it; all of them accounts. */
static void room_of_three(void)
{
    people_account(&alice, "alice");
    people_account(&bob, "bob");
    people_account(&carol, "carol");
    cr_assert_eq(actor_join(&alice, "ops"), OP_CREATED);
    cr_assert_eq(actor_join(&bob, "ops"), OP_JOINED);
    cr_assert_eq(actor_join(&carol, "ops"), OP_JOINED);
}

static void operator_comes(uint8_t role)
{
    people_account(&oper, "oper");
    people_role(&sim, "oper", role);
}

/* ---- moderators ---- */

Test(scenario_power_room, moderator__made_by_the_owner_alone)
{
    struct msg_users who = {.more = true, .room = bytes_str("ops")};
    struct msg_users_ok ok;

    sim_start(&sim);
    room_of_three();
    cr_assert_eq(people_moderator(&alice, "ops", "bob", 1), STATUS_DONE);
    (void)actor_ask(&carol, OP_USERS, &who);
    actor_answer(&carol, &MSG_USERS_OK, &ok);
    cr_assert_eq(ok.flags.p[1], USER_ACCOUNT | USER_MODERATOR);
    cr_assert_eq(people_kick(&bob, "ops", "carol"), STATUS_DONE);
    cr_assert_eq(actor_join(&carol, "ops"), OP_JOINED);
    cr_assert_eq(people_moderator(&bob, "ops", "carol", 1), STATUS_REFUSED);
    people_refused(&bob, CODE_NOT_ALLOWED, "only its owner");
    cr_assert_eq(people_moderator(&bob, "ops", "bob", 0), STATUS_REFUSED);
    cr_assert_eq(people_moderator(&alice, "ops", "bob", 0), STATUS_DONE);
    cr_assert_eq(people_kick(&bob, "ops", "carol"), STATUS_REFUSED);
    people_refused(&bob, CODE_NOT_ALLOWED, "owner and moderators");
}

Test(scenario_power_room, moderator__only_an_account_that_is_a_member)
{
    sim_start(&sim);
    people_account(&alice, "alice");
    actor_enter(&bob, "bob");
    people_account(&carol, "carol");
    cr_assert_eq(actor_join(&alice, "ops"), OP_CREATED);
    cr_assert_eq(actor_join(&bob, "ops"), OP_JOINED);
    cr_assert_eq(people_moderator(&alice, "ops", "bob", 1), STATUS_REFUSED);
    people_refused(&alice, CODE_NOT_MEMBER, "user:");
    cr_assert_eq(people_moderator(&alice, "ops", "carol", 1), STATUS_REFUSED);
    people_refused(&alice, CODE_NOT_MEMBER, "user:");
    cr_assert_eq(people_moderator(&alice, "nowhere", "carol", 1), STATUS_REFUSED);
    people_refused(&alice, CODE_NO_SUCH_ROOM, "room:");
}

Test(scenario_power_room, moderator__survives_a_restart)
{
    start_on_disk();
    room_of_three();
    cr_assert_eq(people_moderator(&alice, "ops", "bob", 1), STATUS_DONE);
    restart();
    people_login(&alice, "alice");
    people_login(&bob, "bob");
    people_login(&carol, "carol");
    cr_assert_eq(actor_join(&carol, "ops"), OP_JOINED);
    cr_assert_eq(people_kick(&bob, "ops", "carol"), STATUS_DONE);
    cr_assert_eq(
        people_moderator(&alice, "ops", "bob", 0), STATUS_DONE, "the owner is the owner");
}

Test(scenario_power_room, owner__of_a_guest_room_is_nobody_after_a_restart)
{
    start_on_disk();
    actor_enter(&alice, "alice");
    people_account(&bob, "bob");
    cr_assert_eq(actor_join(&alice, "ops"), OP_CREATED);
    cr_assert_eq(actor_join(&bob, "ops"), OP_JOINED);
    cr_assert_eq(actor_join(&alice, "locked"), OP_CREATED);
    cr_assert_eq(actor_join(&bob, "locked"), OP_JOINED);
    cr_assert_eq(people_password(&alice, "locked", OLD, 1), STATUS_DONE);
    restart();
    people_login(&bob, "bob");
    cr_assert_eq(actor_join(&bob, "ops"), OP_JOINED);
    cr_assert_eq(actor_join(&bob, "locked"), OP_JOINED);
    actor_enter(&carol, "alice");
    cr_assert_eq(people_kick(&carol, "locked", "bob"), STATUS_REFUSED);
    people_refused(&carol, CODE_NOT_ALLOWED, "owner");
    cr_assert_eq(people_kick(&carol, "ops", "bob"), STATUS_REFUSED);
    people_refused(&carol, CODE_NOT_ALLOWED, "owner");
}

/* ---- a room's password ---- */

Test(scenario_power_room, password__set_changed_taken_away)
{
    sim_start(&sim);
    people_account(&alice, "alice");
    actor_enter(&bob, "bob");
    cr_assert_eq(actor_join(&alice, "ops"), OP_CREATED);
    cr_assert_eq(people_password(&alice, "ops", OLD, 0), STATUS_DONE);
    cr_assert_eq(actor_join(&bob, "ops"), OP_REPLY);
    people_refused(&bob, CODE_BAD_SECRET, "proof:");
    cr_assert_eq(people_password(&alice, "ops", NEW, 2), STATUS_DONE);
    cr_assert_eq(actor_join_proof(&bob, "ops", OLD), OP_REPLY);
    cr_assert_eq(actor_join_proof(&bob, "ops", NEW), OP_JOINED);
    cr_assert_eq(people_password(&alice, "ops", OLD, 2), STATUS_REFUSED);
    people_refused(&alice, CODE_STALE, "generation:");
    cr_assert_eq(actor_refusal(&alice).num, 2);
    cr_assert_eq(people_password(&alice, "ops", NULL, 3), STATUS_DONE);
    actor_enter(&carol, "carol");
    cr_assert_eq(actor_join(&carol, "ops"), OP_JOINED);
    struct msg_room_password bad = {
        .room = bytes_str("ops"), .proof = bytes_of(OLD, 31), .generation = 4};
    (void)actor_ask(&alice, OP_ROOM_PASSWORD, &bad);
    people_refused(&alice, CODE_BAD_FIELD, "proof:");
}

Test(scenario_power_room, password__survives_a_restart_with_its_owner)
{
    start_on_disk();
    room_of_three();
    cr_assert_eq(people_password(&alice, "ops", NEW, 5), STATUS_DONE);
    restart();
    people_login(&alice, "alice");
    cr_assert_eq(people_password(&alice, "ops", NEW, 5), STATUS_REFUSED);
    people_refused(&alice, CODE_STALE, "generation:");
    actor_enter(&oper, "guest");
    cr_assert_eq(actor_join_proof(&oper, "ops", OLD), OP_REPLY);
    cr_assert_eq(actor_join_proof(&oper, "ops", NEW), OP_JOINED);
}

Test(scenario_power_room, password__no_room_named)
{
    static const uint8_t body[] = {0, 0, 0, 0, 0, 1}; /* no room, no proof, generation 1 */

    sim_start(&sim);
    operator_comes(ROLE_OPERATOR);
    actor_send_raw(&oper, OP_ROOM_PASSWORD, bytes_of(body, sizeof body));
    (void)actor_wait_reply(&oper);
    people_refused(&oper, CODE_BAD_FIELD, "room");
    cr_assert_eq(people_password(&oper, "nowhere", NEW, 1), STATUS_REFUSED);
    people_refused(&oper, CODE_NO_SUCH_ROOM, "room:");
}
