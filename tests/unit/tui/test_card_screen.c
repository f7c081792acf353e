/* SPDX-License-Identifier: ISC */
/* Cards of files on the real screen: how they look, that what one reads keeps its place while
 * they change, and what keys do with them. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "stage.h"
#include "support/hostile.h"

static struct pty *p;

static void teardown(void)
{
    pty_free(p);
}

TestSuite(card_screen, .fini = teardown);

static void start(int cols, int rows, bool ascii)
{
    p = stage_start(
        &(struct stage_wish){.scene = "files", .ascii = ascii, .cols = cols, .rows = rows});
    cr_assert(pty_until(p, "old.zip, 9 bytes, archive"));
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

static void golden(int cols, int rows, bool ascii, const char *name)
{
    start(cols, rows, ascii);
    key("/ask 5 9 ", "and 3 more");
    pty_type(p, "\x03");
    lacks("/ask");
    cr_assert(pty_golden(p, name));
}

Test(card_screen, golden__at_120x36)
{
    golden(120, 36, false, "files-120x36");
}

Test(card_screen, golden__at_80x24)
{
    golden(80, 24, false, "files-80x24");
}

Test(card_screen, golden__at_40x12)
{
    golden(40, 12, false, "files-40x12");
}

Test(card_screen, golden__without_utf8)
{
    golden(80, 24, true, "files-ascii-80x24");
    for (const char *c = pty_screen(p); *c != '\0'; c++)
        cr_assert(*c == '\n' || (*c >= ' ' && *c <= '~'));
}

/* A card grows and shrinks while one reads what stands below it, or its own lower half. */
static char seen[PTY_TEXT];

/* From the row with those words on to the bottom of the log. */
static void note_seen(const char *words)
{
    const char *from = strstr(pty_screen(p), words);

    cr_assert_not_null(from, "%s", pty_screen(p));
    (void)snprintf(seen, sizeof seen, "%s", from);
    char *edge = strstr(seen, "\n─");
    edge = edge != NULL ? edge : strstr(seen, "\n 2:#ops");
    cr_assert_not_null(edge, "%s", seen);
    *edge = '\0';
}

Test(card_screen, place__stays_while_a_card_changes)
{
    start(80, 24, false);
    key("/tell 40 ", "said 39");
    key("\x03\x1b[5~", "▼9");
    key("\x1b[5~", "▼18");
    key("\x1b[5~", "▼27");
    has("notes.txt");
    note_seen("old.zip");
    key("/ask 5 4 ", "was asked, no answer yet");
    has(seen);
    key("\x15/ask 5 9 ", "and 3 more");
    has(seen);
    key("\x15/file 5 done 100 ", "person3 has it");
    lacks("and 3 more");
    has(seen);
}

/* Only its head is above the edge: what it gets more of lies below. */
Test(card_screen, place__of_a_card_at_the_bottom_edge)
{
    start(80, 20, false);
    key("/tell 40 ", "said 39");
    key("\x03\x1b[1;5H", "▼41");
    note_seen("report.pdf");
    cr_assert_not_null(strstr(seen, "notes.txt"));
    cr_assert_null(strstr(seen, "50%"));
    key("/ask 5 9 ", "/ask 5 9");
    key("\x15/tell 1 ", "▼42"); /* drawn anew since */
    has(seen);
    key("\x15/file 5 done 100 ", "/file 5 done");
    key("\x15/tell 1 ", "▼43");
    has(seen);
}

/* What is typed is text, whatever is open. */
Test(card_screen, letters__outside_of_selecting_accept_nothing)
{
    start(80, 24, false);
    key("sarpxvoi", "▸ sarpxvoi");
    key("\x15s\r", "line of 1 letters: s");
    cr_assert_null(strstr(pty_screen(p), "/accept 1 "));
    cr_assert_null(strstr(pty_screen(p), "line of 9 letters"));
}

/* Selects the card with that name, walking up from the newest. */
static void select_card(int steps, const char *hints)
{
    pty_type(p, "\x1bs");
    has("ESC leaves");
    for (int i = 0; i < steps; i++)
        pty_type(p, "k");
    has(hints);
}

Test(card_screen, select__an_offer_is_saved_or_refused)
{
    start(120, 36, false);
    select_card(5, "s save  a save as  r refuse  i about it");
    key("s", "line of 9 letters to ops: /accept 1");
    key("r", "line of 9 letters to ops: /refuse 1");
    key("p", "s save"); /* it does not move yet: nothing to pause */
    cr_assert_null(strstr(pty_screen(p), "/pause"));
}

/* What answers an offer is no other key a moment later: 'r' would quote it on the line. */
Test(card_screen, select__an_offer_that_has_just_ended)
{
    start(120, 36, false);
    key("/file 1 cancelled 0 ", "cancelled");
    pty_type(p, "\x03");
    lacks("/file 1");
    select_card(5, "i about it  y copy");
    for (const char *c = "sar"; *c != '\0'; c++) {
        char letter[2] = {*c, '\0'};
        key(letter, "It is not offered any more: cancelled.");
        key("j", "o open  i about it");
        lacks("offered any more");
        key("k", "i about it  y copy");
    }
    cr_assert_null(strstr(pty_screen(p), "> "));
}

Test(card_screen, select__saves_under_another_name)
{
    start(120, 36, false);
    select_card(5, "a save as");
    key("a", "Save under another name");
    has("report.pdf");
    key("\x15x/y\r\r", "A name without a slash");
    key("\x15june numbers.pdf\r\r", "to ops: /accept 1 june numbers.pdf");
    has("s save"); /* the card is selected again */
    key("a", "Save under another name");
    pty_type(p, "\x1b");
    lacks("Save under another name");
    has("s save");
}

Test(card_screen, select__one_under_way_rests_and_is_cancelled)
{
    start(120, 36, false);
    select_card(2, "p pause  x cancel");
    key("p", "line of 8 letters to ops: /pause 4");
    key("x", "Stop receiving setup.exe?");
    key("\r", "p pause"); /* the default is no */
    lacks("Stop receiving");
    key("xy", "line of 9 letters to ops: /cancel 4");
    key("i", "kind    program: running it can do harm");
    has("not verified");
    has("00112233445566778899aabbccddeeff");
    key("\x1b", "p pause");
}

/* A row that goes on does not look like one that begins: in a name could stand "key verified".
 */
Test(card_screen, about__rows_that_go_on_are_set_in)
{
    start(40, 12, false);
    key("\x1bt", " Files ");
    key("i", "file    notes.txt");
    key("\x1b[F", "        00112233445566778899aabbccdd");
}

Test(card_screen, select__a_received_one_is_opened_only_when_asked)
{
    start(120, 36, false);
    select_card(4, "o open");
    key("o", "holiday.jpg came from bob, whose key was not verified.");
    has("[f]older");
    key("n", "o open");
    lacks("Handed");
    key("o", "[f]older");
    key("f", "xdg-open does not start");
}

/* What is opened is the file by the name it has here. */
Test(card_screen, select__one_saved_under_a_name_that_can_do_harm)
{
    start(120, 36, false);
    pty_type(p, "/picture /home/alice/holiday.sh\r");
    lacks("/picture");
    select_card(4, "o open");
    key("o", "so sotto opens its folder only");
    cr_assert_null(strstr(pty_screen(p), "[o]pen it"));
}

/* What a page says again from the history has no transfer any more. */
Test(card_screen, select__of_the_history_is_a_message)
{
    start(120, 36, false);
    select_card(0, "r reply  o open link");
    key("o", "There is no link in it");
    key("s", "r reply");
}

Test(card_screen, gone__cards_become_their_words)
{
    start(120, 36, false);
    key("/wipe ", "↓ report.pdf, 3.2 MB, PDF document ");
    lacks("/accept 1");
    has("↑ notes.txt, 1.2 kB, text");
}

Test(card_screen, motion__reduced_has_numbers)
{
    start(120, 36, false);
    has("█");
    key("/set motion reduced\r", "60% of 9.1 MB");
    lacks("█");
    has("↓60%");
}

Test(card_screen, hostile__files_keep_the_screen_whole)
{
    char line[64];

    start(80, 24, false);
    for (unsigned i = 0; i < hostile_written(); i++) {
        (void)snprintf(line, sizeof line, "/hostile-file %u\r", i);
        pty_type(p, line);
        (void)snprintf(line, sizeof line, " %u offers", i + 2);
        has(line);
    }
    for (int row = 2; row < 20; row++)
        cr_assert_eq(pty_cell(p, row, 15), 0x2502, "row %d: %s", row, pty_screen(p));
}

Test(card_screen, quit__says_that_files_go_on)
{
    start(80, 24, false);
    key("\x03", "any other key stays; 2 files go on when you are back");
}

/* The command asks too, and only when there is something to ask about. */
Test(card_screen, quit__by_command_asks_while_files_are_on_their_way)
{
    start(80, 24, false);
    key("/quit\r", "Files are on their way: 2 files go on when you are back.");
    pty_type(p, "s");
    lacks("Files are on their way");
    key("/quit\r", "Files are on their way");
    pty_type(p, "\x1b");
    lacks("Files are on their way");
    key("/quit\r", "Files are on their way");
    pty_type(p, "q");
    cr_assert_eq(pty_until_exit(p), 0);
}

Test(card_screen, quit__by_command_with_nothing_on_its_way_just_quits)
{
    start(80, 24, false);
    pty_type(p, "/wipe ");
    lacks("62%");
    pty_type(p, "\x15/quit\r");
    has("line of 5 letters: /quit");
}

/* What moves is said whole or not at all, and the connection is always there. */
static bool status_is_whole(struct pty *of, void *arg)
{
    const char *row;
    int cols = *(int *)arg;
    char line[512];

    (void)snprintf(seen, sizeof seen, "%s", pty_screen(of));
    row = strstr(seen, "\n 2:");
    if (row == NULL)
        return false;
    (void)snprintf(line, sizeof line, "%.*s", (int)strcspn(row + 1, "\n"), row + 1);
    bool in = strstr(line, "↓62%") != NULL;
    bool out = strstr(line, "↑50%") != NULL;
    bool offer = strstr(line, "1 offer") != NULL;
    return strstr(line, "●") != NULL && in == (strstr(line, "↓") != NULL) &&
           out == (strstr(line, "↑") != NULL) && offer == (strstr(line, "1 o") != NULL) &&
           (cols < 40 || (in && out && offer)) &&
           strstr(line, "1.1MB") == strstr(line, "1.1MB/s");
}

Test(card_screen, status__at_every_width)
{
    start(120, 36, false);
    for (int cols = 120; cols >= 20; cols -= 4) {
        pty_resize(p, cols, 36);
        cr_assert(pty_until_cond(p, status_is_whole, &cols), "%d", cols);
    }
}
