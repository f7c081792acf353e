/* SPDX-License-Identifier: ISC */
/* Stories of too many members, rooms and words kept for those who are away. */
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

TestSuite(scenario_limit_room, .init = setup, .fini = teardown);

#define LIMIT sim.config.limits

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

/* ---- rooms ---- */

Test(scenario_limit_room, room_members__full)
{
    struct msg_leave leave = {.more = true, .room = bytes_str("ops")};

    LIMIT.room_members = 2;
    sim_start(&sim);
    people_account(&alice, "alice");
    actor_enter(&bob, "bob");
    actor_enter(&carol, "carol");
    cr_assert_eq(actor_join(&alice, "ops"), OP_CREATED);
    cr_assert_eq(actor_join(&bob, "ops"), OP_JOINED);
    cr_assert_eq(actor_join(&carol, "ops"), OP_REPLY);
    people_refused(&carol, CODE_FULL, "ops is full");
    cr_assert_eq(actor_refusal(&carol).num, 2);
    cr_assert_eq(actor_say(&alice, "ops", "cosy"), STATUS_DONE);
    actor_cut(&alice);
    sim_run(&sim, 60000);
    cr_assert_eq(actor_join(&carol, "ops"), OP_REPLY, "an absent member has its place");
    people_login(&alice, "alice");
    cr_assert_eq(actor_join(&alice, "ops"), OP_JOINED);
    cr_assert_eq(actor_ask(&bob, OP_LEAVE, &leave), OP_LEFT);
    cr_assert_eq(actor_join(&carol, "ops"), OP_JOINED);
}

Test(scenario_limit_room, room_members__two_for_the_last_place_in_one_turn)
{
    struct msg_join m = {.room = bytes_str("ops")};

    LIMIT.room_members = 2;
    sim_start(&sim);
    people_account(&alice, "alice");
    people_account(&bob, "bob");
    people_account(&carol, "carol");
    cr_assert_eq(actor_join(&alice, "ops"), OP_CREATED);
    actor_send(&bob, OP_JOIN, &m);
    actor_send(&carol, OP_JOIN, &m);
    uint8_t b = actor_wait_reply(&bob);
    uint8_t c = actor_wait_reply(&carol);
    cr_assert_neq(b == OP_JOINED, c == OP_JOINED);
    people_refused(b == OP_JOINED ? &carol : &bob, CODE_FULL, "ops is full");
}

Test(scenario_limit_room, rooms_per_user__direct_conversations_are_no_rooms)
{
    struct msg_leave leave = {.more = true, .room = bytes_str("one")};

    LIMIT.rooms_per_user = 2;
    sim_start(&sim);
    actor_enter(&alice, "alice");
    actor_enter(&bob, "bob");
    actor_enter(&carol, "carol");
    cr_assert_eq(actor_join(&bob, "three"), OP_CREATED);
    cr_assert_eq(actor_direct(&bob, "alice", "hello"), STATUS_DONE);
    cr_assert_eq(actor_direct(&carol, "alice", "hello"), STATUS_DONE);
    cr_assert_eq(actor_join(&alice, "one"), OP_CREATED);
    cr_assert_eq(actor_join(&alice, "two"), OP_CREATED);
    cr_assert_eq(actor_join(&alice, "three"), OP_REPLY);
    people_refused(&alice, CODE_FULL, "you are in 2 rooms");
    cr_assert_eq(actor_join(&alice, "four"), OP_REPLY);
    people_refused(&alice, CODE_FULL, "you are in 2 rooms");
    cr_assert_eq(actor_ask(&alice, OP_LEAVE, &leave), OP_LEFT);
    cr_assert_eq(actor_join(&alice, "three"), OP_JOINED);
}

Test(scenario_limit_room, rooms_per_user__an_account_counts_where_it_is_away_from)
{
    LIMIT.rooms_per_user = 2;
    sim_start(&sim);
    people_account(&alice, "alice");
    cr_assert_eq(actor_join(&alice, "one"), OP_CREATED);
    cr_assert_eq(actor_join(&alice, "two"), OP_CREATED);
    actor_cut(&alice);
    sim_run(&sim, 60000);
    people_login(&alice, "alice");
    cr_assert_eq(actor_join(&alice, "three"), OP_REPLY);
    people_refused(&alice, CODE_FULL, "you are in 2 rooms");
    cr_assert_eq(actor_join(&alice, "two"), OP_JOINED);
    cr_assert_eq(actor_join(&alice, "one"), OP_JOINED);
}

Test(scenario_limit_room, rooms_created__by_one_user)
{
    struct msg_leave leave = {.more = true, .room = bytes_str("one")};

    LIMIT.rooms_created_per_user = 2;
    sim_start(&sim);
    actor_enter(&alice, "alice");
    actor_enter(&bob, "bob");
    cr_assert_eq(actor_join(&alice, "one"), OP_CREATED);
    cr_assert_eq(actor_join(&alice, "two"), OP_CREATED);
    cr_assert_eq(actor_join(&alice, "three"), OP_REPLY);
    people_refused(&alice, CODE_FULL, "you have founded 2 rooms");
    cr_assert_eq(actor_join(&bob, "three"), OP_CREATED);
    cr_assert_eq(actor_join(&alice, "three"), OP_JOINED, "joining is no founding");
    cr_assert_eq(actor_ask(&alice, OP_LEAVE, &leave), OP_LEFT);
    cr_assert_eq(actor_join(&alice, "four"), OP_CREATED, "a room that went counts no more");
    LIMIT.rooms_created_per_user = 0;
    cr_assert_eq(actor_join(&bob, "five"), OP_REPLY);
    people_refused(&bob, CODE_FULL, "founded 0 rooms");
}

Test(scenario_limit_room, rooms__two_for_the_last_one_in_one_turn)
{
    struct msg_join m = {.room = bytes_str("one")};

    LIMIT.rooms = 1;
    sim_start(&sim);
    actor_enter(&alice, "alice");
    people_account(&bob, "bob");
    actor_send(&alice, OP_JOIN, &m);
    m.room = bytes_str("two");
    actor_send(&bob, OP_JOIN, &m);
    bool a = actor_wait_reply(&alice) == OP_CREATED;
    bool b = actor_wait_reply(&bob) == OP_CREATED;
    cr_assert_neq(a, b);
    people_refused(a ? &bob : &alice, CODE_FULL, "no more rooms");
    cr_assert_eq(actor_join(a ? &bob : &alice, a ? "one" : "two"), OP_JOINED);
}

Test(scenario_limit_room, rooms__on_the_whole_relay)
{
    LIMIT.rooms = 2;
    sim_start(&sim);
    actor_enter(&alice, "alice");
    actor_enter(&bob, "bob");
    actor_enter(&carol, "carol");
    cr_assert_eq(actor_direct(&alice, "bob", "no room"), STATUS_DONE);
    cr_assert_eq(actor_direct(&alice, "carol", "no room"), STATUS_DONE);
    cr_assert_eq(actor_join(&alice, "one"), OP_CREATED);
    cr_assert_eq(actor_join(&bob, "two"), OP_CREATED);
    cr_assert_eq(actor_join(&bob, "three"), OP_REPLY);
    people_refused(&bob, CODE_FULL, "no more rooms");
    cr_assert_eq(actor_join(&bob, "one"), OP_JOINED);
}

/* ---- what is kept for those who are away ---- */

static uint8_t say_and_stored(struct actor *a, const char *room, size_t n)
{
    struct msg_sent sent;

    say_bytes(a, room, n);
    actor_answer(a, &MSG_SENT, &sent);
    return sent.stored;
}

static void bob_is_away(void)
{
    people_account(&alice, "alice");
    people_account(&bob, "bob");
    actor_enter(&carol, "carol");
    cr_assert_eq(actor_join(&alice, "ops"), OP_CREATED);
    cr_assert_eq(actor_join(&bob, "ops"), OP_JOINED);
    cr_assert_eq(actor_join(&carol, "ops"), OP_JOINED);
    actor_cut(&bob);
    sim_run(&sim, 31000);
}

static struct msg_catch_up_ok catch_up(struct actor *a, uint64_t after, size_t *entries)
{
    struct msg_catch_up m = {.kind = CONVO_ROOM, .name = bytes_str("ops"), .after = after};
    struct msg_catch_up_ok ok = {.left = 1};
    struct msg_entry_row row;

    *entries = 0;
    while (ok.left) {
        (void)actor_ask(a, OP_CATCH_UP, &m);
        actor_answer(a, &MSG_CATCH_UP_OK, &ok);
        while (actor_has_event(a, OP_CATCH_UP)) {
            struct msg_entries e;
            actor_event(a, OP_CATCH_UP, &MSG_ENTRIES, &e);
            while (list_next(&e.entries, &MSG_ENTRY_ROW, &row)) {
                m.after = row.seq;
                ++*entries;
            }
        }
    }
    return ok;
}

Test(scenario_limit_room, backlog_entries__above_it_the_reply_says_not_stored)
{
    size_t n;

    LIMIT.backlog_entries = 3;
    LIMIT.tail_entries = 2;
    sim_start(&sim);
    bob_is_away();
    for (int i = 0; i < 6; i++)
        cr_assert_eq(say_and_stored(&alice, "ops", 10), i < 3 ? 1 : 0, "%d", i);
    sim_run(&sim, 100);
    cr_assert_eq(actor_events(&carol, OP_SAY), 6, "who is here gets all");
    people_login(&bob, "bob");
    cr_assert_eq(actor_join(&bob, "ops"), OP_JOINED);
    struct msg_joined j;
    actor_body(&bob, &MSG_JOINED, &j);
    struct msg_catch_up_ok ok = catch_up(&bob, j.cursor, &n);
    cr_assert_geq(n, 3, "what was stored is there: %zu", n);
    cr_assert_eq(ok.gone, 1, "and that something is not is said");
}

Test(scenario_limit_room, backlog_entries__counts_those_of_before_a_restart)
{
    static char folder[64];
    static char path[96];

    support_tmpdir(folder, sizeof folder);
    (void)snprintf(path, sizeof path, "%s/db", folder);
    sim.db_path = path;
    LIMIT.backlog_entries = 3;
    sim_start(&sim);
    bob_is_away();
    cr_assert_eq(say_and_stored(&alice, "ops", 10), 1);
    cr_assert_eq(say_and_stored(&alice, "ops", 10), 1);
    sim_stop(&sim);
    sim_start(&sim);
    people_login(&alice, "alice");
    cr_assert_eq(actor_join(&alice, "ops"), OP_JOINED);
    cr_assert_eq(say_and_stored(&alice, "ops", 10), 1);
    cr_assert_eq(say_and_stored(&alice, "ops", 10), 0);
    sim_stop(&sim);
    support_rmtree(folder);
}

Test(scenario_limit_room, backlog_bytes__and_room_again_when_he_has_them)
{
    size_t n;

    LIMIT.backlog_bytes = 10000;
    sim_start(&sim);
    bob_is_away();
    cr_assert_eq(say_and_stored(&alice, "ops", 6000), 1);
    cr_assert_eq(say_and_stored(&alice, "ops", 6000), 0);
    cr_assert_eq(say_and_stored(&alice, "ops", 4000), 1, "what fits is kept");
    cr_assert_eq(actor_join(&alice, "other"), OP_CREATED);
    people_login(&bob, "bob");
    cr_assert_eq(actor_join(&bob, "ops"), OP_JOINED);
    struct msg_joined j;
    actor_body(&bob, &MSG_JOINED, &j);
    (void)catch_up(&bob, j.cursor, &n);
    struct list_writer w;
    struct msg_cursor_row row = {
        .kind = CONVO_ROOM, .name = bytes_str("ops"), .seq = j.last_seq};
    list_begin(&w, 1024);
    list_add(&w, &MSG_CURSOR_ROW, &row);
    struct msg_cursor cursor = {.cursors = list_view(&w)};
    (void)actor_ask(&bob, OP_CURSOR, &cursor);
    cr_assert_eq(actor_status(&bob), STATUS_DONE);
    row.seq = j.last_seq;
    (void)actor_ask(&alice, OP_CURSOR, &cursor);
    cr_assert_eq(actor_status(&alice), STATUS_DONE);
    list_end(&w);
    actor_cut(&bob);
    sim_run(&sim, 120000);
    cr_assert_eq(say_and_stored(&alice, "ops", 6000), 1, "there is room again");
}

Test(scenario_limit_room, tail__memory_of_a_conversation_is_bounded)
{
    enum err e = ERR_OK;

    LIMIT.tail_entries = 16;
    LIMIT.tail_bytes = 128 << 10;
    sim_start(&sim);
    three_in_ops();
    const struct convo *c = convo_room(sim.server, bytes_str("ops"), &e);
    cr_assert_not_null(c);
    for (int i = 0; i < 100; i++) {
        cr_assert_eq(actor_say(&alice, "ops", "x"), STATUS_DONE);
        cr_assert_leq(c->tail_count, 16);
    }
    for (int i = 0; i < 10; i++) {
        say_bytes(&alice, "ops", 60000);
        cr_assert_leq(c->tail_bytes, 128 << 10);
    }
    cr_assert_eq((sim_run(&sim, 100), actor_events(&carol, OP_SAY)), 110);
}
