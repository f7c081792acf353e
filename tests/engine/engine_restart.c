/* SPDX-License-Identifier: ISC */
/* The relay dies at every instant, of a message and of a commit, and starts again. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "support/crew_check.h"
#include "support/support.h"

#define TURNS 24

static struct sim sim;
static struct crew crew;
static char dir[64], path[96];

static void setup(void)
{
    support_tmpdir(dir, sizeof dir);
    (void)snprintf(path, sizeof path, "%s/sottod.db", dir);
    sim_init(&sim, 20264);
    sim.db_path = path;
    sim_start(&sim);
    crew_init(&crew, &sim);
}

static void teardown(void)
{
    crew_fini(&crew);
    sim_fini(&sim);
    support_rmtree(dir);
}

TestSuite(engine_restart, .init = setup, .fini = teardown);

static void restart(bool killed)
{
    if (killed)
        sim_kill(&sim);
    else
        sim_stop(&sim);
    sim_start(&sim);
}

static void at_every_turn(bool commit, bool killed)
{
    crew_gather(&crew, "ops", 3, true);
    for (unsigned k = 0; k < TURNS; k++) {
        if (commit)
            crew_rotate(crew.members[0], "#ops");
        crew_say(crew.members[0], "#ops");
        crew_say(crew.members[k % 2], "#ops");
        crew_turns(&crew, k);
        restart(killed);
        crew_run(&crew, 3000);
        crew_heals(&crew, "#ops", 3);
        crew_quiet(&crew);
    }
    for (size_t i = 0; i < crew.n; i++)
        crew_say(crew.members[i], "#ops");
    crew_heals(&crew, "#ops", 3);
    crew_orderly(&crew, "#ops");
    crew_complete(&crew, "#ops");
}

Test(engine_restart, relay__stopped_at_every_turn_of_a_message)
{
    at_every_turn(false, false);
}

Test(engine_restart, relay__killed_at_every_turn_of_a_message)
{
    at_every_turn(false, true);
}

Test(engine_restart, relay__killed_at_every_turn_of_a_commit)
{
    at_every_turn(true, true);
}

/* Nobody remembers guests: they come again, and nothing of theirs is shown twice. */
Test(engine_restart, guests__come_again_beside_an_account)
{
    crew_gather(&crew, "ops", 1, true);
    struct crew_member *bob = crew_new(&crew, "bob");
    crew_start(bob);
    crew_join(bob, "ops");
    crew_heals(&crew, "#ops", 2);
    for (unsigned k = 0; k < TURNS; k++) {
        crew_say(bob, "#ops");
        crew_say(crew.members[0], "#ops");
        crew_turns(&crew, k);
        restart(true);
        crew_run(&crew, 3000);
        crew_heals(&crew, "#ops", 2);
        crew_orderly(&crew, "#ops");
    }
    crew_quiet(&crew);
}

/* A room whose people are all guests begins anew with whoever is back first: what that one had
 * to say waits for somebody who can read it. */
Test(engine_restart, guests__what_was_said_to_a_dead_relay_is_read)
{
    crew_gather(&crew, "ops", 3, false);
    crew_heals(&crew, "#ops", 3);
    sim_kill(&sim);
    for (size_t i = 0; i < crew.n; i++)
        crew_type_in(crew.members[i], "#ops", crew.members[i]->nick);
    crew_run(&crew, 2000);
    sim_start(&sim);
    for (size_t i = 0; i < crew.n; i++) {
        for (size_t k = 0; k < crew.n; k++)
            crew_reads(crew.members[k], "#ops", crew.members[i]->nick);
    }
}
