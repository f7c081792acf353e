/* SPDX-License-Identifier: ISC */
/* Stories of too many attempts, accounts, checks and tokens. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "people.h"
#include "server/convo.h"
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

TestSuite(scenario_limit_login, .init = setup, .fini = teardown);

static const struct msg_empty NONE = {0};

#define LIMIT sim.config.limits

static void from(struct actor *a, const char *address)
{
    (void)snprintf(a->address, sizeof a->address, "%s", address);
}

/* ---- logging in ---- */

Test(scenario_limit_login, login_tries__per_account_from_anywhere_then_each_wait_doubles)
{
    static const uint64_t WAITS[] = {30000, 60000, 120000, 120000};

    LIMIT.login_tries_per_min = 3;
    LIMIT.backoff_max_s = 120;
    LIMIT.penalty_max_s = 1;
    sim_start(&sim);
    people_account(&alice, "alice");
    actor_cut(&alice);
    for (size_t round = 0; round < 4; round++) {
        for (size_t i = 0; i < 3; i++) {
            from(&many[i], people_name("10.0.3.", round * 3 + i));
            actor_hello(&many[i]);
            (void)actor_login(&many[i], "alice", 9);
            people_refused(&many[i], CODE_BAD_SECRET, "name or password");
        }
        actor_hello(&bob); /* loopback, and the right password */
        (void)actor_login(&bob, "alice", 1);
        people_refused(&bob, CODE_TOO_FAST, "too many attempts");
        cr_assert_eq(actor_refusal(&bob).num, WAITS[round], "round %zu", round);
        sim_run(&sim, WAITS[round] - 10);
        actor_hello(&bob);
        (void)actor_login(&bob, "alice", 1);
        people_refused(&bob, CODE_TOO_FAST, "too many attempts");
        sim_run(&sim, 20);
    }
    actor_hello(&bob);
    cr_assert_eq(actor_login(&bob, "alice", 1), STATUS_DONE, "then he may");
    for (int i = 0; i < 3; i++) {
        actor_hello(&bob);
        cr_assert_eq(actor_login(&bob, "alice", i < 2 ? 9 : 1),
            i < 2 ? STATUS_REFUSED : STATUS_DONE, "and the count began anew");
    }
}

Test(scenario_limit_login, login_tries__per_address_over_many_accounts)
{
    LIMIT.login_tries_per_min = 3;
    LIMIT.new_per_address = 1000;
    sim_start(&sim);
    people_account(&alice, "alice");
    actor_cut(&alice);
    actor_hello(&eve);
    for (size_t i = 0; i < 3; i++) {
        (void)actor_login(&eve, people_name("user", i), 9);
        people_refused(&eve, CODE_BAD_SECRET, "name or password");
    }
    (void)actor_login(&eve, "alice", 1);
    people_refused(&eve, CODE_TOO_FAST, "too many attempts");
    actor_hello(&alice);
    cr_assert_eq(actor_login(&alice, "alice", 1), STATUS_DONE, "others notice nothing");
}

Test(scenario_limit_login, login_tries__loopback_exempt_or_not)
{
    LIMIT.login_tries_per_min = 2;
    sim_start(&sim);
    actor_hello(&bob);
    for (size_t i = 0; i < 8; i++) {
        (void)actor_login(&bob, people_name("user", i), 9);
        people_refused(&bob, CODE_BAD_SECRET, "name or password");
    }
    LIMIT.loopback_exempt = 0;
    for (size_t i = 0; i < 2; i++)
        (void)actor_login(&bob, people_name("other", i), 9);
    (void)actor_login(&bob, "third", 9);
    people_refused(&bob, CODE_TOO_FAST, "too many attempts");
}

Test(scenario_limit_login, penalty__an_address_that_keeps_guessing_is_not_let_in)
{
    LIMIT.login_tries_per_min = 1000;
    LIMIT.new_per_address = 1000;
    sim_start(&sim);
    actor_hello(&eve);
    for (size_t i = 0; i < 4; i++)
        (void)actor_login(&eve, people_name("user", i), 9);
    cr_assert_not_null(eve.link, "the line it has is kept");
    cr_assert_not(actor_dial(&eve), "four times 5 s are above the threshold");
    cr_assert(actor_dial(&many[0]));
    sim_run(&sim, 5100);
    cr_assert(actor_dial(&eve), "it wears off");
}

Test(scenario_limit_login, penalty__never_longer_than_configured)
{
    LIMIT.login_tries_per_min = 1000;
    LIMIT.new_per_address = 1000;
    LIMIT.penalty_max_s = 20;
    sim_start(&sim);
    actor_hello(&eve);
    for (size_t i = 0; i < 30; i++)
        (void)actor_login(&eve, people_name("user", i), 9);
    cr_assert_not(actor_dial(&eve));
    sim_run(&sim, 5100);
    cr_assert(actor_dial(&eve));
}

Test(scenario_limit_login, registrations__in_ten_minutes_by_anybody)
{
    LIMIT.registrations_per_10min = 3;
    sim_start(&sim);
    for (size_t i = 0; i < 4; i++) {
        from(&many[i], people_name("10.0.4.", i));
        actor_hello(&many[i]);
        (void)actor_register(&many[i], people_name("user", i), 1);
        if (i < 3)
            cr_assert_eq(actor_status(&many[i]), STATUS_DONE);
    }
    people_refused(&many[3], CODE_TOO_FAST, "too many new accounts");
    cr_assert_eq((actor_ask(&many[3], OP_GUEST, &NONE), actor_status(&many[3])), STATUS_DONE,
        "a guest he may be");
    actor_hello(&bob);
    cr_assert_eq(actor_login(&bob, "user1", 1), STATUS_DONE);
    sim_run(&sim, 600000);
    actor_hello(&many[3]);
    cr_assert_eq(actor_register(&many[3], "user3", 1), STATUS_DONE);
}

Test(scenario_limit_login, registrations__in_a_day_from_one_address)
{
    LIMIT.registrations_per_day_address = 2;
    LIMIT.drop_s = 14000;
    sim_start(&sim);
    for (size_t i = 0; i < 3; i++) {
        actor_hello(&many[i]);
        (void)actor_register(&many[i], people_name("user", i), 1);
    }
    people_refused(&many[2], CODE_TOO_FAST, "too many new accounts");
    actor_hello(&eve);
    cr_assert_eq(actor_register(&eve, "eve", 1), STATUS_DONE);
    for (size_t i = 0; i < 4; i++)
        people_account(&alice, people_name("local", i));
    LIMIT.loopback_exempt = 0;
    actor_hello(&alice);
    (void)actor_register(&alice, "local9", 1);
    people_refused(&alice, CODE_TOO_FAST, "too many new accounts");
    sim_run(&sim, 86400000);
    actor_hello(&many[2]);
    cr_assert_eq(actor_register(&many[2], "user2", 1), STATUS_DONE);
}

Test(scenario_limit_login, hash_queue__busy_and_worth_another_try)
{
    struct msg_account m = {.verifier = {1}};
    size_t busy = 0;
    size_t wrong = 0;

    LIMIT.hash_queue = 2;
    sim_start(&sim);
    people_account(&alice, "alice");
    for (size_t i = 0; i < 6; i++) {
        from(&many[i], "127.0.0.1");
        actor_hello(&many[i]);
    }
    for (size_t i = 0; i < 6; i++) {
        m.name = bytes_str(people_name("user", i));
        actor_send(&many[i], OP_LOGIN, &m);
    }
    for (size_t i = 0; i < 6; i++) {
        (void)actor_wait_reply(&many[i]);
        enum msg_code code = (enum msg_code)actor_refusal(&many[i]).code;
        busy += code == CODE_BUSY;
        wrong += code == CODE_BAD_SECRET;
        if (code == CODE_BUSY)
            cr_assert_gt(actor_refusal(&many[i]).num, 0, "it says when");
    }
    cr_assert_eq(wrong, 2);
    cr_assert_eq(busy, 4);
    cr_assert_eq(actor_join(&alice, "ops"), OP_CREATED, "others notice nothing");
    actor_hello(&bob);
    cr_assert_eq(actor_login(&bob, "alice", 1), STATUS_DONE);
}

Test(scenario_limit_login, hash_queue__rooms_and_passwords_too)
{
    static const uint8_t proof[MSG_SECRET] = {1};
    struct msg_join join = {.proof = bytes_of(proof, sizeof proof)};
    size_t busy = 0;

    LIMIT.hash_queue = 1;
    sim_start(&sim);
    for (size_t i = 0; i < 4; i++)
        actor_enter(&many[i], people_name("user", i));
    for (size_t i = 0; i < 4; i++) {
        join.room = bytes_str(people_name("room", i));
        actor_send(&many[i], OP_JOIN, &join);
    }
    for (size_t i = 0; i < 4; i++) {
        if (actor_wait_reply(&many[i]) == OP_REPLY) {
            people_refused(&many[i], CODE_BUSY, "busy");
            busy++;
        }
    }
    cr_assert_eq(busy, 3);
}

static uint8_t token(struct actor *a)
{
    struct msg_token_new m = {.lifetime_s = 0, .label = bytes_str("x")};

    (void)actor_ask(a, OP_TOKEN_NEW, &m);
    return actor_status(a);
}

Test(scenario_limit_login, tokens__of_one_account)
{
    struct msg_token_revoke all = {.id = 0};
    struct msg_token_ok ok;

    LIMIT.tokens_per_account = 2;
    LIMIT.token_days = 1;
    sim_start(&sim);
    people_account(&alice, "alice");
    people_account(&bob, "bob");
    cr_assert_eq(token(&alice), STATUS_DONE);
    actor_answer(&alice, &MSG_TOKEN_OK, &ok);
    cr_assert_eq(ok.expires_ms, (uint64_t)(sim.loop.wall_ms + 86400000), "token_days");
    cr_assert_eq(token(&alice), STATUS_DONE);
    cr_assert_eq(token(&alice), STATUS_REFUSED);
    people_refused(&alice, CODE_FULL, "2 tokens");
    cr_assert_eq(actor_refusal(&alice).num, 2);
    cr_assert_eq(token(&bob), STATUS_DONE);
    (void)actor_ask(&alice, OP_TOKEN_REVOKE, &all);
    cr_assert_eq(token(&alice), STATUS_DONE);
    LIMIT.tokens_per_account = 0;
    cr_assert_eq(token(&bob), STATUS_REFUSED);
    people_refused(&bob, CODE_FULL, "0 tokens");
}
