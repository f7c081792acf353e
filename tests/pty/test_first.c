/* SPDX-License-Identifier: ISC */
/* The very first start, and what is kept of it: real programs in a home of their own. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "client.h"
#include "support/support.h"

#define UP "●" /* in the bar, while the relay is there */

static char server[64];
static char config[256];

static void setup(void)
{
    live_init(&relay);
    cr_assert(live_start(&relay), "%s", live_words(&relay));
    client_server(server, &relay);
    (void)snprintf(config, sizeof config, "%s/.config/sotto/config.json", relay.dir);
}

static void teardown(void)
{
    live_fini(&relay);
}

TestSuite(first, .init = setup, .fini = teardown);

/* sotto as somebody starts it: words are its arguments, NULL-ended. */
static struct pty *begin(int cols, int rows, const char *const *words)
{
    const char *asan = getenv("ASAN_OPTIONS");
    const char *build = getenv("SOTTO_BUILD");
    struct pty *p;
    char program[512], home[128], options[512], noon[16];
    const char *argv[10] = {program};
    const char *env[] = {"TERM=xterm-256color", "LC_ALL=C.UTF-8", noon, home, options, NULL};

    for (size_t i = 0; words[i] != NULL; i++)
        argv[1 + i] = words[i];
    (void)snprintf(program, sizeof program, "%s/sotto", build != NULL ? build : ".");
    client_noon(noon);
    (void)snprintf(home, sizeof home, "HOME=%s", relay.dir);
    (void)snprintf(options, sizeof options, "ASAN_OPTIONS=%s", asan != NULL ? asan : "");
    p = pty_start(&(struct pty_wish){.argv = argv, .env = env, .cols = cols, .rows = rows});
    pty_allow(p, ORACLE_MOUSE); /* some set it */
    return p;
}

static struct pty *begin_alone(int cols, int rows)
{
    static const char *const NONE[] = {NULL};

    return begin(cols, rows, NONE);
}

static void expect_config(const char *words)
{
    struct buf b;

    buf_init(&b, 65536);
    cr_assert_eq(file_read(config, &b), ERR_OK);
    cr_assert_not_null(strstr(buf_cstr(&b), words), "%s", buf_cstr(&b));
    buf_free(&b);
}

static void write_config(const char *text)
{
    char dir[256];

    (void)snprintf(dir, sizeof dir, "%s/.config/sotto", relay.dir);
    cr_assert_eq(file_make_private_dir(dir), ERR_OK);
    cr_assert_eq(file_write_atomic(config, bytes_str(text), 0600), ERR_OK);
}

/* ---- the form ---- */

Test(first, form__at_three_sizes)
{
    struct pty *p = begin_alone(120, 36);

    cr_assert(pty_until(p, "[ Start ]"));
    cr_assert(pty_golden(p, "first-120x36"));
    pty_resize(p, 80, 24);
    cr_assert(pty_golden(p, "first-80x24"));
    pty_resize(p, 40, 12);
    cr_assert(pty_golden(p, "first-40x12"));
    pty_type(p, "\t\t\t\t\t");
    cr_assert(pty_until(p, "[ Start ]"), "it scrolls to what has the focus");
    pty_type(p, "\x1b[Z\x1b[Z\x1b[Z\x1b[Z\x1b[Z");
    cr_assert(pty_until(p, "Server"));
    pty_type(p, "\x1b");
    cr_assert_eq(pty_until_exit(p), 0);
    pty_free(p);
    cr_assert_not(file_exists(config), "who quits wanted nothing");
}

Test(first, form__says_what_is_wrong_where_it_is)
{
    struct pty *p = begin_alone(80, 24);
    int row, col;

    cr_assert(pty_until(p, "[ Start ]"));
    pty_type(p, "a:b\r\r\r\r\r\r");
    cr_assert(pty_until(p, "That is no HOST or HOST:PORT."));
    pty_type(p, "\x15\tno name\t\t\t\t\r");
    cr_assert(pty_until(p, "no spaces."));
    pty_type(p, "\x15\x61\tone\tzebra\t\t\r");
    cr_assert(pty_until(p, "The two differ"));
    cr_assert(pty_until(p, "not the same"));
    pty_cursor(p, &row, &col);
    cr_assert_gt(row, 10, "the cursor is where it is wrong");
    cr_assert_null(strstr(pty_screen(p), "zebra"), "what is hidden is not shown");
    pty_type(p, "\x1b");
    cr_assert_eq(pty_until_exit(p), 0);
    pty_free(p);
}

Test(first, start__is_kept_and_asked_once)
{
    struct pty *p = begin_alone(80, 24);

    cr_assert(pty_until(p, "[ Start ]"));
    pty_type(p, server);
    pty_type(p, "\rada\r\r\r\x1b[C\r");
    cr_assert(pty_until(p, "< ansi >"));
    pty_type(p, "\r");
    cr_assert(pty_until(p, UP));
    cr_assert(pty_until(p, "Say hi"), "the page that shows how it is used");
    client_quit(p);
    expect_config(server);
    expect_config("\"name\": \"ada\"");
    expect_config("\"theme\": \"ansi\"");
    p = begin_alone(80, 24);
    cr_assert(pty_until(p, UP));
    cr_assert(pty_until(p, " ada "));
    client_quit(p);
}

Test(first, passphrase__is_asked_for_from_then_on)
{
    struct pty *p = begin_alone(80, 24);

    cr_assert(pty_until(p, "[ Start ]"));
    pty_type(p, server);
    pty_type(p, "\r\rtwo words\rtwo words\r");
    cr_assert(pty_until(p, "weak"));
    pty_type(p, "\r\r");
    cr_assert(pty_until(p, UP));
    client_quit(p);
    p = begin_alone(80, 24);
    cr_assert(pty_until(p, "passphrase of sotto"));
    pty_type(p, "two words\r");
    cr_assert(pty_until(p, UP));
    client_quit(p);
}

Test(first, form__not_where_it_was_told_already)
{
    const char *const told[] = {"-s", server, NULL};
    struct pty *p = begin(80, 24, told);

    cr_assert(pty_until(p, UP));
    cr_assert_null(strstr(pty_screen(p), "[ Start ]"));
    client_quit(p);
}

/* ---- the page of this machine ---- */

Test(first, welcome__marks_what_was_tried_and_sends_nothing)
{
    const char *const words[] = {"-s", server, "-n", "ada", "--welcome", "--ephemeral", NULL};
    struct pty *p = begin(100, 30, words);

    cr_assert(pty_until(p, UP));
    cr_assert(pty_until(p, "[ ] Say hi"));
    pty_type(p, "hello\r");
    cr_assert(pty_until(p, "Nobody but you sees that"));
    cr_assert(pty_until(p, "[✓] Say hi"));
    pty_type(p, "/j\t\x15");
    cr_assert(pty_until(p, "[✓] Type /j"));
    pty_type(p, "/topic x\r");
    cr_assert(pty_until(p, "This is your machine's own page"));
    pty_type(p, "/join garden\r");
    cr_assert(pty_until(p, "3:#garden"));
    pty_type(p, "\x1bg"
                "welc\r");
    cr_assert(pty_until(p, "2:welcome"), "the switcher knows it as a page");
    cr_assert(pty_until(p, "[✓] /join garden"));
    pty_type(p, "/leave\r");
    cr_assert(pty_until_gone(p, "welcome"));
    client_quit(p);
}

/* ---- config.json ---- */

Test(first, set_and_bind__hold_after_a_restart)
{
    const char *const words[] = {"-s", server, "-n", "ada", NULL};
    struct pty *p;

    write_config("// mine\n{\n    \"noise\": \"show\" // all of it\n}\n");
    p = begin(100, 30, words);
    cr_assert(pty_until(p, UP));
    pty_type(p, "/set slash-guard off\r/bind f9 help\r");
    cr_assert(pty_until(p, "slash-guard is off now."));
    cr_assert(pty_until(p, "f9: help, by default none"));
    client_quit(p);
    expect_config("// mine\n{\n    \"noise\": \"show\", // all of it\n");
    expect_config("\"slash-guard\": false");
    expect_config("\"f9\": \"help\"");
    p = begin(100, 30, words);
    cr_assert(pty_until(p, UP));
    pty_type(p, "/set slash-guard\r");
    cr_assert(pty_until(p, "slash-guard off  (on or off; by default on)"));
    pty_type(p, "\x1b[20~");
    cr_assert(pty_until(p, "/announce"), "F9 is help now");
    pty_type(p, "\x1b");
    cr_assert(pty_until_gone(p, "/announce"));
    pty_type(p, "/bind f9 default\r/set slash-guard default\r");
    cr_assert(pty_until(p, "slash-guard is on now."));
    client_quit(p);
    expect_config("\"slash-guard\": true");
}

Test(first, bind__a_bad_one_in_the_file_is_told_and_left_out)
{
    const char *const words[] = {"-s", server, "-n", "ada", NULL};
    struct pty *p;

    write_config("{\"keys\": {\"enter\": \"none\", \"alt-q\": \"nonsense\"}}");
    p = begin(100, 30, words);
    cr_assert(pty_until(p, "would be left to send a line with"));
    cr_assert(pty_until(p, "there is no such action"));
    cr_assert_null(strstr(pty_screen(p), "─── "), "all on one day");
    client_quit(p);
}

Test(first, config__wrong_ends_it_with_line_and_key)
{
    const char *const words[] = {"-s", server, NULL};
    const char *const check[] = {"--check-config", NULL};
    struct pty *p;

    write_config("{\n\"mouse\": 7\n}");
    p = begin(100, 30, words);
    cr_assert_eq(pty_until_exit(p), 1);
    cr_assert_not_null(strstr(pty_output(p), "line 2: \"mouse\" must be true or false"));
    cr_assert_not_null(strstr(pty_output(p), "--check-config"));
    pty_free(p);
    p = begin(100, 30, check);
    cr_assert_eq(pty_until_exit(p), 1);
    pty_free(p);
    write_config("{\n\"mouse\": true\n}");
    p = begin(100, 30, check);
    cr_assert_eq(pty_until_exit(p), 0);
    cr_assert_not_null(strstr(pty_output(p), "is right."));
    pty_free(p);
}

/* A folder in the place of the file: what root may not write either. */
Test(first, config__what_cannot_be_written_is_told)
{
    const char *const words[] = {"-s", server, "-n", "ada", NULL};
    struct pty *p = begin(100, 30, words);
    char blocked[300];

    cr_assert(pty_until(p, UP));
    (void)snprintf(blocked, sizeof blocked, "%s/x", config);
    cr_assert_eq(file_make_private_dir(blocked), ERR_OK);
    pty_type(p, "/set slash-guard off\r");
    cr_assert(pty_until(p, "slash-guard holds until sotto ends"));
    client_quit(p);
}

Test(first, config__is_not_written_by_who_keeps_nothing)
{
    const char *const words[] = {"-s", server, "--ephemeral", NULL};
    struct pty *p = begin(100, 30, words);

    cr_assert(pty_until(p, UP));
    pty_type(p, "/set slash-guard off\r");
    cr_assert(pty_until(p, "slash-guard is off now."));
    client_quit(p);
    cr_assert_not(file_exists(config));
}

/* ---- company ---- */

/* tools/companion.sh as ./run has it: it lives as long as its standard input. */
static pid_t company_of(const char *program, int *life, const char *name)
{
    char script[4200];
    int ends[2];
    pid_t pid;

    (void)snprintf(script, sizeof script, "%s/tools/companion.sh", support_source());
    cr_assert_eq(pipe2(ends, O_CLOEXEC), 0);
    pid = fork();
    if (pid == 0) {
        int nowhere = open("/dev/null", O_WRONLY);
        (void)dup2(ends[0], STDIN_FILENO);
        (void)dup2(nowhere, STDOUT_FILENO);
        (void)execl("/bin/bash", "bash", script, program, server, name, (char *)NULL);
        _exit(127);
    }
    (void)close(ends[0]);
    *life = ends[1];
    return pid;
}

static pid_t company(int *life, const char *name)
{
    char program[4200];
    const char *build = getenv("SOTTO_BUILD");

    (void)snprintf(program, sizeof program, "%s/sotto", build != NULL ? build : ".");
    return company_of(program, life, name);
}

static void expect_gone(pid_t pid, int life)
{
    int status = 0;

    (void)close(life);
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0, "%d", status);
}

Test(first, company__greets_and_answers_and_ends)
{
    const char *const words[] = {"-s", server, "-n", "ada", "--welcome", "--ephemeral", NULL};
    char send[4200];
    int life;
    pid_t pid = company(&life, "fern");
    struct pty *p = begin(100, 30, words);

    cr_assert(pty_until(p, "#garden   1"), "it is there before anybody");
    cr_assert(pty_until(p, "Somebody is there."));
    pty_type(p, "/join garden\r");
    cr_assert(pty_until(p, "Hello ada!"));
    pty_type(p, "a \"quote\" and a \\ slash\r");
    cr_assert(pty_until(p, "You said: a \"quote\" and a \\ slash"));
    cr_assert(pty_until(p, "sealed end to end"));
    (void)snprintf(send, sizeof send, "/send %s/README.md\r", support_source());
    pty_type(p, send);
    cr_assert(pty_until(p, "I have it: README.md"));
    pty_type(p, "~ not for you\r/msg fern psst\r");
    cr_assert(pty_until(p, "You said: psst"));
    pty_type(p, "\x1b"
                "3");
    cr_assert(pty_until(p, "~ not for you"));
    cr_assert_null(strstr(pty_screen(p), "You said: ~"), "no talk without an end");
    expect_gone(pid, life);
    cr_assert(pty_until(p, "1 member"), "its client is gone with it");
    client_quit(p);
}

/* Instead of sotto: one file is there, of another half has come; which of them are left is
 * written down when the answer to the first was said. */
static const char TWO_FILES[] =
    "#!/bin/bash\n"
    "cd \"$XDG_DOWNLOAD_DIR\" && touch 'a \"1\"\\.txt' b.txt.0123abcd.part\n"
    "read -r join\n"
    "printf '%%s\\n' '{\"event\":\"file\",\"n\":1,\"key\":\"00\",\"state\":\"done\",\"way\":\"in\","
    "\"name\":\"a \\\"1\\\"\\\\.txt\",\"bytes\":6,\"done\":6,\"rate\":0,\"from\":\"eve\",\"tag\":\"ab\","
    "\"room\":\"garden\",\"verified\":false,\"note\":\"\\\"path\\\":\\\"/\\\"\",\"display\":\"\","
    "\"sha256\":\"00\",\"path\":\"'\"$PWD\"'/a \\\"1\\\"\\\\.txt\",\"why\":\"\"}'\n"
    "read -r answer\n"
    "ls >%s/left\n";

Test(first, company__keeps_what_is_still_coming)
{
    char program[200], text[2048], left[200];
    int life;
    struct buf b;

    (void)snprintf(program, sizeof program, "%s/two-files", relay.dir);
    (void)snprintf(left, sizeof left, "%s/left", relay.dir);
    (void)snprintf(text, sizeof text, TWO_FILES, relay.dir);
    cr_assert_eq(file_write_atomic(program, bytes_str(text), 0700), ERR_OK);
    expect_gone(company_of(program, &life, "fern"), -1);
    (void)close(life);
    buf_init(&b, 4096);
    cr_assert_eq(file_read(left, &b), ERR_OK);
    cr_assert_str_eq(buf_cstr(&b), "b.txt.0123abcd.part\n");
    buf_free(&b);
}

Test(first, company__ends_when_the_relay_goes_or_it_is_told)
{
    int life, second;
    pid_t pid = company(&life, "fern");
    pid_t other = company(&second, "moss");
    int status = 0;

    cr_assert_eq(kill(other, SIGTERM), 0);
    cr_assert_eq(waitpid(other, &status, 0), other);
    live_kill(&relay);
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    (void)close(life);
    (void)close(second);
}
