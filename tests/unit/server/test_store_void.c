/* SPDX-License-Identifier: ISC */
#include "base/mem.h"
#include "store_check.h"

/* Everything that can be seen of a conversation and of two people's welcomes, as one text. */
static char *snapshot(struct conform *c)
{
    static char text[1 << 15];
    struct got *g = RUN(c, store_group, B("r"));
    int n = snprintf(text, sizeof text, "%sinfo=%.*s epoch=%lld\n", check_dump(c),
        (int)g->r.a.n, (const char *)g->r.a.p, (long long)g->r.num);

    for (size_t i = 0; i < g->r.count; i++)
        n += snprintf(text + n, sizeof text - (size_t)n, "node %u %.*s\n", g->r.nodes[i].index,
            (int)g->r.nodes[i].body.n, (const char *)g->r.nodes[i].body.p);
    g = RUN(c, store_entries, B("r"), 0, 1 << 20);
    for (size_t i = 0; i < g->r.count; i++)
        n += snprintf(text + n, sizeof text - (size_t)n, "entry %llu %.*s\n",
            (unsigned long long)g->r.entries[i].seq, (int)g->r.entries[i].body.n,
            (const char *)g->r.entries[i].body.p);
    static const char *const PEOPLE[] = {"bob", "carol", "eve"};
    for (size_t p = 0; p < 3; p++) {
        g = RUN(c, store_welcomes, B(PEOPLE[p]));
        for (size_t i = 0; i < g->r.count; i++)
            n += snprintf(text + n, sizeof text - (size_t)n, "welcome %s %llu %.*s\n",
                PEOPLE[p], (unsigned long long)g->r.named[i].seq, (int)g->r.named[i].body.n,
                (const char *)g->r.named[i].body.p);
    }
    return mem_strdup(text);
}

/* last_seq only grows: nobody may use a number again. */
static void forget_last_seq(char *text)
{
    char *at = strstr(text, " seq=");

    while (at != NULL && *at != '\n' && *at != '\0')
        *at++ = '#';
}

static void prepare(struct conform *c)
{
    struct store_node n[] = {{0, B("n0")}, {1, B("n1")}, {2, B("n2")}};
    struct store_named w = {.name = B("carol"), .body = B("for carol"), .role = 1};
    struct store_commit k = check_commit("r", 1, 20, 'p');

    check_account(c, "bob");
    check_account(c, "carol");
    check_account(c, "eve");
    check_group(c, "r", 10);
    k.nodes = n;
    k.node_count = 3;
    k.welcomes = &w;
    k.welcome_count = 1;
    SAY(c, RUN(c, store_commit, &k), ERR_OK);
    SAY(c, RUN(c, store_departure, B("r"), B("dave")), ERR_OK);
    SAY(c,
        RUN(c, store_member_set, B("r"),
            &(struct store_named){.name = B("eve"), .role = 4, .seq = 18}),
        ERR_OK);
}

static struct got *rich(struct conform *c, uint64_t seq, char req)
{
    struct store_node n[] = {{1, B("")}, {2, B("changed")}, {2, B("and again")}, {9, B("new")}};
    struct bytes removed[] = {B("carol"), B("dave")};
    struct store_named w[] = {{.name = B("bob"), .body = B("for bob"), .role = 1},
        {.name = B("eve"), .body = B("for eve"), .role = 9}};
    struct store_commit k = check_commit("r", 2, seq, req);

    k.nodes = n;
    k.node_count = 4;
    k.removed = removed;
    k.removed_count = 2;
    k.welcomes = w;
    k.welcome_count = 2;
    k.info = B("other info");
    return RUN(c, store_commit, &k);
}

static void everything(struct conform *c)
{
    prepare(c);
    SAY(c, RUN(c, store_departure, B("r"), B("carol")), ERR_OK);
    char *before = snapshot(c);
    SAY(c, rich(c, 30, '1'), ERR_OK);
    char *between = snapshot(c);
    cr_assert_str_neq(before, between);
    (void)conform_reopen(c);
    struct got *g = RUN(c, store_void, B("r"), 30);
    SAY(c, g, ERR_OK);
    CHECK(c, g->r.num == 2);
    (void)conform_reopen(c);
    char *after = snapshot(c);
    CHECK(c, strstr(after, "seq=30\n") != NULL);
    forget_last_seq(before);
    forget_last_seq(after);
    /* Eve was welcomed though she was a member: her cursor went forward and stays there. */
    CHECK(c, strstr(before, "member r eve role=4 cursor=18") != NULL);
    char *eve = strstr(after, "member r eve role=4 cursor=29");
    CHECK(c, eve != NULL);
    memcpy(eve + strlen("member r eve role=4 cursor="), "18", 2);
    cr_assert_str_eq(after, before);
    mem_free(before);
    mem_free(between);
    mem_free(after);
}
Test(store_void, void__brings_everything_back)
{
    conform_each(everything);
}

static void kicked(struct conform *c)
{
    struct bytes removed = B("eve");
    struct store_commit k = check_commit("r", 2, 30, '1');

    prepare(c);
    k.removed = &removed;
    k.removed_count = 1;
    SAY(c, RUN(c, store_commit, &k), ERR_OK);
    cr_assert_str_empty(check_line(c, "member r eve"));
    SAY(c, RUN(c, store_void, B("r"), 30), ERR_OK);
    CHECK(c, check_line(c, "departure r eve")[0] != '\0');
    cr_assert_str_eq(check_line(c, "member r eve"), "member r eve role=4 cursor=18");
}
Test(store_void, void__makes_whom_it_removed_a_departure)
{
    conform_each(kicked);
}

static void repeated(struct conform *c)
{
    prepare(c);
    SAY(c, rich(c, 30, '1'), ERR_OK);
    SAY(c, RUN(c, store_void, B("r"), 30), ERR_OK);
    struct got *g = RUN(c, store_void, B("r"), 30); /* again */
    SAY(c, g, ERR_OK);
    CHECK(c, g->r.num == 2);
    g = rich(c, 31, '1'); /* the bad one once more: never */
    SAY(c, g, ERR_STALE);
    CHECK(c, g->r.num == 2);
    SAY(c, rich(c, 30, '2'), ERR_EXISTS); /* nor its number */
    SAY(c, rich(c, 32, '2'), ERR_OK);
    SAY(c, rich(c, 33, '3'), ERR_CONFLICT);
    SAY(c, RUN(c, store_void, B("r"), 30), ERR_OK); /* and again, after the next one */
    CHECK(c, RUN(c, store_group, B("r"))->r.num == 3);
}
Test(store_void, void__repeated_and_the_epoch_ended_by_another)
{
    conform_each(repeated);
}

static void stale(struct conform *c)
{
    struct store_commit k;

    SAY(c, RUN(c, store_void, B("r"), 10), ERR_NOT_FOUND);
    check_room(c, "r");
    SAY(c, RUN(c, store_void, B("r"), 0), ERR_STALE); /* no commit at all */
    SAY(c, RUN(c, store_room_remove, B("r")), ERR_OK);
    check_group(c, "r", 10);
    SAY(c, RUN(c, store_void, B("r"), 10), ERR_STALE); /* it founded the group */
    for (uint64_t i = 1; i <= 3; i++) {
        k = check_commit("r", i, 10 + i, (char)('0' + i));
        SAY(c, RUN(c, store_commit, &k), ERR_OK);
    }
    struct got *g = RUN(c, store_void, B("r"), 12);
    SAY(c, g, ERR_STALE);
    CHECK(c, g->r.num == 4);
    SAY(c, RUN(c, store_void, B("r"), UINT64_MAX), ERR_STALE);
    SAY(c, RUN(c, store_void, B("r"), 99), ERR_STALE);
    SAY(c, RUN(c, store_void, B("r"), 13), ERR_OK);
    SAY(c, RUN(c, store_void, B("r"), 12), ERR_STALE); /* one step at most */
    CHECK(c, RUN(c, store_group, B("r"))->r.num == 3);
    CHECK(c, strstr(check_line(c, "room"), "last=12") != NULL);
}
Test(store_void, void__only_the_newest_and_not_the_first)
{
    conform_each(stale);
}

static void after_it(struct conform *c)
{
    struct store_entry e = check_entry(31, "bob", "said after");

    prepare(c);
    SAY(c, rich(c, 30, '1'), ERR_OK);
    SAY(c, RUN(c, store_entry_put, B("r"), &e), ERR_OK);
    SAY(c, RUN(c, store_void, B("r"), 30), ERR_OK);
    struct got *g = RUN(c, store_entries, B("r"), 20, 1000);
    CHECK(c, g->r.count == 1 && g->r.entries[0].seq == 31);
}
Test(store_void, void__leaves_entries_after_it)
{
    conform_each(after_it);
}
