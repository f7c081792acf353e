/* SPDX-License-Identifier: ISC */
/* Themes, as who runs the program and who writes one meets them. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "client.h"

static char file[128];

static void setup(void)
{
    live_init(&relay);
    (void)snprintf(file, sizeof file, "%s/theme.json", relay.dir);
}

static void teardown(void)
{
    (void)live_stop(&relay);
    live_fini(&relay);
}

TestSuite(theme_face, .init = setup, .fini = teardown);

static void put(const char *text)
{
    cr_assert_eq(file_write_atomic(file, bytes_str(text), 0644), ERR_OK);
}

static struct pty *run(const char *option, const char *value, const char *second)
{
    const char *build = getenv("SOTTO_BUILD");
    char program[512];
    const char *const argv[] = {program, option, value, second, NULL};
    const char *const env[] = {
        "TERM=xterm-256color", "LC_ALL=C.UTF-8", "XDG_DATA_DIRS=/nonexistent", NULL};

    (void)snprintf(program, sizeof program, "%s/sotto", build != NULL ? build : ".");
    return pty_start(&(struct pty_wish){.argv = argv, .env = env, .cols = 120, .rows = 90});
}

static void expect(const char *option, const char *value, int status, const char *words)
{
    struct pty *p = run(option, value, NULL);

    cr_expect_eq(pty_until_exit(p), status, "%s", pty_screen(p));
    cr_expect(pty_until(p, words));
    pty_free(p);
}

Test(theme_face, check__says_where_and_ends_with_it)
{
    put("{\n  \"format\": 1,\n  \"name\": \"x\",,\n}");
    expect("--check-theme", file, 1, "theme.json: line 3: ");
    put("{\"format\":1,\"name\":\"x\",\"styles\":{\"enc.gone\":{}}}");
    expect("--check-theme", file, 1, "theme.json: styles.enc.gone: is the name of no slot");
    put("{\"format\":1,\"name\":\"x\",\"inherits\":\"ansi\",\"styles\":{\"enc.*\":"
        "{\"fg\":\"black\",\"bg\":\"black\"}}}");
    expect("--check-theme", file, 0, "it would hide enc.verified, enc.unverified");
    put("{\"format\":1,\"name\":\"x\",\"inherits\":\"ansi\"}");
    expect("--check-theme", file, 0, "theme.json: fine");
    expect("--check-theme", "nord", 1, "nord: there is no such theme"); /* it is a file */
}

Test(theme_face, demo__shows_every_slot)
{
    struct pty *p = run("--theme-demo", "--theme", "nord");

    cr_assert_eq(pty_until_exit(p), 0);
    cr_assert(pty_until(p, "theme       Nord"));
    cr_assert(pty_until(p, "ui.scrollbar"));
    cr_assert(pty_until(p, " alice bob carol"));
    cr_assert(strstr(pty_output(p), "48;5;236m"));
    pty_free(p);
    expect("--theme-demo", NULL, 0, "theme       Terminal colours");
}

Test(theme_face, named__is_worn_or_nothing_starts)
{
    struct pty *p;

    cr_assert(live_start(&relay), "%s", live_words(&relay));
    p = client_ready(&relay, &(struct client_wish){.nick = "ada",
                                 .cols = 100,
                                 .rows = 24,
                                 .extra = {"--ephemeral", "--theme", "nord"}});
    cr_assert(strstr(pty_output(p), "48;5;236m"));
    pty_type(p, "/quit\r");
    cr_assert_eq(pty_until_exit(p), 0);
    pty_free(p);
    p = client_start(&relay, &(struct client_wish){.nick = "ada",
                                 .cols = 100,
                                 .rows = 24,
                                 .extra = {"--ephemeral", "--theme", "nobody"}});
    cr_assert_eq(pty_until_exit(p), 1);
    cr_assert(pty_until(p, "sotto: the theme nobody: there is no such theme."));
    cr_assert_null(strstr(pty_output(p), "\033[?1049h"));
    pty_free(p);
}

/* What a theme hides is drawn as ever, and it is said. */
Test(theme_face, hostile__does_not_hide_that_nothing_is_sealed)
{
    struct pty *p;

    cr_assert(live_start(&relay), "%s", live_words(&relay));
    put("{\"format\":1,\"name\":\"x\",\"styles\":{\"*\":{\"fg\":\"17\",\"bg\":\"17\"}}}");
    p = client_start(&relay,
        &(struct client_wish){
            .nick = "ada", .cols = 100, .rows = 24, .extra = {"--ephemeral", "--theme", file}});
    cr_assert(pty_until(p, "it would hide ui.selected, enc.verified"));
    cr_assert(pty_until(p, "not sealed"));
    const char *at = strstr(pty_output(p), "not sealed");
    while (at > pty_output(p) && *at != '\033')
        at--;
    cr_assert_eq(strncmp(at, "\033[0;2m", 6), 0, "%.12s", at + 1);
    pty_free(p);
}
