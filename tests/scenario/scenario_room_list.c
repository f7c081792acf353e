/* SPDX-License-Identifier: ISC */
/* Stories of long lists: hundreds of people and rooms, page by page. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "people.h"

#define CROWD 700

static struct sim sim;
static struct actor alice, bob;
static struct actor *crowd;

static void setup(void)
{
    people_init(&sim, 60);
    sim.config.limits.rooms_created_per_user = 10000;
    sim.config.limits.rooms_per_user = 10000;
    sim_start(&sim);
    actor_init(&alice, &sim, "127.0.0.1");
    actor_init(&bob, &sim, "127.0.0.1");
    crowd = mem_array(CROWD, sizeof *crowd);
}

static void teardown(void)
{
    for (size_t i = 0; i < CROWD; i++) {
        if (crowd[i].sim != NULL)
            actor_fini(&crowd[i]);
    }
    mem_free(crowd);
    actor_fini(&alice);
    actor_fini(&bob);
    sim_fini(&sim);
}

TestSuite(scenario_room_list, .init = setup, .fini = teardown);

struct page {
    char first[MSG_ROOM + 1], last[MSG_ROOM + 1];
    size_t count;
    bool left;
};

/* Sorted, none twice; counts go on from page to page. */
static void walk(struct bytes names, struct page *p)
{
    struct bytes name;

    p->count = 0;
    while (names_next(&names, &name)) {
        char text[MSG_ROOM + 1];
        cr_assert(bytes_copy(text, sizeof text, name));
        cr_assert_lt(strcmp(p->last, text), 0, "%s after %s", text, p->last);
        memcpy(p->last, text, sizeof p->last);
        p->count++;
    }
}

static size_t users(struct actor *a, const char *room, size_t *pages)
{
    struct page p = {.left = true};
    struct msg_users_ok ok;
    size_t all = 0;

    for (*pages = 0; p.left; ++*pages) {
        struct msg_users m = {
            .more = true, .room = bytes_str(room), .after = bytes_str(p.last)};
        (void)actor_ask(a, OP_USERS, &m);
        cr_assert_leq(a->last->n, OPCODE_PLAIN, "a page fits a frame");
        actor_answer(a, &MSG_USERS_OK, &ok);
        walk(ok.names, &p);
        cr_assert_eq(ok.flags.n, p.count, "a flag byte for each");
        cr_assert(p.count != 0 || !ok.left);
        p.left = ok.left;
        all += p.count;
        cr_assert_lt(*pages, 100);
    }
    return all;
}

static size_t rooms(struct actor *a, size_t *pages)
{
    struct page p = {.left = true};
    struct msg_rooms_ok ok;
    size_t all = 0;

    for (*pages = 0; p.left; ++*pages) {
        struct msg_rooms m = {.more = true, .after = bytes_str(p.last)};
        (void)actor_ask(a, OP_ROOMS, &m);
        cr_assert_leq(a->last->n, OPCODE_PLAIN, "a page fits a frame");
        actor_answer(a, &MSG_ROOMS_OK, &ok);
        walk(ok.names, &p);
        cr_assert_eq(ok.infos.count, p.count);
        cr_assert(p.count != 0 || !ok.left);
        p.left = ok.left;
        all += p.count;
        cr_assert_lt(*pages, 200);
    }
    return all;
}

static void gather(size_t n, const char *stem, const char *room)
{
    for (size_t i = 0; i < n; i++) {
        actor_init(&crowd[i], &sim, "127.0.0.1");
        actor_enter(&crowd[i], people_name(stem, i));
        if (room != NULL)
            cr_assert_eq(actor_join(&crowd[i], room), OP_JOINED);
    }
}

Test(scenario_room_list, users__hundreds_with_long_names)
{
    size_t pages;

    actor_enter(&alice, "alice");
    gather(CROWD, "a_name_of_quite_some_length_", NULL);
    cr_assert_eq(users(&alice, "", &pages), CROWD + 1);
    cr_assert_gt(pages, 1);
}

Test(scenario_room_list, users__of_a_room_with_hundreds)
{
    size_t pages;

    actor_enter(&alice, "alice");
    cr_assert_eq(actor_join(&alice, "ops"), OP_CREATED);
    gather(400, "another_name_of_some_length_", "ops");
    actor_enter(&bob, "bob");
    cr_assert_eq(users(&alice, "ops", &pages), 401);
    cr_assert_gt(pages, 1);
    cr_assert_eq(users(&alice, "", &pages), 402);
}

Test(scenario_room_list, users__of_a_room_is_for_its_members)
{
    struct msg_users m = {.more = true, .room = bytes_str("ops")};
    size_t pages;

    actor_enter(&alice, "alice");
    actor_enter(&bob, "bob");
    cr_assert_eq(actor_join(&alice, "ops"), OP_CREATED);
    (void)actor_ask(&bob, OP_USERS, &m);
    people_refused(&bob, CODE_NOT_MEMBER, "room:");
    m.room = bytes_str("nowhere");
    (void)actor_ask(&bob, OP_USERS, &m);
    people_refused(&bob, CODE_NOT_MEMBER, "room:");
    cr_assert_eq(users(&alice, "OPS", &pages), 1);
}

Test(scenario_room_list, users__without_those_who_are_not_in_yet)
{
    size_t pages;

    actor_enter(&alice, "alice");
    actor_hello(&bob);
    cr_assert_eq(users(&alice, "", &pages), 1, "a provisional name is nobody");
}

Test(scenario_room_list, users__flags_say_who_is_what)
{
    struct msg_users m = {.more = true, .room = bytes_str("ops")};
    struct msg_users_ok ok;

    people_account(&alice, "alice");
    actor_enter(&bob, "bob");
    cr_assert_eq(actor_join(&alice, "ops"), OP_CREATED);
    cr_assert_eq(actor_join(&bob, "ops"), OP_JOINED);
    people_role(&sim, "alice", ROLE_OPERATOR);
    (void)actor_ask(&bob, OP_USERS, &m);
    actor_answer(&bob, &MSG_USERS_OK, &ok);
    cr_assert_eq(ok.flags.n, 2);
    cr_assert_eq(ok.flags.p[0], USER_ACCOUNT | USER_OPERATOR | USER_OWNER);
    cr_assert_eq(ok.flags.p[1], 0);
    actor_cut(&alice);
    (void)actor_ask(&bob, OP_USERS, &m);
    actor_answer(&bob, &MSG_USERS_OK, &ok);
    cr_assert_eq(ok.flags.p[0], USER_ACCOUNT | USER_OPERATOR | USER_OWNER | USER_AWAY);
}

Test(scenario_room_list, rooms__hundreds_with_long_names)
{
    size_t pages;

    actor_enter(&alice, "alice");
    for (size_t i = 0; i < 500; i++) {
        char name[MSG_ROOM + 1];
        (void)snprintf(
            name, sizeof name, "a-room-of-%zu-of-a-name-as-long-as-a-room-may-well-have", i);
        cr_assert_eq(actor_join(&alice, name), OP_CREATED);
    }
    actor_enter(&bob, "bob");
    cr_assert_eq(rooms(&bob, &pages), 500);
    cr_assert_gt(pages, 2);
}

Test(scenario_room_list, rooms__say_how_many_are_there_and_how_one_gets_in)
{
    static const uint8_t proof[MSG_SECRET] = {1};
    struct msg_join locked = {
        .room = bytes_str("b-locked"), .proof = bytes_of(proof, sizeof proof)};
    struct msg_join closed = {
        .room = bytes_str("c-closed"), .more = true, .flags = JOIN_INVITE_ONLY};
    struct msg_rooms m = {0};
    struct msg_rooms_ok ok;
    struct msg_room_info info;
    static const uint8_t want[] = {
        ROOM_MEMBER, ROOM_MEMBER | ROOM_PASSWORD, ROOM_MEMBER | ROOM_INVITE};

    actor_enter(&alice, "alice");
    actor_enter(&bob, "bob");
    cr_assert_eq(actor_join(&alice, "a-open"), OP_CREATED);
    cr_assert_eq(actor_join(&bob, "a-open"), OP_JOINED);
    cr_assert_eq(actor_ask(&alice, OP_JOIN, &locked), OP_CREATED);
    cr_assert_eq(actor_ask(&alice, OP_JOIN, &closed), OP_CREATED);
    (void)actor_ask(&alice, OP_ROOMS, &m);
    actor_answer(&alice, &MSG_ROOMS_OK, &ok);
    for (size_t i = 0; i < 3; i++) {
        cr_assert(list_next(&ok.infos, &MSG_ROOM_INFO, &info));
        cr_assert_eq(info.flags, want[i]);
        cr_assert_eq(info.online, i == 0 ? 2 : 1);
    }
    (void)actor_ask(&bob, OP_ROOMS, &m);
    actor_answer(&bob, &MSG_ROOMS_OK, &ok);
    cr_assert_eq(ok.infos.count, 2);
}

Test(scenario_room_list, conversations__every_one_is_told)
{
    struct msg_conversations m = {0};
    struct msg_conversations_ok ok = {.left = 1};
    struct msg_convo_row row;
    char last[MSG_ROOM + 1] = "";
    size_t rooms_told = 0;
    size_t directs = 0;
    size_t pages = 0;

    people_account(&alice, "alice");
    cr_assert_eq(actor_join(&alice, "ops"), OP_CREATED);
    cr_assert_eq(actor_join(&alice, "zoo"), OP_CREATED);
    gather(600, "another_name_of_some_length_", NULL);
    for (size_t i = 0; i < 600; i++)
        cr_assert_eq(actor_direct(&crowd[i], "alice", "hello"), STATUS_DONE);
    for (; ok.left; pages++) {
        (void)actor_ask(&alice, OP_CONVERSATIONS, &m);
        cr_assert_leq(alice.last->n, OPCODE_PLAIN, "a page fits a frame");
        actor_answer(&alice, &MSG_CONVERSATIONS_OK, &ok);
        cr_assert_gt(ok.convos.count, 0);
        while (list_next(&ok.convos, &MSG_CONVO_ROW, &row)) {
            rooms_told += row.kind == CONVO_ROOM;
            directs += row.kind == CONVO_DIRECT;
            char name[MSG_ROOM + 1];
            cr_assert(bytes_copy(name, sizeof name, row.name));
            cr_assert(directs == 1 || strcmp(last, name) < 0, "%s after %s", name, last);
            memcpy(last, name, sizeof last);
            m.kind = row.kind;
        }
        m.more = true;
        m.after = bytes_str(last);
        cr_assert_lt(pages, 20);
    }
    cr_assert_eq(rooms_told, 2);
    cr_assert_eq(directs, 600);
    cr_assert_gt(pages, 2);
}
