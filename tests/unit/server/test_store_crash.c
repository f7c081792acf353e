/* SPDX-License-Identifier: ISC */
/*
 * S2: a child writes as fast as it can and says through a pipe what was confirmed; it is killed
 * at a random point. What it said is there, and what is there is whole.
 */
#include "store_check.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "support/support.h"

#define ROUNDS 10

struct life { /* an opened store with its worker */
    struct store_file *file;
    struct worker *worker;
    struct store *store;
};

static struct life life_open(const char *path)
{
    struct life l;
    char why[512] = "";

    cr_assert_eq(store_file_open(path, &l.file, why, sizeof why), ERR_OK, "%s", why);
    struct worker_hooks hooks = store_file_hooks(l.file);
    l.worker = worker_new("store", 1, 256, &hooks);
    l.store = store_sqlite_new(l.file, l.worker);
    return l;
}

static void life_close(struct life *l)
{
    store_free(l->store);
    worker_free(l->worker);
    store_file_close(l->file);
}

/* ---- the child ---- */

static int confirmed; /* the pipe */
static size_t flying;

static void confirm(void *arg, const struct store_result *r)
{
    uint32_t id = (uint32_t)(uintptr_t)arg;

    flying--;
    if (r->rc == ERR_OK && write(confirmed, &id, sizeof id) != sizeof id)
        _exit(3);
}

/* Each id is three writes of different kinds; the last one's confirmation stands for all. */
static void write_one(struct store *s, uint32_t id)
{
    char name[16];
    char body[1500] = "";
    struct store_node n = {id % 64, bytes_of(body, sizeof body)};
    struct store_commit k = check_commit("r", id, 2 * (uint64_t)id + 10, 'x');
    struct store_entry e = check_entry(2 * (uint64_t)id + 11, "alice", "m");
    struct store_account a = {.verifier = B("v"), .created_ms = id};

    (void)snprintf(name, sizeof name, "u%u", id);
    a.name = B(name);
    memset(body, (int)('a' + id % 26), sizeof body);
    memcpy(k.req, &id, sizeof id);
    k.nodes = &n;
    k.node_count = 1;
    k.entry.body = B(name);
    e.body = bytes_of(body, sizeof body);
    store_account_create(s, &a, confirm, NULL);
    store_commit(s, &k, confirm, NULL);
    store_entry_put(s, B("r"), &e, confirm, (void *)(uintptr_t)id);
    flying += 3;
}

static void child(const char *path, uint32_t from)
{
    struct life l = life_open(path);

    for (uint32_t id = from;; id++) {
        write_one(l.store, id);
        do
            worker_drain(l.worker);
        while (flying > 60);
    }
}

/* ---- the parent ---- */

static uint32_t kill_at(pid_t pid, int from, size_t confirmations, unsigned extra_us)
{
    uint32_t id;
    uint32_t newest = 0;
    size_t seen = 0;
    bool killed = false;

    while (read(from, &id, sizeof id) == sizeof id) {
        newest = id > newest ? id : newest;
        if (++seen < confirmations || killed)
            continue;
        /* Anywhere inside a later batch, not just behind a confirmation. */
        (void)clock_nanosleep(
            CLOCK_MONOTONIC, 0, &(struct timespec){0, (long)extra_us * 1000}, NULL);
        (void)kill(pid, SIGKILL);
        killed = true;
    }
    int status;
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    cr_assert(killed && WIFSIGNALED(status), "the child ended by itself: %d", status);
    return newest;
}

struct seen {
    size_t calls;
    enum err rc;
    uint64_t newest; /* of the log */
    size_t entries;
    uint64_t epoch;
    bool more;
};

static void see(void *arg, const struct store_result *r)
{
    struct seen *s = arg;

    s->calls++;
    s->rc = r->rc;
    s->epoch = (uint64_t)r->num;
    s->more = r->more;
    for (size_t i = 0; i < r->count && r->entries != NULL; i++) {
        cr_assert_gt(r->entries[i].seq, s->newest);
        s->newest = r->entries[i].seq;
        s->entries++;
    }
}

static void wait_for(struct life *l, const struct seen *s, size_t calls)
{
    while (s->calls < calls)
        worker_drain(l->worker);
}

static struct seen read_log(struct life *l)
{
    struct seen s = {.newest = 0, .more = true};

    while (s.more) {
        size_t calls = s.calls;
        store_entries(l->store, B("r"), s.newest, 1 << 20, see, &s);
        wait_for(l, &s, calls + 1);
        cr_assert_eq(s.rc, ERR_OK);
    }
    return s;
}

/* Everything up to the newest confirmed one, in order, nothing half. Gives the next id. */
static uint32_t check_after(const char *path, uint32_t newest)
{
    struct life l = life_open(path);
    struct seen log = read_log(&l);
    struct seen group = {0};

    store_group(l.store, B("r"), see, &group);
    wait_for(&l, &group, 1);
    uint32_t last = (uint32_t)(group.epoch - 1); /* the last id whose commit is there */
    cr_assert_geq(last, newest);
    cr_assert(log.newest >= 2 * (uint64_t)newest + (newest != 0 ? 11 : 0));
    /* The founding, a commit for each id, an entry for each but maybe the last. */
    cr_assert(log.entries == 1 + 2 * (size_t)last || log.entries == 2 * (size_t)last);
    for (uint32_t id = 1; id <= last; id++) {
        char name[16];
        struct seen account = {0};
        (void)snprintf(name, sizeof name, "u%u", id);
        store_account_get(l.store, B(name), see, &account);
        wait_for(&l, &account, 1);
        cr_assert_eq(account.rc, ERR_OK, "%s is lost", name);
    }
    /* The last one may lack its entry: a relay repeats what was not confirmed. */
    struct seen again = {0};
    if (last != 0) {
        write_one(l.store, last);
        store_barrier(l.store, see, &again);
        wait_for(&l, &again, 1);
    }
    life_close(&l);
    return last + 1;
}

static void found(const char *path)
{
    struct life l = life_open(path);
    struct store_room r = {.key = B("r")};
    struct store_commit k = check_commit("r", 1, 1, '0');
    struct seen s = {0};

    k.create = true;
    store_room_create(l.store, &r, see, &s);
    store_commit(l.store, &k, see, &s);
    wait_for(&l, &s, 2);
    cr_assert_eq(s.rc, ERR_OK);
    life_close(&l);
}

Test(store_crash, killed__while_writing_loses_nothing_confirmed)
{
    char dir[64];
    char path[96];
    unsigned seed = (unsigned)time(NULL) ^ (unsigned)getpid();
    uint32_t next = 1;

    (void)fprintf(stderr, "seed %u\n", seed);
    support_tmpdir(dir, sizeof dir);
    (void)snprintf(path, sizeof path, "%s/relay.db", dir);
    found(path);
    confirmed = open("/dev/null", O_WRONLY | O_CLOEXEC);
    for (int round = 0; round < ROUNDS; round++) {
        int ends[2];
        cr_assert_eq(pipe(ends), 0);
        pid_t pid = fork();
        cr_assert_geq(pid, 0);
        if (pid == 0) {
            (void)close(ends[0]);
            confirmed = ends[1];
            child(path, next);
        }
        (void)close(ends[1]);
        size_t confirmations = 1 + (size_t)rand_r(&seed) % 200;
        uint32_t newest = kill_at(pid, ends[0], confirmations, (unsigned)rand_r(&seed) % 5000);
        (void)close(ends[0]);
        next = check_after(path, newest);
    }
    (void)fprintf(stderr, "%u ids in %d rounds\n", next - 1, ROUNDS);
    (void)close(confirmed);
    support_rmtree(dir);
}
