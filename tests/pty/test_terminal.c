/* SPDX-License-Identifier: ISC */
/* The terminal is taken and given back, and where there is none one sentence says so. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "client.h"

TestSuite(terminal, .init = client_relay_up, .fini = client_relay_down);

static struct pty *carol(void)
{
    return client_ready(&relay, &(struct client_wish){.nick = "carol", .cols = 80, .rows = 24});
}

static bool last(const char *all, const char *one, const char *other)
{
    const char *a = NULL;
    const char *b = NULL;

    for (const char *at = all; (at = strstr(at, one)) != NULL; at++)
        a = at;
    for (const char *at = all; (at = strstr(at, other)) != NULL; at++)
        b = at;
    return a != NULL && (b == NULL || a > b);
}

static void check_given_back(struct pty *p)
{
    const char *out = pty_output(p);

    cr_assert_not(pty_alternate(p), "the own screen was left");
    cr_assert(pty_cooked(p), "the line discipline is as before");
    cr_assert(last(out, "\x1b[?2004l", "\x1b[?2004h"), "paste marks are off");
    cr_assert_not(last(out, "\x1b[?25l", "\x1b[?25h"), "the cursor is shown");
}

Test(terminal, quit__gives_it_back)
{
    struct pty *p = carol();

    cr_assert(pty_alternate(p));
    cr_assert_not(pty_cooked(p));
    pty_type(p, "/quit\r");
    cr_assert_eq(pty_until_exit(p), 0, "%s", pty_output(p));
    check_given_back(p);
    pty_free(p);
}

Test(terminal, ctrl_c__twice_on_an_empty_line_quits)
{
    struct pty *p = carol();

    pty_type(p, "draft\x03");
    cr_assert(pty_until_gone(p, "draft"));
    pty_type(p, "\x1b[A");
    cr_assert(pty_until(p, "draft"), "cleared into history");
    pty_type(p, "\x15\x03");
    cr_assert(pty_until(p, "Ctrl+C again quits"));
    pty_type(p, "x");
    cr_assert(pty_until_gone(p, "Ctrl+C again quits"));
    pty_type(p, "\x7f\x03\x03");
    cr_assert_eq(pty_until_exit(p), 0);
    check_given_back(p);
    pty_free(p);
}

Test(terminal, signals__end_in_order)
{
    static const int SIGNALS[] = {SIGTERM, SIGHUP, SIGINT};

    for (size_t i = 0; i < 3; i++) {
        struct pty *p = carol();
        cr_assert_eq(kill(pty_pid(p), SIGNALS[i]), 0);
        cr_assert_eq(pty_until_exit(p), 0, "signal %d: %s", SIGNALS[i], pty_output(p));
        check_given_back(p);
        pty_free(p);
    }
}

Test(terminal, crash__gives_it_back)
{
    struct pty *p = carol();

    cr_assert_eq(kill(pty_pid(p), SIGABRT), 0);
    cr_assert_neq(pty_until_exit(p), 0);
    check_given_back(p);
    pty_free(p);
}

Test(terminal, stop__gives_it_back_and_takes_it_again)
{
    struct client_wish w = {.nick = "carol", .in_shell = true, .cols = 80, .rows = 24};
    struct pty *p = client_ready(&relay, &w);

    pty_type(p, "\x1a");
    cr_assert(pty_until(p, "it has stopped"));
    check_given_back(p);
    pty_resize(p, 100, 30);
    pty_type(p, "\r");
    cr_assert(pty_until(p, "carol ▸"));
    cr_assert(pty_alternate(p));
    cr_assert_not(pty_cooked(p));
    pty_type(p, "/join ops\r");
    cr_assert(pty_until(p, "2:#ops"));
    pty_type(p, "/quit\r");
    cr_assert_eq(pty_until_exit(p), 0, "%s", pty_output(p));
    check_given_back(p);
    pty_free(p);
}

Test(terminal, stop__without_a_shell_goes_on)
{
    struct pty *p = carol();

    pty_type(p, "\x1a/join ops\r");
    cr_assert(pty_until(p, "2:#ops"));
    cr_assert_not(pty_cooked(p));
    pty_type(p, "/quit\r");
    cr_assert_eq(pty_until_exit(p), 0);
    pty_free(p);
}

Test(terminal, help__scrolls_on_a_small_screen)
{
    struct pty *p =
        client_ready(&relay, &(struct client_wish){.nick = "carol", .cols = 40, .rows = 12});

    pty_type(p, "\x1bOP"); /* F1 */
    cr_assert(pty_until(p, "ON THE RELAY'S PAGE"));
    for (int i = 0; i < 60; i++)
        pty_type(p, "\x1b[6~");
    cr_assert(pty_until(p, "take a ban or a mute back"));
    for (int i = 0; i < 60; i++)
        pty_type(p, "\x1b[5~");
    cr_assert(pty_until(p, "ON THE RELAY'S PAGE"));
    pty_type(p, "\x1b");
    cr_assert(pty_until_gone(p, "ON THE RELAY'S PAGE"));
    pty_type(p, "/quit\r");
    cr_assert_eq(pty_until_exit(p), 0);
    pty_free(p);
}

Test(terminal, panes__take_turns_on_a_small_screen)
{
    struct pty *p =
        client_ready(&relay, &(struct client_wish){.nick = "carol", .cols = 40, .rows = 12});

    pty_type(p, "\x1b[18~"); /* F7 */
    cr_assert(pty_until(p, "ROOMS"));
    pty_type(p, "\x1b[19~"); /* F8 */
    cr_assert(pty_until(p, "ONLINE"));
    pty_type(p, "\x1b[18~");
    cr_assert(pty_until(p, "ROOMS"));
    cr_assert(pty_until_gone(p, "ONLINE"));
    pty_type(p, "\x1b[18~");
    cr_assert(pty_until(p, "You are carol now"));
    pty_type(p, "/quit\r");
    cr_assert_eq(pty_until_exit(p), 0);
    pty_free(p);
}

Test(terminal, term__that_cannot_is_one_sentence)
{
    static const char *const TERMS[] = {"dumb", "no-such-terminal", "", "-"};

    for (size_t i = 0; i < 4; i++) {
        struct pty *p = client_start(&relay,
            &(struct client_wish){.nick = "carol", .term = TERMS[i], .cols = 80, .rows = 24});
        const char *out;
        cr_assert_eq(pty_until_exit(p), 1);
        out = pty_output(p);
        cr_assert_eq(strncmp(out, "sotto: ", 7), 0, "%s", out);
        cr_assert_eq(strchr(out, '\n'), out + strlen(out) - 1, "one line: %s", out);
        cr_assert_null(strchr(out, '\x1b'), "%s", out);
        pty_free(p);
    }
}

Test(terminal, pipe__is_one_sentence)
{
    char out[4096];

    cr_assert_eq(
        live_run((const char *[]){"sotto", "-s", "127.0.0.1:1", NULL}, out, sizeof out), 1);
    cr_assert_eq(strncmp(out, "usage: sotto", 12), 0, "%s", out);
    cr_assert_eq(live_run((const char *[]){"sotto", "--version", NULL}, out, sizeof out), 0);
    cr_assert_eq(strncmp(out, "sotto ", 6), 0);
    cr_assert_eq(live_run((const char *[]){"sotto", "--nonsense", NULL}, out, sizeof out), 1);
    cr_assert_not_null(strstr(out, "--nonsense"), "%s", out);
    cr_assert_eq(live_run((const char *[]){"sotto", "--plain", "-s", "host:99999", NULL}, out,
                     sizeof out),
        1);
    cr_assert_not_null(strstr(out, "is no HOST"), "%s", out);
}

Test(terminal, colours__none_when_not_wanted)
{
    struct pty *p = client_start(&relay,
        &(struct client_wish){.nick = "carol", .term = "vt100", .cols = 80, .rows = 24});

    cr_assert(pty_until(p, "connected"));
    cr_assert_null(strstr(pty_output(p), "\x1b[32m"));
    pty_type(p, "/quit\r");
    cr_assert_eq(pty_until_exit(p), 0);
    pty_free(p);
}

Test(terminal, paste__is_text_in_one_message)
{
    struct pty *p = carol();

    pty_type(p, "\x1b[200~/quit\rand\tmore\r\x1b[201~");
    cr_assert(pty_until(p, "Paste 2 lines (17 bytes) to relay?"));
    pty_type(p, "\r");
    cr_assert(pty_until(p, "carol ▸ //quit\n         and    more"));
    pty_type(p, "\x03/nick dora\r");
    cr_assert(pty_until(p, "dora ▸"), "still there");
    pty_type(p, "/quit\r");
    cr_assert_eq(pty_until_exit(p), 0);
    pty_free(p);
}

Test(terminal, escape__is_a_sticky_alt)
{
    struct pty *p = carol();
    int row, col;

    pty_type(p, "/join ops\r");
    cr_assert(pty_until(p, "2:#ops"));
    pty_type(p, "\x1b");
    cr_assert(pty_until(p, "ESC-"));
    pty_type(p, "1");
    cr_assert(pty_until(p, "1:relay"));
    pty_type(p, "\x1b"
                "2");
    cr_assert(pty_until(p, "2:#ops"));
    pty_type(p, "ab\x01");
    cr_assert(pty_until(p, "▸ ab"));
    pty_cursor(p, &row, &col);
    cr_assert_eq(row, 22);
    pty_type(p, "\x15\x0b/quit\r");
    cr_assert_eq(pty_until_exit(p), 0);
    pty_free(p);
}
