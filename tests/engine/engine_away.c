/* SPDX-License-Identifier: ISC */
/* Who was away catches up or comes in anew; rooms that everybody left, and groups that nobody
 * founded. */
#include <criterion/criterion.h>

#include "support/crew_check.h"

#define EPOCHS 300
#define DAY_MS 86400000u
#define TURNS  16

static struct sim sim;
static struct crew crew;

static void setup(void)
{
    sim_init(&sim, 20265);
    sim_start(&sim);
    crew_init(&crew, &sim);
}

static void teardown(void)
{
    crew_fini(&crew);
    sim_fini(&sim);
}

TestSuite(engine_away, .init = setup, .fini = teardown);

static bool at_rest(void *arg)
{
    (void)arg;
    return crew_healed(&crew, "#ops", 0);
}

Test(engine_away, account__catches_up_with_300_epochs)
{
    crew_gather(&crew, "ops", 2, true);
    struct crew_member *alice = crew.members[0];
    struct crew_member *bob = crew.members[1];
    crew_stop(bob);
    uint64_t before = crew_page(alice, "#ops")->epoch;
    for (unsigned i = 0; i < EPOCHS; i++) {
        crew_rotate(alice, "#ops");
        if (i % 50 == 0)
            crew_say(alice, "#ops");
        cr_assert(crew_until(&crew, at_rest, NULL));
        crew_run(&crew, 1000); /* the budget of commits */
    }
    cr_assert_geq(crew_page(alice, "#ops")->epoch, before + EPOCHS);
    crew_start(bob);
    crew_sealed(bob, "#ops", 2);
    crew_heals(&crew, "#ops", 2);
    crew_say(bob, "#ops");
    crew_heals(&crew, "#ops", 2);
    crew_complete(&crew, "#ops");
    crew_orderly(&crew, "#ops");
    crew_quiet(&crew);
}

Test(engine_away, account__comes_in_anew_when_the_log_has_expired)
{
    sim.config.limits.retention_days = 1;
    crew_gather(&crew, "ops", 2, true);
    struct crew_member *alice = crew.members[0];
    struct crew_member *bob = crew.members[1];
    crew_stop(bob);
    for (int i = 0; i < 2; i++) { /* the newest commit never expires */
        crew_rotate(alice, "#ops");
        crew_run(&crew, 1000);
    }
    crew_say(alice, "#ops");
    crew_heals(&crew, "#ops", 2);
    crew_stop(alice);
    crew_run(&crew, 3 * DAY_MS);
    crew_start(alice);
    crew_sealed(alice, "#ops", 2);
    crew_start(bob);
    crew_told(bob, "#ops", "we were away for too long");
    crew_sealed(bob, "#ops", 2);
    crew_heals(&crew, "#ops", 2);
    crew_say(bob, "#ops");
    crew_say(alice, "#ops");
    crew_heals(&crew, "#ops", 2);
    cr_assert_eq(crew_count(bob, "#ops", "alice-0001"), 0);
    cr_assert_eq(crew_count(bob, "#ops", "alice-0002"), 1);
    cr_assert_eq(crew_count(alice, "#ops", "bob-0001"), 1);
}

Test(engine_away, room__is_founded_anew_when_the_last_one_has_left)
{
    crew_gather(&crew, "ops", 2, true);
    struct crew_member *alice = crew.members[0];
    struct crew_member *bob = crew.members[1];
    struct crew_member *carol = crew_new(&crew, "carol");
    crew_type_in(alice, "#ops", "/leave");
    crew_type_in(bob, "#ops", "/leave");
    crew_run(&crew, 5000);
    cr_assert_null(crew_talk(alice, "#ops"));
    cr_assert_null(crew_talk(bob, "#ops"));
    crew_start(carol);
    crew_join(carol, "ops");
    crew_join(alice, "ops");
    crew_sealed(alice, "#ops", 2);
    crew_heals(&crew, "#ops", 2);
    crew_say(carol, "#ops");
    crew_say(alice, "#ops");
    crew_heals(&crew, "#ops", 2);
    crew_complete(&crew, "#ops");
    crew_quiet(&crew);
}

Test(engine_away, room__is_founded_by_somebody_else_when_its_founder_dies)
{
    struct crew_member *bob = crew_new(&crew, "bob");

    crew_start(bob);
    for (unsigned k = 1; k < TURNS; k++) {
        struct crew_member *alice = crew_new(&crew, "alice");
        crew_start(alice);
        crew_type(alice, "/join ops");
        crew_turns(&crew, k);
        crew_kill(alice);
        crew_join(bob, "ops");
        crew_say(bob, "#ops");
        crew_run(&crew, 60000); /* alice is gone for good */
        crew_sealed(bob, "#ops", 0);
        crew_say(bob, "#ops");
        crew_heals(&crew, "#ops", 1);
        crew_quiet(&crew);
        crew_type_in(bob, "#ops", "/leave");
        crew_run(&crew, 3000);
    }
}
