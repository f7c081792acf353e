/* SPDX-License-Identifier: ISC */
/* Stories of a closed relay: the access key, proven by both sides, before any name is told. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "crypto/hash.h"
#include "people.h"

static struct sim sim;
static struct actor alice, bob;

static void setup(void)
{
    people_init(&sim, 30);
    sim.access_key_n = 32;
    memset(sim.access_key, 0x5a, sim.access_key_n);
    actor_init(&alice, &sim, "127.0.0.1");
    actor_init(&bob, &sim, "127.0.0.1");
}

static void teardown(void)
{
    actor_fini(&alice);
    actor_fini(&bob);
    sim_fini(&sim);
}

TestSuite(scenario_login_access, .init = setup, .fini = teardown);

static const struct msg_empty NONE = {0};

static void prove(struct link *l, struct bytes key, const char *role, uint8_t out[HASH_SHA256])
{
    uint8_t exported[LINK_EXPORT];

    cr_assert_eq(link_exporter(l, exported), ERR_OK);
    struct bytes parts[] = {
        bytes_str(role), bytes_str("sotto access 1"), bytes_of(exported, sizeof exported)};
    cr_assert_eq(hash_hmac(&HASH_ALG_SHA256, key, parts, 3, out), ERR_OK);
}

static struct bytes right_key(void)
{
    return bytes_of(sim.access_key, sim.access_key_n);
}

/* Greeting and hello; the phase is that of the access key then. */
static void come_near(struct actor *a)
{
    actor_hello(a);
    cr_assert_str_eq(a->name, "?", "no name was told");
    cr_assert((a->hello.flags & HELLO_ACCESS) != 0);
}

static uint8_t show(struct actor *a, struct bytes key, const char *role)
{
    struct msg_access m;

    prove(a->link, key, role, m.proof);
    return actor_ask(a, OP_ACCESS, &m);
}

Test(scenario_login_access, key__proven_by_both_sides)
{
    struct msg_connected c;
    uint8_t want[HASH_SHA256];

    sim_start(&sim);
    come_near(&alice);
    prove(alice.link, right_key(), "relay", want);
    cr_assert_eq(show(&alice, right_key(), "client"), OP_CONNECT);
    actor_body(&alice, &MSG_CONNECTED, &c);
    cr_assert(bytes_eq(c.proof, bytes_of(want, sizeof want)), "the relay has the key too");
    cr_assert(bytes_eq(c.name, bytes_str("rand0")));
    (void)actor_ask(&alice, OP_GUEST, &NONE);
    cr_assert_eq(actor_status(&alice), STATUS_DONE);
}

Test(scenario_login_access, key__the_greeting_is_answered_without_a_name)
{
    struct msg_connect greet = {.greeting = bytes_str(MSG_GREETING)};

    sim_start(&sim);
    cr_assert(actor_dial(&alice));
    cr_assert_eq(actor_ask(&alice, OP_CONNECT, &greet), OP_REPLY);
    cr_assert_eq(actor_status(&alice), STATUS_DONE);
    cr_assert_eq(alice.last->n, 1, "status and nothing else");
}

Test(scenario_login_access, key__wrong_one_ends_the_connection)
{
    uint8_t other[32] = {0x5a};

    sim_start(&sim);
    come_near(&alice);
    cr_assert_eq(show(&alice, bytes_of(other, sizeof other), "client"), OP_REPLY);
    people_refused(&alice, CODE_BAD_SECRET, "access key");
    cr_assert(actor_wait_down(&alice));
    cr_assert_eq(actor_events(&alice, OP_CONNECT), 0);
}

Test(scenario_login_access, key__the_relays_own_proof_is_no_proof)
{
    sim_start(&sim);
    come_near(&alice);
    cr_assert_eq(show(&alice, right_key(), "relay"), OP_REPLY);
    people_refused(&alice, CODE_BAD_SECRET, "access key");
}

Test(scenario_login_access, key__a_proof_holds_for_its_connection_only)
{
    struct msg_access m;

    sim_start(&sim);
    come_near(&alice);
    come_near(&bob);
    prove(alice.link, right_key(), "client", m.proof);
    cr_assert_eq(actor_ask(&bob, OP_ACCESS, &m), OP_REPLY);
    people_refused(&bob, CODE_BAD_SECRET, "access key");
    cr_assert_eq(actor_ask(&alice, OP_ACCESS, &m), OP_CONNECT);
    cr_assert_eq(actor_ask(&alice, OP_ACCESS, &m), OP_REPLY);
    people_refused(&alice, CODE_WRONG_STATE, "awaiting login");
}

Test(scenario_login_access, key__nothing_is_possible_before_it)
{
    struct msg_account account = {.name = bytes_str("alice"), .verifier = {1}};
    struct msg_token token = {.token = {1}};
    struct msg_users users = {0};

    sim_start(&sim);
    come_near(&alice);
    (void)actor_ask(&alice, OP_GUEST, &NONE);
    people_refused(&alice, CODE_WRONG_STATE, "awaiting the access key");
    (void)actor_ask(&alice, OP_REGISTER, &account);
    people_refused(&alice, CODE_WRONG_STATE, "awaiting the access key");
    (void)actor_ask(&alice, OP_LOGIN, &account);
    people_refused(&alice, CODE_WRONG_STATE, "awaiting the access key");
    (void)actor_ask(&alice, OP_TOKEN_LOGIN, &token);
    people_refused(&alice, CODE_WRONG_STATE, "awaiting the access key");
    (void)actor_ask(&alice, OP_RESUME, &token);
    people_refused(&alice, CODE_WRONG_STATE, "awaiting the access key");
    (void)actor_ask(&alice, OP_CERT_LOGIN, &NONE);
    people_refused(&alice, CODE_WRONG_STATE, "awaiting the access key");
    (void)actor_ask(&alice, OP_USERS, &users);
    people_refused(&alice, CODE_WRONG_STATE, "awaiting the access key");
    cr_assert_eq(show(&alice, right_key(), "client"), OP_CONNECT);
}

Test(scenario_login_access, reload__key_given_up_between_greeting_and_hello)
{
    struct msg_connect greet = {.greeting = bytes_str(MSG_GREETING)};
    struct msg_hello hello = {.version = MSG_VERSION};
    struct msg_login_ok ok;

    sim_start(&sim);
    cr_assert(actor_dial(&alice));
    (void)actor_ask(&alice, OP_CONNECT, &greet);
    server_reload(sim.server, &sim.config, (struct bytes){0});
    (void)actor_ask(&alice, OP_HELLO, &hello);
    cr_assert_eq(actor_status(&alice), STATUS_DONE);
    (void)actor_ask(&alice, OP_GUEST, &NONE);
    actor_answer(&alice, &MSG_LOGIN_OK, &ok);
    cr_assert(bytes_eq(ok.name, bytes_str("rand0")));
}

Test(scenario_login_access, reload__key_asked_from_then_on)
{
    struct msg_connect greet = {.greeting = bytes_str(MSG_GREETING)};
    struct msg_hello hello = {.version = MSG_VERSION};
    struct msg_connected c;
    struct bytes key = right_key();

    sim.access_key_n = 0;
    sim_start(&sim);
    sim.access_key_n = 32;
    actor_enter(&bob, "bob");
    cr_assert(actor_dial(&alice));
    cr_assert_eq(actor_ask(&alice, OP_CONNECT, &greet), OP_CONNECT);
    actor_body(&alice, &MSG_CONNECTED, &c);
    cr_assert(bytes_copy(alice.name, sizeof alice.name, c.name));
    server_reload(sim.server, &sim.config, key);
    (void)actor_ask(&alice, OP_HELLO, &hello);
    cr_assert_eq(actor_status(&alice), STATUS_DONE);
    (void)actor_ask(&alice, OP_GUEST, &NONE);
    people_refused(&alice, CODE_WRONG_STATE, "awaiting the access key");
    cr_assert_eq(show(&alice, right_key(), "client"), OP_CONNECT);
    actor_body(&alice, &MSG_CONNECTED, &c);
    cr_assert(bytes_eq(c.name, bytes_str(alice.name)), "the name that was told stays");
    cr_assert_not_null(bob.link, "who is in stays in");
}

Test(scenario_login_access, reload__another_key_while_one_is_being_proven)
{
    uint8_t fresh[32];

    memset(fresh, 0xa5, sizeof fresh);
    sim_start(&sim);
    come_near(&alice);
    server_reload(sim.server, &sim.config, bytes_of(fresh, sizeof fresh));
    cr_assert_eq(show(&alice, right_key(), "client"), OP_REPLY);
    people_refused(&alice, CODE_BAD_SECRET, "access key");
    come_near(&bob);
    cr_assert_eq(show(&bob, bytes_of(fresh, sizeof fresh), "client"), OP_CONNECT);
}
