/* SPDX-License-Identifier: ISC */
/* Text logs: files below one folder whatever people and rooms are called, for our eyes alone,
 * a line a message whatever is said. */
#include "client/chatlog.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "fake_relay.h"
#include "support/support.h"

#define PATH 512

static struct engine e;
static struct loop loop;
static struct talk *c;
static char top[64];
static char dir[PATH];

static void setup(void)
{
    log_off();
    support_tmpdir(top, sizeof top);
    (void)snprintf(dir, sizeof dir, "%s/chat_logs", top);
    loop_init(&loop, 1000, 1700000000000);
    e = (struct engine){.loop = &loop, .model = model_new(), .setup.log_dir = dir};
    model_set_nick(e.model, bytes_str("alice"));
    c = talk_new(1, CONVO_ROOM, bytes_str("ops"));
}

static void teardown(void)
{
    talk_free(c);
    model_free(e.model);
    loop_fini(&loop);
    support_rmtree(top);
}

TestSuite(chatlog, .init = setup, .fini = teardown);

static bool said(const char *words)
{
    const struct events *all = &e.model->home->events;

    for (size_t i = 0; i < all->count; i++) {
        struct bytes t = events_at(all, i)->text;
        if (memmem(t.p, t.n, words, strlen(words)) != NULL)
            return true;
    }
    return false;
}

/* How many files there are; each must be a plain one, for us alone, with a tame name. The last
 * one's path is kept. */
static char last[PATH * 2];

static size_t files(const char *where)
{
    DIR *d = opendir(where);
    const struct dirent *at;
    size_t n = 0;

    while (d != NULL && (at = readdir(d)) != NULL) {
        struct stat st;
        if (at->d_name[0] == '.')
            continue;
        cr_assert_eq(strspn(at->d_name, "abcdefghijklmnopqrstuvwxyz0123456789-."),
            strlen(at->d_name), "%s", at->d_name);
        (void)snprintf(last, sizeof last, "%s/%s", where, at->d_name);
        cr_assert_eq(lstat(last, &st), 0);
        cr_assert(S_ISREG(st.st_mode), "%s", last);
        cr_assert_eq(st.st_mode & 07777, 0600, "%s", last);
        n++;
    }
    if (d != NULL)
        (void)closedir(d);
    return n;
}

/* The text of the only file. */
static const char *text(void)
{
    static char out[65536];

    cr_assert_eq(files(dir), 1);
    FILE *f = fopen(last, "re");
    cr_assert_not_null(f);
    out[fread(out, 1, sizeof out - 1, f)] = '\0';
    (void)fclose(f);
    return out;
}

Test(chatlog, set__makes_one_private_file_and_says_where)
{
    struct stat st;

    chatlog_set(&e, c, true);
    cr_assert(c->logged);
    cr_assert_eq(files(dir), 1);
    cr_assert_eq(lstat(dir, &st), 0);
    cr_assert_eq(st.st_mode & 07777, 0700);
    cr_assert(said(last));
    cr_assert(said("readable for whoever has the file"));
    chatlog_set(&e, c, false);
    cr_assert_not(c->logged);
    cr_assert_eq(c->log_fd, -1);
    cr_assert(said("No text log is written here any more"));
    cr_assert_eq(files(dir), 1, "what was written stays");
}

Test(chatlog, line__is_time_name_and_text)
{
    chatlog_line(&e, c, 1700000000000, "bob", bytes_str("before"));
    chatlog_set(&e, c, true);
    chatlog_line(&e, c, 1700000000000, "bob", bytes_str("tea at five"));
    chatlog_line(&e, c, 1700000060000, "alice", bytes_str("good"));
    cr_assert_str_eq(text(), "2023-11-14T22:13:20Z bob: tea at five\n"
                             "2023-11-14T22:14:20Z alice: good\n");
    chatlog_set(&e, c, false);
    chatlog_line(&e, c, 1700000000000, "bob", bytes_str("after"));
    cr_assert_null(strstr(text(), "after"));
}

Test(chatlog, line__cannot_be_written_by_what_is_said)
{
    static const char HOSTILE[] =
        "x\n2023-11-14T22:13:20Z alice: I owe bob\n\n\x1b[2J\r\t\0\x7f"
        "\xff\xc2\x85\xe2\x80\xae!";
    const char *at;

    chatlog_set(&e, c, true);
    chatlog_line(&e, c, 1700000000000, "b\no\x1b]0;b", bytes_of(HOSTILE, sizeof HOSTILE - 1));
    at = text();
    for (; *at != '\0'; at++) {
        cr_assert((uint8_t)*at >= 0x20 || *at == '\n', "byte 0x%02x", (uint8_t)*at);
        cr_assert(*at != '\n' || at[1] == '\0' || at[1] == ' ', "a line at the margin");
    }
    cr_assert_eq(at[-1], '\n');
    cr_assert_null(strstr(text(), "\xe2\x80\xae"), "no text runs backwards");
}

Test(chatlog, again__begins_a_new_file_and_keeps_the_old)
{
    chatlog_again(&e, c);
    cr_assert_eq(files(dir), 0, "nobody asked for one");
    chatlog_set(&e, c, true);
    loop.wall_ms += 1000;
    chatlog_again(&e, c);
    cr_assert_eq(files(dir), 2);
    chatlog_set(&e, c, false);
    loop.wall_ms += 1000;
    chatlog_again(&e, c);
    cr_assert_eq(files(dir), 2);
}

static void only_folder_in_top(void)
{
    DIR *d = opendir(top);
    const struct dirent *at;

    cr_assert_not_null(d);
    while ((at = readdir(d)) != NULL)
        cr_assert(
            at->d_name[0] == '.' || strcmp(at->d_name, "chat_logs") == 0, "%s", at->d_name);
    (void)closedir(d);
}

Test(chatlog, names__never_leave_the_folder)
{
    static const char *const NAMES[] = {"..", ".", "../../etc/passwd", "/etc/passwd", "a/b",
        "-rf", "", "a\nb", "\x1b[2J", "caf\xc3\xa9", "\xff\xfe", "%s%n", "con", "~root",
        "$HOME", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"};

    for (size_t i = 0; i < MEM_COUNT(NAMES); i++) {
        struct talk *t = talk_new(2, CONVO_ROOM, bytes_str(NAMES[i]));
        model_set_nick(e.model, bytes_str(i % 2 == 0 ? "../../x" : "alice"));
        chatlog_set(&e, t, true);
        cr_assert(t->logged, "%s", NAMES[i]);
        talk_free(t);
    }
    cr_assert_eq(files(dir), MEM_COUNT(NAMES), "each has its own");
    only_folder_in_top();
}

Test(chatlog, link__that_somebody_laid_is_not_followed)
{
    char victim[PATH * 2];
    struct stat st;

    chatlog_set(&e, c, true);
    chatlog_set(&e, c, false);
    cr_assert_eq(files(dir), 1);
    (void)snprintf(victim, sizeof victim, "%s/.victim", top);
    cr_assert_eq(rename(last, victim), 0);
    cr_assert_eq(symlink(victim, last), 0);
    chatlog_set(&e, c, true);
    cr_assert_not(c->logged);
    cr_assert(said("No text log can be written in"));
    chatlog_line(&e, c, 0, "bob", bytes_str("into the trap"));
    cr_assert_eq(stat(victim, &st), 0);
    cr_assert_eq(st.st_size, 0);
}

Test(chatlog, folder__that_cannot_be_is_told)
{
    FILE *f = fopen(dir, "we"); /* a file in its place */

    cr_assert_not_null(f);
    (void)fclose(f);
    chatlog_set(&e, c, true);
    cr_assert_not(c->logged);
    cr_assert_eq(c->log_fd, -1);
    cr_assert(said("No text log can be written in"));
    cr_assert(said(dir));
    e.setup.log_dir = NULL;
    chatlog_set(&e, c, true);
    cr_assert_not(c->logged);
    chatlog_line(&e, c, 0, "bob", bytes_str("nowhere"));
    only_folder_in_top();
}

Test(chatlog, disk__that_is_full_ends_it_in_words)
{
    chatlog_set(&e, c, true);
    (void)close(c->log_fd);
    c->log_fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
    cr_assert_geq(c->log_fd, 0);
    chatlog_line(&e, c, 0, "bob", bytes_str("lost"));
    cr_assert(said("could not be written; it ends here"));
    cr_assert_not(c->logged);
    cr_assert_eq(c->log_fd, -1);
}

Test(chatlog, session__writes_what_one_says_oneself)
{
    struct fake f;

    fake_init(&f);
    f.setup.log_dir = dir;
    fake_ready(&f);
    fake_room(&f, "ops");
    fake_type(&f, "/log");
    cr_assert(fake_said(&f, "ops", "not written here"));
    fake_type(&f, "/log on");
    fake_type(&f, "tea at five");
    cr_assert_not_null(strstr(text(), " rand0: tea at five\n"));
    fake_type(&f, "/log off");
    fake_type(&f, "and cake");
    cr_assert_null(strstr(text(), "cake"));
    fake_fini(&f);
}
