/* SPDX-License-Identifier: ISC */
/* Many at once. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "support/crew_check.h"

static struct sim sim;
static struct crew crew;

static void setup(void)
{
    sim_init(&sim, 20266);
    sim_start(&sim);
    crew_init(&crew, &sim);
}

static void teardown(void)
{
    crew_fini(&crew);
    sim_fini(&sim);
}

TestSuite(engine_many, .init = setup, .fini = teardown);

static void start_many(unsigned n)
{
    char name[MSG_NAME + 1];

    for (unsigned i = 0; i < n; i++) {
        (void)snprintf(name, sizeof name, "p%u", i + 1);
        crew_start(crew_new(&crew, name));
    }
}

static bool all_in(void *arg)
{
    (void)arg;
    return crew_healed(&crew, "#ops", (uint32_t)crew.n);
}

static void some_speak(void)
{
    for (size_t i = 0; i < crew.n; i += crew.n / 5)
        crew_say(crew.members[i], "#ops");
    crew_heals(&crew, "#ops", (uint32_t)crew.n);
    crew_complete(&crew, "#ops");
    crew_orderly(&crew, "#ops");
    crew_quiet(&crew);
}

Test(engine_many, join__twenty_at_the_same_moment)
{
    start_many(20);
    for (size_t i = 0; i < crew.n; i++)
        crew_type(crew.members[i], "/join ops");
    cr_assert(sim_until(&sim, all_in, NULL, 600000), "not all are in");
    some_speak();
}

static void one_after_the_other(unsigned n)
{
    start_many(n);
    for (size_t i = 0; i < crew.n; i++)
        crew_join(crew.members[i], "ops");
    crew_heals(&crew, "#ops", n);
    some_speak();
    for (size_t i = 0; i < crew.n; i += 10)
        crew_rotate(crew.members[i], "#ops");
    some_speak();
}

Test(engine_many, room__of_fifty)
{
    one_after_the_other(50);
}

Test(engine_many, room__of_two_hundred)
{
    one_after_the_other(getenv("SOTTO_STORMS") != NULL ? 200 : 20);
}
