/* SPDX-License-Identifier: ISC */
#include "tui/launch.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[] = "/tmp/sotto-launch-XXXXXX";
static char told[64];
static char program[64];

static void setup(void)
{
    cr_assert_not_null(mkdtemp(dir));
    (void)snprintf(told, sizeof told, "%s/told", dir);
    (void)snprintf(program, sizeof program, "%s/program", dir);
}

static void teardown(void)
{
    (void)unlink(told);
    (void)unlink(program);
    (void)rmdir(dir);
}

TestSuite(launch, .init = setup, .fini = teardown);

/* A program that tells what it was given, into a pipe that it opens. */
static void write_program(void)
{
    FILE *f = fopen(program, "w");

    cr_assert_not_null(f);
    (void)fprintf(f, "#!/bin/sh\n{ echo \"$#:$1\"; ls /proc/self/fd | wc -l; } >%s\n", told);
    (void)fclose(f);
    cr_assert_eq(chmod(program, 0700), 0);
    cr_assert_eq(mkfifo(told, 0600), 0);
}

Test(launch, link__is_one_argument_and_nothing_else_is_handed_on)
{
    char got[200] = "";
    FILE *f;
    size_t n;

    write_program();
    cr_assert_eq(launch_link(program, "http://a.example/;id $(id) `id`"), ERR_OK);
    f = fopen(told, "r"); /* waits for who writes */
    cr_assert_not_null(f);
    n = fread(got, 1, sizeof got - 1, f);
    got[n] = '\0';
    (void)fclose(f);
    /* The three that are nowhere, and the one that ls reads the folder by. */
    cr_assert_str_eq(got, "1:http://a.example/;id $(id) `id`\n4\n");
}

Test(launch, link__a_program_that_is_not_there_is_told)
{
    cr_assert_eq(launch_link(program, "http://a.example/"), ERR_REFUSED);
}

static void browser(const char *value, const char *runs)
{
    char out[LAUNCH_PROGRAM];

    (void)setenv("BROWSER", value, 1);
    launch_program(out);
    cr_assert_str_eq(out, runs);
}

Test(launch, program__the_first_of_the_persons_own)
{
    char out[LAUNCH_PROGRAM];

    browser("w3m", "w3m");
    browser("/usr/bin/w3m:lynx", "/usr/bin/w3m");
    browser("", "xdg-open");
    browser("sh -c %s", "xdg-open");
    (void)unsetenv("BROWSER");
    launch_program(out);
    cr_assert_str_eq(out, "xdg-open");
}
