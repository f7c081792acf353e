/* SPDX-License-Identifier: ISC */
/* Stories of tokens: issued, used, expired, revoked, stolen and played again. */
#include <criterion/criterion.h>
#include <string.h>

#include "people.h"

#define DAY_MS 86400000

static struct sim sim;
static struct actor alice, bob, thief;

static void setup(void)
{
    people_init(&sim, 40);
    sim_start(&sim);
    actor_init(&alice, &sim, "127.0.0.1");
    actor_init(&bob, &sim, "127.0.0.1");
    actor_init(&thief, &sim, "10.6.6.6");
}

static void teardown(void)
{
    actor_fini(&alice);
    actor_fini(&bob);
    actor_fini(&thief);
    sim_fini(&sim);
}

TestSuite(scenario_login_token, .init = setup, .fini = teardown);

static struct msg_token_ok issue(struct actor *a, uint32_t lifetime_s)
{
    struct msg_token_new m = {.lifetime_s = lifetime_s, .label = bytes_str("laptop")};
    struct msg_token_ok ok;

    (void)actor_ask(a, OP_TOKEN_NEW, &m);
    actor_answer(a, &MSG_TOKEN_OK, &ok);
    return ok;
}

static uint8_t by_token(struct actor *a, const uint8_t token[MSG_SECRET])
{
    struct msg_token m;

    memcpy(m.token, token, sizeof m.token);
    actor_hello(a);
    (void)actor_ask(a, OP_TOKEN_LOGIN, &m);
    return actor_status(a);
}

static uint64_t revoke(struct actor *a, uint64_t id)
{
    struct msg_token_revoke m = {.id = id};
    struct msg_count n;

    (void)actor_ask(a, OP_TOKEN_REVOKE, &m);
    actor_answer(a, &MSG_COUNT, &n);
    return n.count;
}

static void ignored(void *arg, const struct store_result *r)
{
    (void)arg, (void)r;
}

/* ---- login tokens ---- */

Test(scenario_login_token, token__opens_the_account_more_than_once)
{
    struct msg_login_ok ok;

    people_account(&alice, "alice");
    people_role(&sim, "alice", ROLE_MODERATOR);
    struct msg_token_ok t = issue(&alice, 0);
    cr_assert_eq(t.expires_ms, (uint64_t)(sim.loop.wall_ms + 30 * (int64_t)DAY_MS));
    for (int i = 0; i < 3; i++) {
        cr_assert_eq(by_token(&bob, t.token), STATUS_DONE);
        actor_answer(&bob, &MSG_LOGIN_OK, &ok);
        cr_assert(bytes_eq(ok.name, bytes_str("alice")));
        cr_assert_eq(ok.role, ROLE_MODERATOR);
        actor_cut(&bob);
    }
}

Test(scenario_login_token, token__two_are_not_alike_and_lifetime_has_an_end)
{
    people_account(&alice, "alice");
    struct msg_token_ok one = issue(&alice, 60);
    struct msg_token_ok two = issue(&alice, UINT32_MAX);
    cr_assert_neq(memcmp(one.token, two.token, sizeof one.token), 0);
    cr_assert_neq(one.id, two.id);
    cr_assert_eq(one.expires_ms, (uint64_t)(sim.loop.wall_ms + 60000));
    cr_assert_eq(two.expires_ms, (uint64_t)(sim.loop.wall_ms + 30 * (int64_t)DAY_MS));
}

Test(scenario_login_token, token__expires)
{
    people_account(&alice, "alice");
    struct msg_token_ok t = issue(&alice, 30);
    actor_cut(&alice);
    sim_run(&sim, 29000);
    cr_assert_eq(by_token(&bob, t.token), STATUS_DONE);
    actor_cut(&bob);
    sim_run(&sim, 1001);
    cr_assert_eq(by_token(&bob, t.token), STATUS_REFUSED);
    people_refused(&bob, CODE_EXPIRED, "expired");
    cr_assert_eq(actor_login(&bob, "alice", 1), STATUS_DONE, "the password still opens");
}

Test(scenario_login_token, token__expired_is_forgotten_in_the_end)
{
    people_account(&alice, "alice");
    struct msg_token_ok t = issue(&alice, 1);
    sim_run(&sim, 120000);
    cr_assert_eq(by_token(&bob, t.token), STATUS_REFUSED);
    people_refused(&bob, CODE_BAD_SECRET, "not known");
}

Test(scenario_login_token, revoke__one_of_two_then_all)
{
    people_account(&alice, "alice");
    struct msg_token_ok one = issue(&alice, 0);
    struct msg_token_ok two = issue(&alice, 0);
    struct msg_token_ok three = issue(&alice, 0);
    cr_assert_eq(revoke(&alice, one.id), 1);
    cr_assert_eq(revoke(&alice, one.id), 0, "twice is nothing");
    cr_assert_eq(by_token(&bob, one.token), STATUS_REFUSED);
    people_refused(&bob, CODE_BAD_SECRET, "revoked");
    people_login(&alice, "alice");
    cr_assert_eq(revoke(&alice, 0), 2);
    cr_assert_eq(by_token(&bob, two.token), STATUS_REFUSED);
    cr_assert_eq(by_token(&bob, three.token), STATUS_REFUSED);
}

Test(scenario_login_token, revoke__somebody_elses_is_out_of_reach)
{
    people_account(&alice, "alice");
    people_account(&bob, "bob");
    struct msg_token_ok t = issue(&alice, 0);
    cr_assert_eq(revoke(&bob, t.id), 0);
    cr_assert_eq(revoke(&bob, 0), 0);
    cr_assert_eq(by_token(&thief, t.token), STATUS_DONE, "it still opens");
}

Test(scenario_login_token, theft__ends_when_the_owner_revokes)
{
    struct msg_closing closing;

    people_account(&alice, "alice");
    struct msg_token_ok t = issue(&alice, 0);
    cr_assert_eq(by_token(&thief, t.token), STATUS_DONE);
    actor_event(&alice, OP_CLOSING, &MSG_CLOSING, &closing);
    cr_assert(bytes_eq(closing.reason, bytes_str("this account came in from another place")),
        "the owner learns of it");
    people_login(&alice, "alice");
    cr_assert(actor_wait_down(&thief));
    cr_assert_eq(revoke(&alice, 0), 1);
    cr_assert_eq(by_token(&thief, t.token), STATUS_REFUSED);
    cr_assert_not_null(alice.link);
}

Test(scenario_login_token, token__one_bit_off_is_no_token)
{
    people_account(&alice, "alice");
    struct msg_token_ok t = issue(&alice, 0);
    for (int i = 0; i < 3; i++) {
        uint8_t bad[MSG_SECRET];
        memcpy(bad, t.token, sizeof bad);
        bad[i * 15] ^= 1;
        cr_assert_eq(by_token(&bob, bad), STATUS_REFUSED);
    }
    cr_assert_not_null(alice.link);
}

Test(scenario_login_token, token__of_a_removed_account_is_over)
{
    people_account(&alice, "alice");
    struct msg_token_ok t = issue(&alice, 0);
    store_account_remove(sim.store, bytes_str("alice"), ignored, NULL);
    sim_run(&sim, 10);
    server_account_changed(sim.server, bytes_str("alice"), true, ROLE_GUEST);
    cr_assert_eq(by_token(&bob, t.token), STATUS_REFUSED);
    people_refused(&bob, CODE_BAD_SECRET, "not known");
}

/* ---- resume tokens ---- */

Test(scenario_login_token, resume__replaces_its_token_each_time)
{
    uint8_t used[4][MSG_SECRET];

    actor_enter(&alice, "alice");
    for (int i = 0; i < 4; i++) {
        memcpy(used[i], alice.resume, sizeof used[i]);
        actor_cut(&alice);
        actor_hello(&alice);
        cr_assert_eq(actor_resume(&alice, used[i]), STATUS_DONE);
        cr_assert_str_eq(alice.name, "alice");
        cr_assert_neq(memcmp(alice.resume, used[i], sizeof used[i]), 0);
    }
    actor_hello(&thief);
    for (int i = 0; i < 4; i++) {
        cr_assert_eq(actor_resume(&thief, used[i]), STATUS_REFUSED);
        people_refused(&thief, CODE_BAD_SECRET, "over");
    }
    cr_assert_not_null(alice.link, "replay does nothing to the owner");
}

Test(scenario_login_token, resume__stolen_closes_the_older_line_and_is_noticed)
{
    struct msg_closing closing;
    uint8_t stolen[MSG_SECRET];

    actor_enter(&alice, "alice");
    memcpy(stolen, alice.resume, sizeof stolen);
    actor_hello(&thief);
    cr_assert_eq(actor_resume(&thief, stolen), STATUS_DONE);
    actor_event(&alice, OP_CLOSING, &MSG_CLOSING, &closing);
    cr_assert(
        bytes_eq(closing.reason, bytes_str("this session was resumed from another place")));
    cr_assert(actor_wait_down(&alice));
    actor_hello(&alice);
    cr_assert_eq(actor_resume(&alice, stolen), STATUS_REFUSED, "there is one live session");
}

Test(scenario_login_token, resume__after_the_grace_time_it_is_over)
{
    actor_enter(&alice, "alice");
    actor_cut(&alice);
    sim_run(&sim, 29000);
    actor_hello(&bob);
    cr_assert_eq(actor_resume(&bob, alice.resume), STATUS_DONE, "within it, it is not");
    memcpy(alice.resume, bob.resume, sizeof alice.resume);
    actor_cut(&bob);
    sim_run(&sim, 30001);
    actor_hello(&bob);
    cr_assert_eq(actor_resume(&bob, alice.resume), STATUS_REFUSED);
}

Test(scenario_login_token, resume__not_after_a_goodbye)
{
    struct msg_leave none = {0};

    actor_enter(&alice, "alice");
    cr_assert_eq(actor_ask(&alice, OP_LEAVE, &none), OP_LEFT);
    cr_assert(actor_wait_down(&alice));
    actor_hello(&alice);
    cr_assert_eq(actor_resume(&alice, alice.resume), STATUS_REFUSED);
    actor_enter(&bob, "alice");
}

Test(scenario_login_token, resume__not_after_a_restart)
{
    uint8_t token[MSG_SECRET];

    actor_enter(&alice, "alice");
    memcpy(token, alice.resume, sizeof token);
    sim_stop(&sim);
    sim_start(&sim);
    actor_hello(&alice);
    cr_assert_eq(actor_resume(&alice, token), STATUS_REFUSED);
}

Test(scenario_login_token, tokens__of_one_kind_do_not_serve_as_the_other)
{
    people_account(&alice, "alice");
    struct msg_token_ok t = issue(&alice, 0);
    cr_assert_eq(by_token(&thief, alice.resume), STATUS_REFUSED);
    actor_hello(&thief);
    cr_assert_eq(actor_resume(&thief, t.token), STATUS_REFUSED);
    cr_assert_not_null(alice.link);
}

Test(scenario_login_token, resume__keeps_role_rooms_and_account)
{
    struct msg_login_ok ok;

    people_account(&alice, "alice");
    people_role(&sim, "alice", ROLE_OPERATOR);
    cr_assert_eq(actor_join(&alice, "ops"), OP_CREATED);
    actor_cut(&alice);
    actor_hello(&alice);
    struct msg_token m;
    memcpy(m.token, alice.resume, sizeof m.token);
    (void)actor_ask(&alice, OP_RESUME, &m);
    actor_answer(&alice, &MSG_LOGIN_OK, &ok);
    cr_assert_eq(ok.resumed, 1);
    cr_assert_eq(ok.role, ROLE_OPERATOR);
    cr_assert_eq(actor_say(&alice, "ops", "still here"), STATUS_DONE);
    (void)issue(&alice, 60);
}

Test(scenario_login_token, resume__both_ends_in_one_turn)
{
    struct msg_token m;

    /* Two lines bring the same token in the same turn: one gets the session. */
    actor_enter(&alice, "alice");
    actor_hello(&bob);
    actor_hello(&thief);
    memcpy(m.token, alice.resume, sizeof m.token);
    actor_send(&bob, OP_RESUME, &m);
    actor_send(&thief, OP_RESUME, &m);
    uint8_t first = (actor_wait_reply(&bob), actor_status(&bob));
    uint8_t second = (actor_wait_reply(&thief), actor_status(&thief));
    cr_assert_neq(first == STATUS_DONE, second == STATUS_DONE);
    cr_assert(actor_wait_down(&alice));
}
