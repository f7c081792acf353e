/* SPDX-License-Identifier: ISC */
/*
 * Somebody who has the disk: reads nothing that has a name, and what they change does not open
 * instead of being believed.
 */
#include "vault_kit.h"

#include <stdio.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/mem.h"

TestSuite(vault_hostile, .init = kit_init, .fini = kit_fini);

#define CANARY "canary-of-9f2c"

static void say(const char *convo, const char *text)
{
    struct history_row row = kit_said(text);

    (void)history_add(kit.v, B(convo), &row);
}

static bool anywhere(const char *word)
{
    static const char *const FILES[] = {
        "vault.db", "vault.db-wal", "vault.db-shm", "vault.lock"};
    bool found = false;

    for (size_t i = 0; i < MEM_COUNT(FILES); i++)
        found |= kit_file_has(FILES[i], B(word));
    return found;
}

Test(vault_hostile, disk__shows_no_name_and_no_word)
{
    struct history_row row = kit_said(CANARY " text");

    row.who = B(CANARY " who");
    memcpy(row.id, CANARY, sizeof CANARY);
    memcpy(row.print, CANARY, sizeof CANARY);
    kit_open();
    vault_put(kit.v, VAULT_CONVO, B(CANARY), 0, B(CANARY));
    (void)history_add(kit.v, B(CANARY), &row);
    history_keep(kit.v, B(CANARY), 30, 1);
    kit_land();
    cr_assert(anywhere("CREATE TABLE history"), "the search can find");
    cr_assert_not(anywhere(CANARY));
    struct db *d = kit_db(); /* and would find it in the journal */
    cr_assert_eq(kit_set_blob(d, "UPDATE proof SET sealed = ?1", B(CANARY)), ERR_OK);
    cr_assert(anywhere(CANARY));
    db_close(d);
}

Test(vault_hostile, closed_disk__shows_no_name_and_no_word)
{
    kit_open();
    vault_put(kit.v, VAULT_PERSON, B(CANARY), 3, B(CANARY));
    say(CANARY, CANARY);
    kit_land();
    kit_close();
    cr_assert(anywhere("CREATE TABLE history"));
    cr_assert_not(anywhere(CANARY));
    kit_open();
    KIT_ROWS(VAULT_PERSON, CANARY "/3=" CANARY " ");
}

/* ---- rows ---- */

static void fill(void)
{
    kit_open();
    vault_put(kit.v, VAULT_DRAFT, B("a"), 0, B("alpha"));
    vault_put(kit.v, VAULT_DRAFT, B("a"), 1, B("beta"));
    vault_put(kit.v, VAULT_DRAFT, B("b"), 0, B("gamma"));
    vault_put(kit.v, VAULT_TOKEN, B("a"), 0, B("delta"));
    say("room", "one");
    say("room", "two");
    say("other", "three");
    kit_land();
    kit_close();
}

static void set(const char *sql, struct bytes blob)
{
    struct db *d = kit_db();

    cr_assert_eq(kit_set_blob(d, sql, blob), ERR_OK);
    db_close(d);
}

static struct buf get(const char *sql)
{
    struct db *d = kit_db();
    struct buf b = kit_blob(d, sql);

    db_close(d);
    return b;
}

static void run(const char *sql)
{
    struct db *d = kit_db();

    cr_assert_eq(db_exec(d, sql), ERR_OK, "%s", sql);
    db_close(d);
}

/* The drafts, in the order of their values; the walk has to say that one is damaged. */
static bool drafts_lack(const char *value)
{
    static const char *const VALUES[] = {"alpha", "beta", "gamma"};
    enum err e;

    kit_open();
    const char *rows = kit_rows(VAULT_DRAFT, &e);
    for (size_t i = 0; i < MEM_COUNT(VALUES); i++) {
        bool there = strstr(rows, VALUES[i]) != NULL;
        cr_assert_eq(there, strcmp(VALUES[i], value) != 0, "%s in %s", VALUES[i], rows);
    }
    cr_assert_eq(e, ERR_CORRUPT);
    kit_close();
    return true;
}

#define BETA "FROM row WHERE id = 2"

Test(vault_hostile, row__with_any_byte_flipped_does_not_open)
{
    fill();
    struct buf b = get("SELECT sealed " BETA);
    for (size_t i = 0; i < b.n; i++) {
        b.p[i] ^= (uint8_t)(1u << i % 8);
        set("UPDATE row SET sealed = ?1 WHERE id = 2", buf_view(&b));
        cr_assert(drafts_lack("beta"), "byte %zu", i);
        b.p[i] ^= (uint8_t)(1u << i % 8);
    }
    for (size_t n = 0; n < b.n; n += 3) {
        set("UPDATE row SET sealed = ?1 WHERE id = 2", bytes_of(b.p, n));
        cr_assert(drafts_lack("beta"), "cut to %zu", n);
    }
    set("UPDATE row SET sealed = ?1 WHERE id = 2", buf_view(&b));
    kit_open();
    enum err e;
    (void)kit_rows(VAULT_DRAFT, &e);
    cr_assert_eq(e, ERR_OK);
    buf_free(&b);
}

Test(vault_hostile, row__moved_to_another_place_does_not_open)
{
    struct buf b;

    fill();
    b = get("SELECT sealed FROM row WHERE id = 1"); /* another sub */
    set("UPDATE row SET sealed = ?1 WHERE id = 2", buf_view(&b));
    (void)drafts_lack("beta");
    buf_free(&b);
    b = get("SELECT sealed FROM row WHERE id = 3"); /* another key */
    set("UPDATE row SET sealed = ?1 WHERE id = 2", buf_view(&b));
    (void)drafts_lack("beta");
    buf_free(&b);
    b = get("SELECT sealed FROM row WHERE id = 4"); /* another space */
    set("UPDATE row SET sealed = ?1 WHERE id = 2", buf_view(&b));
    (void)drafts_lack("beta");
    buf_free(&b);
    run("UPDATE row SET sub = 9 WHERE id = 2");
    (void)drafts_lack("beta");
    run("UPDATE row SET sub = -1 WHERE id = 2");
    (void)drafts_lack("beta");
    run("UPDATE row SET mac = x'00112233445566778899aabbccddeeff' WHERE id = 2");
    (void)drafts_lack("beta");
    run("UPDATE row SET mac = x'00' WHERE id = 2");
    (void)drafts_lack("beta");
}

Test(vault_hostile, row__of_another_vault_does_not_open)
{
    fill();
    struct buf b = get("SELECT sealed " BETA);
    for (size_t i = 0; i < 3; i++)
        (void)remove(
            kit_path((const char *const[]){"vault.db", "vault.db-wal", "vault.db-shm"}[i]));
    kit.key[0] ^= 1;
    fill();
    set("UPDATE row SET sealed = ?1 WHERE id = 2", buf_view(&b));
    (void)drafts_lack("beta");
    buf_free(&b);
}

Test(vault_hostile, key__looks_different_in_every_space)
{
    fill();
    struct db *d = kit_db();
    cr_assert_eq(kit_number(d, "SELECT COUNT(DISTINCT mac) FROM row"), 3);
    cr_assert_eq(kit_number(d, "SELECT COUNT(DISTINCT mac) FROM row WHERE id IN (1, 4)"), 2);
    db_close(d);
}

/* ---- the proof ---- */

Test(vault_hostile, proof__that_is_damaged_or_gone_opens_nothing)
{
    fill();
    struct buf b = get("SELECT sealed FROM proof");
    for (size_t i = 0; i < b.n; i += 5) {
        b.p[i] ^= 0x40;
        set("UPDATE proof SET sealed = ?1", buf_view(&b));
        enum err e = kit_try();
        cr_assert(e == ERR_CORRUPT || e == ERR_CRYPTO || e == ERR_VERSION, "%s", err_str(e));
        cr_assert_neq(kit.why[0], '\0');
        b.p[i] ^= 0x40;
    }
    run("DELETE FROM proof");
    cr_assert_eq(kit_try(), ERR_CORRUPT, "another key would be believed");
    cr_assert_not_null(strstr(kit.why, "is damaged"), "%s", kit.why);
    buf_free(&b);
}

/* ---- history ---- */

static void page_is(const char *convo, const char *want, enum err expect)
{
    enum err e;

    kit_open();
    const struct history_query q = {.convo = B(convo), .limit = 10};
    const char *got = kit_read(&q, &e, NULL);
    cr_assert_str_eq(got, want);
    cr_assert_eq(e, expect, "%s", err_str(e));
    kit_close();
}

Test(vault_hostile, message__with_any_byte_flipped_does_not_open)
{
    fill();
    struct buf b = get("SELECT sealed FROM history WHERE id = 1");
    for (size_t i = 0; i < b.n; i++) {
        b.p[i] ^= (uint8_t)(1u << i % 8);
        set("UPDATE history SET sealed = ?1 WHERE id = 1", buf_view(&b));
        page_is("room", "2:two ", ERR_CORRUPT);
        b.p[i] ^= (uint8_t)(1u << i % 8);
    }
    for (size_t n = 0; n < b.n; n += 3) {
        set("UPDATE history SET sealed = ?1 WHERE id = 1", bytes_of(b.p, n));
        page_is("room", "2:two ", ERR_CORRUPT);
    }
    set("UPDATE history SET sealed = ?1 WHERE id = 1", buf_view(&b));
    page_is("room", "2:two 1:one ", ERR_OK);
    buf_free(&b);
}

Test(vault_hostile, message__moved_does_not_open)
{
    fill();
    struct buf two = get("SELECT sealed FROM history WHERE id = 2");
    struct buf one = get("SELECT sealed FROM history WHERE id = 1");
    set("UPDATE history SET sealed = ?1 WHERE id = 1", buf_view(&two));
    page_is("room", "2:two ", ERR_CORRUPT);
    set("UPDATE history SET sealed = ?1 WHERE id = 3", buf_view(&one)); /* n is 1 there too */
    page_is("other", "", ERR_CORRUPT);
    set("UPDATE history SET sealed = ?1 WHERE id = 1", buf_view(&one));
    run("UPDATE history SET convo = 9 WHERE id = 3");
    run("UPDATE history SET convo = 2 WHERE id = 1");
    page_is("other", "", ERR_CORRUPT);
    run("UPDATE history SET convo = 1, n = 7 WHERE id = 1");
    page_is("room", "2:two ", ERR_CORRUPT);
    run("UPDATE history SET n = 1, day = 5 WHERE id = 1");
    page_is("room", "2:two ", ERR_CORRUPT);
    run("UPDATE history SET day = 0, minute = 5 WHERE id = 1");
    page_is("room", "2:two ", ERR_CORRUPT);
    run("UPDATE history SET minute = NULL WHERE id = 1");
    page_is("room", "2:two 1:one ", ERR_OK);
    buf_free(&one);
    buf_free(&two);
}

Test(vault_hostile, conversation__that_does_not_open_keeps_its_messages)
{
    enum err e;
    const struct history_query all = {.words = B("o"), .limit = 10};

    fill();
    run("UPDATE convo SET sealed = x'00' WHERE id = 1");
    kit_open();
    cr_assert_str_eq(kit_read(&all, &e, NULL), ""); /* "three" has no o */
    cr_assert_eq(e, ERR_CORRUPT, "nobody knows whose they are");
    cr_assert_eq(history_last(kit.v, B("room")), 2, "until somebody names it");
    cr_assert_str_eq(kit_page("room"), "2:two 1:one ");
    say("room", "four");
    kit_land();
    kit_reopen();
    cr_assert_str_eq(kit_read(&all, &e, NULL), "3:four 2:two 1:one ");
    cr_assert_eq(e, ERR_OK, "and it is whole again");
    kit_close();
    run("UPDATE convo SET mac = x'00112233445566778899aabbccddeeff' WHERE id = 1");
    kit_open();
    cr_assert_eq(history_last(kit.v, B("room")), 0);
    cr_assert_str_eq(kit_page("room"), "");
    say("room", "anew");
    kit_land();
    cr_assert_str_eq(kit_page("room"), "1:anew ");
}

Test(vault_hostile, conversation__with_numbers_beyond_reason_is_refused)
{
    static const char *const ORDERS[] = {"UPDATE convo SET id = -1 WHERE id = 1",
        "UPDATE convo SET id = 4294967296 WHERE id = -1",
        "UPDATE convo SET id = 1, last = 9223372036854775807 WHERE id = 4294967296"};

    fill();
    for (size_t i = 0; i < MEM_COUNT(ORDERS); i++) {
        run(ORDERS[i]);
        cr_assert_eq(kit_try(), ERR_CORRUPT, "%s", ORDERS[i]);
        cr_assert_neq(kit.why[0], '\0');
    }
    run("UPDATE convo SET last = 5");
    kit_open();
    cr_assert_eq(history_last(kit.v, B("room")), 5);
}

/* ---- the file ---- */

static struct buf slurp(void)
{
    struct buf b;

    buf_init(&b, 1u << 20);
    cr_assert_eq(file_read(kit_path("vault.db"), &b), ERR_OK);
    return b;
}

/* It opens or it does not; what it gives was put there. */
static bool believes_nothing_else(void)
{
    static const char *const TRUE_ONES[] = {"a/0=alpha ", "a/1=beta ", "b/0=gamma "};
    enum err e = kit_try();

    if (e != ERR_OK) {
        cr_assert_neq(kit.why[0], '\0');
        return false;
    }
    const char *rows = kit_rows(VAULT_DRAFT, &e);
    size_t n = strlen(rows);
    for (size_t i = 0; i < MEM_COUNT(TRUE_ONES); i++)
        n -= strstr(rows, TRUE_ONES[i]) != NULL ? strlen(TRUE_ONES[i]) : 0;
    cr_assert_eq(n, 0, "%s", rows);
    const struct history_query q = {.convo = B("room"), .limit = 10};
    const char *page = kit_read(&q, &e, NULL);
    n = strlen(page);
    n -= strstr(page, "2:two ") != NULL ? 6 : 0;
    n -= strstr(page, "1:one ") != NULL ? 6 : 0;
    cr_assert_eq(n, 0, "%s", page);
    kit_close();
    return true;
}

Test(vault_hostile, file__with_bytes_flipped_gives_the_truth_or_nothing)
{
    size_t opened = 0;
    size_t refused = 0;

    fill();
    struct buf b = slurp();
    for (size_t i = 0; i < b.n; i += i < 200 ? 1 : 61) {
        b.p[i] ^= (uint8_t)(1u << i % 8);
        cr_assert_eq(file_write_atomic(kit_path("vault.db"), buf_view(&b), 0600), ERR_OK);
        if (believes_nothing_else())
            opened++;
        else
            refused++;
        b.p[i] ^= (uint8_t)(1u << i % 8);
        (void)remove(kit_path("vault.db-wal"));
        (void)remove(kit_path("vault.db-shm"));
    }
    cr_assert_gt(refused, 10);
    cr_assert_gt(opened, 10);
    buf_free(&b);
}

Test(vault_hostile, file__cut_anywhere_is_refused)
{
    fill();
    struct buf b = slurp();
    for (size_t n = 0; n < b.n; n += n < 200 ? 7 : 509) {
        cr_assert_eq(file_write_atomic(kit_path("vault.db"), bytes_of(b.p, n), 0600), ERR_OK);
        cr_assert_eq(kit_try(), ERR_CORRUPT, "cut to %zu", n);
    }
    buf_free(&b);
}
