/* SPDX-License-Identifier: ISC */
#include "base/mem.h"
#include "store_check.h"

static void first(struct conform *c)
{
    struct store_commit k = check_commit("r", 5, 10, '1');
    struct store_node n[] = {{2, B("two")}, {0, B("zero")}};

    k.create = true;
    k.nodes = n;
    k.node_count = 2;
    SAY(c, RUN(c, store_commit, &k), ERR_NOT_FOUND);
    SAY(c, RUN(c, store_group, B("r")), ERR_NOT_FOUND);
    check_room(c, "r");
    SAY(c, RUN(c, store_group, B("r")), ERR_NOT_FOUND);
    struct got *g = RUN(c, store_commit, &k);
    SAY(c, g, ERR_OK);
    CHECK(c, g->r.num == 10);
    (void)conform_reopen(c);
    g = RUN(c, store_group, B("r"));
    SAY(c, g, ERR_OK);
    CHECK(c, g->r.num == 5 && g->r.count == 2);
    TEXT(c, g->r.a, "info");
    CHECK(c, g->r.nodes[0].index == 0 && g->r.nodes[1].index == 2);
    TEXT(c, g->r.nodes[1].body, "two");
    cr_assert_str_eq(check_line(c, "room"),
        "room r name=Name owner=alice kind=1 access=0 gen=0 verifier= grouped=1"
        " epoch=5 last=10 founded=10 ms=1010 seq=10");
    g = RUN(c, store_entries, B("r"), 0, 100);
    CHECK(c, g->r.count == 1 && g->r.entries[0].kind == 2);
}
Test(store_commit, create__founds_a_group)
{
    conform_each(first);
}

static void first_twice(struct conform *c)
{
    struct store_commit a = check_commit("r", 1, 10, 'a');
    struct store_commit b = check_commit("r", 1, 11, 'b');

    a.create = b.create = true;
    a.entry.body = B("from a");
    check_room(c, "r");
    struct got *won = SEND(c, store_commit, &a);
    struct got *lost = SEND(c, store_commit, &b);
    (void)conform_wait(c);
    SAY(c, won, ERR_OK);
    SAY(c, lost, ERR_CONFLICT);
    CHECK(c, lost->r.num == 1 && lost->r.count == 1 && lost->r.entries[0].seq == 10);
    TEXT(c, lost->r.entries[0].body, "from a");
    /* Both again, under other numbers. */
    a.entry.seq = 20;
    b.entry.seq = 21;
    won = RUN(c, store_commit, &a);
    SAY(c, won, ERR_OK);
    CHECK(c, won->r.num == 10);
    SAY(c, RUN(c, store_commit, &b), ERR_CONFLICT);
    CHECK(c, RUN(c, store_entries, B("r"), 0, 100)->r.count == 1);
}
Test(store_commit, create__twice_has_one_winner)
{
    conform_each(first_twice);
}

static void replaces(struct conform *c)
{
    struct store_commit k = check_commit("r", 1, 20, 'x');
    struct store_node n[] = {{0, B("old")}, {4, B("old")}};
    struct store_named w = {.name = B("bob"), .body = B("old")};

    check_account(c, "bob");
    check_room(c, "r");
    k.create = true;
    k.replaces = 10;
    struct got *g = RUN(c, store_commit, &k); /* nothing to replace */
    SAY(c, g, ERR_STALE);
    CHECK(c, g->r.num == 0);
    k = check_commit("r", 0, 10, '0');
    k.create = true;
    k.nodes = n;
    k.node_count = 2;
    SAY(c, RUN(c, store_commit, &k), ERR_OK);
    k = check_commit("r", 0, 11, '1');
    k.welcomes = &w;
    k.welcome_count = 1;
    SAY(c, RUN(c, store_commit, &k), ERR_OK);
    k = check_commit("r", 0, 21, '2');
    k.create = true;
    k.replaces = 10;
    n[1].body = B("new");
    k.nodes = n + 1;
    k.node_count = 1;
    SAY(c, RUN(c, store_commit, &k), ERR_OK);
    g = RUN(c, store_group, B("r"));
    CHECK(c, g->r.num == 0 && g->r.count == 1 && g->r.nodes[0].index == 4);
    TEXT(c, g->r.nodes[0].body, "new");
    CHECK(c, RUN(c, store_welcomes, B("bob"))->r.count == 0);
    /* The same race once more, and a second one that came too late. */
    SAY(c, RUN(c, store_commit, &k), ERR_OK);
    k = check_commit("r", 0, 22, '3');
    k.create = true;
    k.replaces = 10;
    g = RUN(c, store_commit, &k);
    SAY(c, g, ERR_CONFLICT);
    CHECK(c, g->r.entries[0].seq == 21);
    /* Epoch 0 ended in the old group; in the new one it may end once more. */
    k = check_commit("r", 0, 23, '4');
    SAY(c, RUN(c, store_commit, &k), ERR_OK);
    /* The founder of the old group asks again: he was told so before. */
    k = check_commit("r", 0, 24, '1');
    g = RUN(c, store_commit, &k);
    SAY(c, g, ERR_OK);
    CHECK(c, g->r.num == 11);
    SAY(c, RUN(c, store_void, B("r"), 21), ERR_STALE);
}
Test(store_commit, create__replaces_the_group_it_names)
{
    conform_each(replaces);
}

static void race(struct conform *c)
{
    enum { EPOCHS = 30, RACERS = 4 };
    struct got *g[RACERS];
    uint64_t seq = 10;

    check_group(c, "r", seq);
    for (uint64_t epoch = 1; epoch <= EPOCHS; epoch++) {
        for (int i = 0; i < RACERS; i++) {
            struct store_commit k = check_commit("r", epoch, ++seq, 'x');
            k.req[0] = (uint8_t)epoch;
            k.req[1] = (uint8_t)i;
            g[i] = SEND(c, store_commit, &k);
        }
        (void)conform_wait(c);
        SAY(c, g[0], ERR_OK);
        for (int i = 1; i < RACERS; i++) {
            SAY(c, g[i], ERR_CONFLICT);
            CHECK(c, g[i]->r.num == (int64_t)epoch + 1);
            CHECK(c, (int64_t)g[i]->r.entries[0].seq == g[0]->r.num);
        }
    }
    struct got *all = RUN(c, store_entries, B("r"), 0, 1 << 20);
    CHECK(c, all->r.count == EPOCHS + 1);
}
Test(store_commit, commit__one_of_many_at_once_ends_an_epoch)
{
    conform_each(race);
}

static void retries(struct conform *c)
{
    struct store_commit won = check_commit("r", 1, 11, 'w');
    struct store_commit lost = check_commit("r", 1, 12, 'l');

    SAY(c, RUN(c, store_commit, &won), ERR_NOT_FOUND);
    check_room(c, "r");
    struct got *g = RUN(c, store_commit, &won);
    SAY(c, g, ERR_STALE); /* no group yet */
    CHECK(c, g->r.num == 0);
    SAY(c, RUN(c, store_room_remove, B("r")), ERR_OK);
    check_group(c, "r", 10);
    SAY(c, RUN(c, store_commit, &won), ERR_OK);
    SAY(c, RUN(c, store_commit, &lost), ERR_CONFLICT);
    (void)conform_reopen(c);
    won.entry.seq = 31; /* again, in a later life of the relay */
    lost.entry.seq = 32;
    g = RUN(c, store_commit, &won);
    SAY(c, g, ERR_OK);
    CHECK(c, g->r.num == 11);
    g = RUN(c, store_commit, &lost);
    SAY(c, g, ERR_CONFLICT);
    CHECK(c, g->r.num == 2 && g->r.entries[0].seq == 11);
    lost.entry.epoch = 3; /* the future */
    g = RUN(c, store_commit, &lost);
    SAY(c, g, ERR_STALE);
    CHECK(c, g->r.num == 2 && g->r.count == 0);
    lost.entry.epoch = 0; /* before the group */
    SAY(c, RUN(c, store_commit, &lost), ERR_STALE);
    lost.entry.epoch = 2; /* rebased under the same req: it never won before */
    g = RUN(c, store_commit, &lost);
    SAY(c, g, ERR_OK);
    CHECK(c, g->r.num == 32);
    CHECK(c, RUN(c, store_entries, B("r"), 0, 100)->r.count == 3);
}
Test(store_commit, retry__of_winner_and_loser)
{
    conform_each(retries);
}

static void forgotten(struct conform *c)
{
    struct store_commit k;

    check_group(c, "r", 10);
    for (uint64_t i = 1; i <= 3; i++) {
        k = check_commit("r", i, 10 + i, (char)('0' + i));
        SAY(c, RUN(c, store_commit, &k), ERR_OK);
    }
    SAY(c, RUN(c, store_prune, 0, 1012, true), ERR_OK); /* 10 and 11 */
    k = check_commit("r", 1, 30, '9');
    SAY(c, RUN(c, store_commit, &k), ERR_STALE); /* lost, to one that is no longer kept */
    k = check_commit("r", 2, 30, '9');
    SAY(c, RUN(c, store_commit, &k), ERR_CONFLICT);
    k = check_commit("r", 1, 30, '1');
    SAY(c, RUN(c, store_commit, &k), ERR_STALE); /* so old that nobody remembers */
    k = check_commit("r", 2, 30, '2');
    SAY(c, RUN(c, store_commit, &k), ERR_OK);
}
Test(store_commit, retry__after_prune_never_wins_twice)
{
    conform_each(forgotten);
}

static void places(struct conform *c)
{
    struct store_commit k = check_commit("r", 1, 10, '1');
    struct store_entry e = check_entry(15, "bob", "m");

    check_group(c, "r", 10);
    SAY(c, RUN(c, store_entry_put, B("r"), &e), ERR_OK);
    SAY(c, RUN(c, store_commit, &k), ERR_STATE);
    k.entry.seq = 9;
    SAY(c, RUN(c, store_commit, &k), ERR_STATE);
    k.entry.seq = 15;
    SAY(c, RUN(c, store_commit, &k), ERR_EXISTS);
    k.entry.seq = 16;
    SAY(c, RUN(c, store_commit, &k), ERR_OK);
    CHECK(c, RUN(c, store_group, B("r"))->r.num == 2);
}
Test(store_commit, seq__must_be_free_and_behind_the_last_commit)
{
    conform_each(places);
}

static void tree(struct conform *c)
{
    struct store_node a[] = {{0, B("a0")}, {1, B("a1")}, {4000000000u, B("far")}};
    struct store_node b[] = {{1, B("")}, {0, B("b0")}, {7, B("")}, {2, B("b2")}};
    struct store_commit k = check_commit("r", 1, 11, '1');

    check_group(c, "r", 10);
    k.nodes = a;
    k.node_count = 3;
    SAY(c, RUN(c, store_commit, &k), ERR_OK);
    k = check_commit("r", 2, 12, '2');
    k.nodes = b;
    k.node_count = 4;
    k.info = B("second");
    SAY(c, RUN(c, store_commit, &k), ERR_OK);
    struct got *g = RUN(c, store_group, B("r"));
    CHECK(c, g->r.count == 3 && g->r.num == 3);
    TEXT(c, g->r.a, "second");
    TEXT(c, g->r.nodes[0].body, "b0");
    TEXT(c, g->r.nodes[1].body, "b2");
    CHECK(c, g->r.nodes[2].index == 4000000000u);
}
Test(store_commit, nodes__are_set_and_blanked)
{
    conform_each(tree);
}

static void people(struct conform *c)
{
    struct store_commit k = check_commit("r", 1, 20, '1');
    struct bytes removed[] = {B("carol"), B("dave"), B("nobody")};
    struct store_named w[] = {{.name = B("bob"), .body = B("hello bob"), .role = 2},
        {.name = B("bob"), .body = B("and his phone"), .role = 2}};

    check_account(c, "bob");
    check_group(c, "r", 10);
    SAY(c, RUN(c, store_member_set, B("r"), &(struct store_named){.name = B("carol")}), ERR_OK);
    SAY(c, RUN(c, store_departure, B("r"), B("dave")), ERR_OK);
    k.removed = removed;
    k.removed_count = 3;
    k.welcomes = w;
    k.welcome_count = 2;
    SAY(c, RUN(c, store_commit, &k), ERR_OK);
    SAY(c, RUN(c, store_commit, &k), ERR_OK); /* a repetition welcomes nobody twice */
    (void)conform_reopen(c);
    cr_assert_str_empty(check_line(c, "departure"));
    cr_assert_str_empty(check_line(c, "member r carol"));
    cr_assert_str_eq(check_line(c, "member"), "member r bob role=2 cursor=19");
    struct got *g = RUN(c, store_welcomes, B("bob"));
    CHECK(c, g->r.named_count == 2);
    TEXT(c, g->r.named[0].name, "r");
    TEXT(c, g->r.named[0].body, "hello bob");
    TEXT(c, g->r.named[1].body, "and his phone");
    CHECK(c, g->r.named[0].seq == 20);
    CHECK(c, RUN(c, store_welcomes, B("alice"))->r.count == 0);
    SAY(c, RUN(c, store_cursor, B("r"), B("bob"), 19), ERR_OK);
    CHECK(c, RUN(c, store_welcomes, B("bob"))->r.count == 2);
    SAY(c, RUN(c, store_cursor, B("r"), B("bob"), 20), ERR_OK);
    CHECK(c, RUN(c, store_welcomes, B("bob"))->r.count == 0);
}
Test(store_commit, people__are_welcomed_and_removed)
{
    conform_each(people);
}

static void cleared(struct conform *c)
{
    struct store_commit k = check_commit("r", 1, 20, '1');
    struct store_named w = {.name = B("bob"), .body = B("hello"), .role = 2};
    struct bytes name = B("bob");

    check_account(c, "bob");
    check_group(c, "r", 10);
    SAY(c, RUN(c, store_departure, B("r"), name), ERR_OK);
    k.welcomes = &w;
    k.welcome_count = 1;
    SAY(c, RUN(c, store_commit, &k), ERR_OK);
    k = check_commit("r", 2, 30, '2');
    k.cleared = &name;
    k.cleared_count = 1;
    SAY(c, RUN(c, store_commit, &k), ERR_OK);
    cr_assert_str_empty(check_line(c, "departure"));
    cr_assert_str_eq(check_line(c, "member"), "member r bob role=2 cursor=19");
    CHECK(c, RUN(c, store_welcomes, B("bob"))->r.count == 1);
    SAY(c, RUN(c, store_void, B("r"), 30), ERR_OK);
    CHECK(c, check_line(c, "departure r bob")[0] != '\0');
    cr_assert_str_eq(check_line(c, "member"), "member r bob role=2 cursor=19");
    CHECK(c, RUN(c, store_welcomes, B("bob"))->r.count == 1);
}
Test(store_commit, people__whose_departure_alone_ends_stay)
{
    conform_each(cleared);
}

static void nobody(struct conform *c)
{
    struct store_commit k = check_commit("r", 1, 20, '1');
    struct store_named w[] = {{.name = B("bob"), .body = B("x"), .role = 2},
        {.name = B("dave"), .body = B("x"), .role = 2, .guest = true},
        {.name = B("mallory"), .body = B("x"), .role = 2}};

    check_account(c, "bob");
    check_group(c, "r", 10);
    k.welcomes = w;
    k.welcome_count = 3;
    char *before = mem_strdup(check_dump(c));
    struct got *g = RUN(c, store_commit, &k);
    SAY(c, g, ERR_REFUSED);
    CHECK(c, g->r.num == 2);
    cr_assert_str_eq(check_dump(c), before);
    mem_free(before);
    CHECK(c, RUN(c, store_welcomes, B("bob"))->r.count == 0);
    k.welcome_count = 2;
    SAY(c, RUN(c, store_commit, &k), ERR_OK); /* that request was not taken */
    cr_assert_str_eq(check_line(c, "member r bob"), "member r bob role=2 cursor=19");
    cr_assert_str_empty(check_line(c, "member r dave"));
    CHECK(c, check_line(c, "departure r dave")[0] != '\0');
    CHECK(c, RUN(c, store_welcomes, B("dave"))->r.count == 1);
}
Test(store_commit, people__who_are_nobody_are_not_welcomed)
{
    conform_each(nobody);
}

static void untouched(struct conform *c)
{
    struct store_commit k = check_commit("r", 7, 20, '1');
    struct bytes removed = B("carol");
    struct store_named w = {.name = B("bob"), .body = B("x")};
    struct store_node n = {0, B("x")};

    check_group(c, "r", 10);
    SAY(c, RUN(c, store_departure, B("r"), B("carol")), ERR_OK);
    k.removed = &removed;
    k.removed_count = 1;
    k.welcomes = &w;
    k.welcome_count = 1;
    k.nodes = &n;
    k.node_count = 1;
    char *before = mem_strdup(check_dump(c));
    SAY(c, RUN(c, store_commit, &k), ERR_STALE);
    k.entry.epoch = 1;
    k.entry.seq = 10;
    SAY(c, RUN(c, store_commit, &k), ERR_STATE);
    cr_assert_str_eq(check_dump(c), before);
    mem_free(before);
    CHECK(c, RUN(c, store_group, B("r"))->r.count == 0);
    CHECK(c, RUN(c, store_welcomes, B("bob"))->r.count == 0);
}
Test(store_commit, refused__leaves_everything_as_it_was)
{
    conform_each(untouched);
}
