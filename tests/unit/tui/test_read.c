/* SPDX-License-Identifier: ISC */
/* Reading a long page: what stays where it is, and what a key leads to. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "stage.h"

static struct pty *p;

static void teardown(void)
{
    pty_free(p);
}

TestSuite(read, .fini = teardown);

static void start(int cols, int rows)
{
    p = stage_start(&(struct stage_wish){.scene = "read", .cols = cols, .rows = rows});
    cr_assert(pty_until(p, "line 200"));
}

/* Types, and waits for words on the screen. */
static void key(const char *keys, const char *words)
{
    pty_type(p, keys);
    cr_assert(pty_until(p, words));
}

static void has(const char *words)
{
    cr_assert(pty_until(p, words));
}

static void lacks(const char *words)
{
    cr_assert(pty_until_gone(p, words));
}

#define PAGE_UP   "\x1b[5~"
#define PAGE_DOWN "\x1b[6~"
#define FEW_UP    "\x1b[5;3~"
#define FEW_DOWN  "\x1b[6;3~"
#define OLDEST    "\x1b[1;5H"
#define NEWEST    "\x1b[1;5F"

Test(read, scroll__by_half_pages_and_by_a_few_lines)
{
    start(80, 24);
    has("line 183");
    lacks("line 182");
    key(PAGE_UP, "line 174\n");
    has("▼9");
    has("line 191");
    lacks("line 192");
    key(PAGE_DOWN, "line 200");
    cr_assert(pty_until_gone(p, "▼"));
    key(FEW_UP, "▼3");
    has("line 180");
    lacks("line 198");
    key(FEW_DOWN, "line 200");
}

/* Not by the lines that come at either end. */
Test(read, place__stays_while_others_speak)
{
    start(80, 24);
    key(PAGE_UP, "▼9");
    key("/more 30 ", "▼39");
    has("line 174\n");
    has("line 191\n");
    lacks("line 192");
    key(NEWEST, "line 230");
    lacks("▼");
}

Test(read, below__is_what_was_said_and_no_noise)
{
    start(80, 24);
    key(PAGE_UP, "▼9");
    key("/noise 40 ", "/noise 40");
    has("▼9");
    key("\x15/more 1 ", "▼10");
}

/* Past the oldest line the sealed history goes on; the lines one reads stay. */
Test(read, history__is_asked_for_at_the_top_until_its_beginning)
{
    start(80, 24);
    key(OLDEST, "line 1\n");
    has("line 18\n");
    key(PAGE_UP, "Looking for what was said before");
    has("line 1\n");
    has("line 18\n");
    key(PAGE_UP, "old 112\n");
    has("line 9\n");
    key(OLDEST, "old 61\n");
    key(OLDEST, "Looking for what");
    has("old 61\n");
    key(OLDEST, "old 1\n");
    key(OLDEST, "beginning of what is kept");
    has("old 1\n");
}

Test(read, mention__from_one_to_the_next)
{
    start(80, 24);
    key("\x1bp", "line 120 for @alice");
    has("▌14:00");
    key("\x1bp", "line 50 for @alice");
    key("\x1bp", "Nobody named you before");
    has("line 50 for @alice");
    key("\x1bn", "line 120 for @alice");
    key("\x1bn", "Nobody named you after");
}

Test(read, noise__folded_until_a_key_unfolds_it)
{
    start(80, 24);
    key("/noise 12\r", "… 6 joined, 6 left (Alt+=)");
    lacks("guest0");
    key("\x1b=", "guest0  joined");
    has("Each coming and going is shown.");
    has("guest5  left");
    key("\x1b=", "6 joined, 6 left");
    lacks("guest0");
}

/* Somebody who spoke is missed. */
Test(read, noise__in_full_for_who_has_just_spoken)
{
    start(80, 24);
    key("/leave bob\r", "bob  left");
    key("/noise 4\r", "2 joined, 2 left");
    has("bob  left");
}

Test(read, unread__the_line_is_where_reading_stopped)
{
    start(80, 24);
    lacks("new messages");
    key("\x1bu", "Nothing is unread here");
    key("/away\r", "▸");
    key("/more 2\r", "line 202");
    has("─── new messages ─");
    key("/more 1\r", "line 203");
    has("new messages");
    key("\x1b"
        "1",
        "1:relay"); /* the page is left: all of it was read */
    key("/more 40\r", "Act: 2:ops");
    key("\x1b"
        "2",
        "line 204\n"); /* more than fits: from the line on */
    has("new messages");
    has("▼");
    lacks("line 203");
    key(NEWEST, "line 243");
    key("\x1bu", "line 204\n");
}

/* Nor is what comes read while one looks further back. */
Test(read, unread__begins_where_one_scrolled_away)
{
    start(80, 24);
    key(PAGE_UP, "▼9");
    key("/more 2 ", "▼11");
    key(NEWEST, "line 202");
    has("─── new messages ─");
    key("\x15/more 1 ", "line 203");
    key("\x1bu", "line 203");
    cr_assert(strstr(pty_screen(p), "new messages") < strstr(pty_screen(p), "line 201"));
}

/* The place is an event, whatever the width makes of it. */
Test(read, place__survives_another_size)
{
    start(80, 24);
    key("\x1bp", "line 120 for");
    pty_resize(p, 40, 12);
    cr_assert(pty_until(p, "carol: line 120"));
    pty_resize(p, 120, 36);
    cr_assert(pty_until(p, "carol  line 120"));
}

Test(read, bare__only_what_was_said)
{
    start(80, 24);
    key("\x1bl", "\nbob: line 200\n");
    lacks("connected");
    cr_assert(strncmp(pty_screen(p), "carol: line 177\nbob: line 178\n", 28) == 0);
    key(PAGE_UP, "line 165");
    key("x", "line 165"); /* types nothing */
    key("\x1bl", "connected");
    lacks("▸ x");
    key("\x1bl", "\nbob: line 188\n");
    key("\x1b", "connected");
}

Test(read, text__parts_of_it_and_long_pages_at_every_width)
{
    start(200, 24);
    key("/tell > quoted\r", "> quoted");
    key("/tell \xe2\x80\xae"
        "see https://a.example/ and `code`\r",
        "<U+202E>see https://a.example/ and `code`");
}
