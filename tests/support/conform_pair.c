/* SPDX-License-Identifier: ISC */
#include "support/conform_pair.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "support/bus_lossy.h"
#include "support/support.h"

#define QUEUE     4096
#define PATIENCE  60000 /* ms; only a hang takes as long */
#define TURNS_MAX 100000

struct conform_copy {
    struct conform_copy *next;
    _Alignas(max_align_t) uint8_t data[];
};

static struct conform *owner; /* one pair is open at a time */

static void give_up(const char *what)
{
    (void)fprintf(stderr, "%s: %s\n", owner->name, what);
    abort();
}

/* ---- copies ---- */

static void *copy(const void *p, size_t n)
{
    struct conform_copy *c = mem_alloc(sizeof *c + n);

    c->next = owner->copies;
    owner->copies = c;
    return n != 0 ? memcpy(c->data, p, n) : c->data;
}

static struct bytes copy_bytes(struct bytes b)
{
    return bytes_of(copy(b.p, b.n), b.n);
}

static void copy_entries(struct store_result *r)
{
    struct store_entry *all = copy(r->entries, r->count * sizeof *all);

    for (size_t i = 0; i < r->count; i++) {
        all[i].sender = copy_bytes(all[i].sender);
        all[i].body = copy_bytes(all[i].body);
    }
    r->entries = all;
}

static void copy_nodes(struct store_result *r)
{
    struct store_node *all = copy(r->nodes, r->count * sizeof *all);

    for (size_t i = 0; i < r->count; i++)
        all[i].body = copy_bytes(all[i].body);
    r->nodes = all;
}

static void copy_named(struct store_result *r)
{
    struct store_named *all = copy(r->named, r->named_count * sizeof *all);

    for (size_t i = 0; i < r->named_count; i++) {
        all[i].name = copy_bytes(all[i].name);
        all[i].body = copy_bytes(all[i].body);
    }
    r->named = all;
}

static void copy_accounts(struct store_result *r)
{
    struct store_account *all = copy(r->accounts, r->count * sizeof *all);

    for (size_t i = 0; i < r->count; i++) {
        all[i].name = copy_bytes(all[i].name);
        all[i].verifier = copy_bytes(all[i].verifier);
    }
    r->accounts = all;
}

static void copy_tokens(struct store_result *r)
{
    struct store_token *all = copy(r->tokens, r->count * sizeof *all);

    for (size_t i = 0; i < r->count; i++) {
        all[i].account = copy_bytes(all[i].account);
        all[i].label = copy_bytes(all[i].label);
    }
    r->tokens = all;
}

static void copy_result(struct store_result *r)
{
    r->a = copy_bytes(r->a);
    r->b = copy_bytes(r->b);
    if (r->entries != NULL)
        copy_entries(r);
    if (r->nodes != NULL)
        copy_nodes(r);
    if (r->named != NULL)
        copy_named(r);
    if (r->accounts != NULL)
        copy_accounts(r);
    if (r->tokens != NULL)
        copy_tokens(r);
}

/* ---- asking ---- */

struct got *conform_next(struct conform *c)
{
    struct got *g = copy(&(struct got){.next = c->newest}, sizeof *g);

    c->newest = g;
    c->inside = true;
    return g;
}

void conform_take(void *arg, const struct store_result *r)
{
    struct got *g = arg;

    if (owner->inside)
        give_up("a callback came from inside a call");
    if (g->calls++ != 0)
        give_up("a callback came twice");
    g->r = *r;
    copy_result(&g->r);
    g->order = owner->answered++;
}

void conform_turn(struct conform *c)
{
    loop_turn_begin(&c->loop, c->loop.now_ms + 1, c->loop.wall_ms + 1);
    worker_drain(c->worker);
    loop_turn_end(&c->loop);
}

void conform_until(struct conform *c, const size_t *count, size_t n)
{
    for (int turns = 0; *count < n; turns++) {
        struct pollfd p = {.fd = worker_fd(c->worker), .events = POLLIN};
        if (turns == TURNS_MAX)
            give_up("what was waited for does not come");
        if (worker_waiting(c->worker) != 0 && p.fd >= 0 && poll(&p, 1, PATIENCE) == 0)
            give_up("the worker hangs");
        conform_turn(c);
    }
}

struct got *conform_sent(struct conform *c)
{
    c->inside = false;
    return c->newest;
}

struct got *conform_wait(struct conform *c)
{
    struct got *g = conform_sent(c);

    conform_until(c, &g->calls, 1);
    return g;
}

/* ---- opening ---- */

static void open_store(struct conform *c)
{
    char why[512] = "";

    if (store_file_open(c->path, &c->file, why, sizeof why) != ERR_OK)
        give_up(why);
    struct worker_hooks hooks = store_file_hooks(c->file);
    c->worker = c->threaded ? worker_new("store", 1, QUEUE, &hooks)
                            : worker_new_inline(NULL, NULL, &hooks);
    c->store = store_sqlite_new(c->file, c->worker);
}

static void close_store(struct conform *c)
{
    store_free(c->store);
    worker_free(c->worker);
    store_file_close(c->file);
}

bool conform_reopen(struct conform *c)
{
    if (c->dir[0] == '\0')
        return false;
    close_store(c);
    open_store(c);
    return true;
}

static void open_bus(struct conform *c)
{
    uint64_t seed = 0x5eed;

    c->bus = bus_local_new(&c->loop, QUEUE);
    if (c->lossy)
        c->bus = bus_lossy_new(c->bus, &c->loop, seed, 10);
}

static void open_pair(struct conform *c)
{
    owner = c;
    loop_init(&c->loop, 1000, 1700000000000);
    (void)snprintf(c->path, sizeof c->path, ":memory:");
    if (c->threaded) {
        support_tmpdir(c->dir, sizeof c->dir);
        (void)snprintf(c->path, sizeof c->path, "%s/relay.db", c->dir);
    }
    open_store(c);
    open_bus(c);
}

static void close_pair(struct conform *c)
{
    bus_close(c->bus);
    close_store(c);
    for (const struct got *g = c->newest; g != NULL; g = g->next) {
        if (g->calls != 1)
            give_up("a callback never came");
    }
    while (c->copies != NULL) {
        struct conform_copy *one = c->copies;
        c->copies = one->next;
        mem_free(one);
    }
    loop_fini(&c->loop);
    if (c->dir[0] != '\0')
        support_rmtree(c->dir);
    owner = NULL;
}

void conform_each(void (*test)(struct conform *c))
{
    static const struct conform PAIRS[] = {
        {.name = "sqlite in memory, inline, local bus"},
        {.name = "sqlite in a file, threaded, local bus", .threaded = true},
        {.name = "sqlite in memory, inline, lossy bus", .lossy = true},
        {.name = "sqlite in a file, threaded, lossy bus", .threaded = true, .lossy = true},
    };

    for (size_t i = 0; i < MEM_COUNT(PAIRS); i++) {
        struct conform c = PAIRS[i];
        (void)fprintf(stderr, "with %s\n", c.name);
        open_pair(&c);
        test(&c);
        close_pair(&c);
    }
}
