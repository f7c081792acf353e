/* SPDX-License-Identifier: ISC */
/* Stories of people in rooms. */
#include <criterion/criterion.h>

#include "people.h"

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
        cr_assert_eq(i % 2 ? actor_say(&alice, "ops", "x") : actor_direct(&alice, "bob", "x"),
            STATUS_DONE);
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

/* ---- every size, every answer ---- */

Test(scenario_chat, say__from_one_byte_to_as_many_as_there_may_be)
{
    static const size_t SIZES[] = {1, 2, 255, 256, 1200, 16383, 16384, MSG_TEXT - 1, MSG_TEXT};
    static uint8_t text[MSG_TEXT];
    struct msg_said said;
    struct msg_direct_event direct;

    sim.config.limits.flood_burst = 0;
    sim.config.limits.bytes_burst = 0;
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (uint8_t)(i * 31 + i / 256);
    actor_enter(&alice, "alice");
    actor_enter(&bob, "bob");
    cr_assert_eq(actor_join(&alice, "ops"), OP_CREATED);
    cr_assert_eq(actor_join(&bob, "ops"), OP_JOINED);
    for (size_t i = 0; i < sizeof SIZES / sizeof SIZES[0]; i++) {
        struct msg_say m = {.to = bytes_str("ops"), .text = bytes_of(text, SIZES[i])};
        (void)actor_ask(&alice, OP_SAY, &m);
        cr_assert_eq(actor_status(&alice), STATUS_DONE, "%zu", SIZES[i]);
        actor_event(&bob, OP_SAY, &MSG_SAID, &said);
        cr_assert(bytes_eq(said.text, m.text), "%zu", SIZES[i]);
        m.to = bytes_str("bob");
        (void)actor_ask(&alice, OP_DIRECT, &m);
        cr_assert_eq(actor_status(&alice), STATUS_DONE, "%zu", SIZES[i]);
        actor_event(&bob, OP_DIRECT, &MSG_DIRECT_EVENT, &direct);
        cr_assert(bytes_eq(direct.text, m.text), "%zu", SIZES[i]);
    }
}

Test(scenario_chat, say__nothing_is_refused_and_names_the_field)
{
    static const uint8_t body[] = {3, 'o', 'p', 's', 0, 0};

    actor_enter(&alice, "alice");
    cr_assert_eq(actor_join(&alice, "ops"), OP_CREATED);
    actor_send_raw(&alice, OP_SAY, bytes_of(body, sizeof body));
    (void)actor_wait_reply(&alice);
    people_refused(&alice, CODE_BAD_FIELD, "text");
    actor_send_raw(&alice, OP_SAY, bytes_of(body, 4));
    (void)actor_wait_reply(&alice);
    people_refused(&alice, CODE_BAD_FIELD, "text");
    actor_send_raw(&alice, OP_DIRECT, bytes_of("", 0));
    (void)actor_wait_reply(&alice);
    people_refused(&alice, CODE_BAD_FIELD, "user");
    cr_assert_eq(actor_say(&alice, "ops", "the line is kept"), STATUS_DONE);
}

Test(scenario_chat, say__too_large_a_frame_ends_the_line)
{
    static uint8_t body[OPCODE_TEXT + 1];

    actor_enter(&alice, "alice");
    actor_enter(&bob, "bob");
    cr_assert_eq(actor_join(&alice, "ops"), OP_CREATED);
    cr_assert_eq(actor_join(&bob, "ops"), OP_JOINED);
    actor_send_raw(&alice, OP_SAY, bytes_of(body, sizeof body));
    cr_assert(actor_wait_down(&alice));
    cr_assert_eq(actor_say(&bob, "ops", "hello?"), STATUS_DONE);
}

Test(scenario_chat, say__numbers_and_times_are_the_same_for_all)
{
    struct msg_sent sent;
    struct msg_said said;
    uint64_t last = 0;

    actor_enter(&alice, "alice");
    actor_enter(&bob, "bob");
    cr_assert_eq(actor_join(&alice, "ops"), OP_CREATED);
    cr_assert_eq(actor_join(&bob, "ops"), OP_JOINED);
    for (int i = 0; i < 4; i++) {
        struct actor *who = i % 2 ? &bob : &alice;
        cr_assert_eq(actor_say(who, "ops", "x"), STATUS_DONE);
        actor_answer(who, &MSG_SENT, &sent);
        cr_assert_eq(sent.stored, 0, "nobody absent needs it");
        actor_event(i % 2 ? &alice : &bob, OP_SAY, &MSG_SAID, &said);
        cr_assert_eq(said.seq, sent.seq);
        cr_assert_eq(said.time_ms, sent.time_ms);
        cr_assert_gt(sent.seq, last);
        last = sent.seq;
    }
}

Test(scenario_chat, say__in_a_room_by_another_spelling_of_its_name)
{
    struct msg_said said;

    actor_enter(&alice, "alice");
    actor_enter(&bob, "bob");
    cr_assert_eq(actor_join(&alice, "Ops"), OP_CREATED);
    cr_assert_eq(actor_join(&bob, "ops"), OP_JOINED);
    cr_assert_eq(actor_say(&alice, "oPs", "hello"), STATUS_DONE);
    actor_event(&bob, OP_SAY, &MSG_SAID, &said);
    cr_assert(bytes_eq(said.room, bytes_str("Ops")));
}

Test(scenario_chat, direct__to_nobody_oneself_or_what_is_no_name)
{
    static const char *const NOBODY[] = {"nobody", "server", "a b", "rand77", "10.0.0.1"};
    struct msg_name no;

    sim.config.limits.flood_burst = 0;
    actor_enter(&alice, "alice");
    actor_hello(&bob);
    for (size_t i = 0; i < sizeof NOBODY / sizeof NOBODY[0]; i++) {
        cr_assert_eq(actor_direct(&alice, NOBODY[i], "psst"), 0xff);
        cr_assert_eq(alice.last->op, OP_NO_USER);
        actor_body(&alice, &MSG_NO_USER, &no);
        cr_assert(bytes_eq(no.name, bytes_str(NOBODY[i])));
    }
    cr_assert_eq(actor_direct(&alice, bob.name, "psst"), 0xff, "who only said hello is nobody");
    cr_assert_eq(actor_direct(&alice, "ALICE", "psst"), STATUS_REFUSED);
    people_refused(&alice, CODE_NOT_ALLOWED, "yourself");
}

Test(scenario_chat, direct__capitals_are_no_difference)
{
    struct msg_direct_event m;

    actor_enter(&alice, "alice");
    actor_enter(&bob, "bob");
    cr_assert_eq(actor_direct(&alice, "BoB", "one"), STATUS_DONE);
    cr_assert_eq(actor_direct(&bob, "alice", "two"), STATUS_DONE);
    actor_event(&bob, OP_DIRECT, &MSG_DIRECT_EVENT, &m);
    cr_assert(bytes_eq(m.text, bytes_str("one")));
    actor_event(&alice, OP_DIRECT, &MSG_DIRECT_EVENT, &m);
    cr_assert(bytes_eq(m.sender, bytes_str("bob")));
}

Test(scenario_chat, answers__each_of_the_statuses_and_confirmations)
{
    struct msg_name nick = {.name = bytes_str("alicia")};
    struct msg_leave leave = {.more = true, .room = bytes_str("ops")};
    struct msg_refusal idle;
    struct msg_name named;

    sim.config.limits.flood_burst = 1;
    actor_enter(&alice, "alice");
    cr_assert_eq(actor_ask(&alice, OP_NICK, &nick), OP_RENAMED); /* 0x90 */
    actor_enter(&bob, "bob");
    cr_assert_eq(actor_join(&bob, "ops"), OP_CREATED);            /* 0x93 */
    cr_assert_eq(actor_join(&alice, "ops"), OP_JOINED);           /* 0x91 */
    cr_assert_eq(actor_say(&alice, "ops", "1"), STATUS_DONE);     /* 0x9a 0 */
    cr_assert_eq(actor_say(&alice, "ops", "2"), STATUS_TOO_FAST); /* 0x9a 2 */
    cr_assert_eq(actor_ask(&alice, OP_LEAVE, &leave), OP_LEFT);   /* 0x92 */
    actor_body(&alice, &MSG_LEFT, &named);
    cr_assert(bytes_eq(named.name, bytes_str("ops")));
    sim_run(&sim, 2000);
    cr_assert_eq(actor_say(&alice, "ops", "3"), STATUS_REFUSED); /* 0x9a 1 */
    sim_run(&sim, 2000);
    cr_assert_eq(actor_direct(&alice, "nobody", "4"), 0xff);
    cr_assert_eq(alice.last->op, OP_NO_USER); /* 0x94 */
    sim_run(&sim, 21000);
    actor_event(&alice, OP_REPLY, &MSG_REFUSAL, &idle);
    cr_assert_eq(idle.status, STATUS_IDLE); /* 0x9a 3 */
    cr_assert_null(alice.replies);
}

Test(scenario_chat, order__replies_come_as_the_requests_were_sent)
{
    struct msg_join join = {.room = bytes_str("ops")};
    struct msg_say say = {.to = bytes_str("ops"), .text = bytes_str("first words")};
    struct msg_say direct = {.to = bytes_str("nobody"), .text = bytes_str("psst")};
    struct msg_rooms rooms = {0};
    static const uint8_t WANT[] = {
        OP_CREATED, OP_REPLY, OP_NO_USER, OP_REPLY, OP_NO_USER, OP_REPLY};

    actor_hello(&alice);
    cr_assert_eq(actor_register(&alice, "alice", 1), STATUS_DONE);
    actor_send(&alice, OP_JOIN, &join); /* waits for the store */
    actor_send(&alice, OP_SAY, &say);
    actor_send(&alice, OP_DIRECT, &direct); /* waits for the store */
    actor_send(&alice, OP_ROOMS, &rooms);
    actor_send(&alice, OP_DIRECT, &direct);
    actor_send(&alice, OP_ROOMS, &rooms);
    for (size_t i = 0; i < sizeof WANT; i++)
        cr_assert_eq(actor_wait_reply(&alice), WANT[i], "%zu", i);
    cr_assert_null(alice.replies);
}
