/* SPDX-License-Identifier: ISC */
/* Stories of power: who may kick, ban, mute, announce, and who may not. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "people.h"
#include "support/support.h"

static struct sim sim;
static struct actor alice, bob, carol, oper;
static char folder[64];

static void setup(void)
{
    people_init(&sim, 80);
    sim.config.limits.login_tries_per_min = 1000;
    actor_init(&alice, &sim, "127.0.0.1");
    actor_init(&bob, &sim, "127.0.0.1");
    actor_init(&carol, &sim, "127.0.0.1");
    actor_init(&oper, &sim, "127.0.0.1");
}

static void teardown(void)
{
    actor_fini(&alice);
    actor_fini(&bob);
    actor_fini(&carol);
    actor_fini(&oper);
    sim_fini(&sim);
    if (folder[0] != '\0')
        support_rmtree(folder);
}

TestSuite(scenario_power, .init = setup, .fini = teardown);

static const uint8_t NEW[MSG_SECRET] = {2};

/* On a database that survives sim_stop(). */
static void start_on_disk(void)
{
    static char path[96];

    support_tmpdir(folder, sizeof folder);
    (void)snprintf(path, sizeof path, "%s/db", folder);
    sim.db_path = path;
    sim_start(&sim);
}

static void restart(void)
{
    sim_stop(&sim);
    sim_start(&sim);
}

/* alice's room with bob and carol in it; all of them accounts. */
static void room_of_three(void)
{
    people_account(&alice, "alice");
    people_account(&bob, "bob");
    people_account(&carol, "carol");
    cr_assert_eq(actor_join(&alice, "ops"), OP_CREATED);
    cr_assert_eq(actor_join(&bob, "ops"), OP_JOINED);
    cr_assert_eq(actor_join(&carol, "ops"), OP_JOINED);
}

static void operator_comes(uint8_t role)
{
    people_account(&oper, "oper");
    people_role(&sim, "oper", role);
}

/* ---- without power ---- */

Test(scenario_power, nobody__may_do_what_is_not_his)
{
    sim_start(&sim);
    room_of_three();
    cr_assert_eq(people_kick(&bob, "ops", "carol"), STATUS_REFUSED);
    people_refused(&bob, CODE_NOT_ALLOWED, "owner and moderators");
    cr_assert_eq(people_timed(&bob, OP_BAN, "ops", "carol", 60), STATUS_REFUSED);
    people_refused(&bob, CODE_NOT_ALLOWED, "owner and moderators");
    cr_assert_eq(people_timed(&bob, OP_MUTE, "ops", "carol", 60), STATUS_REFUSED);
    people_refused(&bob, CODE_NOT_ALLOWED, "owner and moderators");
    cr_assert_eq(people_unban(&bob, "ops", "carol"), STATUS_REFUSED);
    people_refused(&bob, CODE_NOT_ALLOWED, "owner and moderators");
    cr_assert_eq(people_moderator(&bob, "ops", "bob", 1), STATUS_REFUSED);
    people_refused(&bob, CODE_NOT_ALLOWED, "owner");
    cr_assert_eq(people_password(&bob, "ops", NEW, 1), STATUS_REFUSED);
    people_refused(&bob, CODE_NOT_ALLOWED, "owner and moderators");
    /* An owner's power ends at the room's door. */
    cr_assert_eq(people_kick(&alice, "", "carol"), STATUS_REFUSED);
    people_refused(&alice, CODE_NOT_ALLOWED, "relay's moderators");
    cr_assert_eq(people_timed(&alice, OP_BAN, "", "carol", 60), STATUS_REFUSED);
    cr_assert_eq(people_timed(&alice, OP_MUTE, "", "carol", 60), STATUS_REFUSED);
    cr_assert_eq(people_unban(&alice, "", "carol"), STATUS_REFUSED);
    cr_assert_eq(people_kick(&alice, "nowhere", "carol"), STATUS_REFUSED);
    people_refused(&alice, CODE_NO_SUCH_ROOM, "room:");
    sim_run(&sim, 100);
    cr_assert_eq(actor_events(&carol, OP_REMOVED), 0);
    cr_assert_eq(actor_say(&carol, "ops", "unharmed"), STATUS_DONE);
}

/* ---- kick ---- */

Test(scenario_power, kick__out_of_a_room_and_he_may_come_again)
{
    struct msg_removed_event e;

    sim_start(&sim);
    room_of_three();
    actor_forget(&carol);
    cr_assert_eq(people_kick(&alice, "ops", "Bob"), STATUS_DONE);
    actor_event(&bob, OP_REMOVED, &MSG_REMOVED, &e);
    cr_assert_eq(e.kind, REMOVED_KICKED);
    cr_assert(bytes_eq(e.room, bytes_str("ops")));
    cr_assert(bytes_eq(e.by, bytes_str("alice")));
    cr_assert(bytes_eq(e.reason, bytes_str("enough")));
    sim_run(&sim, 100);
    cr_assert_eq(people_told(&carol, PRESENCE_LEFT, "ops", "bob"), 1);
    cr_assert_eq(people_told_any(&bob, "bob"), 0);
    cr_assert_eq(actor_say(&bob, "ops", "hey"), STATUS_REFUSED);
    people_refused(&bob, CODE_NOT_MEMBER, "join the room");
    cr_assert_eq(people_kick(&alice, "ops", "bob"), STATUS_REFUSED);
    people_refused(&alice, CODE_NOT_MEMBER, "bob");
    cr_assert_eq(actor_join(&bob, "ops"), OP_JOINED);
}

Test(scenario_power, kick__off_the_relay)
{
    struct msg_removed_event e;
    struct msg_closing closing;

    sim_start(&sim);
    room_of_three();
    operator_comes(ROLE_MODERATOR);
    cr_assert_eq(people_kick(&oper, "", "nobody"), STATUS_REFUSED);
    people_refused(&oper, CODE_NOT_MEMBER, "nobody");
    cr_assert_eq(people_kick(&oper, "", "bob"), STATUS_DONE);
    actor_event(&bob, OP_REMOVED, &MSG_REMOVED, &e);
    cr_assert_eq(e.room.n, 0);
    actor_event(&bob, OP_CLOSING, &MSG_CLOSING, &closing);
    cr_assert(actor_wait_down(&bob));
    actor_hello(&bob);
    cr_assert_eq(actor_resume(&bob, bob.resume), STATUS_REFUSED, "no grace for him");
    cr_assert_eq(actor_login(&bob, "bob", 1), STATUS_DONE, "a kick is no ban");
}

Test(scenario_power, kick__one_who_is_away)
{
    sim_start(&sim);
    operator_comes(ROLE_OPERATOR);
    actor_enter(&bob, "bob");
    actor_cut(&bob);
    cr_assert_eq(people_kick(&oper, "", "bob"), STATUS_DONE);
    actor_hello(&bob);
    cr_assert_eq(actor_resume(&bob, bob.resume), STATUS_REFUSED);
}

Test(scenario_power, kick__oneself)
{
    sim_start(&sim);
    room_of_three();
    cr_assert_eq(people_kick(&alice, "ops", "alice"), STATUS_DONE);
    cr_assert_eq(actor_say(&alice, "ops", "?"), STATUS_REFUSED);
    operator_comes(ROLE_OPERATOR);
    struct msg_power m = {.user = bytes_str("oper")};
    actor_send(&oper, OP_KICK, &m);
    cr_assert(actor_wait_down(&oper));
}

Test(scenario_power, kick__nobody_above_oneself)
{
    sim_start(&sim);
    room_of_three();
    operator_comes(ROLE_OPERATOR);
    cr_assert_eq(actor_join(&oper, "ops"), OP_JOINED);
    cr_assert_eq(people_moderator(&alice, "ops", "bob", 1), STATUS_DONE);
    cr_assert_eq(people_kick(&bob, "ops", "alice"), STATUS_REFUSED);
    people_refused(&bob, CODE_NOT_ALLOWED, "more say");
    cr_assert_eq(people_timed(&bob, OP_BAN, "ops", "alice", 0), STATUS_REFUSED);
    cr_assert_eq(people_timed(&bob, OP_MUTE, "ops", "alice", 0), STATUS_REFUSED);
    cr_assert_eq(people_kick(&alice, "ops", "oper"), STATUS_REFUSED);
    people_refused(&alice, CODE_NOT_ALLOWED, "oper");
    people_role(&sim, "carol", ROLE_MODERATOR);
    cr_assert_eq(people_timed(&carol, OP_BAN, "", "oper", 0), STATUS_REFUSED);
    people_refused(&carol, CODE_NOT_ALLOWED, "more say");
    cr_assert_eq(
        people_kick(&carol, "ops", "alice"), STATUS_DONE, "the relay's moderators may");
    cr_assert_eq(people_kick(&oper, "", "carol"), STATUS_DONE);
}

Test(scenario_power, kick__operator_who_is_not_here_is_still_above)
{
    sim_start(&sim);
    operator_comes(ROLE_OPERATOR);
    people_account(&carol, "carol");
    people_role(&sim, "carol", ROLE_MODERATOR);
    actor_cut(&oper);
    sim_run(&sim, 60000);
    cr_assert_eq(people_timed(&carol, OP_BAN, "", "oper", 0), STATUS_REFUSED);
    people_refused(&carol, CODE_NOT_ALLOWED, "more say");
    people_login(&oper, "oper");
}

/* ---- ban ---- */

Test(scenario_power, ban__from_a_room_until_it_is_taken_back)
{
    struct msg_removed_event e;

    sim_start(&sim);
    room_of_three();
    cr_assert_eq(people_timed(&alice, OP_BAN, "ops", "bob", 0), STATUS_DONE);
    actor_event(&bob, OP_REMOVED, &MSG_REMOVED, &e);
    cr_assert_eq(e.kind, REMOVED_BANNED);
    cr_assert_eq(actor_join(&bob, "ops"), OP_REPLY);
    people_refused(&bob, CODE_BANNED, "ops");
    cr_assert_eq(actor_refusal(&bob).num, 0, "for good");
    cr_assert_eq(actor_join(&bob, "elsewhere"), OP_CREATED, "elsewhere he is welcome");
    cr_assert_eq(people_unban(&alice, "ops", "BOB"), STATUS_DONE);
    cr_assert_eq(people_unban(&alice, "ops", "bob"), STATUS_REFUSED);
    people_refused(&alice, CODE_NOT_MEMBER, "neither banned nor muted");
    cr_assert_eq(actor_join(&bob, "ops"), OP_JOINED);
}

Test(scenario_power, ban__of_one_who_is_not_in_the_room)
{
    sim_start(&sim);
    people_account(&alice, "alice");
    people_account(&bob, "bob");
    cr_assert_eq(actor_join(&alice, "ops"), OP_CREATED);
    cr_assert_eq(people_timed(&alice, OP_BAN, "ops", "bob", 0), STATUS_DONE);
    cr_assert_eq(actor_join(&bob, "ops"), OP_REPLY);
    people_refused(&bob, CODE_BANNED, "ops");
}

Test(scenario_power, ban__ends_by_itself)
{
    sim_start(&sim);
    room_of_three();
    cr_assert_eq(people_timed(&alice, OP_BAN, "ops", "bob", 60), STATUS_DONE);
    cr_assert_eq(actor_join(&bob, "ops"), OP_REPLY);
    people_refused(&bob, CODE_BANNED, "ops");
    cr_assert_eq(actor_refusal(&bob).num, (uint64_t)sim.loop.wall_ms + 60000);
    sim_run(&sim, 59000);
    cr_assert_eq(actor_join(&bob, "ops"), OP_REPLY);
    sim_run(&sim, 1001);
    cr_assert_eq(actor_join(&bob, "ops"), OP_JOINED);
}

Test(scenario_power, ban__lands_while_he_is_joining)
{
    struct msg_join join = {.room = bytes_str("ops")};
    struct msg_power_timed ban = {.room = bytes_str("ops"), .user = bytes_str("bob")};

    sim_start(&sim);
    people_account(&alice, "alice");
    people_account(&bob, "bob");
    cr_assert_eq(actor_join(&alice, "ops"), OP_CREATED);
    actor_send(&alice, OP_BAN, &ban);
    actor_send(&bob, OP_JOIN, &join);
    (void)actor_wait_reply(&alice);
    cr_assert_eq(actor_status(&alice), STATUS_DONE);
    (void)actor_wait_reply(&bob);
    sim_run(&sim, 100);
    cr_assert_eq(actor_say(&bob, "ops", "am I in?"), STATUS_REFUSED);
    people_refused(&bob, CODE_NOT_MEMBER, "join");
}

Test(scenario_power, ban__from_the_relay)
{
    sim_start(&sim);
    operator_comes(ROLE_OPERATOR);
    people_account(&bob, "bob");
    cr_assert_eq(people_timed(&oper, OP_BAN, "", "bob", 0), STATUS_DONE);
    cr_assert(actor_wait_down(&bob));
    actor_hello(&bob);
    cr_assert_eq(actor_login(&bob, "bob", 1), STATUS_REFUSED);
    people_refused(&bob, CODE_BANNED, "bob");
    cr_assert_eq(actor_login(&bob, "bob", 9), STATUS_REFUSED);
    people_refused(&bob, CODE_BAD_SECRET, "name or password");
    cr_assert_eq(people_unban(&oper, "", "bob"), STATUS_DONE);
    cr_assert_eq(actor_login(&bob, "bob", 1), STATUS_DONE);
}

Test(scenario_power, ban__a_banned_name_is_no_nick_and_no_new_account)
{
    struct msg_name m = {.name = bytes_str("Mallory")};

    sim_start(&sim);
    operator_comes(ROLE_OPERATOR);
    cr_assert_eq(people_timed(&oper, OP_BAN, "", "mallory", 0), STATUS_DONE);
    actor_enter(&bob, "bob");
    cr_assert_eq(actor_ask(&bob, OP_NICK, &m), OP_REPLY);
    people_refused(&bob, CODE_BANNED, "mallory");
    actor_hello(&carol);
    cr_assert_eq(actor_register(&carol, "mallory", 1), STATUS_REFUSED);
    people_refused(&carol, CODE_BANNED, "mallory");
    cr_assert_eq(people_unban(&oper, "", "mallory"), STATUS_DONE);
    cr_assert_eq(actor_register(&carol, "mallory", 1), STATUS_DONE, "nothing was made before");
}

Test(scenario_power, ban__by_token_or_resume_is_no_way_round)
{
    struct msg_token_new ask = {.lifetime_s = 600};
    struct msg_token_ok t;
    struct msg_token m;

    sim_start(&sim);
    operator_comes(ROLE_OPERATOR);
    people_account(&bob, "bob");
    (void)actor_ask(&bob, OP_TOKEN_NEW, &ask);
    actor_answer(&bob, &MSG_TOKEN_OK, &t);
    cr_assert_eq(people_timed(&oper, OP_BAN, "", "bob", 0), STATUS_DONE);
    actor_hello(&bob);
    cr_assert_eq(actor_resume(&bob, bob.resume), STATUS_REFUSED);
    memcpy(m.token, t.token, sizeof m.token);
    (void)actor_ask(&bob, OP_TOKEN_LOGIN, &m);
    people_refused(&bob, CODE_BANNED, "bob");
    sim_cert(bob.link, "bob");
    static const struct msg_empty none = {0};
    (void)actor_ask(&bob, OP_CERT_LOGIN, &none);
    people_refused(&bob, CODE_BANNED, "bob");
}

static enum err ban_address(const char *address, int64_t seconds)
{
    struct sentence x = {
        .who = bytes_str(address), .by = bytes_str("sottoctl"), .seconds = seconds};

    return server_ban(sim.server, (struct bytes){0}, &x);
}

Test(scenario_power, ban__of_an_address)
{
    sim_start(&sim);
    operator_comes(ROLE_OPERATOR);
    (void)snprintf(bob.address, sizeof bob.address, "10.1.2.3");
    (void)snprintf(carol.address, sizeof carol.address, "10.1.2.30");
    actor_enter(&bob, "bob");
    actor_enter(&carol, "carol");
    cr_assert_eq(ban_address("10.1.2.3", 60), ERR_OK);
    cr_assert(actor_wait_down(&bob));
    cr_assert_not(actor_dial(&bob), "not even a line");
    cr_assert_not_null(carol.link);
    sim_run(&sim, 60001);
    cr_assert(actor_dial(&bob));
    cr_assert_eq(ban_address("10.1.2.3", 0), ERR_OK);
    cr_assert(actor_wait_down(&bob), "one who has not logged in goes too");
    struct msg_power m = {.user = bytes_str("10.1.2.3")};
    (void)actor_ask(&oper, OP_UNBAN, &m);
    people_refused(&oper, CODE_BAD_NAME, "user:");
    cr_assert_eq(
        server_unban(sim.server, bytes_str(""), bytes_str("10.1.2.3"), bytes_str("x")), ERR_OK);
    cr_assert(actor_dial(&bob));
}

Test(scenario_power, ban__names_with_digits_and_dots_are_no_addresses)
{
    sim_start(&sim);
    people_account(&alice, "alice");
    people_account(&bob, "4.you.2");
    cr_assert_eq(actor_join(&alice, "ops"), OP_CREATED);
    cr_assert_eq(actor_join(&bob, "ops"), OP_JOINED);
    cr_assert_eq(people_timed(&alice, OP_BAN, "ops", "4.you.2", 0), STATUS_DONE);
    cr_assert_eq(actor_join(&bob, "ops"), OP_REPLY);
    people_refused(&bob, CODE_BANNED, "ops");
}

Test(scenario_power, ban__survives_a_restart)
{
    start_on_disk();
    room_of_three();
    operator_comes(ROLE_OPERATOR);
    cr_assert_eq(people_timed(&alice, OP_BAN, "ops", "bob", 3600), STATUS_DONE);
    cr_assert_eq(people_timed(&alice, OP_MUTE, "ops", "carol", 0), STATUS_DONE);
    cr_assert_eq(people_timed(&oper, OP_BAN, "", "mallory", 0), STATUS_DONE);
    cr_assert_eq(ban_address("10.9.9.9", 0), ERR_OK);
    sim_run(&sim, 100);
    restart();
    people_login(&bob, "bob");
    cr_assert_eq(actor_join(&bob, "ops"), OP_REPLY);
    people_refused(&bob, CODE_BANNED, "ops");
    people_login(&carol, "carol");
    cr_assert_eq(actor_join(&carol, "ops"), OP_JOINED);
    cr_assert_eq(actor_say(&carol, "ops", "mm"), STATUS_REFUSED);
    people_refused(&carol, CODE_MUTED, "muted");
    struct msg_name m = {.name = bytes_str("mallory")};
    actor_enter(&alice, "");
    cr_assert_eq(actor_ask(&alice, OP_NICK, &m), OP_REPLY);
    people_refused(&alice, CODE_BANNED, "mallory");
    (void)snprintf(alice.address, sizeof alice.address, "10.9.9.9");
    cr_assert_not(actor_dial(&alice));
    people_login(&oper, "oper");
    cr_assert_eq(people_unban(&oper, "ops", "bob"), STATUS_DONE);
    restart();
    people_login(&bob, "bob");
    cr_assert_eq(actor_join(&bob, "ops"), OP_JOINED, "and taking it back does too");
}

/* ---- mute ---- */

Test(scenario_power, mute__reads_and_does_not_speak)
{
    sim_start(&sim);
    room_of_three();
    cr_assert_eq(people_timed(&alice, OP_MUTE, "ops", "bob", 60), STATUS_DONE);
    cr_assert_eq(actor_say(&bob, "ops", "hm"), STATUS_REFUSED);
    people_refused(&bob, CODE_MUTED, "muted");
    cr_assert_eq(actor_say(&alice, "ops", "listen"), STATUS_DONE);
    (void)actor_said(&bob, "listen");
    cr_assert_eq(actor_direct(&bob, "carol", "psst"), STATUS_DONE, "in that room only");
    sim_run(&sim, 60001);
    cr_assert_eq(actor_say(&bob, "ops", "again"), STATUS_DONE);
}

Test(scenario_power, mute__on_the_whole_relay)
{
    sim_start(&sim);
    room_of_three();
    operator_comes(ROLE_OPERATOR);
    cr_assert_eq(people_timed(&oper, OP_MUTE, "", "bob", 0), STATUS_DONE);
    cr_assert_eq(actor_say(&bob, "ops", "hm"), STATUS_REFUSED);
    people_refused(&bob, CODE_MUTED, "muted");
    cr_assert_eq(actor_direct(&bob, "carol", "psst"), STATUS_REFUSED);
    people_refused(&bob, CODE_MUTED, "muted");
    cr_assert_not_null(bob.link, "he is not thrown out");
    cr_assert_eq(people_unban(&oper, "", "bob"), STATUS_DONE);
    cr_assert_eq(actor_say(&bob, "ops", "hm"), STATUS_DONE);
}

Test(scenario_power, mute__and_ban_are_two_things)
{
    start_on_disk();
    room_of_three();
    cr_assert_eq(people_timed(&alice, OP_BAN, "ops", "bob", 0), STATUS_DONE);
    cr_assert_eq(people_timed(&alice, OP_MUTE, "ops", "bob", 60), STATUS_DONE);
    cr_assert_eq(actor_join(&bob, "ops"), OP_REPLY, "a mute lifts no ban");
    people_refused(&bob, CODE_BANNED, "ops");
    sim_run(&sim, 61000);
    cr_assert_eq(actor_join(&bob, "ops"), OP_REPLY, "nor does its end");
    cr_assert_eq(people_timed(&alice, OP_MUTE, "ops", "bob", 0), STATUS_DONE);
    cr_assert_eq(people_unban(&alice, "ops", "bob"), STATUS_DONE);
    cr_assert_eq(actor_join(&bob, "ops"), OP_JOINED);
    cr_assert_eq(actor_say(&bob, "ops", "free"), STATUS_DONE, "both were taken back");
    restart();
    people_login(&bob, "bob");
    cr_assert_eq(actor_join(&bob, "ops"), OP_JOINED);
    cr_assert_eq(actor_say(&bob, "ops", "still free"), STATUS_DONE);
}

/* ---- announcements ---- */

Test(scenario_power, announce__from_server_to_everybody)
{
    struct msg_announce m = {.text = bytes_str("tea at \x1b[31mfive\n")};
    struct msg_notice notice;
    struct msg_count n;

    sim_start(&sim);
    operator_comes(ROLE_OPERATOR);
    actor_enter(&alice, "alice");
    actor_enter(&bob, "bob");
    actor_hello(&carol);
    actor_cut(&bob);
    (void)actor_ask(&oper, OP_ANNOUNCE, &m);
    actor_answer(&oper, &MSG_COUNT, &n);
    cr_assert_eq(n.count, 3, "oper, alice, and bob who is away");
    actor_event(&alice, OP_NOTICE, &MSG_NOTICE, &notice);
    cr_assert(bytes_eq(notice.from, bytes_str("Server")));
    cr_assert(
        memchr(notice.text.p, 0x1b, notice.text.n) == NULL, "nothing foreign leaves its cell");
    cr_assert_eq(actor_events(&carol, OP_NOTICE), 0);
    actor_hello(&bob);
    cr_assert_eq(actor_resume(&bob, bob.resume), STATUS_DONE);
    actor_event(&bob, OP_NOTICE, &MSG_NOTICE, &notice);
    cr_assert_eq(actor_events(&bob, OP_NOTICE), 0);
}

Test(scenario_power, announce__not_for_moderators)
{
    struct msg_announce m = {.text = bytes_str("me too")};

    sim_start(&sim);
    operator_comes(ROLE_MODERATOR);
    (void)actor_ask(&oper, OP_ANNOUNCE, &m);
    people_refused(&oper, CODE_NOT_ALLOWED, "operators");
}

/* ---- what an operator says from outside ---- */

Test(scenario_power, drain__tells_everybody_and_takes_nobody)
{
    struct msg_closing closing;

    start_on_disk();
    room_of_three();
    actor_hello(&oper);
    cr_assert_eq(actor_say(&alice, "ops", "last words"), STATUS_DONE);
    sim_drain(&sim);
    actor_event(&alice, OP_CLOSING, &MSG_CLOSING, &closing);
    cr_assert_gt(closing.retry_s, 0, "to come back by itself");
    actor_event(&bob, OP_CLOSING, &MSG_CLOSING, &closing);
    cr_assert_null(alice.link);
    cr_assert_null(oper.link);
    cr_assert_not(actor_dial(&alice));
    sim_start(&sim);
    people_login(&alice, "alice");
    cr_assert_eq(actor_join(&alice, "ops"), OP_JOINED, "she is a member still");
}

Test(scenario_power, reload__other_limits_hold_from_then_on)
{
    static struct config other;

    sim_start(&sim);
    actor_enter(&alice, "alice");
    cr_assert_eq(actor_join(&alice, "one"), OP_CREATED);
    other = sim.config;
    other.limits.rooms_per_user = 1;
    other.guests = false;
    server_reload(sim.server, &other, (struct bytes){0});
    cr_assert_eq(actor_join(&alice, "two"), OP_REPLY);
    people_refused(&alice, CODE_FULL, "you are in 1 rooms");
    actor_hello(&bob);
    static const struct msg_empty none = {0};
    (void)actor_ask(&bob, OP_GUEST, &none);
    people_refused(&bob, CODE_NOT_ALLOWED, "no guests");
    cr_assert_eq(actor_say(&alice, "one", "who is in stays"), STATUS_DONE);
    server_reload(sim.server, &sim.config, (struct bytes){0});
    cr_assert_eq(actor_join(&alice, "two"), OP_CREATED);
}

Test(scenario_power, kick__the_last_of_a_room_takes_the_room_along)
{
    sim_start(&sim);
    operator_comes(ROLE_OPERATOR);
    actor_enter(&alice, "alice");
    cr_assert_eq(actor_join(&alice, "ops"), OP_CREATED);
    cr_assert_eq(people_kick(&oper, "ops", "alice"), STATUS_DONE);
    cr_assert_eq(people_kick(&oper, "ops", "alice"), STATUS_REFUSED);
    people_refused(&oper, CODE_NO_SUCH_ROOM, "room");
    cr_assert_eq(actor_join(&alice, "ops"), OP_CREATED);
    cr_assert_eq(people_timed(&oper, OP_BAN, "ops", "alice", 60), STATUS_DONE);
}
