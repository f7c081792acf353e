/* SPDX-License-Identifier: ISC */
#include "store_check.h"

static struct got *put(struct conform *c, const char *key, uint64_t seq, const char *body)
{
    struct store_entry e = check_entry(seq, "bob", body);

    return RUN(c, store_entry_put, B(key), &e);
}

static struct got *read(struct conform *c, uint64_t after)
{
    return RUN(c, store_entries, B("r"), after, 1000);
}

static void member(struct conform *c, const char *name, uint64_t cursor)
{
    struct store_named m = {.name = B(name), .seq = cursor};

    SAY(c, RUN(c, store_member_set, B("r"), &m), ERR_OK);
}

static void entries(struct conform *c)
{
    struct store_entry e = check_entry(7, "bob", "seven");

    SAY(c, put(c, "r", 7, "seven"), ERR_NOT_FOUND);
    SAY(c, read(c, 0), ERR_NOT_FOUND);
    check_room(c, "r");
    check_room(c, "s");
    SAY(c, RUN(c, store_entry_put, B("r"), &e), ERR_OK);
    SAY(c, RUN(c, store_entry_put, B("r"), &e), ERR_OK);
    SAY(c, put(c, "r", 7, "other"), ERR_EXISTS);
    SAY(c, put(c, "s", 7, "elsewhere"), ERR_OK);
    SAY(c, put(c, "r", 3, "three"), ERR_OK); /* stored late */
    SAY(c, put(c, "r", 9, ""), ERR_OK);
    (void)conform_reopen(c);
    struct got *g = read(c, 0);
    CHECK(c, g->r.count == 3 && !g->r.more && g->r.num == 0);
    CHECK(c, g->r.entries[0].seq == 3 && g->r.entries[2].seq == 9);
    CHECK(c, g->r.entries[2].body.n == 0);
    TEXT(c, g->r.entries[1].sender, "bob");
    TEXT(c, g->r.entries[1].body, "seven");
    CHECK(c, g->r.entries[1].kind == 3 && g->r.entries[1].flags == 5);
    CHECK(c, g->r.entries[1].time_ms == 1007 && g->r.entries[1].epoch == 1);
    CHECK(c, read(c, 7)->r.count == 1);
    CHECK(c, read(c, 9)->r.count == 0);
    CHECK(c, read(c, UINT64_MAX)->r.count == 0);
    CHECK(c, strstr(check_line(c, "room r"), "seq=9") != NULL);
}
Test(store_log, entries__are_put_once_and_read_in_order)
{
    conform_each(entries);
}

static void pages(struct conform *c)
{
    check_room(c, "r");
    for (uint64_t i = 1; i <= 6; i++)
        SAY(c, put(c, "r", i, "0123456789"), ERR_OK);
    struct got *g = RUN(c, store_entries, B("r"), 0, 25);
    CHECK(c, g->r.count == 2 && g->r.more);
    g = RUN(c, store_entries, B("r"), 2, 1); /* at least one */
    CHECK(c, g->r.count == 1 && g->r.more && g->r.entries[0].seq == 3);
    g = RUN(c, store_entries, B("r"), 3, 30);
    CHECK(c, g->r.count == 3 && !g->r.more);
    for (uint64_t i = 10; i < 10 + 1030; i++) {
        struct store_entry e = check_entry(i, "bob", "");
        (void)SEND(c, store_entry_put, B("r"), &e);
    }
    g = RUN(c, store_entries, B("r"), 9, 0);
    CHECK(c, g->r.count == 1024 && g->r.more);
    g = RUN(c, store_entries, B("r"), g->r.entries[1023].seq, 0);
    CHECK(c, g->r.count == 6 && !g->r.more);
}
Test(store_log, entries__come_in_pages)
{
    conform_each(pages);
}

static void passed(struct conform *c)
{
    check_group(c, "r", 10);
    for (uint64_t i = 11; i <= 16; i++)
        SAY(c, put(c, "r", i, "m"), ERR_OK);
    /* Nobody's cursor counts: only age forgets. */
    CHECK(c, RUN(c, store_prune, 0, 0, true)->r.num == 0);
    member(c, "alice", 14);
    member(c, "bob", 12);
    CHECK(c, RUN(c, store_prune, 0, 0, true)->r.num == 2);
    CHECK(c, RUN(c, store_prune, 0, 0, true)->r.num == 0);
    struct got *g = read(c, 12);
    CHECK(c, g->r.count == 4 && g->r.entries[0].seq == 13 && g->r.num == 0);
    g = read(c, 11);
    CHECK(c, g->r.count == 4 && g->r.num == 1);
    g = read(c, 0);
    CHECK(c, g->r.count == 5 && g->r.entries[0].seq == 10 && g->r.num == 1);
    /* Who left and is a member again is waited for; who left is not. */
    SAY(c, RUN(c, store_departure, B("r"), B("bob")), ERR_OK);
    CHECK(c, RUN(c, store_prune, 0, 0, true)->r.num == 0);
    SAY(c, RUN(c, store_member_remove, B("r"), B("bob")), ERR_OK);
    CHECK(c, RUN(c, store_prune, 0, 0, true)->r.num == 2);
    SAY(c, RUN(c, store_cursor, B("r"), B("alice"), 99), ERR_OK);
    CHECK(c, RUN(c, store_prune, 0, 0, true)->r.num == 2);
    (void)conform_reopen(c);
    g = read(c, 0); /* the newest commit stays */
    CHECK(c, g->r.count == 1 && g->r.entries[0].seq == 10 && g->r.num == 1);
    CHECK(c, read(c, 16)->r.num == 0);
}
Test(store_log, prune__what_every_member_has_passed)
{
    conform_each(passed);
}

static void expired(struct conform *c)
{
    struct store_commit k = check_commit("r", 1, 13, '1');

    check_group(c, "r", 10);
    SAY(c, put(c, "r", 11, "m"), ERR_OK);
    SAY(c, put(c, "r", 12, "m"), ERR_OK);
    SAY(c, RUN(c, store_commit, &k), ERR_OK);
    SAY(c, put(c, "r", 14, "m"), ERR_OK);
    member(c, "alice", 0);
    CHECK(c, RUN(c, store_prune, 0, 1012, true)->r.num == 2); /* 10 and 11 */
    struct got *g = read(c, 0);
    CHECK(c, g->r.count == 3 && g->r.entries[0].seq == 12 && g->r.num == 1);
    CHECK(c, read(c, 11)->r.num == 0);
    CHECK(c, RUN(c, store_prune, 0, 99999, true)->r.num == 2);
    g = read(c, 0);
    CHECK(c, g->r.count == 1 && g->r.entries[0].seq == 13);
    k.entry = check_entry(20, "alice", "late");
    k.entry.epoch = 1;
    SAY(c, RUN(c, store_commit, &k), ERR_OK); /* the retry of the newest one is still known */
}
Test(store_log, prune__what_is_too_old)
{
    conform_each(expired);
}

static void commits_only(struct conform *c)
{
    struct store_commit k = check_commit("r", 1, 12, '1');

    check_group(c, "r", 10);
    SAY(c, put(c, "r", 11, "m"), ERR_OK);
    SAY(c, RUN(c, store_commit, &k), ERR_OK);
    SAY(c, put(c, "r", 13, "m"), ERR_OK);
    member(c, "alice", 0);
    CHECK(c, RUN(c, store_prune, 0, 0, false)->r.num == 2);
    struct got *g = read(c, 0);
    CHECK(c, g->r.count == 2 && g->r.entries[0].seq == 10 && g->r.entries[1].seq == 12);
    CHECK(c, g->r.num == 1);
}
Test(store_log, prune__keeps_commits_alone)
{
    conform_each(commits_only);
}

static void many_rooms(struct conform *c)
{
    char key[8];

    for (int i = 0; i < 20; i++) {
        (void)snprintf(key, sizeof key, "k%d", i);
        check_group(c, key, 1);
        for (uint64_t seq = 2; seq < 6; seq++)
            SAY(c, put(c, key, seq, "m"), ERR_OK);
        struct store_named m = {.name = B("alice"), .seq = (uint64_t)i % 6};
        SAY(c, RUN(c, store_member_set, B(key), &m), ERR_OK);
    }
    int64_t want = 0;
    for (int i = 0; i < 20; i++)
        want += i % 6 > 1 ? i % 6 - 1 : 0;
    CHECK(c, RUN(c, store_prune, 0, 0, true)->r.num == want);
    for (int i = 0; i < 20; i++) {
        (void)snprintf(key, sizeof key, "k%d", i);
        struct got *g = RUN(c, store_entries, B(key), 0, 1000);
        CHECK(c, g->r.count == (size_t)(i % 6 > 1 ? 6 - i % 6 : 5));
    }
}
Test(store_log, prune__many_conversations_each_by_its_own_cursors)
{
    conform_each(many_rooms);
}
