/* SPDX-License-Identifier: ISC */
/* Stories of coming in: greeting, names, accounts, certificates, roles, one session each. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "people.h"
#include "support/support.h"

static struct sim sim;
static struct actor alice, bob, carol, eve;

static void setup(void)
{
    people_init(&sim, 20);
    actor_init(&alice, &sim, "127.0.0.1");
    actor_init(&bob, &sim, "127.0.0.1");
    actor_init(&carol, &sim, "127.0.0.1");
    actor_init(&eve, &sim, "10.6.6.6");
}

static void teardown(void)
{
    actor_fini(&alice);
    actor_fini(&bob);
    actor_fini(&carol);
    actor_fini(&eve);
    sim_fini(&sim);
}

TestSuite(scenario_login, .init = setup, .fini = teardown);

static const struct msg_empty NONE = {0};

static uint8_t nick(struct actor *a, const char *name)
{
    struct msg_name m = {.name = bytes_str(name)};

    return actor_ask(a, OP_NICK, &m);
}

/* ---- greeting and hello ---- */

Test(scenario_login, greeting__any_words_will_do_and_each_gets_another_name)
{
    static const char *const WORDS[] = {MSG_GREETING, "x", "\xff\xfe not text"};
    struct msg_connected c;
    char names[3][MSG_NAME + 1];

    sim_start(&sim);
    struct actor *all[] = {&alice, &bob, &carol};
    for (size_t i = 0; i < 3; i++) {
        struct msg_connect m = {.greeting = bytes_str(WORDS[i])};
        cr_assert(actor_dial(all[i]));
        cr_assert_eq(actor_ask(all[i], OP_CONNECT, &m), OP_CONNECT);
        actor_body(all[i], &MSG_CONNECTED, &c);
        cr_assert_eq(c.proof.n, 0);
        cr_assert(bytes_copy(names[i], sizeof names[i], c.name));
        cr_assert_eq(strncmp(names[i], "rand", 4), 0);
    }
    cr_assert_str_neq(names[0], names[1]);
    cr_assert_str_neq(names[1], names[2]);
}

Test(scenario_login, greeting__nothing_else_comes_before_it)
{
    struct msg_hello hello = {.version = MSG_VERSION};

    sim_start(&sim);
    cr_assert(actor_dial(&alice));
    (void)actor_ask(&alice, OP_HELLO, &hello);
    people_refused(&alice, CODE_WRONG_STATE, "awaiting the greeting");
    (void)actor_ask(&alice, OP_GUEST, &NONE);
    people_refused(&alice, CODE_WRONG_STATE, "guest (0x22)");
    cr_assert_not_null(alice.link, "the connection is kept");
}

Test(scenario_login, greeting__twice_is_refused)
{
    struct msg_connect m = {.greeting = bytes_str("again")};

    sim_start(&sim);
    actor_hello(&alice);
    cr_assert_eq(actor_ask(&alice, OP_CONNECT, &m), OP_REPLY);
    people_refused(&alice, CODE_WRONG_STATE, "awaiting login");
    cr_assert_eq(actor_ask(&alice, OP_GUEST, &NONE), OP_REPLY);
    cr_assert_eq(actor_status(&alice), STATUS_DONE);
}

Test(scenario_login, hello__another_version_is_refused_and_may_try_again)
{
    struct msg_connect greet = {.greeting = bytes_str(MSG_GREETING)};
    struct msg_hello hello = {.version = 0};
    struct msg_hello_ok ok;

    sim_start(&sim);
    cr_assert(actor_dial(&alice));
    cr_assert_eq(actor_ask(&alice, OP_CONNECT, &greet), OP_CONNECT);
    for (int v = 0; v < 3; v++) {
        if (v == MSG_VERSION)
            continue;
        hello.version = (uint16_t)v;
        (void)actor_ask(&alice, OP_HELLO, &hello);
        people_refused(&alice, CODE_VERSION, "update");
        cr_assert_eq(actor_refusal(&alice).num, MSG_VERSION);
    }
    hello.version = MSG_VERSION;
    (void)actor_ask(&alice, OP_HELLO, &hello);
    actor_answer(&alice, &MSG_HELLO_OK, &ok);
    cr_assert_eq(ok.version, MSG_VERSION);
    cr_assert_eq(ok.beat_s, sim.config.limits.beat_s);
    cr_assert_eq(ok.warn_s, sim.config.limits.warn_s);
    cr_assert_eq(ok.drop_s, sim.config.limits.drop_s);
}

Test(scenario_login, hello__flags_say_which_doors_are_open)
{
    sim_start(&sim);
    actor_hello(&alice);
    cr_assert_eq(alice.hello.flags, HELLO_GUESTS | HELLO_REGISTER);
    sim.config.guests = false;
    sim.config.registration = false;
    (void)snprintf(sim.config.client_ca, sizeof sim.config.client_ca, "ca.pem");
    actor_hello(&bob);
    cr_assert_eq(bob.hello.flags, HELLO_CERT);
}

/* ---- guests ---- */

Test(scenario_login, guest__comes_in_under_the_provisional_name)
{
    struct msg_login_ok ok;

    sim_start(&sim);
    actor_hello(&alice);
    (void)actor_ask(&alice, OP_GUEST, &NONE);
    actor_answer(&alice, &MSG_LOGIN_OK, &ok);
    cr_assert(bytes_eq(ok.name, bytes_str(alice.name)));
    cr_assert_eq(ok.role, ROLE_GUEST);
    cr_assert_eq(ok.resumed, 0);
    cr_assert_eq(ok.grace_s, sim.config.limits.grace_s);
    (void)actor_ask(&alice, OP_GUEST, &NONE);
    people_refused(&alice, CODE_WRONG_STATE, "ready");
}

Test(scenario_login, guest__forbidden_by_configuration)
{
    sim.config.guests = false;
    sim_start(&sim);
    actor_hello(&alice);
    (void)actor_ask(&alice, OP_GUEST, &NONE);
    people_refused(&alice, CODE_NOT_ALLOWED, "takes no guests");
    cr_assert_eq(actor_register(&alice, "alice", 1), STATUS_DONE, "other doors stay open");
}

Test(scenario_login, guest__may_not_what_accounts_may)
{
    struct msg_token_new token = {.lifetime_s = 60};
    struct msg_token_revoke revoke = {.id = 0};
    struct msg_password password = {.old = {1}, .fresh = {2}};

    sim_start(&sim);
    actor_enter(&alice, "alice");
    (void)actor_ask(&alice, OP_TOKEN_NEW, &token);
    people_refused(&alice, CODE_NOT_ALLOWED, "for accounts");
    (void)actor_ask(&alice, OP_TOKEN_REVOKE, &revoke);
    people_refused(&alice, CODE_NOT_ALLOWED, "for accounts");
    (void)actor_ask(&alice, OP_PASSWORD, &password);
    people_refused(&alice, CODE_NOT_ALLOWED, "for accounts");
}

/* ---- accounts ---- */

Test(scenario_login, register__then_login_with_the_same_verifier)
{
    struct msg_login_ok ok;

    sim_start(&sim);
    actor_hello(&alice);
    cr_assert_eq(actor_register(&alice, "Alice", 7), STATUS_DONE);
    actor_answer(&alice, &MSG_LOGIN_OK, &ok);
    cr_assert(bytes_eq(ok.name, bytes_str("alice")), "names are folded");
    cr_assert_eq(ok.role, ROLE_USER);
    actor_cut(&alice);
    actor_hello(&alice);
    cr_assert_eq(actor_login(&alice, "aLiCe", 7), STATUS_DONE);
    cr_assert_str_eq(alice.name, "alice");
}

Test(scenario_login, login__wrong_password_and_unknown_name_get_the_very_same_answer)
{
    uint8_t first[256];
    size_t n;

    sim_start(&sim);
    people_account(&alice, "alice");
    actor_hello(&bob);
    cr_assert_eq(actor_login(&bob, "alice", 2), STATUS_REFUSED);
    people_refused(&bob, CODE_BAD_SECRET, "name or password");
    n = bob.last->n;
    cr_assert_leq(n, sizeof first);
    memcpy(first, bob.last->body, n);
    cr_assert_eq(actor_login(&bob, "nobody", 2), STATUS_REFUSED);
    cr_assert_eq(bob.last->n, n);
    cr_assert_arr_eq(first, bob.last->body, n);
    cr_assert_eq(actor_login(&bob, "alice", 1), STATUS_DONE, "the connection was kept");
}

Test(scenario_login, login__names_that_cannot_be)
{
    static const char *const BAD[] = {"server", "SERVER", ".alice", "-alice", "a b",
        "al\xc3\xad", "a/b", "10.0.0.1", "127.0.0.1"};

    sim_start(&sim);
    actor_hello(&alice);
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        (void)actor_login(&alice, BAD[i], 1);
        people_refused(&alice, CODE_BAD_NAME, "name:");
        (void)actor_register(&alice, BAD[i], 1);
        people_refused(&alice, CODE_BAD_NAME, "name:");
    }
    cr_assert_eq(actor_register(&alice, "a_b.c-9", 1), STATUS_DONE);
}

Test(scenario_login, register__not_a_name_that_is_given_to_guests)
{
    sim_start(&sim);
    actor_hello(&alice);
    cr_assert_str_eq(alice.name, "rand0");
    (void)actor_register(&alice, "rand1", 1);
    people_refused(&alice, CODE_BAD_NAME, "gives to guests");
    (void)actor_register(&alice, "Rand77", 1);
    people_refused(&alice, CODE_BAD_NAME, "gives to guests");
    cr_assert_eq(actor_register(&alice, "randy", 1), STATUS_DONE);
}

Test(scenario_login, register__name_of_an_account_or_of_a_guest_who_is_here)
{
    sim_start(&sim);
    people_account(&alice, "alice");
    actor_enter(&bob, "bob");
    actor_hello(&carol);
    (void)actor_register(&carol, "ALICE", 9);
    people_refused(&carol, CODE_NAME_TAKEN, "alice");
    (void)actor_register(&carol, "bob", 9);
    people_refused(&carol, CODE_NAME_TAKEN, "bob");
    cr_assert_not_null(bob.link, "the guest notices nothing");
    cr_assert_not_null(alice.link);
    actor_cut(&alice);
    actor_hello(&alice);
    cr_assert_eq(actor_login(&alice, "alice", 1), STATUS_DONE, "her password is the first one");
}

Test(scenario_login, register__off_by_configuration)
{
    sim.config.registration = false;
    sim_start(&sim);
    actor_hello(&alice);
    (void)actor_register(&alice, "alice", 1);
    people_refused(&alice, CODE_NOT_ALLOWED, "ask whoever runs it");
    sim.config.registration = true;
    cr_assert_eq(actor_register(&alice, "alice", 1), STATUS_DONE, "a reload opens the door");
}

static uint8_t invited(struct actor *a, const char *name, const char *code)
{
    struct msg_account m = {
        .name = bytes_str(name), .verifier = {1}, .more = true, .invite = bytes_str(code)};

    (void)actor_ask(a, OP_REGISTER, &m);
    return actor_status(a);
}

Test(scenario_login, register__invite_code)
{
    (void)snprintf(sim.config.invite_code, sizeof sim.config.invite_code, "swordfish");
    sim_start(&sim);
    actor_hello(&alice);
    (void)actor_register(&alice, "alice", 1);
    people_refused(&alice, CODE_BAD_SECRET, "invite:");
    (void)invited(&alice, "alice", "");
    people_refused(&alice, CODE_BAD_SECRET, "invite:");
    (void)invited(&alice, "alice", "swordfisH");
    people_refused(&alice, CODE_BAD_SECRET, "invite:");
    (void)invited(&alice, "alice", "swordfish2");
    people_refused(&alice, CODE_BAD_SECRET, "invite:");
    cr_assert_eq(invited(&alice, "alice", "swordfish"), STATUS_DONE);
    actor_hello(&bob);
    (void)actor_login(&bob, "alice2", 1);
    people_refused(&bob, CODE_BAD_SECRET, "name or password");
}

Test(scenario_login, password__change_needs_the_old_one)
{
    struct msg_password m;

    sim_start(&sim);
    people_account(&alice, "alice");
    memset(m.old, 9, sizeof m.old);
    memset(m.fresh, 2, sizeof m.fresh);
    (void)actor_ask(&alice, OP_PASSWORD, &m);
    people_refused(&alice, CODE_BAD_SECRET, "old:");
    memset(m.old, 1, sizeof m.old);
    (void)actor_ask(&alice, OP_PASSWORD, &m);
    cr_assert_eq(actor_status(&alice), STATUS_DONE);
    actor_hello(&bob);
    cr_assert_eq(actor_login(&bob, "alice", 1), STATUS_REFUSED, "the old one is over");
    cr_assert_eq(actor_login(&bob, "alice", 2), STATUS_DONE);
}

Test(scenario_login, account__survives_a_restart_with_password_and_role)
{
    char folder[64];
    char path[96];
    struct msg_login_ok ok;
    uint8_t relay[MSG_ID];
    uint8_t boot[MSG_ID];

    (void)snprintf(folder, sizeof folder, "/tmp/sotto-login-XXXXXX");
    cr_assert_not_null(mkdtemp(folder));
    (void)snprintf(path, sizeof path, "%s/db", folder);
    sim.db_path = path;
    sim_start(&sim);
    people_account(&alice, "alice");
    people_role(&sim, "alice", ROLE_MODERATOR);
    memcpy(relay, alice.hello.relay_id, sizeof relay);
    memcpy(boot, alice.hello.boot_id, sizeof boot);
    sim_stop(&sim);
    cr_assert_null(alice.link);
    sim_start(&sim);
    actor_hello(&alice);
    cr_assert_arr_eq(alice.hello.relay_id, relay, sizeof relay);
    cr_assert_neq(memcmp(alice.hello.boot_id, boot, sizeof boot), 0, "a boot id is for once");
    cr_assert_eq(actor_login(&alice, "alice", 1), STATUS_DONE);
    actor_answer(&alice, &MSG_LOGIN_OK, &ok);
    cr_assert_eq(ok.role, ROLE_MODERATOR);
    sim_stop(&sim);
    support_rmtree(folder);
}

/* ---- client certificates ---- */

static uint8_t by_cert(struct actor *a, const char *common_name)
{
    actor_hello(a);
    if (common_name != NULL)
        sim_cert(a->link, common_name);
    (void)actor_ask(a, OP_CERT_LOGIN, &NONE);
    return actor_status(a);
}

Test(scenario_login, certificate__stands_for_a_login)
{
    struct msg_login_ok ok;

    sim_start(&sim);
    cr_assert_eq(by_cert(&alice, "Alice"), STATUS_DONE);
    actor_answer(&alice, &MSG_LOGIN_OK, &ok);
    cr_assert(bytes_eq(ok.name, bytes_str("alice")));
    cr_assert_eq(ok.role, ROLE_USER);
    actor_cut(&alice);
    sim_run(&sim, 60000);
    cr_assert_eq(by_cert(&alice, "alice"), STATUS_DONE, "the second time there is the account");
    /* It has no password that could be guessed or changed. */
    actor_hello(&bob);
    (void)actor_login(&bob, "alice", 0);
    people_refused(&bob, CODE_BAD_SECRET, "name or password");
    struct msg_password m = {.old = {0}, .fresh = {1}};
    (void)actor_ask(&alice, OP_PASSWORD, &m);
    people_refused(&alice, CODE_NOT_ALLOWED, "certificate");
}

Test(scenario_login, certificate__none_or_of_no_name)
{
    sim_start(&sim);
    cr_assert_eq(by_cert(&alice, NULL), STATUS_REFUSED);
    people_refused(&alice, CODE_BAD_SECRET, "no client certificate");
    cr_assert_eq(by_cert(&alice, "Alice Liddell"), STATUS_REFUSED);
    people_refused(&alice, CODE_BAD_NAME, "name:");
    cr_assert_eq(by_cert(&alice, "rand3"), STATUS_REFUSED);
    people_refused(&alice, CODE_BAD_NAME, "guests");
    cr_assert_eq(actor_register(&alice, "alice", 1), STATUS_DONE);
}

Test(scenario_login, certificate__opens_the_account_of_its_name)
{
    struct msg_login_ok ok;

    sim_start(&sim);
    people_account(&alice, "alice");
    people_role(&sim, "alice", ROLE_OPERATOR);
    cr_assert_eq(by_cert(&bob, "alice"), STATUS_DONE);
    actor_answer(&bob, &MSG_LOGIN_OK, &ok);
    cr_assert_eq(ok.role, ROLE_OPERATOR);
    cr_assert(actor_wait_down(&alice), "one live session an account");
}

/* ---- nick ---- */

Test(scenario_login, nick__folds_capitals_and_refuses_what_cannot_be)
{
    static const char *const BAD[] = {
        "server", "Server", "a b", "-a", ".a", "\xc3\xa4", "1.2.3.4"};
    struct msg_name m;

    sim_start(&sim);
    actor_enter(&alice, "");
    cr_assert_eq(nick(&alice, "ALICE"), OP_RENAMED);
    actor_body(&alice, &MSG_RENAMED, &m);
    cr_assert(bytes_eq(m.name, bytes_str("alice")));
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        cr_assert_eq(nick(&alice, BAD[i]), OP_REPLY);
        people_refused(&alice, CODE_BAD_NAME, "name:");
    }
    cr_assert_eq(nick(&alice, "Alice"), OP_RENAMED, "one's own name is free");
    cr_assert_eq(nick(&alice, people_name("a234567890123456789012345678901", 2)), OP_RENAMED);
}

Test(scenario_login, nick__taken_by_a_guest_an_account_or_one_who_is_away)
{
    sim_start(&sim);
    actor_enter(&alice, "alice");
    people_account(&bob, "bob");
    actor_enter(&carol, "carol");
    cr_assert_eq(nick(&carol, "Alice"), OP_REPLY);
    people_refused(&carol, CODE_NAME_TAKEN, "alice");
    cr_assert_eq(nick(&carol, "bob"), OP_REPLY);
    people_refused(&carol, CODE_NAME_TAKEN, "somebody's account");
    actor_cut(&bob);
    sim_run(&sim, 60000);
    cr_assert_eq(nick(&carol, "BOB"), OP_REPLY);
    people_refused(&carol, CODE_NAME_TAKEN, "somebody's account");
    actor_cut(&alice);
    cr_assert_eq(nick(&carol, "alice"), OP_REPLY);
    people_refused(&carol, CODE_NAME_TAKEN, "alice");
    sim_run(&sim, 31000);
    cr_assert_eq(nick(&carol, "alice"), OP_RENAMED, "after the grace time it is free");
}

Test(scenario_login, nick__of_an_account_is_its_name)
{
    sim_start(&sim);
    people_account(&alice, "alice");
    cr_assert_eq(nick(&alice, "alicia"), OP_REPLY);
    people_refused(&alice, CODE_NOT_ALLOWED, "alice");
    cr_assert_eq(nick(&alice, "alice"), OP_RENAMED);
}

Test(scenario_login, nick__two_ask_for_one_name_in_the_same_turn)
{
    struct msg_name m = {.name = bytes_str("zoe")};

    sim_start(&sim);
    actor_enter(&alice, "alice");
    actor_enter(&bob, "bob");
    actor_send(&alice, OP_NICK, &m);
    actor_send(&bob, OP_NICK, &m);
    bool first = actor_wait_reply(&alice) == OP_RENAMED;
    bool second = actor_wait_reply(&bob) == OP_RENAMED;
    cr_assert_neq(first, second, "one of them and not both");
    people_refused(first ? &bob : &alice, CODE_NAME_TAKEN, "zoe");
}

Test(scenario_login, nick__provisional_names_step_aside)
{
    sim_start(&sim);
    actor_enter(&alice, "rand1");
    actor_enter(&bob, "");
    cr_assert_str_eq(bob.name, "rand2");
}

Test(scenario_login, nick__while_the_name_is_being_registered)
{
    struct msg_name m = {.name = bytes_str("zoe")};
    struct msg_account account = {.name = bytes_str("zoe"), .verifier = {3}};

    sim_start(&sim);
    actor_enter(&alice, "alice");
    actor_hello(&bob);
    actor_send(&bob, OP_REGISTER, &account);
    actor_send(&alice, OP_NICK, &m);
    (void)actor_wait_reply(&bob);
    cr_assert_eq(actor_status(&bob), STATUS_DONE);
    sim_run(&sim, 100);
    /* Whatever came first, in the end the name is the account's alone. */
    struct msg_users all = {0};
    struct msg_users_ok ok;
    struct bytes name;
    size_t n = 0;
    (void)actor_ask(&bob, OP_USERS, &all);
    actor_answer(&bob, &MSG_USERS_OK, &ok);
    while (names_next(&ok.names, &name))
        n += bytes_eq(name, bytes_str("zoe"));
    cr_assert_eq(n, 1);
}

/* ---- roles and removal ---- */

Test(scenario_login, role__takes_effect_at_once_and_at_the_next_login)
{
    struct msg_announce words = {.text = bytes_str("hear me")};
    struct msg_login_ok ok;

    sim_start(&sim);
    people_account(&alice, "alice");
    (void)actor_ask(&alice, OP_ANNOUNCE, &words);
    people_refused(&alice, CODE_NOT_ALLOWED, "operators");
    people_role(&sim, "alice", ROLE_OPERATOR);
    (void)actor_ask(&alice, OP_ANNOUNCE, &words);
    cr_assert_eq(actor_status(&alice), STATUS_DONE);
    people_login(&bob, "alice");
    actor_answer(&bob, &MSG_LOGIN_OK, &ok);
    cr_assert_eq(ok.role, ROLE_OPERATOR);
}

static void removed(void *arg, const struct store_result *r)
{
    *(enum err *)arg = r->rc;
}

static void remove_account(const char *name)
{
    enum err e = ERR_BUSY;

    store_account_remove(sim.store, bytes_str(name), removed, &e);
    sim_run(&sim, 10);
    cr_assert_eq(e, ERR_OK);
    server_account_changed(sim.server, bytes_str(name), true, ROLE_GUEST);
}

Test(scenario_login, removed__account_is_out_at_once)
{
    struct msg_closing closing;

    sim_start(&sim);
    people_account(&alice, "alice");
    actor_enter(&bob, "bob");
    cr_assert_eq(actor_join(&alice, "ops"), OP_CREATED);
    cr_assert_eq(actor_join(&bob, "ops"), OP_JOINED);
    actor_forget(&bob);
    remove_account("alice");
    actor_event(&alice, OP_CLOSING, &MSG_CLOSING, &closing);
    cr_assert(actor_wait_down(&alice));
    sim_run(&sim, 100);
    cr_assert_eq(people_told(&bob, PRESENCE_LEFT, "ops", "alice"), 1);
    actor_hello(&alice);
    cr_assert_eq(actor_login(&alice, "alice", 1), STATUS_REFUSED);
    cr_assert_eq(actor_resume(&alice, alice.resume), STATUS_REFUSED);
}

Test(scenario_login, removed__account_that_is_away_cannot_resume)
{
    sim_start(&sim);
    people_account(&alice, "alice");
    actor_cut(&alice);
    remove_account("alice");
    actor_hello(&alice);
    cr_assert_eq(actor_resume(&alice, alice.resume), STATUS_REFUSED);
    cr_assert_eq(actor_register(&alice, "alice", 5), STATUS_DONE, "the name is free again");
}

/* ---- silence before and after login ---- */

Test(scenario_login, silence__counts_for_accounts_too)
{
    struct msg_refusal idle;

    sim.config.limits.login_ms = 600000;
    sim.config.limits.warn_s = 20;
    sim.config.limits.drop_s = 30;
    sim_start(&sim);
    people_account(&alice, "alice");
    sim_run(&sim, 21000);
    cr_assert_eq(actor_events(&alice, OP_REPLY), 1, "warned after 20 s");
    actor_event(&alice, OP_REPLY, &MSG_REFUSAL, &idle);
    cr_assert_eq(idle.status, STATUS_IDLE);
    cr_assert_leq(idle.num, 10);
    sim_run(&sim, 10000);
    cr_assert_null(alice.link);
}

Test(scenario_login, silence__before_login_is_not_warned_of_but_ends)
{
    sim.config.limits.login_ms = 5000;
    sim_start(&sim);
    actor_hello(&alice);
    struct msg_heartbeat beat = {.text = bytes_str(MSG_HEARTBEAT)};
    for (int i = 0; i < 4; i++) {
        sim_run(&sim, 1000);
        actor_send(&alice, OP_HEARTBEAT, &beat);
    }
    cr_assert_not_null(alice.link);
    sim_run(&sim, 1100);
    cr_assert_null(alice.link, "a heartbeat does not stand for a login");
    cr_assert_eq(alice.why, LINK_END_CLOSED);
}
