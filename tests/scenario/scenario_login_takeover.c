/* SPDX-License-Identifier: ISC */
/* Stories of one live session: the newest takes over, whatever the older one was about. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "people.h"
#include "support/prover.h"
#include "support/support.h"
#include "support/world.h"

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

TestSuite(scenario_login_takeover, .init = setup, .fini = teardown);

static uint8_t nick(struct actor *a, const char *name)
{
    struct msg_name m = {.name = bytes_str(name)};

    return actor_ask(a, OP_NICK, &m);
}

/* ---- one live session ---- */

Test(scenario_login_takeover, takeover__the_newest_session_of_an_account_stays)
{
    struct msg_closing closing;

    sim_start(&sim);
    people_account(&alice, "alice");
    people_login(&bob, "alice");
    actor_event(&alice, OP_CLOSING, &MSG_CLOSING, &closing);
    cr_assert_eq(closing.retry_s, 0, "not to come back by itself");
    cr_assert(actor_wait_down(&alice));
    cr_assert_eq(actor_join(&bob, "ops"), OP_CREATED);
    /* The session that gave way cannot be taken up again. */
    actor_hello(&alice);
    cr_assert_eq(actor_resume(&alice, alice.resume), STATUS_REFUSED);
    cr_assert_not_null(bob.link);
}

Test(scenario_login_takeover, takeover__of_a_session_that_waits_in_its_grace_time)
{
    sim_start(&sim);
    people_account(&alice, "alice");
    actor_enter(&carol, "carol");
    cr_assert_eq(actor_join(&alice, "ops"), OP_CREATED);
    cr_assert_eq(actor_join(&carol, "ops"), OP_JOINED);
    actor_cut(&alice);
    sim_run(&sim, 1000);
    actor_forget(&carol);
    people_login(&bob, "alice");
    sim_run(&sim, 60000);
    cr_assert_not_null(bob.link, "the grace time of the old session hits nobody");
    cr_assert_eq(people_told(&carol, PRESENCE_OFFLINE, "ops", "alice"), 1);
}

/* The older session waits for an answer when it gives way: nobody may miss him. */
static void give_way(uint8_t op, const void *msg)
{
    struct msg_account login = {.name = bytes_str("alice")};
    struct msg_token token;

    sim_start(&sim);
    memset(login.verifier, 1, sizeof login.verifier);
    people_account(&alice, "alice");
    for (int delay = 0; delay < 6; delay++) {
        memcpy(token.token, alice.resume, sizeof token.token);
        actor_hello(&bob);
        actor_send(&bob, OP_RESUME, &token);
        if (delay != 0)
            sim_turn(&sim);
        actor_send(&alice, op, msg);
        cr_assert_eq((actor_wait_reply(&bob), actor_status(&bob)), STATUS_DONE);
        cr_assert(actor_wait_down(&alice));
        actor_hello(&carol);
        actor_send(&carol, OP_LOGIN, &login);
        for (int i = 0; i < delay; i++)
            sim_turn(&sim);
        actor_send(&bob, op, msg);
        cr_assert_eq((actor_wait_reply(&carol), actor_status(&carol)), STATUS_DONE);
        cr_assert(actor_wait_down(&bob));
        people_login(&alice, "alice");
    }
}

Test(scenario_login_takeover, takeover__while_the_older_one_joins_a_room)
{
    struct msg_join m = {.room = bytes_str("ops")};

    give_way(OP_JOIN, &m);
}

Test(scenario_login_takeover, takeover__while_the_older_one_founds_a_room_with_a_password)
{
    static const uint8_t proof[MSG_SECRET] = {4};
    struct msg_join m = {.room = bytes_str("ops"), .proof = bytes_of(proof, sizeof proof)};

    give_way(OP_JOIN, &m);
}

Test(scenario_login_takeover, takeover__while_the_older_one_asks_for_a_token)
{
    struct msg_token_new m = {.lifetime_s = 60};

    sim.config.limits.tokens_per_account = 100;
    give_way(OP_TOKEN_NEW, &m);
}

Test(scenario_login_takeover, takeover__while_the_older_one_changes_the_password)
{
    struct msg_password m;

    memset(m.old, 1, sizeof m.old);
    memset(m.fresh, 1, sizeof m.fresh);
    give_way(OP_PASSWORD, &m);
}

Test(scenario_login_takeover, takeover__while_the_older_one_writes_to_somebody)
{
    struct msg_say m = {.to = bytes_str("nobody"), .text = bytes_str("hello?")};

    give_way(OP_DIRECT, &m);
}

enum { KEY_OF_ALICE, KEY_OF_BOB, KEY_OF_CAROL };

Test(scenario_login_takeover, takeover__one_live_session_per_identity_key)
{
    struct msg_closing closing;

    sim_start(&sim);
    actor_enter(&alice, "alice");
    actor_enter(&bob, "bob");
    cr_assert_eq(prover_ask(&alice, KEY_OF_ALICE), STATUS_DONE);
    cr_assert_eq(prover_ask(&bob, KEY_OF_BOB), STATUS_DONE);
    cr_assert_eq(prover_ask(&alice, KEY_OF_ALICE), STATUS_DONE, "again is no other");
    sim_run(&sim, 100);
    cr_assert_not_null(alice.link);
    actor_enter(&carol, "carol");
    cr_assert_eq(prover_ask(&carol, KEY_OF_ALICE), STATUS_DONE);
    actor_event(&alice, OP_CLOSING, &MSG_CLOSING, &closing);
    cr_assert(actor_wait_down(&alice));
    cr_assert_not_null(bob.link);
    /* Neither her name nor her session waits for her. */
    actor_hello(&alice);
    cr_assert_eq(actor_resume(&alice, alice.resume), STATUS_REFUSED);
    cr_assert_eq(nick(&carol, "alice"), OP_RENAMED);
}

Test(scenario_login_takeover, takeover__identity_of_one_who_is_away)
{
    sim_start(&sim);
    actor_enter(&alice, "alice");
    cr_assert_eq(prover_ask(&alice, KEY_OF_ALICE), STATUS_DONE);
    actor_cut(&alice);
    actor_enter(&carol, "carol");
    cr_assert_eq(prover_ask(&carol, KEY_OF_ALICE), STATUS_DONE);
    cr_assert_eq(nick(&carol, "alice"), OP_RENAMED);
    sim_run(&sim, 60000);
    cr_assert_not_null(carol.link);
}

/* ---- the private half ---- */

static void ask_key(struct actor *a, struct bytes identity, struct bytes proof)
{
    struct msg_public_key m = {.identity = identity, .proof = proof};

    (void)actor_ask(a, OP_PUBLIC_KEY, &m);
}

static void lives_on(struct actor *a)
{
    sim_run(&sim, 100);
    cr_assert_not_null(a->link);
    cr_assert_not(actor_has_event(a, OP_CLOSING));
    cr_assert_eq(actor_say(a, "ops", "still here"), STATUS_DONE);
}

static void alice_and_carol(void)
{
    sim_start(&sim);
    actor_enter(&alice, "alice");
    cr_assert_eq(actor_join(&alice, "ops"), OP_CREATED);
    cr_assert_eq(prover_ask(&alice, KEY_OF_ALICE), STATUS_DONE);
    actor_enter(&carol, "carol");
    cr_assert_eq(actor_join(&carol, "ops"), OP_JOINED);
}

Test(scenario_login_takeover, proof__a_copied_public_key_ends_nobody)
{
    struct msg_public_key own = {0};
    struct msg_identity told;
    static const uint8_t NOISE[MSG_PROOF] = {7};

    alice_and_carol();
    ask_key(&carol, prover_key(KEY_OF_ALICE), (struct bytes){0});
    people_refused(&carol, CODE_BAD_SECRET, "proof");
    ask_key(&carol, prover_key(KEY_OF_ALICE), bytes_of(NOISE, 256));
    people_refused(&carol, CODE_BAD_SECRET, "proof");
    ask_key(&carol, prover_key(KEY_OF_ALICE), bytes_of(NOISE, sizeof NOISE));
    people_refused(&carol, CODE_BAD_SECRET, "proof");
    prover_fill(&carol, KEY_OF_CAROL, &own);
    ask_key(&carol, prover_key(KEY_OF_ALICE), own.proof);
    people_refused(&carol, CODE_BAD_SECRET, "proof");
    lives_on(&alice);
    /* Nor did any of it make her somebody; her own key does, and then only that one. */
    cr_assert_eq(actor_events(&alice, OP_PUBLIC_KEY), 0);
    ask_key(&carol, own.identity, own.proof);
    cr_assert_eq(actor_status(&carol), STATUS_DONE);
    actor_event(&alice, OP_PUBLIC_KEY, &MSG_IDENTITY_EVENT, &told);
    cr_assert(bytes_eq(told.identity, prover_key(KEY_OF_CAROL)));
    ask_key(&carol, prover_key(KEY_OF_ALICE), (struct bytes){0});
    people_refused(&carol, CODE_BAD_SECRET, "proof");
    ask_key(&carol, prover_key(KEY_OF_CAROL), (struct bytes){0});
    cr_assert_eq(actor_status(&carol), STATUS_DONE, "what she has proven stays proven");
    lives_on(&alice);
    cr_assert_null(world_wrong(sim.server));
}

Test(scenario_login_takeover, proof__of_another_connection_is_refused)
{
    struct msg_public_key recorded = {0};

    alice_and_carol();
    prover_fill(&alice, KEY_OF_ALICE, &recorded);
    ask_key(&carol, recorded.identity, recorded.proof);
    people_refused(&carol, CODE_BAD_SECRET, "proof");
    lives_on(&alice);
    ask_key(&alice, recorded.identity, recorded.proof);
    cr_assert_eq(actor_status(&alice), STATUS_DONE);
    actor_cut(&alice);
    actor_enter(&alice, "");
    ask_key(&alice, recorded.identity, recorded.proof);
    people_refused(&alice, CODE_BAD_SECRET, "proof");
}

/* The log of the database takes not a byte more. */
static void disk(const char *path, bool full)
{
    struct rlimit limit;
    struct stat st = {0};
    char wal[128];

    (void)signal(SIGXFSZ, SIG_IGN);
    cr_assert_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
    (void)snprintf(wal, sizeof wal, "%s-wal", path);
    cr_assert_eq(stat(wal, &st), 0);
    limit.rlim_cur = full ? (rlim_t)st.st_size : limit.rlim_max;
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

Test(scenario_login_takeover, proof__of_a_key_that_cannot_be_stored_changes_nothing)
{
    struct msg_public_key fresh = {0};
    char dir[64];
    char path[96];

    support_tmpdir(dir, sizeof dir);
    (void)snprintf(path, sizeof path, "%s/relay.db", dir);
    sim.db_path = path;
    sim_start(&sim);
    people_account(&alice, "alice");
    cr_assert_eq(actor_join(&alice, "ops"), OP_CREATED);
    cr_assert_eq(prover_ask(&alice, KEY_OF_ALICE), STATUS_DONE);
    actor_enter(&carol, "carol");
    (void)actor_join(&carol, "ops");
    sim_run(&sim, 100);
    actor_forget(&carol);
    disk(path, true);
    prover_fill(&alice, KEY_OF_CAROL, &fresh);
    ask_key(&alice, fresh.identity, fresh.proof);
    disk(path, false);
    people_refused(&alice, CODE_NOT_STORED, "key");
    sim_run(&sim, 100);
    cr_assert_eq(actor_events(&carol, OP_PUBLIC_KEY), 0, "she is who she was");
    ask_key(&alice, prover_key(KEY_OF_ALICE), (struct bytes){0});
    cr_assert_eq(actor_status(&alice), STATUS_DONE, "and that is proven still");
    ask_key(&alice, fresh.identity, fresh.proof);
    cr_assert_eq(actor_status(&alice), STATUS_DONE);
    sim_run(&sim, 100);
    cr_assert_eq(actor_events(&carol, OP_PUBLIC_KEY), 1);
    sim_stop(&sim);
    support_rmtree(dir);
}

Test(scenario_login_takeover, proof__is_made_anew_by_who_resumes)
{
    alice_and_carol();
    ask_key(&alice, prover_key(KEY_OF_ALICE), (struct bytes){0});
    cr_assert_eq(actor_status(&alice), STATUS_DONE);
    actor_cut(&alice);
    actor_hello(&alice);
    cr_assert_eq(actor_resume(&alice, alice.resume), STATUS_DONE);
    ask_key(&alice, prover_key(KEY_OF_ALICE), (struct bytes){0});
    people_refused(&alice, CODE_BAD_SECRET, "proof");
    cr_assert_eq(prover_ask(&alice, KEY_OF_ALICE), STATUS_DONE);
    ask_key(&alice, prover_key(KEY_OF_ALICE), (struct bytes){0});
    cr_assert_eq(actor_status(&alice), STATUS_DONE);
    cr_assert_eq(prover_ask(&carol, KEY_OF_ALICE), STATUS_DONE, "the newest takes over");
    cr_assert(actor_wait_down(&alice));
}

Test(scenario_login_takeover, proof__what_is_no_key_is_a_bad_field)
{
    struct msg_public_key m = {0};
    uint8_t longer[MSG_IDENTITY] = {0};

    alice_and_carol();
    prover_fill(&carol, KEY_OF_CAROL, &m);
    ask_key(&carol, bytes_str("no key"), m.proof);
    people_refused(&carol, CODE_BAD_FIELD, "identity");
    ask_key(&carol, bytes_str("no key"), (struct bytes){0});
    people_refused(&carol, CODE_BAD_FIELD, "identity");
    memcpy(longer, m.identity.p, m.identity.n);
    ask_key(&carol, bytes_of(longer, m.identity.n + 1), m.proof);
    people_refused(&carol, CODE_BAD_FIELD, "identity");
    ask_key(&carol, bytes_of(m.identity.p, m.identity.n - 1), m.proof);
    people_refused(&carol, CODE_BAD_FIELD, "identity");
}

Test(scenario_login_takeover, proof__wrong_ones_are_paid_for_like_any_request)
{
    sim.config.limits.command_burst = 10;
    sim_start(&sim);
    actor_enter(&carol, "carol");
    for (size_t i = 0; i < 10; i++)
        ask_key(&carol, prover_key(KEY_OF_ALICE), (struct bytes){0});
    cr_assert_eq(actor_status(&carol), STATUS_TOO_FAST);
    sim_run(&sim, 5000);
    cr_assert_eq(prover_ask(&carol, KEY_OF_CAROL), STATUS_DONE);
}
