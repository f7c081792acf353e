/* SPDX-License-Identifier: ISC */
#include <criterion/criterion.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "tui/term.h"

static int from = -1;

/* What is written to the terminal comes back to us; each test is a process of its own. */
static void setup(void)
{
    int pipes[2];

    (void)fflush(stdout);
    cr_assert_eq(pipe(pipes), 0);
    cr_assert_eq(dup2(pipes[1], STDOUT_FILENO), STDOUT_FILENO);
    (void)close(pipes[1]);
    from = pipes[0];
    (void)setlocale(LC_ALL, "C.UTF-8");
    (void)setenv("TERM", "xterm-256color", 1);
    (void)unsetenv("TERM_PROGRAM");
}

TestSuite(term, .init = setup);

static const char *written(void)
{
    static char text[65536];
    ssize_t n;

    (void)putchar('!'); /* so that a read never waits */
    (void)fflush(stdout);
    n = read(from, text, sizeof text - 1);
    cr_assert(n > 0);
    text[n - 1] = '\0';
    return text;
}

static void start(void)
{
    term_start();
    (void)written();
}

Test(term, start__and_stop_undo_each_other)
{
    static const char *const MODES[] = {"2004", "1004"};
    char text[65536];
    char one[32];

    term_start();
    (void)snprintf(text, sizeof text, "%s", written());
    for (size_t i = 0; i < MEM_COUNT(MODES); i++) {
        (void)snprintf(one, sizeof one, "\x1b[?%sh", MODES[i]);
        cr_assert_not_null(strstr(text, one), "%s", one);
    }
    cr_assert_not_null(strstr(text, "\x1b[?1007s\x1b[?1007l"));
    cr_assert_null(strstr(text, "1000h"), "the mouse is left alone");
    term_stop();
    (void)snprintf(text, sizeof text, "%s", written());
    for (size_t i = 0; i < MEM_COUNT(MODES); i++) {
        (void)snprintf(one, sizeof one, "\x1b[?%sl", MODES[i]);
        cr_assert_not_null(strstr(text, one), "%s", one);
    }
    cr_assert_not_null(strstr(text, "\x1b[?1007r"));
    term_stop();
    cr_assert_str_eq(written(), "");
}

Test(term, mouse__is_kept_over_a_pause)
{
    start();
    term_mouse(false);
    cr_assert_str_eq(written(), "");
    term_mouse(true);
    cr_assert_str_eq(written(), "\x1b[?1000h\x1b[?1006h");
    term_stop();
    cr_assert_not_null(strstr(written(), "\x1b[?1000l"));
    term_start();
    cr_assert_not_null(strstr(written(), "\x1b[?1000h\x1b[?1006h"));
}

Test(term, nothing__while_the_terminal_is_not_ours)
{
    term_bell();
    term_notify(TERM_OSC9, bytes_str("hello"));
    cr_assert_not(term_copy(bytes_str("hello")));
    cr_assert_str_eq(written(), "");
    start();
    term_stop();
    (void)written();
    term_bell();
    term_mouse(true);
    cr_assert_str_eq(written(), "");
}

Test(term, copy__is_base64)
{
    static const char *const TEXTS[][2] = {{"", ""}, {"f", "Zg=="}, {"fo", "Zm8="},
        {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"\xff\xef\xbe", "/+++"}};
    char want[64];

    start();
    for (size_t i = 0; i < MEM_COUNT(TEXTS); i++) {
        cr_assert(term_copy(bytes_str(TEXTS[i][0])));
        (void)snprintf(want, sizeof want, "\x1b]52;c;%s\a", TEXTS[i][1]);
        cr_assert_str_eq(written(), want);
    }
}

Test(term, copy__of_too_much_writes_nothing)
{
    uint8_t *much = mem_alloc(TERM_COPY_MAX + 1);

    start();
    cr_assert_not(term_copy(bytes_of(much, TERM_COPY_MAX + 1)));
    cr_assert_str_eq(written(), "");
    (void)setenv("TERM", "linux", 1);
    cr_assert_not(term_copy(bytes_str("little")));
    cr_assert_str_eq(written(), "");
    mem_free(much);
}

Test(term, notify__goes_by_the_terminal)
{
    static const char *const ROWS[][3] = {
        {"xterm-256color", NULL, "\a"},
        {"tmux-256color", "WezTerm", "\a"},
        {"xterm-256color", "tmux", "\a"},
        {"xterm-256color", "iTerm.app", "\x1b]9;hi\a"},
        {"xterm-kitty", NULL, "\x1b]9;hi\a"},
        {"foot", NULL, "\x1b]777;notify;sotto;hi\a"},
        {"xterm-256color", "WezTerm", "\x1b]777;notify;sotto;hi\a"},
    };

    start();
    for (size_t i = 0; i < MEM_COUNT(ROWS); i++) {
        (void)setenv("TERM", ROWS[i][0], 1);
        if (ROWS[i][1] != NULL)
            (void)setenv("TERM_PROGRAM", ROWS[i][1], 1);
        else
            (void)unsetenv("TERM_PROGRAM");
        term_notify(TERM_AUTO, bytes_str("hi"));
        cr_assert_str_eq(written(), ROWS[i][2], "%s", ROWS[i][0]);
    }
    term_notify(TERM_OSC9, bytes_str("hi"));
    cr_assert_str_eq(written(), "\x1b]9;hi\a");
    term_notify(TERM_BELL, bytes_str("hi"));
    cr_assert_str_eq(written(), "\a");
}

Test(term, notify__cannot_be_broken_out_of)
{
    char all[1024] = "";
    const char *got;
    size_t n = 0;

    for (int c = 1; c < 256; c++)
        all[n++] = (char)c;
    n += (size_t)snprintf(all + n, sizeof all - n, "\xc2\x9d;\xc2\x9c\x1b\\\x07 4;1;50 ");
    memset(all + n, 'x', 300);
    start();
    term_notify(TERM_OSC777, bytes_of(all, n + 300));
    got = written();
    cr_assert_eq(strncmp(got, "\x1b]777;notify;sotto;", 19), 0);
    got += 19;
    cr_assert_lt(strlen(got), 210u);
    cr_assert_eq(got[strlen(got) - 1], '\a');
    for (; got[1] != '\0'; got++)
        cr_assert((unsigned char)*got >= ' ' && *got != ';' && *got != 0x7f);
}

Test(term, notify__in_another_locale_is_ascii)
{
    (void)setlocale(LC_ALL, "C");
    start();
    term_notify(TERM_OSC9, bytes_str("Zo\xc3\xab"));
    cr_assert_str_eq(written(), "\x1b]9;Zo?\a");
}
