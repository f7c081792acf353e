/* SPDX-License-Identifier: ISC */
/* Commits that race and commits that are lost, with their reply or without. */
#include <criterion/criterion.h>

#include "support/crew_check.h"

#define TURNS 24 /* from a commit's making to the last member's applying it, and more */

#define SETTLED_MS 31000 /* then the next retry comes after a second again */

static struct sim sim;
static struct crew crew;

static void setup(void)
{
    sim_init(&sim, 20262);
    sim_start(&sim);
    crew_init(&crew, &sim);
}

static void teardown(void)
{
    crew_fini(&crew);
    sim_fini(&sim);
}

TestSuite(engine_commit, .init = setup, .fini = teardown);

static void all_speak(void)
{
    for (size_t i = 0; i < crew.n; i++)
        crew_say(crew.members[i], "#ops");
}

static void check(uint32_t members)
{
    all_speak();
    crew_heals(&crew, "#ops", members);
    crew_orderly(&crew, "#ops");
    crew_complete(&crew, "#ops");
    crew_quiet(&crew);
}

Test(engine_commit, race__two_at_once_and_both_speak_on)
{
    crew_gather(&crew, "ops", 2, false);
    crew_rotate(crew.members[0], "#ops");
    crew_rotate(crew.members[1], "#ops");
    all_speak();
    crew_heals(&crew, "#ops", 2);
    check(2);
}

Test(engine_commit, race__three_at_once_over_and_over)
{
    crew_gather(&crew, "ops", 3, true);
    for (int round = 0; round < 8; round++) {
        for (size_t i = 0; i < 3; i++)
            crew_rotate(crew.members[i], "#ops");
        crew_say(crew.members[round % 3], "#ops");
        crew_heals(&crew, "#ops", 3);
    }
    check(3);
}

Test(engine_commit, race__a_joiner_and_a_member)
{
    crew_gather(&crew, "ops", 2, false);
    struct crew_member *carol = crew_new(&crew, "carol");
    crew_start(carol);
    crew_type(carol, "/join ops");
    for (int i = 0; i < TURNS; i++) {
        crew_turns(&crew, 1);
        crew_rotate(crew.members[0], "#ops");
    }
    crew_sealed(carol, "#ops", 3);
    crew_heals(&crew, "#ops", 3);
    check(3);
}

/* Cut at every instant of it: before the relay has it, after it and before the reply, after. */
static void cut_at_every_turn(bool accounts, uint64_t away_ms)
{
    crew_gather(&crew, "ops", 3, accounts);
    struct crew_member *alice = crew.members[0];
    for (unsigned k = 0; k < TURNS; k++) {
        crew_rotate(alice, "#ops");
        crew_say(alice, "#ops");
        crew_turns(&crew, k);
        crew_cut(alice);
        crew_run(&crew, away_ms);
        crew_say(crew.members[1], "#ops");
        crew_heals(&crew, "#ops", 3);
        crew_run(&crew, SETTLED_MS);
    }
    check(3);
}

Test(engine_commit, lost__with_its_reply_and_the_session_is_taken_up)
{
    cut_at_every_turn(false, 0);
}

Test(engine_commit, lost__of_an_account_that_comes_back)
{
    cut_at_every_turn(true, 0);
}

/* The grace time is over before the line is back. */
Test(engine_commit, lost__of_an_account_that_comes_back_too_late_to_resume)
{
    sim.config.limits.grace_s = 0;
    cut_at_every_turn(true, 0);
}
