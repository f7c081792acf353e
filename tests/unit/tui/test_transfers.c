/* SPDX-License-Identifier: ISC */
/* The list of files on the real screen. */
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

TestSuite(transfers, .fini = teardown);

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

#define LIST "\x1bt"

static void start(int cols, int rows, bool ascii)
{
    p = stage_start(
        &(struct stage_wish){.scene = "files", .ascii = ascii, .cols = cols, .rows = rows});
    cr_assert(pty_until(p, "old.zip, 9 bytes, archive"));
}

static void golden(int cols, int rows, bool ascii, const char *name)
{
    start(cols, rows, ascii);
    key(LIST, " Files ");
    cr_assert(pty_golden(p, name));
}

Test(transfers, golden__at_120x36)
{
    golden(120, 36, false, "transfers-120x36");
}

Test(transfers, golden__at_80x24)
{
    golden(80, 24, false, "transfers-80x24");
}

Test(transfers, golden__at_40x12)
{
    golden(40, 12, false, "transfers-40x12");
}

Test(transfers, golden__without_utf8)
{
    golden(80, 24, true, "transfers-ascii-80x24");
}

/* What is selected stays so while others move around it. */
Test(transfers, selection__stays_where_it_is_while_the_list_changes)
{
    start(120, 36, false);
    key("/hostile-file 0", "hostile-file 0");
    key(LIST, "▸ ↑ notes.txt");
    key("jj", "▸ ↓ report.pdf");
    has("s save  a save as  r refuse  i about it");
    pty_type(p, "\x1b");
    lacks(" Files ");
    key("\x15/file 4 done 100 ", "saved in /home/alice/Downloads/setup.exe");
    key(LIST, "▸ ↑ notes.txt");
    key("j", "▸ ↓ report.pdf");
    key("j", "▸ ↓ setup.exe"); /* the newest of those that are over */
}

static bool is_third(struct pty *of, void *arg)
{
    const char *own = strstr(pty_screen(of), "▸ ↑ notes.txt");
    const char *offer = strstr(pty_screen(of), "↓ report.pdf      ");

    (void)arg;
    return own != NULL && offer != NULL && offer < own;
}

/* Under the cursor is what was there, wherever it is by now. */
Test(transfers, selection__follows_the_one_it_is_on)
{
    start(120, 36, false);
    key("/later /file 5 done 100\r", "noted");
    key(LIST, "sent, 1.2 kB");
    cr_assert(pty_until_cond(p, is_third, NULL));
}

Test(transfers, keys__say_lines_to_the_engine)
{
    start(120, 36, false);
    key(LIST, "▸ ↑ notes.txt");
    key("jj", "▸ ↓ report.pdf");
    pty_type(p, "sr");
    key("k", "▸ ↓ setup.exe");
    pty_type(p, "p");
    key("x", "Stop receiving setup.exe?");
    key("y", "▸ ↓ setup.exe");
    key("i", "kind    program: running it can do harm");
    has("SHA-256");
    pty_type(p, "\x1b");
    lacks("SHA-256");
    key("jj", "failed: The disk is full.");
    key("sapx", "▸ ↓ plan.odt"); /* nothing of it applies */
    key("s", "It is not offered any more: failed.");
    key("\x1b", "line of 9 letters to ops: /accept 1 ");
    has("line of 9 letters to ops: /refuse 1");
    has("line of 8 letters to ops: /pause 4");
    has("line of 9 letters to ops: /cancel 4");
    cr_assert_null(strstr(pty_screen(p), "letters to ops: /accept 3"));
}

Test(transfers, enter__takes_an_offer_and_tells_of_the_rest)
{
    start(80, 24, false);
    key(LIST, "▸ ↑ notes.txt");
    key("\r", "SHA-256");
    pty_type(p, "\r");
    lacks("SHA-256");
    key("jj", "▸ ↓ report.pdf");
    pty_type(p, "\r");
    key("a", "Save under another name");
    key("\r\r", "▸ ↓ report.pdf");
    key(LIST, "line of 20 letters to ops: /accept 1");
    has("letters to ops: /accept 1\n");
}

/* Nothing that is selected outlives what it stands for. */
Test(transfers, gone__while_it_is_looked_at)
{
    start(80, 24, false);
    key("/later /wipe\r", "noted");
    key(LIST "x", "Nothing was sent or offered yet."); /* while it is asked about */
    has("Stop sending notes.txt?");
    pty_type(p, "y");
    lacks("Stop sending");
    pty_type(p, "sarpxvi\r");
    key("\x1b[B\x1b[A", "Nothing was sent");
    key("\x1b", "to ops: /cancel 5");
    cr_assert_null(strstr(pty_screen(p), "/accept"));
}

Test(transfers, hostile__rows_keep_their_columns)
{
    char line[64];

    start(80, 24, false);
    for (unsigned i = 0; i < hostile_written(); i++) {
        (void)snprintf(line, sizeof line, "/hostile-file %u\r", i);
        pty_type(p, line);
        (void)snprintf(line, sizeof line, " %u offers", i + 2);
        has(line);
    }
    key(LIST, " Files ");
    for (unsigned i = 0; i < hostile_written() + 5; i++) {
        pty_type(p, "j");
        pty_breathe(p);
    }
    has("▸ ↓ holiday.jpg");
    for (int i = 0; i < 6; i++) {
        pty_type(p, "\x1b[5~");
        pty_breathe(p);
    }
    for (int row = 4; row < 19; row++) {
        cr_assert_eq(pty_cell(p, row, 0), 0x2502, "row %d: %s", row, pty_screen(p));
        cr_assert_eq(pty_cell(p, row, 79), 0x2502, "row %d: %s", row, pty_screen(p));
    }
    lacks("\x1b");
}

Test(transfers, motion__reduced_has_numbers)
{
    start(120, 36, false);
    key("/set motion reduced\r", "60% of 9.1 MB");
    key(LIST, " Files ");
    has("60%");
    cr_assert_null(strstr(pty_screen(p), "█"));
}
