/* SPDX-License-Identifier: ISC */
#include "store_check.h"

#include <stdlib.h>

static struct got *put(struct conform *c, uint16_t suite, const char *body, bool last)
{
    struct store_package p = {.suite = suite, .last_resort = last, .body = B(body)};

    return RUN(c, store_package_put, B("alice"), &p, 1, 3);
}

static struct got *take(struct conform *c, uint16_t suite)
{
    return RUN(c, store_package_take, B("alice"), suite);
}

static void identities(struct conform *c)
{
    SAY(c, RUN(c, store_identity_get, B("alice")), ERR_NOT_FOUND);
    CHECK(c, RUN(c, store_identity_put, B("alice"), B("one"))->r.num == 1);
    CHECK(c, RUN(c, store_identity_put, B("alice"), B("one"))->r.num == 0);
    CHECK(c, RUN(c, store_identity_put, B("alice"), B("two"))->r.num == 1);
    (void)conform_reopen(c);
    TEXT(c, RUN(c, store_identity_get, B("alice"))->r.a, "two");
}
Test(store_keys, identity__says_when_it_changed)
{
    conform_each(identities);
}

static void each_once(struct conform *c)
{
    SAY(c, take(c, 1), ERR_NOT_FOUND);
    CHECK(c, put(c, 1, "a", false)->r.num == 1);
    CHECK(c, put(c, 1, "b", false)->r.num == 2);
    CHECK(c, put(c, 1, "a", false)->r.num == 2); /* there already */
    CHECK(c, put(c, 2, "x", false)->r.num == 3);
    CHECK(c, put(c, 1, "last", true)->r.num == 3);
    struct got *g = take(c, 1);
    TEXT(c, g->r.a, "a");
    CHECK(c, g->r.num == 1 && !g->r.more);
    SAY(c, put(c, 1, "a", false), ERR_OK); /* a late repetition brings nothing back */
    CHECK(c, RUN(c, store_package_count, B("alice"), 1)->r.num == 1);
    (void)conform_reopen(c);
    g = take(c, 1);
    TEXT(c, g->r.a, "b");
    CHECK(c, g->r.num == 0 && !g->r.more);
    for (int i = 0; i < 3; i++) {
        g = take(c, 1);
        SAY(c, g, ERR_OK);
        TEXT(c, g->r.a, "last");
        CHECK(c, g->r.num == 0 && g->r.more);
    }
    TEXT(c, take(c, 2)->r.a, "x");
    SAY(c, take(c, 2), ERR_NOT_FOUND);
}
Test(store_keys, package__goes_to_one_taker_but_for_the_last_resort)
{
    conform_each(each_once);
}

static void many_takers(struct conform *c)
{
    enum { N = 60, TAKERS = 100 };
    struct store_package p[N];
    char body[N][8];
    struct got *g[TAKERS];
    bool seen[N] = {false};
    size_t none = 0;

    for (int i = 0; i < N; i++) {
        (void)snprintf(body[i], sizeof body[i], "%d", i);
        p[i] = (struct store_package){.suite = 7, .body = B(body[i])};
    }
    SAY(c, RUN(c, store_package_put, B("alice"), p, N, N), ERR_OK);
    for (int i = 0; i < TAKERS; i++)
        g[i] = SEND(c, store_package_take, B("alice"), 7);
    (void)conform_wait(c);
    for (int i = 0; i < TAKERS; i++) {
        none += g[i]->r.rc == ERR_NOT_FOUND;
        if (g[i]->r.rc != ERR_OK)
            continue;
        char text[8];
        CHECK(c, bytes_copy(text, sizeof text, g[i]->r.a));
        long which = strtol(text, NULL, 10);
        CHECK(c, which >= 0 && which < N && !seen[which]);
        seen[which] = true;
    }
    CHECK(c, none == TAKERS - N);
}
Test(store_keys, package__each_to_one_of_many_at_once)
{
    conform_each(many_takers);
}

static void replaces_last(struct conform *c)
{
    SAY(c, put(c, 1, "old", true), ERR_OK);
    SAY(c, put(c, 2, "other", true), ERR_OK);
    SAY(c, put(c, 1, "new", true), ERR_OK);
    TEXT(c, take(c, 1)->r.a, "new");
    TEXT(c, take(c, 2)->r.a, "other");
    CHECK(c, RUN(c, store_package_clear, B("alice"))->r.num == 2);
    SAY(c, take(c, 1), ERR_NOT_FOUND);
    CHECK(c, RUN(c, store_package_clear, B("alice"))->r.num == 0);
}
Test(store_keys, package__last_resort_is_replaced_in_its_suite)
{
    conform_each(replaces_last);
}

static void full(struct conform *c)
{
    struct store_package p[] = {{.suite = 1, .body = B("c")}, {.suite = 1, .body = B("d")},
        {.suite = 2, .body = B("z")}};

    SAY(c, put(c, 1, "a", false), ERR_OK);
    SAY(c, put(c, 1, "b", false), ERR_OK);
    struct got *g = RUN(c, store_package_put, B("alice"), p, 3, 3);
    SAY(c, g, ERR_FULL);
    CHECK(c, RUN(c, store_package_count, B("alice"), 1)->r.num == 2);
    CHECK(c, RUN(c, store_package_count, B("alice"), 2)->r.num == 0);
    SAY(c, RUN(c, store_package_put, B("alice"), p + 1, 2, 3), ERR_OK);
    CHECK(c, RUN(c, store_package_count, B("alice"), 1)->r.num == 3);
    SAY(c, RUN(c, store_package_put, B("alice"), p + 1, 2, 3), ERR_OK); /* again, though full */
    SAY(c, put(c, 1, "last", true), ERR_OK); /* a last resort is not counted */
    SAY(c, put(c, 1, "e", false), ERR_FULL);
    CHECK(c, RUN(c, store_package_count, B("bob"), 1)->r.num == 0);
}
Test(store_keys, package__put_is_all_or_nothing_at_the_limit)
{
    conform_each(full);
}
