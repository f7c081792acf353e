/* SPDX-License-Identifier: ISC */
/* Stories of the log: who was away finds everything once and in order; what is forgotten. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "group.h"

static struct sim sim;
static struct actor alice, bob, carol;
static struct log entries;

static void setup(void)
{
    people_init(&sim, 14);
    sim.config.limits.commit_burst = 0;
    sim_start(&sim);
    actor_init(&alice, &sim, "127.0.0.1");
    actor_init(&bob, &sim, "127.0.0.1");
    actor_init(&carol, &sim, "127.0.0.1");
}

static void teardown(void)
{
    actor_fini(&alice);
    actor_fini(&bob);
    actor_fini(&carol);
    sim_fini(&sim);
}

TestSuite(scenario_log, .init = setup, .fini = teardown);

static uint64_t both(void)
{
    people_account(&alice, "alice");
    people_account(&bob, "bob");
    group_found(&alice, "ops");
    return group_join(&bob, "ops");
}

static void away(struct actor *a)
{
    actor_cut(a);
    sim_run(&sim, 31000);
}

static void back(struct actor *a, const char *name)
{
    people_login(a, name);
    cr_assert_eq(actor_join(a, "ops"), OP_JOINED);
}

/* n messages "m0".. by alice. */
static void chatter(uint64_t epoch, size_t from, size_t n)
{
    for (size_t i = from; i < from + n; i++)
        cr_assert_eq(group_say(&alice, "ops", epoch, people_name("m", i)), STATUS_DONE);
}

/* Exactly m<from> to m<to-1>, once each, in order; other kinds in between are fine. */
static void has_messages(const struct log *l, size_t from, size_t to)
{
    size_t next = from;

    log_in_order(l);
    for (size_t i = 0; i < l->count; i++) {
        if (l->rows[i].kind != ENTRY_MESSAGE)
            continue;
        cr_assert_str_eq(l->rows[i].body, people_name("m", next), "entry %zu", i);
        next++;
    }
    cr_assert_eq(next, to, "the log ends with m%zu", next);
}

Test(scenario_log, absent__finds_commits_and_messages_in_one_order)
{
    uint64_t epoch = both();
    struct msg_sent sent;

    away(&bob);
    chatter(epoch, 0, 3);
    actor_answer(&alice, &MSG_SENT, &sent);
    cr_assert_eq(sent.stored, 1);
    cr_assert_eq(actor_commit(&alice, "ops", epoch, 0, 1), STATUS_DONE);
    chatter(epoch + 1, 3, 3);
    back(&bob, "bob");
    log_read(&bob, CONVO_ROOM, "ops", 0, &entries);
    has_messages(&entries, 0, 6);
    cr_assert_eq(entries.count, 8);
    cr_assert_eq(entries.rows[0].flags, COMMIT_EXTERNAL, "his own came after his cursor");
    cr_assert_eq(entries.rows[4].kind, ENTRY_COMMIT);
    cr_assert_eq(entries.rows[4].epoch, epoch);
    cr_assert_str_eq(entries.rows[4].sender, "alice");
    cr_assert_not(entries.gone);
    cr_assert_eq(entries.pages, 1);
    log_read(&bob, CONVO_ROOM, "ops", entries.last, &entries);
    cr_assert_eq(entries.count, 0, "nothing twice");
}

Test(scenario_log, present__everything_is_not_written)
{
    uint64_t epoch = both();
    struct msg_sent sent;

    chatter(epoch, 0, 1);
    actor_answer(&alice, &MSG_SENT, &sent);
    cr_assert_eq(sent.stored, 0, "relayed, not stored");
}

Test(scenario_log, dropped__what_was_not_confirmed_is_written_when_the_line_is_lost)
{
    uint64_t epoch = both();

    chatter(epoch, 0, 5);
    away(&bob);
    chatter(epoch, 5, 5);
    back(&bob, "bob");
    log_read(&bob, CONVO_ROOM, "ops", 0, &entries);
    has_messages(&entries, 0, 10);
}

Test(scenario_log, cursor__what_it_passed_does_not_come_again)
{
    uint64_t epoch = both();

    chatter(epoch, 0, 4);
    away(&bob);
    chatter(epoch, 4, 4);
    back(&bob, "bob");
    log_read(&bob, CONVO_ROOM, "ops", 0, &entries);
    has_messages(&entries, 0, 8);
    log_cursor(&bob, CONVO_ROOM, "ops", entries.rows[entries.count - 3].seq);
    log_read(&bob, CONVO_ROOM, "ops", 0, &entries);
    has_messages(&entries, 6, 8);
    log_cursor(&bob, CONVO_ROOM, "ops", 1);
    log_cursor(&bob, CONVO_ROOM, "ops", UINT64_MAX);
    log_read(&bob, CONVO_ROOM, "ops", 0, &entries);
    has_messages(&entries, 6, 8);
}

Test(scenario_log, cursor__of_a_conversation_that_is_not_ones_own_is_ignored)
{
    (void)both();
    people_account(&carol, "carol");
    log_cursor(&carol, CONVO_ROOM, "ops", 5);
    log_cursor(&carol, CONVO_DIRECT, "alice", 5);
    log_cursor(&carol, CONVO_ROOM, "nowhere", 5);
}

Test(scenario_log, pages__go_on_until_all_is_there)
{
    static char big[60000];
    uint64_t epoch = both();

    sim.config.limits.bytes_burst = 0;
    memset(big, 'x', sizeof big - 1);
    away(&bob);
    for (int i = 0; i < 30; i++)
        cr_assert_eq(group_say(&alice, "ops", epoch, big), STATUS_DONE);
    back(&bob, "bob");
    log_read(&bob, CONVO_ROOM, "ops", 0, &entries);
    log_in_order(&entries);
    cr_assert_geq(entries.pages, 3, "half a megabyte at a time");
    size_t messages = 0;
    for (size_t i = 0; i < entries.count; i++)
        messages +=
            entries.rows[i].kind == ENTRY_MESSAGE && entries.rows[i].n == sizeof big - 1;
    cr_assert_eq(messages, 30);
}

Test(scenario_log, pages__of_very_many_small_ones)
{
    uint64_t epoch = both();

    sim.config.limits.rotate_messages = 1000000;
    away(&bob);
    chatter(epoch, 0, 1500);
    back(&bob, "bob");
    log_read(&bob, CONVO_ROOM, "ops", 0, &entries);
    has_messages(&entries, 0, 1500);
}

Test(scenario_log, memory__is_bounded_and_what_an_account_lacks_is_written)
{
    uint64_t epoch = both();

    sim.config.limits.tail_entries = 16;
    chatter(epoch, 0, 200);
    sim_run(&sim, 1000);
    log_read(&bob, CONVO_ROOM, "ops", 0, &entries);
    has_messages(&entries, 0, 200);
    cr_assert_not(entries.gone);
}

Test(scenario_log, memory__forgotten_for_a_guest_is_said_to_be_gone)
{
    actor_enter(&alice, "alice");
    actor_enter(&bob, "bob");
    (void)actor_join(&alice, "ops");
    (void)actor_join(&bob, "ops");
    sim.config.limits.tail_entries = 16;
    chatter(0, 0, 100);
    log_read(&bob, CONVO_ROOM, "ops", 0, &entries);
    cr_assert(entries.gone, "the first ones are nowhere any more");
    cr_assert_lt(entries.count, 17);
    cr_assert_str_eq(entries.rows[entries.count - 1].body, "m99");
    uint64_t last = entries.last;
    log_read(&bob, CONVO_ROOM, "ops", last, &entries);
    cr_assert_not(entries.gone, "nothing after that is missing");
}

Test(scenario_log, memory__trimmed_while_the_store_was_asked_leaves_no_hole)
{
    uint64_t epoch = both();

    sim.config.limits.tail_entries = 16;
    people_account(&carol, "carol");
    (void)group_join(&carol, "ops");
    epoch++;
    chatter(epoch, 0, 16);
    /* Carol asks, and in the same turn so much is said that memory is trimmed. */
    struct msg_catch_up m = {.kind = CONVO_ROOM, .name = bytes_str("ops")};
    struct msg_say say = {.to = bytes_str("ops"), .more = true, .epoch = epoch};
    actor_send(&carol, OP_CATCH_UP, &m);
    for (size_t i = 16; i < 30; i++) {
        say.text = bytes_str(people_name("m", i));
        actor_send(&alice, OP_SAY, &say);
    }
    for (size_t i = 16; i < 30; i++)
        (void)actor_wait_reply(&alice);
    struct msg_catch_up_ok ok;
    struct msg_entries page;
    struct msg_entry_row row;
    size_t next = 0;
    (void)actor_wait_reply(&carol);
    actor_answer(&carol, &MSG_CATCH_UP_OK, &ok);
    uint64_t last = ok.last_seq;
    bool left = ok.left != 0;
    while (actor_has_event(&carol, OP_CATCH_UP)) {
        actor_event(&carol, OP_CATCH_UP, &MSG_ENTRIES, &page);
        while (list_next(&page.entries, &MSG_ENTRY_ROW, &row)) {
            if (row.kind == ENTRY_MESSAGE)
                cr_assert(bytes_eq(row.body, bytes_str(people_name("m", next++))));
        }
    }
    cr_assert(left || next == 30, "%zu and no more", next);
    log_read(&carol, CONVO_ROOM, "ops", last, &entries);
    has_messages(&entries, next, 30);
}

Test(scenario_log, joiner__reads_nothing_from_before)
{
    uint64_t epoch = both();

    chatter(epoch, 0, 5);
    people_account(&carol, "carol");
    (void)group_join(&carol, "ops");
    chatter(epoch + 1, 5, 5);
    log_read(&carol, CONVO_ROOM, "ops", 0, &entries);
    has_messages(&entries, 5, 10);
}

Test(scenario_log, leaver__who_comes_again_reads_nothing_of_between)
{
    uint64_t epoch = both();

    (void)group_leave(&bob, "ops");
    chatter(epoch, 0, 5);
    cr_assert_eq(actor_join(&bob, "ops"), OP_JOINED);
    log_read(&bob, CONVO_ROOM, "ops", 0, &entries);
    cr_assert_eq(entries.count, 0);
}

/* A day is as good as fourteen, and sooner over. */
static void wait_for(uint64_t ms, bool keeps)
{
    uint64_t epoch = both();

    sim.config.limits.retention_days = 1;
    away(&bob);
    chatter(epoch, 0, 3);
    cr_assert_eq(actor_commit(&alice, "ops", epoch, 0, 1), STATUS_DONE);
    away(&alice);
    sim_run(&sim, ms);
    back(&bob, "bob");
    log_read(&bob, CONVO_ROOM, "ops", 0, &entries);
    cr_assert_eq(entries.rows[entries.count - 1].epoch, epoch, "the last commit stays");
    cr_assert_eq(log_has(&entries, "m0"), keeps);
    cr_assert_eq(log_has(&entries, "m2"), keeps);
    cr_assert_eq(entries.gone, !keeps, "and it is said when something is missing");
}

Test(scenario_log, expiry__before_its_day_everything_is_there)
{
    wait_for(23 * 3600000, true);
}

Test(scenario_log, expiry__after_its_day_messages_are_gone)
{
    wait_for(25 * 3600000, false);
}

/* The memory of the relay is not what is asked about here. */
static void forget_memory(uint64_t epoch, size_t from)
{
    sim.config.limits.tail_entries = 16;
    chatter(epoch, from, 40);
}

Test(scenario_log, retention__zero_keeps_commits_and_nothing_else)
{
    uint64_t epoch;
    struct msg_sent sent;
    size_t commits = 0;

    sim.config.limits.retention_days = 0;
    sim.config.limits.rotate_messages = 1000000;
    epoch = both();
    away(&bob);
    chatter(epoch, 0, 2);
    actor_answer(&alice, &MSG_SENT, &sent);
    cr_assert_eq(sent.stored, 0);
    for (uint8_t i = 0; i < 3; i++)
        cr_assert_eq(actor_commit(&alice, "ops", epoch + i, 0, (uint8_t)(i + 1)), STATUS_DONE);
    forget_memory(epoch + 3, 2);
    sim_run(&sim, 200000);
    back(&bob, "bob");
    log_read(&bob, CONVO_ROOM, "ops", 0, &entries);
    for (size_t i = 0; i < entries.count; i++)
        commits += entries.rows[i].kind == ENTRY_COMMIT && entries.rows[i].epoch >= epoch;
    cr_assert_eq(commits, 3, "no commit is missing");
    cr_assert_not(log_has(&entries, "m0"));
    cr_assert(entries.gone, "and he is told that something was");
}

Test(scenario_log, catch_up__of_a_room_that_is_not_ones_own_is_refused)
{
    struct msg_catch_up m = {.kind = CONVO_ROOM, .name = bytes_str("ops")};

    (void)both();
    people_account(&carol, "carol");
    (void)actor_ask(&carol, OP_CATCH_UP, &m);
    people_refused(&carol, CODE_NOT_MEMBER, "name");
    m.name = bytes_str("nowhere");
    (void)actor_ask(&carol, OP_CATCH_UP, &m);
    people_refused(&carol, CODE_NOT_MEMBER, "name");
}

Test(scenario_log, conversations__lists_what_one_is_part_of)
{
    struct msg_empty none = {0};
    struct msg_conversations_ok ok;
    struct msg_convo_row row;
    uint64_t epoch = both();

    cr_assert_eq(actor_direct(&alice, "bob", "psst"), STATUS_DONE);
    cr_assert_eq(actor_commit(&alice, "ops", epoch, 0, 1), STATUS_DONE);
    (void)actor_ask(&bob, OP_CONVERSATIONS, &none);
    actor_answer(&bob, &MSG_CONVERSATIONS_OK, &ok);
    cr_assert_eq(ok.convos.count, 2);
    while (list_next(&ok.convos, &MSG_CONVO_ROW, &row)) {
        if (row.kind == CONVO_ROOM) {
            cr_assert(bytes_eq(row.name, bytes_str("ops")));
            cr_assert_eq(row.epoch, epoch + 1);
        } else {
            cr_assert(bytes_eq(row.name, bytes_str("alice")));
        }
        cr_assert_gt(row.last_seq, row.cursor);
    }
}

Test(scenario_log, room__founded_again_goes_on_with_its_numbers)
{
    struct msg_sent sent;
    uint64_t last = 0;

    actor_enter(&alice, "alice");
    for (int round = 0; round < 3; round++) {
        cr_assert_eq(actor_join(&alice, "ops"), OP_CREATED);
        cr_assert_eq(actor_say(&alice, "ops", "x"), STATUS_DONE);
        actor_answer(&alice, &MSG_SENT, &sent);
        cr_assert_gt(sent.seq, last, "whoever was there before would take it for a copy");
        last = sent.seq;
        cr_assert_eq(group_leave(&alice, "ops"), OP_LEFT);
    }
}
