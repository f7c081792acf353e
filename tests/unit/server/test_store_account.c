/* SPDX-License-Identifier: ISC */
#include "store_check.h"

static struct store_account alice(void)
{
    return (struct store_account){.name = B("alice"),
        .verifier = B("salted"),
        .role = 2,
        .created_ms = 10,
        .seen_ms = 20};
}

static struct got *put_token(
    struct conform *c, char hash, const char *account, int64_t expires, size_t max)
{
    uint8_t h[STORE_TOKEN];
    struct store_token t = {.account = B(account), .label = B("laptop"), .expires_ms = expires};

    memset(h, hash, sizeof h);
    return RUN(c, store_token_put, h, &t, 100, max);
}

static struct got *use_token(struct conform *c, char hash, int64_t now)
{
    uint8_t h[STORE_TOKEN];

    memset(h, hash, sizeof h);
    return RUN(c, store_token_use, h, now);
}

static void accounts(struct conform *c)
{
    struct store_account a = alice();

    SAY(c, RUN(c, store_account_get, B("alice")), ERR_NOT_FOUND);
    SAY(c, RUN(c, store_account_create, &a), ERR_OK);
    SAY(c, RUN(c, store_account_create, &a), ERR_OK); /* the same call again */
    a.verifier = B("another");
    SAY(c, RUN(c, store_account_create, &a), ERR_EXISTS);
    (void)conform_reopen(c);
    struct got *g = RUN(c, store_account_get, B("alice"));
    SAY(c, g, ERR_OK);
    CHECK(c, g->r.count == 1);
    TEXT(c, g->r.accounts[0].name, "alice");
    TEXT(c, g->r.accounts[0].verifier, "salted");
    CHECK(c, g->r.accounts[0].role == 2);
    CHECK(c, g->r.accounts[0].created_ms == 10);
    CHECK(c, g->r.accounts[0].seen_ms == 20);
}
Test(store_account, create__once_and_repeated)
{
    conform_each(accounts);
}

static void without_password(struct conform *c)
{
    struct store_account a = alice();

    a.verifier = B("");
    SAY(c, RUN(c, store_account_create, &a), ERR_OK);
    SAY(c, RUN(c, store_account_create, &a), ERR_EXISTS); /* might be anybody */
}
Test(store_account, create__twice_without_a_verifier)
{
    conform_each(without_password);
}

static void changes(struct conform *c)
{
    struct store_account a = alice();

    SAY(c, RUN(c, store_account_role, B("alice"), 1), ERR_NOT_FOUND);
    SAY(c, RUN(c, store_account_seen, B("alice"), 1), ERR_NOT_FOUND);
    SAY(c, RUN(c, store_account_verifier, B("alice"), B("x")), ERR_NOT_FOUND);
    SAY(c, RUN(c, store_account_remove, B("alice")), ERR_NOT_FOUND);
    SAY(c, RUN(c, store_account_create, &a), ERR_OK);
    for (int i = 0; i < 2; i++) {
        SAY(c, RUN(c, store_account_role, B("alice"), 9), ERR_OK);
        SAY(c, RUN(c, store_account_seen, B("alice"), 99), ERR_OK);
        SAY(c, RUN(c, store_account_verifier, B("alice"), B("new")), ERR_OK);
    }
    struct got *g = RUN(c, store_account_get, B("alice"));
    CHECK(c, g->r.accounts[0].role == 9);
    CHECK(c, g->r.accounts[0].seen_ms == 99);
    CHECK(c, g->r.accounts[0].created_ms == 10);
    TEXT(c, g->r.accounts[0].verifier, "new");
}
Test(store_account, set__role_verifier_and_time)
{
    conform_each(changes);
}

static void list(struct conform *c)
{
    char name[8];
    struct store_account a = alice();

    for (int i = 9; i >= 0; i--) {
        (void)snprintf(name, sizeof name, "u%d", i);
        a.name = B(name);
        SAY(c, RUN(c, store_account_create, &a), ERR_OK);
    }
    struct got *g = RUN(c, store_account_list, B(""), 4);
    CHECK(c, g->r.count == 4 && g->r.more);
    TEXT(c, g->r.accounts[0].name, "u0");
    TEXT(c, g->r.accounts[3].name, "u3");
    g = RUN(c, store_account_list, g->r.accounts[3].name, 6);
    CHECK(c, g->r.count == 6 && !g->r.more);
    TEXT(c, g->r.accounts[5].name, "u9");
    g = RUN(c, store_account_list, B("u9"), 100);
    CHECK(c, g->r.count == 0 && !g->r.more);
    g = RUN(c, store_account_list, B(""), SIZE_MAX);
    CHECK(c, g->r.count == 10 && !g->r.more);
}
Test(store_account, list__in_pages)
{
    conform_each(list);
}

static void removes(struct conform *c)
{
    struct store_account a = alice();
    struct store_package p = {.suite = 1, .body = B("p")};

    SAY(c, RUN(c, store_account_create, &a), ERR_OK);
    SAY(c, put_token(c, 'h', "alice", 1000, 9), ERR_OK);
    SAY(c, RUN(c, store_identity_put, B("alice"), B("key")), ERR_OK);
    SAY(c, RUN(c, store_package_put, B("alice"), &p, 1, 9), ERR_OK);
    check_room(c, "r");
    SAY(c, RUN(c, store_member_set, B("r"), &(struct store_named){.name = B("alice")}), ERR_OK);
    SAY(c, RUN(c, store_account_remove, B("alice")), ERR_OK);
    SAY(c, RUN(c, store_account_remove, B("alice")), ERR_NOT_FOUND);
    SAY(c, RUN(c, store_account_get, B("alice")), ERR_NOT_FOUND);
    SAY(c, use_token(c, 'h', 100), ERR_NOT_FOUND);
    SAY(c, RUN(c, store_identity_get, B("alice")), ERR_NOT_FOUND);
    SAY(c, RUN(c, store_package_take, B("alice"), 1), ERR_NOT_FOUND);
    CHECK(c, check_line(c, "member r alice")[0] != '\0');
}
Test(store_account, remove__takes_tokens_and_keys_along)
{
    conform_each(removes);
}

static void tokens(struct conform *c)
{
    struct store_account a = alice();

    SAY(c, put_token(c, '1', "alice", 1000, 2), ERR_NOT_FOUND);
    SAY(c, RUN(c, store_account_create, &a), ERR_OK);
    a.name = B("bob");
    SAY(c, RUN(c, store_account_create, &a), ERR_OK);
    struct got *g = put_token(c, '1', "alice", 1000, 2);
    SAY(c, g, ERR_OK);
    int64_t id = g->r.num;
    CHECK(c, id > 0);
    g = put_token(c, '1', "alice", 1000, 2); /* again */
    SAY(c, g, ERR_OK);
    CHECK(c, g->r.num == id);
    SAY(c, put_token(c, '1', "bob", 1000, 2), ERR_EXISTS);
    (void)conform_reopen(c);
    g = use_token(c, '1', 999);
    SAY(c, g, ERR_OK);
    TEXT(c, g->r.a, "alice");
    CHECK(c, g->r.num == 1000);
    g = use_token(c, '1', 1000);
    SAY(c, g, ERR_STALE);
    CHECK(c, g->r.a.n == 0);
    SAY(c, use_token(c, '2', 999), ERR_NOT_FOUND);
}
Test(store_account, token__is_used_until_it_expires)
{
    conform_each(tokens);
}

static void token_limit(struct conform *c)
{
    struct store_account a = alice();

    SAY(c, RUN(c, store_account_create, &a), ERR_OK);
    SAY(c, put_token(c, '0', "alice", 100, 2), ERR_OK); /* dead from the start: it is 100 */
    SAY(c, put_token(c, '1', "alice", 1000, 2), ERR_OK);
    SAY(c, put_token(c, '2', "alice", 1000, 2), ERR_OK);
    SAY(c, put_token(c, '3', "alice", 1000, 2), ERR_FULL);
    SAY(c, put_token(c, '2', "alice", 1000, 2), ERR_OK);
    struct got *g = RUN(c, store_token_list, B("alice"));
    SAY(c, g, ERR_OK);
    CHECK(c, g->r.count == 3);
    TEXT(c, g->r.tokens[1].account, "alice");
    TEXT(c, g->r.tokens[1].label, "laptop");
    CHECK(c, g->r.tokens[1].expires_ms == 1000);
    CHECK(c, g->r.tokens[0].id < g->r.tokens[1].id);
    SAY(c, RUN(c, store_prune, 100, 0, true), ERR_OK);
    CHECK(c, RUN(c, store_token_list, B("alice"))->r.count == 2);
}
Test(store_account, token__counts_the_living_and_prune_forgets_the_dead)
{
    conform_each(token_limit);
}

static void revokes(struct conform *c)
{
    struct store_account a = alice();

    SAY(c, RUN(c, store_account_create, &a), ERR_OK);
    uint64_t id = (uint64_t)put_token(c, '1', "alice", 1000, 9)->r.num;
    SAY(c, put_token(c, '2', "alice", 1000, 9), ERR_OK);
    SAY(c, put_token(c, '3', "alice", 1000, 9), ERR_OK);
    CHECK(c, RUN(c, store_token_revoke, B("bob"), id)->r.num == 0);
    CHECK(c, RUN(c, store_token_revoke, B("alice"), id)->r.num == 1);
    CHECK(c, RUN(c, store_token_revoke, B("alice"), id)->r.num == 0);
    SAY(c, use_token(c, '1', 100), ERR_NOT_FOUND);
    SAY(c, use_token(c, '2', 100), ERR_OK);
    CHECK(c, RUN(c, store_token_revoke, B("alice"), 0)->r.num == 2);
    SAY(c, use_token(c, '2', 100), ERR_NOT_FOUND);
    /* A number is not given again: somebody may still have the old one on his screen. */
    CHECK(c, (uint64_t)put_token(c, '4', "alice", 1000, 9)->r.num > id + 2);
}
Test(store_account, token__is_revoked_alone_and_with_all)
{
    conform_each(revokes);
}
