/* SPDX-License-Identifier: ISC */
/* Keys are changed in time, whether or not the relay asks; receipts keep their measure. */
#include <criterion/criterion.h>

#include "support/crew_check.h"

static struct sim sim;
static struct crew crew;
static struct crew_member *alice, *bob;

static void setup(void)
{
    sim_init(&sim, 20270);
    sim.config.limits.flood_burst = 0;
    crew_init(&crew, &sim);
}

static void teardown(void)
{
    crew_fini(&crew);
    sim_fini(&sim);
}

TestSuite(engine_rotate, .init = setup, .fini = teardown);

static void two(void)
{
    sim_start(&sim);
    crew_gather(&crew, "ops", 2, false);
    alice = crew.members[0];
    bob = crew.members[1];
    crew_say(alice, "#ops"); /* whoever begins commits first */
    crew_say(bob, "#ops");
    crew_heals(&crew, "#ops", 2);
}

static uint64_t epoch(void)
{
    return crew_page(alice, "#ops")->epoch;
}

static void never_asks(void)
{
    sim.config.limits.rotate_messages = 1000000;
    sim.config.limits.rotate_s = 86400;
}

static void speak(unsigned n)
{
    while (n-- != 0) {
        crew_say(alice, "#ops");
        crew_run(&crew, 50);
    }
    crew_heals(&crew, "#ops", 2);
}

Test(engine_rotate, relay__that_never_asks_does_not_stop_it_after_100_messages)
{
    never_asks();
    two();
    uint64_t before = epoch();
    size_t said = crew_talk(alice, "#ops")->said;
    speak((unsigned)(100 - said));
    cr_assert_eq(epoch(), before);
    speak(1);
    cr_assert_eq(epoch(), before + 1);
    crew_complete(&crew, "#ops");
    crew_quiet(&crew);
}

Test(engine_rotate, relay__that_never_asks_does_not_stop_it_after_600_seconds)
{
    never_asks();
    two();
    uint64_t before = epoch();
    crew_run(&crew, 590000);
    speak(1);
    cr_assert_eq(epoch(), before);
    crew_run(&crew, 15000);
    cr_assert_eq(epoch(), before, "without anything to say");
    speak(1);
    cr_assert_eq(epoch(), before + 1);
    crew_quiet(&crew);
}

Test(engine_rotate, relay__asks_after_80_messages_once)
{
    two();
    uint64_t before = epoch();
    speak(85);
    cr_assert_eq(epoch(), before + 1);
    crew_quiet(&crew);
}

/* ---- receipts ---- */

static void count_receipts(unsigned members, unsigned ms, size_t least, size_t most)
{
    crew_gather(&crew, "ops", members, false);
    alice = crew.members[0];
    crew_say(alice, "#ops");
    for (unsigned i = 1; i < members; i++)
        crew_say(crew.members[i], "#ops");
    crew_heals(&crew, "#ops", members);
    crew_run(&crew, 5000);
    size_t receipts = sim.receipts;
    for (unsigned at = 0; at < ms; at += 100) {
        crew_say(alice, "#ops");
        crew_run(&crew, 100);
    }
    receipts = (sim.receipts - receipts) / (members - 1);
    cr_assert_geq(receipts, least, "%zu", receipts);
    cr_assert_leq(receipts, most, "%zu", receipts);
    crew_heals(&crew, "#ops", members);
    crew_run(&crew, 5000);
    crew_quiet(&crew);
}

Test(engine_rotate, receipts__tell_in_a_room_of_eight_and_not_more_than_one_in_two_seconds)
{
    sim_start(&sim);
    count_receipts(8, 10000, 3, 6);
    crew_delivered(alice, "#ops", "alice-0002", EVENT_DELIVERED);
}

Test(engine_rotate, receipts__are_not_sent_in_a_room_of_nine)
{
    sim_start(&sim);
    count_receipts(9, 10000, 0, 0);
    cr_assert_eq(crew_count(crew.members[8], "#ops", "alice-0002"), 1);
}

Test(engine_rotate, receipts__tell_in_a_conversation_of_two)
{
    sim_start(&sim);
    alice = crew_new(&crew, "alice");
    bob = crew_new(&crew, "bob");
    crew_start(alice);
    crew_start(bob);
    crew_run(&crew, 3000);
    crew_type(alice, "/msg bob one");
    crew_type(alice, "/msg bob two");
    crew_delivered(alice, "@bob", "one", EVENT_DELIVERED);
    crew_delivered(alice, "@bob", "two", EVENT_DELIVERED);
}
