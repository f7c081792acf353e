/* SPDX-License-Identifier: ISC */
#include "ctl/secret.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

static enum err from_pipe(const char *text, size_t n, struct buf *out)
{
    int fd[2];

    cr_assert_eq(pipe(fd), 0);
    cr_assert_eq(write(fd[1], text, n), (ssize_t)n);
    close(fd[1]);
    enum err e = secret_from_fd(fd[0], out);
    close(fd[0]);
    return e;
}

Test(secret, fd__gives_its_first_line)
{
    struct buf out;

    cr_expect_eq(from_pipe("horse staple\nmore\n", 18, &out), ERR_OK);
    cr_expect_str_eq(buf_cstr(&out), "horse staple");
    buf_wipe(&out);
    cr_expect_eq(from_pipe("no end", 6, &out), ERR_OK);
    cr_expect_str_eq(buf_cstr(&out), "no end");
    buf_wipe(&out);
}

Test(secret, fd__empty_too_long_or_binary_is_refused)
{
    static char big[SECRET_MAX + 1];
    struct buf out;

    cr_expect_eq(from_pipe("", 0, &out), ERR_FORMAT);
    buf_wipe(&out);
    cr_expect_eq(from_pipe("\n", 1, &out), ERR_FORMAT);
    buf_wipe(&out);
    cr_expect_eq(from_pipe("a\0b\n", 4, &out), ERR_FORMAT);
    buf_wipe(&out);
    memset(big, 'x', sizeof big);
    cr_expect_eq(from_pipe(big, SECRET_MAX, &out), ERR_OK);
    buf_wipe(&out);
    cr_expect_eq(from_pipe(big, SECRET_MAX + 1, &out), ERR_TOO_BIG);
    buf_wipe(&out);
    cr_expect_eq(secret_from_fd(-1, &out), ERR_IO);
    buf_wipe(&out);
}

Test(secret, terminal__that_is_none)
{
    struct buf out;
    int fd = open("/dev/null", O_RDWR);

    cr_expect_eq(secret_from_terminal(fd, "password", &out), ERR_UNSUPPORTED);
    buf_wipe(&out);
    close(fd);
}

/* Waits until the screen shows the words; what it showed is appended to seen. */
static void wait_for(int master, struct buf *seen, const char *words)
{
    char piece[256];

    while (strstr(buf_cstr(seen), words) == NULL) {
        struct pollfd p = {.fd = master, .events = POLLIN};
        cr_assert_eq(poll(&p, 1, 30000), 1, "never saw %s", words);
        ssize_t n = read(master, piece, sizeof piece);
        cr_assert_gt(n, 0);
        buf_put(seen, piece, (size_t)n);
    }
}

/* A person types at a terminal; gives what came of it, and all that was shown in seen. */
static int type(const char *first, const char *second, const char *want, struct buf *seen)
{
    struct buf out;
    int status;
    int master = posix_openpt(O_RDWR | O_NOCTTY);

    cr_assert_geq(master, 0);
    cr_assert(grantpt(master) == 0 && unlockpt(master) == 0);
    int terminal = open(ptsname(master), O_RDWR | O_NOCTTY);
    cr_assert_geq(terminal, 0);
    buf_init(seen, 65536);
    pid_t child = fork();
    if (child == 0) {
        enum err e = secret_from_terminal(terminal, "password for bob", &out);
        struct termios now;
        if (tcgetattr(terminal, &now) != 0 || (now.c_lflag & ECHO) == 0)
            _exit(100);
        if (e == ERR_OK && strcmp(buf_cstr(&out), want) != 0)
            _exit(101);
        buf_wipe(&out);
        _exit((int)e);
    }
    wait_for(master, seen, "password for bob: ");
    cr_assert_gt(write(master, first, strlen(first)), 0);
    if (second != NULL) {
        wait_for(master, seen, "once more, password for bob: ");
        cr_assert_gt(write(master, second, strlen(second)), 0);
    }
    cr_assert_eq(waitpid(child, &status, 0), child);
    close(terminal);
    close(master);
    cr_assert(WIFEXITED(status));
    return WEXITSTATUS(status);
}

Test(secret, terminal__asks_twice_and_shows_nothing)
{
    struct buf seen;

    cr_expect_eq(type("s3cret\r", "s3cret\r", "s3cret", &seen), ERR_OK);
    cr_expect_null(strstr(buf_cstr(&seen), "s3cret"));
    buf_free(&seen);
}

Test(secret, terminal__two_that_differ)
{
    struct buf seen;

    cr_expect_eq(type("one\r", "two\r", "", &seen), ERR_CONFLICT);
    buf_free(&seen);
}

Test(secret, terminal__keys_correct_and_cancel)
{
    struct buf seen;

    cr_expect_eq(type("wrong\x15"
                      "ab\xc3\xa9\x7f"
                      "c\r",
                     "abc\r", "abc", &seen),
        ERR_OK);
    buf_free(&seen);
    cr_expect_eq(type("abc\x03", NULL, "", &seen), ERR_CLOSED);
    buf_free(&seen);
    cr_expect_eq(type("\r", NULL, "", &seen), ERR_CLOSED);
    buf_free(&seen);
    cr_expect_eq(type("\x04", NULL, "", &seen), ERR_CLOSED);
    buf_free(&seen);
}
