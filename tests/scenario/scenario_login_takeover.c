/* SPDX-License-Identifier: ISC */
/* Stories of one live session: the newest takes over, whatever the older one was about. */
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

static uint8_t identity(struct actor *a, const char *key)
{
    struct msg_public_key m = {.identity = bytes_str(key)};

    (void)actor_ask(a, OP_PUBLIC_KEY, &m);
    return actor_status(a);
}

Test(scenario_login_takeover, takeover__one_live_session_per_identity_key)
{
    struct msg_closing closing;

    sim_start(&sim);
    actor_enter(&alice, "alice");
    actor_enter(&bob, "bob");
    cr_assert_eq(identity(&alice, "key of alice"), STATUS_DONE);
    cr_assert_eq(identity(&bob, "key of bob"), STATUS_DONE);
    cr_assert_eq(identity(&alice, "key of alice"), STATUS_DONE, "again is no other");
    sim_run(&sim, 100);
    cr_assert_not_null(alice.link);
    actor_enter(&carol, "carol");
    cr_assert_eq(identity(&carol, "key of alice"), STATUS_DONE);
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
    cr_assert_eq(identity(&alice, "key of alice"), STATUS_DONE);
    actor_cut(&alice);
    actor_enter(&carol, "carol");
    cr_assert_eq(identity(&carol, "key of alice"), STATUS_DONE);
    cr_assert_eq(nick(&carol, "alice"), OP_RENAMED);
    sim_run(&sim, 60000);
    cr_assert_not_null(carol.link);
}
