/* SPDX-License-Identifier: ISC */
/* What of files is in the vault: rows that make no sense stop nothing, and what is over is
 * forgotten; and guests, of whom nothing is kept. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "client/keep_file.h"
#include "client/parcel.h"
#include "client/talk.h"
#include "crypto/rand.h"
#include "support/crew_check.h"
#include "support/filecrew.h"

enum { ALICE, BOB };
#define OPS   "#ops"
#define CHUNK 65536u

static struct filecrew f;

static void setup(void)
{
    filecrew_init(&f, 20280);
}

static void teardown(void)
{
    filecrew_fini(&f);
}

TestSuite(engine_file_keep, .init = setup, .fini = teardown);

static void again(size_t who)
{
    crew_run(&f.v.crew, 2000);
    crew_kill(f.v.m[who]);
    crew_start(f.v.m[who]);
    crew_heals(&f.v.crew, OPS, 2);
}

static void put_row(size_t who, uint32_t sub, size_t key_n, struct bytes row)
{
    struct buf key;
    uint8_t id[64];

    rand_bytes(id, sizeof id);
    buf_init(&key, TALK_KEY + sizeof id);
    buf_bytes(&key, talk_key(crew_talk(f.v.m[who], OPS)));
    buf_put(&key, id, key_n);
    vault_put(f.v.m[who]->vault, VAULT_FILE, buf_view(&key), sub, row);
    loop_later(&f.v.sim.loop, &crew_engine(f.v.m[who])->save, LOOP_FLUSH);
    buf_free(&key);
}

/* Rows of every length, of other versions, under keys of another size. */
static void damage(size_t who)
{
    uint8_t row[400];

    for (uint32_t sub = KEEP_FILE_OUT; sub <= KEEP_FILE_IN + 1; sub++) {
        for (size_t n = 0; n < sizeof row; n += 13) {
            rand_bytes(row, sizeof row);
            row[0] = KEEP_FILE_VERSION;
            put_row(who, sub, MSG_ID, bytes_of(row, n));
        }
        memset(row, 0, sizeof row);
        row[0] = KEEP_FILE_VERSION;
        put_row(who, sub, MSG_ID, bytes_of(row, sizeof row));
        row[0] = KEEP_FILE_VERSION + 1;
        put_row(who, sub, MSG_ID, bytes_of(row, sizeof row));
        put_row(who, sub, MSG_ID - 1, bytes_of(row, sizeof row));
        put_row(who, sub, 40, bytes_of(row, sizeof row));
    }
}

Test(engine_file_keep, rows__that_make_no_sense_stop_nothing)
{
    filecrew_room(&f, 2);
    filecrew_send(&f, ALICE, OPS, "out", 100 * CHUNK);
    filecrew_send(&f, BOB, OPS, "in", 100 * CHUNK);
    filecrew_accept(&f, BOB, "out");
    filecrew_accept(&f, ALICE, "in");
    filecrew_moves(&f, BOB, "out", CHUNK);
    filecrew_type(&f, BOB, "/pause %u", filecrew_find(&f, BOB, "out")->n);
    filecrew_type(&f, ALICE, "/pause %u", filecrew_find(&f, ALICE, "in")->n);
    damage(ALICE);
    damage(BOB);
    again(ALICE);
    again(BOB);
    filecrew_type(&f, BOB, "/resume %u", filecrew_find(&f, BOB, "out")->n);
    filecrew_type(&f, ALICE, "/resume %u", filecrew_find(&f, ALICE, "in")->n);
    filecrew_is(&f, BOB, "out", TRANSFER_DONE);
    filecrew_is(&f, ALICE, "in", TRANSFER_DONE);
    filecrew_same(&f, BOB, "out", "out");
    filecrew_same(&f, ALICE, "in", "in");
    evil_goes_on(&f.v, ALICE, OPS, BOB, OPS);
}

/* The good row of a file of theirs, cut at every byte. */
Test(engine_file_keep, rows__that_are_cut_stop_nothing)
{
    struct buf whole;
    const struct download *d;

    filecrew_room(&f, 2);
    filecrew_send(&f, ALICE, OPS, "a", 10);
    filecrew_is(&f, BOB, "a", TRANSFER_OFFERED);
    d = crew_engine(f.v.m[BOB])->files.downloads;
    buf_init(&whole, 1024);
    buf_u8(&whole, KEEP_FILE_VERSION);
    for (size_t i = 0; i < 3; i++)
        buf_u8(&whole, 0);
    buf_u64(&whole, (uint64_t)d->offered_ms);
    buf_u64(&whole, 0);
    buf_put(&whole, d->print, sizeof d->print);
    for (size_t i = 0; i < 5; i++)
        buf_u16(&whole, 0);
    buf_bytes(&whole, buf_view(&d->offer));
    for (size_t n = 0; n < whole.n; n++)
        put_row(BOB, KEEP_FILE_IN, MSG_ID, bytes_of(whole.p, n));
    put_row(BOB, KEEP_FILE_IN, MSG_ID, buf_view(&whole)); /* as a whole it is one */
    buf_free(&whole);
    again(BOB);
    cr_assert_eq(f.v.m[BOB]->model->files.count, 2);
    evil_goes_on(&f.v, ALICE, OPS, BOB, OPS);
}

Test(engine_file_keep, rows__of_what_is_over_are_gone)
{
    filecrew_room(&f, 2);
    filecrew_goes(&f, ALICE, OPS, BOB, "done", 10);
    filecrew_send(&f, ALICE, OPS, "refused", 10);
    filecrew_is(&f, BOB, "refused", TRANSFER_OFFERED);
    filecrew_type(&f, BOB, "/refuse");
    filecrew_is(&f, ALICE, "refused", TRANSFER_REFUSED);
    filecrew_send(&f, ALICE, OPS, "cancelled", 10);
    filecrew_is(&f, BOB, "cancelled", TRANSFER_OFFERED);
    filecrew_type(&f, ALICE, "/cancel %u", filecrew_find(&f, ALICE, "cancelled")->n);
    filecrew_is(&f, BOB, "cancelled", TRANSFER_CANCELLED);
    again(ALICE);
    again(BOB);
    cr_assert_eq(f.v.m[ALICE]->model->files.count, 0);
    cr_assert_eq(f.v.m[BOB]->model->files.count, 0);
}

static void not_now(void *arg)
{
    (void)arg;
}

/* What the worker still holds, or waits for the relay, is not forgotten under it. */
Test(engine_file_keep, many__that_are_over_take_nothing_that_is_held)
{
    filecrew_room(&f, 2);
    loop_fn *drain = f.v.m[BOB]->drain_worker.fn;
    filecrew_send(&f, ALICE, OPS, "held", 10);
    filecrew_is(&f, BOB, "held", TRANSFER_OFFERED);
    f.v.m[BOB]->drain_worker.fn = not_now;
    filecrew_type(&f, BOB, "/accept");
    crew_run(&f.v.crew, 500);
    filecrew_type(&f, BOB, "/cancel");
    filecrew_is(&f, BOB, "held", TRANSFER_REFUSED);
    for (unsigned i = 0; i < TRANSFERS_KEPT + 50; i++)
        filecrew_type(&f, BOB, "/send /nowhere/%u", i);
    crew_run(&f.v.crew, 1000);
    f.v.m[BOB]->drain_worker.fn = drain;
    loop_later(&f.v.sim.loop, &f.v.m[BOB]->drain_worker, LOOP_DELIVER);
    crew_run(&f.v.crew, 1000);
    cr_assert_eq(filecrew_entries(f.in[BOB]), 0, "the part stays");
    filecrew_type(&f, BOB, "/send /nowhere/more");
    cr_assert_null(filecrew_find(&f, BOB, "held"));
    filecrew_goes(&f, ALICE, OPS, BOB, "after", 10);
}

/* What is there already is not begun anew elsewhere, nor left behind. */
Test(engine_file_keep, part__of_the_run_before_stays_where_it_is)
{
    static char elsewhere[FILECREW_PATH];

    filecrew_room(&f, 2);
    filecrew_send(&f, ALICE, OPS, "a", 40 * CHUNK);
    filecrew_is(&f, BOB, "a", TRANSFER_OFFERED);
    filecrew_type(&f, BOB, "/accept 1 mine");
    filecrew_moves(&f, BOB, "a", 10 * CHUNK);
    filecrew_type(&f, BOB, "/pause");
    crew_run(&f.v.crew, 2000);
    (void)snprintf(elsewhere, sizeof elsewhere, "%s/elsewhere", f.dir);
    f.v.m[BOB]->setup.download_dir = elsewhere; /* as by /set downloads */
    size_t before = filecrew_chunks(&f, BOB, DOWN);
    again(BOB);
    filecrew_is(&f, BOB, "a", TRANSFER_PAUSED);
    filecrew_type(&f, BOB, "/accept");
    filecrew_is(&f, BOB, "a", TRANSFER_DONE);
    filecrew_same(&f, BOB, "mine", "a");
    cr_assert_eq(filecrew_entries(f.in[BOB]), 1);
    cr_assert_eq(filecrew_entries(elsewhere), 0);
    cr_assert_leq(filecrew_chunks(&f, BOB, DOWN) - before, 30);
}

/* What is in its place is told once more, from the row alone: the part is gone. */
Test(engine_file_keep, placed__and_untold_is_told_after_a_restart)
{
    struct meddler *line = &f.v.line[BOB];

    filecrew_room(&f, 2);
    filecrew_send(&f, ALICE, OPS, "a", 3 * CHUNK);
    filecrew_accept(&f, BOB, "a");
    while (meddler_count(line, UP, OP_FILE_ANSWER) == 0)
        crew_turns(&f.v.crew, 1);
    meddler_order(line, UP, OP_FILE_ANSWER, 0, MEDDLE_DROP);
    meddler_order(line, UP, OP_FILE_ACK, 0, MEDDLE_DROP);
    filecrew_is(&f, BOB, "a", TRANSFER_DONE);
    crew_run(&f.v.crew, 2000);
    cr_assert_neq(filecrew_find(&f, ALICE, "a")->state, TRANSFER_DONE);
    meddler_honest(line);
    size_t before = filecrew_chunks(&f, BOB, DOWN);
    again(BOB);
    crew_run(&f.v.crew, 5000);
    cr_assert_eq(filecrew_find(&f, ALICE, "a")->state, TRANSFER_DONE);
    cr_assert_eq(filecrew_chunks(&f, BOB, DOWN), before, "it comes again");
    cr_assert_eq(filecrew_entries(f.in[BOB]), 1);
}

/* An offer that nobody answers is kept for a week. */
Test(engine_file_keep, offer__of_last_week_is_forgotten)
{
    static const struct {
        int64_t days;
        size_t stay;
    } ROWS[] = {{6, 1}, {8, 0}};

    filecrew_room(&f, 2);
    filecrew_send(&f, ALICE, OPS, "a", 10);
    filecrew_is(&f, BOB, "a", TRANSFER_OFFERED);
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        struct download *d = crew_engine(f.v.m[BOB])->files.downloads;
        d->offered_ms = f.v.sim.loop.wall_ms - ROWS[i].days * 86400000;
        keep_download(d->e, d);
        again(BOB);
        cr_assert_eq(transfers_open(&f.v.m[BOB]->model->files), ROWS[i].stay);
    }
    again(BOB);
    cr_assert_eq(f.v.m[BOB]->model->files.count, 0, "its row stays");
}

/* ---- guests ---- */

static void guests(void)
{
    static const char *const NAMES[] = {"alice", "bob"};

    for (size_t i = 0; i < 2; i++) {
        size_t who = evil_guest(&f.v, NAMES[i]);
        (void)snprintf(f.in[who], sizeof f.in[who], "%s/in.%s", f.dir, NAMES[i]);
        f.v.m[who]->setup.download_dir = f.in[who];
        crew_start(f.v.m[who]);
        crew_join(f.v.m[who], "ops");
    }
    crew_sealed(f.v.m[ALICE], OPS, 2);
    crew_run(&f.v.crew, 2000);
}

Test(engine_file_keep, guests__send_and_receive)
{
    guests();
    filecrew_goes(&f, ALICE, OPS, BOB, "a", 3 * CHUNK);
    filecrew_goes(&f, BOB, OPS, ALICE, "b", 3 * CHUNK);
    crew_cut(f.v.m[BOB]);
    filecrew_send(&f, ALICE, OPS, "c", 3 * CHUNK);
    filecrew_accept(&f, BOB, "c");
    filecrew_is(&f, BOB, "c", TRANSFER_DONE);
    filecrew_same(&f, BOB, "c", "c");
}

static void quits(size_t who, const char *words)
{
    char line[200];

    filecrew_send(&f, ALICE, OPS, "a", 100 * CHUNK);
    filecrew_accept(&f, BOB, "a");
    filecrew_moves(&f, BOB, "a", CHUNK);
    crew_type(f.v.m[who], "/quit");
    (void)snprintf(line, sizeof line, "You quit while files are on their way: %s.", words);
    crew_told(f.v.m[who], NULL, line);
    crew_run(&f.v.crew, 3000);
    cr_assert(session_over(f.v.m[who]->session), "it asks nobody");
}

Test(engine_file_keep, quit__tells_an_account_what_goes_on)
{
    filecrew_room(&f, 2);
    quits(BOB, "a file goes on when you are back");
}

Test(engine_file_keep, quit__tells_a_guest_what_is_given_up)
{
    guests();
    quits(BOB, "a file is given up");
}

/* And so are those who take it, under seal, before the sender is gone. */
Test(engine_file_keep, quit__of_a_guest_takes_back_what_it_sends)
{
    guests();
    filecrew_send(&f, ALICE, OPS, "a", 100 * CHUNK);
    filecrew_accept(&f, BOB, "a");
    filecrew_moves(&f, BOB, "a", CHUNK);
    crew_stop(f.v.m[ALICE]);
    filecrew_is(&f, BOB, "a", TRANSFER_FAILED);
    filecrew_why(&f, BOB, "a", "the sender took it back");
    cr_assert_eq(filecrew_entries(f.in[BOB]), 0);
}

/* Who cannot say it goes all the same. */
Test(engine_file_keep, quit__of_a_guest_waits_for_nobody_for_long)
{
    guests();
    filecrew_send(&f, ALICE, OPS, "a", 100 * CHUNK);
    filecrew_accept(&f, BOB, "a");
    filecrew_moves(&f, BOB, "a", CHUNK);
    meddler_order(&f.v.line[ALICE], UP, OP_SAY, 0, MEDDLE_DROP);
    session_quit(f.v.m[ALICE]->session);
    crew_run(&f.v.crew, 5000);
    cr_assert(session_over(f.v.m[ALICE]->session));
    filecrew_is(&f, BOB, "a", TRANSFER_LOST);
    filecrew_why(&f, BOB, "a", "the relay says that the sender");
    filecrew_type(&f, BOB, "/cancel");
    filecrew_is(&f, BOB, "a", TRANSFER_REFUSED);
    cr_assert_eq(filecrew_entries(f.in[BOB]), 0);
}

/* Of one that was not even heard it is said that it comes no more. */
Test(engine_file_keep, gone__a_guest_does_not_come_back)
{
    guests();
    filecrew_send(&f, ALICE, OPS, "a", 100 * CHUNK);
    filecrew_accept(&f, BOB, "a");
    filecrew_moves(&f, BOB, "a", CHUNK);
    crew_kill(f.v.m[ALICE]);
    crew_run(&f.v.crew, 200000);
    filecrew_is(&f, BOB, "a", TRANSFER_LOST);
    filecrew_why(&f, BOB, "a", "/cancel removes what came");
    filecrew_type(&f, BOB, "/cancel");
    filecrew_is(&f, BOB, "a", TRANSFER_REFUSED);
    cr_assert_eq(filecrew_entries(f.in[BOB]), 0);
}

/* Nobody could finish the part of somebody who is nobody tomorrow. */
Test(engine_file_keep, guests__leave_no_part_behind)
{
    guests();
    filecrew_send(&f, ALICE, OPS, "a", 100 * CHUNK);
    filecrew_accept(&f, BOB, "a");
    filecrew_moves(&f, BOB, "a", CHUNK);
    cr_assert_not_null(filecrew_part(&f, BOB));
    crew_stop(f.v.m[BOB]);
    cr_assert_eq(filecrew_entries(f.in[BOB]), 0);
}

/* ---- somebody else ---- */

/* What an account accepted is not what the guest or the account accepts that comes after it. */
Test(engine_file_keep, logout__ends_files_and_rules_and_leaves_what_is_the_accounts)
{
    filecrew_room(&f, 2);
    filecrew_type(&f, BOB, "/auto-accept alice 1M");
    filecrew_send(&f, ALICE, OPS, "a", 100 * CHUNK);
    filecrew_accept(&f, BOB, "a");
    filecrew_moves(&f, BOB, "a", CHUNK);
    filecrew_send(&f, BOB, OPS, "b", 100 * CHUNK);
    filecrew_is(&f, ALICE, "b", TRANSFER_OFFERED);
    size_t before = meddler_count(&f.v.line[BOB], UP, OP_FILE_ANSWER);
    filecrew_type(&f, BOB, "/logout");
    crew_run(&f.v.crew, 30000);
    cr_assert_not(f.v.m[BOB]->model->account);
    cr_assert(transfer_over(filecrew_find(&f, BOB, "a")));
    cr_assert(transfer_over(filecrew_find(&f, BOB, "b")));
    cr_assert_null(crew_engine(f.v.m[BOB])->files.downloads);
    cr_assert_null(crew_engine(f.v.m[BOB])->files.uploads);
    cr_assert_null(crew_engine(f.v.m[BOB])->files.rules);
    cr_assert_eq(meddler_count(&f.v.line[BOB], UP, OP_FILE_ANSWER), before);
    cr_assert_not_null(filecrew_part(&f, BOB), "the account could go on with it");
}
