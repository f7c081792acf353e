/* SPDX-License-Identifier: ISC */
/* Files that rest because somebody said so: for longer than the relay holds them, and said at
 * the moment when it matters most. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "support/crew_check.h"
#include "support/filecrew.h"

enum { ALICE, BOB };
#define OPS   "#ops"
#define CHUNK 65536u
#define HELD  3600000u /* ms: file_hold_s */

static struct filecrew f;

static void setup(void)
{
    filecrew_init(&f, 20282);
    filecrew_room(&f, 2);
}

static void teardown(void)
{
    filecrew_sealed_once(&f, ALICE);
    filecrew_fini(&f);
}

TestSuite(engine_file_rest, .init = setup, .fini = teardown);

static void goes_on(size_t who)
{
    filecrew_type(&f, who, "/resume");
    filecrew_is(&f, BOB, "a", TRANSFER_DONE);
    filecrew_same(&f, BOB, "a", "a");
    filecrew_is(&f, ALICE, "a", TRANSFER_DONE);
}

static void rests_on(size_t who)
{
    size_t before = filecrew_chunks(&f, ALICE, UP);

    crew_run(&f.v.crew, HELD + 60000);
    cr_assert_eq(filecrew_find(&f, who, "a")->state, TRANSFER_PAUSED, "%s: %s",
        transfer_state_str(filecrew_find(&f, who, "a")->state),
        filecrew_find(&f, who, "a")->why);
    cr_assert_str_eq(filecrew_find(&f, who, "a")->why, "paused by you");
    cr_assert_leq(filecrew_chunks(&f, ALICE, UP) - before, 64, "more than was on its way");
    goes_on(who);
}

static void half_way(void)
{
    filecrew_send(&f, ALICE, OPS, "a", 160 * CHUNK);
    filecrew_accept(&f, BOB, "a");
    filecrew_moves(&f, BOB, "a", 10 * CHUNK);
}

/* The relay gives it up, it is offered anew, and still rests. */
Test(engine_file_rest, pause__by_the_sender_for_longer_than_it_is_held)
{
    half_way();
    filecrew_type(&f, ALICE, "/pause");
    rests_on(ALICE);
}

Test(engine_file_rest, pause__by_the_receiver_for_longer_than_it_is_held)
{
    half_way();
    filecrew_type(&f, BOB, "/pause");
    rests_on(BOB);
}

/* ---- while the relay is being told that it is accepted ---- */

Test(engine_file_rest, pause__before_the_relay_answered_the_accept)
{
    filecrew_send(&f, ALICE, OPS, "a", 160 * CHUNK);
    filecrew_is(&f, BOB, "a", TRANSFER_OFFERED);
    meddler_order(&f.v.line[BOB], DOWN, OP_REPLY, 0, MEDDLE_HOLD);
    filecrew_type(&f, BOB, "/accept");
    while (meddler_count(&f.v.line[BOB], UP, OP_FILE_ANSWER) == 0)
        crew_turns(&f.v.crew, 1);
    filecrew_type(&f, BOB, "/pause");
    crew_turns(&f.v.crew, 3);
    meddler_let_go(&f.v.line[BOB], false);
    meddler_honest(&f.v.line[BOB]);
    crew_run(&f.v.crew, 60000); /* longer than anybody waits for somebody who is silent */
    cr_assert_eq(filecrew_find(&f, BOB, "a")->state, TRANSFER_PAUSED);
    const struct transfer *t = filecrew_find(&f, ALICE, "a");
    cr_assert_eq(t->people_n, 1);
    cr_assert_eq(t->people[0].state, TRANSFER_PAUSED, "alice takes bob for %s",
        transfer_state_str(t->people[0].state));
    goes_on(BOB);
}
