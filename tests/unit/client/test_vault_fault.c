/* SPDX-License-Identifier: ISC */
/*
 * A disk that takes no more: what fails is told once, kept, and written when somebody asks
 * again; nothing overtakes it, nothing of it is there by halves.
 */
#include "vault_kit.h"

#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "client/vault_impl.h"

TestSuite(vault_fault, .init = kit_init, .fini = kit_fini);

static size_t wal_size(void)
{
    struct stat st;

    return stat(kit_path("vault.db-wal"), &st) == 0 ? (size_t)st.st_size : 0;
}

/* No file of this process grows beyond so many bytes; 0: as it was. */
static void disk_ends_at(size_t bytes)
{
    struct rlimit limit;

    (void)signal(SIGXFSZ, SIG_IGN);
    cr_assert_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes != 0 ? bytes : limit.rlim_max;
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void put_large(const char *key, char fill)
{
    static char value[50000];

    memset(value, fill, sizeof value);
    vault_put(kit.v, VAULT_GROUP, B(key), 0, bytes_of(value, sizeof value));
}

static void say(const char *text)
{
    struct history_row row = kit_said(text);

    (void)history_add(kit.v, B("room"), &row);
}

static void put_small(const char *value)
{
    vault_put(kit.v, VAULT_DRAFT, B("small"), 0, B(value));
}

Test(vault_fault, full_disk__keeps_the_batch_and_those_behind_it)
{
    kit_open();
    put_small("before");
    kit_land();
    disk_ends_at(wal_size());
    put_large("big", 'a');
    put_small("with it");
    say("one");
    kit_land();
    cr_assert_eq(kit.failed, 1);
    cr_assert_not_null(strstr(kit.why, "disk"), "%s", kit.why);
    cr_assert_eq(vault_durable(kit.v), 1);
    put_small("behind it");
    kit_land();
    put_small("behind that");
    say("two");
    kit_land();
    cr_assert_eq(kit.failed, 1, "once for a failure");
    cr_assert_eq(vault_ticket(kit.v), 4);
    cr_assert_eq(vault_durable(kit.v), 1);
    vault_retry(kit.v);
    kit_land();
    cr_assert_eq(kit.failed, 2);
    cr_assert_eq(vault_durable(kit.v), 1);
    disk_ends_at(0);
    vault_retry(kit.v);
    kit_land();
    cr_assert_eq(kit.failed, 2);
    cr_assert_eq(vault_durable(kit.v), 4);
    vault_retry(kit.v);
    cr_assert_not(kit.v->busy, "nothing is left to try again");
    cr_assert_str_eq(kit_page("room"), "2:two 1:one ");
    kit_reopen();
    KIT_ROWS(VAULT_DRAFT, "small/0=behind that ");
}

Test(vault_fault, full_disk__with_a_thread)
{
    kit_open_thread();
    put_small("before");
    kit_land();
    disk_ends_at(wal_size());
    put_large("big", 'a');
    kit_land();
    cr_assert_eq(kit.failed, 1);
    for (int i = 0; i < 20; i++) {
        put_small("behind it");
        vault_commit(kit.v);
        vault_retry(kit.v); /* also while one is on its way */
        vault_drain(kit.v);
    }
    kit_land();
    cr_assert_eq(vault_durable(kit.v), 1);
    disk_ends_at(0);
    vault_retry(kit.v);
    kit_land();
    cr_assert_eq(vault_durable(kit.v), vault_ticket(kit.v));
    cr_assert_eq(vault_durable(kit.v), 22);
    kit_reopen();
    KIT_ROWS(VAULT_DRAFT, "small/0=behind it ");
}

Test(vault_fault, full_disk__anywhere_in_a_batch_leaves_all_or_nothing)
{
    enum err e;

    for (size_t room = 0;; room += 3000) {
        kit_open();
        vault_del(kit.v, VAULT_GROUP, B("big"), 0);
        put_small("before");
        history_forget(kit.v, B("room"));
        kit_land();
        kit.failed = 0;
        disk_ends_at(wal_size() + room);
        put_small("after");
        say("one");
        put_large("big", 'b');
        kit_land();
        size_t failed = kit.failed;
        disk_ends_at(0);
        cr_assert_str_eq(kit_page("room"), failed != 0 ? "" : "1:one ");
        struct db *d = kit.v->file->db; /* without a thread it may be looked into */
        cr_assert_eq(kit_number(d, "SELECT COUNT(*) FROM row"), failed != 0 ? 1 : 2);
        vault_retry(kit.v);
        kit_land();
        cr_assert_eq(vault_durable(kit.v), vault_ticket(kit.v));
        cr_assert_str_eq(kit_page("room"), "1:one ");
        kit_reopen();
        (void)kit_rows(VAULT_GROUP, &e);
        cr_assert_eq(e, ERR_OK);
        KIT_ROWS(VAULT_DRAFT, "small/0=after ");
        kit_close();
        if (failed == 0) {
            cr_assert_gt(room, 9000, "it never failed in the middle");
            break;
        }
    }
}

Test(vault_fault, full_database__is_told_as_a_full_disk)
{
    kit_open();
    put_small("before");
    kit_land();
    cr_assert_eq(db_exec(kit.v->file->db, "PRAGMA max_page_count=20"), ERR_OK);
    for (int i = 0; i < 3 && kit.failed == 0; i++) {
        put_large((const char[]){(char)('a' + i), '\0'}, 'a');
        kit_land();
    }
    cr_assert_eq(kit.failed, 1);
    cr_assert_not_null(strstr(kit.why, "the disk is full"), "%s", kit.why);
    cr_assert_eq(db_exec(kit.v->file->db, "PRAGMA max_page_count=100000"), ERR_OK);
    vault_retry(kit.v);
    kit_land();
    cr_assert_eq(vault_durable(kit.v), vault_ticket(kit.v));
}

Test(vault_fault, locked_file__is_told_and_tried_again)
{
    kit_open();
    struct db *other = kit_db();
    cr_assert_eq(db_begin(other), ERR_OK);
    cr_assert_eq(db_exec(kit.v->file->db, "PRAGMA busy_timeout=0"), ERR_OK);
    put_small("x");
    kit_land();
    cr_assert_eq(kit.failed, 1);
    cr_assert_not_null(strstr(kit.why, "another program"), "%s", kit.why);
    db_rollback(other);
    db_close(other);
    vault_retry(kit.v);
    kit_land();
    cr_assert_eq(vault_durable(kit.v), 1);
}

Test(vault_fault, row__that_is_too_large_fails_loudly_and_stays)
{
    static uint8_t huge[DB_MAX_BYTES];

    kit_open();
    vault_put(kit.v, VAULT_DRAFT, B("k"), 0, bytes_of(huge, sizeof huge));
    kit_land();
    cr_assert_eq(kit.failed, 1);
    cr_assert_not_null(strstr(kit.why, "larger than a vault takes"), "%s", kit.why);
    cr_assert_eq(vault_durable(kit.v), 0);
}

static void watch_done(void *arg, enum err e, bool more)
{
    (void)more;
    cr_assert_eq(e, ERR_OK);
    ++*(size_t *)arg;
}

static void watch_row(void *arg, struct bytes convo, const struct history_row *row)
{
    (void)convo;
    (void)row;
    *(size_t *)arg += 100;
}

Test(vault_fault, read__goes_on_while_a_batch_waits)
{
    const struct history_query q = {.convo = B("room"), .limit = 10};
    size_t before = 0;
    size_t during = 0;

    kit_open();
    say("one");
    kit_land();
    disk_ends_at(wal_size());
    put_large("big", 'a');
    say("two");
    vault_commit(kit.v);
    put_large("big", 'b');
    vault_commit(kit.v);
    (void)history_read(kit.v, &q, watch_row, watch_done, &before);
    vault_drain(kit.v);
    vault_drain(kit.v);
    cr_assert_eq(kit.failed, 1);
    cr_assert_eq(before, 101, "what waits is not seen, what is there is");
    (void)history_read(kit.v, &q, watch_row, watch_done, &during);
    vault_drain(kit.v);
    cr_assert_eq(during, 101);
    disk_ends_at(0);
    vault_retry(kit.v);
    kit_land();
    cr_assert_str_eq(kit_page("room"), "2:two 1:one ");
}

Test(vault_fault, close__tries_again_and_says_what_is_lost)
{
    kit_open();
    put_small("before");
    kit_land();
    disk_ends_at(wal_size());
    put_large("big", 'a');
    kit_land();
    put_small("after");
    disk_ends_at(0);
    kit_close();
    kit_open();
    KIT_ROWS(VAULT_DRAFT, "small/0=after ");

    put_small("now");
    kit_land();
    disk_ends_at(wal_size());
    put_large("big", 'b');
    put_small("lost");
    int ends[2];
    char said[1024] = "";
    cr_assert_eq(pipe(ends), 0);
    log_to_fd(ends[1]);
    kit_close();
    log_off();
    disk_ends_at(0);
    cr_assert_gt(read(ends[0], said, sizeof said - 1), 0);
    cr_assert_not_null(strstr(said, "2 changes could not be written and are lost"), "%s", said);
    kit_open();
    KIT_ROWS(VAULT_DRAFT, "small/0=now ");
}
