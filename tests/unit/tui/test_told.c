/* SPDX-License-Identifier: ISC */
/* What the terminal tells besides keys, and what it is told, on the real screen. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stage.h"

#define AWAY "\x1b[O"
#define BACK "\x1b[I"

static struct pty *p;

static void open_stage(const char *scene)
{
    p = stage_start(&(struct stage_wish){.scene = scene, .cols = 120, .rows = 36});
    cr_assert(pty_until(p, "alice \xe2\x96\xb8"));
}

static void setup(void)
{
    open_stage("room");
}

static void teardown(void)
{
    pty_free(p);
}

TestSuite(told, .init = setup, .fini = teardown);

static void enter(const char *line, const char *shown)
{
    pty_type(p, line);
    pty_type(p, "\r");
    cr_assert(pty_until(p, shown));
}

struct count {
    const char *what;
    unsigned want;
};

static bool there(struct pty *at, void *arg)
{
    const struct count *c = arg;
    unsigned n = 0;

    for (const char *s = pty_output(at); (s = strstr(s, c->what)) != NULL; s++)
        n++;
    return n >= c->want;
}

static bool written(const char *what, unsigned times)
{
    return pty_until_cond(p, there, &(struct count){what, times});
}

static bool never(const char *what)
{
    return strstr(pty_output(p), what) == NULL;
}

/* ---- notifications ---- */

/* Who types is here: so it happens when the focus goes, or comes. */
static void happen(const char *what, const char *with)
{
    char line[256];
    char noted[256];

    (void)snprintf(line, sizeof line, "/later %s", what);
    (void)snprintf(noted, sizeof noted, "noted %s", what);
    enter(line, noted);
    pty_type(p, with);
}

Test(told, notification__only_while_away)
{
    enter("/mention while here", "while here");
    cr_assert_eq(pty_bells(p), 0u, "what is not known is taken for here");
    happen("/mention back again", AWAY BACK);
    cr_assert(pty_until(p, "back again"));
    cr_assert_eq(pty_bells(p), 0u);
    happen("/mention gone now", AWAY);
    cr_assert(pty_until(p, "gone now"));
    cr_assert(written("\a", 1), "of a terminal that is not known the bell");
}

Test(told, notification__says_who_and_not_what)
{
    pty_allow(p, ORACLE_NOTE);
    enter("/pref notify-by osc9", "MEMBERS");
    happen("/mention a secret word", AWAY);
    cr_assert(written("\x1b]9;bob mentioned you in #ops\a", 1));
}

Test(told, notification__says_what_when_wanted)
{
    pty_allow(p, ORACLE_NOTE);
    enter("/pref notify-by osc777", "MEMBERS");
    enter("/pref notify full", "MEMBERS");
    happen("/whisper come here; now", AWAY);
    cr_assert(written("\x1b]777;notify;sotto;bob: come here, now\a", 1));
}

Test(told, notification__none_when_not_wanted_or_not_for_us)
{
    enter("/pref notify none", "MEMBERS");
    happen("/mention first", AWAY);
    cr_assert(pty_until(p, "first"));
    enter("/pref notify who", "MEMBERS");
    happen("/chat second", AWAY);
    cr_assert(pty_until(p, "second"));
    happen("/past third", AWAY);
    cr_assert(pty_until(p, "third"));
    cr_assert_eq(pty_bells(p), 0u);
}

/* Each sinks into the same sequence, none breaks out: the judge of the bytes says so. */
Test(told, notification__of_hostile_text)
{
    char line[64];

    pty_free(p);
    open_stage("hasty");
    pty_allow(p, ORACLE_NOTE);
    enter("/pref notify-by osc777", "MEMBERS");
    enter("/pref notify full", "MEMBERS");
    for (unsigned i = 0; i < 24; i++) {
        (void)snprintf(line, sizeof line, "/foreign %u", i);
        happen(line, AWAY);
        cr_assert(written("\x1b]777;", i + 1), "%u", i);
        pty_type(p, BACK);
    }
}

Test(told, notification__several_in_a_short_time_are_one)
{
    pty_free(p);
    open_stage("hasty");
    happen("/whisper one", AWAY);
    cr_assert(written("\a", 1));
    cr_assert(pty_until(p, "3:bob"));
    happen("/whisper two", AWAY);
    cr_assert(written("\a", 2));
}

/* ---- the mouse ---- */

Test(told, mouse__is_off_until_asked_for)
{
    cr_assert(never("\x1b[?1000h"));
    pty_allow(p, ORACLE_MOUSE);
    pty_type(p, "\x1bm");
    cr_assert(pty_until(p, "Mouse on"));
    cr_assert(written("\x1b[?1000h\x1b[?1006h", 1));
    pty_type(p, " ");
    cr_assert(pty_until(p, "Alt+M mouse off"));
    pty_type(p, "\x1bm");
    cr_assert(pty_until(p, "Mouse off"));
    cr_assert(written("\x1b[?1000l", 1));
}

/* A click at a row and a column, counted from 1. */
static void click(int row, int col)
{
    char report[64];

    (void)snprintf(report, sizeof report, "\x1b[<0;%d;%dM\x1b[<0;%d;%dm", col, row, col, row);
    pty_type(p, report);
}

static void mouse_on(void)
{
    pty_allow(p, ORACLE_MOUSE);
    enter("/pref mouse on", "mouse off");
}

Test(told, click__on_a_room_opens_it)
{
    mouse_on();
    click(4, 6);
    cr_assert(pty_until(p, "1:relay"));
    click(6, 6);
    cr_assert(pty_until(p, "3:bob"));
    click(5, 6);
    cr_assert(pty_until(p, "2:#ops"));
    click(20, 6); /* nothing is there */
    click(5, 50);
    click(1, 1);
    pty_type(p, "still here");
    cr_assert(pty_until(p, "alice \xe2\x96\xb8 still here"));
}

Test(told, click__on_a_person_begins_a_word_to_them)
{
    mouse_on();
    click(5, 105);
    cr_assert(pty_until(p, "alice \xe2\x96\xb8 bob:"));
    click(6, 105);
    cr_assert(pty_until(p, "alice \xe2\x96\xb8 bob: carol"));
}

Test(told, click__on_a_room_to_join_waits_for_enter)
{
    mouse_on();
    enter("/pref notify who", "MEMBERS");
    enter("/room lounge", "#lounge");
    click(9, 6);
    cr_assert(pty_until(p, "alice \xe2\x96\xb8 /join #lounge"));
}

static void fill(void)
{
    enter("/many 60", "number 59.");
    cr_assert(pty_until_gone(p, "number 20."));
}

Test(told, wheel__scrolls_what_was_said)
{
    mouse_on();
    fill();
    for (int i = 0; i < 5; i++)
        pty_type(p, "\x1b[<64;50;10M");
    cr_assert(pty_until_gone(p, "number 59."));
    for (int i = 0; i < 6; i++)
        pty_type(p, "\x1b[<65;50;10M");
    cr_assert(pty_until(p, "number 59."));
}

Test(told, wheel__as_arrow_keys_is_no_walk_through_what_was_typed)
{
    fill();
    pty_type(p, "\x1bOA\x1bOA\x1bOA");
    cr_assert(pty_until_gone(p, "number 59."));
    cr_assert_null(strstr(pty_screen(p), "\xe2\x96\xb8 /chat"));
    pty_type(p, "\x1bOB\x1bOB\x1bOB\x1bOB\x1bOB\x1bOB");
    cr_assert(pty_until(p, "number 59."));
    pty_type(p, "\x1bOA");
    cr_assert(pty_until(p, "\xe2\x96\xb8 /many 60"), "one is a key");
}

Test(told, report__in_parts_is_no_text)
{
    static const char *const PARTS[] = {"\x1b[<", "0;", "6", ";4", "M"};

    mouse_on();
    for (size_t i = 0; i < sizeof PARTS / sizeof *PARTS; i++) {
        pty_type(p, PARTS[i]);
        pty_breathe(p);
    }
    cr_assert(pty_until(p, "1:relay"));
    cr_assert_null(strstr(pty_screen(p), "\xe2\x96\xb8 0"));
}

Test(told, focus__changes_nothing_that_is_typed)
{
    pty_type(p, "abc" AWAY BACK "def");
    cr_assert(pty_until(p, "\xe2\x96\xb8 abcdef"));
    pty_type(p, "\x15\x03" AWAY);
    cr_assert(pty_until(p, "again"), "what was asked stays asked");
    pty_type(p, BACK);
    pty_type(p, "x");
    cr_assert(pty_until(p, "\xe2\x96\xb8 x"));
}
