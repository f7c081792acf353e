/* SPDX-License-Identifier: ISC */
/* Rows, tickets and batches, without a thread where the order of things matters. */
#include "vault_kit.h"

#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"

TestSuite(vault, .init = kit_init, .fini = kit_fini);

#define PUT(space, key, sub, value) vault_put(kit.v, space, B(key), sub, B(value))

Test(vault, put__is_there_after_the_next_opening)
{
    kit_open();
    KIT_ROWS(VAULT_SETTING, "");
    PUT(VAULT_SETTING, "colour", 0, "green");
    PUT(VAULT_TOKEN, "colour", 0, "secret");
    kit_land();
    kit_reopen();
    KIT_ROWS(VAULT_SETTING, "colour/0=green ");
    KIT_ROWS(VAULT_TOKEN, "colour/0=secret ");
    KIT_ROWS(VAULT_DRAFT, "");
}

Test(vault, put__of_the_same_place_replaces_in_order)
{
    kit_open();
    PUT(VAULT_SETTING, "a", 0, "1");
    PUT(VAULT_SETTING, "a", 0, "2");
    vault_del(kit.v, VAULT_SETTING, B("b"), 0);
    PUT(VAULT_SETTING, "b", 0, "3");
    PUT(VAULT_SETTING, "c", 0, "4");
    vault_del(kit.v, VAULT_SETTING, B("c"), 0);
    kit_land();
    PUT(VAULT_SETTING, "a", 0, "5");
    kit_land();
    kit_reopen();
    enum err e;
    const char *rows = kit_rows(VAULT_SETTING, &e);
    cr_assert_eq(e, ERR_OK);
    cr_assert(
        strcmp(rows, "a/0=5 b/0=3 ") == 0 || strcmp(rows, "b/0=3 a/0=5 ") == 0, "%s", rows);
}

Test(vault, each__gives_the_subs_of_a_key_together)
{
    kit_open();
    for (uint32_t sub = 0; sub < 3; sub++) {
        PUT(VAULT_GROUP, "x", sub, "v");
        PUT(VAULT_GROUP, "y", sub == 2 ? UINT32_MAX : sub, "w");
    }
    kit_land();
    kit_reopen();
    enum err e;
    const char *rows = kit_rows(VAULT_GROUP, &e);
    cr_assert_not_null(strstr(rows, "x/0=v x/1=v x/2=v "), "%s", rows);
    cr_assert_not_null(strstr(rows, "y/0=w y/1=w y/4294967295=w "), "%s", rows);
    vault_del_all(kit.v, VAULT_GROUP, B("y"));
    vault_del(kit.v, VAULT_GROUP, B("x"), 1);
    kit_land();
    kit_reopen();
    KIT_ROWS(VAULT_GROUP, "x/0=v x/2=v ");
}

Test(vault, put__takes_empty_keys_and_values_and_any_bytes)
{
    static uint8_t large[300000];

    kit_open();
    PUT(VAULT_DRAFT, "", 7, "");
    kit_land();
    kit_reopen();
    KIT_ROWS(VAULT_DRAFT, "/7= ");
    memset(large, 'x', sizeof large);
    vault_put(kit.v, VAULT_IDENTITY, bytes_of("\0\xff", 2), 1, bytes_of(large, sizeof large));
    kit_land();
    struct db *d = (kit_close(), kit_db());
    cr_assert_eq(kit_number(d, "SELECT COUNT(*) FROM row"), 2);
    cr_assert_gt(kit_number(d, "SELECT MAX(length(sealed)) FROM row"), 300000);
    db_close(d);
}

static enum err stop_at_once(void *arg, struct bytes key, uint32_t sub, struct bytes value)
{
    (void)key;
    (void)sub;
    (void)value;
    ++*(int *)arg;
    return *(int *)arg == 1 ? ERR_CORRUPT : ERR_OK;
}

Test(vault, each__ends_with_the_error_of_the_callback)
{
    int calls = 0;

    kit_open();
    PUT(VAULT_DRAFT, "a", 0, "1");
    PUT(VAULT_DRAFT, "b", 0, "1");
    kit_land();
    kit_reopen();
    cr_assert_eq(vault_each(kit.v, VAULT_DRAFT, stop_at_once, &calls), ERR_CORRUPT);
    cr_assert_eq(calls, 1);
    KIT_ROWS(VAULT_TOKEN, "");
}

Test(vault, each__is_refused_once_the_file_is_the_threads)
{
    enum err e;

    kit_open();
    PUT(VAULT_DRAFT, "a", 0, "1");
    KIT_ROWS(VAULT_DRAFT, "");
    vault_commit(kit.v);
    (void)kit_rows(VAULT_DRAFT, &e);
    cr_assert_eq(e, ERR_STATE);
}

Test(vault, commit__with_nothing_put_does_nothing)
{
    kit_open();
    cr_assert_eq(vault_ticket(kit.v), 0);
    vault_commit(kit.v);
    cr_assert_eq(vault_ticket(kit.v), 0);
    cr_assert_eq(vault_durable(kit.v), 0);
    vault_drain(kit.v);
    cr_assert_eq(kit.landed, 0);
    KIT_ROWS(VAULT_DRAFT, "");
}

Test(vault, ticket__is_the_batch_that_what_was_put_belongs_to)
{
    kit_open();
    PUT(VAULT_DRAFT, "a", 0, "1");
    cr_assert_eq(vault_ticket(kit.v), 1);
    vault_commit(kit.v);
    cr_assert_eq(vault_ticket(kit.v), 1);
    cr_assert_eq(vault_durable(kit.v), 0, "nothing counts before it is told");
    PUT(VAULT_DRAFT, "b", 0, "1");
    cr_assert_eq(vault_ticket(kit.v), 2);
    vault_commit(kit.v);
    PUT(VAULT_DRAFT, "c", 0, "1");
    vault_commit(kit.v);
    PUT(VAULT_DRAFT, "d", 0, "1");
    cr_assert_eq(vault_ticket(kit.v), 4);
    vault_drain(kit.v);
    cr_assert_eq(vault_durable(kit.v), 1);
    cr_assert_eq(kit.landed, 1);
    vault_drain(kit.v);
    cr_assert_eq(vault_durable(kit.v), 3, "two batches waited and went together");
    cr_assert_eq(kit.landed, 2);
    cr_assert_eq(vault_ticket(kit.v), 4);
}

Test(vault, close__writes_what_was_only_put)
{
    kit_open_thread();
    PUT(VAULT_DRAFT, "a", 0, "1");
    vault_commit(kit.v);
    PUT(VAULT_DRAFT, "a", 1, "2");
    vault_commit(kit.v);
    PUT(VAULT_DRAFT, "a", 2, "3");
    kit_close();
    cr_assert_eq(kit.landed, 0, "nobody is called by the end");
    kit_open();
    KIT_ROWS(VAULT_DRAFT, "a/0=1 a/1=2 a/2=3 ");
    vault_close(NULL);
}

Test(vault, thread__wakes_the_loop_and_keeps_the_order)
{
    char value[16];

    kit_open_thread();
    cr_assert_geq(vault_fd(kit.v), 0);
    for (int i = 0; i < 500; i++) {
        (void)snprintf(value, sizeof value, "%d", i);
        PUT(VAULT_DRAFT, "a", 0, value);
        vault_commit(kit.v);
        vault_drain(kit.v);
    }
    uint64_t last = vault_ticket(kit.v);
    cr_assert_eq(last, 500);
    kit_land();
    cr_assert_eq(vault_durable(kit.v), last);
    kit_reopen();
    KIT_ROWS(VAULT_DRAFT, "a/0=499 ");
}

Test(vault, in_memory__works_the_same_and_is_gone)
{
    struct vault_setup s = kit_setup(false);

    s.dir = NULL;
    s.key = NULL;
    cr_assert_eq(vault_open(&s, &kit.v, kit.why, sizeof kit.why), ERR_OK);
    cr_assert_not(vault_lasts(kit.v));
    cr_assert_eq(vault_fd(kit.v), -1);
    PUT(VAULT_DRAFT, "a", 0, "1");
    struct history_row row = kit_said("hello");
    cr_assert_eq(history_add(kit.v, B("room"), &row), 1);
    kit_land();
    cr_assert_eq(vault_durable(kit.v), 1);
    cr_assert_str_eq(kit_page("room"), "1:hello ");
    kit_close();
    cr_assert_not(file_exists(kit_path("vault.db")));
    cr_assert_eq(vault_open(&s, &kit.v, kit.why, sizeof kit.why), ERR_OK);
    KIT_ROWS(VAULT_DRAFT, "");
}

Test(vault, open__makes_private_files)
{
    struct stat st;

    kit_open();
    cr_assert(vault_lasts(kit.v));
    PUT(VAULT_DRAFT, "a", 0, "1");
    kit_land();
    const char *const names[] = {"vault.db", "vault.db-wal", "vault.lock"};
    for (size_t i = 0; i < 3; i++) {
        cr_assert_eq(stat(kit_path(names[i]), &st), 0, "%s", names[i]);
        cr_assert_eq(st.st_mode & 0777, 0600, "%s", names[i]);
    }
}

Test(vault, open__refuses_a_second_one_in_words)
{
    struct vault_setup s = kit_setup(false);
    struct vault *second = (struct vault *)&s;
    char why[KIT_WORDS] = "";
    int status;

    kit_open();
    cr_assert_eq(vault_open(&s, &second, why, sizeof why), ERR_BUSY);
    cr_assert_null(second);
    cr_assert_not_null(strstr(why, "another sotto has this vault open"), "%s", why);
    pid_t pid = fork();
    cr_assert_geq(pid, 0);
    if (pid == 0)
        _exit(vault_open(&s, &second, why, sizeof why) == ERR_BUSY ? 0 : 1);
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    cr_assert_eq(status, 0);
    kit_reopen();
}

Test(vault, open__with_another_key_is_told_and_changes_nothing)
{
    kit_open();
    PUT(VAULT_DRAFT, "a", 0, "1");
    kit_land();
    kit_close();
    for (size_t bit = 0; bit < 8 * VAULT_KEY; bit += 11) {
        kit.key[bit / 8] ^= (uint8_t)(1u << bit % 8);
        cr_assert_eq(kit_try(), ERR_CRYPTO);
        cr_assert_null(kit.v);
        cr_assert_not_null(strstr(kit.why, "does not open with this key"), "%s", kit.why);
        kit.key[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    kit_open();
    KIT_ROWS(VAULT_DRAFT, "a/0=1 ");
}

Test(vault, open__of_an_open_folder_is_refused)
{
    cr_assert_eq(chmod(kit.dir, 0755), 0);
    cr_assert_eq(kit_try(), ERR_PERM);
    cr_assert_not_null(strstr(kit.why, "0700"), "%s", kit.why);
    cr_assert_eq(chmod(kit.dir, 0700), 0);
    kit_open();
}

Test(vault, open__of_a_newer_vault_is_refused)
{
    kit_open();
    kit_close();
    struct db *d = kit_db();
    cr_assert_eq(db_exec(d, "PRAGMA user_version=99"), ERR_OK);
    db_close(d);
    cr_assert_eq(kit_try(), ERR_VERSION);
    cr_assert_not_null(strstr(kit.why, "newer version"), "%s", kit.why);
}
