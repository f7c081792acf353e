/* SPDX-License-Identifier: ISC */
/* A relay that changes, mixes, withholds and invents the chunks of a file. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "base/mem.h"
#include "client/parcel.h"
#include "support/crew_check.h"
#include "support/filecrew.h"

enum { ALICE, BOB };
#define OPS    "#ops"
#define CHUNK  65536u
#define SMALL  40u
#define NOT_IT "what came is not what was sealed"

static struct filecrew f;
static struct meddler *line; /* of bob */
static char name[24];
static size_t at, left; /* where a bit is changed; how many frames are meddled with still */

static void setup(void)
{
    filecrew_init(&f, 20275);
    filecrew_room(&f, 2);
    filecrew_type(&f, BOB, "/auto-accept alice 100M");
    crew_run(&f.v.crew, 1000);
    line = &f.v.line[BOB];
}

static void teardown(void)
{
    filecrew_sealed_once(&f, ALICE);
    filecrew_fini(&f);
}

TestSuite(evil_file, .init = setup, .fini = teardown);

static void send(const char *n, size_t bytes, size_t frames)
{
    left = frames;
    (void)snprintf(name, sizeof name, "%s", n);
    filecrew_send(&f, ALICE, OPS, name, bytes);
}

static void arrives(void)
{
    filecrew_is(&f, BOB, name, TRANSFER_DONE);
    filecrew_same(&f, BOB, name, name);
    crew_run(&f.v.crew, 2000);
    cr_assert_null(filecrew_part(&f, BOB));
}

/* It is held up and said why, nothing is in place; and it goes on when the relay behaves. */
static void is_held_up(const char *why)
{
    filecrew_is(&f, BOB, name, TRANSFER_PAUSED);
    filecrew_why(&f, BOB, name, why);
    cr_assert_not_null(filecrew_part(&f, BOB));
    meddler_honest(line);
    filecrew_type(&f, BOB, "/resume");
    arrives();
}

/* ---- bits ---- */

static enum meddler_verdict flip(void *arg, struct meddler_frame *m)
{
    uint8_t *body;

    (void)arg;
    if (left == 0)
        return MEDDLE_PASS;
    left--;
    body = mem_dup(m->body.p, m->body.n);
    body[at < m->body.n ? at : m->body.n - 1] ^= (uint8_t)(1u << at % 8);
    meddler_tell_raw(line, OP_FILE_CHUNK, bytes_of(body, m->body.n));
    mem_free(body);
    return MEDDLE_DROP;
}

Test(evil_file, chunk__with_a_bit_of_any_byte_changed_is_refused)
{
    char n[24];

    for (at = 0; at < 8 + SMALL + 16; at++) {
        meddler_ask(line, DOWN, OP_FILE_CHUNK, flip, NULL);
        (void)snprintf(n, sizeof n, "bit%zu", at);
        send(n, SMALL, 1);
        if (at >= 4)
            is_held_up(NOT_IT);
        else
            arrives(); /* another handle: it is a chunk of nothing, and comes again */
        meddler_honest(line);
    }
    cr_assert_eq(filecrew_entries(f.in[BOB]), 8 + SMALL + 16);
}

Test(evil_file, chunk__large_with_a_bit_changed_is_refused)
{
    char n[24];

    for (at = 8; at < CHUNK + 24; at += 8209) {
        meddler_ask(line, DOWN, OP_FILE_CHUNK, flip, NULL);
        (void)snprintf(n, sizeof n, "large%zu", at);
        send(n, 2 * CHUNK, 1);
        is_held_up(NOT_IT);
    }
}

/* ---- places ---- */

static enum meddler_verdict swap(void *arg, struct meddler_frame *m)
{
    struct msg_file_chunk *c = m->msg;

    (void)arg;
    c->index ^= 1;
    return MEDDLE_CHANGED;
}

static enum meddler_verdict behind(void *arg, struct meddler_frame *m)
{
    struct msg_file_chunk *c = m->msg;

    (void)arg;
    c->index += 1000;
    return MEDDLE_CHANGED;
}

static enum meddler_verdict shorter(void *arg, struct meddler_frame *m)
{
    struct msg_file_chunk *c = m->msg;

    (void)arg;
    c->data.n--;
    return MEDDLE_CHANGED;
}

static enum meddler_verdict one_byte(void *arg, struct meddler_frame *m)
{
    struct msg_file_chunk *c = m->msg;

    (void)arg;
    c->data.n = 1;
    return MEDDLE_CHANGED;
}

Test(evil_file, chunk__in_another_place_or_of_another_size_is_refused)
{
    static meddler_fn *const WAYS[] = {swap, behind, shorter, one_byte};
    char n[24];

    for (size_t i = 0; i < MEM_COUNT(WAYS); i++) {
        meddler_ask(line, DOWN, OP_FILE_CHUNK, WAYS[i], NULL);
        (void)snprintf(n, sizeof n, "way%zu", i);
        send(n, 4 * CHUNK, 0);
        is_held_up(NOT_IT);
    }
}

/* Both files are of one sender and one shape: only what is sealed tells them apart. */
static enum meddler_verdict cross(void *arg, struct meddler_frame *m)
{
    struct msg_file_chunk *c = m->msg;
    const struct download *d = crew_engine(f.v.m[BOB])->files.downloads;

    (void)arg;
    if (d == NULL || d->next == NULL)
        return MEDDLE_PASS;
    c->handle = c->handle == d->handle ? d->next->handle : d->handle;
    return MEDDLE_CHANGED;
}

Test(evil_file, chunk__of_another_file_is_refused)
{
    meddler_ask(line, DOWN, OP_FILE_CHUNK, cross, NULL);
    send("one", 4 * CHUNK, 0);
    send("two", 4 * CHUNK, 0);
    filecrew_is(&f, BOB, "one", TRANSFER_PAUSED);
    filecrew_is(&f, BOB, "two", TRANSFER_PAUSED);
    filecrew_why(&f, BOB, "one", NOT_IT);
    meddler_honest(line);
    filecrew_type(&f, BOB, "/resume %u", filecrew_find(&f, BOB, "one")->n);
    filecrew_type(&f, BOB, "/resume %u", filecrew_find(&f, BOB, "two")->n);
    filecrew_is(&f, BOB, "one", TRANSFER_DONE);
    filecrew_same(&f, BOB, "one", "one");
    arrives();
}

/* ---- too few and too many ---- */

static enum meddler_verdict lose(void *arg, struct meddler_frame *m)
{
    (void)arg, (void)m;
    if (left == 0)
        return MEDDLE_PASS;
    left--;
    return MEDDLE_DROP;
}

static enum meddler_verdict repeat(void *arg, struct meddler_frame *m)
{
    (void)arg;
    if (left == 0)
        return MEDDLE_PASS;
    left--;
    meddler_tell_raw(line, OP_FILE_CHUNK, m->body);
    return MEDDLE_PASS;
}

/* Whoever lacks one is told of nothing more, is dropped for its silence, and accepts again. */
Test(evil_file, chunk__that_is_lost_comes_again)
{
    meddler_ask(line, DOWN, OP_FILE_CHUNK, lose, NULL);
    send("lost", 4 * CHUNK, 1);
    arrives();
    send("all lost", 4 * CHUNK, 4);
    arrives();
}

Test(evil_file, chunk__that_comes_twice_is_taken_once)
{
    meddler_ask(line, DOWN, OP_FILE_CHUNK, repeat, NULL);
    send("twice", 4 * CHUNK, 2);
    arrives();
}

Test(evil_file, chunk__after_the_end_and_of_handles_never_given)
{
    struct msg_file_chunk m;

    send("done", 2 * CHUNK, 0);
    arrives();
    meddler_read(meddler_kept(line, DOWN, OP_FILE_CHUNK, 0), &m);
    for (uint32_t i = 0; i < 100; i++) {
        meddler_tell(line, OP_FILE_CHUNK, &m);
        crew_turns(&f.v.crew, 1);
    }
    for (uint32_t handle = 0; handle < 50; handle++) {
        m.handle = handle * 0x05050505u;
        meddler_tell(line, OP_FILE_CHUNK, &m);
    }
    crew_run(&f.v.crew, 2000);
    cr_assert_eq(filecrew_entries(f.in[BOB]), 1);
    filecrew_same(&f, BOB, "done", "done");
    evil_goes_on(&f.v, ALICE, OPS, BOB, OPS);
}

/* Without its start nothing counts, whatever chunks come. */
Test(evil_file, chunk__before_the_start_is_passed_over)
{
    meddler_order(line, DOWN, OP_FILE_START, 1, MEDDLE_DROP);
    send("early", 4 * CHUNK, 0);
    filecrew_is(&f, BOB, name, TRANSFER_WAITING);
    crew_run(&f.v.crew, 10000);
    cr_assert_gt(filecrew_chunks(&f, BOB, DOWN), 0);
    cr_assert_eq(filecrew_find(&f, BOB, name)->done, 0);
    arrives();
}

/* ---- without end ---- */

static void not_now(void *arg)
{
    (void)arg;
}

static enum meddler_verdict endless(void *arg, struct meddler_frame *m)
{
    struct msg_file_answer_ok *ok = m->msg;

    (void)arg;
    ok->window = UINT32_MAX;
    return MEDDLE_CHANGED;
}

Test(evil_file, chunk__without_end_fills_no_memory)
{
    struct msg_file_chunk m;
    loop_fn *drain = f.v.m[BOB]->drain_worker.fn;

    meddler_answer(line, OP_FILE_ANSWER, endless, NULL);
    send("flood", CHUNK, 0);
    filecrew_is(&f, BOB, name, TRANSFER_OFFERED + 1); /* accepted */
    f.v.m[BOB]->drain_worker.fn = not_now;            /* its disk hangs */
    filecrew_is(&f, BOB, name, TRANSFER_MOVING);
    const struct download *d = crew_engine(f.v.m[BOB])->files.downloads;
    size_t most = 0;
    m = (struct msg_file_chunk){.handle = d->handle, .data = bytes_str("not a chunk at all")};
    for (uint32_t i = 0; i < 10000; i++) {
        meddler_tell(line, OP_FILE_CHUNK, &m);
        if (i % 100 == 0)
            crew_turns(&f.v.crew, 1);
        most = d->batch.n > most ? d->batch.n : most;
    }
    crew_turns(&f.v.crew, 10);
    cr_assert_gt(most, 0);
    cr_assert_leq(most, 2 * (64u << 20) / CHUNK + 1);
    filecrew_why(&f, BOB, name, "the relay sends more than it may");
    f.v.m[BOB]->drain_worker.fn = drain;
    loop_later(&f.v.sim.loop, &f.v.m[BOB]->drain_worker, LOOP_DELIVER);
    is_held_up("");
}
