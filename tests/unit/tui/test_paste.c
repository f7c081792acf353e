/* SPDX-License-Identifier: ISC */
/* What comes between the terminal's two marks is text, whatever it looks like. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "stage.h"
#include "tui/act.h"
#include "tui/tui.h"

#define BEGIN "\x1b[200~"
#define END   "\x1b[201~"

static struct pty *p;

static void teardown(void)
{
    pty_free(p);
    p = NULL;
}

TestSuite(paste, .fini = teardown);

static void start(const char *scene)
{
    p = stage_start(&(struct stage_wish){.scene = scene, .cols = 100, .rows = 30});
    cr_assert(pty_until(p, "what we do on Friday"));
}

static void expect(const char *words)
{
    cr_assert(pty_until(p, words));
}

static void expect_no(const char *words)
{
    cr_assert_null(strstr(pty_screen(p), words), "%s", words);
}

/* The screen answers, so what was typed before is done. */
static void settle(void)
{
    pty_type(p, "\x1bOP");
    expect("ESC closes");
    pty_type(p, "\x1b");
    cr_assert(pty_until_gone(p, "ESC closes"));
}

Test(paste, one_line__is_inserted_and_not_sent)
{
    start("room");
    pty_type(p, "say " BEGIN "hello there\r" END "\r");
    expect("▸ say hello there");
    settle();
    expect_no("line of");
    pty_type(p, "\r");
    expect("line of 15 letters: say hello there");
}

Test(paste, several__are_looked_at_first)
{
    start("room");
    pty_type(p, BEGIN "one\rtwo\r\r" END);
    expect("Paste 2 lines (7 bytes) to #ops?");
    expect("[e]dit");
    expect("[s]end as one message");
    expect_no("▸ one");
    pty_type(p, "\r");
    cr_assert(pty_until_gone(p, "Paste 2 lines"));
    expect("▸ one\n         two\n");
    expect_no("line of");
    pty_type(p, "\r");
    expect("line of 7 letters: one\n");
}

Test(paste, several__are_sent_as_one_or_not_at_all)
{
    start("room");
    pty_type(p, "draft" BEGIN "/quit\r/quit\r" END);
    expect("Paste 2 lines (11 bytes) to #ops?");
    pty_type(p, "s");
    expect("words of 11 letters to ops: /quit\n");
    expect("▸ draft");
    pty_type(p, BEGIN "1\r2" END);
    expect("Paste 2 lines (3 bytes)");
    pty_type(p, "\x1b");
    cr_assert(pty_until_gone(p, "Paste 2 lines"));
    settle();
    expect("▸ draft");
    expect_no("of 3 letters");
}

/* Enter that came along answers nothing: neither the line nor the question. */
Test(paste, enter_in_the_same_read__is_not_pressed)
{
    start("room");
    pty_type(p, BEGIN "one\rtwo" END "\r\r");
    expect("Paste 2 lines");
    pty_type(p, "\t"); /* the question is still there to be moved in */
    expect("  [e]dit  ▸ [s]end");
    pty_type(p, "e");
    cr_assert(pty_until_gone(p, "Paste 2 lines"));
    settle();
    expect_no("line of");
}

Test(paste, two_hundred_lines__five_are_shown)
{
    char all[200 * 12 + 32] = BEGIN;
    char *at = all + strlen(all);

    for (int i = 1; i <= 200; i++)
        at += sprintf(at, "line %03d\r\n", i);
    (void)strcpy(at, END);
    start("room");
    pty_type(p, all);
    expect("Paste 200 lines (1799 bytes) to #ops?");
    expect("line 001");
    expect("line 005");
    expect("and 195 more");
    expect_no("line 006");
    pty_type(p, "e");
    expect("line 200");
    expect("▲");
    pty_type(p, "\r");
    expect("line of 1799 letters: line 001");
}

Test(paste, no_end__what_came_is_kept)
{
    start("hasty");
    pty_type(p, BEGIN "half of it");
    expect("The terminal did not say where the paste ends");
    expect("▸ half of it");
    pty_type(p, "!\r"); /* keys are keys again */
    expect("line of 11 letters: half of it!");
}

/* It is here, but was not looked at for as long as one waits for it. */
Test(paste, rest__of_it_on_a_slow_machine_is_no_key)
{
    start("room");
    pty_type(p, "/later /hold\r");
    expect("noted /hold");
    pty_type(p, BEGIN "one\r");
    expect("holding");
    pty_type(p, "/quit\r" END);
    expect("Paste 2 lines (9 bytes) to #ops?");
}

Test(paste, slash__never_runs)
{
    static const char *const PASTES[] = {
        BEGIN "/quit\r" END, BEGIN "  /quit" END, " " BEGIN "/quit" END, BEGIN "\t/quit" END};

    for (size_t i = 0; i < MEM_COUNT(PASTES); i++) {
        start("room");
        pty_type(p, PASTES[i]);
        expect("take one / away");
        expect("//quit");
        pty_type(p, "\r");
        expect("letters: ");
        expect("//quit\n");
        pty_free(p);
    }
    start("room");
    pty_type(p, BEGIN "/quit\r/quit" END);
    expect("Paste 2 lines");
    pty_type(p, "e");
    expect("▸ //quit");
}

Test(paste, slash__in_the_middle_is_left_alone)
{
    start("room");
    pty_type(p, "see " BEGIN "/usr/bin" END);
    expect("▸ see /usr/bin");
    pty_type(p, "\r");
    expect("of 12 letters: see /usr/bin");
}

Test(paste, controls__are_dropped_and_the_rest_is_shown)
{
    start("room");
    pty_type(p, BEGIN "a\tb\x01\x03\x1b[2J\x1b]0;x\x07\xc2\x9b\x1b[Ac\xe2\x80\xae"
                      "d" END);
    expect("▸ a    b[2J]0;x<U+009B>c<U+202E>d");
    settle();
    cr_assert_null(strstr(pty_output(p), "\x1b]0;x"));
    cr_assert_null(strstr(pty_output(p), "\xe2\x80\xae"));
}

Test(paste, big__is_offered_up_to_what_a_message_holds)
{
    char *big = mem_alloc(80000);
    size_t n = 6;

    memcpy(big, BEGIN, 6);
    for (; n < 6 + INTENT_SAID; n++)
        big[n] = n % 64 == 0 ? '\r' : 'x';
    (void)strcpy(big + n, END);
    start("room");
    pty_type(p, big);
    expect("lines (60000 bytes) to #ops?");
    pty_type(p, "e"); /* but a line does not hold it */
    expect("Not pasted: a line holds at most 8192 bytes");
    memmove(big + n + 1, big + n, 7);
    big[n] = 'y';
    pty_type(p, big);
    expect("Not pasted: a message holds at most 60000 bytes");
    mem_free(big);
}

/* ---- without a terminal ---- */

static struct tui t;

static void begin(void)
{
    t = (struct tui){.model = model_new(), .now_ms = 1000};
    t.v.model = t.model;
    editline_init(&t.v.line);
    editline_init(&t.v.answer);
    buf_init(&t.v.hint, 4096);
    buf_init(&t.pasted, INTENT_BYTES);
}

static void end(void)
{
    editline_fini(&t.v.line);
    editline_fini(&t.v.answer);
    buf_free(&t.v.hint);
    buf_wipe(&t.pasted);
    model_free(t.model);
}

TestSuite(paste_state, .init = begin, .fini = end);

static void letters(const char *s)
{
    for (; *s != '\0'; s++)
        act_paste_key(&t, &(struct input_key){INPUT_CHAR, 0, (uint8_t)*s});
}

Test(paste_state, time__runs_out_once)
{
    cr_assert_eq(tui_patience(&t), UINT64_MAX);
    act_paste_begin(&t);
    letters("abc");
    cr_assert_eq(tui_patience(&t), 5000);
    tui_time(&t, 5999);
    cr_assert(t.pasting);
    cr_assert_eq(tui_patience(&t), 1);
    act_paste_wait(&t); /* it was still coming */
    tui_time(&t, 10998);
    cr_assert(t.pasting);
    tui_time(&t, 10999);
    cr_assert_not(t.pasting);
    cr_assert(bytes_eq(editline_text(&t.v.line), bytes_str("abc")));
    cr_assert_neq(t.v.hint.n, 0);
    cr_assert_eq(tui_patience(&t), UINT64_MAX);
}

Test(paste_state, answer__gets_it_on_one_line)
{
    model_put_ask(t.model, true, "Password:");
    act_follow_ask(&t);
    act_paste_begin(&t);
    letters("/hunter2");
    act_paste_key(&t, &(struct input_key){.code = INPUT_ENTER});
    act_paste_end(&t);
    cr_assert(bytes_eq(editline_text(&t.v.answer), bytes_str("/hunter2")));
    cr_assert_null(t.overlay);
    cr_assert_eq(t.v.line.n, 0);
}

Test(paste_state, newline__however_it_is_written)
{
    static const struct input_key CR = {.code = INPUT_ENTER};
    static const struct input_key LF = {INPUT_CHAR, INPUT_CTRL, 'j'};

    act_paste_begin(&t);
    act_paste_key(&t, &CR);
    act_paste_key(&t, &LF);
    act_paste_key(&t, &LF);
    act_paste_key(&t, &CR);
    act_paste_key(&t, &CR);
    cr_assert_eq(t.pasted.n, 4);
    act_paste_end(&t);
}

Test(paste_state, room__is_asked_about_and_sent_to_by_name)
{
    struct room *ops = model_join(t.model, bytes_str("ops"));
    struct intent i;

    model_show(t.model, ops);
    act_follow_page(&t);
    act_paste_begin(&t);
    letters("a");
    act_paste_key(&t, &(struct input_key){.code = INPUT_ENTER});
    letters("b");
    act_paste_end(&t);
    cr_assert_not_null(t.overlay);
    model_show(t.model, t.model->home);
    overlay_key(&t, ACTION_INSERT, &(struct input_key){INPUT_CHAR, 0, 's'});
    cr_assert(intents_take(&t.model->intents, &i));
    cr_assert_eq(i.kind, INTENT_WORDS);
    cr_assert(bytes_eq(bytes_of(i.where, i.where_n), bytes_str("ops")));
    cr_assert_str_eq(i.text, "a\nb");
    intent_fini(&i);
}

Test(paste_state, home__is_not_taken_for_a_room_that_opened)
{
    act_follow_page(&t);
    act_paste_offer(&t, bytes_str("a\nb"));
    model_show(t.model, model_join(t.model, bytes_str("ops")));
    overlay_key(&t, ACTION_INSERT, &(struct input_key){INPUT_CHAR, 0, 's'});
    cr_assert_eq(t.model->intents.count, 0);
    cr_assert_neq(t.v.hint.n, 0);
}
