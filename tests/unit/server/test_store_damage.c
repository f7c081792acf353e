/* SPDX-License-Identifier: ISC */
/* Files that are not to be opened: refused with a sentence, and left as they were. */
#include "store_check.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/db.h"
#include "base/file.h"
#include "base/mem.h"
#include "support/support.h"

static char dir[64];
static char path[96];

static void setup(void)
{
    support_tmpdir(dir, sizeof dir);
    (void)snprintf(path, sizeof path, "%s/relay.db", dir);
}

static void teardown(void)
{
    support_rmtree(dir);
}

TestSuite(store_damage, .init = setup, .fini = teardown);

static struct buf slurp(void)
{
    struct buf b;

    buf_init(&b, 64u << 20);
    cr_assert_eq(file_read(path, &b), ERR_OK);
    return b;
}

static void spill(struct bytes data)
{
    char wal[128];

    (void)snprintf(wal, sizeof wal, "%s-wal", path);
    (void)unlink(wal);
    cr_assert_eq(file_write_atomic(path, data, 0600), ERR_OK);
}

static void count(void *arg, const struct store_result *r)
{
    *(size_t *)arg += r->rc == ERR_OK;
}

static void make(void)
{
    struct store_file *f;

    cr_assert_eq(store_file_open(path, &f, NULL, 0), ERR_OK);
    struct worker_hooks hooks = store_file_hooks(f);
    struct worker *w = worker_new_inline(NULL, NULL, &hooks);
    struct store *s = store_sqlite_new(f, w);
    size_t stored = 0;
    for (int i = 0; i < 200; i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "user%d", i);
        store_identity_put(s, B(name), check_bytes(500, 'k'), count, &stored);
    }
    worker_drain(w);
    cr_assert_eq(stored, 200);
    store_free(s);
    worker_free(w);
    store_file_close(f);
}

/* Refused with these words, and not touched. */
static void refused(enum err want, const char *words)
{
    struct buf before = slurp();
    struct store_file *f = (struct store_file *)&before;
    char why[512] = "";
    enum err e = store_file_open(path, &f, why, sizeof why);

    cr_assert_eq(e, want, "%s: %s", err_str(e), why);
    cr_assert_null(f);
    cr_assert_not_null(strstr(why, words), "%s", why);
    cr_assert_not_null(strstr(why, path), "%s", why);
    struct buf after = slurp();
    cr_assert(bytes_eq(buf_view(&before), buf_view(&after)));
    buf_free(&before);
    buf_free(&after);
}

Test(store_damage, open__refuses_another_program)
{
    static const char *const STEPS[] = {"CREATE TABLE t (a INTEGER) STRICT;"};
    struct db_schema foreign = {.application_id = 0x11223344, .steps = STEPS, .count = 1};
    struct db *d;

    cr_assert_eq(db_open(path, &foreign, &d, NULL, 0), ERR_OK);
    db_close(d);
    refused(ERR_CORRUPT, "another program");
}

Test(store_damage, open__refuses_a_newer_version)
{
    struct buf b;

    make();
    b = slurp();
    cr_assert_eq(b.p[63], 2); /* user_version */
    b.p[63]++;
    spill(buf_view(&b));
    buf_free(&b);
    refused(ERR_VERSION, "newer");
}

Test(store_damage, open__refuses_what_is_cut_short)
{
    struct buf b;

    make();
    b = slurp();
    size_t whole = b.n;
    for (size_t n = 0; n < whole; n += n < 128 ? 1 : n < 8192 ? 997 : 4096) {
        spill(bytes_of(b.p, n));
        refused(ERR_CORRUPT, "restore a backup");
    }
    spill(buf_view(&b));
    struct store_file *f;
    cr_assert_eq(store_file_open(path, &f, NULL, 0), ERR_OK); /* the control */
    store_file_close(f);
    buf_free(&b);
}

/* A flipped bit in a body cannot be seen; one in the structure must never crash, and is
 * mostly refused. Whatever is refused is left alone. */
Test(store_damage, open__survives_every_flipped_byte_of_the_structure)
{
    struct buf b;
    size_t refusals = 0;
    size_t tries = 0;

    make();
    b = slurp();
    for (size_t page = 0; page < b.n; page += 4096) {
        for (size_t at = page; at < page + 16; at++) {
            struct store_file *f = NULL;
            char why[512] = "";
            b.p[at] ^= 0xff;
            spill(buf_view(&b));
            enum err e = store_file_open(path, &f, why, sizeof why);
            tries++;
            refusals += e != ERR_OK;
            cr_assert((e == ERR_OK) == (f != NULL));
            cr_assert((e == ERR_OK) || strlen(why) > strlen(path));
            store_file_close(f);
            if (e != ERR_OK) {
                struct buf after = slurp();
                cr_assert(bytes_eq(buf_view(&b), buf_view(&after)), "byte %zu", at);
                buf_free(&after);
            }
            b.p[at] ^= 0xff;
        }
    }
    cr_assert_gt(refusals, tries / 2);
    buf_free(&b);
}

Test(store_damage, open__refuses_a_file_that_others_may_read)
{
    make();
    cr_assert_eq(chmod(path, 0644), 0);
    refused(ERR_PERM, "0600");
}

Test(store_damage, open__makes_no_folder)
{
    struct store_file *f;
    char why[512] = "";

    (void)snprintf(path, sizeof path, "%s/none/relay.db", dir);
    cr_assert_eq(store_file_open(path, &f, why, sizeof why), ERR_NOT_FOUND);
    cr_assert_null(f);
    cr_assert_neq(why[0], '\0');
}
