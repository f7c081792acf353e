/* SPDX-License-Identifier: ISC */
#include "base/secret.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "base/file.h"
#include "support/support.h"

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

    cr_expect_eq(secret_from_terminal(fd, "password", SECRET_TWICE, &out), ERR_UNSUPPORTED);
    buf_wipe(&out);
    close(fd);
}

/* Waits until the screen shows the words; what it showed is appended to seen. */
static void wait_for(int master, struct buf *seen, const char *words)
{
    char piece[256];

    while (strstr(buf_cstr(seen), words) == NULL) {
        struct pollfd p = {.fd = master, .events = POLLIN};
        cr_assert_eq(poll(&p, 1, 120000), 1, "never saw %s", words);
        ssize_t n = read(master, piece, sizeof piece);
        cr_assert_gt(n, 0);
        buf_put(seen, piece, (size_t)n);
    }
}

/* A person types at a terminal; gives what came of it, and all that was shown in seen. */
static int type_times(enum secret_times times, const char *first, const char *second,
    const char *want, struct buf *seen)
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
        enum err e = secret_from_terminal(terminal, "password for bob", times, &out);
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

static int type(const char *first, const char *second, const char *want, struct buf *seen)
{
    return type_times(SECRET_TWICE, first, second, want, seen);
}

Test(secret, terminal__asks_once_for_what_is_known)
{
    struct buf seen;

    cr_expect_eq(type_times(SECRET_ONCE, "s3cret\r", NULL, "s3cret", &seen), ERR_OK);
    cr_expect_null(strstr(buf_cstr(&seen), "once more"));
    buf_free(&seen);
}

static enum err from_file(const char *text, size_t nth, mode_t mode, struct buf *out)
{
    char dir[64];
    char path[96];

    support_tmpdir(dir, sizeof dir);
    (void)snprintf(path, sizeof path, "%s/secret", dir);
    cr_assert_eq(file_create_private(path, bytes_str(text)), ERR_OK);
    cr_assert_eq(chmod(path, mode), 0);
    enum err e = secret_from_file(path, nth, out);
    support_rmtree(dir);
    return e;
}

Test(secret, file__gives_the_line_asked_for)
{
    static const struct {
        const char *text;
        size_t nth;
        enum err want;
        const char *line;
    } CASES[] = {
        {"old\nnew\n", 0, ERR_OK, "old"},
        {"old\nnew\n", 1, ERR_OK, "new"},
        {"old\nnew", 1, ERR_OK, "new"},
        {"old\nnew\n", 2, ERR_FORMAT, NULL},
        {"old\n", 9, ERR_FORMAT, NULL},
        {"\nnew\n", 0, ERR_FORMAT, NULL},
        {"", 0, ERR_FORMAT, NULL},
    };
    struct buf out;

    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        cr_expect_eq(
            from_file(CASES[i].text, CASES[i].nth, 0600, &out), CASES[i].want, "%zu", i);
        if (CASES[i].line != NULL)
            cr_expect_str_eq(buf_cstr(&out), CASES[i].line);
        buf_wipe(&out);
    }
}

Test(secret, file__that_others_can_read_is_refused)
{
    struct buf out;

    cr_expect_eq(from_file("s3cret\n", 0, 0640, &out), ERR_PERM);
    cr_expect_eq(out.n, 0);
    buf_wipe(&out);
    cr_expect_eq(secret_from_file("/nonexistent/secret", 0, &out), ERR_NOT_FOUND);
    buf_wipe(&out);
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
