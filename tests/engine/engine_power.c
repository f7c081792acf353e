/* SPDX-License-Identifier: ISC */
/* Putting people out and back in, silencing them, and who is gone without a word. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "support/crew_check.h"

static struct sim sim;
static struct crew crew;
static struct crew_member *alice, *bob, *carol;

static void setup(void)
{
    sim_init(&sim, 20268);
    sim_start(&sim);
    crew_init(&crew, &sim);
}

static void teardown(void)
{
    crew_fini(&crew);
    sim_fini(&sim);
}

TestSuite(engine_power, .init = setup, .fini = teardown);

static void three(bool accounts)
{
    crew_gather(&crew, "ops", 3, accounts);
    alice = crew.members[0];
    bob = crew.members[1];
    carol = crew.members[2];
}

static void without_carol(void)
{
    crew_run(&crew, 2000);
    cr_assert_null(crew_talk(carol, "#ops"), "carol is still in");
    crew_type_in(bob, "#ops", "without carol");
    crew_reads(alice, "#ops", "without carol");
    crew_sealed(alice, "#ops", 2);
    crew_heals(&crew, "#ops", 2);
    crew_quiet(&crew);
}

static void carol_again(void)
{
    crew_join(carol, "ops");
    crew_sealed(alice, "#ops", 3);
    crew_heals(&crew, "#ops", 3);
    for (size_t i = 0; i < crew.n; i++)
        crew_say(crew.members[i], "#ops");
    crew_heals(&crew, "#ops", 3);
    crew_complete(&crew, "#ops");
    crew_quiet(&crew);
}

Test(engine_power, kick__account_by_the_owner_comes_again)
{
    three(true);
    crew_type_in(alice, "#ops", "/kick carol be quiet");
    crew_told(carol, NULL, "be quiet");
    without_carol();
    carol_again();
}

Test(engine_power, kick__guest_comes_again)
{
    three(false);
    crew_type_in(alice, "#ops", "/kick carol");
    without_carol();
    carol_again();
}

Test(engine_power, kick__refused_to_others_and_allowed_to_a_moderator)
{
    three(true);
    crew_type_in(bob, "#ops", "/kick carol");
    crew_told(bob, "#ops", "the relay says no");
    cr_assert_not_null(crew_talk(carol, "#ops"));
    crew_type_in(alice, "#ops", "/moderator bob on");
    crew_run(&crew, 2000);
    crew_heals(&crew, "#ops", 3);
    crew_type_in(bob, "#ops", "/kick carol");
    without_carol();
}

Test(engine_power, ban__keeps_out_until_it_is_taken_back)
{
    three(true);
    crew_type_in(alice, "#ops", "/ban carol");
    without_carol();
    crew_type(carol, "/join ops");
    crew_told(carol, NULL, "#ops: ");
    crew_run(&crew, 3000);
    cr_assert_null(crew_talk(carol, "#ops"));
    crew_type_in(alice, "#ops", "/unban carol");
    crew_run(&crew, 1000);
    carol_again();
}

Test(engine_power, mute__is_told_in_words_and_ends)
{
    three(true);
    crew_type_in(alice, "#ops", "/mute carol");
    crew_run(&crew, 1000);
    crew_type_in(carol, "#ops", "can you hear me");
    crew_told(carol, "#ops", "muted");
    crew_type_in(alice, "#ops", "/unban carol");
    crew_run(&crew, 1000);
    cr_assert_eq(crew_count(bob, "#ops", "can you hear me"), 0);
    for (size_t i = 0; i < crew.n; i++)
        crew_say(crew.members[i], "#ops");
    crew_heals(&crew, "#ops", 3);
    crew_complete(&crew, "#ops");
    cr_assert_not(crew_saw(bob, "#ops", "missing"), "what was refused was numbered");
}

static void vanish(struct crew_member *m)
{
    crew_kill(m);
    crew_run(&crew, 40000);
}

Test(engine_power, guest__who_vanishes_is_removed_by_the_next_who_speaks)
{
    three(false);
    vanish(carol);
    crew_type_in(bob, "#ops", "where is she");
    crew_reads(alice, "#ops", "where is she");
    crew_sealed(alice, "#ops", 2);
    crew_heals(&crew, "#ops", 2);
    crew_quiet(&crew);
}

/* Nobody removed carol yet when another takes her name. */
Test(engine_power, name__of_who_departed_is_taken_by_somebody_else)
{
    three(false);
    vanish(carol);
    struct crew_member *other = crew_new(&crew, "carol");
    crew_start(other);
    crew_join(other, "ops");
    crew_run(&crew, 1000);
    crew_type_in(bob, "#ops", "which carol");
    crew_reads(other, "#ops", "which carol");
    crew_reads(alice, "#ops", "which carol");
    crew_run(&crew, 3000);
    crew_sealed(alice, "#ops", 3);
    crew_heals(&crew, "#ops", 3);
    crew_say(other, "#ops");
    crew_heals(&crew, "#ops", 3);
    cr_assert_not_null(crew_talk(other, "#ops")->group);
    crew_quiet(&crew);
}

/* All who knew her are gone too, but one who was away. */
Test(engine_power, name__of_who_departed_is_taken_while_the_others_sleep)
{
    crew_gather(&crew, "ops", 2, true);
    alice = crew.members[0];
    bob = crew.members[1];
    carol = crew_new(&crew, "carol");
    crew_start(carol);
    crew_join(carol, "ops");
    crew_heals(&crew, "#ops", 3);
    crew_stop(alice);
    crew_stop(bob);
    vanish(carol);
    struct crew_member *other = crew_new(&crew, "carol");
    crew_start(other);
    crew_join(other, "ops");
    crew_say(other, "#ops");
    crew_start(bob);
    crew_sealed(bob, "#ops", 0);
    crew_say(bob, "#ops");
    crew_start(alice);
    crew_sealed(alice, "#ops", 0);
    crew_say(alice, "#ops");
    crew_run(&crew, 3000);
    crew_heals(&crew, "#ops", 3);
    crew_quiet(&crew);
}
