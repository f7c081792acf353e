/* SPDX-License-Identifier: ISC */
/* The line: make a room, join it with nobody's help, say something, read it. */
#include <criterion/criterion.h>

#include "support/crew.h"

static struct sim sim;
static struct crew crew;

static void setup(void)
{
    sim_init(&sim, 20261);
    sim_start(&sim);
    crew_init(&crew, &sim);
}

static void teardown(void)
{
    crew_fini(&crew);
    sim_fini(&sim);
}

TestSuite(engine_line, .init = setup, .fini = teardown);

Test(engine_line, room__two_guests_talk_sealed)
{
    struct crew_member *alice = crew_new(&crew, "alice");
    struct crew_member *bob = crew_new(&crew, "bob");

    crew_start(alice);
    crew_start(bob);
    crew_join(alice, "ops");
    crew_join(bob, "ops");
    crew_sealed(alice, "#ops", 2);
    crew_type(alice, "tea at five");
    crew_reads(bob, "#ops", "tea at five");
    crew_type(bob, "I bring cake");
    crew_reads(alice, "#ops", "I bring cake");
    crew_delivered(alice, "#ops", "tea at five", EVENT_DELIVERED);
    crew_agree(&crew, "#ops");
}

Test(engine_line, direct__two_guests_talk_sealed)
{
    struct crew_member *alice = crew_new(&crew, "alice");
    struct crew_member *bob = crew_new(&crew, "bob");

    crew_start(alice);
    crew_start(bob);
    crew_run(&crew, 2000);
    crew_type(alice, "/msg bob psst");
    crew_reads(bob, "@alice", "psst");
    crew_type_in(bob, "@alice", "what?");
    crew_reads(alice, "@bob", "what?");
    crew_delivered(alice, "@bob", "psst", EVENT_DELIVERED);
}

Test(engine_line, account__comes_back_and_reads_what_was_said_meanwhile)
{
    struct crew_member *alice = crew_new_account(&crew, "alice");
    struct crew_member *bob = crew_new_account(&crew, "bob");

    crew_start(alice);
    crew_start(bob);
    crew_join(alice, "ops");
    crew_join(bob, "ops");
    crew_type(alice, "one");
    crew_reads(bob, "#ops", "one");
    crew_stop(bob);
    crew_run(&crew, 60000);
    crew_type(alice, "two");
    crew_delivered(alice, "#ops", "two", EVENT_RELAYED);
    crew_start(bob);
    crew_reads(bob, "#ops", "two");
    cr_assert_eq(crew_count(bob, "#ops", "two"), 1);
    crew_type_in(bob, "#ops", "three");
    crew_reads(alice, "#ops", "three");
    crew_agree(&crew, "#ops");
}
