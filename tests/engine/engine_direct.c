/* SPDX-License-Identifier: ISC */
/* Two people: beginning at once, away, renamed, with another key, begun anew. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "support/crew_check.h"
#include "support/support.h"

#define TURNS 20

static struct sim sim;
static struct crew crew;
static struct crew_member *alice, *bob;

static void setup(void)
{
    sim_init(&sim, 20269);
    sim_start(&sim);
    crew_init(&crew, &sim);
}

static void teardown(void)
{
    crew_fini(&crew);
    sim_fini(&sim);
}

TestSuite(engine_direct, .init = setup, .fini = teardown);

static void two(bool a, bool b)
{
    alice = a ? crew_new_account(&crew, "alice") : crew_new(&crew, "alice");
    bob = b ? crew_new_account(&crew, "bob") : crew_new(&crew, "bob");
    crew_start(alice);
    crew_start(bob);
    crew_run(&crew, 5000); /* their key packages */
}

static void once(struct crew_member *m, const char *page, const char *text)
{
    crew_reads(m, page, text);
    crew_run(&crew, 3000);
    cr_assert_eq(crew_count(m, page, text), 1, "%s reads %s twice", m->nick, text);
}

static void both_talk(int round)
{
    char there[32], back[32];

    (void)snprintf(there, sizeof there, "there %d", round);
    (void)snprintf(back, sizeof back, "back %d", round);
    crew_type_in(alice, "@bob", there);
    crew_type_in(bob, "@alice", back);
    once(bob, "@alice", there);
    once(alice, "@bob", back);
}

static void begin_at_once(bool a, bool b)
{
    two(a, b);
    crew_type(alice, "/msg bob you first");
    crew_type(bob, "/msg alice no, you");
    once(bob, "@alice", "you first");
    once(alice, "@bob", "no, you");
    both_talk(1);
    crew_quiet(&crew);
}

Test(engine_direct, begin__both_at_the_same_moment_as_guests)
{
    begin_at_once(false, false);
}

Test(engine_direct, begin__both_at_the_same_moment_as_accounts)
{
    begin_at_once(true, true);
}

Test(engine_direct, begin__a_guest_and_an_account)
{
    begin_at_once(false, true);
}

Test(engine_direct, away__is_delivered_later_both_ways)
{
    two(true, true);
    crew_stop(bob);
    crew_run(&crew, 60000);
    crew_type(alice, "/msg bob when you are back");
    crew_delivered(alice, "@bob", "when you are back", EVENT_RELAYED);
    crew_stop(alice);
    crew_start(bob);
    once(bob, "@alice", "when you are back");
    crew_type_in(bob, "@alice", "I am back");
    crew_delivered(bob, "@alice", "I am back", EVENT_RELAYED);
    crew_stop(bob);
    crew_start(alice);
    once(alice, "@bob", "I am back");
    crew_start(bob);
    crew_type(alice, "/msg bob there 0");
    once(bob, "@alice", "there 0");
    both_talk(1);
    crew_delivered(alice, "@bob", "there 1", EVENT_DELIVERED);
    crew_quiet(&crew);
}

Test(engine_direct, guest__is_renamed_and_goes_on)
{
    two(false, false);
    crew_type(alice, "/msg bob hello");
    once(bob, "@alice", "hello");
    crew_type(alice, "/nick alicia");
    crew_told(alice, "@bob", "You are alicia now");
    crew_run(&crew, 1000);
    crew_type_in(alice, "@bob", "still me");
    crew_run(&crew, 3000);
    bool at_old = crew_count(bob, "@alice", "still me") == 1;
    bool at_new = crew_count(bob, "@alicia", "still me") == 1;
    if (at_old == at_new)
        crew_dump(&crew);
    cr_assert(at_old != at_new);
    crew_type_in(bob, at_old ? "@alice" : "@alicia", "I know");
    once(alice, "@bob", "I know");
    crew_quiet(&crew);
}

/* Every pair has names of its own, so that each begins. */
static void begin_and_cut(unsigned k)
{
    char a[16], b[16], at_a[20], at_b[20], line[40];

    (void)snprintf(a, sizeof a, "a%u", k);
    (void)snprintf(b, sizeof b, "b%u", k);
    (void)snprintf(at_a, sizeof at_a, "@%s", a);
    (void)snprintf(at_b, sizeof at_b, "@%s", b);
    alice = crew_new(&crew, a);
    bob = crew_new(&crew, b);
    crew_start(alice);
    crew_start(bob);
    crew_run(&crew, 2000);
    (void)snprintf(line, sizeof line, "/msg %s psst", b);
    crew_type(alice, line);
    crew_turns(&crew, k);
    crew_cut(k % 2 == 0 ? alice : bob);
    once(bob, at_a, "psst");
    crew_type_in(bob, at_a, "what");
    once(alice, at_b, "what");
}

Test(engine_direct, cut__at_every_turn_of_the_beginning)
{
    for (unsigned k = 0; k < 2 * TURNS; k++)
        begin_and_cut(k);
    crew_quiet(&crew);
}

/* It lost its vault: under its name there is another key now. */
static void loses_vault(struct crew_member *m)
{
    crew_stop(m);
    support_rmtree(m->dir);
    support_tmpdir(m->dir, sizeof m->dir);
    crew_other_key(m);
    m->setup.login = ENGINE_AS_ACCOUNT;
    m->setup.password = bytes_str("correct horse battery staple");
    crew_start(m);
    crew_run(&crew, 5000);
}

Test(engine_direct, key__changed_stops_in_words_until_it_is_accepted)
{
    two(true, true);
    crew_type(alice, "/msg bob hello");
    once(bob, "@alice", "hello");
    loses_vault(bob);
    crew_type(bob, "/msg alice my machine is gone");
    crew_told(alice, "@bob", "THE KEY OF bob HAS CHANGED");
    crew_told(alice, "@bob", "is held back");
    cr_assert_eq(crew_count(alice, "@bob", "my machine is gone"), 0);
    crew_type_in(alice, "@bob", "who are you");
    crew_run(&crew, 5000);
    cr_assert_eq(crew_count(bob, "@alice", "who are you"), 0, "said under a key not accepted");
    crew_type_in(alice, "@bob", "/trust bob");
    once(alice, "@bob", "my machine is gone");
    once(bob, "@alice", "who are you");
    both_talk(1);
}

Test(engine_direct, key__changed_and_the_other_speaks_first)
{
    two(true, true);
    crew_type(alice, "/msg bob hello");
    once(bob, "@alice", "hello");
    loses_vault(bob);
    crew_type_in(alice, "@bob", "are you there");
    crew_run(&crew, 10000);
    cr_assert_eq(crew_count(bob, "@alice", "are you there"), 0);
    /* Bob's old group is of no use to him: he begins anew when he speaks. */
    crew_type(bob, "/msg alice new machine");
    crew_told(alice, "@bob", "THE KEY OF bob HAS CHANGED");
    crew_type_in(alice, "@bob", "/trust bob");
    once(alice, "@bob", "new machine");
    both_talk(1);
}

/* The group is lost on one side alone, its key is not. */
Test(engine_direct, group__lost_on_one_side_is_begun_anew)
{
    two(true, true);
    crew_type(alice, "/msg bob hello");
    once(bob, "@alice", "hello");
    crew_lose_group(bob, "@alice");
    crew_type_in(bob, "@alice", "from scratch");
    once(alice, "@bob", "from scratch");
    crew_told(alice, "@bob", "began this conversation anew");
    both_talk(1);
}

Test(engine_direct, group__lost_by_a_guest_who_came_again)
{
    two(false, true);
    crew_type(alice, "/msg bob hello");
    once(bob, "@alice", "hello");
    sim.config.limits.grace_s = 0;
    crew_cut(alice);
    crew_run(&crew, 5000);
    crew_type_in(alice, "@bob", "me again");
    once(bob, "@alice", "me again");
    both_talk(1);
}

/* The leaf of the machine that is gone stays until somebody who accepted the new key takes it
 * out; then the room speaks again for all. */
Test(engine_direct, key__accepted_in_a_room_and_the_old_leaf_goes)
{
    two(true, true);
    crew_join(alice, "ops");
    crew_join(bob, "ops");
    crew_sealed(alice, "#ops", 2);
    crew_type_in(bob, "#ops", "before");
    crew_reads(alice, "#ops", "before");
    loses_vault(bob);
    crew_type(bob, "/join ops");
    crew_told(alice, "#ops", "THE KEY OF bob HAS CHANGED");
    crew_run(&crew, 5000);
    cr_assert_eq(crew_page(alice, "#ops")->seal, ROOM_STOPPED);
    crew_type_in(alice, "#ops", "/trust bob");
    crew_sealed(alice, "#ops", 2);
    crew_type_in(alice, "#ops", "welcome back");
    crew_reads(bob, "#ops", "welcome back");
    crew_type_in(bob, "#ops", "thank you");
    crew_reads(alice, "#ops", "thank you");
    crew_agree(&crew, "#ops");
}
