/* SPDX-License-Identifier: ISC */
/* What happens only when the person wishes it: read receipts, typing, looking back, searching.
 */
#include <criterion/criterion.h>
#include <stdio.h>

#include "support/crew.h"

static struct sim sim;
static struct crew crew;
static struct crew_member *alice, *bob;

static void setup(void)
{
    sim_init(&sim, 77);
    sim_start(&sim);
    crew_init(&crew, &sim);
    alice = crew_new_account(&crew, "alice");
    bob = crew_new_account(&crew, "bob");
    crew_start(alice);
    crew_start(bob);
    crew_join(alice, "ops");
    crew_join(bob, "ops");
    crew_sealed(alice, "#ops", 2);
}

static void teardown(void)
{
    crew_fini(&crew);
    sim_fini(&sim);
}

TestSuite(engine_wish, .init = setup, .fini = teardown);

static void press(struct crew_member *m)
{
    cr_assert_eq(intents_push(&m->model->intents, INTENT_TYPING, (struct bytes){0}), ERR_OK);
    session_intents(m->session);
}

static size_t events(const struct crew_member *m, enum event_kind kind)
{
    const struct room *r = crew_page(m, "#ops");
    size_t n = 0;

    for (size_t i = 0; i < r->events.count; i++)
        n += events_at(&r->events, i)->kind == kind;
    return n;
}

Test(engine_wish, read__is_not_told_unless_it_is_wished)
{
    crew_type(alice, "seen?");
    crew_delivered(alice, "#ops", "seen?", EVENT_DELIVERED);
    crew_run(&crew, 20000);
    crew_delivered(alice, "#ops", "seen?", EVENT_DELIVERED);
    crew_type(bob, "/set read-receipts on");
    crew_type(alice, "and now?");
    crew_delivered(alice, "#ops", "and now?", EVENT_READ);
}

Test(engine_wish, read__only_what_is_on_the_open_page)
{
    crew_type(bob, "/set read-receipts on");
    model_show(bob->model, bob->model->home);
    crew_type(alice, "later");
    crew_delivered(alice, "#ops", "later", EVENT_DELIVERED);
    crew_run(&crew, 20000);
    crew_delivered(alice, "#ops", "later", EVENT_DELIVERED);
    model_show(bob->model, crew_page(bob, "#ops"));
    session_intents(bob->session);
    crew_delivered(alice, "#ops", "later", EVENT_READ);
}

Test(engine_wish, read__the_wish_is_kept)
{
    crew_type(bob, "/set read-receipts on");
    crew_stop(bob);
    crew_start(bob);
    crew_sealed(bob, "#ops", 2);
    model_show(bob->model, crew_page(bob, "#ops"));
    crew_type(alice, "still?");
    crew_delivered(alice, "#ops", "still?", EVENT_READ);
}

static bool types(void *arg)
{
    return crew_page(arg, "#ops")->typing[0] != '\0';
}

static bool types_not(void *arg)
{
    return crew_page(arg, "#ops")->typing[0] == '\0';
}

Test(engine_wish, typing__both_have_to_wish_it_and_it_ends)
{
    press(bob);
    crew_run(&crew, 5000);
    cr_assert_not(types(alice), "nobody wished it");
    crew_type(bob, "/set typing on");
    press(bob);
    crew_run(&crew, 5000);
    cr_assert_not(types(alice), "alice did not");
    crew_type(alice, "/set typing on");
    press(bob);
    cr_assert(crew_until(&crew, types, alice));
    cr_assert_str_eq(crew_page(alice, "#ops")->typing, "bob");
    cr_assert(crew_until(&crew, types_not, alice));
}

Test(engine_wish, history__goes_back_page_by_page)
{
    char text[32];

    for (int i = 0; i < 60; i++) {
        (void)snprintf(text, sizeof text, "line %d", i);
        crew_type(alice, text);
        crew_reads(bob, "#ops", text);
        crew_run(&crew, 1500); /* slower than a flood */
    }
    crew_stop(bob);
    crew_start(bob);
    crew_reads(bob, "#ops", "line 59");
    cr_assert_eq(crew_count(bob, "#ops", "line 5"), 0);
    crew_type_in(bob, "#ops", "/history 8");
    crew_told(bob, "#ops", "There is more before that");
    cr_assert(crew_saw(bob, "#ops", "line 9"));
    crew_type_in(bob, "#ops", "/history");
    crew_told(bob, "#ops", "beginning of what is kept");
    cr_assert(crew_saw(bob, "#ops", "line 1"));
    cr_assert_eq(events(bob, EVENT_FOUND), 0);
    for (int i = 0; i < 10; i++) { /* before what was there, in their order */
        (void)snprintf(text, sizeof text, "line %d", i);
        cr_assert(bytes_eq(
            events_at(&crew_page(bob, "#ops")->events, (size_t)i)->text, bytes_str(text)));
    }
}

Test(engine_wish, search__finds_in_the_sealed_history)
{
    crew_type(alice, "the Needle in the hay");
    crew_reads(bob, "#ops", "the Needle in the hay");
    crew_type(bob, "/search needle hay");
    crew_told(bob, "#ops", "1 found.");
    cr_assert_eq(events(bob, EVENT_FOUND), 1);
    crew_type_in(bob, "#ops", "/search nothing of the kind");
    crew_told(bob, "#ops", "0 found.");
}

Test(engine_wish, forget__nothing_is_left_to_find)
{
    crew_type(alice, "a secret");
    crew_reads(bob, "#ops", "a secret");
    crew_type(bob, "/forget");
    crew_type(bob, "/search secret");
    crew_told(bob, "#ops", "0 found.");
}

Test(engine_wish, expire__disappears_for_both_at_its_time)
{
    crew_type(alice, "/expire 120");
    crew_told(bob, "#ops", "changed the rules");
    crew_type(alice, "short-lived");
    crew_reads(bob, "#ops", "short-lived");
    crew_run(&crew, 300000);
    crew_type(bob, "/search short-lived");
    crew_told(bob, "#ops", "0 found.");
    crew_type(alice, "/search short-lived");
    crew_told(alice, "#ops", "0 found.");
}

/* Two programs with one account: the newer stays, the older does not fight for the place. */
Test(engine_wish, takeover__the_older_one_stays_away)
{
    struct crew_member *again = crew_new(&crew, "bob2");

    (void)snprintf(again->nick, sizeof again->nick, "bob");
    again->setup.login = ENGINE_AS_ACCOUNT;
    again->setup.account = "bob";
    again->setup.password = bytes_str("correct horse battery staple");
    crew_start(again);
    crew_told(bob, NULL, "does not come back by itself");
    crew_run(&crew, 120000);
    cr_assert_eq(bob->model->link, MODEL_REFUSED);
    cr_assert_eq(again->model->link, MODEL_READY);
}

Test(engine_wish, verified_only__says_so_and_holds_back_what_is_said)
{
    const struct room *r = crew_page(alice, "#ops");

    crew_type(alice, "/set verified-only on");
    crew_run(&crew, 1000);
    cr_assert_eq(r->seal, ROOM_UNVERIFIED);
    crew_type(alice, "for verified eyes");
    crew_run(&crew, 20000);
    cr_assert_eq(crew_count(bob, "#ops", "for verified eyes"), 0);
    crew_type(alice, "/verify bob yes");
    crew_run(&crew, 1000);
    cr_assert_eq(r->seal, ROOM_SEALED);
    crew_reads(bob, "#ops", "for verified eyes");
}
