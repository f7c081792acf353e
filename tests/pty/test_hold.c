/* SPDX-License-Identifier: ISC */
/*
 * However a client ends and on whatever it runs, the terminal is whole. That every mode is
 * given back is held by the terminal of the tests itself: it judges each byte and, at the end,
 * what is left on.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "base/mem.h"
#include "client.h"

TestSuite(hold, .init = client_relay_up, .fini = client_relay_down);

static struct pty *carol(const char *term, const char *set)
{
    return client_ready(
        &relay, &(struct client_wish){
                    .nick = "carol", .term = term, .set = set, .cols = 80, .rows = 24});
}

/* ---- ends ---- */

static bool is_written(struct pty *p, void *arg)
{
    return strstr(pty_output(p), arg) != NULL;
}

static void mouse_on(struct pty *p)
{
    static char on[] = "\x1b[?1006h";

    pty_allow(p, ORACLE_MOUSE);
    pty_type(p, "\x1bm");
    cr_assert(pty_until_cond(p, is_written, on));
}

Test(hold, quit__with_the_mouse_on)
{
    struct pty *p = carol(NULL, NULL);

    mouse_on(p);
    client_quit(p);
}

Test(hold, signals__with_the_mouse_on)
{
    static const int SIGNALS[] = {SIGTERM, SIGHUP, SIGABRT, SIGBUS, SIGFPE};

    for (size_t i = 0; i < MEM_COUNT(SIGNALS); i++) {
        char nick[8]; /* and so a folder of its own: the mouse is off there */
        struct pty *p;
        (void)snprintf(nick, sizeof nick, "c%zu", i);
        p = client_ready(&relay, &(struct client_wish){.nick = nick, .cols = 80, .rows = 24});
        mouse_on(p);
        cr_assert_eq(kill(pty_pid(p), SIGNALS[i]), 0);
        cr_assert_neq(pty_until_exit(p), -1, "signal %d", SIGNALS[i]);
        cr_assert(pty_cooked(p), "signal %d", SIGNALS[i]);
        cr_assert_not(pty_alternate(p), "signal %d", SIGNALS[i]);
        pty_free(p);
    }
}

/* Orphans are ours, so that we see them end. */
static bool ends(pid_t pid)
{
    int status = 0;
    pid_t got;

    do
        got = waitpid(pid, &status, 0);
    while (got < 0 && errno == EINTR);
    return got == pid && (WIFEXITED(status) || WIFSIGNALED(status));
}

Test(hold, parent__killed_ends_the_client_in_order)
{
    struct client_wish w = {.nick = "carol", .in_shell = true, .cols = 80, .rows = 24};
    struct pty *p;
    pid_t front;

    cr_assert_eq(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
    p = client_ready(&relay, &w);
    front = pty_front(p);
    cr_assert_neq(front, pty_pid(p));
    cr_assert_eq(kill(pty_pid(p), SIGKILL), 0);
    cr_assert_eq(pty_until_exit(p), 128 + SIGKILL);
    cr_assert(ends(front));
    pty_free(p);
}

Test(hold, terminal__that_goes_away_ends_the_client)
{
    struct pty *p = carol(NULL, NULL);

    cr_assert_eq(pty_hang_up(p), 0);
    pty_free(p);
}

/* ---- terminals ---- */

Test(hold, no_color__is_no_colour_and_all_words)
{
    struct pty *p = carol(NULL, "NO_COLOR=1");
    char color[16];

    pty_type(p, "/join ops\r");
    cr_assert(pty_until(p, "#ops"));
    for (int i = 30; i < 50; i++) {
        (void)snprintf(color, sizeof color, "\x1b[%dm", i);
        cr_assert(i == 39 || i == 49 || strstr(pty_output(p), color) == NULL, "%d", i);
    }
    cr_assert_null(strstr(pty_output(p), "38;5"));
    client_quit(p);
}

Test(hold, terminals__of_every_kind_can_do_it)
{
    static const char *const TERMS[] = {"vt100", "linux", "screen", "screen-256color",
        "tmux-256color", "xterm", "rxvt", "ansi"};

    for (size_t i = 0; i < MEM_COUNT(TERMS); i++) {
        struct pty *p = carol(TERMS[i], NULL);
        pty_type(p, "/join r\xc3\xa9union\r");
        cr_assert(pty_until(p, "r\xc3\xa9union"), "%s", TERMS[i]);
        pty_type(p, "\xe6\xbc\xa2\xe5\xad\x97 and tea\r");
        cr_assert(pty_until(p, "\xe6\xbc\xa2\xe5\xad\x97 and tea"), "%s", TERMS[i]);
        pty_resize(p, 40, 12);
        pty_type(p, "small");
        cr_assert(pty_until(p, "small"), "%s", TERMS[i]);
        client_quit(p);
    }
}

/* ---- storms ---- */

Test(hold, resize__while_messages_arrive)
{
    struct pty *p = carol(NULL, NULL);
    struct pty *bob =
        client_ready(&relay, &(struct client_wish){.nick = "bob", .cols = 80, .rows = 24});
    unsigned seed = 7;
    char line[64];

    pty_type(p, "/join ops\r");
    cr_assert(pty_until(p, "You joined"));
    pty_type(bob, "/join ops\r");
    cr_assert(pty_until(bob, "The keys of this room are agreed"));
    for (int i = 0; i < 200; i++) {
        seed = seed * 1103515245u + 12345u;
        pty_resize(p, 1 + (int)(seed >> 16) % 160, 1 + (int)(seed >> 8) % 50);
        (void)snprintf(line, sizeof line, "number %d \xe6\xbc\xa2\xe5\xad\x97\r", i);
        if (i % 16 == 0)
            pty_type(bob, line);
        pty_breathe(p);
        pty_breathe(bob);
    }
    pty_type(bob, "the last\r");
    pty_resize(p, 80, 24);
    cr_assert(pty_until(p, "the last"));
    client_quit(bob);
    client_quit(p);
}
