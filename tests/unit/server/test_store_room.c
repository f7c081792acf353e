/* SPDX-License-Identifier: ISC */
#include "store_check.h"

static struct got *set_member(
    struct conform *c, const char *key, const char *name, uint8_t role, uint64_t seq)
{
    struct store_named m = {.name = B(name), .role = role, .seq = seq};

    return RUN(c, store_member_set, B(key), &m);
}

static void rooms(struct conform *c)
{
    struct store_room r = {.key = B("r"),
        .name = B("Room"),
        .owner = B("alice"),
        .kind = 1,
        .access = 2,
        .generation = 3,
        .verifier = B("v")};

    SAY(c, RUN(c, store_room_set, &r), ERR_NOT_FOUND);
    SAY(c, RUN(c, store_room_remove, r.key), ERR_NOT_FOUND);
    SAY(c, RUN(c, store_room_create, &r), ERR_OK);
    SAY(c, RUN(c, store_room_create, &r), ERR_OK);
    r.owner = B("bob");
    SAY(c, RUN(c, store_room_create, &r), ERR_EXISTS);
    r.generation = 4;
    r.access = 1;
    r.verifier = B("w");
    SAY(c, RUN(c, store_room_set, &r), ERR_OK);
    SAY(c, RUN(c, store_room_set, &r), ERR_OK);
    (void)conform_reopen(c);
    cr_assert_str_eq(check_dump(c),
        "room r name=Room owner=bob kind=1 access=1 gen=4 verifier=w grouped=0"
        " epoch=0 last=0 founded=0 ms=0 seq=0\n");
}
Test(store_room, create__set_and_load)
{
    conform_each(rooms);
}

static void added(struct conform *c)
{
    struct store_named m = {.name = B("bob"), .role = 0, .seq = 30};

    SAY(c, RUN(c, store_member_add, B("r"), &m), ERR_NOT_FOUND);
    check_room(c, "r");
    SAY(c, set_member(c, "r", "bob", 2, 19), ERR_OK);
    SAY(c, RUN(c, store_member_add, B("r"), &m), ERR_OK);
    (void)conform_reopen(c);
    cr_assert_str_eq(check_line(c, "member"), "member r bob role=2 cursor=19");
    SAY(c, RUN(c, store_member_remove, B("r"), B("bob")), ERR_OK);
    SAY(c, RUN(c, store_member_add, B("r"), &m), ERR_OK);
    cr_assert_str_eq(check_line(c, "member"), "member r bob role=0 cursor=30");
}
Test(store_room, member__added_anew_stays_as_it_was)
{
    conform_each(added);
}

static void removes(struct conform *c)
{
    struct store_commit k = check_commit("r", 1, 20, '1');
    struct store_node n = {1, B("n")};
    struct store_named w = {.name = B("bob"), .body = B("welcome")};
    struct bytes gone = B("carol");
    struct store_entry e = check_entry(30, "a", "b");
    struct store_ban ban = {
        .scope = B("r"), .who = B("mallory"), .by = B("a"), .reason = B("")};

    check_account(c, "bob");
    check_group(c, "r", 10);
    k.nodes = &n;
    k.node_count = 1;
    k.welcomes = &w;
    k.welcome_count = 1;
    k.removed = &gone;
    k.removed_count = 1;
    SAY(c, set_member(c, "r", "carol", 1, 0), ERR_OK);
    SAY(c, RUN(c, store_departure, B("r"), B("dave")), ERR_OK);
    SAY(c, RUN(c, store_commit, &k), ERR_OK);
    SAY(c, RUN(c, store_entry_put, B("r"), &e), ERR_OK);
    SAY(c, RUN(c, store_ban_put, &ban), ERR_OK);
    SAY(c, RUN(c, store_room_remove, B("r")), ERR_OK);
    cr_assert_str_empty(check_dump(c));
    SAY(c, RUN(c, store_entries, B("r"), 0, 100), ERR_NOT_FOUND);
    check_room(c, "r");
    CHECK(c, RUN(c, store_entries, B("r"), 0, 100)->r.count == 0);
    SAY(c, RUN(c, store_group, B("r")), ERR_NOT_FOUND);
    SAY(c, RUN(c, store_commit, &k), ERR_STALE);
    CHECK(c, RUN(c, store_welcomes, B("bob"))->r.count == 0);
}
Test(store_room, remove__takes_everything_below_along)
{
    conform_each(removes);
}

static void members(struct conform *c)
{
    SAY(c, set_member(c, "r", "bob", 1, 5), ERR_NOT_FOUND);
    SAY(c, RUN(c, store_member_remove, B("r"), B("bob")), ERR_NOT_FOUND);
    SAY(c, RUN(c, store_cursor, B("r"), B("bob"), 5), ERR_NOT_FOUND);
    check_room(c, "r");
    SAY(c, RUN(c, store_cursor, B("r"), B("bob"), 5), ERR_NOT_FOUND);
    SAY(c, set_member(c, "r", "bob", 1, 5), ERR_OK);
    cr_assert_str_eq(check_line(c, "member"), "member r bob role=1 cursor=5");
    SAY(c, set_member(c, "r", "bob", 3, 2), ERR_OK);
    cr_assert_str_eq(check_line(c, "member"), "member r bob role=3 cursor=5");
    CHECK(c, RUN(c, store_cursor, B("r"), B("bob"), 9)->r.num == 9);
    CHECK(c, RUN(c, store_cursor, B("r"), B("bob"), 4)->r.num == 9);
    (void)conform_reopen(c);
    cr_assert_str_eq(check_line(c, "member"), "member r bob role=3 cursor=9");
    CHECK(c, RUN(c, store_member_remove, B("r"), B("bob"))->r.num == 1);
    CHECK(c, RUN(c, store_member_remove, B("r"), B("bob"))->r.num == 0);
    cr_assert_str_empty(check_line(c, "member"));
}
Test(store_room, member__cursor_moves_forward_only)
{
    conform_each(members);
}

static void departures(struct conform *c)
{
    SAY(c, RUN(c, store_departure, B("r"), B("bob")), ERR_NOT_FOUND);
    SAY(c, RUN(c, store_departure_clear, B("r"), B("bob")), ERR_NOT_FOUND);
    check_room(c, "r");
    CHECK(c, RUN(c, store_departure, B("r"), B("bob"))->r.num == 1);
    SAY(c, RUN(c, store_departure, B("r"), B("bob")), ERR_OK);
    (void)conform_reopen(c);
    cr_assert_str_eq(check_line(c, "departure"), "departure r bob");
    CHECK(c, RUN(c, store_departure_clear, B("r"), B("bob"))->r.num == 1);
    SAY(c, RUN(c, store_departure_clear, B("r"), B("bob")), ERR_OK);
    cr_assert_str_empty(check_line(c, "departure"));
}
Test(store_room, departure__is_durable_until_cleared)
{
    conform_each(departures);
}

static void bans(struct conform *c)
{
    struct store_ban b = {.scope = B(""), .who = B("192.0.2.1"), .address = true};

    b.by = B("root");
    b.reason = B("flood");
    SAY(c, RUN(c, store_ban_put, &b), ERR_OK);
    b.until_ms = 50;
    SAY(c, RUN(c, store_ban_put, &b), ERR_OK); /* replaces */
    b = (struct store_ban){.scope = B("r"), .who = B("bob"), .mute = true};
    SAY(c, RUN(c, store_ban_put, &b), ERR_OK);
    b.mute = false;
    SAY(c, RUN(c, store_ban_put, &b), ERR_OK);
    (void)conform_reopen(c);
    cr_assert_str_eq(check_dump(c),
        "ban [] 192.0.2.1 mute=0 address=1 until=50 by=root reason=flood\n"
        "ban [r] bob mute=0 address=0 until=0 by= reason=\n"
        "ban [r] bob mute=1 address=0 until=0 by= reason=\n");
    SAY(c, RUN(c, store_ban_remove, B("r"), B("bob"), true), ERR_OK);
    SAY(c, RUN(c, store_ban_remove, B("r"), B("bob"), true), ERR_NOT_FOUND);
    SAY(c, RUN(c, store_prune, 49, 0, true), ERR_OK);
    CHECK(c, check_line(c, "ban []")[0] != '\0');
    SAY(c, RUN(c, store_prune, 50, 0, true), ERR_OK);
    cr_assert_str_eq(check_dump(c), "ban [r] bob mute=0 address=0 until=0 by= reason=\n");
}
Test(store_room, ban__is_kept_replaced_and_expires)
{
    conform_each(bans);
}

static void awkward(struct conform *c)
{
    static const uint8_t KEYS[][3] = {{0, 1, 2}, {0, 1, 0}, {0, 0, 0}, {0xff, 0, 0xff}};

    for (size_t i = 0; i < 4; i++) {
        struct store_room r = {.key = bytes_of(KEYS[i], 3)};
        SAY(c, RUN(c, store_room_create, &r), ERR_OK);
        struct store_entry e = check_entry(i + 1, "a\xff", "b");
        SAY(c, RUN(c, store_entry_put, r.key, &e), ERR_OK);
    }
    for (size_t i = 0; i < 4; i++) {
        struct got *g = RUN(c, store_entries, bytes_of(KEYS[i], 3), 0, 100);
        CHECK(c, g->r.count == 1 && g->r.entries[0].seq == i + 1);
        TEXT(c, g->r.entries[0].sender, "a\xff");
    }
    SAY(c, RUN(c, store_entries, bytes_of(KEYS[0], 2), 0, 100), ERR_NOT_FOUND);
}
Test(store_room, key__may_be_any_bytes)
{
    conform_each(awkward);
}
