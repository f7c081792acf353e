/* SPDX-License-Identifier: ISC */
/* Stories of who is told what about whom: once, and nobody else. */
#include <criterion/criterion.h>
#include <string.h>

#include "people.h"

static struct sim sim;
static struct actor alice, bob, carol, dave;

static void setup(void)
{
    people_init(&sim, 70);
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

TestSuite(scenario_presence, .init = setup, .fini = teardown);

static void settle(void)
{
    sim_run(&sim, 500);
}

static void forget_all(void)
{
    settle();
    actor_forget(&alice);
    actor_forget(&bob);
    actor_forget(&carol);
    actor_forget(&dave);
}

/* alice and bob in ops; carol watches everybody and is in none; dave does neither. */
static void people_in_ops(void)
{
    struct msg_users all = {0};

    actor_enter(&alice, "alice");
    actor_enter(&bob, "bob");
    actor_enter(&carol, "carol");
    actor_enter(&dave, "dave");
    (void)actor_ask(&carol, OP_USERS, &all);
    cr_assert_eq(actor_join(&alice, "ops"), OP_CREATED);
    cr_assert_eq(actor_join(&bob, "ops"), OP_JOINED);
}

Test(scenario_presence, join__told_to_those_who_are_in)
{
    struct msg_presence_event e;

    people_in_ops();
    settle();
    cr_assert_eq(people_told(&alice, PRESENCE_JOINED, "ops", "bob"), 1);
    cr_assert_eq(people_told_any(&bob, "bob"), 0, "not to himself");
    cr_assert_eq(people_told_any(&bob, "alice"), 0, "not of those before him");
    cr_assert_eq(people_told_any(&carol, "bob"), 0, "a room is the business of its members");
    cr_assert_eq(people_told_any(&dave, "bob"), 0);
    actor_event(&alice, OP_PRESENCE, &MSG_PRESENCE, &e);
    cr_assert_eq(e.flags, 0);
}

Test(scenario_presence, join__of_an_account_says_so)
{
    struct msg_presence_event e;

    people_account(&alice, "alice");
    people_account(&bob, "bob");
    cr_assert_eq(actor_join(&alice, "ops"), OP_CREATED);
    cr_assert_eq(actor_join(&bob, "ops"), OP_JOINED);
    actor_event(&alice, OP_PRESENCE, &MSG_PRESENCE, &e);
    cr_assert_eq(e.kind, PRESENCE_JOINED);
    cr_assert_eq(e.flags, USER_ACCOUNT);
}

Test(scenario_presence, leave__told_once)
{
    struct msg_leave m = {.more = true, .room = bytes_str("ops")};

    people_in_ops();
    forget_all();
    cr_assert_eq(actor_ask(&bob, OP_LEAVE, &m), OP_LEFT);
    settle();
    cr_assert_eq(people_told(&alice, PRESENCE_LEFT, "ops", "bob"), 1);
    cr_assert_eq(people_told_any(&alice, "bob"), 1);
    cr_assert_eq(people_told_any(&bob, "bob"), 0);
    cr_assert_eq(people_told_any(&carol, "bob"), 0);
}

Test(scenario_presence, online__told_to_those_who_asked_for_everybody)
{
    people_in_ops();
    forget_all();
    actor_enter(&dave, "");
    settle();
    cr_assert_eq(people_told(&carol, PRESENCE_ONLINE, "", dave.name), 1);
    cr_assert_eq(people_told_any(&alice, dave.name), 0);
}

Test(scenario_presence, online__one_who_only_says_hello_is_nobody)
{
    people_in_ops();
    forget_all();
    actor_cut(&dave);
    sim_run(&sim, 60000);
    forget_all();
    actor_hello(&dave);
    actor_cut(&dave);
    settle();
    cr_assert_eq(actor_events(&carol, OP_PRESENCE), 0);
}

Test(scenario_presence, drop__away_then_gone_each_once)
{
    people_in_ops();
    forget_all();
    actor_cut(&bob);
    settle();
    cr_assert_eq(people_told(&alice, PRESENCE_AWAY, "ops", "bob"), 1);
    cr_assert_eq(people_told(&carol, PRESENCE_AWAY, "", "bob"), 1);
    cr_assert_eq(people_told_any(&dave, "bob"), 0);
    forget_all();
    sim_run(&sim, 31000);
    cr_assert_eq(people_told(&alice, PRESENCE_LEFT, "ops", "bob"), 1, "a guest is no member");
    cr_assert_eq(people_told_any(&alice, "bob"), 1);
    cr_assert_eq(people_told(&carol, PRESENCE_OFFLINE, "", "bob"), 1);
    cr_assert_eq(people_told_any(&carol, "bob"), 1);
}

Test(scenario_presence, drop__an_account_goes_offline_and_stays_a_member)
{
    people_account(&bob, "bob");
    actor_enter(&alice, "alice");
    cr_assert_eq(actor_join(&bob, "ops"), OP_CREATED);
    cr_assert_eq(actor_join(&alice, "ops"), OP_JOINED);
    forget_all();
    actor_cut(&bob);
    sim_run(&sim, 31000);
    cr_assert_eq(people_told(&alice, PRESENCE_AWAY, "ops", "bob"), 1);
    cr_assert_eq(people_told(&alice, PRESENCE_OFFLINE, "ops", "bob"), 1);
    cr_assert_eq(people_told_any(&alice, "bob"), 2);
    forget_all();
    people_login(&bob, "bob");
    cr_assert_eq(actor_join(&bob, "ops"), OP_JOINED);
    settle();
    cr_assert_eq(people_told(&alice, PRESENCE_JOINED, "ops", "bob"), 1);
    cr_assert_eq(people_told_any(&alice, "bob"), 1);
}

Test(scenario_presence, resume__back_once_and_nothing_about_himself)
{
    people_in_ops();
    forget_all();
    actor_cut(&bob);
    settle();
    actor_hello(&bob);
    cr_assert_eq(actor_resume(&bob, bob.resume), STATUS_DONE);
    settle();
    cr_assert_eq(people_told(&alice, PRESENCE_AWAY, "ops", "bob"), 1);
    cr_assert_eq(people_told(&alice, PRESENCE_ONLINE, "ops", "bob"), 1);
    cr_assert_eq(people_told_any(&alice, "bob"), 2);
    cr_assert_eq(people_told(&carol, PRESENCE_AWAY, "", "bob"), 1);
    cr_assert_eq(people_told(&carol, PRESENCE_ONLINE, "", "bob"), 1);
    cr_assert_eq(people_told_any(&bob, "bob"), 0);
}

Test(scenario_presence, resume__what_others_did_meanwhile_is_told)
{
    struct msg_leave leave = {.more = true, .room = bytes_str("ops")};

    people_in_ops();
    cr_assert_eq(actor_join(&dave, "ops"), OP_JOINED);
    forget_all();
    actor_cut(&bob);
    settle();
    cr_assert_eq(actor_ask(&dave, OP_LEAVE, &leave), OP_LEFT);
    settle();
    actor_hello(&bob);
    cr_assert_eq(actor_resume(&bob, bob.resume), STATUS_DONE);
    settle();
    cr_assert_eq(people_told(&bob, PRESENCE_LEFT, "ops", "dave"), 1);
}

Test(scenario_presence, goodbye__no_grace_no_away)
{
    struct msg_leave none = {0};

    people_in_ops();
    forget_all();
    cr_assert_eq(actor_ask(&bob, OP_LEAVE, &none), OP_LEFT); /* the room */
    cr_assert_eq(actor_ask(&bob, OP_LEAVE, &none), OP_LEFT); /* the relay */
    cr_assert(actor_wait_down(&bob));
    settle();
    cr_assert_eq(people_told(&alice, PRESENCE_LEFT, "ops", "bob"), 1);
    cr_assert_eq(people_told_any(&alice, "bob"), 1);
    cr_assert_eq(people_told(&carol, PRESENCE_OFFLINE, "", "bob"), 1);
    cr_assert_eq(people_told_any(&carol, "bob"), 1);
}

Test(scenario_presence, rename__told_to_rooms_and_watchers)
{
    struct msg_name m = {.name = bytes_str("robert")};
    struct msg_presence_event e;

    people_in_ops();
    forget_all();
    cr_assert_eq(actor_ask(&bob, OP_NICK, &m), OP_RENAMED);
    settle();
    cr_assert_eq(people_told(&alice, PRESENCE_RENAMED, "ops", "bob"), 1);
    cr_assert_eq(people_told(&carol, PRESENCE_RENAMED, "", "bob"), 1);
    cr_assert_eq(people_told_any(&bob, "bob"), 0);
    actor_event(&alice, OP_PRESENCE, &MSG_PRESENCE, &e);
    cr_assert(bytes_eq(e.other, bytes_str("robert")));
    forget_all();
    m.name = bytes_str("ROBERT");
    cr_assert_eq(actor_ask(&bob, OP_NICK, &m), OP_RENAMED);
    settle();
    cr_assert_eq(actor_events(&alice, OP_PRESENCE), 0, "nothing changed, nothing is told");
}

Test(scenario_presence, rename__while_away_is_not_possible_and_speaking_follows_the_name)
{
    struct msg_name m = {.name = bytes_str("robert")};
    struct msg_said said;

    people_in_ops();
    cr_assert_eq(actor_ask(&bob, OP_NICK, &m), OP_RENAMED);
    cr_assert_eq(actor_say(&bob, "ops", "it is me"), STATUS_DONE);
    actor_event(&alice, OP_SAY, &MSG_SAID, &said);
    cr_assert(bytes_eq(said.sender, bytes_str("robert")));
}

Test(scenario_presence, rename__direct_conversations_are_with_the_new_name)
{
    struct msg_name m = {.name = bytes_str("robert")};
    struct msg_direct_event d;

    people_account(&alice, "alice");
    actor_enter(&bob, "bob");
    cr_assert_eq(actor_direct(&bob, "alice", "one"), STATUS_DONE);
    actor_event(&alice, OP_DIRECT, &MSG_DIRECT_EVENT, &d);
    cr_assert_eq(actor_ask(&bob, OP_NICK, &m), OP_RENAMED);
    cr_assert_eq(actor_direct(&bob, "alice", "two"), STATUS_DONE);
    actor_event(&alice, OP_DIRECT, &MSG_DIRECT_EVENT, &d);
    cr_assert(bytes_eq(d.sender, bytes_str("robert")));
    cr_assert_eq(actor_direct(&alice, "robert", "three"), STATUS_DONE);
    actor_event(&bob, OP_DIRECT, &MSG_DIRECT_EVENT, &d);
    cr_assert(bytes_eq(d.sender, bytes_str("alice")));
    cr_assert(bytes_eq(d.text, bytes_str("three")));
    cr_assert_eq(actor_events(&bob, OP_DIRECT), 0);
    struct msg_conversations all = {0};
    struct msg_conversations_ok ok;
    (void)actor_ask(&bob, OP_CONVERSATIONS, &all);
    actor_answer(&bob, &MSG_CONVERSATIONS_OK, &ok);
    cr_assert_eq(ok.convos.count, 1, "the one of his old name is over for him");
}

Test(scenario_presence, kick__of_an_absent_member_is_told_to_those_present)
{
    struct msg_power kick = {.room = bytes_str("ops"), .user = bytes_str("bob")};

    people_account(&alice, "alice");
    people_account(&bob, "bob");
    actor_enter(&carol, "carol");
    cr_assert_eq(actor_join(&alice, "ops"), OP_CREATED);
    cr_assert_eq(actor_join(&bob, "ops"), OP_JOINED);
    cr_assert_eq(actor_join(&carol, "ops"), OP_JOINED);
    actor_cut(&bob);
    sim_run(&sim, 60000);
    forget_all();
    (void)actor_ask(&alice, OP_KICK, &kick);
    cr_assert_eq(actor_status(&alice), STATUS_DONE);
    settle();
    cr_assert_eq(people_told(&carol, PRESENCE_LEFT, "ops", "bob"), 1);
    cr_assert_eq(people_told(&alice, PRESENCE_LEFT, "ops", "bob"), 1);
}

Test(scenario_presence, takeover__one_offline_one_online)
{
    struct msg_users all = {0};

    people_account(&alice, "alice");
    actor_enter(&carol, "carol");
    (void)actor_ask(&carol, OP_USERS, &all);
    forget_all();
    people_login(&bob, "alice");
    settle();
    cr_assert_eq(people_told(&carol, PRESENCE_OFFLINE, "", "alice"), 1);
    cr_assert_eq(people_told(&carol, PRESENCE_ONLINE, "", "alice"), 1);
    cr_assert_eq(people_told_any(&carol, "alice"), 2);
}

Test(scenario_presence, grace__zero_means_gone_at_once)
{
    people_in_ops();
    forget_all();
    sim.config.limits.grace_s = 0;
    actor_cut(&bob);
    settle();
    cr_assert_eq(people_told(&alice, PRESENCE_LEFT, "ops", "bob"), 1);
    cr_assert_eq(people_told_any(&alice, "bob"), 1);
}
