/* SPDX-License-Identifier: ISC */
#include "ctl/exchange.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/support.h"

static char dir[64], path[128];
static pid_t child;

static void start(void)
{
    support_tmpdir(dir, sizeof dir);
    (void)snprintf(path, sizeof path, "%s/c.sock", dir);
}

static void stop(void)
{
    if (child > 0)
        cr_assert_eq(waitpid(child, NULL, 0), child);
    support_rmtree(dir);
}

TestSuite(exchange, .init = start, .fini = stop);

static int listener(void)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    (void)bytes_copy(at.sun_path, sizeof at.sun_path, bytes_str(path));
    cr_assert_eq(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
    cr_assert_eq(listen(fd, 1), 0);
    return fd;
}

/* A relay that reads a line (when reads) and says these words, piece by piece. */
static void serve(bool reads, const char *words)
{
    int fd = listener();

    child = fork();
    if (child != 0) {
        close(fd);
        return;
    }
    int peer = accept(fd, NULL, NULL);
    char c = 0;
    while (reads && c != '\n' && recv(peer, &c, 1, 0) == 1)
        ;
    for (; *words != '\0'; words++) {
        if (send(peer, words, 1, MSG_NOSIGNAL) != 1)
            break;
    }
    close(peer);
    _exit(0);
}

static enum err ask(struct buf *answer)
{
    return exchange_line(path, bytes_str("{}\n"), 30, answer);
}

Test(exchange, line__comes_back)
{
    struct buf answer;

    serve(true, "{\"ok\":true}\n");
    cr_expect_eq(ask(&answer), ERR_OK);
    cr_expect_str_eq(buf_cstr(&answer), "{\"ok\":true}");
    buf_free(&answer);
}

Test(exchange, turned_away__hears_why)
{
    struct buf answer;

    serve(false, "{\"ok\":false}\n");
    cr_expect_eq(ask(&answer), ERR_OK);
    cr_expect_str_eq(buf_cstr(&answer), "{\"ok\":false}");
    buf_free(&answer);
}

Test(exchange, answer__cut_short_is_no_answer)
{
    struct buf answer;

    serve(true, "{\"ok\":tr");
    cr_expect_eq(ask(&answer), ERR_CLOSED);
    buf_free(&answer);
}

Test(exchange, nobody__is_not_found)
{
    struct buf answer;

    cr_expect_eq(ask(&answer), ERR_NOT_FOUND);
    buf_free(&answer);
    close(listener());
    cr_expect_eq(ask(&answer), ERR_NOT_FOUND);
    buf_free(&answer);
}

Test(exchange, silence__ends)
{
    struct buf answer;
    int fd = listener();

    cr_expect_eq(exchange_line(path, bytes_str("{}\n"), 1, &answer), ERR_TIMEOUT);
    buf_free(&answer);
    close(fd);
}

Test(exchange, path__too_long_is_said)
{
    struct buf answer;

    memset(path, 'x', sizeof path - 1);
    cr_expect_eq(ask(&answer), ERR_TOO_BIG);
    buf_free(&answer);
}

Test(exchange, default_path__is_the_users_when_there_is_one)
{
    struct buf where;
    char below[256];

    cr_assert_eq(setenv("XDG_STATE_HOME", dir, 1), 0);
    exchange_default_path(&where);
    cr_expect_str_eq(buf_cstr(&where), "/var/lib/sottod/control.sock");
    buf_free(&where);
    (void)snprintf(
        below, sizeof below, "mkdir %s/sottod && touch %s/sottod/control.sock", dir, dir);
    cr_assert_eq(system(below), 0);
    exchange_default_path(&where);
    (void)snprintf(below, sizeof below, "%s/sottod/control.sock", dir);
    cr_expect_str_eq(buf_cstr(&where), below);
    buf_free(&where);
}
