/* SPDX-License-Identifier: ISC */
/* What was said: numbers, pages, what goes by itself, and what a restart keeps of it. */
#include "vault_kit.h"

#include <stdio.h>

#define DAY    (24 * 60 * 60 * (int64_t)1000)
#define MINUTE (60 * (int64_t)1000)

TestSuite(history, .init = kit_init, .fini = kit_fini);

static uint64_t add(const char *convo, const char *text)
{
    struct history_row row = kit_said(text);

    return history_add(kit.v, B(convo), &row);
}

static uint64_t add_at(const char *convo, const char *text, int64_t wall, int64_t expires)
{
    struct history_row row = kit_said(text);

    row.wall_ms = wall;
    row.expires_ms = expires;
    return history_add(kit.v, B(convo), &row);
}

Test(history, add__numbers_upwards_in_each_conversation)
{
    kit_open();
    cr_assert_eq(history_last(kit.v, B("room")), 0);
    cr_assert_eq(add("room", "a"), 1);
    cr_assert_eq(add("room", "b"), 2);
    cr_assert_eq(add("other", "c"), 1);
    cr_assert_eq(history_last(kit.v, B("room")), 2, "known before it is written");
    kit_land();
    cr_assert_str_eq(kit_page("room"), "2:b 1:a ");
    cr_assert_str_eq(kit_page("other"), "1:c ");
    cr_assert_str_eq(kit_page("nobody"), "");
    kit_reopen();
    cr_assert_eq(history_last(kit.v, B("room")), 2);
    cr_assert_eq(history_last(kit.v, B("other")), 1);
    cr_assert_eq(add("room", "d"), 3);
    kit_land();
    cr_assert_str_eq(kit_page("room"), "3:d 2:b 1:a ");
}

static struct history_row whole = {.wall_ms = -77777777,
    .expires_ms = 123456789012345,
    .kind = 200,
    .state = 199,
    .flags = HISTORY_OWN | HISTORY_HELD};

static void same(void *arg, struct bytes convo, const struct history_row *row)
{
    ++*(int *)arg;
    cr_assert(bytes_eq(convo, B("room \xff")));
    cr_assert_eq(row->n, 1);
    cr_assert_eq(row->wall_ms, whole.wall_ms);
    cr_assert_eq(row->expires_ms, whole.expires_ms);
    cr_assert_arr_eq(row->id, whole.id, HISTORY_ID);
    cr_assert_arr_eq(row->print, whole.print, HISTORY_PRINT);
    cr_assert_eq(row->kind, 200);
    cr_assert_eq(row->state, 199);
    cr_assert_eq(row->flags, 3);
    cr_assert(bytes_eq(row->who, whole.who));
    cr_assert(bytes_eq(row->text, whole.text));
}

static void is_done(void *arg, enum err e, bool more)
{
    cr_assert_eq(e, ERR_OK);
    cr_assert_not(more);
    *(int *)arg += 100;
}

Test(history, add__keeps_every_field_as_it_was)
{
    static char text[20000];
    const struct history_query q = {.convo = B("room \xff"), .limit = 2};
    int seen = 0;

    memset(text, 0xfe, sizeof text);
    whole.text = bytes_of(text, sizeof text);
    whole.who = B("\0somebody");
    memset(whole.id, 0xa1, HISTORY_ID);
    memset(whole.print, 0xb2, HISTORY_PRINT);
    kit_open();
    (void)history_add(kit.v, B("room \xff"), &whole);
    kit_land();
    kit_reopen();
    (void)history_read(kit.v, &q, same, is_done, &seen);
    vault_drain(kit.v);
    cr_assert_eq(seen, 101);
}

Test(history, change__replaces_the_row_and_nothing_else)
{
    struct history_row row = kit_said("better");

    kit_open();
    (void)add("room", "a");
    (void)add("room", "b");
    (void)add("other", "c");
    row.n = 2;
    history_change(kit.v, B("room"), &row);
    row.n = 9;
    history_change(kit.v, B("room"), &row);
    row.n = 1;
    history_change(kit.v, B("nobody"), &row);
    kit_land();
    cr_assert_str_eq(kit_page("room"), "2:better 1:a ");
    cr_assert_str_eq(kit_page("other"), "1:c ");
    row.text = B("best");
    history_change(kit.v, B("room"), &row);
    kit_land();
    kit_reopen();
    cr_assert_str_eq(kit_page("room"), "2:better 1:best ");
}

Test(history, forget__takes_the_conversation_and_starts_anew)
{
    kit_open();
    (void)add("room", "a");
    (void)add("other", "c");
    kit_land();
    history_forget(kit.v, B("nobody"));
    history_forget(kit.v, B("room"));
    cr_assert_eq(history_last(kit.v, B("room")), 0);
    kit_land();
    cr_assert_str_eq(kit_page("room"), "");
    cr_assert_str_eq(kit_page("other"), "1:c ");
    (void)add("room", "again");
    history_forget(kit.v, B("room"));
    (void)add("room", "and again");
    kit_land();
    kit_reopen();
    cr_assert_str_eq(kit_page("room"), "1:and again ");
    kit_close();
    struct db *d = kit_db();
    cr_assert_eq(kit_number(d, "SELECT COUNT(*) FROM convo"), 2);
    cr_assert_eq(kit_number(d, "SELECT COUNT(*) FROM history"), 2);
    db_close(d);
}

Test(history, page__goes_back_by_limit_and_before)
{
    struct history_query q = {.convo = B("room"), .limit = 2};
    enum err e;
    bool more;

    kit_open();
    for (const char *p = "abcde"; *p != '\0'; p++)
        (void)add("room", (const char[]){*p, '\0'});
    kit_land();
    cr_assert_str_eq(kit_read(&q, &e, &more), "5:e 4:d ");
    cr_assert(more);
    q.before = 4;
    cr_assert_str_eq(kit_read(&q, &e, &more), "3:c 2:b ");
    cr_assert(more);
    q.before = 2;
    cr_assert_str_eq(kit_read(&q, &e, &more), "1:a ");
    cr_assert_not(more);
    q.before = 3;
    cr_assert_str_eq(kit_read(&q, &e, &more), "2:b 1:a ");
    cr_assert_not(more, "exactly the last page");
    q.before = 1;
    cr_assert_str_eq(kit_read(&q, &e, &more), "");
    cr_assert_not(more);
    q.before = UINT64_MAX;
    cr_assert_str_eq(kit_read(&q, &e, &more), "5:e 4:d ");
    q.limit = 0;
    cr_assert_str_eq(kit_read(&q, &e, &more), "");
    cr_assert(more);
}

/* ---- what goes by itself ---- */

Test(history, expire__takes_what_is_due_everywhere)
{
    kit_open();
    (void)add_at("room", "stays", 1, 0);
    (void)add_at("room", "first", 1, 5 * MINUTE);
    (void)add_at("room", "second", 1, 5 * MINUTE + 1);
    (void)add_at("other", "third", 1, 5 * MINUTE - 1);
    kit_land();
    history_expire(kit.v, 5 * MINUTE - 1);
    kit_land();
    cr_assert_str_eq(kit_page("room"), "3:second 2:first 1:stays ");
    history_expire(kit.v, 5 * MINUTE);
    kit_land();
    cr_assert_str_eq(kit_page("room"), "3:second 1:stays ");
    cr_assert_str_eq(kit_page("other"), "");
    history_expire(kit.v, 6 * MINUTE);
    kit_land();
    kit_reopen();
    cr_assert_str_eq(kit_page("room"), "1:stays ");
    cr_assert_eq(history_last(kit.v, B("room")), 3, "no number is given out twice");
    cr_assert_eq(add("room", "new"), 4);
    cr_assert_eq(add("other", "new"), 2);
    kit_land();
    cr_assert_str_eq(kit_page("room"), "4:new 1:stays ");
}

Test(history, change__also_changes_when_it_goes)
{
    struct history_row row = kit_said("x");

    kit_open();
    row.n = add_at("room", "x", 1, 5 * MINUTE);
    (void)add_at("room", "y", 1, 0);
    kit_land();
    history_change(kit.v, B("room"), &row);
    row = kit_said("y");
    row.n = 2;
    row.expires_ms = 1;
    history_change(kit.v, B("room"), &row);
    history_expire(kit.v, 10 * MINUTE);
    kit_land();
    cr_assert_str_eq(kit_page("room"), "1:x ");
}

Test(history, keep__takes_what_is_older_now_and_later)
{
    kit_open();
    (void)add_at("room", "old", 10 * DAY + 5, 0);
    (void)add_at("room", "newer", 12 * DAY, 0);
    (void)add_at("room", "older", 9 * DAY, 0); /* times come as senders like */
    (void)add_at("other", "old", 1 * DAY, 0);
    history_keep(kit.v, B("room"), 2, 12 * DAY + 7);
    kit_land();
    cr_assert_str_eq(kit_page("room"), "2:newer 1:old ");
    kit_reopen();
    history_expire(kit.v, 13 * DAY);
    kit_land();
    cr_assert_str_eq(kit_page("room"), "2:newer ");
    history_expire(kit.v, 20 * DAY);
    kit_land();
    cr_assert_str_eq(kit_page("room"), "");
    cr_assert_str_eq(kit_page("other"), "1:old ");
    cr_assert_eq(add_at("room", "next", 20 * DAY, 0), 4);
    history_keep(kit.v, B("room"), 0, 20 * DAY);
    history_expire(kit.v, 500 * DAY);
    kit_land();
    kit_reopen();
    history_expire(kit.v, 900 * DAY);
    kit_land();
    cr_assert_str_eq(kit_page("room"), "4:next ");
}

Test(history, keep__may_come_before_the_first_message)
{
    kit_open();
    history_keep(kit.v, B("room"), 3, 10 * DAY);
    kit_land();
    kit_reopen();
    cr_assert_eq(history_last(kit.v, B("room")), 0);
    cr_assert_eq(add_at("room", "a", 10 * DAY, 0), 1);
    history_expire(kit.v, 14 * DAY);
    kit_land();
    cr_assert_str_eq(kit_page("room"), "");
    cr_assert_eq(history_last(kit.v, B("room")), 1);
}

Test(history, expire__leaves_nothing_in_the_journal)
{
    kit_open();
    (void)add_at("room", "gone", 1, MINUTE);
    kit_land();
    kit_close();
    struct db *d = kit_db();
    struct buf sealed = kit_blob(d, "SELECT sealed FROM history");
    db_close(d);
    kit_open();
    struct history_row row = kit_said("touched");
    row.n = 1;
    row.expires_ms = MINUTE;
    cr_assert(kit_file_has("vault.db", buf_view(&sealed)), "the search can find");
    history_change(kit.v, B("room"), &row);
    history_expire(kit.v, MINUTE);
    kit_land();
    cr_assert_not(kit_file_has("vault.db", buf_view(&sealed)));
    cr_assert_not(kit_file_has("vault.db-wal", buf_view(&sealed)));
    buf_free(&sealed);
}
