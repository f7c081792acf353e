/* SPDX-License-Identifier: ISC */
/* S1, the copying of inputs, limits, and a worker that is full. */
#include "store_check.h"

#include <poll.h>

#include "support/support.h"

static void in_order(struct conform *c)
{
    enum { N = 200 };
    struct got *g[N];
    size_t at = c->answered;

    for (int i = 0; i < N; i++) {
        switch (i % 4) { /* reads, writes, refusals and failures keep their places alike */
        case 0:
            g[i] = SEND(c, store_account_get, B("nobody"));
            break;
        case 1:
            g[i] = SEND(c, store_identity_put, B("alice"), B("x"));
            break;
        case 2:
            g[i] = SEND(c, store_account_get, check_bytes(STORE_NAME_MAX + 1, 'n'));
            break;
        default:
            g[i] = SEND(c, store_room_remove, B("none"));
        }
    }
    CHECK(c, c->answered == at); /* nothing came from inside a call */
    (void)conform_wait(c);
    for (size_t i = 0; i < N; i++)
        CHECK(c, g[i]->calls == 1 && g[i]->order == at + i);
}
Test(store_order, callbacks__come_once_in_order)
{
    conform_each(in_order);
}

static void copies(struct conform *c)
{
    char key[] = "r";
    char name[] = "bob";
    char body[] = "body";
    char info[] = "info";
    char sender[] = "alice";
    struct store_node n = {3, B(body)};
    struct bytes removed = B(name);
    struct store_named w = {.name = B(name), .body = B(body)};
    struct store_commit k = check_commit(key, 1, 11, '1');

    check_account(c, name);
    check_group(c, key, 10);
    k.info = B(info);
    k.entry.sender = B(sender);
    k.entry.body = B(body);
    k.nodes = &n;
    k.node_count = 1;
    k.removed = &removed;
    k.removed_count = 1;
    k.welcomes = &w;
    k.welcome_count = 1;
    (void)SEND(c, store_commit, &k);
    memset(key, 'z', sizeof key - 1);
    memset(name, 'z', sizeof name - 1);
    memset(body, 'z', sizeof body - 1);
    memset(info, 'z', sizeof info - 1);
    memset(sender, 'z', sizeof sender - 1);
    n = (struct store_node){0};
    removed = (struct bytes){0};
    w = (struct store_named){0};
    memset(&k, 0, sizeof k);
    SAY(c, conform_wait(c), ERR_OK);
    struct got *g = RUN(c, store_group, B("r"));
    TEXT(c, g->r.a, "info");
    CHECK(c, g->r.count == 1 && g->r.nodes[0].index == 3);
    TEXT(c, g->r.nodes[0].body, "body");
    TEXT(c, RUN(c, store_welcomes, B("bob"))->r.named[0].body, "body");
    TEXT(c, RUN(c, store_entries, B("r"), 10, 100)->r.entries[0].sender, "alice");
}
Test(store_order, inputs__are_copied_before_the_call_returns)
{
    conform_each(copies);
}

static void limits(struct conform *c)
{
    struct store_room r = {.key = check_bytes(STORE_KEY_MAX, 'k')};
    struct store_entry e = check_entry(1, "a", "b");

    SAY(c, RUN(c, store_room_create, &r), ERR_OK);
    SAY(c, RUN(c, store_entry_put, check_bytes(STORE_KEY_MAX, 'k'), &e), ERR_OK);
    r.key = check_bytes(STORE_KEY_MAX + 1, 'k');
    SAY(c, RUN(c, store_room_create, &r), ERR_TOO_BIG);
    r.key = B("");
    SAY(c, RUN(c, store_room_create, &r), ERR_FORMAT);
    SAY(c, RUN(c, store_identity_put, check_bytes(STORE_NAME_MAX, 'n'), B("x")), ERR_OK);
    SAY(c, RUN(c, store_identity_get, check_bytes(STORE_NAME_MAX + 1, 'n')), ERR_TOO_BIG);
    SAY(c, RUN(c, store_identity_get, B("")), ERR_FORMAT);
    check_room(c, "r");
    e.seq = 2;
    e.body = check_bytes(STORE_BODY_MAX, 'b');
    SAY(c, RUN(c, store_entry_put, B("r"), &e), ERR_OK);
    struct got *g = RUN(c, store_entries, B("r"), 0, 1);
    CHECK(c, g->r.count == 1 && g->r.entries[0].body.n == STORE_BODY_MAX);
    e.seq = 3;
    e.body = check_bytes(STORE_BODY_MAX + 1, 'b');
    SAY(c, RUN(c, store_entry_put, B("r"), &e), ERR_TOO_BIG);
    e = check_entry((uint64_t)INT64_MAX + 1, "a", "b");
    SAY(c, RUN(c, store_entry_put, B("r"), &e), ERR_TOO_BIG);
    e = check_entry(INT64_MAX, "a", "b");
    SAY(c, RUN(c, store_entry_put, B("r"), &e), ERR_OK);
    struct store_account a = {
        .name = B("a"), .verifier = check_bytes(STORE_SMALL_MAX + 1, 'v')};
    SAY(c, RUN(c, store_account_create, &a), ERR_TOO_BIG);
}
Test(store_order, limits__are_kept)
{
    conform_each(limits);
}

static void list_limits(struct conform *c)
{
    struct store_package p[] = {{.suite = 1, .body = B("fine")}, {.suite = 1}};
    struct store_commit k = check_commit("r", 1, 11, '1');
    struct store_named w = {.name = check_bytes(STORE_NAME_MAX + 1, 'n')};
    struct bytes removed = B("");

    SAY(c, RUN(c, store_package_put, B("a"), p, 2, 9), ERR_FORMAT);
    CHECK(c, RUN(c, store_package_count, B("a"), 1)->r.num == 0);
    check_group(c, "r", 10);
    k.welcomes = &w;
    k.welcome_count = 1;
    SAY(c, RUN(c, store_commit, &k), ERR_TOO_BIG);
    k.welcome_count = 0;
    k.removed = &removed;
    k.removed_count = 1;
    SAY(c, RUN(c, store_commit, &k), ERR_FORMAT);
    k.removed_count = 0;
    k.entry.epoch = UINT64_MAX;
    SAY(c, RUN(c, store_commit, &k), ERR_TOO_BIG);
    CHECK(c, RUN(c, store_group, B("r"))->r.num == 1);
}
Test(store_order, limits__inside_lists)
{
    conform_each(list_limits);
}

static void identity(struct conform *c)
{
    uint8_t id[16];
    uint8_t zero[16] = {0};
    uint32_t generation = store_generation(c->store);

    memcpy(id, store_relay_id(c->store), sizeof id);
    CHECK(c, memcmp(id, zero, sizeof id) != 0);
    CHECK(c, generation == 1);
    for (uint32_t i = 2; i < 5 && conform_reopen(c); i++) {
        CHECK(c, memcmp(id, store_relay_id(c->store), sizeof id) == 0);
        CHECK(c, store_generation(c->store) == i);
    }
}
Test(store_order, relay__keeps_its_id_and_counts_its_lives)
{
    conform_each(identity);
}

/* ---- a worker that is full ---- */

struct small { /* a store whose worker takes three jobs */
    struct store_file *file;
    struct worker *worker;
    struct store *store;
};

static struct small small_open(void)
{
    struct small s;

    cr_assert_eq(store_file_open(":memory:", &s.file, NULL, 0), ERR_OK);
    struct worker_hooks hooks = store_file_hooks(s.file);
    s.worker = worker_new("small", 1, 3, &hooks);
    s.store = store_sqlite_new(s.file, s.worker);
    return s;
}

static void small_drain(struct small *s)
{
    while (worker_waiting(s->worker) != 0) {
        struct pollfd p = {.fd = worker_fd(s->worker), .events = POLLIN};
        (void)poll(&p, 1, -1);
        worker_drain(s->worker);
    }
}

struct answers {
    enum err rc[64];
    int tag[64];
    size_t count;
    struct store *store; /* to call from inside a callback, once */
};
struct asked {
    struct answers *to;
    int tag;
};

static void answered(void *arg, const struct store_result *r)
{
    struct asked *q = arg;
    struct answers *to = q->to;
    static struct asked nested;

    to->tag[to->count] = q->tag;
    to->rc[to->count++] = r->rc;
    if (to->store == NULL)
        return;
    nested = (struct asked){to, 100};
    struct store *s = to->store;
    to->store = NULL;
    size_t before = to->count;
    store_barrier(s, answered, &nested);
    cr_assert_eq(to->count, before);
}

Test(store_order, full__says_busy_later_in_its_place)
{
    struct small s = small_open();
    struct answers to = {.count = 0};
    struct asked q[10];

    for (int i = 0; i < 10; i++) {
        q[i] = (struct asked){&to, i};
        store_identity_put(s.store, B("alice"), B("x"), answered, &q[i]);
    }
    cr_assert_eq(to.count, 0);
    to.store = s.store; /* the first callback calls again, while the worker is full or not */
    small_drain(&s);
    cr_assert_eq(to.count, 11);
    int nested = 0;
    int last = -1;
    for (size_t i = 0; i < to.count; i++) {
        nested += to.tag[i] == 100;
        if (to.tag[i] == 100)
            continue;
        cr_assert_eq(to.tag[i], last + 1);
        last = to.tag[i];
        cr_assert_eq(to.rc[i], last < 3 ? ERR_OK : ERR_BUSY, "number %d", last);
    }
    cr_assert_eq(nested, 1);
    store_barrier(s.store, answered, &q[0]); /* there is room again */
    small_drain(&s);
    cr_assert_eq(to.rc[11], ERR_OK);
    store_free(s.store);
    worker_free(s.worker);
    store_file_close(s.file);
}

static void ask_six(struct small *s, struct answers *to, struct asked q[6])
{
    for (int i = 0; i < 6; i++) {
        q[i] = (struct asked){to, i};
        store_identity_put(s->store, B("alice"), B("x"), answered, &q[i]);
    }
}

Test(store_order, closed__says_so_when_called_from_the_last_drain)
{
    struct small s = small_open();
    struct answers to = {.store = s.store};
    struct asked q[6];

    ask_six(&s, &to, q);
    worker_free(s.worker);
    cr_assert_eq(to.count, 7);
    for (size_t i = 0; i < to.count; i++) {
        if (to.tag[i] == 100)
            cr_assert(to.rc[i] == ERR_CLOSED || to.rc[i] == ERR_BUSY);
    }
    store_free(s.store);
    store_file_close(s.file);
}

Test(store_order, free__with_answers_outstanding_still_gives_them)
{
    struct small s = small_open();
    struct answers to = {.count = 0};
    struct asked q[6];

    ask_six(&s, &to, q);
    store_free(s.store);
    worker_free(s.worker);
    cr_assert_eq(to.count, 6);
    store_file_close(s.file);
}
