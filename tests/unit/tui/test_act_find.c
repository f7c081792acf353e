/* SPDX-License-Identifier: ISC */
/* The switcher, the palette, and the question that a changed key puts. */
#include <criterion/criterion.h>
#include <string.h>

#include "base/mem.h"
#include "tui/act.h"
#include "tui/help.h"

static struct tui t;

static void setup(void)
{
    t.model = model_new();
    t.v.model = t.model;
    t.v.layout.part[LAYOUT_INPUT] = (struct rect){0, 0, 1, 80};
    keymap_init(&t.keys);
    t.v.keys = &t.keys;
    editline_init(&t.v.line);
    editline_init(&t.v.answer);
    buf_init(&t.v.hint, 4096);
    model_set_nick(t.model, bytes_str("me"));
}

static void teardown(void)
{
    while (t.overlay != NULL)
        overlay_close(&t);
    editline_fini(&t.v.line);
    editline_fini(&t.v.answer);
    buf_free(&t.v.hint);
    model_free(t.model);
}

TestSuite(act_find, .init = setup, .fini = teardown);

static void press(enum action a)
{
    const struct input_key k = {.code = INPUT_OTHER};

    if (t.overlay != NULL)
        overlay_key(&t, a, &k);
    else
        act_do(&t, a, &k);
}

static void type(const char *s)
{
    for (; *s != '\0'; s++) {
        const struct input_key k = {INPUT_CHAR, 0, (uint8_t)*s};
        if (t.overlay != NULL)
            overlay_key(&t, ACTION_INSERT, &k);
        else
            act_do(&t, ACTION_INSERT, &k);
    }
}

static void expect_line(const char *text)
{
    struct intent i;

    cr_assert(intents_take(&t.model->intents, &i), "none for \"%s\"", text);
    cr_assert_eq(i.kind, INTENT_LINE);
    cr_assert_str_eq(i.text, text);
    intent_fini(&i);
    cr_assert_eq(t.model->intents.count, 0);
}

static struct room *room(const char *name)
{
    return model_join(t.model, bytes_str(name));
}

static void say(struct room *r, uint8_t flags)
{
    model_add(t.model, r,
        &(struct event){.kind = EVENT_MESSAGE, .flags = flags, .text = bytes_str("x")});
}

static void person(struct roster *r, const char *name, uint8_t flags)
{
    cr_assert_eq(roster_add(r, bytes_str(name), flags), ERR_OK);
}

/* ---- the switcher ---- */

static void go(const char *typed)
{
    press(ACTION_SWITCHER);
    type(typed);
    press(ACTION_ENTER);
    cr_assert_null(t.overlay);
}

Test(act_find, switcher__enter_goes_where_something_waits_else_back)
{
    struct room *a = room("alpha");
    struct room *b = room("beta");
    struct room *c = room("gamma");

    model_show(t.model, c);
    model_show(t.model, b);
    go("");
    cr_assert_eq(t.model->open, c, "the one before");
    say(a, 0);
    say(t.model->home, EVENT_MENTION);
    go("");
    cr_assert_eq(t.model->open, t.model->home);
    go("");
    cr_assert_eq(t.model->open, a);
}

Test(act_find, switcher__by_a_few_letters)
{
    struct room *a = room("general");
    struct room *b = model_direct(t.model, bytes_str("gerda"));

    go("gnl");
    cr_assert_eq(t.model->open, a);
    go("ger");
    cr_assert_eq(t.model->open, b);
    go("relay");
    cr_assert_eq(t.model->open, t.model->home);
}

Test(act_find, switcher__rooms_to_join_and_people)
{
    cr_assert_not_null(rooms_add(&t.model->rooms, bytes_str("garden")));
    person(&t.model->home->people, "carol", 0);
    person(&t.model->home->people, "me", 0);
    go("gard");
    expect_line("/join garden");
    go("car");
    expect_line("/msg carol");
    press(ACTION_SWITCHER);
    type("me");
    press(ACTION_ENTER);
    cr_assert_not_null(t.overlay, "nobody talks to himself");
    cr_assert_eq(t.model->intents.count, 0);
}

/* What it lists may be gone when it is chosen. */
Test(act_find, switcher__page_that_was_closed_meanwhile)
{
    struct room *a = room("alpha");

    press(ACTION_SWITCHER);
    model_leave(t.model, a);
    rooms_mark(&t.model->rooms);
    rooms_sweep(&t.model->rooms);
    type("alpha");
    press(ACTION_ENTER);
    cr_assert_eq(t.model->open, t.model->home);
    cr_assert_neq(t.v.hint.n, 0);
}

Test(act_find, switcher__turns_into_the_palette)
{
    press(ACTION_SWITCHER);
    type(">clear");
    press(ACTION_ENTER);
    expect_line("/clear");
}

Test(act_find, switcher__that_cannot_be_done_now_says_so)
{
    cr_assert_not_null(rooms_add(&t.model->rooms, bytes_str("garden")));
    for (int i = 0; i < INTENTS_MAX; i++)
        cr_assert_eq(intents_push(&t.model->intents, INTENT_LINE, bytes_str("x")), ERR_OK);
    go("garden");
    cr_assert_neq(t.v.hint.n, 0);
}

/* ---- the palette ---- */

static void choose(const char *typed)
{
    press(ACTION_PALETTE);
    type(typed);
    press(ACTION_ENTER);
}

Test(act_find, palette__command_with_words_goes_onto_the_line)
{
    type("half a message");
    while (t.model->intents.count != 0) { /* drafts */
        struct intent i;
        cr_assert(intents_take(&t.model->intents, &i));
        intent_fini(&i);
    }
    choose("/join");
    cr_assert(bytes_eq(editline_text(&t.v.line), bytes_str("/join ")));
    cr_assert_eq(t.model->intents.count, 0);
    press(ACTION_BACK);
    cr_assert(bytes_eq(editline_text(&t.v.line), bytes_str("half a message")));
}

Test(act_find, palette__command_without_is_done)
{
    choose("/doctor");
    expect_line("/doctor");
}

Test(act_find, palette__action_is_done)
{
    struct room *a = room("alpha");

    choose("page-next");
    cr_assert_eq(t.model->open, a);
    choose("switcher");
    cr_assert_not_null(t.overlay);
}

Test(act_find, palette__found_by_what_it_does)
{
    choose("goodbye");
    expect_line("/quit");
}

Test(act_find, palette__number_of_a_page_is_asked_for)
{
    struct room *a = room("alpha");

    choose("page");
    cr_assert(t.v.jumping);
    cr_assert(act_jump(&t, &(struct input_key){INPUT_CHAR, 0, '0'}));
    cr_assert(act_jump(&t, &(struct input_key){INPUT_CHAR, 0, '2'}));
    cr_assert_eq(t.model->open, a);
}

Test(act_find, palette__what_was_used_lately_is_first)
{
    choose("doctor");
    expect_line("/doctor");
    choose("quit");
    expect_line("/quit");
    choose("");
    expect_line("/quit");
    choose("doctor");
    expect_line("/doctor");
    choose("");
    expect_line("/doctor");
    press(ACTION_PALETTE);
    press(ACTION_FORTH);
    press(ACTION_ENTER);
    expect_line("/quit");
}

/* Every row can be chosen; none of it breaks anything. */
Test(act_find, palette__every_row_can_be_taken)
{
    size_t rows = 0;
    struct intent i;

    while (command_at(rows) != NULL)
        rows++;
    for (size_t n = 0; n < rows; n++) {
        t.v.line.n = 0;
        t.v.line.at = 0;
        press(ACTION_PALETTE);
        type("/");
        type(command_at(n)->name);
        press(ACTION_ENTER);
        cr_assert(t.v.line.n != 0 || t.model->intents.count != 0 || t.overlay != NULL, "%s",
            command_at(n)->name);
        while (t.overlay != NULL)
            overlay_close(&t);
        while (intents_take(&t.model->intents, &i))
            intent_fini(&i);
    }
}

/* ---- the number of a page ---- */

static bool digit(char c)
{
    return act_jump(&t, &(struct input_key){INPUT_CHAR, 0, (uint8_t)c});
}

Test(act_find, jump__two_digits_or_one_and_enter)
{
    char name[2] = "a";

    for (int i = 0; i < 20; i++, name[0]++)
        (void)room(name);
    press(ACTION_PAGE_JUMP);
    cr_assert(digit('1'));
    cr_assert(t.v.jumping);
    cr_assert(digit('4'));
    cr_assert_not(t.v.jumping);
    cr_assert_eq(model_page_of(t.model, t.model->open), 13);
    press(ACTION_PAGE_JUMP);
    cr_assert(digit('3'));
    cr_assert(act_jump(&t, &(struct input_key){.code = INPUT_ENTER}));
    cr_assert_eq(model_page_of(t.model, t.model->open), 2);
    press(ACTION_PAGE_JUMP);
    cr_assert(digit('9'));
    cr_assert(digit('9'));
    cr_assert_eq(model_page_of(t.model, t.model->open), 2);
    cr_assert_neq(t.v.hint.n, 0);
}

Test(act_find, jump__another_key_is_that_key)
{
    press(ACTION_PAGE_JUMP);
    cr_assert_not(digit('x'));
    cr_assert_not(t.v.jumping);
    press(ACTION_PAGE_JUMP);
    cr_assert(act_jump(&t, &(struct input_key){.code = INPUT_ESC}));
    cr_assert_not(t.v.jumping);
}

Test(act_find, page_active__says_when_there_is_nothing)
{
    press(ACTION_PAGE_ACTIVE);
    cr_assert_neq(t.v.hint.n, 0);
}

/* ---- a changed key ---- */

static struct room *stopped(const char *name)
{
    struct room *r = room(name);

    person(&r->people, "carol", ROSTER_SEALED | ROSTER_CHANGED);
    memcpy(roster_find(&r->people, bytes_str("carol"))->tag, "k7xw", EVENT_TAG);
    r->seal = ROOM_STOPPED;
    return r;
}

Test(act_find, alarm__only_the_letters_of_the_new_key_accept_it)
{
    model_show(t.model, stopped("ops"));
    act_follow_seal(&t);
    cr_assert_not_null(t.overlay);
    press(ACTION_ENTER);
    type("yes");
    press(ACTION_ENTER);
    cr_assert_not_null(t.overlay);
    cr_assert_eq(t.model->intents.count, 0);
    press(ACTION_KILL_START);
    type("k7xw");
    press(ACTION_ENTER);
    cr_assert_null(t.overlay);
    expect_line("/trust carol");
    act_follow_seal(&t);
    cr_assert_null(t.overlay, "it is being done");
}

Test(act_find, alarm__esc_leaves_it_until_the_page_is_opened_anew)
{
    struct room *r = stopped("ops");

    model_show(t.model, r);
    act_follow_seal(&t);
    press(ACTION_CANCEL);
    cr_assert_null(t.overlay);
    act_follow_seal(&t);
    cr_assert_null(t.overlay);
    cr_assert_eq(t.model->intents.count, 0);
    model_show(t.model, t.model->home);
    act_follow_seal(&t);
    cr_assert_null(t.overlay);
    model_show(t.model, r);
    act_follow_seal(&t);
    cr_assert_not_null(t.overlay);
}

Test(act_find, alarm__two_are_asked_for_one_after_the_other)
{
    struct room *r = stopped("ops");

    person(&r->people, "dave", ROSTER_SEALED | ROSTER_CHANGED);
    model_show(t.model, r);
    act_follow_seal(&t);
    type("k7xw");
    press(ACTION_ENTER);
    expect_line("/trust carol");
    act_follow_seal(&t);
    cr_assert_not_null(t.overlay);
    type("trust"); /* no letters are known of this key */
    press(ACTION_ENTER);
    expect_line("/trust dave");
}

Test(act_find, alarm__takes_nothing_away_that_is_being_asked)
{
    struct room *r = stopped("ops");

    press(ACTION_PALETTE);
    model_show(t.model, r);
    struct overlay *o = t.overlay;
    act_follow_seal(&t);
    cr_assert_eq(t.overlay, o);
    press(ACTION_CANCEL);
    model_put_ask(t.model, true, "Password:");
    act_follow_seal(&t);
    cr_assert_null(t.overlay);
    model_close_ask(t.model);
    act_follow_seal(&t);
    cr_assert_not_null(t.overlay);
}

Test(act_find, alarm__not_where_nothing_is_stopped)
{
    struct room *r = stopped("ops");

    r->seal = ROOM_SEALED;
    model_show(t.model, r);
    act_follow_seal(&t);
    cr_assert_null(t.overlay);
    r->seal = ROOM_STOPPED; /* while the page is open */
    act_follow_seal(&t);
    cr_assert_not_null(t.overlay);
}

/* ---- help over what lies there ---- */

Test(act_find, help__brings_back_what_it_was_opened_over)
{
    press(ACTION_PALETTE);
    type("doc");
    struct overlay *o = t.overlay;
    help_open(&t, (struct bytes){0});
    cr_assert(help_is_open(&t));
    press(ACTION_CANCEL);
    cr_assert_eq(t.overlay, o);
    press(ACTION_ENTER);
    expect_line("/doctor");
    help_open(&t, (struct bytes){0});
    help_open(&t, bytes_str("join")); /* asked for again: the same one */
    press(ACTION_HELP);
    cr_assert_null(t.overlay);
}
