/* SPDX-License-Identifier: ISC */
/* Searching the page while the words are typed. */
#include <criterion/criterion.h>
#include <string.h>

#include "stage.h"

static struct pty *p;

static void setup(void)
{
    p = stage_start(&(struct stage_wish){.scene = "read", .cols = 80, .rows = 24});
    cr_assert(pty_until(p, "line 200"));
}

static void teardown(void)
{
    pty_free(p);
}

TestSuite(search, .init = setup, .fini = teardown);

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

#define SEARCH "\x13"
#define FORTH  "\x12"

Test(search, typed__goes_to_the_nearest_as_the_words_grow)
{
    key(SEARCH, "what?");
    key("L", "200/200");
    key("INE 5", "11/11");
    has("line 59\n");
    key("0", "line 50 for");
    has("1/1");
    key("x", "none on this page");
    key("\x7f", "1/1");
}

Test(search, walk__older_and_newer)
{
    key(SEARCH, "what?");
    key("line 1", "111/111");
    key(SEARCH, "110/111");
    key(SEARCH, "109/111");
    key(FORTH, "110/111");
}

Test(search, enter__stops_there_and_cancel_goes_back)
{
    key(SEARCH, "what?");
    key("line 42", "1/1");
    key("\r", "Enter send");
    has("line 42\n");
    has("▼");
    key(SEARCH, "what?");
    key("line 199", "1/1");
    key("\x1b", "Enter send");
    has("line 42\n");
}

/* What was typed is no message. */
Test(search, line__what_stood_on_it_is_there_again)
{
    key("half a thought", "▸ half a thought");
    key(SEARCH, "search ▸");
    lacks("half a thought");
    key("line", "200/200");
    key("\x1b", "▸ half a thought");
}

Test(search, history__is_asked_when_the_page_has_no_more)
{
    key(SEARCH, "what?");
    key("old 7", "none on this page");
    key(SEARCH, "10/10"); /* 70 to 79; 7 is on the page before that */
    has("old 79\n");
    for (int i = 0; i < 9; i++)
        pty_type(p, SEARCH);
    cr_assert(pty_until(p, "1/10"));
    key(SEARCH, "1/11");
    has("old 7\n");
    key(SEARCH, "none before that");
}

Test(search, history__page_after_page_up_to_its_beginning)
{
    key(SEARCH, "what?");
    key("old 2", "none on this page");
    key(SEARCH, "11/11"); /* none but the page before has them */
    key("\x15never said", "none on this page");
    key(SEARCH, "not said here");
}

Test(search, everywhere__is_the_engines)
{
    key(SEARCH, "what?");
    key("two words", "none on this page");
    key("\t", "to ops: /search two");
    has("Enter send");
}

Test(search, page__one_without_lines)
{
    key("\x1b"
        "1",
        "1:relay");
    key(SEARCH, "what?");
    key("x", "none on this page");
    key(SEARCH, "not said here");
    key("\x1b", "/join ROOM");
}

/* ---- selecting ---- */

TestSuite(select, .init = setup, .fini = teardown);

Test(select, move__by_letters_and_arrows)
{
    key("\x1bs", "▸15:20");
    key("k", "▸15:19");
    key("\x1b[A", "▸15:18");
    key("j", "▸15:19");
    key("jj", "▸15:20");
    has("ESC leaves");
    key("\x1b", "Enter send");
    lacks("▸15");
}

Test(select, copy__goes_to_the_terminal)
{
    key("\x1bs", "▸15:20");
    pty_allow(p, ORACLE_COPY);
    key("y", "Sent to the terminal's clipboard");
    cr_assert_not_null(strstr(pty_output(p), "\x1b]52;c;bGluZSAyMDA=")); /* line 200 */
}

/* Letters that do something in there are letters everywhere else. */
Test(select, letters__do_nothing_outside)
{
    key("yoriv", "▸ yoriv");
    cr_assert_null(strstr(pty_output(p), "\x1b]52;"));
}

Test(select, reply__quotes_before_what_was_on_the_line)
{
    key("no", "▸ no");
    key("\x1bs", "▸15:20");
    key("r", "▸ > line 200\n         bob: no\n");
}

Test(select, information__about_a_message_and_back)
{
    key("\x1bs", "▸15:20");
    key("k", "▸15:19");
    key("i", "not verified");
    has("Fri 04 Oct 2024, 15:19:00");
    key("c", "▸15:19");
}

Test(select, verify__is_the_engines)
{
    key("\x1bs", "▸15:20");
    key("v", "to ops: /verify bob");
}

Test(select, link__opened_only_when_it_is_said_so)
{
    key("\x1bs", "▸15:20");
    key("o", "There is no link in it");
    key("\x1b", "Enter send");
    key("/tell see https://Bank.example/x?y now\r", "15:21");
    key("\x1bs", "▸15:21");
    key("o", "This leads to bank.example,");
    has("https://Bank.example/x?y");
    has("▸ [n]o");
    key("\r", "▸15:21"); /* the default is no */
    lacks("Handed");
    key("\x1b", "Enter send");
    key("/tell https://bank.example@evil.example/\r", "15:22");
    key("\x1bs", "▸15:22");
    key("o", "Not opened.");
}

Test(select, history__is_asked_at_the_top)
{
    key("\x1b[1;5H", "line 1\n");
    key("\x1bs", "▸12:18");
    key("kkkkkkkkkkkkkkkkk", "▸12:01");
    key("k", "Looking for what was said");
    key("k", "▸11:59");
    has("old 120");
}
