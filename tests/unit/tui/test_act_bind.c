/* SPDX-License-Identifier: ISC */
#include <criterion/criterion.h>
#include <string.h>

#include "tui/act.h"

static struct tui t;

static void setup(void)
{
    t.model = model_new();
    act_bind_all(&t, true);
}

static void teardown(void)
{
    model_free(t.model);
}

TestSuite(act_bind, .init = setup, .fini = teardown);

/* What the last line on the page is after it. */
static void expect(const char *line, const char *words)
{
    const struct events *es = &t.model->home->events;
    struct command_line c;
    char last[512] = "";

    cr_assert_eq(command_parse(bytes_str(line), &c), ERR_OK);
    cr_assert(act_command(c.row)(&t, &c), "the engine has nothing to do with it");
    (void)bytes_copy(last, sizeof last, events_at(es, es->count - 1)->text);
    cr_assert_not_null(strstr(last, words), "%s: %s", line, last);
}

static enum action of(const char *key)
{
    return keymap_find(&t.keys, bytes_str(key));
}

Test(act_bind, key__says_what_it_does_and_did)
{
    expect("/bind alt-a", "alt-a: page-active, by default page-active");
    expect("/bind f9", "f9: none, by default none");
    expect("/bind pageup", "is no key");
    expect("/bind", "All keys are as by default. F1 shows every key.");
}

Test(act_bind, key_action__binds_and_takes_back)
{
    expect("/bind f9 help", "f9: help, by default none");
    cr_assert_eq(of("f9"), ACTION_HELP);
    expect("/bind f1 none", "f1: none, by default help");
    cr_assert_eq(of("f1"), ACTION_NONE);
    expect("/bind ctrl-x,ctrl-r redraw", "redraw");
    cr_assert_eq(of("ctrl-x,ctrl-r"), ACTION_REDRAW);
    expect("/bind", "The other keys are as by default.");
    cr_assert_eq(t.model->binds.count, 3);
    expect("/bind f1 default", "f1: help, by default help");
    cr_assert_eq(of("f1"), ACTION_HELP);
}

Test(act_bind, key_action__another_spelling_is_the_same_key)
{
    expect("/bind ctrl-alt-n help", "help");
    expect("/bind alt-ctrl-n redraw", "redraw");
    cr_assert_eq(t.model->binds.count, 1);
    expect("/bind alt-ctrl-n default", "none");
    binds_saved(&t.model->binds);
    cr_assert_eq(t.model->binds.count, 0);
}

Test(act_bind, key_action__what_would_lock_somebody_out_is_refused)
{
    static const struct {
        const char *line, *words;
    } ROWS[] = {
        {"/bind enter none", "no key would be left"},
        {"/bind a help", "writes a letter"},
        {"/bind x,y help", "writes a letter"},
        {"/bind f9 nonsense", "no such action"},
        {"/bind pageup help", "no key"},
        {"/bind 0123456789012345678901234567890123 help", "so long a name"},
        {"/bind f9 0123456789012345678901234567890123", "so long a name"},
    };

    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        expect(ROWS[i].line, "Nothing was changed");
        expect(ROWS[i].line, ROWS[i].words);
    }
    cr_assert_eq(t.model->binds.count, 0);
    cr_assert_eq(of("enter"), ACTION_ENTER);
    expect("/bind f9 enter", "enter");
    expect("/bind enter none", "none");
    cr_assert_eq(of("enter"), ACTION_NONE, "another key sends");
}

Test(act_bind, all__bad_ones_are_told_once_and_left_out)
{
    cr_assert_eq(model_bind(t.model, bytes_str("f9"), bytes_str("help")), ERR_OK);
    cr_assert_eq(model_bind(t.model, bytes_str("b\033d"), bytes_str("help")), ERR_OK);
    act_bind_all(&t, true);
    cr_assert_eq(of("f9"), ACTION_HELP);
    cr_assert_eq(t.model->home->events.count, 1);
    act_bind_all(&t, false);
    cr_assert_eq(t.model->home->events.count, 1);
}
