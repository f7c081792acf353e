/* SPDX-License-Identifier: ISC */
/* Stories of people in rooms. */
#include <criterion/criterion.h>

#include "support/actor.h"

static struct sim sim;
static struct actor alice, bob, carol;

static void setup(void)
{
    sim_init(&sim, 1);
    sim_start(&sim);
    actor_init(&alice, &sim, "127.0.0.1");
    actor_init(&bob, &sim, "127.0.0.1");
    actor_init(&carol, &sim, "127.0.0.1");
}

static void teardown(void)
{
    actor_fini(&alice);
    actor_fini(&bob);
    actor_fini(&carol);
    sim_fini(&sim);
}

TestSuite(scenario_chat, .init = setup, .fini = teardown);

Test(scenario_chat, greeting__gives_provisional_names)
{
    actor_enter(&alice, "");
    actor_enter(&bob, "");
    cr_assert_str_eq(alice.name, "rand0");
    cr_assert_str_eq(bob.name, "rand1");
}

Test(scenario_chat, room__message_reaches_all_others_and_not_the_sender)
{
    struct msg_said said;

    actor_enter(&alice, "alice");
    actor_enter(&bob, "bob");
    actor_enter(&carol, "carol");
    cr_assert_eq(actor_join(&alice, "ops"), OP_CREATED);
    cr_assert_eq(actor_join(&bob, "ops"), OP_JOINED);
    cr_assert_eq(actor_join(&carol, "ops"), OP_JOINED);
    cr_assert_eq(actor_say(&alice, "ops", "hello"), STATUS_DONE);
    actor_event(&bob, OP_SAY, &MSG_SAID, &said);
    cr_assert(bytes_eq(said.text, bytes_str("hello")));
    cr_assert(bytes_eq(said.sender, bytes_str("alice")));
    cr_assert(bytes_eq(said.room, bytes_str("ops")));
    (void)actor_said(&carol, "hello");
    sim_run(&sim, 1000);
    cr_assert_not(actor_has_event(&alice, OP_SAY));
}

Test(scenario_chat, direct__reaches_the_one)
{
    struct msg_direct_event m;

    actor_enter(&alice, "alice");
    actor_enter(&bob, "bob");
    actor_enter(&carol, "carol");
    cr_assert_eq(actor_direct(&alice, "bob", "psst"), STATUS_DONE);
    actor_event(&bob, OP_DIRECT, &MSG_DIRECT_EVENT, &m);
    cr_assert(bytes_eq(m.sender, bytes_str("alice")));
    cr_assert(bytes_eq(m.text, bytes_str("psst")));
    cr_assert_eq(actor_direct(&alice, "nobody", "psst"), 0xff);
    cr_assert_eq(alice.last->op, OP_NO_USER);
    sim_run(&sim, 1000);
    cr_assert_not(actor_has_event(&carol, OP_DIRECT));
}

Test(scenario_chat, flood__sixth_message_is_too_fast)
{
    actor_enter(&alice, "alice");
    actor_enter(&bob, "bob");
    (void)actor_join(&alice, "ops");
    for (int i = 0; i < 5; i++)
        cr_assert_eq(i % 2 ? actor_say(&alice, "ops", "x") : actor_direct(&alice, "bob", "x"), STATUS_DONE);
    cr_assert_eq(actor_say(&alice, "ops", "x"), STATUS_TOO_FAST);
    cr_assert_eq(actor_refusal(&alice).code, CODE_TOO_FAST);
    sim_run(&sim, 1000);
    cr_assert_eq(actor_say(&alice, "ops", "x"), STATUS_DONE);
}

Test(scenario_chat, silence__warned_at_20_dropped_at_30)
{
    struct msg_refusal idle;

    actor_enter(&alice, "alice");
    sim_run(&sim, 19500);
    cr_assert_not(actor_has_event(&alice, OP_REPLY));
    sim_run(&sim, 1000);
    actor_event(&alice, OP_REPLY, &MSG_REFUSAL, &idle);
    cr_assert_eq(idle.status, STATUS_IDLE);
    sim_run(&sim, 8000);
    cr_assert_not_null(alice.link);
    sim_run(&sim, 2500);
    cr_assert_null(alice.link);
}

Test(scenario_chat, silence__a_heartbeat_is_enough)
{
    struct msg_heartbeat beat = {.text = bytes_str(MSG_HEARTBEAT)};

    actor_enter(&alice, "alice");
    for (int i = 0; i < 20; i++) {
        sim_run(&sim, 6000);
        actor_send(&alice, OP_HEARTBEAT, &beat);
    }
    cr_assert_not_null(alice.link);
    cr_assert_null(alice.replies, "a heartbeat has no reply");
}

Test(scenario_chat, leave__room_then_relay)
{
    struct msg_leave none = {0};
    struct msg_name left;

    actor_enter(&alice, "alice");
    (void)actor_join(&alice, "one");
    (void)actor_join(&alice, "two");
    cr_assert_eq(actor_ask(&alice, OP_LEAVE, &none), OP_LEFT);
    actor_body(&alice, &MSG_LEFT, &left);
    cr_assert(bytes_eq(left.name, bytes_str("two")), "the current room is the last joined");
    cr_assert_eq(actor_ask(&alice, OP_LEAVE, &none), OP_LEFT);
    cr_assert_eq(actor_ask(&alice, OP_LEAVE, &none), OP_LEFT);
    actor_body(&alice, &MSG_LEFT, &left);
    cr_assert_eq(left.name.n, 0);
    cr_assert(actor_wait_down(&alice));
}

Test(scenario_chat, resume__within_grace_brings_what_was_missed)
{
    struct msg_token m;
    struct msg_login_ok ok;

    actor_enter(&alice, "alice");
    actor_enter(&bob, "bob");
    (void)actor_join(&alice, "ops");
    (void)actor_join(&bob, "ops");
    actor_cut(&bob);
    cr_assert_eq(actor_say(&alice, "ops", "while away"), STATUS_DONE);
    memcpy(m.token, bob.resume, sizeof m.token);
    actor_hello(&bob);
    (void)actor_ask(&bob, OP_RESUME, &m);
    actor_answer(&bob, &MSG_LOGIN_OK, &ok);
    cr_assert_eq(ok.resumed, 1);
    cr_assert(bytes_eq(ok.name, bytes_str("bob")));
    (void)actor_said(&bob, "while away");
    cr_assert_eq(actor_say(&bob, "ops", "back"), STATUS_DONE);
    (void)actor_said(&alice, "back");
    /* The token was for once. */
    actor_cut(&bob);
    actor_hello(&bob);
    (void)actor_ask(&bob, OP_RESUME, &m);
    cr_assert_eq(actor_status(&bob), STATUS_REFUSED);
}
