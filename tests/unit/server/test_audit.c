/* SPDX-License-Identifier: ISC */
#include <criterion/criterion.h>
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/log.h"
#include "base/sandbox.h"
#include "server/audit.h"
#include "support/support.h"

#define NOW INT64_C(1795201445000) /* 2026-11-20T19:04:05Z */

static char state[64];

static void start(void)
{
    support_tmpdir(state, sizeof state);
    log_off();
}

static void stop(void)
{
    support_rmtree(state);
}

TestSuite(audit, .init = start, .fini = stop);

static struct bytes b(const char *s)
{
    return bytes_str(s);
}

static struct buf read_below(const char *name)
{
    char path[512];
    struct buf out;

    (void)snprintf(path, sizeof path, "%s/%s", state, name);
    buf_init(&out, 1 << 20);
    cr_assert_eq(file_read_private(path, &out), ERR_OK, "%s", path);
    return out;
}

/* The one file of a room's folder; how many folders there are. */
static size_t room_log(const char *prefix, char out[256])
{
    char path[128];
    struct dirent *e;
    size_t n = 0;

    (void)snprintf(path, sizeof path, "%s/server_logs", state);
    DIR *d = opendir(path);
    cr_assert_not_null(d);
    while ((e = readdir(d)) != NULL) {
        if (e->d_name[0] == '.')
            continue;
        n++;
        if (strncmp(e->d_name, prefix, strlen(prefix)) == 0)
            (void)snprintf(
                out, 256, "server_logs/%.64s/%.64s-20261120-190405.log", e->d_name, e->d_name);
    }
    closedir(d);
    return n;
}

static size_t count_lines(struct buf *text)
{
    size_t n = 0;

    for (size_t i = 0; i < text->n; i++)
        n += text->p[i] == '\n';
    return n;
}

static struct audit *open_here(void)
{
    struct audit *a = NULL;

    cr_assert_eq(audit_open(state, NOW, &a), ERR_OK);
    return a;
}

Test(audit, line__is_json_and_comes_at_the_flush)
{
    struct audit *a = open_here();

    audit_event(a, NOW, "login", b(""), b("bob"), b("127.0.0.1"));
    struct buf early = read_below("audit/audit.log");
    cr_expect_eq(early.n, 0);
    audit_flush(a);
    struct buf text = read_below("audit/audit.log");
    cr_expect_str_eq(buf_cstr(&text), "{\"time\":\"2026-11-20T19:04:05Z\",\"event\":\"login\","
                                      "\"user\":\"bob\",\"detail\":\"127.0.0.1\"}\n");
    buf_free(&early);
    buf_free(&text);
    audit_close(a);
}

Test(audit, room__has_a_log_of_its_own_beside_the_common_one)
{
    struct audit *a = open_here();
    char name[256] = "";

    audit_event(a, NOW, "join", b("Garden Club"), b("bob"), b(""));
    audit_event(a, NOW, "login", b(""), b("mallory"), b(""));
    audit_close(a);
    struct buf all = read_below("audit/audit.log");
    cr_expect_eq(count_lines(&all), 2);
    cr_assert_eq(room_log("gardenclub-", name), 1);
    struct buf room = read_below(name);
    cr_expect_eq(count_lines(&room), 1);
    cr_expect_not_null(strstr(buf_cstr(&room), "Garden Club"));
    cr_expect_null(strstr(buf_cstr(&room), "mallory"));
    buf_free(&all);
    buf_free(&room);
}

Test(audit, hostile__names_stay_in_their_line_and_their_folder)
{
    static const char *const NAMES[] = {"../../etc/passwd", "..", "/", "a\nb", "\xff\xfe",
        "\xe2\x80\xae"
        "evil",
        "-rf", "\x1b[31m", "\"}{\"", ""};
    struct audit *a = open_here();
    struct json_doc *d;
    char name[256];

    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++)
        audit_event(a, NOW, "join", b(NAMES[i]), b(NAMES[i]), b(NAMES[i]));
    audit_close(a);
    struct buf all = read_below("audit/audit.log");
    char *rest = NULL;
    size_t lines = 0;
    for (char *line = strtok_r((char *)all.p, "\n", &rest); line != NULL;
         line = strtok_r(NULL, "\n", &rest), lines++) {
        cr_expect_eq(json_parse(b(line), false, &d, NULL, 0), ERR_OK, "%s", line);
        json_free(d);
        for (const char *c = line; *c != '\0'; c++)
            cr_expect((unsigned char)*c >= 0x20 && *c != 0x7f);
    }
    cr_expect_eq(lines, sizeof NAMES / sizeof NAMES[0]);
    cr_expect_eq(room_log("?", name), lines - 1);
    buf_free(&all);
}

Test(audit, lengthy__fields_are_cut)
{
    static char big[5000];
    struct audit *a = open_here();

    memset(big, 'x', sizeof big - 1);
    audit_event(a, NOW, "refused", b(big), b(big), b(big));
    audit_close(a);
    struct buf all = read_below("audit/audit.log");
    cr_expect_eq(count_lines(&all), 1);
    cr_expect_lt(all.n, 1000);
    buf_free(&all);
}

Test(audit, flood__is_capped_and_counted)
{
    struct audit *a = open_here();

    for (int i = 0; i < AUDIT_LINES_PER_S + 7; i++)
        audit_event(a, NOW + i % 1000, "refused", b(""), b("bob"), b(""));
    audit_event(a, NOW + 1000, "login", b(""), b("mallory"), b(""));
    audit_flush(a);
    struct buf all = read_below("audit/audit.log");
    cr_expect_eq(count_lines(&all), AUDIT_LINES_PER_S + 2);
    cr_expect_not_null(strstr(buf_cstr(&all), "\"event\":\"left_out\",\"lines\":7}"));
    cr_expect_not_null(strstr(buf_cstr(&all), "mallory"));
    buf_free(&all);
    audit_close(a);
}

Test(audit, flood__that_ends_with_the_relay_is_told_too)
{
    struct audit *a = open_here();

    for (int i = 0; i < AUDIT_LINES_PER_S + 1; i++)
        audit_event(a, NOW, "refused", b(""), b("bob"), b(""));
    audit_close(a);
    struct buf all = read_below("audit/audit.log");
    cr_expect_not_null(strstr(buf_cstr(&all), "\"event\":\"left_out\",\"lines\":1}"));
    buf_free(&all);
}

static size_t open_files(void)
{
    size_t n = 0;
    DIR *d = opendir("/proc/self/fd");

    cr_assert_not_null(d);
    while (readdir(d) != NULL)
        n++;
    closedir(d);
    return n;
}

Test(audit, rooms__keep_a_bounded_number_of_files_open_and_lose_nothing)
{
    struct audit *a = open_here();
    size_t before = open_files();
    char room[32], name[256];

    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 2 * AUDIT_ROOM_FILES; i++) {
            (void)snprintf(room, sizeof room, "room%03d", i);
            audit_event(a, NOW + round * 2000 + i * 10, "join", b(room), b("bob"), b(""));
        }
    }
    cr_expect_leq(open_files(), before + AUDIT_ROOM_FILES);
    audit_close(a);
    cr_assert_eq(room_log("room000-", name), 2 * AUDIT_ROOM_FILES);
    struct buf first = read_below(name);
    cr_expect_eq(count_lines(&first), 2);
    buf_free(&first);
}

Test(audit, again__appends_and_makes_new_room_files)
{
    struct audit *a = open_here();
    char name[256];

    audit_event(a, NOW, "join", b("hall"), b("bob"), b(""));
    audit_close(a);
    cr_assert_eq(audit_open(state, NOW + 60000, &a), ERR_OK);
    audit_event(a, NOW + 60000, "join", b("hall"), b("mallory"), b(""));
    audit_close(a);
    struct buf all = read_below("audit/audit.log");
    cr_expect_eq(count_lines(&all), 2);
    cr_assert_eq(room_log("hall-", name), 1);
    struct buf first = read_below(name);
    cr_expect_null(strstr(buf_cstr(&first), "mallory"));
    buf_free(&all);
    buf_free(&first);
}

/* What fails is the file alone: a limit of the process on the size of files. */
Test(audit, full__disk_loses_lines_and_nothing_else)
{
    struct rlimit tiny = {.rlim_cur = 100, .rlim_max = RLIM_INFINITY};
    struct rlimit free_again = {.rlim_cur = RLIM_INFINITY, .rlim_max = RLIM_INFINITY};
    struct audit *a = open_here();

    (void)signal(SIGXFSZ, SIG_IGN);
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &tiny), 0);
    for (int i = 0; i < 3; i++) {
        audit_event(a, NOW, "login", b(""), b("lost"), b(""));
        audit_flush(a);
    }
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &free_again), 0);
    audit_event(a, NOW, "login", b(""), b("kept"), b(""));
    audit_close(a);
    struct buf all = read_below("audit/audit.log");
    /* The torn line ends, the next one is whole. */
    cr_expect_not_null(strstr(buf_cstr(&all), "\n{\"time\":\"2026-11-20T19:04:05Z\","
                                              "\"event\":\"login\",\"user\":\"kept\"}\n"));
    buf_free(&all);
}

Test(audit, links__are_not_followed)
{
    char path[128];
    struct audit *a = NULL;

    (void)snprintf(path, sizeof path, "%s/audit", state);
    cr_assert_eq(mkdir(path, 0700), 0);
    (void)snprintf(path, sizeof path, "%s/audit/audit.log", state);
    cr_assert_eq(symlink("/dev/null", path), 0);
    cr_expect_neq(audit_open(state, NOW, &a), ERR_OK);
    cr_expect_null(a);
}

/* Sandboxes are for good, so this happens in a child, which makes new rooms' files inside. */
Test(audit, sandbox__inside_it_goes_on)
{
    struct sandbox_path path = {.path = state, .write = true};
    struct sandbox_plan plan = {
        .paths = &path, .path_count = 1, .seccomp = true, .landlock = true};
    struct sandbox_report report;
    char name[256];
    int status;
    pid_t child = fork();

    if (child == 0) {
        struct audit *a = NULL;
        if (audit_open(state, NOW, &a) != ERR_OK || sandbox_enter(&plan, &report) != ERR_OK)
            _exit(1);
        audit_event(a, NOW, "join", b("hall"), b("bob"), b(""));
        audit_close(a);
        _exit(0);
    }
    cr_assert_eq(waitpid(child, &status, 0), child);
    cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    struct buf all = read_below("audit/audit.log");
    cr_expect_eq(count_lines(&all), 1);
    cr_assert_eq(room_log("hall-", name), 1);
    struct buf room = read_below(name);
    cr_expect_eq(count_lines(&room), 1);
    buf_free(&all);
    buf_free(&room);
}

Test(audit, none__is_quiet)
{
    audit_event(NULL, NOW, "login", b(""), b("bob"), b(""));
    audit_flush(NULL);
    audit_close(NULL);
}
