/* SPDX-License-Identifier: ISC */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "support/support.h"

static char dir[64];
static char path[96];

static void make_dir(void)
{
    support_tmpdir(dir, sizeof dir);
    (void)snprintf(path, sizeof path, "%s/log", dir);
}

static void remove_dir(void)
{
    log_off();
    support_rmtree(dir);
}

TestSuite(log, .init = make_dir, .fini = remove_dir);

static struct buf written(void)
{
    struct buf b;

    buf_init(&b, 1 << 20);
    cr_assert_eq(file_read(path, &b), ERR_OK);
    return b;
}

Test(log, write__a_line_is_time_level_area_message)
{
    unsigned y, mo, d, h, mi, s;
    int at = 0;

    cr_assert_eq(log_to_file(path), ERR_OK);
    LOG_WARN("net", "%d of %s", 3, "them");
    struct buf b = written();
    const char *line = buf_cstr(&b);
    cr_expect_eq(sscanf(line, "%4u-%2u-%2uT%2u:%2u:%2uZ %n", &y, &mo, &d, &h, &mi, &s, &at), 6);
    cr_expect_str_eq(line + at, "warn net 3 of them\n");
    buf_free(&b);
}

Test(log, write__below_the_level_is_silent)
{
    cr_assert_eq(log_to_file(path), ERR_OK);
    log_set_level(LOG_WARN);
    LOG_INFO("a", "no");
    LOG_DEBUG("a", "no");
    LOG_ERROR("a", "yes");
    log_set_level(LOG_DEBUG);
    LOG_DEBUG("a", "yes");
    log_off();
    LOG_ERROR("a", "no");
    struct buf b = written();
    cr_expect_null(strstr(buf_cstr(&b), "no"));
    cr_expect_not_null(strstr(buf_cstr(&b), " error a yes\n"));
    cr_expect_not_null(strstr(buf_cstr(&b), " debug a yes\n"));
    buf_free(&b);
}

Test(log, write__no_message_makes_a_second_line)
{
    cr_assert_eq(log_to_file(path), ERR_OK);
    LOG_ERROR("a", "one\ntwo\r\x1b[31mthree\x7f");
    struct buf b = written();
    cr_expect_not_null(strstr(buf_cstr(&b), "one?two??[31mthree?\n"));
    buf_free(&b);
}

Test(log, write__a_long_line_is_cut_and_says_so)
{
    static char text[5000];

    memset(text, 'x', sizeof text - 1);
    cr_assert_eq(log_to_file(path), ERR_OK);
    for (size_t n = 1900; n < 2100; n++)
        LOG_INFO("a", "%.*s", (int)n, text);
    LOG_INFO("a", "%s", text);
    struct buf b = written();
    const char *end = buf_cstr(&b) + b.n;
    cr_expect_str_eq(end - 7, "xxx...\n");
    for (const char *p = buf_cstr(&b); *p != '\0'; p = strchr(p, '\n') + 1)
        cr_assert_leq(strchr(p, '\n') - p, 2048);
    buf_free(&b);
}

Test(log, write__leaves_errno_alone)
{
    cr_assert_eq(log_to_file(path), ERR_OK);
    int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
    log_to_fd(fd);
    errno = 1234;
    LOG_ERROR("a", "to a full disk");
    cr_expect_eq(errno, 1234);
    (void)close(fd);
}

Test(log, to_file__is_private_appended_and_can_be_moved_away)
{
    struct stat st;
    char old[128];

    (void)snprintf(old, sizeof old, "%s.1", path);
    cr_assert_eq(log_to_file(path), ERR_OK);
    LOG_INFO("a", "first");
    cr_assert_eq(log_to_file(path), ERR_OK);
    LOG_INFO("a", "second");
    cr_assert_eq(rename(path, old), 0);
    cr_assert_eq(log_to_file(path), ERR_OK);
    LOG_INFO("a", "third");
    struct buf b = written();
    cr_expect_null(strstr(buf_cstr(&b), "second"));
    cr_expect_not_null(strstr(buf_cstr(&b), "third"));
    cr_assert_eq(file_read(old, &b), ERR_OK);
    cr_expect_not_null(strstr(buf_cstr(&b), "first"));
    cr_expect_not_null(strstr(buf_cstr(&b), "second"));
    cr_expect_eq(stat(path, &st), 0);
    cr_expect_eq(st.st_mode & 0777, 0600);
    buf_free(&b);
}

Test(log, to_file__what_is_not_ours_is_refused_and_the_old_one_kept)
{
    char other[128];

    cr_assert_eq(log_to_file(path), ERR_OK);
    (void)snprintf(other, sizeof other, "%s/link", dir);
    cr_assert_eq(symlink("/tmp/elsewhere", other), 0);
    cr_expect_eq(log_to_file(other), ERR_PERM);
    (void)snprintf(other, sizeof other, "%s/fifo", dir);
    cr_assert_eq(mkfifo(other, 0600), 0);
    cr_expect_neq(log_to_file(other), ERR_OK);
    cr_expect_neq(log_to_file(dir), ERR_OK);
    cr_expect_eq(log_to_file("/nonexistent/log"), ERR_IO);
    LOG_INFO("a", "still here");
    struct buf b = written();
    cr_expect_not_null(strstr(buf_cstr(&b), "still here"));
    buf_free(&b);
}

Test(log, level_parse__all_and_nothing_else)
{
    enum log_level l;

    for (int i = LOG_ERROR; i <= LOG_DEBUG; i++) {
        cr_expect(log_level_parse(log_level_name((enum log_level)i), &l));
        cr_expect_eq(l, (enum log_level)i);
    }
    cr_expect_not(log_level_parse("", &l));
    cr_expect_not(log_level_parse("WARN", &l));
    cr_expect_not(log_level_parse("warning", &l));
    cr_expect_str_eq(log_level_name((enum log_level)9), "unknown");
}

Test(log, text__escapes_cuts_and_gives_eight_at_once)
{
    static char longer[1000];
    const char *kept[8];

    cr_expect_str_eq(log_text(bytes_str("a\nb\"c\\\xc3\xa9")), "a\\x0ab\\\"c\\\\\\xc3\\xa9");
    memset(longer, 1, sizeof longer);
    cr_expect_leq(strlen(log_text(bytes_of(longer, sizeof longer))), 256);
    for (int i = 0; i < 8; i++) {
        char c = (char)('a' + i);
        kept[i] = log_text(bytes_of(&c, 1));
    }
    for (int i = 0; i < 8; i++)
        cr_expect_eq(kept[i][0], 'a' + i);
}

static void *chatter(void *arg)
{
    const char *who = arg;

    for (int i = 0; i < 500; i++)
        LOG_INFO("t", "%s %s %s", who, log_text(bytes_str(who)), who);
    return NULL;
}

Test(log, write__two_threads_do_not_mix_in_a_line)
{
    static char a[] = "aaaaaaaaaaaaaaaaaaaa";
    static char b[] = "bbbbbbbbbbbbbbbbbbbb";
    pthread_t t;
    size_t lines = 0;

    cr_assert_eq(log_to_file(path), ERR_OK);
    cr_assert_eq(pthread_create(&t, NULL, chatter, a), 0);
    (void)chatter(b);
    cr_assert_eq(pthread_join(t, NULL), 0);
    struct buf all = written();
    for (char *p = strtok((char *)all.p, "\n"); p != NULL; p = strtok(NULL, "\n"), lines++) {
        const char *text = strstr(p, " t ") + 3;
        cr_assert_eq(strlen(text), 62, "%s", p);
        cr_assert_eq(strspn(text, text[0] == 'a' ? "a " : "b "), 62, "%s", p);
    }
    cr_expect_eq(lines, 1000);
    buf_free(&all);
}
