/* SPDX-License-Identifier: ISC */
/* Somebody's program dies at every instant of saying something, and is started again. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "client/past.h"
#include "support/crew_check.h"
#include "support/support.h"

#define TURNS 24

static struct sim sim;
static struct crew crew;

static void setup(void)
{
    sim_init(&sim, 20263);
    sim.config.limits.grace_s = 5;
    sim_start(&sim);
    crew_init(&crew, &sim);
}

static void teardown(void)
{
    crew_fini(&crew);
    sim_fini(&sim);
}

TestSuite(engine_kill, .init = setup, .fini = teardown);

/* What never reached the disk was never said; the rest is said once. */
static void never_twice(const struct crew_member *reader, const char *text, bool must)
{
    size_t n = crew_count(reader, "#ops", text);

    cr_assert(n <= 1, "%s reads %s %zu times", reader->nick, text, n);
    cr_assert(n == 1 || !must, "%s never reads %s", reader->nick, text);
}

Test(engine_kill, sender__at_every_turn_of_a_message)
{
    char text[32];

    crew_gather(&crew, "ops", 2, true);
    struct crew_member *alice = crew.members[0];
    struct crew_member *bob = crew.members[1];
    for (unsigned k = 0; k < TURNS; k++) {
        (void)snprintf(text, sizeof text, "word %u", k);
        crew_type_in(alice, "#ops", text);
        crew_turns(&crew, k);
        crew_kill(alice);
        crew_run(&crew, 1000 * (k % 3) * 5);
        crew_start(alice);
        crew_sealed(alice, "#ops", 2);
        crew_heals(&crew, "#ops", 2);
        never_twice(bob, text, k > 3);
        crew_say(alice, "#ops");
        crew_say(bob, "#ops");
        crew_heals(&crew, "#ops", 2);
        crew_quiet(&crew);
    }
    crew_orderly(&crew, "#ops");
    crew_has_all(bob, "#ops"); /* alice is shown the newest fifty */
}

Test(engine_kill, sender__many_words_of_one_instant_keep_their_order)
{
    crew_gather(&crew, "ops", 2, true);
    struct crew_member *alice = crew.members[0];
    for (unsigned k = 0; k < TURNS; k++) {
        for (unsigned i = 0; i < 6; i++)
            crew_say(alice, "#ops");
        crew_turns(&crew, k);
        crew_kill(alice);
        crew_start(alice);
        crew_sealed(alice, "#ops", 2);
        crew_heals(&crew, "#ops", 2);
        crew_quiet(&crew);
    }
    crew_orderly(&crew, "#ops");
}

/* What was typed and not said is there again, until it is said or wiped out. */
Test(engine_kill, draft__is_on_its_page_again)
{
    crew_gather(&crew, "ops", 2, true);
    struct crew_member *alice = crew.members[0];
    crew_draft(alice, "#ops", "I wonder whether");
    crew_run(&crew, 1000);
    crew_kill(alice);
    crew_start(alice);
    crew_sealed(alice, "#ops", 2);
    cr_assert_str_eq(crew_page(alice, "#ops")->draft, "I wonder whether");
    crew_draft(alice, "#ops", "");
    crew_run(&crew, 1000);
    crew_kill(alice);
    crew_start(alice);
    crew_sealed(alice, "#ops", 2);
    cr_assert_null(crew_page(alice, "#ops")->draft);
    cr_assert_eq(crew_count(crew.members[1], "#ops", "wonder"), 0);
}

Test(engine_kill, draft__goes_with_the_room)
{
    crew_gather(&crew, "ops", 2, true);
    struct crew_member *alice = crew.members[0];
    crew_draft(alice, "#ops", "I wonder whether");
    crew_type_in(alice, "#ops", "/leave");
    crew_run(&crew, 5000);
    crew_kill(alice);
    crew_start(alice);
    crew_join(alice, "ops");
    cr_assert_null(crew_page(alice, "#ops")->draft);
}

Test(engine_kill, text_log__goes_on_in_a_new_file)
{
    char logs[96];

    support_tmpdir(logs, sizeof logs);
    struct crew_member *alice = crew_new_account(&crew, "alice");
    alice->setup.log_dir = logs;
    crew_start(alice);
    crew_join(alice, "ops");
    crew_type_in(alice, "#ops", "/log on");
    crew_run(&crew, 1000);
    crew_kill(alice);
    crew_start(alice);
    crew_sealed(alice, "#ops", 1);
    cr_assert(crew_saw(alice, "#ops", logs));
    crew_type_in(alice, "#ops", "/log off");
    crew_run(&crew, 1000);
    crew_kill(alice);
    crew_start(alice);
    crew_sealed(alice, "#ops", 1);
    cr_assert_not(crew_saw(alice, "#ops", logs));
    support_rmtree(logs);
}

static void not_now(void *arg)
{
    (void)arg;
}

/* Rows are read by the vault's thread: what becomes of a message until they come is not in
 * them. */
Test(engine_kill, sender__an_old_page_shows_what_became_of_its_messages)
{
    crew_gather(&crew, "ops", 2, true);
    struct crew_member *alice = crew.members[0];
    loop_fn *drain = alice->drain_vault.fn;
    const struct event *ev;

    crew_say(alice, "#ops");
    crew_delivered(alice, "#ops", "alice-0001", EVENT_DELIVERED);
    crew_run(&crew, 1000);
    crew_kill(alice);
    alice->drain_vault.fn = not_now;
    crew_begin(alice);
    crew_turns(&crew, TURNS);
    const struct events *read = &crew_page(crew.members[1], "#ops")->events;
    for (size_t i = 0; (ev = events_at(read, i)) != NULL; i++) {
        if (ev->kind == EVENT_MESSAGE)
            past_state(crew_engine(alice), crew_talk(alice, "#ops"), ev->key, EVENT_FAILED);
    }
    alice->drain_vault.fn = drain;
    loop_later(&sim.loop, &alice->drain_vault, LOOP_DELIVER);
    crew_delivered(alice, "#ops", "alice-0001", EVENT_FAILED);
}

Test(engine_kill, committer__at_every_turn_of_a_commit)
{
    crew_gather(&crew, "ops", 3, true);
    struct crew_member *alice = crew.members[0];
    for (unsigned k = 0; k < TURNS; k++) {
        crew_rotate(alice, "#ops");
        crew_turns(&crew, k);
        crew_kill(alice);
        crew_say(crew.members[1], "#ops");
        crew_start(alice);
        crew_sealed(alice, "#ops", 3);
        crew_heals(&crew, "#ops", 3);
        crew_say(alice, "#ops");
        crew_heals(&crew, "#ops", 3);
        crew_quiet(&crew);
    }
    crew_orderly(&crew, "#ops");
}

Test(engine_kill, reader__at_every_turn_of_hearing)
{
    crew_gather(&crew, "ops", 2, true);
    struct crew_member *alice = crew.members[0];
    struct crew_member *bob = crew.members[1];
    for (unsigned k = 0; k < TURNS; k++) {
        crew_say(alice, "#ops");
        crew_turns(&crew, k);
        crew_kill(bob);
        crew_run(&crew, 1000 * (k % 3) * 5);
        crew_start(bob);
        crew_sealed(bob, "#ops", 2);
        crew_heals(&crew, "#ops", 2);
        crew_quiet(&crew);
        crew_orderly(&crew, "#ops");
    }
    crew_complete(&crew, "#ops");
}

Test(engine_kill, joiner__at_every_turn_of_coming_in)
{
    crew_gather(&crew, "ops", 1, true);
    struct crew_member *bob = crew_new_account(&crew, "bob");
    crew_start(bob);
    for (unsigned k = 0; k < 2 * TURNS; k++) {
        crew_type(bob, "/join ops");
        crew_turns(&crew, k);
        crew_kill(bob);
        crew_start(bob);
        crew_join(bob, "ops");
        crew_sealed(bob, "#ops", 2);
        crew_heals(&crew, "#ops", 2);
        crew_say(bob, "#ops");
        crew_heals(&crew, "#ops", 2);
        crew_quiet(&crew);
        crew_type_in(bob, "#ops", "/leave");
        crew_say(crew.members[0], "#ops");
        crew_run(&crew, 3000);
        crew_sealed(crew.members[0], "#ops", 1);
    }
    crew_orderly(&crew, "#ops");
}
