/* SPDX-License-Identifier: ISC */
/* A relay whose log is mixed, endless, of another place, or counted from nowhere. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "support/evil.h"

enum { ALICE, BOB };
#define OPS "#ops"

static struct evil v;
static struct list_writer rows;

static void setup(void)
{
    evil_init(&v, 7007);
    list_begin(&rows, 1);
}

static void teardown(void)
{
    evil_fini(&v);
    list_end(&rows);
}

TestSuite(evil_log, .init = setup, .fini = teardown);

/* Bob is away while alice says three things; then he comes back. */
static void away(void)
{
    evil_room(&v, "ops", 2);
    crew_stop(v.m[BOB]);
    crew_run(&v.crew, 60000);
    crew_type_in(v.m[ALICE], OPS, "one");
    crew_run(&v.crew, 2000);
    crew_type_in(v.m[ALICE], OPS, "two");
    crew_run(&v.crew, 2000);
    crew_type_in(v.m[ALICE], OPS, "three");
    crew_run(&v.crew, 2000);
}

static void come_back(void)
{
    crew_start(v.m[BOB]);
    crew_run(&v.crew, 20000);
}

#define ROWS 64
static enum meddler_verdict backwards(void *arg, struct meddler_frame *fr)
{
    struct msg_entries *m = fr->msg;
    struct msg_entry_row row[ROWS];
    struct list in = m->entries;
    size_t n = 0;

    (void)arg;
    while (n < ROWS && list_next(&in, &MSG_ENTRY_ROW, &row[n]))
        n++;
    list_end(&rows);
    list_begin(&rows, 1u << 20);
    while (n != 0)
        list_add(&rows, &MSG_ENTRY_ROW, &row[--n]);
    m->entries = list_view(&rows);
    return MEDDLE_CHANGED;
}

Test(evil_log, backwards__is_told_and_nothing_is_shown_twice)
{
    away();
    meddler_ask(&v.line[BOB], DOWN, OP_CATCH_UP, backwards, NULL);
    come_back();
    cr_assert_leq(crew_count(v.m[BOB], OPS, "one"), 1);
    cr_assert_leq(crew_count(v.m[BOB], OPS, "two"), 1);
    cr_assert_eq(crew_count(v.m[BOB], OPS, "three"), 1);
    evil_told(&v, BOB, OPS, EVENT_WARN,
        "2 messages of alice missing: the relay did not hand them on.");
    meddler_honest(&v.line[BOB]);
    evil_goes_on(&v, ALICE, OPS, BOB, OPS);
}

static enum meddler_verdict far_rows(void *arg, struct meddler_frame *fr)
{
    struct msg_entries *m = fr->msg;
    struct list in = m->entries;
    struct msg_entry_row row;

    (void)arg;
    list_end(&rows);
    list_begin(&rows, 1u << 20);
    while (list_next(&in, &MSG_ENTRY_ROW, &row)) {
        row.seq = (UINT64_MAX >> 1) - row.seq % 1000;
        list_add(&rows, &MSG_ENTRY_ROW, &row);
    }
    m->entries = list_view(&rows);
    return MEDDLE_CHANGED;
}

Test(evil_log, numbers__beyond_all_logs_are_refused)
{
    away();
    meddler_ask(&v.line[BOB], DOWN, OP_CATCH_UP, far_rows, NULL);
    come_back();
    evil_told(&v, BOB, OPS, EVENT_WARN,
        "The relay told something of this conversation under a number that no log has. It was "
        "refused.");
    cr_assert_eq(crew_count(v.m[BOB], OPS, "one"), 0);
    meddler_honest(&v.line[BOB]);
    crew_type_in(v.m[ALICE], OPS, "four");
    evil_told(&v, BOB, OPS, EVENT_WARN,
        "3 messages of alice missing: the relay did not hand them on.");
    evil_goes_on(&v, ALICE, OPS, BOB, OPS);
}

static enum meddler_verdict more(void *arg, struct meddler_frame *fr)
{
    struct msg_catch_up_ok *m = fr->msg;

    (void)arg;
    m->left = 1;
    return MEDDLE_CHANGED;
}

Test(evil_log, endless__is_ended_and_told)
{
    away();
    meddler_answer(&v.line[BOB], OP_CATCH_UP, more, NULL);
    size_t before = meddler_count(&v.line[BOB], UP, OP_CATCH_UP);
    come_back();
    crew_reads(v.m[BOB], OPS, "three");
    evil_told(&v, BOB, OPS, EVENT_WARN,
        "The relay says that there is more of this conversation, and does not hand it on. What "
        "was said meanwhile may be missing.");
    cr_assert_leq(meddler_count(&v.line[BOB], UP, OP_CATCH_UP), before + 6);
    evil_goes_on(&v, ALICE, OPS, BOB, OPS);
}

static enum meddler_verdict in_its_place(void *arg, struct meddler_frame *fr)
{
    struct msg_entries *m = fr->msg;

    m->name = bytes_str(arg);
    return MEDDLE_CHANGED;
}

Test(evil_log, place__entries_of_a_room_told_as_those_of_another)
{
    static char dev[] = "dev";
    static char nowhere[] = "nowhere";

    evil_room(&v, "ops", 2);
    crew_join(v.m[ALICE], "dev");
    crew_join(v.m[BOB], "dev");
    crew_sealed(v.m[ALICE], "#dev", 2);
    evil_goes_on(&v, ALICE, "#dev", BOB, "#dev");
    crew_stop(v.m[BOB]);
    crew_run(&v.crew, 60000);
    crew_type_in(v.m[ALICE], OPS, "for ops");
    crew_run(&v.crew, 2000);
    meddler_ask(&v.line[BOB], DOWN, OP_CATCH_UP, in_its_place, dev);
    crew_start(v.m[BOB]);
    crew_run(&v.crew, 5000);
    cr_assert_eq(crew_count(v.m[BOB], "#dev", "for ops"), 0);
    meddler_honest(&v.line[BOB]);
    meddler_ask(&v.line[BOB], DOWN, OP_CATCH_UP, in_its_place, nowhere);
    crew_run(&v.crew, 5000);
    cr_assert_null(crew_page(v.m[BOB], "#nowhere"));
    meddler_honest(&v.line[BOB]);
    crew_type_in(v.m[ALICE], OPS, "after it");
    crew_reads(v.m[BOB], OPS, "after it");
    evil_told(
        &v, BOB, OPS, EVENT_WARN, "1 message of alice missing: the relay did not hand it on.");
    evil_goes_on(&v, ALICE, "#dev", BOB, "#dev");
}

static enum meddler_verdict blame_bob(void *arg, struct meddler_frame *fr)
{
    struct msg_entries *m = fr->msg;
    struct list in = m->entries;
    struct msg_entry_row row;

    (void)arg;
    list_end(&rows);
    list_begin(&rows, 1u << 20);
    while (list_next(&in, &MSG_ENTRY_ROW, &row)) {
        if (row.kind == ENTRY_MESSAGE)
            row.sender = bytes_str("bob");
        list_add(&rows, &MSG_ENTRY_ROW, &row);
    }
    m->entries = list_view(&rows);
    return MEDDLE_CHANGED;
}

Test(evil_log, blamed__on_ourselves_they_are_missed)
{
    away();
    meddler_ask(&v.line[BOB], DOWN, OP_CATCH_UP, blame_bob, NULL);
    come_back();
    meddler_honest(&v.line[BOB]);
    crew_type_in(v.m[ALICE], OPS, "four");
    crew_reads(v.m[BOB], OPS, "four");
    evil_told(&v, BOB, OPS, EVENT_WARN,
        "3 messages of alice missing: the relay did not hand them on.");
    evil_goes_on(&v, ALICE, OPS, BOB, OPS);
}

static enum meddler_verdict many_rooms(void *arg, struct meddler_frame *fr)
{
    struct msg_conversations_ok *m = fr->msg;
    char name[MSG_NAME];

    (void)arg;
    list_end(&rows);
    list_begin(&rows, 1u << 20);
    (void)snprintf(name, sizeof name, "ops");
    list_add(&rows, &MSG_CONVO_ROW,
        &(struct msg_convo_row){.kind = CONVO_ROOM, .name = bytes_str(name)});
    m->convos = list_view(&rows);
    m->left = 1;
    return MEDDLE_CHANGED;
}

Test(evil_log, conversations__told_without_end_are_asked_for_a_few_times)
{
    away();
    meddler_answer(&v.line[BOB], OP_CONVERSATIONS, many_rooms, NULL);
    size_t before = meddler_count(&v.line[BOB], UP, OP_CONVERSATIONS);
    come_back();
    cr_assert_leq(meddler_count(&v.line[BOB], UP, OP_CONVERSATIONS), before + 3);
    crew_reads(v.m[BOB], OPS, "three");
    evil_goes_on(&v, ALICE, OPS, BOB, OPS);
}
