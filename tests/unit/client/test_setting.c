/* SPDX-License-Identifier: ISC */
/* /set, and the page that is of this machine alone. */
#include "client/setting.h"

#include <criterion/criterion.h>

#include "fake_relay.h"

static struct fake f;

static void setup(void)
{
    fake_init(&f);
    fake_ready(&f);
}

static void teardown(void)
{
    fake_fini(&f);
}

TestSuite(setting, .init = setup, .fini = teardown);

Test(setting, list__has_both_kinds_with_what_they_are)
{
    fake_type(&f, "/set");
    for (size_t i = 0; pref_at(i) != NULL; i++)
        cr_assert(fake_said(&f, NULL, pref_at(i)->help), "%s", pref_at(i)->name);
    cr_assert(fake_said(&f, NULL, "hints on  (by default on)"));
    cr_assert(fake_said(&f, NULL, "keep: for how many days"));
    cr_assert(fake_said(&f, NULL, "typing off"));
}

Test(setting, show__type_and_default_and_value)
{
    fake_type(&f, "/set text-width");
    cr_assert(fake_said(&f, NULL, "text-width 100  (a number, 0 to 400; by default 100)"));
    fake_type(&f, "/set highlight");
    cr_assert(fake_said(&f, NULL, "highlight (empty)  (words; by default (empty))"));
}

Test(setting, set__changes_the_model_and_waits_to_be_saved)
{
    fake_type(&f, "/set noise show");
    cr_assert(fake_said(&f, NULL, "noise is show now."));
    cr_assert_str_eq(pref_text(&f.model->prefs, PREF_NOISE), "show");
    cr_assert(f.model->prefs.of[PREF_NOISE].unsaved);
    fake_type(&f, "/set highlight two words");
    cr_assert_str_eq(pref_text(&f.model->prefs, PREF_HIGHLIGHT), "two words");
    fake_type(&f, "/set noise default");
    cr_assert_str_eq(pref_text(&f.model->prefs, PREF_NOISE), "fold");
}

Test(setting, set__wrong_says_what_it_takes)
{
    fake_type(&f, "/set noise loud");
    cr_assert(fake_said(&f, NULL, "noise takes fold, show."));
    fake_type(&f, "/set text-width 401");
    cr_assert(fake_said(&f, NULL, "text-width takes a number, 0 to 400."));
    fake_type(&f, "/set hnts on");
    cr_assert(fake_said(&f, NULL, "Did you mean hints?"));
    fake_type(&f, "/set tpying on");
    cr_assert(fake_said(&f, NULL, "Did you mean typing?"));
    fake_type(&f, "/set bogus on");
    cr_assert(fake_said(&f, NULL, "/set alone shows all."));
}

/* ---- a page that the relay does not know ---- */

static bool said_here(const char *words)
{
    const struct event *v;

    for (size_t i = 0; (v = events_at(&f.model->welcome->events, i)) != NULL; i++) {
        if (memmem(v->text.p, v->text.n, words, strlen(words)) != NULL)
            return true;
    }
    return false;
}

Test(setting, local__nothing_typed_there_is_sent)
{
    model_open_welcome(f.model);
    fake_type(&f, "hello");
    cr_assert(fake_silent(&f));
    cr_assert(said_here("hello"));
    cr_assert(said_here("Nobody but you sees that"));
    fake_type(&f, "/code");
    cr_assert(said_here("your machine's own page"));
    cr_assert(fake_silent(&f));
}

/* It was once asked who is in the room "welcome". */
Test(setting, local__the_lists_that_come_round_are_those_of_home)
{
    struct bytes body;

    model_open_welcome(f.model);
    fake_pass(&f, ENGINE_RELIST_MS + 1);
    do
        cr_assert(f.read_n < f.sent_n);
    while (f.sent[f.read_n].op != OP_USERS && ++f.read_n);
    body = fake_expect(&f, OP_USERS);
    for (size_t i = 0; i + 7 <= body.n; i++)
        cr_assert_neq(memcmp(body.p + i, "welcome", 7), 0);
}

Test(setting, local__leave_closes_it_and_it_opens_again)
{
    model_open_welcome(f.model);
    fake_type(&f, "/leave");
    cr_assert(fake_silent(&f));
    cr_assert_eq(f.model->open, f.model->home);
    cr_assert_eq(model_pages(f.model), 1);
    model_open_welcome(f.model);
    cr_assert_eq(model_pages(f.model), 2);
    cr_assert_eq(f.model->welcome->events.count, 0);
}
