/* SPDX-License-Identifier: ISC */
/* Lines that break and come back, in time or too late, in several rooms at once. */
#include <criterion/criterion.h>

#include "support/crew_check.h"

static struct sim sim;
static struct crew crew;
static struct crew_member *alice, *bob;

static void setup(void)
{
    sim_init(&sim, 20271);
    sim_start(&sim);
    crew_init(&crew, &sim);
}

static void teardown(void)
{
    crew_fini(&crew);
    sim_fini(&sim);
}

TestSuite(engine_resume, .init = setup, .fini = teardown);

static const char *const ROOMS[] = {"one", "two", "three"};

static void several_rooms(bool accounts)
{
    crew_gather(&crew, "one", 2, accounts);
    alice = crew.members[0];
    bob = crew.members[1];
    for (size_t i = 1; i < 3; i++) {
        crew_join(alice, ROOMS[i]);
        crew_join(bob, ROOMS[i]);
    }
    crew_type_in(alice, "#one", "/msg bob psst");
    crew_reads(bob, "@alice", "psst");
}

static void all_rooms(bool complete)
{
    static const char *const PAGES[] = {"#one", "#two", "#three"};

    for (size_t i = 0; i < 3; i++) {
        crew_type_in(alice, PAGES[i], PAGES[i]);
        crew_heals(&crew, PAGES[i], 2);
        crew_reads(bob, PAGES[i], PAGES[i]);
    }
    if (complete)
        crew_quiet(&crew);
}

Test(engine_resume, guests__within_the_grace_time_lose_nothing)
{
    several_rooms(false);
    crew_cut(bob);
    crew_say(alice, "#one");
    crew_say(alice, "#two");
    crew_type_in(alice, "@bob", "still there");
    all_rooms(true);
    crew_reads(bob, "#one", "alice-0001");
    crew_reads(bob, "#two", "alice-0002");
    crew_reads(bob, "@alice", "still there");
    cr_assert_not(crew_saw(bob, "#one", "You are back in this room"));
}

Test(engine_resume, guests__after_the_grace_time_come_again)
{
    sim.config.limits.grace_s = 0;
    several_rooms(false);
    for (int i = 0; i < 3; i++) {
        crew_cut(bob);
        crew_run(&crew, 5000);
        crew_heals(&crew, "#one", 2);
        all_rooms(false);
        crew_run(&crew, 31000);
    }
    cr_assert_not(crew_saw(bob, "#one", "cannot be opened"));
    cr_assert_not(crew_saw(alice, "#one", "cannot be opened"));
}

Test(engine_resume, accounts__after_the_grace_time_catch_up)
{
    sim.config.limits.grace_s = 0;
    several_rooms(true);
    for (int i = 0; i < 3; i++) {
        crew_cut(bob);
        crew_say(alice, "#two");
        crew_run(&crew, 5000);
        crew_heals(&crew, "#one", 2);
        all_rooms(true);
        crew_run(&crew, 31000);
    }
    crew_complete(&crew, "#two");
}

Test(engine_resume, nick__of_a_guest_is_seen_by_all)
{
    crew_gather(&crew, "ops", 3, false);
    crew_type(crew.members[0], "/nick alicia");
    crew_told(crew.members[1], "#ops", "alicia");
    crew_told(crew.members[2], "#ops", "alicia");
    crew_run(&crew, 3000);
    for (size_t i = 1; i < 3; i++) {
        const struct room *r = crew_page(crew.members[i], "#ops");
        cr_assert_not_null(roster_find(&r->people, bytes_str("alicia")));
        cr_assert_null(roster_find(&r->people, bytes_str("alice")));
    }
    crew_say(crew.members[0], "#ops");
    crew_heals(&crew, "#ops", 3);
    crew_complete(&crew, "#ops");
    crew_quiet(&crew);
}

Test(engine_resume, nick__changed_while_another_was_away)
{
    crew_gather(&crew, "ops", 2, true);
    struct crew_member *carol = crew_new(&crew, "carol");
    crew_start(carol);
    crew_join(carol, "ops");
    crew_heals(&crew, "#ops", 3);
    crew_stop(crew.members[1]);
    crew_run(&crew, 40000);
    crew_type(carol, "/nick caroline");
    crew_run(&crew, 1000);
    crew_type_in(carol, "#ops", "new name");
    crew_start(crew.members[1]);
    crew_reads(crew.members[1], "#ops", "new name");
    crew_heals(&crew, "#ops", 3);
    crew_quiet(&crew);
    /* And then she vanishes: who is it that departed? */
    crew_kill(carol);
    crew_run(&crew, 40000);
    crew_say(crew.members[1], "#ops");
    crew_run(&crew, 3000);
    crew_heals(&crew, "#ops", 2);
}

/* Bob's leaf is free; carol comes again and takes it, and the tree is narrower without her old
 * one: whoever comes next must not be shown what was to its right. */
Test(engine_resume, tree__that_became_narrower_is_sound_for_the_next)
{
    crew_gather(&crew, "ops", 3, false);
    crew_type_in(crew.members[1], "#ops", "/leave");
    crew_run(&crew, 2000);
    crew_say(crew.members[0], "#ops");
    crew_run(&crew, 2000);
    crew_lose_group(crew.members[2], "#ops");
    crew_run(&crew, 1000);
    crew_heals(&crew, "#ops", 2);
    crew_join(crew.members[1], "ops");
    crew_heals(&crew, "#ops", 3);
    for (size_t i = 0; i < 3; i++)
        crew_say(crew.members[i], "#ops");
    crew_heals(&crew, "#ops", 3);
    cr_assert_not(crew_saw(crew.members[1], "#ops", "not sound"));
}
