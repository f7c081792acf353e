/* SPDX-License-Identifier: ISC */
/* Help as it is seen. */
#include "tui/help.h"

#include <criterion/criterion.h>
#include <string.h>

#include "stage.h"

static struct pty *p;

static void teardown(void)
{
    pty_free(p);
}

TestSuite(help, .fini = teardown);

static void start(const char *scene, int cols, int rows)
{
    p = stage_start(&(struct stage_wish){.scene = scene, .cols = cols, .rows = rows});
    cr_assert(pty_until(p, "alice"));
}

static void expect(const char *words)
{
    cr_assert(pty_until(p, words));
}

/* Whether words that are there stand above others: those have been drawn by then. */
static void expect_above(const char *a, const char *b)
{
    expect(a);
    expect(b);
    const char *at = strstr(pty_screen(p), a);
    cr_assert_not_null(strstr(at, b), "%s is not below %s", b, a);
}

/* By its last row, which is drawn last and last undrawn: in between there are halves of it. */
static void close_it(void)
{
    expect("type to find");
    pty_type(p, "\x1b");
    cr_assert(pty_until_gone(p, "type to find"));
}

Test(help, place__decides_what_comes_first)
{
    start("home", 100, 40);
    pty_type(p, "\x1bOP");
    expect("ON THE RELAY'S PAGE");
    pty_free(p);
    start("direct", 100, 40);
    pty_type(p, "\x1bOP");
    expect("IN THIS CONVERSATION");
    expect_above("IN THIS CONVERSATION", "PAGES");
    pty_free(p);
    start("room", 100, 40);
    pty_type(p, "\x1bOP");
    expect("IN THIS ROOM");
    pty_free(p);
    start("room", 100, 40);
    pty_type(p, "\x1bx");
    expect("What can be done");
    pty_type(p, "\x1bOP");
    expect("HERE");
    expect_above("HERE", "type to find");
    pty_type(p, "\x1b");
    expect("What can be done");
}

Test(help, typing__leaves_the_rows_that_fit)
{
    start("room", 100, 40);
    pty_type(p, "\x1bOP");
    expect("IN THIS ROOM");
    pty_type(p, "safety");
    cr_assert(pty_until_gone(p, "/kick"));
    expect("compare safety numbers");
    pty_type(p, " zzz");
    expect("nothing has these words");
    pty_type(p, "\x15"
                "alt+g");
    expect("find a page, a room, a person");
    pty_type(p, "\r");
    cr_assert(pty_until_gone(p, "find a page, a room, a person"));
}

/* The last row of all can be reached at every size. */
Test(help, scroll__to_its_end)
{
    static const int SIZES[][2] = {{120, 36}, {80, 24}, {40, 12}, {20, 5}};

    for (size_t i = 0; i < sizeof SIZES / sizeof *SIZES; i++) {
        p = stage_start(
            &(struct stage_wish){.scene = "home", .cols = SIZES[i][0], .rows = SIZES[i][1]});
        expect(SIZES[i][1] > 9 ? "1:relay" : "1 ali");
        pty_type(p, "\x1bOP");
        expect("find");
        pty_type(p, "\x1b[F");
        expect(SIZES[i][0] > 20 ? "take a ban or a mute back" : "mute back");
        pty_type(p, "\x1b[5~\x1b[5~\x1b[6~\x1b[6~\x1b[6~");
        expect(SIZES[i][0] > 20 ? "take a ban or a mute back" : "mute back");
        pty_free(p);
    }
    p = NULL;
}

/* What closes one thing and what opens the next may come in one read. */
Test(help, esc__and_a_key_with_alt_right_behind_it)
{
    start("room", 100, 40);
    pty_type(p, "\x1bOP");
    expect("IN THIS ROOM");
    pty_type(p, "\x1b\x1bx");
    expect("What can be done");
    pty_type(p, "\x1b\x1b"); /* the one closes it, the other arms the next key and is in turn */
    cr_assert(pty_until_gone(p, "What can be done"));
    expect("ESC-");
}

Test(help, topic__a_command_keys_or_any_word)
{
    start("room", 100, 40);
    pty_type(p, "/help /join\r");
    expect("THIS COMMAND");
    close_it();
    pty_type(p, "/help keys\r");
    expect("the next page");
    cr_assert_null(strstr(pty_screen(p), "IN THIS ROOM"));
    close_it();
    pty_type(p, "/help unread\r");
    expect("find unread");
    expect("the first that is unread");
    cr_assert_null(strstr(pty_screen(p), "/join"));
}
