/* SPDX-License-Identifier: ISC */
/* Stories of too much of something: whoever is over a limit is told which; others notice
 * nothing. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "people.h"
#include "server/convo.h"
#include "support/prover.h"
#include "support/support.h"

static struct sim sim;
static struct actor alice, bob, carol, eve;
static struct actor many[64];

static void setup(void)
{
    people_init(&sim, 90);
    actor_init(&alice, &sim, "127.0.0.1");
    actor_init(&bob, &sim, "127.0.0.1");
    actor_init(&carol, &sim, "127.0.0.1");
    actor_init(&eve, &sim, "10.6.6.6");
    for (size_t i = 0; i < 64; i++)
        actor_init(&many[i], &sim, "10.0.0.1");
}

static void teardown(void)
{
    actor_fini(&alice);
    actor_fini(&bob);
    actor_fini(&carol);
    actor_fini(&eve);
    for (size_t i = 0; i < 64; i++)
        actor_fini(&many[i]);
    sim_fini(&sim);
}

TestSuite(scenario_limit, .init = setup, .fini = teardown);

#define LIMIT sim.config.limits

static void from(struct actor *a, const char *address)
{
    (void)snprintf(a->address, sizeof a->address, "%s", address);
}

/* ---- connections ---- */

Test(scenario_limit, connections__at_once)
{
    LIMIT.connections = 3;
    sim_start(&sim);
    actor_enter(&alice, "alice");
    actor_enter(&bob, "bob");
    cr_assert(actor_dial(&carol));
    cr_assert_not(actor_dial(&eve));
    cr_assert_not(actor_dial(&many[0]));
    cr_assert_eq(actor_direct(&alice, "bob", "all well?"), STATUS_DONE);
    actor_cut(&carol);
    cr_assert(actor_dial(&eve), "where one goes another may come");
}

Test(scenario_limit, per_address__and_another_address_is_another)
{
    LIMIT.per_address = 2;
    sim_start(&sim);
    cr_assert(actor_dial(&many[0]));
    cr_assert(actor_dial(&many[1]));
    cr_assert_not(actor_dial(&many[2]));
    cr_assert(actor_dial(&eve));
    cr_assert_not_null(many[0].link);
    actor_cut(&many[0]);
    cr_assert(actor_dial(&many[2]));
}

Test(scenario_limit, per_address__of_ipv6_is_the_first_half)
{
    LIMIT.per_address = 2;
    sim_start(&sim);
    from(&many[0], "2001:db8::1");
    from(&many[1], "2001:db8::2:3:4:5");
    from(&many[2], "2001:db8::ffff");
    from(&many[3], "2001:db8:0:1::1");
    from(&many[4], "::ffff:10.0.0.7");
    from(&many[5], "::ffff:10.0.0.8");
    from(&many[6], "10.0.0.7");
    from(&many[7], "10.0.0.7");
    cr_assert(actor_dial(&many[0]));
    cr_assert(actor_dial(&many[1]));
    cr_assert_not(actor_dial(&many[2]), "the same /64");
    cr_assert(actor_dial(&many[3]), "another");
    cr_assert(actor_dial(&many[4]));
    cr_assert(actor_dial(&many[5]), "IPv4 within IPv6 is IPv4");
    cr_assert(actor_dial(&many[6]));
    cr_assert_not(actor_dial(&many[7]));
}

static size_t dial_from(const char *address, size_t n)
{
    size_t in = 0;

    for (size_t i = 0; i < n; i++) {
        from(&many[i], address);
        in += actor_dial(&many[i]);
    }
    return in;
}

Test(scenario_limit, loopback__exempt_or_not)
{
    LIMIT.per_address = 3;
    LIMIT.new_per_address = 5;
    sim_start(&sim);
    cr_assert_eq(dial_from("127.0.0.1", 10), 10);
    cr_assert_eq(dial_from("127.9.9.9", 10), 10);
    cr_assert_eq(dial_from("::1", 10), 10);
    cr_assert_eq(dial_from("128.0.0.1", 10), 3);
    for (size_t i = 0; i < 10; i++)
        actor_cut(&many[i]);
    LIMIT.loopback_exempt = 0;
    cr_assert_eq(dial_from("127.0.0.2", 10), 3);
    cr_assert_eq(dial_from("::1", 10), 3);
}

Test(scenario_limit, new_per_address__then_none_for_ten_minutes)
{
    LIMIT.new_per_address = 5;
    LIMIT.login_ms = 600000;
    sim_start(&sim);
    actor_enter(&alice, "alice");
    for (int i = 0; i < 5; i++) {
        cr_assert(actor_dial(&many[0]), "%d", i);
        actor_cut(&many[0]);
    }
    cr_assert_not(actor_dial(&many[0]));
    cr_assert(actor_dial(&eve), "somebody else");
    sim_run(&sim, 599000);
    cr_assert_not(actor_dial(&many[0]));
    sim_run(&sim, 1100);
    cr_assert(actor_dial(&many[0]));
    cr_assert_not_null(alice.link);
}

Test(scenario_limit, unauthenticated__hold_at_most_so_many_places)
{
    LIMIT.unauthenticated = 4;
    LIMIT.drop_from = 4;
    LIMIT.loopback_exempt = 0;
    sim_start(&sim);
    actor_enter(&alice, "alice");
    actor_enter(&bob, "bob");
    for (size_t i = 0; i < 4; i++) {
        from(&many[i], people_name("10.0.1.", i));
        cr_assert(actor_dial(&many[i]), "%zu", i);
    }
    cr_assert_not(actor_dial(&eve));
    cr_assert_eq(actor_direct(&alice, "bob", "hello"), STATUS_DONE);
    /* One logs in, one goes: two places. */
    actor_cut(&many[0]);
    actor_enter(&many[1], "m");
    cr_assert(actor_dial(&eve));
    cr_assert(actor_dial(&many[5]));
    cr_assert_not(actor_dial(&carol));
    sim_run(&sim, 21000);
    cr_assert(actor_dial(&carol), "who does not log in is gone in the end");
}

Test(scenario_limit, drop_from__ever_more_are_refused_at_random)
{
    size_t in = 0;

    LIMIT.unauthenticated = 60;
    LIMIT.drop_from = 10;
    sim_start(&sim);
    for (size_t i = 0; i < 64; i++) {
        from(&many[i], people_name("10.0.2.", i));
        bool taken = actor_dial(&many[i]);
        cr_assert(taken || i >= 10, "below the mark nobody is refused");
        in += taken;
    }
    cr_assert_gt(in, 20, "some come through: %zu", in);
    cr_assert_lt(in, 55, "some do not: %zu", in);
}

Test(scenario_limit, login_ms__absolute)
{
    LIMIT.login_ms = 3000;
    sim_start(&sim);
    cr_assert(actor_dial(&alice));
    actor_hello(&bob);
    sim_run(&sim, 2900);
    cr_assert_not_null(alice.link);
    sim_run(&sim, 200);
    cr_assert_null(alice.link);
    cr_assert_null(bob.link);
}

/* ---- sessions that wait ---- */

Test(scenario_limit, sessions_in_grace__one_more_is_gone_at_once)
{
    LIMIT.sessions_in_grace = 2;
    sim_start(&sim);
    actor_enter(&alice, "alice");
    actor_enter(&bob, "bob");
    actor_enter(&carol, "carol");
    actor_cut(&alice);
    actor_cut(&bob);
    actor_cut(&carol);
    actor_hello(&carol);
    cr_assert_eq(actor_resume(&carol, carol.resume), STATUS_REFUSED);
    actor_hello(&bob);
    cr_assert_eq(actor_resume(&bob, bob.resume), STATUS_DONE);
    actor_hello(&alice);
    cr_assert_eq(actor_resume(&alice, alice.resume), STATUS_DONE);
}

/* ---- queues ---- */

static void say_bytes(struct actor *a, const char *room, size_t n)
{
    static uint8_t text[MSG_TEXT];
    struct msg_say m = {.to = bytes_str(room), .text = bytes_of(text, n)};

    memset(text, 'x', sizeof text);
    (void)actor_ask(a, OP_SAY, &m);
    cr_assert_eq(actor_status(a), STATUS_DONE);
}

static void three_in_ops(void)
{
    actor_enter(&alice, "alice");
    actor_enter(&bob, "bob");
    actor_enter(&carol, "carol");
    cr_assert_eq(actor_join(&alice, "ops"), OP_CREATED);
    cr_assert_eq(actor_join(&bob, "ops"), OP_JOINED);
    cr_assert_eq(actor_join(&carol, "ops"), OP_JOINED);
}

Test(scenario_limit, queue_soft__a_slow_reader_is_told_to_look_again)
{
    struct msg_convo_ref ref;

    LIMIT.queue_soft_bytes = 16 << 10;
    LIMIT.bytes_burst = 0;
    sim_start(&sim);
    three_in_ops();
    sim_pause(bob.link, true);
    for (int i = 0; i < 20; i++)
        say_bytes(&alice, "ops", 4000);
    sim_run(&sim, 1000);
    cr_assert_eq(actor_events(&carol, OP_SAY), 20, "others notice nothing");
    cr_assert_not_null(bob.link);
    sim_pause(bob.link, false);
    actor_event(&bob, OP_RESYNC, &MSG_CONVO_REF, &ref);
    cr_assert_eq(ref.kind, CONVO_ROOM);
    cr_assert(bytes_eq(ref.name, bytes_str("ops")));
    cr_assert_lt(actor_events(&bob, OP_SAY), 8, "the rest was not queued");
    cr_assert_eq(actor_events(&bob, OP_RESYNC), 0, "once");
    actor_forget(&bob);
    cr_assert_eq(actor_say(&alice, "ops", "again"), STATUS_DONE);
    (void)actor_said(&bob, "again");
}

Test(scenario_limit, queue_hard__a_reader_who_takes_nothing_is_cut)
{
    struct msg_users all = {0};

    LIMIT.queue_soft_bytes = 32 << 10;
    LIMIT.queue_hard_bytes = 64 << 10;
    sim_start(&sim);
    three_in_ops();
    sim_pause(bob.link, true);
    /* Replies are not held back at the soft mark: each request has one. */
    for (int i = 0; i < 3000; i++) {
        actor_send(&bob, OP_USERS, &all);
        sim_turn(&sim);
    }
    sim_run(&sim, 100);
    cr_assert_eq(people_told(&carol, PRESENCE_AWAY, "ops", "bob"), 1);
    sim_pause(bob.link, false);
    cr_assert(actor_wait_down(&bob));
    cr_assert_eq(actor_say(&alice, "ops", "still here"), STATUS_DONE);
    (void)actor_said(&carol, "still here");
}

Test(scenario_limit, queue_total__the_longest_queue_goes_first)
{
    LIMIT.queue_soft_bytes = 64 << 20;
    LIMIT.queue_hard_bytes = 64 << 20;
    LIMIT.queue_total_bytes = 1 << 20;
    LIMIT.bytes_burst = 0;
    sim_start(&sim);
    three_in_ops();
    actor_enter(&many[0], "dave");
    sim_pause(bob.link, true);
    for (int i = 0; i < 8; i++)
        say_bytes(&alice, "ops", 60000);
    cr_assert_eq(actor_join(&many[0], "ops"), OP_JOINED);
    sim_pause(many[0].link, true);
    for (int i = 0; i < 6; i++)
        say_bytes(&alice, "ops", 60000);
    sim_run(&sim, 2000);
    cr_assert_eq(people_told(&carol, PRESENCE_AWAY, "ops", "bob"), 1, "he has most");
    cr_assert_eq(people_told(&carol, PRESENCE_AWAY, "ops", "dave"), 0, "then it is enough");
    sim_pause(many[0].link, false);
    sim_run(&sim, 1000);
    cr_assert_eq(actor_events(&many[0], OP_SAY), 6);
    cr_assert_eq(actor_events(&carol, OP_SAY), 14);
}

Test(scenario_limit, queue_soft__of_one_who_is_away)
{
    LIMIT.queue_soft_bytes = 16 << 10;
    LIMIT.bytes_burst = 0;
    sim_start(&sim);
    three_in_ops();
    actor_cut(&bob);
    for (int i = 0; i < 20; i++)
        say_bytes(&alice, "ops", 4000);
    actor_hello(&bob);
    cr_assert_eq(actor_resume(&bob, bob.resume), STATUS_DONE);
    sim_run(&sim, 100);
    cr_assert_gt(actor_events(&bob, OP_RESYNC), 0);
    cr_assert_lt(actor_events(&bob, OP_SAY), 8);
}

/* ---- rates ---- */

Test(scenario_limit, flood__rooms_and_direct_together_and_nobody_else_pays)
{
    LIMIT.flood_burst = 3;
    LIMIT.flood_per_s_milli = 500;
    sim_start(&sim);
    three_in_ops();
    cr_assert_eq(actor_say(&alice, "ops", "1"), STATUS_DONE);
    cr_assert_eq(actor_direct(&alice, "bob", "2"), STATUS_DONE);
    cr_assert_eq(actor_say(&alice, "nowhere", "3"), STATUS_REFUSED, "a guess costs too");
    cr_assert_eq(actor_say(&alice, "ops", "4"), STATUS_TOO_FAST);
    people_refused(&alice, CODE_TOO_FAST, "too fast");
    uint64_t wait = actor_refusal(&alice).num;
    cr_assert(wait > 1500 && wait <= 2000, "%llu", (unsigned long long)wait);
    cr_assert_eq(actor_direct(&alice, "bob", "5"), STATUS_TOO_FAST);
    cr_assert_eq(actor_say(&bob, "ops", "me?"), STATUS_DONE);
    sim_run(&sim, wait + 1);
    cr_assert_eq(actor_say(&alice, "ops", "6"), STATUS_DONE);
    cr_assert_eq(actor_say(&alice, "ops", "7"), STATUS_TOO_FAST);
    sim_run(&sim, 100);
    cr_assert_eq(actor_events(&carol, OP_SAY), 3, "what was refused reached nobody");
    LIMIT.flood_burst = 0;
    for (int i = 0; i < 50; i++)
        cr_assert_eq(actor_say(&alice, "ops", "n"), STATUS_DONE);
}

Test(scenario_limit, command__requests_that_are_no_messages)
{
    struct msg_rooms all = {0};
    struct msg_heartbeat beat = {.text = bytes_str(MSG_HEARTBEAT)};

    LIMIT.command_burst = 6;
    LIMIT.command_per_s_milli = 1000;
    sim_start(&sim);
    actor_enter(&alice, "alice"); /* four: connect, hello, guest, nick */
    (void)actor_ask(&alice, OP_ROOMS, &all);
    (void)actor_ask(&alice, OP_ROOMS, &all);
    cr_assert_eq(actor_status(&alice), STATUS_DONE);
    (void)actor_ask(&alice, OP_ROOMS, &all);
    people_refused(&alice, CODE_TOO_FAST, "too many requests");
    for (int i = 0; i < 20; i++)
        actor_send(&alice, OP_HEARTBEAT, &beat);
    cr_assert_eq(actor_direct(&alice, "alicia", "a message is none"), 0xff);
    actor_enter(&bob, "bob");
    sim_run(&sim, 1001);
    (void)actor_ask(&alice, OP_ROOMS, &all);
    cr_assert_eq(actor_status(&alice), STATUS_DONE);
    (void)actor_ask(&alice, OP_ROOMS, &all);
    people_refused(&alice, CODE_TOO_FAST, "too many requests");
}

static uint8_t receipt(struct actor *a, const char *room)
{
    struct msg_say m = {
        .to = bytes_str(room), .text = bytes_str("seen"), .more = true, .kind = ENTRY_RECEIPT};

    (void)actor_ask(a, OP_SAY, &m);
    return actor_status(a);
}

Test(scenario_limit, receipt__a_budget_of_its_own)
{
    LIMIT.flood_burst = 1;
    LIMIT.receipt_burst = 2;
    LIMIT.receipt_per_s_milli = 1000;
    sim_start(&sim);
    three_in_ops();
    cr_assert_eq(receipt(&alice, "ops"), STATUS_DONE);
    cr_assert_eq(receipt(&alice, "ops"), STATUS_DONE);
    cr_assert_eq(receipt(&alice, "ops"), STATUS_TOO_FAST);
    people_refused(&alice, CODE_TOO_FAST, "too fast");
    cr_assert_eq(actor_say(&alice, "ops", "words"), STATUS_DONE);
    cr_assert_eq(actor_say(&alice, "ops", "words"), STATUS_TOO_FAST);
    sim_run(&sim, 1001);
    cr_assert_eq(receipt(&alice, "ops"), STATUS_DONE);
}

Test(scenario_limit, commit__a_budget_of_its_own)
{
    LIMIT.flood_burst = 1;
    LIMIT.commit_burst = 2;
    LIMIT.commit_per_s_milli = 1000;
    sim_start(&sim);
    three_in_ops();
    cr_assert_eq(actor_commit(&alice, "ops", 0, COMMIT_CREATE, 1), STATUS_DONE);
    cr_assert_eq(actor_commit(&alice, "ops", 0, 0, 2), STATUS_DONE);
    cr_assert_eq(actor_commit(&alice, "ops", 1, 0, 3), STATUS_TOO_FAST);
    people_refused(&alice, CODE_TOO_FAST, "too");
    sim_run(&sim, 1001);
    cr_assert_eq(actor_commit(&alice, "ops", 1, 0, 4), STATUS_DONE);
}

Test(scenario_limit, bytes__too_many_wait_and_are_not_refused)
{
    static uint8_t text[2000];
    struct msg_say m = {.to = bytes_str("ops"), .text = bytes_of(text, sizeof text)};
    struct msg_say small = {.to = bytes_str("ops"), .text = bytes_str("small")};
    uint64_t began;

    LIMIT.bytes_burst = 5000;
    LIMIT.bytes_per_s = 1000;
    sim_start(&sim);
    three_in_ops();
    sim_run(&sim, 60000);
    began = sim.loop.now_ms;
    for (int i = 0; i < 5; i++)
        actor_send(&alice, OP_SAY, &m);
    actor_send(&alice, OP_SAY, &small);
    sim_run(&sim, 10);
    cr_assert_eq(actor_events(&bob, OP_SAY), 2, "the burst");
    cr_assert_eq(actor_say(&bob, "ops", "I am not slow"), STATUS_DONE);
    for (int i = 0; i < 6; i++) {
        (void)actor_wait_reply(&alice);
        cr_assert_eq(actor_status(&alice), STATUS_DONE);
    }
    uint64_t took = sim.loop.now_ms - began;
    cr_assert(took >= 5000 && took <= 5300, "%llu", (unsigned long long)took);
    sim_run(&sim, 10);
    cr_assert_eq(actor_events(&carol, OP_SAY), 7, "every one arrived");
}

Test(scenario_limit, bytes__one_message_above_the_burst_still_passes)
{
    LIMIT.bytes_burst = 1000;
    LIMIT.bytes_per_s = 100;
    sim_start(&sim);
    three_in_ops();
    uint64_t began = sim.loop.now_ms;
    say_bytes(&alice, "ops", MSG_TEXT);
    say_bytes(&alice, "ops", MSG_TEXT);
    uint64_t took = sim.loop.now_ms - began;
    cr_assert(took >= 10000 && took < 10100, "%llu", (unsigned long long)took);
}

Test(scenario_limit, bytes__who_waits_for_us_is_not_silent)
{
    LIMIT.bytes_burst = 1000;
    LIMIT.bytes_per_s = 20;
    LIMIT.warn_s = 20;
    LIMIT.drop_s = 30;
    sim_start(&sim);
    actor_enter(&alice, "alice");
    cr_assert_eq(actor_join(&alice, "ops"), OP_CREATED);
    say_bytes(&alice, "ops", 1000);
    struct msg_say m = {.to = bytes_str("ops"), .text = bytes_str("x")};
    static uint8_t text[900];
    m.text = bytes_of(text, sizeof text);
    actor_send(&alice, OP_SAY, &m);
    (void)actor_wait_reply(&alice);
    cr_assert_eq(actor_status(&alice), STATUS_DONE);
    cr_assert_eq(actor_events(&alice, OP_REPLY), 0, "no warning either");
}

Test(scenario_limit, bytes__the_line_goes_while_it_waits)
{
    LIMIT.bytes_burst = 1000;
    LIMIT.bytes_per_s = 10;
    sim_start(&sim);
    three_in_ops();
    struct msg_say m = {.to = bytes_str("ops"), .text = bytes_str("late")};
    say_bytes(&alice, "ops", 1000);
    actor_send(&alice, OP_SAY, &m);
    sim_run(&sim, 100);
    actor_cut(&alice);
    sim_run(&sim, 5000);
    cr_assert_eq(actor_events(&bob, OP_SAY), 1);
}

static void give_packages(struct actor *a, size_t n)
{
    struct list_writer w;
    struct msg_package row = {.suite = 0xf001};

    list_begin(&w, 8u << 10);
    for (size_t i = 0; i < n; i++) {
        row.body = bytes_str(people_name("package of ", i + 100 * (size_t)(uint8_t)a->name[0]));
        list_add(&w, &MSG_PACKAGE_ROW, &row);
    }
    struct msg_public_key m = {.packages = list_view(&w)};
    prover_fill(a, (size_t)a->name[0] % PROVER_KEYS, &m);
    (void)actor_ask(a, OP_PUBLIC_KEY, &m);
    list_end(&w);
}

static uint8_t want_package(struct actor *a, const char *of)
{
    struct msg_dm_request m = {.user = bytes_str(of), .more = true, .suite = 0xf001};

    return actor_ask(a, OP_DM_REQUEST, &m);
}

Test(scenario_limit, package__per_requester_and_per_target)
{
    LIMIT.package_burst = 3;
    LIMIT.package_per_s_milli = 1000;
    sim_start(&sim);
    three_in_ops();
    actor_enter(&many[0], "dave");
    give_packages(&bob, 10);
    cr_assert_eq(actor_status(&bob), STATUS_DONE);
    give_packages(&carol, 10);
    for (int i = 0; i < 3; i++)
        cr_assert_eq(want_package(&alice, "bob"), OP_DM_ANSWER);
    cr_assert_eq(want_package(&alice, "carol"), OP_REPLY, "alice has had hers");
    people_refused(&alice, CODE_TOO_FAST, "keys");
    cr_assert_eq(want_package(&many[0], "bob"), OP_REPLY, "bob's are not to be drained");
    people_refused(&many[0], CODE_TOO_FAST, "keys");
    cr_assert_eq(want_package(&many[0], "carol"), OP_DM_ANSWER);
    sim_run(&sim, 1001);
    cr_assert_eq(want_package(&alice, "bob"), OP_DM_ANSWER);
}

Test(scenario_limit, packages_per_account__one_more_and_none_is_added)
{
    LIMIT.packages_per_account = 5;
    sim_start(&sim);
    people_account(&alice, "alice");
    actor_enter(&bob, "bob");
    give_packages(&alice, 6);
    people_refused(&alice, CODE_FULL, "packages");
    cr_assert_eq(actor_refusal(&alice).num, 5);
    cr_assert_eq(want_package(&bob, "alice"), OP_REPLY);
    people_refused(&bob, CODE_NO_PACKAGE, "alice");
    give_packages(&alice, 5);
    cr_assert_eq(actor_status(&alice), STATUS_DONE);
    cr_assert_eq(want_package(&bob, "alice"), OP_DM_ANSWER);
}
