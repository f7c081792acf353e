/* SPDX-License-Identifier: ISC */
/* Reads while other things happen: slices, order, cancelling, searching. */
#include "vault_kit.h"

#include <stdio.h>

#define MANY 5000 /* more than two slices */

TestSuite(history_read, .init = kit_init, .fini = kit_fini);

struct watch {
    size_t rows;
    size_t done;
    enum err e;
    bool more;
    uint64_t last;    /* number of the last row */
    size_t cancel_at; /* cancels itself at that row */
    struct history_read *r;
};

static void watch_row(void *arg, struct bytes convo, const struct history_row *row)
{
    struct watch *w = arg;

    (void)convo;
    w->rows++;
    cr_assert(w->last == 0 || row->n < w->last, "newest first");
    w->last = row->n;
    if (w->rows == w->cancel_at)
        history_cancel(w->r);
}

static void watch_done(void *arg, enum err e, bool more)
{
    struct watch *w = arg;

    w->done++;
    w->e = e;
    w->more = more;
    history_cancel(w->r); /* has nothing to do any more */
}

static void start(struct watch *w, const char *convo, const char *words)
{
    const struct history_query q = {.convo = B(convo), .words = B(words), .limit = SIZE_MAX};

    w->r = history_read(kit.v, &q, watch_row, watch_done, w);
}

static void add(const char *convo, const char *text)
{
    struct history_row row = kit_said(text);

    (void)history_add(kit.v, B(convo), &row);
}

static void add_many(const char *convo, const char *word)
{
    char text[64];

    for (int i = 0; i < MANY; i++) {
        (void)snprintf(text, sizeof text, "%s number %d", i % 10 == 0 ? word : "dull", i);
        add(convo, text);
    }
    kit_land();
}

Test(history_read, read__sees_what_was_put_before_and_waits_for_it)
{
    struct watch w = {0};

    kit_open();
    add("room", "a");
    start(&w, "room", "");
    vault_drain(kit.v);
    cr_assert_eq(w.done, 0, "what was put is not written yet");
    add("room", "b");
    vault_commit(kit.v);
    vault_drain(kit.v);
    cr_assert_eq(w.done, 1);
    cr_assert_eq(w.rows, 2);
}

Test(history_read, read__behind_a_batch_that_waits_its_turn)
{
    struct watch w = {0};

    kit_open();
    add("room", "a");
    vault_commit(kit.v);
    add("room", "b");
    vault_commit(kit.v);
    start(&w, "room", "");
    vault_drain(kit.v);
    cr_assert_eq(w.done, 0);
    vault_drain(kit.v);
    cr_assert_eq(w.done, 1);
    cr_assert_eq(w.rows, 2);
}

Test(history_read, search__lets_batches_in_between_its_slices)
{
    struct watch w = {0};

    kit_open();
    add_many("room", "needle");
    start(&w, "room", "needle");
    vault_drain(kit.v);
    cr_assert_eq(w.done, 0);
    size_t first = w.rows;
    cr_assert(first > 0 && first < MANY / 10, "hits come as they are found");
    vault_put(kit.v, VAULT_DRAFT, B("x"), 0, B("y"));
    add("room", "needle that came later");
    vault_commit(kit.v);
    vault_drain(kit.v);
    cr_assert_eq(vault_durable(kit.v), vault_ticket(kit.v));
    cr_assert_eq(w.done, 0, "and the search is not through");
    while (w.done == 0)
        vault_drain(kit.v);
    cr_assert_eq(w.rows, MANY / 10);
    cr_assert_eq(w.e, ERR_OK);
    cr_assert_not(w.more);
}

Test(history_read, read__of_many_rows_comes_in_parts)
{
    static char text[20001];
    struct watch w = {0};
    size_t turns = 0;

    memset(text, 't', sizeof text - 1);
    kit_open();
    for (int i = 0; i < 100; i++)
        add("room", text);
    kit_land();
    for (start(&w, "room", ""); w.done == 0; turns++)
        vault_drain(kit.v);
    cr_assert_eq(w.rows, 100);
    cr_assert_gt(turns, 5);
}

Test(history_read, search__in_a_thread_finds_the_same)
{
    struct watch w[3] = {0};

    kit_open_thread();
    add_many("room", "needle");
    for (size_t i = 0; i < 3; i++)
        start(&w[i], i == 2 ? "" : "room", i == 1 ? "dull" : "needle");
    while (w[0].done + w[1].done + w[2].done < 3) {
        add("room", "something else");
        vault_commit(kit.v);
        vault_drain(kit.v);
    }
    cr_assert_eq(w[0].rows, MANY / 10);
    cr_assert_eq(w[1].rows, MANY - MANY / 10);
    cr_assert_eq(w[2].rows, MANY / 10);
}

Test(history_read, cancel__at_any_time_ends_the_calls)
{
    struct watch waiting = {0}, flying = {0}, between = {0}, inside = {.cancel_at = 7};

    kit_open();
    add_many("room", "needle");
    start(&flying, "room", "");
    history_cancel(flying.r);
    start(&between, "room", "needle");
    vault_drain(kit.v);
    size_t seen = between.rows;
    cr_assert_gt(seen, 0);
    history_cancel(between.r);
    add("room", "x");
    start(&waiting, "room", "");
    history_cancel(waiting.r);
    kit_land();
    start(&inside, "room", "");
    for (int i = 0; i < 10; i++)
        vault_drain(kit.v);
    cr_assert_eq(flying.rows + flying.done + waiting.rows + waiting.done, 0);
    cr_assert_eq(between.rows, seen);
    cr_assert_eq(between.done, 0);
    cr_assert_eq(inside.rows, 7);
    cr_assert_eq(inside.done, 0);
}

Test(history_read, close__ends_reads_without_a_call)
{
    struct watch flying = {0}, waiting = {0};

    kit_open_thread();
    add_many("room", "needle");
    start(&flying, "room", "needle");
    add("room", "needle");
    start(&waiting, "room", "needle");
    kit_close();
    cr_assert_eq(flying.done + waiting.done + flying.rows + waiting.rows, 0);
}

Test(history_read, forget__during_a_read_hides_the_rest)
{
    struct watch w = {0};

    kit_open();
    add_many("room", "needle");
    start(&w, "", "needle");
    history_forget(kit.v, B("room"));
    vault_commit(kit.v);
    while (w.done == 0)
        vault_drain(kit.v);
    cr_assert_eq(w.rows, 0);
    cr_assert_eq(w.e, ERR_OK);
}

/* ---- words ---- */

Test(history_read, search__needs_all_words_in_any_order_and_case)
{
    kit_open();
    add("room", "The quick brown FOX");
    add("room", "a fox is brown");
    add("room", "browned foxes");
    add("room", "brown");
    add("room", "");
    add("other", "Brown fox elsewhere");
    kit_land();
    cr_assert_str_eq(kit_search("room", "fox BROWN"),
        "3:browned foxes 2:a fox is brown 1:The quick brown FOX ");
    cr_assert_str_eq(kit_search("room", " \t quick \n"), "1:The quick brown FOX ");
    cr_assert_str_eq(kit_search("room", "quick foxes"), "");
    cr_assert_str_eq(kit_search("room", "who-is-it"), "", "only what was said");
    cr_assert_str_eq(kit_search("", "fox brown quick"), "1:The quick brown FOX ");
    cr_assert_str_eq(kit_search("", "brown fox elsewhere"), "1:Brown fox elsewhere ");
    cr_assert_str_eq(kit_search("room", "   "),
        "5: 4:brown 3:browned foxes 2:a fox is brown 1:The quick brown FOX ");
}

Test(history_read, search__folds_as_unicode_does)
{
    kit_open();
    add("room", "Stra\xc3\x9f"
                "e im CAF\xc3\x89");
    add("room", "STRASSE im cafe\xcc\x81");
    add("room", "not text: \xff\xfe NEEDLE");
    kit_land();
    cr_assert_str_eq(kit_search("room", "strasse caf\xc3\xa9"),
        "2:STRASSE im cafe\xcc\x81 1:Stra\xc3\x9f"
        "e im CAF\xc3\x89 ");
    cr_assert_str_eq(kit_search("room", "cafe"), "");
    cr_assert_str_eq(kit_search("room", "needle \xff"), "3:not text: \xff\xfe NEEDLE ");
}

Test(history_read, search__over_everything_is_newest_first)
{
    struct history_query q = {.words = B("x"), .limit = 3};
    enum err e;
    bool more;

    kit_open();
    add("a", "x1");
    add("b", "x2");
    add("a", "x3");
    add("c", "x4");
    add("c", "y");
    kit_land();
    kit_reopen();
    cr_assert_str_eq(kit_read(&q, &e, &more), "1:x4 2:x3 1:x2 ");
    cr_assert(more);
    q.limit = 4;
    cr_assert_str_eq(kit_read(&q, &e, &more), "1:x4 2:x3 1:x2 1:x1 ");
    cr_assert_not(more);
}
