/* SPDX-License-Identifier: ISC */
#include "tui/act.h"

#include <criterion/criterion.h>

#include "base/mem.h"
#include "tui/help.h"

static struct tui t;

static void setup(void)
{
    t.model = model_new();
    t.v.model = t.model;
    editline_init(&t.v.line);
    editline_init(&t.v.answer);
    buf_init(&t.v.hint, 4096);
}

static void teardown(void)
{
    overlay_close(&t);
    editline_fini(&t.v.line);
    editline_fini(&t.v.answer);
    buf_free(&t.v.hint);
    model_free(t.model);
}

TestSuite(act, .init = setup, .fini = teardown);

static void press(enum action a)
{
    act_follow_ask(&t);
    act_do(&t, a, &(struct input_key){.code = INPUT_OTHER});
}

static void type(const char *s)
{
    act_follow_ask(&t);
    for (; *s != '\0'; s++)
        act_do(&t, ACTION_INSERT, &(struct input_key){INPUT_CHAR, 0, (uint8_t)*s});
}

static void expect_intent(enum intent_kind kind, const char *text)
{
    struct intent i;

    cr_assert(intents_take(&t.model->intents, &i), "none for \"%s\"", text);
    cr_assert_eq(i.kind, kind);
    cr_assert_str_eq(i.text, text);
    intent_fini(&i);
}

static void expect_none(void)
{
    cr_assert_eq(t.model->intents.count, 0);
}

static void expect_line(const char *text)
{
    struct bytes line = editline_text(&t.v.line);

    cr_assert(bytes_eq(line, bytes_str(text)), "is: %.*s", (int)line.n, line.p);
}

Test(act, enter__sends_the_line_and_empties_it)
{
    type("hello");
    press(ACTION_ENTER);
    expect_intent(INTENT_LINE, "hello");
    expect_line("");
    press(ACTION_ENTER); /* nothing is nothing */
    expect_none();
    type("?");
    press(ACTION_ENTER);
    cr_assert(help_is_open(&t));
}

Test(act, enter__gives_the_line_back_when_the_queue_is_full)
{
    for (int i = 0; i < INTENTS_MAX; i++)
        cr_assert_eq(intents_push(&t.model->intents, INTENT_LINE, bytes_str("x")), ERR_OK);
    type("hello");
    press(ACTION_ENTER);
    expect_line("hello");
}

Test(act, guard__is_a_preference)
{
    type(" /quit");
    press(ACTION_ENTER);
    cr_assert_not_null(t.overlay);
    expect_none();
    expect_line(" /quit");
    overlay_close(&t);
    cr_assert_eq(model_set_pref(t.model, bytes_str("slash-guard"), bytes_str("off")), ERR_OK);
    press(ACTION_ENTER);
    cr_assert_null(t.overlay);
    expect_intent(INTENT_LINE, " /quit");
}

/* ---- questions ---- */

static void ask(bool hidden)
{
    model_put_ask(t.model, hidden, "Password:");
}

static void expect_no_answer_left(void)
{
    cr_assert_eq(t.v.answer.n, 0);
    cr_assert_eq(t.v.answer.kills, 0);
    cr_assert_eq(t.v.answer.history_n, 0);
}

Test(act, answer__goes_its_own_way_and_leaves_the_draft)
{
    type("draft");
    ask(true);
    type("hunter");
    expect_line("draft");
    press(ACTION_KILL_START);
    press(ACTION_YANK);
    type("2");
    press(ACTION_ENTER);
    expect_intent(INTENT_ANSWER, "hunter2");
    expect_no_answer_left();
    model_close_ask(t.model);
    press(ACTION_YANK); /* nothing of it can be brought back */
    press(ACTION_BACK);
    expect_line("draft");
    press(ACTION_ENTER);
    expect_intent(INTENT_LINE, "draft");
}

Test(act, answer__cannot_be_made_of_what_was_said)
{
    type("said");
    press(ACTION_ENTER);
    expect_intent(INTENT_LINE, "said");
    type("killed");
    press(ACTION_KILL_START);
    ask(false);
    press(ACTION_BACK);
    press(ACTION_YANK);
    press(ACTION_COMPLETE);
    press(ACTION_ENTER);
    expect_intent(INTENT_ANSWER, "");
}

Test(act, answer__empty_takes_the_question_back)
{
    static const enum action ACTIONS[] = {ACTION_ENTER, ACTION_CANCEL, ACTION_QUIT_ASK};

    for (size_t i = 0; i < MEM_COUNT(ACTIONS); i++) {
        ask(true);
        if (ACTIONS[i] != ACTION_ENTER)
            type("half");
        press(ACTIONS[i]);
        expect_intent(INTENT_ANSWER, "");
        expect_none();
        expect_no_answer_left();
        cr_assert_not(t.v.alt_next || t.v.quit_armed);
        model_close_ask(t.model);
    }
}

/* A long one wraps nowhere: up and down are not keys of it, and nothing said comes up. */
Test(act, answer__has_one_row)
{
    type("said");
    press(ACTION_ENTER);
    expect_intent(INTENT_LINE, "said");
    ask(true);
    type("a very long passphrase of words that would fill more than one row of it");
    press(ACTION_BACK);
    press(ACTION_BACK_ALL);
    press(ACTION_RECALL);
    press(ACTION_NEWLINE);
    press(ACTION_COMPLETE);
    type("!");
    cr_assert_null(t.overlay);
    cr_assert_eq(t.v.answer.at, t.v.answer.n);
    cr_assert_eq(t.v.answer.text[t.v.answer.n - 1], '!');
    cr_assert_null(memchr(t.v.answer.text, '\n', t.v.answer.n));
}

Test(act, answer__pasted_without_the_newline_behind_it)
{
    ask(true);
    act_follow_ask(&t);
    act_paste(&t, bytes_str("hunter2\n"));
    press(ACTION_ENTER);
    expect_intent(INTENT_ANSWER, "hunter2");
}

Test(act, answer__is_never_given_to_another_question)
{
    ask(true);
    type("hunter2");
    model_put_ask(t.model, false, "Accept the new key of bob?");
    press(ACTION_ENTER);
    expect_intent(INTENT_ANSWER, "");
    type("ye");
    model_close_ask(t.model);
    press(ACTION_END);
    expect_no_answer_left();
    expect_line("");
    ask(true);
    press(ACTION_ENTER);
    expect_intent(INTENT_ANSWER, "");
}

Test(act, answer__stays_when_the_queue_is_full)
{
    for (int i = 0; i < INTENTS_MAX; i++)
        cr_assert_eq(intents_push(&t.model->intents, INTENT_LINE, bytes_str("x")), ERR_OK);
    ask(true);
    type("hunter2");
    press(ACTION_ENTER);
    cr_assert_eq(t.v.answer.n, 7);
}

Test(act, quit__is_asked_for_twice_on_an_empty_line)
{
    type("draft");
    press(ACTION_QUIT_ASK);
    expect_line("");
    cr_assert_not(t.v.quit_armed);
    press(ACTION_QUIT_ASK);
    cr_assert(t.v.quit_armed);
    expect_none();
    t.quit_asked = true;
    press(ACTION_QUIT_ASK);
    expect_intent(INTENT_QUIT, "");
    press(ACTION_BACK);
    expect_line("draft");
}

Test(act, cancel__arms_the_next_key)
{
    press(ACTION_CANCEL);
    cr_assert(t.v.alt_next);
}

/* ---- each page has its line ---- */

static struct room *open_page(const char *name)
{
    struct room *r = model_join(t.model, bytes_str(name));

    model_show(t.model, r);
    act_follow_page(&t);
    return r;
}

static void follow(struct room *r)
{
    model_show(t.model, r);
    act_follow_page(&t);
}

Test(act, page__has_its_own_line)
{
    struct room *ops = open_page("ops");
    type("to ops");
    struct room *den = open_page("den");
    expect_line("");
    type("to den");
    follow(ops);
    expect_line("to ops");
    follow(den);
    expect_line("to den");
    follow(t.model->home);
    expect_line("");
    type("/join");
    follow(ops);
    follow(t.model->home);
    expect_line("/join");
}

Test(act, page__its_line_is_told_to_be_kept)
{
    struct intent i;

    struct room *ops = open_page("ops");
    type("two words");
    cr_assert(intents_take(&t.model->intents, &i)); /* with the first of them */
    cr_assert_eq(i.kind, INTENT_DRAFT);
    cr_assert_str_eq(i.text, "two ");
    cr_assert(bytes_eq(bytes_of(i.where, i.where_n), bytes_str("ops")));
    cr_assert_not(i.direct);
    intent_fini(&i);
    follow(t.model->home);
    expect_intent(INTENT_DRAFT, "two words");
    follow(ops);
    expect_none();
    press(ACTION_ENTER);
    expect_intent(INTENT_LINE, "two words");
    expect_intent(INTENT_DRAFT, "");
    expect_none();
}

Test(act, page__that_is_gone_leaves_what_was_typed)
{
    struct room *ops = open_page("ops");
    type("unsaid");
    model_leave(t.model, ops);
    act_follow_page(&t);
    expect_line("unsaid");
    expect_none();
}

Test(act, page__nothing_of_a_password_is_kept)
{
    (void)open_page("ops");
    model_put_ask(t.model, true, "Password:");
    act_follow_ask(&t);
    type("four words of it ");
    expect_none();
}

Test(act, table__every_action_does_something)
{
    for (size_t i = 0; action_at(i) != NULL; i++) {
        enum action a = action_at(i)->action;
        cr_assert(act_handler(a) != NULL || act_edit(&t.v.line, a), "%s", action_at(i)->name);
    }
}

Test(act, table__every_command_of_the_screen_is_done_here)
{
    for (size_t i = 0; command_at(i) != NULL; i++)
        cr_assert(act_command(command_at(i)) != NULL || command_at(i)->needs != NEEDS_SCREEN,
            "/%s", command_at(i)->name);
}
