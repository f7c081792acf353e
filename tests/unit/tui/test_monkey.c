/* SPDX-License-Identifier: ISC */
/* Keys as nobody presses them, over hostile text: whatever is typed, the program lives, and its
 * bytes are judged. The seed of a run is printed when it fails. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "stage.h"

#define PRESSES 250
#define SEEDS   40 /* SOTTO_LONG: ten times as many */

/* Ctrl+Z is not among them: nobody here would wake it; nor is what leads to quitting, the list
 * of all that can be done. */
static const char *const KEYS[] = {
    "\x01",
    "\x02",
    "\x04",
    "\x05",
    "\x06",
    "\x07",
    "\x0b",
    "\x0c",
    "\x0e",
    "\x10",
    "\x12",
    "\x13",
    "\x14",
    "\x15",
    "\x17",

    "\x19",
    "\x1f",
    "\t",
    "\r",
    "\n",
    "\x7f",
    "\x1b",
    "\x1b\x1b",
    "\x1b[A",
    "\x1b[B",
    "\x1b[C",
    "\x1b[D",
    "\x1b[1;5A",
    "\x1b[1;5B",
    "\x1b[1;5C",
    "\x1b[1;3D",
    "\x1b[1;3F",
    "\x1b[1;3H",
    "\x1b[5~",
    "\x1b[6~",
    "\x1b[5;3~",
    "\x1b[6;3~",
    "\x1b[3~",
    "\x1b[Z",
    "\x1b[13;2u",
    "\x1bOP",
    "\x1b[18~",
    "\x1b[19~",
    "\x1b[24~",
    "\x1b[I",
    "\x1b[O",
    "\x1b[<64;10;10M",
    "\x1b[<0;5;6M",
    "\x1b[<0;5;6m",
    "\x1b[<0;105;6M",
    "\x1b"
    "a",
    "\x1b"
    "b",
    "\x1b"
    "d",
    "\x1b"
    "f",
    "\x1b"
    "g",
    "\x1b"
    "j",
    "\x1b"
    "l",
    "\x1b"
    "n",
    "\x1b"
    "p",
    "\x1b"
    "s",
    "\x1b"
    "u",
    "\x1b"
    "y",
    "\x1b"
    "=",
    "\x1b"
    "/",
    "\x1b"
    "1",
    "\x1b"
    "2",
    "\x1b"
    "3",
    "\x1b"
    "B",
    "\x1b"
    "N",
    "\x1b"
    "m",
    "\x1b\r",
    "\x1b\x7f",
    "a",
    "e",
    "i",
    "j",
    "k",
    "n",
    "o",
    "r",
    "s",
    "v",
    "y",
    "0",
    "2",
    " ",

    "/",
    "#",
    "@",
    "`",
    "\xc3\xa4",
    "\xe6\xbc\xa2",
    "\xcc\x81",
    "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa9",
    "\xff",
    "\x1b[200~one\rtwo\x1b[201~",
    "\x1b[200~/quit\r\x1b[201~",
    "\x1b[200~x",
    "\x1b[201~",
    "/msg ",
    "/join ",

    "/bind ",
    "/help\r",
    "/theme\r",
    "/debug\r",
    "/ask\r",
    "/say\r",
    "\x1b"
    "t",
    "\x1b"
    "F",
    "p",
    "x",
    "q",
    "/send ~/\t",
    "\x15/file 1 offered 0\r",
    "\x15/file 2 moving 62\r",
    "\x15/file 3 done 100\r",
    "\x15/ask 5 9\r",
    "\x15/hostile-file 12\r",
    "\x15/wipe\r",
};

static uint32_t next(uint32_t *seed, uint32_t below)
{
    *seed = *seed * 1664525u + 1013904223u;
    return (*seed >> 8) % below;
}

static void press(struct pty *p, uint32_t *seed)
{
    char line[64];
    uint32_t what = next(seed, 100);

    if (what < 3) {
        (void)snprintf(line, sizeof line, "\x15/hostile %u 8\r", next(seed, 900));
        pty_type(p, line);
    } else {
        pty_type(p, KEYS[next(seed, MEM_COUNT(KEYS))]);
    }
    pty_breathe(p);
}

static bool is_whole(struct pty *p)
{
    for (int col = 0; col < 120; col++) {
        unsigned c = pty_cell(p, 1, col);
        if (c != 0x2500 && c != 0x252c)
            return false;
    }
    return strstr(pty_screen(p), " from899 \xe2\x96\xb8") != NULL;
}

/* What is in the way is closed, whatever it is, until a line is obeyed again: then nothing lies
 * over the page, no question is open, and the rules go from edge to edge. */
static bool comes_back(struct pty *p, void *arg)
{
    (void)arg;
    if (is_whole(p))
        return true;
    pty_type(p, "\x07\x03x\x7f/hostile 899 1\r"); /* x: or a second of them would quit */
    return false;
}

static void play(uint32_t first, const char *scene)
{
    uint32_t seed = first;
    struct pty *p = stage_start(&(struct stage_wish){.scene = scene, .cols = 120, .rows = 36});

    pty_allow(p, ORACLE_MOUSE | ORACLE_COPY | ORACLE_NOTE);
    cr_assert(pty_until(p, "alice \xe2\x96\xb8"));
    for (int i = 0; i < PRESSES; i++)
        press(p, &seed);
    pty_type(p, "\x1b[201~"); /* a paste that is still open takes all keys */
    cr_assert(pty_until_cond(p, comes_back, NULL), "seed %u", first);
    cr_assert_null(strstr(pty_output(p), "Sanitizer"), "seed %u: %s", first, pty_output(p));
    cr_assert_null(strstr(pty_output(p), "runtime error"), "seed %u", first);
    pty_free(p);
}

static uint32_t seeds(void)
{
    const char *all = getenv("SOTTO_LONG");

    return all != NULL && all[0] == '1' ? SEEDS * 10 : SEEDS;
}

Test(monkey, keys__in_no_order)
{
    for (uint32_t i = 0; i < seeds(); i++)
        play(7000 + i, "room");
}

/* The same over cards of files, the list of them, and what is chosen to be sent. */
Test(monkey, keys__in_no_order_over_files)
{
    for (uint32_t i = 0; i < seeds(); i++)
        play(9000 + i, "files");
}
