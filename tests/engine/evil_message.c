/* SPDX-License-Identifier: ISC */
/* A relay that withholds, repeats, mixes and relabels what is said. */
#include <criterion/criterion.h>

#include "support/evil.h"

enum { ALICE, BOB, CAROL };
#define OPS "#ops"
#define FAR (1ull << 50) /* further than the log is */

static struct evil v;

static void setup(void)
{
    evil_init(&v, 7001);
}

static void teardown(void)
{
    evil_fini(&v);
}

TestSuite(evil_message, .init = setup, .fini = teardown);

static void say(size_t who, const char *page, const char *text)
{
    crew_type_in(v.m[who], page, text);
    crew_delivered(v.m[who], page, text, EVENT_RELAYED);
    crew_run(&v.crew, 1100);
}

Test(evil_message, withheld__one_message_is_told_as_missing)
{
    evil_room(&v, "ops", 2);
    meddler_order(&v.line[BOB], DOWN, OP_SAY, 1, MEDDLE_DROP);
    meddler_order(&v.line[BOB], DOWN, OP_CATCH_UP, 1, MEDDLE_DROP);
    say(ALICE, OPS, "lost");
    evil_hears(&v, ALICE, OPS, BOB, OPS);
    evil_told(
        &v, BOB, OPS, EVENT_WARN, "1 message of alice missing: the relay did not hand it on.");
    cr_assert_eq(crew_count(v.m[BOB], OPS, "lost"), 0);
    evil_goes_on(&v, ALICE, OPS, BOB, OPS);
}

/* Somebody between us and a relay that means well: its log has what was lost, in its place. */
Test(evil_message, withheld__but_in_the_log_is_read_in_its_order)
{
    evil_room(&v, "ops", 2);
    meddler_order(&v.line[BOB], DOWN, OP_SAY, 2, MEDDLE_DROP);
    say(ALICE, OPS, "late 1");
    say(ALICE, OPS, "late 2");
    evil_hears(&v, ALICE, OPS, BOB, OPS);
    cr_assert_eq(crew_count(v.m[BOB], OPS, "late 1"), 1);
    cr_assert_eq(crew_count(v.m[BOB], OPS, "late 2"), 1);
    cr_assert_not(crew_saw(v.m[BOB], OPS, "missing"));
    evil_goes_on(&v, ALICE, OPS, BOB, OPS);
}

Test(evil_message, withheld__a_run_is_counted)
{
    evil_room(&v, "ops", 2);
    meddler_order(&v.line[BOB], DOWN, OP_SAY, 3, MEDDLE_DROP);
    meddler_order(&v.line[BOB], DOWN, OP_CATCH_UP, 1, MEDDLE_DROP);
    say(ALICE, OPS, "lost 1");
    say(ALICE, OPS, "lost 2");
    say(ALICE, OPS, "lost 3");
    evil_hears(&v, ALICE, OPS, BOB, OPS);
    evil_told(&v, BOB, OPS, EVENT_WARN,
        "3 messages of alice missing: the relay did not hand them on.");
    evil_goes_on(&v, ALICE, OPS, BOB, OPS);
}

Test(evil_message, withheld__the_first_of_somebody_who_came_is_missed)
{
    evil_room(&v, "ops", 1);
    crew_start(v.m[evil_account(&v, "bob")]);
    crew_join(v.m[BOB], "ops");
    crew_sealed(v.m[ALICE], OPS, 2);
    meddler_order(&v.line[ALICE], DOWN, OP_SAY, 1, MEDDLE_DROP);
    meddler_order(&v.line[ALICE], DOWN, OP_CATCH_UP, 1, MEDDLE_DROP);
    say(BOB, OPS, "lost");
    evil_hears(&v, BOB, OPS, ALICE, OPS);
    evil_told(
        &v, ALICE, OPS, EVENT_WARN, "1 message of bob missing: the relay did not hand it on.");
}

Test(evil_message, replayed__is_refused_and_told)
{
    struct msg_said m;

    evil_room(&v, "ops", 2);
    say(ALICE, OPS, "once");
    crew_reads(v.m[BOB], OPS, "once");
    meddler_read(meddler_kept(&v.line[BOB], DOWN, OP_SAY, 0), &m);
    meddler_tell(&v.line[BOB], OP_SAY, &m);
    m.seq += 100;
    meddler_tell(&v.line[BOB], OP_SAY, &m);
    crew_run(&v.crew, 1000);
    cr_assert_eq(crew_count(v.m[BOB], OPS, "once"), 1);
    evil_told(&v, BOB, OPS, EVENT_WARN,
        "A message that the relay says is from alice cannot be opened (a message uses a key that was "
        "used before). It is not shown.");
    evil_goes_on(&v, ALICE, OPS, BOB, OPS);
}

Test(evil_message, altered__each_part_of_it_is_refused)
{
    struct msg_said m;
    uint8_t *bytes;

    evil_room(&v, "ops", 2);
    meddler_order(&v.line[BOB], DOWN, OP_SAY, 1, MEDDLE_DROP);
    say(ALICE, OPS, "as it was");
    meddler_read(meddler_kept(&v.line[BOB], DOWN, OP_SAY, 0), &m);
    bytes = (uint8_t *)(uintptr_t)m.text.p;
    for (size_t i = 0; i < m.text.n; i += m.text.n / 40) {
        bytes[i] ^= 0x10;
        meddler_tell(&v.line[BOB], OP_SAY, &m);
        bytes[i] ^= 0x10;
    }
    crew_run(&v.crew, 1000);
    cr_assert_eq(crew_count(v.m[BOB], OPS, "as it was"), 0);
    meddler_tell(&v.line[BOB], OP_SAY, &m);
    crew_reads(v.m[BOB], OPS, "as it was");
    evil_goes_on(&v, ALICE, OPS, BOB, OPS);
}

Test(evil_message, reordered__messages_are_shown_in_their_order_once)
{
    evil_room(&v, "ops", 2);
    meddler_order(&v.line[BOB], DOWN, OP_SAY, 3, MEDDLE_HOLD);
    say(ALICE, OPS, "first");
    say(ALICE, OPS, "second");
    say(ALICE, OPS, "third");
    meddler_let_go(&v.line[BOB], true);
    crew_reads(v.m[BOB], OPS, "third");
    crew_run(&v.crew, 1000);
    cr_assert_eq(crew_count(v.m[BOB], OPS, "third"), 1);
    cr_assert_eq(crew_count(v.m[BOB], OPS, "first"), 1);
    cr_assert_eq(crew_count(v.m[BOB], OPS, "second"), 1);
    cr_assert_not(crew_saw(v.m[BOB], OPS, "missing"));
    evil_goes_on(&v, ALICE, OPS, BOB, OPS);
}

Test(evil_message, spliced__into_another_room_is_refused_and_told)
{
    struct msg_said m;

    evil_room(&v, "ops", 2);
    crew_join(v.m[ALICE], "dev");
    crew_join(v.m[BOB], "dev");
    crew_sealed(v.m[ALICE], "#dev", 2);
    say(ALICE, "#dev", "only for dev");
    crew_reads(v.m[BOB], "#dev", "only for dev");
    meddler_order(&v.line[BOB], DOWN, OP_SAY, 1, MEDDLE_DROP);
    say(ALICE, "#dev", "for dev again");
    meddler_read(meddler_kept(&v.line[BOB], DOWN, OP_SAY, 0), &m);
    m.room = bytes_str("ops");
    m.seq += 50;
    meddler_tell(&v.line[BOB], OP_SAY, &m);
    evil_told(&v, BOB, OPS, EVENT_WARN,
        "A message that the relay says is from alice cannot be opened (a message is for "
        "another group). It is not shown.");
    cr_assert_eq(crew_count(v.m[BOB], OPS, "for dev again"), 0);
    evil_goes_on(&v, ALICE, OPS, BOB, OPS);
}

Test(evil_message, spliced__a_direct_message_into_a_room_and_back)
{
    struct msg_direct_event d;
    struct msg_said s;

    evil_pair(&v);
    crew_join(v.m[ALICE], "ops");
    crew_join(v.m[BOB], "ops");
    crew_sealed(v.m[ALICE], OPS, 2);
    evil_goes_on(&v, ALICE, OPS, BOB, OPS);
    meddler_order(&v.line[BOB], DOWN, OP_DIRECT, 1, MEDDLE_DROP);
    say(ALICE, "@bob", "between us");
    meddler_read(meddler_kept(&v.line[BOB], DOWN, OP_DIRECT, 0), &d);
    s = (struct msg_said){.room = bytes_str("ops"),
        .sender = d.sender,
        .text = d.text,
        .epoch = d.epoch,
        .kind = d.kind,
        .seq = d.seq + 100};
    meddler_tell(&v.line[BOB], OP_SAY, &s);
    evil_told(&v, BOB, OPS, EVENT_WARN,
        "A message that the relay says is from alice cannot be opened (a message is for "
        "another group). It is not shown.");
    meddler_read(meddler_kept(&v.line[BOB], DOWN, OP_SAY, 0), &s);
    d.text = s.text;
    meddler_tell(&v.line[BOB], OP_DIRECT, &d);
    evil_told(&v, BOB, "@alice", EVENT_WARN,
        "A message that the relay says is from alice cannot be opened (a message is for "
        "another group). It is not shown.");
    cr_assert_eq(crew_count(v.m[BOB], OPS, "between us"), 0);
    evil_goes_on(&v, ALICE, OPS, BOB, OPS);
}

Test(evil_message, reflected__our_own_words_are_not_somebody_elses)
{
    struct msg_say own;
    struct msg_said m = {.room = bytes_str("ops"), .sender = bytes_str("bob"), .seq = FAR};

    evil_room(&v, "ops", 2);
    say(ALICE, OPS, "I owe bob nothing");
    meddler_read(meddler_kept(&v.line[ALICE], UP, OP_SAY, 0), &own);
    m.text = own.text;
    m.epoch = own.epoch;
    meddler_tell(&v.line[ALICE], OP_SAY, &m);
    evil_told(&v, ALICE, OPS, EVENT_WARN,
        "A message that the relay says is from bob cannot be opened (a message has a sender "
        "that may not send it). It is not shown.");
    cr_assert_eq(crew_count(v.m[ALICE], OPS, "I owe bob nothing"), 1);
    evil_goes_on(&v, ALICE, OPS, BOB, OPS);
}

static enum meddler_verdict blame_carol(void *arg, struct meddler_frame *f)
{
    struct msg_said *m = f->msg;

    (void)arg;
    if (m->kind != ENTRY_MESSAGE)
        return MEDDLE_PASS;
    m->sender = bytes_str("carol");
    return MEDDLE_CHANGED;
}

Test(evil_message, blamed__whoever_signed_it_is_shown_and_the_lie_is_told)
{
    const struct room *r;
    const struct event *last = NULL;

    evil_room(&v, "ops", 3);
    meddler_ask(&v.line[BOB], DOWN, OP_SAY, blame_carol, NULL);
    evil_hears(&v, ALICE, OPS, BOB, OPS);
    evil_told(&v, BOB, OPS, EVENT_WARN,
        "The relay says that carol sent the next message; it is signed by alice and shown so.");
    r = crew_page(v.m[BOB], OPS);
    for (size_t i = 0; i < r->events.count; i++) {
        const struct event *ev = events_at(&r->events, i);
        last = ev->kind == EVENT_MESSAGE ? ev : last;
    }
    cr_assert(last != NULL && bytes_eq(last->who, bytes_str("alice")));
}

static enum meddler_verdict mislabel(void *arg, struct meddler_frame *f)
{
    struct msg_said *m = f->msg;

    (void)arg;
    m->epoch -= 1;
    return MEDDLE_CHANGED;
}

Test(evil_message, mislabelled__the_epoch_inside_counts)
{
    evil_room(&v, "ops", 2);
    meddler_ask(&v.line[BOB], DOWN, OP_SAY, mislabel, NULL);
    evil_hears(&v, ALICE, OPS, BOB, OPS);
    evil_told(&v, BOB, OPS, EVENT_WARN,
        "The relay put a wrong label on a message of alice; what is inside is shown.");
}

static enum meddler_verdict far_away(void *arg, struct meddler_frame *f)
{
    struct msg_said *m = f->msg;

    m->seq = *(const uint64_t *)arg;
    return MEDDLE_CHANGED;
}

Test(evil_message, numbered__near_the_end_of_all_numbers)
{
    uint64_t seq = INT64_MAX - 1;

    evil_room(&v, "ops", 2);
    meddler_ask(&v.line[BOB], DOWN, OP_SAY, far_away, &seq);
    say(ALICE, OPS, "far away");
    evil_told(&v, BOB, OPS, EVENT_WARN,
        "The relay told something of this conversation under a number that no log has. It was "
        "refused.");
    cr_assert_eq(crew_count(v.m[BOB], OPS, "far away"), 0);
    meddler_honest(&v.line[BOB]);
    evil_goes_on(&v, ALICE, OPS, BOB, OPS);
    for (const struct meddler_kept *k = v.line[BOB].kept; k != NULL; k = k->next) {
        struct msg_cursor_row row;
        struct msg_cursor m;
        if (k->way != UP || k->op != OP_CURSOR)
            continue;
        meddler_read(k, &m);
        while (list_next(&m.cursors, &MSG_CURSOR_ROW, &row))
            cr_assert_lt(row.seq, seq);
    }
}

Test(evil_message, receipt__made_by_the_relay_or_repeated_confirms_nothing)
{
    static const uint8_t NOISE[300] = {1, 1, 0};
    struct msg_said m = {.room = bytes_str("ops"),
        .sender = bytes_str("bob"),
        .text = bytes_of(NOISE, sizeof NOISE),
        .kind = ENTRY_RECEIPT,
        .seq = FAR};

    evil_room(&v, "ops", 2);
    say(ALICE, OPS, "heard");
    crew_delivered(v.m[ALICE], OPS, "heard", EVENT_DELIVERED);
    meddler_order(&v.line[ALICE], DOWN, OP_SAY, 0, MEDDLE_DROP);
    crew_run(&v.crew, 3000);
    crew_type_in(v.m[ALICE], OPS, "not heard, as far as she knows");
    crew_run(&v.crew, 8000);
    meddler_tell(&v.line[ALICE], OP_SAY, &m);
    meddler_read(meddler_kept(&v.line[ALICE], DOWN, OP_SAY, 1), &m);
    cr_assert_eq(m.kind, ENTRY_RECEIPT);
    meddler_tell(&v.line[ALICE], OP_SAY, &m);
    m.sender = bytes_str("carol");
    meddler_tell(&v.line[ALICE], OP_SAY, &m);
    crew_run(&v.crew, 8000);
    crew_delivered(v.m[ALICE], OPS, "not heard, as far as she knows", EVENT_RELAYED);
    evil_told(&v, ALICE, OPS, EVENT_WARN,
        "A message that the relay says is from bob cannot be opened (the bytes do not decode). It "
        "is not shown.");
}
