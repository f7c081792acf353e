/* SPDX-License-Identifier: ISC */
/* Stories of rooms: made, joined, locked, full, left. */
#include <criterion/criterion.h>
#include <string.h>

#include "people.h"

static struct sim sim;
static struct actor alice, bob, carol;

static void setup(void)
{
    people_init(&sim, 50);
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

TestSuite(scenario_room, .init = setup, .fini = teardown);

static const uint8_t RIGHT[MSG_SECRET] = {1, 2, 3};
static const uint8_t WRONG[MSG_SECRET] = {3, 2, 1};

static uint8_t join_as(struct actor *a, const char *room, uint8_t flags)
{
    struct msg_join m = {.room = bytes_str(room), .more = true, .flags = flags};

    return actor_ask(a, OP_JOIN, &m);
}

static uint8_t leave(struct actor *a, const char *room)
{
    struct msg_leave m = {.more = true, .room = bytes_str(room)};

    return actor_ask(a, OP_LEAVE, &m);
}

/* ---- making and joining ---- */

Test(scenario_room, join__first_creates_then_all_are_told_how_it_is)
{
    struct msg_joined j;

    actor_enter(&alice, "alice");
    actor_enter(&bob, "bob");
    cr_assert_eq(actor_join(&alice, "Ops"), OP_CREATED);
    actor_body(&alice, &MSG_JOINED, &j);
    cr_assert(bytes_eq(j.room, bytes_str("Ops")));
    cr_assert_eq(j.online, 1);
    cr_assert_eq(j.flags, ROOM_MEMBER);
    cr_assert_eq(actor_say(&alice, "Ops", "one"), STATUS_DONE);
    cr_assert_eq(actor_join(&bob, "oPS"), OP_JOINED, "case is no difference");
    actor_body(&bob, &MSG_JOINED, &j);
    cr_assert(bytes_eq(j.room, bytes_str("Ops")), "the name as its founder wrote it");
    cr_assert_eq(j.online, 2);
    cr_assert_eq(j.cursor, j.last_seq, "what was before is not for him");
    cr_assert_eq(j.time_ms, (uint64_t)sim.loop.wall_ms);
}

Test(scenario_room, join__twice_is_refused)
{
    actor_enter(&alice, "alice");
    cr_assert_eq(actor_join(&alice, "ops"), OP_CREATED);
    cr_assert_eq(actor_join(&alice, "OPS"), OP_REPLY);
    people_refused(&alice, CODE_MEMBER_ALREADY, "already");
    people_account(&bob, "bob");
    cr_assert_eq(actor_join(&bob, "ops"), OP_JOINED);
    cr_assert_eq(actor_join(&bob, "ops"), OP_REPLY);
    people_refused(&bob, CODE_MEMBER_ALREADY, "already");
}

Test(scenario_room, join__names_that_cannot_be)
{
    static const char *const BAD[] = {" ops", "ops ", "o p", "a\nb", "a\x1b[31m", "\xff",
        "\xe2\x80\xae"
        "x"};
    static const char *const GOOD[] = {
        "#ops", "caf\xc3\xa9", "\xe6\x97\xa5\xe6\x9c\xac", "a/../b", "server"};

    actor_enter(&alice, "alice");
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        cr_assert_eq(actor_join(&alice, BAD[i]), OP_REPLY, "%s", BAD[i]);
        people_refused(&alice, CODE_BAD_NAME, "room:");
    }
    for (size_t i = 0; i < sizeof GOOD / sizeof GOOD[0]; i++)
        cr_assert_eq(actor_join(&alice, GOOD[i]), OP_CREATED, "%s", GOOD[i]);
    cr_assert_eq(actor_join(&alice, "cafe\xcc\x81"), OP_REPLY);
    people_refused(&alice, CODE_MEMBER_ALREADY, "already");
}

Test(scenario_room, join__flags)
{
    actor_enter(&alice, "alice");
    actor_enter(&bob, "bob");
    cr_assert_eq(join_as(&alice, "ops", JOIN_NO_CREATE), OP_REPLY);
    people_refused(&alice, CODE_NO_SUCH_ROOM, "ops");
    cr_assert_eq(join_as(&alice, "ops", JOIN_ONLY_CREATE), OP_CREATED);
    cr_assert_eq(join_as(&bob, "ops", JOIN_ONLY_CREATE), OP_REPLY);
    people_refused(&bob, CODE_NAME_TAKEN, "ops");
    cr_assert_eq(join_as(&bob, "ops", JOIN_NO_CREATE), OP_JOINED);
}

Test(scenario_room, join__two_found_the_same_room_in_one_turn)
{
    struct msg_join m = {.room = bytes_str("ops")};

    actor_enter(&alice, "alice");
    actor_enter(&bob, "bob");
    people_account(&carol, "carol");
    actor_send(&alice, OP_JOIN, &m);
    actor_send(&bob, OP_JOIN, &m);
    actor_send(&carol, OP_JOIN, &m);
    uint8_t a = actor_wait_reply(&alice);
    uint8_t b = actor_wait_reply(&bob);
    uint8_t c = actor_wait_reply(&carol);
    cr_assert_eq((a == OP_CREATED) + (b == OP_CREATED) + (c == OP_CREATED), 1, "one founds it");
    cr_assert_eq((a == OP_JOINED) + (b == OP_JOINED) + (c == OP_JOINED), 2, "the others join");
    cr_assert_eq(actor_say(&alice, "ops", "all here?"), STATUS_DONE);
    (void)actor_said(&bob, "all here?");
    (void)actor_said(&carol, "all here?");
}

Test(scenario_room, join__two_found_a_password_room_in_one_turn)
{
    struct msg_join m = {.room = bytes_str("ops"), .proof = bytes_of(RIGHT, MSG_SECRET)};

    actor_enter(&alice, "alice");
    actor_enter(&bob, "bob");
    actor_enter(&carol, "carol");
    actor_send(&alice, OP_JOIN, &m);
    actor_send(&bob, OP_JOIN, &m);
    uint8_t a = actor_wait_reply(&alice);
    uint8_t b = actor_wait_reply(&bob);
    cr_assert_neq(a, b);
    cr_assert_eq(a == OP_CREATED ? b : a, OP_JOINED, "who came second proved it");
    cr_assert_eq(actor_join_proof(&carol, "ops", WRONG), OP_REPLY);
    people_refused(&carol, CODE_BAD_SECRET, "proof:");
}

Test(scenario_room, join__founder_leaves_while_the_room_is_being_stored)
{
    struct msg_join m = {.room = bytes_str("ops"), .proof = bytes_of(RIGHT, MSG_SECRET)};

    actor_enter(&alice, "alice");
    actor_enter(&bob, "bob");
    for (int turns = 0; turns < 6; turns++) {
        actor_send(&alice, OP_JOIN, &m);
        for (int i = 0; i < turns; i++)
            sim_turn(&sim);
        actor_cut(&alice);
        sim_run(&sim, 40000);
        cr_assert_eq(actor_join(&bob, "ops"), OP_CREATED, "no ghost of it stays (%d)", turns);
        cr_assert_eq(leave(&bob, "ops"), OP_LEFT);
        actor_enter(&alice, "alice");
    }
}

/* ---- passwords ---- */

Test(scenario_room, password__right_wrong_and_none)
{
    struct msg_joined j;

    actor_enter(&alice, "alice");
    actor_enter(&bob, "bob");
    cr_assert_eq(actor_join_proof(&alice, "ops", RIGHT), OP_CREATED);
    actor_body(&alice, &MSG_JOINED, &j);
    cr_assert_eq(j.flags, ROOM_MEMBER | ROOM_PASSWORD);
    cr_assert_eq(actor_join(&bob, "ops"), OP_REPLY);
    people_refused(&bob, CODE_BAD_SECRET, "has a password");
    cr_assert_eq(actor_join_proof(&bob, "ops", WRONG), OP_REPLY);
    people_refused(&bob, CODE_BAD_SECRET, "proof:");
    cr_assert_eq(actor_say(&bob, "ops", "in?"), STATUS_REFUSED);
    cr_assert_eq(actor_join_proof(&bob, "ops", RIGHT), OP_JOINED);
}

Test(scenario_room, password__proof_of_the_wrong_size)
{
    struct msg_join m = {.room = bytes_str("ops"), .proof = bytes_of(RIGHT, MSG_SECRET - 1)};

    actor_enter(&alice, "alice");
    cr_assert_eq(actor_ask(&alice, OP_JOIN, &m), OP_REPLY);
    people_refused(&alice, CODE_BAD_FIELD, "proof:");
    cr_assert_eq(actor_refusal(&alice).num, MSG_SECRET);
    cr_assert_eq(join_as(&alice, "ops", JOIN_NO_CREATE), OP_REPLY, "nothing was made");
}

Test(scenario_room, password__proof_for_an_open_room_is_not_looked_at)
{
    actor_enter(&alice, "alice");
    actor_enter(&bob, "bob");
    cr_assert_eq(actor_join(&alice, "ops"), OP_CREATED);
    cr_assert_eq(actor_join_proof(&bob, "ops", WRONG), OP_JOINED);
}

Test(scenario_room, password__eight_prove_at_once)
{
    static struct actor many[8];

    actor_enter(&alice, "alice");
    cr_assert_eq(actor_join_proof(&alice, "ops", RIGHT), OP_CREATED);
    for (size_t i = 0; i < 8; i++) {
        actor_init(&many[i], &sim, "127.0.0.1");
        actor_enter(&many[i], people_name("m", i));
    }
    for (size_t i = 0; i < 8; i++) {
        struct msg_join m = {
            .room = bytes_str("ops"), .proof = bytes_of(i % 2 ? WRONG : RIGHT, MSG_SECRET)};
        actor_send(&many[i], OP_JOIN, &m);
    }
    for (size_t i = 0; i < 8; i++)
        cr_assert_eq(actor_wait_reply(&many[i]), i % 2 ? OP_REPLY : OP_JOINED, "%zu", i);
    cr_assert_eq(actor_say(&alice, "ops", "who is in?"), STATUS_DONE);
    sim_run(&sim, 100);
    for (size_t i = 0; i < 8; i++) {
        cr_assert_eq(actor_events(&many[i], OP_SAY), i % 2 ? 0 : 1);
        actor_fini(&many[i]);
    }
}

Test(scenario_room, password__asked_again_of_a_guest_and_not_of_a_member)
{
    people_account(&alice, "alice");
    people_account(&bob, "bob");
    actor_enter(&carol, "carol");
    cr_assert_eq(actor_join_proof(&alice, "ops", RIGHT), OP_CREATED);
    cr_assert_eq(actor_join_proof(&bob, "ops", RIGHT), OP_JOINED);
    cr_assert_eq(actor_join_proof(&carol, "ops", RIGHT), OP_JOINED);
    actor_cut(&bob);
    actor_cut(&carol);
    sim_run(&sim, 60000);
    people_login(&bob, "bob");
    cr_assert_eq(actor_join(&bob, "ops"), OP_JOINED, "an account stays a member");
    actor_enter(&carol, "carol");
    cr_assert_eq(actor_join(&carol, "ops"), OP_REPLY);
    people_refused(&carol, CODE_BAD_SECRET, "has a password");
}

Test(scenario_room, password__changed_while_a_proof_is_being_checked)
{
    struct msg_join m = {.room = bytes_str("ops"), .proof = bytes_of(RIGHT, MSG_SECRET)};
    struct msg_room_password change = {
        .room = bytes_str("ops"), .proof = bytes_of(WRONG, MSG_SECRET), .generation = 1};

    actor_enter(&alice, "alice");
    actor_enter(&bob, "bob");
    cr_assert_eq(actor_join_proof(&alice, "ops", RIGHT), OP_CREATED);
    actor_send(&alice, OP_ROOM_PASSWORD, &change);
    for (int i = 0; i < 2; i++)
        sim_turn(&sim);
    actor_send(&bob, OP_JOIN, &m);
    uint8_t op = actor_wait_reply(&bob);
    (void)actor_wait_reply(&alice);
    cr_assert_eq(actor_status(&alice), STATUS_DONE);
    if (op == OP_REPLY)
        people_refused(&bob, CODE_BAD_SECRET, "proof:");
    actor_enter(&carol, "carol");
    cr_assert_eq(actor_join_proof(&carol, "ops", RIGHT), OP_REPLY, "the old one is over");
    cr_assert_eq(actor_join_proof(&carol, "ops", WRONG), OP_JOINED);
}

/* ---- rooms for invited people ---- */

Test(scenario_room, invite__hidden_and_closed_to_others)
{
    struct msg_rooms all = {0};
    struct msg_rooms_ok ok;
    struct bytes name;

    actor_enter(&alice, "alice");
    actor_enter(&bob, "bob");
    cr_assert_eq(join_as(&alice, "secret", JOIN_INVITE_ONLY), OP_CREATED);
    cr_assert_eq(actor_join(&alice, "open"), OP_CREATED);
    cr_assert_eq(actor_join(&bob, "secret"), OP_REPLY);
    people_refused(&bob, CODE_NOT_ALLOWED, "invited");
    (void)actor_ask(&bob, OP_ROOMS, &all);
    actor_answer(&bob, &MSG_ROOMS_OK, &ok);
    cr_assert(names_next(&ok.names, &name));
    cr_assert(bytes_eq(name, bytes_str("open")));
    cr_assert_not(names_next(&ok.names, &name));
    (void)actor_ask(&alice, OP_ROOMS, &all);
    actor_answer(&alice, &MSG_ROOMS_OK, &ok);
    size_t n = 0;
    while (names_next(&ok.names, &name))
        n++;
    cr_assert_eq(n, 2, "its member sees it");
}

Test(scenario_room, invite__owner_comes_back)
{
    people_account(&alice, "alice");
    people_account(&bob, "bob");
    cr_assert_eq(join_as(&alice, "secret", JOIN_INVITE_ONLY), OP_CREATED);
    actor_cut(&alice);
    sim_run(&sim, 60000);
    people_login(&alice, "alice");
    cr_assert_eq(actor_join(&alice, "secret"), OP_JOINED);
    cr_assert_eq(actor_join(&bob, "secret"), OP_REPLY);
}

Test(scenario_room, invite__taking_a_password_away_does_not_open_it)
{
    struct msg_room_password none = {.room = bytes_str("secret")};

    actor_enter(&alice, "alice");
    actor_enter(&bob, "bob");
    cr_assert_eq(join_as(&alice, "secret", JOIN_INVITE_ONLY), OP_CREATED);
    (void)actor_ask(&alice, OP_ROOM_PASSWORD, &none);
    cr_assert_eq(actor_status(&alice), STATUS_DONE);
    cr_assert_eq(actor_join(&bob, "secret"), OP_REPLY);
    people_refused(&bob, CODE_NOT_ALLOWED, "invited");
}

/* ---- leaving, owners, the end of a room ---- */

Test(scenario_room, leave__named_room_or_one_that_is_not_his)
{
    actor_enter(&alice, "alice");
    actor_enter(&bob, "bob");
    cr_assert_eq(actor_join(&alice, "one"), OP_CREATED);
    cr_assert_eq(actor_join(&alice, "two"), OP_CREATED);
    cr_assert_eq(leave(&alice, "ONE"), OP_LEFT);
    cr_assert_eq(leave(&alice, "one"), OP_REPLY);
    people_refused(&alice, CODE_NOT_MEMBER, "room:");
    cr_assert_eq(leave(&bob, "two"), OP_REPLY);
    people_refused(&bob, CODE_NOT_MEMBER, "room:");
    cr_assert_eq(actor_say(&alice, "two", "still in two"), STATUS_DONE);
    cr_assert_eq(actor_say(&alice, "one", "not in one"), STATUS_REFUSED);
    people_refused(&alice, CODE_NOT_MEMBER, "speak to no one");
}

Test(scenario_room, leave__the_last_takes_the_room_along)
{
    struct msg_rooms all = {0};
    struct msg_rooms_ok ok;

    actor_enter(&alice, "alice");
    cr_assert_eq(actor_join_proof(&alice, "ops", RIGHT), OP_CREATED);
    cr_assert_eq(leave(&alice, "ops"), OP_LEFT);
    (void)actor_ask(&alice, OP_ROOMS, &all);
    actor_answer(&alice, &MSG_ROOMS_OK, &ok);
    cr_assert_eq(ok.names.n, 0);
    cr_assert_eq(actor_join(&alice, "ops"), OP_CREATED, "its password went with it");
}

Test(scenario_room, leave__direct_conversations_are_no_current_room)
{
    struct msg_leave none = {0};

    actor_enter(&alice, "alice");
    actor_enter(&bob, "bob");
    cr_assert_eq(actor_join(&alice, "ops"), OP_CREATED);
    cr_assert_eq(actor_direct(&alice, "bob", "psst"), STATUS_DONE);
    cr_assert_eq(actor_ask(&alice, OP_LEAVE, &none), OP_LEFT);
    struct msg_name left;
    actor_body(&alice, &MSG_LEFT, &left);
    cr_assert(bytes_eq(left.name, bytes_str("ops")));
    cr_assert_eq(actor_ask(&alice, OP_LEAVE, &none), OP_LEFT);
    cr_assert(actor_wait_down(&alice));
}

Test(scenario_room, owner__a_guests_name_does_not_hand_on_his_room)
{
    struct msg_power kick = {.room = bytes_str("ops"), .user = bytes_str("bob")};

    actor_enter(&alice, "alice");
    actor_enter(&bob, "bob");
    actor_enter(&carol, "carol");
    cr_assert_eq(actor_join(&alice, "ops"), OP_CREATED);
    cr_assert_eq(actor_join(&bob, "ops"), OP_JOINED);
    cr_assert_eq(actor_join(&carol, "ops"), OP_JOINED);
    cr_assert_eq(leave(&alice, "ops"), OP_LEFT);
    struct msg_name m = {.name = bytes_str("alicia")};
    cr_assert_eq(actor_ask(&alice, OP_NICK, &m), OP_RENAMED);
    m.name = bytes_str("alice");
    cr_assert_eq(actor_ask(&carol, OP_NICK, &m), OP_RENAMED);
    (void)actor_ask(&carol, OP_KICK, &kick);
    people_refused(&carol, CODE_NOT_ALLOWED, "owner");
}

Test(scenario_room, owner__keeps_it_under_another_nick)
{
    struct msg_power kick = {.room = bytes_str("ops"), .user = bytes_str("bob")};
    struct msg_name m = {.name = bytes_str("alicia")};

    actor_enter(&alice, "alice");
    actor_enter(&bob, "bob");
    cr_assert_eq(actor_join(&alice, "ops"), OP_CREATED);
    cr_assert_eq(actor_join(&bob, "ops"), OP_JOINED);
    cr_assert_eq(actor_ask(&alice, OP_NICK, &m), OP_RENAMED);
    (void)actor_ask(&alice, OP_KICK, &kick);
    cr_assert_eq(actor_status(&alice), STATUS_DONE);
}

/* ---- what survives ---- */

static struct msg_joined joined(struct actor *a)
{
    struct msg_joined j;

    actor_body(a, &MSG_JOINED, &j);
    return j;
}

Test(scenario_room, account__stays_a_member_while_away_and_a_guest_does_not)
{
    struct msg_users who = {.more = true, .room = bytes_str("ops")};
    struct msg_users_ok ok;
    struct bytes name;

    people_account(&alice, "alice");
    people_account(&bob, "bob");
    actor_enter(&carol, "carol");
    cr_assert_eq(actor_join(&alice, "ops"), OP_CREATED);
    cr_assert_eq(actor_join(&bob, "ops"), OP_JOINED);
    cr_assert_eq(actor_join(&carol, "ops"), OP_JOINED);
    actor_cut(&bob);
    actor_cut(&carol);
    sim_run(&sim, 60000);
    (void)actor_ask(&alice, OP_USERS, &who);
    actor_answer(&alice, &MSG_USERS_OK, &ok);
    cr_assert_eq(ok.flags.n, 2);
    cr_assert(names_next(&ok.names, &name) && bytes_eq(name, bytes_str("alice")));
    cr_assert_eq(ok.flags.p[0], USER_ACCOUNT | USER_OWNER);
    cr_assert(names_next(&ok.names, &name) && bytes_eq(name, bytes_str("bob")));
    cr_assert_eq(ok.flags.p[1], USER_ACCOUNT | USER_AWAY);
    people_login(&bob, "bob");
    cr_assert_eq(actor_join(&bob, "ops"), OP_JOINED);
    cr_assert_eq(joined(&bob).online, 2);
}
