/* SPDX-License-Identifier: ISC */
/* Rooms, people and lists, as the relay tells of them. */
#include "client/session.h"

#include <criterion/criterion.h>

#include "fake_relay.h"

static struct fake f;

static void setup(void)
{
    fake_init(&f);
}

static void teardown(void)
{
    fake_fini(&f);
}

TestSuite(session_room, .init = setup, .fini = teardown);

static struct room *room(const char *name)
{
    return rooms_find(&f.model->rooms, bytes_str(name));
}

static void presence(enum msg_presence kind, const char *in, const char *who, const char *other)
{
    struct msg_presence_event m = {.kind = (uint8_t)kind,
        .room = bytes_str(in),
        .user = bytes_str(who),
        .other = bytes_str(other)};

    fake_tell(&f, OP_PRESENCE, &MSG_PRESENCE, &m);
}

/* ---- rooms and people ---- */

Test(session_room, join__opens_the_room_and_asks_who_is_there)
{
    fake_ready(&f);
    fake_type(&f, "/join #ops");
    fake_joined(&f, "ops", OP_CREATED);
    cr_assert_eq(f.model->open, room("ops"));
    fake_people(&f, "alice rand0");
    cr_assert_eq(room("ops")->people.count, 2);
}

Test(session_room, join__refused_is_told_and_nothing_changes)
{
    fake_ready(&f);
    fake_type(&f, "/join ops");
    (void)fake_expect(&f, OP_JOIN);
    fake_refuse(&f, OP_JOIN, CODE_FULL, "1000 are in it");
    cr_assert(fake_said(&f, NULL, "1000 are in it"));
    cr_assert_not(room("ops")->joined);
}

Test(session_room, presence__in_a_room)
{
    fake_ready(&f);
    fake_join(&f, "ops");
    presence(PRESENCE_JOINED, "ops", "bob", "");
    cr_assert(fake_said(&f, "ops", "joined"));
    cr_assert_not_null(roster_find(&room("ops")->people, bytes_str("bob")));
    presence(PRESENCE_AWAY, "ops", "bob", "");
    cr_assert_eq(roster_find(&room("ops")->people, bytes_str("bob"))->flags, ROSTER_AWAY);
    presence(PRESENCE_ONLINE, "ops", "bob", "");
    cr_assert_eq(roster_find(&room("ops")->people, bytes_str("bob"))->flags, 0);
    presence(PRESENCE_LEFT, "ops", "bob", "");
    cr_assert_null(roster_find(&room("ops")->people, bytes_str("bob")));
}

Test(session_room, presence__on_the_relay_goes_home)
{
    fake_ready(&f);
    fake_join(&f, "ops");
    presence(PRESENCE_ONLINE, "", "dora", "");
    cr_assert_not_null(roster_find(&f.model->home->people, bytes_str("dora")));
    cr_assert_null(roster_find(&room("ops")->people, bytes_str("dora")));
    presence(PRESENCE_OFFLINE, "", "dora", "");
    cr_assert_null(roster_find(&f.model->home->people, bytes_str("dora")));
}

Test(session_room, presence__renamed_is_told_where_both_are)
{
    fake_ready(&f);
    fake_join(&f, "ops");
    presence(PRESENCE_RENAMED, "", "alice", "alix");
    cr_assert(fake_said(&f, "ops", "is now alix"));
    cr_assert_not_null(roster_find(&room("ops")->people, bytes_str("alix")));
    cr_assert_null(roster_find(&f.model->home->people, bytes_str("alice")));
}

Test(session_room, presence__of_rooms_one_is_not_in_is_left_alone)
{
    fake_ready(&f);
    presence(PRESENCE_JOINED, "general", "bob", "");
    presence(PRESENCE_JOINED, "never-heard", "bob", "");
    presence((enum msg_presence)77, "", "bob", "");
    cr_assert_eq(room("general")->people.count, 0);
    cr_assert_null(room("never-heard"));
    cr_assert_not(f.closing);
}

Test(session_room, removed__from_a_room)
{
    struct msg_removed_event m = {.room = bytes_str("ops"),
        .kind = REMOVED_KICKED,
        .by = bytes_str("alice"),
        .reason = bytes_str("noise")};

    fake_ready(&f);
    fake_join(&f, "ops");
    fake_tell(&f, OP_REMOVED, &MSG_REMOVED, &m);
    cr_assert_not(room("ops")->joined);
    cr_assert_eq(f.model->open, f.model->home);
    cr_assert(fake_said(&f, NULL, "by alice, says the relay: noise"));
    cr_assert_eq(f.model->link, MODEL_READY);
}

Test(session_room, removed__from_the_relay_is_final)
{
    struct msg_removed_event m = {.kind = REMOVED_BANNED};

    fake_ready(&f);
    fake_tell(&f, OP_REMOVED, &MSG_REMOVED, &m);
    fake_settle(&f);
    cr_assert_eq(f.model->link, MODEL_REFUSED);
}

/* ---- lists in pages ---- */

static void rooms_page(const char *name, bool left)
{
    struct list_writer infos;
    struct msg_room_info info = {.online = 3, .flags = ROOM_PASSWORD};
    struct buf run;

    buf_init(&run, 256);
    names_add(&run, bytes_str(name));
    list_begin(&infos, 64);
    list_add(&infos, &MSG_ROOM_INFO, &info);
    struct msg_rooms_ok m = {
        .names = buf_view(&run), .more = true, .infos = list_view(&infos), .left = left};
    fake_done(&f, &MSG_ROOMS_OK, &m);
    list_end(&infos);
    buf_free(&run);
}

Test(session_room, list__pages_are_merged_and_the_rest_swept)
{
    fake_ready(&f);
    fake_type(&f, "/rooms");
    cr_assert_eq(fake_expect(&f, OP_ROOMS).n, 0);
    rooms_page("aaa", true);
    cr_assert(bytes_eq(fake_expect(&f, OP_ROOMS), bytes_of("\x03"
                                                           "aaa",
                                                      4)));
    cr_assert_not_null(room("general"), "not before the last page");
    rooms_page("bbb", false);
    cr_assert(fake_silent(&f));
    cr_assert_null(room("general"));
    cr_assert_eq(room("bbb")->lock, ROOM_LOCKED);
    cr_assert(fake_said(&f, NULL, "2 rooms: #aaa (3), #bbb (3)"));
}

Test(session_room, list__a_page_that_tells_nothing_new_is_the_last)
{
    fake_ready(&f);
    fake_type(&f, "/rooms");
    (void)fake_expect(&f, OP_ROOMS);
    rooms_page("aaa", true);
    (void)fake_expect(&f, OP_ROOMS);
    rooms_page("aaa", true);
    cr_assert(fake_silent(&f), "a relay that repeats itself is not asked for ever");
}

Test(session_room, notice__is_shown_where_the_person_is)
{
    struct msg_notice m = {.from = bytes_str("Server"), .text = bytes_str("tea at five")};

    fake_ready(&f);
    fake_join(&f, "ops");
    fake_tell(&f, OP_NOTICE, &MSG_NOTICE, &m);
    cr_assert(fake_said(&f, "ops", "tea at five"));
    cr_assert(fake_said(&f, NULL, "tea at five"));
}

Test(session_room, resync__lists_again)
{
    struct msg_convo_ref m = {.kind = CONVO_ROOM, .name = bytes_str("ops")};

    fake_ready(&f);
    fake_join(&f, "ops");
    fake_tell(&f, OP_RESYNC, &MSG_CONVO_REF, &m);
    fake_lists(&f, "ops", "rand0");
    fake_people(&f, "rand0");
    cr_assert(fake_silent(&f));
}
