/* SPDX-License-Identifier: ISC */
/* Files whose senders and receivers lose their line, pause, give up and leave, at every turn.
 */
#include <criterion/criterion.h>
#include <stdio.h>

#include "client/parcel.h"
#include "support/crew_check.h"
#include "support/filecrew.h"

enum { ALICE, BOB, CAROL };
#define OPS   "#ops"
#define CHUNK 65536u
#define TURNS 28
#define SIZE  (5 * CHUNK + 3)

static struct filecrew f;
static char name[16];

static void setup(void)
{
    filecrew_init(&f, 20272);
}

static void teardown(void)
{
    filecrew_fini(&f);
}

TestSuite(engine_file_line, .init = setup, .fini = teardown);

static void ready(size_t n)
{
    filecrew_room(&f, n);
    for (size_t who = BOB; who < n; who++)
        filecrew_type(&f, who, "/auto-accept alice 100M");
    crew_run(&f.v.crew, 1000);
}

/* Sent, and so many turns on its way. */
static void under_way(unsigned k)
{
    crew_heals(&f.v.crew, OPS, 0);
    (void)snprintf(name, sizeof name, "f%u", k);
    filecrew_send(&f, ALICE, OPS, name, SIZE);
    crew_turns(&f.v.crew, k);
}

static void arrives(size_t who)
{
    filecrew_is(&f, who, name, TRANSFER_DONE);
    filecrew_same(&f, who, name, name);
}

static bool over(const struct transfer *t)
{
    return t == NULL || transfer_over(t);
}

static bool all_over(void *arg)
{
    (void)arg;
    for (size_t i = 0; i < f.v.n; i++) {
        if (f.v.m[i]->up && !over(filecrew_find(&f, i, name)))
            return false;
    }
    return true;
}

static void ends(void)
{
    cr_assert(crew_until(&f.v.crew, all_over, NULL), "%s does not end", name);
}

/* ---- lines ---- */

Test(engine_file_line, cut__of_the_sender_at_every_turn)
{
    ready(2);
    for (unsigned k = 0; k < TURNS; k++) {
        under_way(k);
        crew_cut(f.v.m[ALICE]);
        arrives(BOB);
        filecrew_is(&f, ALICE, name, TRANSFER_DONE);
    }
    filecrew_sealed_once(&f, ALICE);
    cr_assert_eq(filecrew_entries(f.in[BOB]), TURNS);
}

Test(engine_file_line, cut__of_the_receiver_at_every_turn)
{
    ready(2);
    for (unsigned k = 0; k < TURNS; k++) {
        under_way(k);
        crew_cut(f.v.m[BOB]);
        arrives(BOB);
        filecrew_is(&f, ALICE, name, TRANSFER_DONE);
    }
    cr_assert_eq(filecrew_entries(f.in[BOB]), TURNS);
}

Test(engine_file_line, cut__of_both_again_and_again)
{
    ready(2);
    for (unsigned k = 0; k < TURNS; k += 3) {
        under_way(k);
        crew_cut(f.v.m[ALICE]);
        crew_turns(&f.v.crew, k / 2);
        crew_cut(f.v.m[BOB]);
        crew_run(&f.v.crew, 2000);
        crew_cut(f.v.m[BOB]);
        crew_cut(f.v.m[ALICE]);
        arrives(BOB);
        filecrew_is(&f, ALICE, name, TRANSFER_DONE);
    }
    filecrew_sealed_once(&f, ALICE);
}

Test(engine_file_line, cut__what_was_there_does_not_come_again)
{
    ready(2);
    (void)snprintf(name, sizeof name, "large");
    filecrew_send(&f, ALICE, OPS, name, 40 * CHUNK);
    filecrew_moves(&f, BOB, name, 20 * CHUNK);
    size_t held = (size_t)(filecrew_find(&f, BOB, name)->done / CHUNK);
    size_t before = filecrew_chunks(&f, BOB, DOWN);
    crew_cut(f.v.m[BOB]);
    arrives(BOB);
    cr_assert_leq(filecrew_chunks(&f, BOB, DOWN) - before, 40 - held);
}

static void not_now(void *arg)
{
    (void)arg;
}

static bool alice_seals(void *arg)
{
    const struct upload *u = crew_engine(f.v.m[ALICE])->files.uploads;

    (void)arg;
    return u != NULL && u->offered && u->busy;
}

/* What the worker had in hand then is of credit that is void. */
Test(engine_file_line, cut__of_the_sender_while_it_seals)
{
    const struct download *d;

    ready(2);
    struct crew_member *alice = f.v.m[ALICE];
    loop_fn *drain = alice->drain_worker.fn;
    (void)snprintf(name, sizeof name, "sealed");
    filecrew_send(&f, ALICE, OPS, name, 40 * CHUNK);
    while ((d = crew_engine(f.v.m[BOB])->files.downloads) == NULL || !d->standing)
        crew_turns(&f.v.crew, 1);
    alice->drain_worker.fn = not_now;
    cr_assert(crew_until(&f.v.crew, alice_seals, NULL));
    crew_cut(alice);
    crew_run(&f.v.crew, 10000); /* it is back, and has credit anew */
    alice->drain_worker.fn = drain;
    loop_later(&f.v.sim.loop, &alice->drain_worker, LOOP_DELIVER);
    arrives(BOB);
    filecrew_is(&f, ALICE, name, TRANSFER_DONE);
    cr_assert_eq(meddler_count(&f.v.line[BOB], DOWN, OP_FILE_END), 0, "it was broken off");
    filecrew_sealed_once(&f, ALICE);
}

/* ---- the person's word ---- */

static void pauses(size_t who)
{
    for (unsigned k = 0; k < TURNS; k++) {
        under_way(k);
        const struct transfer *t = filecrew_find(&f, who, name);
        if (t != NULL && !transfer_over(t)) {
            size_t before = filecrew_chunks(&f, who, who == ALICE ? UP : DOWN);
            filecrew_type(&f, who, "/pause %u", t->n);
            crew_run(&f.v.crew, 5000);
            cr_assert(t->state == TRANSFER_PAUSED || transfer_over(t), "%s at turn %u",
                transfer_state_str(t->state), k);
            cr_assert_leq(filecrew_chunks(&f, who, who == ALICE ? UP : DOWN) - before, 6);
            filecrew_type(&f, who, "/resume %u", t->n);
        }
        arrives(BOB);
        filecrew_is(&f, ALICE, name, TRANSFER_DONE);
    }
}

Test(engine_file_line, pause__by_the_sender_at_every_turn)
{
    ready(2);
    pauses(ALICE);
}

Test(engine_file_line, pause__by_the_receiver_at_every_turn)
{
    ready(2);
    pauses(BOB);
}

Test(engine_file_line, pause__is_still_so_after_the_line_was_lost)
{
    for (size_t who = ALICE; who <= BOB; who++) {
        if (who == ALICE)
            ready(2);
        (void)snprintf(name, sizeof name, "rests%zu", who);
        filecrew_send(&f, ALICE, OPS, name, 160 * CHUNK);
        filecrew_moves(&f, BOB, name, 10 * CHUNK);
        filecrew_type(&f, who, "/pause");
        crew_cut(f.v.m[who]);
        crew_run(&f.v.crew, 20000);
        filecrew_is(&f, who, name, TRANSFER_PAUSED);
        crew_cut(f.v.m[1 - who]);
        crew_run(&f.v.crew, 20000);
        filecrew_is(&f, who, name, TRANSFER_PAUSED);
        filecrew_type(&f, who, "/resume");
        arrives(BOB);
        filecrew_is(&f, ALICE, name, TRANSFER_DONE);
    }
}

static void cancels(size_t who)
{
    size_t done = 0;

    for (unsigned k = 0; k < TURNS; k++) {
        under_way(k);
        const struct transfer *t = filecrew_find(&f, who, name);
        if (t != NULL)
            filecrew_type(&f, who, "/cancel %u", t->n);
        ends();
        crew_run(&f.v.crew, 1000);
        t = filecrew_find(&f, BOB, name);
        done += t != NULL && t->state == TRANSFER_DONE;
        cr_assert_eq(filecrew_entries(f.in[BOB]), done, "a part stays at turn %u", k);
    }
    filecrew_goes(&f, ALICE, OPS, CAROL, "after", 10);
}

Test(engine_file_line, cancel__by_the_sender_at_every_turn)
{
    ready(2);
    crew_start(f.v.m[filecrew_account(&f, "carol")]);
    crew_join(f.v.m[CAROL], "ops");
    crew_sealed(f.v.m[ALICE], OPS, 3);
    cancels(ALICE);
}

Test(engine_file_line, cancel__by_the_receiver_leaves_the_others_alone)
{
    ready(3);
    for (unsigned k = 0; k < TURNS; k += 3) {
        under_way(k);
        const struct transfer *t = filecrew_find(&f, BOB, name);
        if (t != NULL)
            filecrew_type(&f, BOB, "/cancel %u", t->n);
        arrives(CAROL);
        filecrew_is(&f, ALICE, name, TRANSFER_DONE);
        if (t != NULL)
            cr_assert(transfer_over(t));
    }
    cr_assert_null(filecrew_part(&f, BOB));
}

/* Whoever gives up while nobody hears it says so as soon as somebody does. */
static void cancels_without_a_line(size_t who)
{
    ready(2);
    (void)snprintf(name, sizeof name, "gives up");
    filecrew_send(&f, ALICE, OPS, name, 100 * CHUNK);
    filecrew_moves(&f, BOB, name, CHUNK);
    crew_cut(f.v.m[who]);
    while (f.v.m[who]->model->link == MODEL_READY)
        crew_turns(&f.v.crew, 1);
    cr_assert_eq(filecrew_find(&f, who, name)->state, TRANSFER_LOST);
    filecrew_type(&f, who, "/cancel");
    ends();
    crew_run(&f.v.crew, 2000);
    cr_assert_eq(filecrew_entries(f.in[BOB]), 0);
}

Test(engine_file_line, cancel__by_the_sender_without_a_line)
{
    cancels_without_a_line(ALICE);
    filecrew_why(&f, BOB, name, "the sender took it back");
}

Test(engine_file_line, cancel__by_the_receiver_without_a_line)
{
    cancels_without_a_line(BOB);
    filecrew_is(&f, ALICE, name, TRANSFER_REFUSED);
}

/* It is given up without a line, and whoever did is killed before there is one. */
static void gives_up_and_dies(size_t who, const char *word)
{
    crew_cut(f.v.m[who]);
    while (f.v.m[who]->model->link == MODEL_READY)
        crew_turns(&f.v.crew, 1);
    filecrew_type(&f, who, "%s", word);
    crew_turns(&f.v.crew, 2);
    cr_assert_neq(f.v.m[who]->model->link, MODEL_READY);
    crew_kill(f.v.m[who]);
}

/* What was told is forgotten. */
static void nothing_is_kept(size_t who)
{
    crew_run(&f.v.crew, 5000);
    crew_kill(f.v.m[who]);
    crew_start(f.v.m[who]);
    cr_assert_null(filecrew_find(&f, who, name));
}

static void half_there(void)
{
    ready(2);
    (void)snprintf(name, sizeof name, "half");
    filecrew_send(&f, ALICE, OPS, name, 100 * CHUNK);
    filecrew_moves(&f, BOB, name, CHUNK);
}

Test(engine_file_line, cancel__by_the_sender_outlives_a_restart)
{
    half_there();
    gives_up_and_dies(ALICE, "/cancel");
    crew_run(&f.v.crew, 5000);
    cr_assert_not(over(filecrew_find(&f, BOB, name)));
    crew_start(f.v.m[ALICE]);
    ends();
    filecrew_why(&f, BOB, name, "the sender took it back");
    cr_assert_eq(filecrew_entries(f.in[BOB]), 0);
    nothing_is_kept(ALICE);
}

Test(engine_file_line, cancel__by_the_receiver_outlives_a_restart)
{
    half_there();
    gives_up_and_dies(BOB, "/cancel");
    cr_assert_eq(filecrew_entries(f.in[BOB]), 0);
    crew_run(&f.v.crew, 5000);
    cr_assert_not(over(filecrew_find(&f, ALICE, name)));
    crew_start(f.v.m[BOB]);
    filecrew_is(&f, ALICE, name, TRANSFER_REFUSED);
    cr_assert_eq(filecrew_entries(f.in[BOB]), 0);
    nothing_is_kept(BOB);
}

Test(engine_file_line, refuse__outlives_a_restart)
{
    filecrew_room(&f, 2);
    (void)snprintf(name, sizeof name, "unwanted");
    filecrew_send(&f, ALICE, OPS, name, 100 * CHUNK);
    filecrew_is(&f, BOB, name, TRANSFER_OFFERED);
    gives_up_and_dies(BOB, "/refuse");
    crew_start(f.v.m[BOB]);
    filecrew_is(&f, ALICE, name, TRANSFER_REFUSED);
    nothing_is_kept(BOB);
}

/* A frame that was lost with its line is said again. */
Test(engine_file_line, cancel__that_the_relay_never_got)
{
    half_there();
    meddler_order(&f.v.line[ALICE], UP, OP_FILE_CANCEL, 1, MEDDLE_DROP);
    filecrew_type(&f, ALICE, "/cancel");
    ends();
    filecrew_why(&f, BOB, name, "the sender took it back");
    nothing_is_kept(ALICE);
}

Test(engine_file_line, refuse__that_the_relay_never_got)
{
    half_there();
    meddler_order(&f.v.line[BOB], UP, OP_FILE_ANSWER, 1, MEDDLE_DROP);
    filecrew_type(&f, BOB, "/cancel");
    filecrew_is(&f, ALICE, name, TRANSFER_REFUSED);
    nothing_is_kept(BOB);
}

/* ---- who goes ---- */

Test(engine_file_line, leave__by_the_receiver_in_the_middle)
{
    ready(3);
    for (unsigned k = 1; k < TURNS; k += 6) {
        under_way(k);
        crew_type_in(f.v.m[BOB], OPS, "/leave");
        arrives(CAROL);
        ends();
        cr_assert_null(filecrew_part(&f, BOB), "a part stays at turn %u", k);
        crew_join(f.v.m[BOB], "ops");
        crew_sealed(f.v.m[ALICE], OPS, 3);
        crew_run(&f.v.crew, 3000);
    }
}

Test(engine_file_line, kick__of_the_receiver_in_the_middle)
{
    ready(3);
    (void)snprintf(name, sizeof name, "kicked");
    filecrew_send(&f, ALICE, OPS, name, 100 * CHUNK);
    filecrew_moves(&f, BOB, name, CHUNK);
    crew_type_in(f.v.m[ALICE], OPS, "/kick bob");
    filecrew_is(&f, BOB, name, TRANSFER_FAILED);
    filecrew_why(&f, BOB, name, "you are no longer in that conversation");
    cr_assert_eq(filecrew_entries(f.in[BOB]), 0);
    arrives(CAROL);
}

Test(engine_file_line, kick__of_the_sender_ends_what_it_offers)
{
    ready(3);
    (void)snprintf(name, sizeof name, "carols");
    filecrew_send(&f, CAROL, OPS, name, 10);
    filecrew_is(&f, BOB, name, TRANSFER_OFFERED);
    crew_type_in(f.v.m[ALICE], OPS, "/kick carol");
    filecrew_is(&f, BOB, name, TRANSFER_CANCELLED);
    filecrew_why(&f, BOB, name, "the sender left that conversation");
    filecrew_why(&f, CAROL, name, "you are no longer in that conversation");
}

Test(engine_file_line, leave__by_the_sender_in_the_middle)
{
    ready(2);
    (void)snprintf(name, sizeof name, "left");
    filecrew_send(&f, ALICE, OPS, name, 100 * CHUNK);
    filecrew_moves(&f, BOB, name, CHUNK);
    crew_type_in(f.v.m[ALICE], OPS, "/leave");
    filecrew_is(&f, ALICE, name, TRANSFER_CANCELLED);
    filecrew_is(&f, BOB, name, TRANSFER_FAILED);
    cr_assert_eq(filecrew_entries(f.in[BOB]), 0);
}

Test(engine_file_line, quit__by_either_in_the_middle_and_back)
{
    ready(2);
    for (size_t who = ALICE; who <= BOB; who++) {
        (void)snprintf(name, sizeof name, "quit%zu", who);
        filecrew_send(&f, ALICE, OPS, name, 60 * CHUNK);
        filecrew_moves(&f, BOB, name, 10 * CHUNK);
        crew_stop(f.v.m[who]);
        crew_run(&f.v.crew, 3000);
        crew_start(f.v.m[who]);
        arrives(BOB);
        filecrew_is(&f, ALICE, name, TRANSFER_DONE);
    }
    filecrew_sealed_once(&f, ALICE);
}

/* ---- who stalls ---- */

/* Its disk hangs: nothing is acknowledged. The others go on, and it too when it is back. */
Test(engine_file_line, stall__of_one_receiver_holds_nobody_up_for_good)
{
    ready(3);
    loop_fn *drain = f.v.m[BOB]->drain_worker.fn;
    (void)snprintf(name, sizeof name, "stalls");
    f.v.m[BOB]->drain_worker.fn = not_now;
    filecrew_send(&f, ALICE, OPS, name, 150 * CHUNK);
    filecrew_is(&f, CAROL, name, TRANSFER_MOVING);
    crew_run(&f.v.crew, 60000);
    arrives(CAROL);
    cr_assert_neq(filecrew_find(&f, BOB, name)->state, TRANSFER_DONE);
    f.v.m[BOB]->drain_worker.fn = drain;
    loop_later(&f.v.sim.loop, &f.v.m[BOB]->drain_worker, LOOP_DELIVER);
    filecrew_type(&f, BOB, "/transfers");
    crew_run(&f.v.crew, 60000);
    cr_assert(over(filecrew_find(&f, ALICE, name)), "it never ends for alice");
}

/* The offer stands for a while, since whoever was dropped may come back: the sender is told so,
 * and need not wait. */
Test(engine_file_line, stall__of_the_only_receiver_is_told_and_may_be_ended)
{
    ready(2);
    loop_fn *drain = f.v.m[BOB]->drain_worker.fn;
    (void)snprintf(name, sizeof name, "stalls");
    filecrew_send(&f, ALICE, OPS, name, 150 * CHUNK);
    filecrew_moves(&f, BOB, name, CHUNK);
    f.v.m[BOB]->drain_worker.fn = not_now;
    crew_run(&f.v.crew, 60000);
    const struct transfer *t = filecrew_find(&f, ALICE, name);
    cr_assert_eq(t->state, TRANSFER_OFFERED);
    cr_assert_str_eq(t->why, "gone: bob; who was asked may take it yet. /cancel ends it");
    filecrew_type(&f, ALICE, "/cancel");
    filecrew_is(&f, ALICE, name, TRANSFER_CANCELLED);
    crew_run(&f.v.crew, 1000);
    cr_assert_null(crew_engine(f.v.m[ALICE])->files.uploads, "the relay holds it still");
    f.v.m[BOB]->drain_worker.fn = drain;
    loop_later(&f.v.sim.loop, &f.v.m[BOB]->drain_worker, LOOP_DELIVER);
    ends();
    crew_run(&f.v.crew, 1000);
    cr_assert_eq(filecrew_entries(f.in[BOB]), 0);
}
