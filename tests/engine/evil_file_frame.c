/* SPDX-License-Identifier: ISC */
/* A relay that says of files whatever it likes: sizes, states, credit, ends, of any handle. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "base/mem.h"
#include "client/parcel.h"
#include "support/crew_check.h"
#include "support/filecrew.h"

enum { ALICE, BOB };
#define OPS   "#ops"
#define CHUNK 65536u
#define SIZE  "the relay says another size than the sender signed"

static struct filecrew f;
static char name[24];

static void setup(void)
{
    filecrew_init(&f, 20276);
    filecrew_room(&f, 2);
    filecrew_type(&f, BOB, "/auto-accept alice 100M");
    crew_run(&f.v.crew, 1000);
}

static void teardown(void)
{
    filecrew_sealed_once(&f, ALICE);
    filecrew_fini(&f);
}

TestSuite(evil_file_frame, .init = setup, .fini = teardown);

static void send(const char *n, size_t bytes)
{
    (void)snprintf(name, sizeof name, "%s", n);
    filecrew_send(&f, ALICE, OPS, name, bytes);
}

static void arrives(void)
{
    filecrew_is(&f, BOB, name, TRANSFER_DONE);
    filecrew_same(&f, BOB, name, name);
}

static const struct upload *upload(void)
{
    return crew_engine(f.v.m[ALICE])->files.uploads;
}

static const struct download *download(void)
{
    return crew_engine(f.v.m[BOB])->files.downloads;
}

/* ---- sizes ---- */

static unsigned field;

static enum meddler_verdict answer(void *arg, struct meddler_frame *m)
{
    struct msg_file_answer_ok *ok = m->msg;

    (void)arg;
    ok->bytes += field == 0;
    ok->chunk -= field == 1;
    ok->count += field == 2;
    return MEDDLE_CHANGED;
}

Test(evil_file_frame, size__in_the_answer_is_compared)
{
    char n[24];

    for (field = 0; field < 3; field++) {
        (void)snprintf(n, sizeof n, "answer%u", field);
        meddler_answer(&f.v.line[BOB], OP_FILE_ANSWER, answer, NULL);
        send(n, 3 * CHUNK);
        filecrew_is(&f, BOB, n, TRANSFER_FAILED);
        filecrew_why(&f, BOB, n, SIZE);
        meddler_honest(&f.v.line[BOB]);
    }
    cr_assert_eq(filecrew_entries(f.in[BOB]), 0);
    send("honest", 3 * CHUNK);
    arrives();
}

Test(evil_file_frame, size__in_an_offer_that_is_repeated_is_compared)
{
    struct msg_file_offered m;

    meddler_order(&f.v.line[BOB], DOWN, OP_FILE_CHUNK, 0, MEDDLE_DROP);
    send("again", 3 * CHUNK);
    filecrew_is(&f, BOB, name, TRANSFER_MOVING);
    meddler_read(meddler_kept(&f.v.line[BOB], DOWN, OP_FILE_OFFER, 0), &m);
    m.bytes = UINT64_MAX;
    meddler_tell(&f.v.line[BOB], OP_FILE_OFFER, &m);
    filecrew_is(&f, BOB, name, TRANSFER_FAILED);
    filecrew_why(&f, BOB, name, SIZE);
    cr_assert_eq(filecrew_entries(f.in[BOB]), 0);
}

/* What came before it is of another turn, and comes again in the new one. */
Test(evil_file_frame, offer__that_is_repeated_among_chunks_counts_none_twice)
{
    struct msg_file_offered m;
    struct meddler *line = &f.v.line[BOB];

    meddler_order(line, DOWN, OP_FILE_CHUNK, 0, MEDDLE_HOLD);
    send("counted", 3 * CHUNK);
    filecrew_is(&f, BOB, name, TRANSFER_MOVING);
    crew_run(&f.v.crew, 500);
    meddler_honest(line);
    meddler_read(meddler_kept(line, DOWN, OP_FILE_OFFER, 0), &m);
    meddler_let_go(line, false);
    meddler_tell(line, OP_FILE_OFFER, &m);
    arrives();
    filecrew_is(&f, ALICE, name, TRANSFER_DONE);
    cr_assert_eq(meddler_count(line, DOWN, OP_FILE_END), 0, "more was acknowledged than sent");
}

static enum meddler_verdict other_turn(void *arg, struct meddler_frame *m)
{
    struct msg_file_start *s = m->msg;

    (void)arg;
    s->turn += 7;
    return MEDDLE_CHANGED;
}

Test(evil_file_frame, start__of_another_turn_does_not_count)
{
    meddler_ask(&f.v.line[BOB], DOWN, OP_FILE_START, other_turn, NULL);
    send("turn", 3 * CHUNK);
    filecrew_is(&f, BOB, name, TRANSFER_WAITING);
    crew_run(&f.v.crew, 5000);
    cr_assert_eq(filecrew_find(&f, BOB, name)->done, 0);
    meddler_honest(&f.v.line[BOB]);
    arrives();
}

/* ---- credit ---- */

static void credit(uint32_t handle, uint32_t first, uint32_t count, unsigned times)
{
    struct msg_file_credit m = {.handle = handle};
    struct msg_range r = {first, count};
    struct list_writer w;

    list_begin(&w, times * sizeof r);
    for (unsigned i = 0; i < times; i++)
        list_add(&w, &MSG_RANGE, &r);
    m.chunks = list_view(&w);
    meddler_tell(&f.v.line[ALICE], OP_FILE_CREDIT, &m);
    list_end(&w);
}

/* What is sent reaches no relay here: an honest one would end it. */
Test(evil_file_frame, credit__outside_the_file_sends_nothing)
{
    meddler_order(&f.v.line[ALICE], DOWN, OP_FILE_CREDIT, 0, MEDDLE_DROP);
    send("none", 3 * CHUNK);
    filecrew_is(&f, BOB, name, TRANSFER_MOVING);
    uint32_t handle = upload()->handle;
    credit(handle, 3, 1, 1);
    credit(handle, UINT32_MAX, UINT32_MAX, 2);
    credit(handle, 0, 0, 5);
    credit(handle, 1, UINT32_MAX, 1);
    credit(handle, 0, 4, 1);
    credit(handle + 1, 0, 3, 1);
    credit(0, 0, 3, 1);
    crew_run(&f.v.crew, 2000);
    cr_assert_eq(filecrew_chunks(&f, ALICE, UP), 0);
}

Test(evil_file_frame, credit__twice_sends_the_same_twice)
{
    meddler_order(&f.v.line[ALICE], DOWN, OP_FILE_CREDIT, 0, MEDDLE_DROP);
    meddler_order(&f.v.line[ALICE], UP, OP_FILE_CHUNK, 0, MEDDLE_DROP);
    send("twice", 3 * CHUNK);
    filecrew_is(&f, BOB, name, TRANSFER_MOVING);
    for (unsigned i = 0; i < 20; i++)
        credit(upload()->handle, i % 3, 1, 3);
    crew_run(&f.v.crew, 2000);
    cr_assert_eq(filecrew_chunks(&f, ALICE, UP), 60);
    filecrew_sealed_once(&f, ALICE);
}

Test(evil_file_frame, credit__without_end_fills_no_memory)
{
    size_t most = 0;

    meddler_order(&f.v.line[ALICE], UP, OP_FILE_CHUNK, 0, MEDDLE_DROP);
    send("flood", 3 * CHUNK);
    filecrew_is(&f, BOB, name, TRANSFER_MOVING);
    uint32_t handle = upload()->handle;
    for (unsigned i = 0; i < 100; i++) {
        credit(handle, 0, 3, MSG_RANGES);
        if (upload() != NULL && upload()->due_cap > most)
            most = upload()->due_cap;
        if (i % 10 == 9)
            crew_turns(&f.v.crew, 1);
    }
    cr_assert_leq(most, 8 * MSG_RANGES);
    filecrew_is(&f, ALICE, name, TRANSFER_FAILED);
    filecrew_why(&f, ALICE, name, "the relay asks for more than it may");
    evil_goes_on(&f.v, ALICE, OPS, BOB, OPS);
}

/* ---- states, pauses, ends ---- */

Test(evil_file_frame, state__of_anybody_with_any_name)
{
    meddler_order(&f.v.line[BOB], DOWN, OP_FILE_CHUNK, 0, MEDDLE_DROP);
    send("state", 3 * CHUNK);
    filecrew_is(&f, ALICE, name, TRANSFER_MOVING);
    struct msg_file_state_event m = {
        .handle = upload()->handle, .user = bytes_str("\x1b[2J\x07mallory\r\n\xff")};
    for (unsigned i = 0; i < 256; i++) {
        m.state = (uint8_t)i;
        m.have = i * 0x01010101u;
        meddler_tell(&f.v.line[ALICE], OP_FILE_STATE, &m);
        crew_turns(&f.v.crew, 1);
    }
    m.state = FILE_AWAY;
    meddler_tell(&f.v.line[ALICE], OP_FILE_STATE, &m);
    m.user = bytes_str("bob");
    meddler_tell(&f.v.line[ALICE], OP_FILE_STATE, &m);
    crew_turns(&f.v.crew, 3);
    const struct transfer *t = filecrew_find(&f, ALICE, name);
    filecrew_why(&f, ALICE, name, "not connected");
    for (const char *c = t->why; *c != '\0'; c++)
        cr_assert((uint8_t)*c >= 0x20 && *c != 0x7f, "a control byte is shown");
    cr_assert_leq(t->people_n, 3);
    cr_assert_leq(t->done, t->bytes);
}

static void any_end(size_t who, uint32_t handle, const uint8_t id[MSG_ID])
{
    struct msg_file_end_event m = {.handle = handle, .by = bytes_str("\x1b]0;x\x07")};

    memcpy(m.id, id, MSG_ID);
    for (unsigned why = 0; why < 256; why++) {
        m.why = (uint8_t)why;
        meddler_tell(&f.v.line[who], OP_FILE_END, &m);
    }
}

/* Only both of handle and id name a file. */
Test(evil_file_frame, end__of_files_that_are_not_meant_changes_nothing)
{
    uint8_t other[MSG_ID] = {1};

    meddler_order(&f.v.line[BOB], DOWN, OP_FILE_CHUNK, 0, MEDDLE_DROP);
    send("goes on", 3 * CHUNK);
    filecrew_is(&f, BOB, name, TRANSFER_MOVING);
    any_end(BOB, download()->handle, other);
    any_end(BOB, download()->handle + 1, download()->id);
    any_end(BOB, 0, other);
    any_end(ALICE, upload()->handle, other);
    any_end(ALICE, upload()->handle + 1, download()->id);
    crew_run(&f.v.crew, 1000);
    cr_assert_eq(filecrew_find(&f, BOB, name)->state, TRANSFER_MOVING);
    cr_assert_eq(filecrew_find(&f, ALICE, name)->state, TRANSFER_MOVING);
    meddler_honest(&f.v.line[BOB]);
    arrives();
}

Test(evil_file_frame, end__that_is_a_lie_ends_it_and_no_more)
{
    char n[24];

    for (unsigned why = 0; why < 9; why++) {
        struct msg_file_end_event m = {.why = (uint8_t)why};
        (void)snprintf(n, sizeof n, "lie%u", why);
        meddler_order(&f.v.line[BOB], DOWN, OP_FILE_CHUNK, 0, MEDDLE_DROP);
        send(n, 3 * CHUNK);
        filecrew_is(&f, BOB, name, TRANSFER_MOVING);
        const struct download *d = download();
        while (d->next != NULL)
            d = d->next;
        m.handle = d->handle;
        memcpy(m.id, d->id, sizeof m.id);
        meddler_tell(&f.v.line[BOB], OP_FILE_END, &m);
        meddler_honest(&f.v.line[BOB]);
        crew_run(&f.v.crew, 60000);
        const struct transfer *t = filecrew_find(&f, BOB, name);
        cr_assert_neq(t->state, TRANSFER_MOVING);
        cr_assert(t->state == TRANSFER_DONE || t->why[0] != '\0', "%s says nothing", name);
    }
    evil_goes_on(&f.v, ALICE, OPS, BOB, OPS);
}

/* What has come is the receiver's: no word of the relay takes it away, whatever it says. */
Test(evil_file_frame, end__that_is_a_lie_destroys_nothing)
{
    static const uint8_t WHYS[] = {FILE_END_CANCELLED, FILE_END_LEFT, FILE_END_FORBIDDEN};
    char n[24];

    for (size_t i = 0; i < MEM_COUNT(WHYS); i++) {
        struct msg_file_end_event m = {.why = WHYS[i], .by = bytes_str("alice")};
        (void)snprintf(n, sizeof n, "lie%zu", i);
        send(n, 100 * CHUNK);
        filecrew_moves(&f, BOB, name, 20 * CHUNK);
        m.handle = download()->handle;
        memcpy(m.id, download()->id, sizeof m.id);
        meddler_tell(&f.v.line[BOB], OP_FILE_END, &m);
        crew_run(&f.v.crew, 2000);
        const struct transfer *t = filecrew_find(&f, BOB, name);
        cr_assert_eq(t->state, TRANSFER_LOST, "%s", transfer_state_str(t->state));
        cr_assert_not_null(filecrew_part(&f, BOB), "what had come is gone");
        size_t had = (size_t)(t->done / CHUNK), before = filecrew_chunks(&f, BOB, DOWN);
        crew_cut(f.v.m[BOB]); /* another line, and the relay is honest again */
        arrives();
        cr_assert_leq(filecrew_chunks(&f, BOB, DOWN) - before, 100 - had + 1);
    }
}

/* Nor do sizes that are not what was signed. */
Test(evil_file_frame, sizes__that_are_a_lie_destroy_nothing)
{
    struct msg_file_offered m = {
        .kind = CONVO_ROOM, .room = bytes_str("ops"), .sender = bytes_str("alice")};

    send("sizes", 100 * CHUNK);
    filecrew_moves(&f, BOB, name, 20 * CHUNK);
    m.handle = download()->handle;
    memcpy(m.id, download()->id, sizeof m.id);
    m.chunk = CHUNK;
    m.count = 7;
    m.bytes = 7 * CHUNK;
    meddler_tell(&f.v.line[BOB], OP_FILE_OFFER, &m);
    filecrew_is(&f, BOB, name, TRANSFER_PAUSED);
    filecrew_why(&f, BOB, name, "the relay says another size than the sender signed");
    cr_assert_not_null(filecrew_part(&f, BOB), "what had come is gone");
    filecrew_type(&f, BOB, "/resume");
    arrives();
}

Test(evil_file_frame, pause__of_any_handle_and_value)
{
    send("pause", 3 * CHUNK);
    for (unsigned i = 0; i < 512; i++) {
        struct msg_file_pause_order m = {
            .handle = i % 2 != 0 || download() == NULL ? i : download()->handle,
            .on = (uint8_t)(i / 2)};
        meddler_tell(&f.v.line[BOB], OP_FILE_PAUSE, &m);
        meddler_tell(&f.v.line[ALICE], OP_FILE_PAUSE, &m);
        crew_turns(&f.v.crew, 1);
    }
    arrives();
}

/* ---- floods ---- */

Test(evil_file_frame, offers__that_nobody_sealed_are_shown_to_nobody)
{
    struct msg_file_offered m = {.kind = CONVO_ROOM,
        .room = bytes_str("ops"),
        .sender = bytes_str("alice"),
        .chunk = CHUNK,
        .count = 1,
        .bytes = 10};

    for (uint32_t i = 0; i < 10000; i++) {
        memcpy(m.id, &i, sizeof i);
        m.handle = i;
        meddler_tell(&f.v.line[BOB], OP_FILE_OFFER, &m);
        if (i % 200 == 0)
            crew_turns(&f.v.crew, 1);
    }
    crew_run(&f.v.crew, 1000);
    cr_assert_eq(f.v.m[BOB]->model->files.count, 0);
    cr_assert_eq(meddler_count(&f.v.line[BOB], UP, OP_FILE_ANSWER), 0);
    send("honest", 3 * CHUNK);
    arrives();
}

/* Bodies of any bytes: the line may be given up for them, and nothing else happens. */
Test(evil_file_frame, garbage__under_every_opcode)
{
    uint8_t body[64];

    for (unsigned i = 0; i < 2000; i++) {
        size_t n = (size_t)(sim_rand(&f.v.sim) % sizeof body);
        for (size_t k = 0; k < n; k++)
            body[k] = (uint8_t)(sim_rand(&f.v.sim) >> 16);
        size_t who = i % 2;
        meddler_tell_raw(&f.v.line[who], (uint8_t)(OP_FILE_OFFER + sim_rand(&f.v.sim) % 10),
            bytes_of(body, n));
        crew_turns(&f.v.crew, 1);
    }
    crew_heals(&f.v.crew, OPS, 2);
    send("honest", 3 * CHUNK);
    arrives();
}
