/* SPDX-License-Identifier: ISC */
/*
 * S3: a disk that takes no more, and a database that somebody else holds. Every op of the batch
 * says ERR_IO, nothing of it stays, and the same calls work once the trouble is over.
 */
#include "store_check.h"

#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "base/log.h"
#include "server/store_sql.h"
#include "support/support.h"

static char dir[64];
static char path[96];
static struct store_file *file;
static struct worker *worker;
static struct store *store;

struct answer {
    size_t calls;
    enum err rc;
    size_t count;
};

static void answered(void *arg, const struct store_result *r)
{
    *(struct answer *)arg = (struct answer){1, r->rc, r->count};
}

static void wait_for(const struct answer *a)
{
    while (a->calls == 0) {
        struct pollfd p = {.fd = worker_fd(worker), .events = POLLIN};
        (void)poll(&p, 1, -1);
        worker_drain(worker);
    }
}

static enum err result(struct answer *a)
{
    enum err rc;

    wait_for(a);
    rc = a->rc;
    *a = (struct answer){0};
    return rc;
}

static void setup(void)
{
    char why[512] = "";

    log_off();
    support_tmpdir(dir, sizeof dir);
    (void)snprintf(path, sizeof path, "%s/relay.db", dir);
    cr_assert_eq(store_file_open(path, &file, why, sizeof why), ERR_OK, "%s", why);
    struct worker_hooks hooks = store_file_hooks(file);
    worker = worker_new("store", 1, 64, &hooks);
    store = store_sqlite_new(file, worker);
}

static void teardown(void)
{
    store_free(store);
    worker_free(worker);
    store_file_close(file);
    support_rmtree(dir);
}

TestSuite(store_fault, .init = setup, .fini = teardown);

/* No file of this process may grow beyond what the journal has now. */
static void disk(bool full)
{
    struct rlimit limit;
    struct stat st = {0};
    char wal[128];

    (void)signal(SIGXFSZ, SIG_IGN);
    cr_assert_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
    (void)snprintf(wal, sizeof wal, "%s-wal", path);
    cr_assert_eq(stat(wal, &st), 0);
    limit.rlim_cur = full ? (rlim_t)st.st_size : limit.rlim_max;
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

Test(store_fault, full_disk__fails_the_batch_and_heals)
{
    struct answer a[4] = {0};

    store_identity_put(store, B("before"), B("x"), answered, &a[0]);
    cr_assert_eq(result(&a[0]), ERR_OK);
    disk(true);
    for (int round = 0; round < 3; round++) {
        store_identity_put(store, B("alice"), check_bytes(200000, 'a'), answered, &a[0]);
        store_identity_get(store, B("alice"), answered, &a[1]);
        store_account_get(store, check_bytes(STORE_NAME_MAX + 1, 'n'), answered, &a[2]);
        store_identity_put(store, B("bob"), check_bytes(200000, 'b'), answered, &a[3]);
        cr_assert_eq(result(&a[0]), ERR_IO);
        /* In the same batch it read what was not kept; in a later one it finds nothing. */
        enum err e = result(&a[1]);
        cr_assert(e == ERR_IO || e == ERR_NOT_FOUND, "%s", err_str(e));
        cr_assert_eq(result(&a[2]), ERR_TOO_BIG);
        cr_assert_eq(result(&a[3]), ERR_IO);
    }
    disk(false);
    store_identity_get(store, B("alice"), answered, &a[0]);
    cr_assert_eq(result(&a[0]), ERR_NOT_FOUND);
    store_identity_get(store, B("before"), answered, &a[0]);
    cr_assert_eq(result(&a[0]), ERR_OK);
    store_identity_put(store, B("alice"), check_bytes(200000, 'a'), answered, &a[0]);
    cr_assert_eq(result(&a[0]), ERR_OK);
    store_identity_get(store, B("alice"), answered, &a[0]);
    cr_assert_eq(result(&a[0]), ERR_OK);
}

Test(store_fault, held__by_another_process_fails_the_batch_and_heals)
{
    struct answer a[2] = {0};
    struct db *other;

    cr_assert_eq(db_open(path, &STORE_SCHEMA, &other, NULL, 0), ERR_OK);
    cr_assert_eq(db_begin(other), ERR_OK);
    store_identity_put(store, B("alice"), B("x"), answered, &a[0]);
    store_barrier(store, answered, &a[1]);
    cr_assert_eq(result(&a[0]), ERR_IO);
    db_rollback(other);
    enum err e = result(&a[1]); /* in the same batch or in the next */
    cr_assert(e == ERR_IO || e == ERR_OK, "%s", err_str(e));
    store_identity_get(store, B("alice"), answered, &a[0]);
    cr_assert_eq(result(&a[0]), ERR_NOT_FOUND);
    store_identity_put(store, B("alice"), B("x"), answered, &a[0]);
    cr_assert_eq(result(&a[0]), ERR_OK);
    db_close(other);
}
