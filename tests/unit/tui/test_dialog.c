/* SPDX-License-Identifier: ISC */
#include "tui/dialog.h"

#include <criterion/criterion.h>

#include "tui/state.h"

static struct tui t;
static int answers, freed;
static char letter;

static void on_answer(void *arg, struct tui *tui, char c)
{
    cr_assert_eq(arg, &t);
    cr_assert_null(tui->overlay, "it is closed by then");
    cr_assert_eq(freed, 0);
    answers++;
    letter = c;
}

static void on_fini(void *arg)
{
    (void)arg;
    freed++;
}

static void ask(const char *type)
{
    const struct dialog d = {.title = "Paste",
        .words = "Paste 2 lines?",
        .lines = "one\ntwo",
        .button = {{'e', "edit"}, {'s', "send"}},
        .buttons = 2,
        .type = type,
        .answered = on_answer,
        .fini = on_fini};

    dialog_open(&t, &d, &t);
}

static void teardown(void)
{
    overlay_close(&t);
}

TestSuite(dialog, .fini = teardown);

static void press(enum action a, enum input_code code, uint32_t cp)
{
    overlay_key(&t, a, &(struct input_key){code, 0, cp});
}

static void type(const char *s)
{
    for (; *s != '\0'; s++)
        press(ACTION_INSERT, INPUT_CHAR, (uint8_t)*s);
}

static void expect(char c)
{
    cr_assert_eq(answers, 1);
    cr_assert_eq(letter, c);
    cr_assert_eq(freed, 1);
    cr_assert_null(t.overlay);
}

Test(dialog, letter__answers)
{
    ask(NULL);
    type("S");
    expect('s');
}

Test(dialog, other_letters__do_nothing)
{
    ask(NULL);
    type("xyz");
    cr_assert_eq(answers, 0);
    cr_assert_not_null(t.overlay);
}

Test(dialog, enter__takes_the_button_with_the_focus)
{
    ask(NULL);
    press(ACTION_COMPLETE, INPUT_TAB, 0);
    press(ACTION_ENTER, INPUT_ENTER, 0);
    expect('s');
}

Test(dialog, tab__goes_around)
{
    ask(NULL);
    press(ACTION_RIGHT, INPUT_RIGHT, 0);
    press(ACTION_RIGHT, INPUT_RIGHT, 0);
    press(ACTION_ENTER, INPUT_ENTER, 0);
    expect('e');
}

Test(dialog, esc__changes_nothing)
{
    ask(NULL);
    press(ACTION_CANCEL, INPUT_ESC, 0);
    expect(0);
}

Test(dialog, replaced__is_freed_without_an_answer)
{
    ask(NULL);
    ask(NULL);
    cr_assert_eq(answers, 0);
    cr_assert_eq(freed, 1);
}

Test(dialog, word__enter_alone_never_passes)
{
    ask("trust");
    press(ACTION_ENTER, INPUT_ENTER, 0);
    type("e"); /* no letter of a button counts */
    press(ACTION_ENTER, INPUT_ENTER, 0);
    cr_assert_eq(answers, 0);
    press(ACTION_ERASE_LEFT, INPUT_BACKSPACE, 0);
    type("trust");
    cr_assert_eq(answers, 0);
    press(ACTION_ENTER, INPUT_ENTER, 0);
    expect('\r');
}

Test(dialog, word__endless_typing_is_bounded)
{
    ask("trust");
    for (int i = 0; i < 300; i++)
        type("t");
    press(ACTION_ENTER, INPUT_ENTER, 0);
    cr_assert_eq(answers, 0);
    press(ACTION_KILL_START, INPUT_OTHER, 0);
    type("trust");
    press(ACTION_ENTER, INPUT_ENTER, 0);
    expect('\r');
}
