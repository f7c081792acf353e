/* SPDX-License-Identifier: ISC */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/part.h"
#include "support/support.h"

static char dir[64];

static void make_home(void)
{
    support_tmpdir(dir, sizeof dir);
    cr_assert_eq(setenv("HOME", dir, 1), 0);
    cr_assert_eq(unsetenv("XDG_CONFIG_HOME"), 0);
    cr_assert_eq(unsetenv("XDG_DOWNLOAD_DIR"), 0);
}

static void remove_home(void)
{
    support_rmtree(dir);
}

TestSuite(part_folder, .init = make_home, .fini = remove_home);

static const char *in_dir(const char *name)
{
    static char paths[4][512];
    static unsigned turn;
    char *path = paths[turn++ % 4];

    (void)snprintf(path, sizeof paths[0], "%s/%s", dir, name);
    return path;
}

static void put(const char *name, struct bytes text)
{
    cr_assert_eq(file_write_atomic(in_dir(name), text, 0644), ERR_OK, "%s", name);
}

static mode_t mode_of(const char *path)
{
    struct stat st;

    cr_assert_eq(stat(path, &st), 0, "%s", path);
    return st.st_mode;
}

Test(part_folder, folder__is_made_with_its_parents_and_private)
{
    int at;

    (void)umask(0);
    cr_assert_eq(part_folder(in_dir("a/b//c/"), &at), ERR_OK);
    cr_expect_eq(mode_of(in_dir("a")), S_IFDIR | 0700);
    cr_expect_eq(mode_of(in_dir("a/b/c")), S_IFDIR | 0700);
    cr_expect_eq(fcntl(at, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
    (void)close(at);
}

Test(part_folder, folder__one_that_is_there_is_taken_as_it_is_links_too)
{
    int at;

    cr_assert_eq(mkdir(in_dir("real"), 0755), 0);
    cr_assert_eq(chmod(in_dir("real"), 0775), 0);
    cr_assert_eq(symlink("real", in_dir("link")), 0);
    cr_assert_eq(part_folder(in_dir("link"), &at), ERR_OK);
    cr_expect_eq(mode_of(in_dir("real")), S_IFDIR | 0775);
    (void)close(at);
    cr_assert_eq(part_folder(in_dir("link/below"), &at), ERR_OK);
    cr_expect_eq(mode_of(in_dir("real/below")), S_IFDIR | 0700);
    (void)close(at);
}

Test(part_folder, folder__something_else_of_that_name_is_refused)
{
    char longer[5000];
    int at = 7;

    put("file", bytes_str("mine"));
    cr_assert_eq(symlink("nothing", in_dir("dangling")), 0);
    cr_expect_eq(part_folder(in_dir("file"), &at), ERR_REFUSED);
    cr_expect_eq(at, -1);
    cr_expect_eq(part_folder(in_dir("file/below"), &at), ERR_NOT_FOUND);
    cr_expect_eq(part_folder(in_dir("dangling"), &at), ERR_NOT_FOUND);
    cr_expect_not(file_exists(in_dir("nothing")));
    cr_expect_eq(part_folder("", &at), ERR_NOT_FOUND);
    memset(longer, 'a', sizeof longer);
    longer[sizeof longer - 1] = '\0';
    cr_expect_eq(part_folder(longer, &at), ERR_TOO_BIG);
}

Test(part_folder, room__is_what_the_file_system_says_or_unknown)
{
    struct statvfs st;
    int at = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    cr_assert_eq(fstatvfs(at, &st), 0);
    uint64_t room = part_room(at);
    cr_expect_gt(room, 0);
    cr_expect_leq(room, (uint64_t)st.f_blocks * st.f_frsize);
    (void)close(at);
    cr_expect_eq(part_room(-1), UINT64_MAX);
    int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    cr_expect_eq(part_room(proc), UINT64_MAX);
    (void)close(proc);
}

/* Where downloads go now; "~" stands for the home. */
static void expect_custom(const char *want)
{
    char full[512];
    struct buf out;

    buf_init(&out, 4096);
    cr_assert_eq(part_folder_by_custom(&out), ERR_OK);
    (void)snprintf(
        full, sizeof full, "%s%s", want[0] == '~' ? dir : "", want[0] == '~' ? want + 1 : want);
    cr_expect_str_eq(buf_cstr(&out), full);
    buf_free(&out);
}

Test(part_folder, custom__the_environment_then_the_home)
{
    struct buf out;

    expect_custom("~/Downloads");
    cr_assert_eq(setenv("XDG_DOWNLOAD_DIR", "relative/path", 1), 0);
    expect_custom("~/Downloads");
    cr_assert_eq(setenv("XDG_DOWNLOAD_DIR", dir, 1), 0);
    expect_custom("~/Downloads");
    cr_assert_eq(setenv("XDG_DOWNLOAD_DIR", "/somewhere/else", 1), 0);
    expect_custom("/somewhere/else");
    cr_assert_eq(unsetenv("HOME"), 0);
    expect_custom("/somewhere/else");
    cr_assert_eq(unsetenv("XDG_DOWNLOAD_DIR"), 0);
    buf_init(&out, 4096);
    cr_expect_eq(part_folder_by_custom(&out), ERR_NOT_FOUND);
    cr_assert_eq(setenv("HOME", "not/absolute", 1), 0);
    cr_expect_eq(part_folder_by_custom(&out), ERR_NOT_FOUND);
    buf_free(&out);
}

Test(part_folder, custom__lines_of_user_dirs)
{
    static const struct {
        const char *text, *want;
    } CASES[] = {
        {"XDG_DOWNLOAD_DIR=\"$HOME/Got\"\n", "~/Got"},
        {"XDG_DOWNLOAD_DIR=\"$HOME/Got\"", "~/Got"},
        {"# XDG_DOWNLOAD_DIR=\"$HOME/no\"\n\n  XDG_DOWNLOAD_DIR = \"/mnt/got\" # x\n",
            "/mnt/got"},
        {"XDG_DESKTOP_DIR=\"$HOME/D\"\nXDG_DOWNLOAD_DIR=\"$HOME/A\"\n", "~/A"},
        {"XDG_DOWNLOAD_DIR=\"$HOME/A\"\nXDG_DOWNLOAD_DIR=\"$HOME/B\"\n", "~/B"},
        {"XDG_DOWNLOAD_DIR=\"$HOME/A\"\nXDG_DOWNLOAD_DIR=\"B\"\n", "~/A"},
        {"XDG_DOWNLOAD_DIR=\"$HOME/My \\\"own\\\" \\$x\\\\\"\n", "~/My \"own\" $x\\"},
        {"XDG_DOWNLOAD_DIR=\"$HOME/T\xc3\xa9l\xc3\xa9"
         "chargements\"\n",
            "~/T\xc3\xa9l\xc3\xa9"
            "chargements"},
        {"XDG_DOWNLOAD_DIR=\"$HOME\"\n", "~/Downloads"},
        {"XDG_DOWNLOAD_DIR=\"$HOME/\"\n", "~/Downloads"},
        {"XDG_DOWNLOAD_DIR=\"$HOME//\"\n", "~/Downloads"},
        {"XDG_DOWNLOAD_DIR=\"$HOMER/x\"\n", "~/Downloads"},
        {"XDG_DOWNLOAD_DIR=\"$(echo /x)\"\n", "~/Downloads"},
        {"XDG_DOWNLOAD_DIR=\"relative\"\n", "~/Downloads"},
        {"XDG_DOWNLOAD_DIR=/unquoted\n", "~/Downloads"},
        {"XDG_DOWNLOAD_DIR=\"/no/end\n\"\n", "~/Downloads"},
        {"XDG_DOWNLOAD_DIR=\"/no/end\\\"\n", "~/Downloads"},
        {"XDG_DOWNLOAD_DIR=\"\"\n", "~/Downloads"},
        {"XDG_DOWNLOAD_DIRS=\"/x\"\n", "~/Downloads"},
        {"XDG_DOWNLOAD_DIR", "~/Downloads"},
        {"XDG_DOWNLOAD_DIR=", "~/Downloads"},
        {"", "~/Downloads"},
    };

    cr_assert_eq(mkdir(in_dir(".config"), 0700), 0);
    for (size_t i = 0; i < MEM_COUNT(CASES); i++) {
        put(".config/user-dirs.dirs", bytes_str(CASES[i].text));
        expect_custom(CASES[i].want);
    }
    put(".config/user-dirs.dirs", bytes_of("XDG_DOWNLOAD_DIR=\"/a\0b\"\n", 24));
    expect_custom("~/Downloads");
}

Test(part_folder, custom__the_file_may_lie_elsewhere_be_huge_or_no_file)
{
    static char huge[100000];

    cr_assert_eq(mkdir(in_dir("conf"), 0700), 0);
    cr_assert_eq(setenv("XDG_CONFIG_HOME", in_dir("conf"), 1), 0);
    put("conf/user-dirs.dirs", bytes_str("XDG_DOWNLOAD_DIR=\"/from/conf\"\n"));
    expect_custom("/from/conf");
    memset(huge, '#', sizeof huge);
    put("conf/user-dirs.dirs", bytes_of(huge, sizeof huge));
    expect_custom("~/Downloads");
    cr_assert_eq(unlink(in_dir("conf/user-dirs.dirs")), 0);
    cr_assert_eq(mkfifo(in_dir("conf/user-dirs.dirs"), 0600), 0);
    expect_custom("~/Downloads");
}
