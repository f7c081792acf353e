/* SPDX-License-Identifier: ISC */
#include <criterion/criterion.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "support/support.h"

static char dir[64];

static void make_dir(void)
{
    support_tmpdir(dir, sizeof dir);
}

static void remove_dir(void)
{
    support_rmtree(dir);
}

TestSuite(file, .init = make_dir, .fini = remove_dir);

/* A path in the test's folder; four at once. */
static const char *at(const char *name)
{
    static char rooms[4][512];
    static unsigned turn;
    char *room = rooms[turn++ % 4];

    (void)snprintf(room, sizeof rooms[0], "%s/%s", dir, name);
    return room;
}

static void put(const char *path, const char *text, mode_t mode)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    cr_assert_geq(fd, 0);
    cr_assert_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    cr_assert_eq(fchmod(fd, mode), 0);
    (void)close(fd);
}

static void expect_content(const char *path, const char *want)
{
    struct buf b;

    buf_init(&b, 1 << 20);
    cr_assert_eq(file_read(path, &b), ERR_OK, "%s", path);
    cr_expect_str_eq(buf_cstr(&b), want);
    buf_free(&b);
}

static mode_t mode_of(const char *path)
{
    struct stat st;

    cr_assert_eq(lstat(path, &st), 0, "%s", path);
    return st.st_mode & 07777;
}

static size_t entries(void)
{
    size_t n = 0;
    DIR *d = opendir(dir);

    while (readdir(d) != NULL)
        n++;
    (void)closedir(d);
    return n - 2;
}

Test(file, make_private_dir__with_parents_all_private)
{
    umask(0);
    cr_assert_eq(file_make_private_dir(at("a/b//c/")), ERR_OK);
    cr_expect_eq(mode_of(at("a")), 0700);
    cr_expect_eq(mode_of(at("a/b/c")), 0700);
    cr_expect_eq(file_make_private_dir(at("a/b/c")), ERR_OK);
}

Test(file, make_private_dir__refuses_what_others_may_enter)
{
    static const mode_t BAD[] = {0701, 0710, 0770, 0777, 0740};

    for (size_t i = 0; i < MEM_COUNT(BAD); i++) {
        cr_assert_eq(file_make_private_dir(at("d")), ERR_OK);
        cr_assert_eq(chmod(at("d"), BAD[i]), 0);
        cr_expect_eq(file_make_private_dir(at("d")), ERR_PERM, "%o", BAD[i]);
        cr_assert_eq(rmdir(at("d")), 0);
    }
}

Test(file, make_private_dir__refuses_a_link_a_file_and_nothing)
{
    static char longer[5000];

    cr_assert_eq(mkdir(at("real"), 0700), 0);
    cr_assert_eq(symlink("real", at("link")), 0);
    cr_expect_eq(file_make_private_dir(at("link")), ERR_PERM);
    put(at("file"), "x", 0600);
    cr_expect_neq(file_make_private_dir(at("file")), ERR_OK);
    cr_expect_neq(file_make_private_dir(at("file/below")), ERR_OK);
    cr_expect_eq(file_make_private_dir(""), ERR_NOT_FOUND);
    memset(longer, 'a', sizeof longer - 1);
    cr_expect_eq(file_make_private_dir(longer), ERR_TOO_BIG);
    expect_content(at("file"), "x");
}

Test(file, check_private__only_our_own_regular_file_with_one_name)
{
    cr_expect_eq(file_check_private(at("none")), ERR_NOT_FOUND);
    put(at("f"), "x", 0600);
    cr_expect_eq(file_check_private(at("f")), ERR_OK);
    for (mode_t bit = 1; bit <= 040; bit <<= 1) {
        cr_assert_eq(chmod(at("f"), 0600 | bit), 0);
        cr_expect_eq(file_check_private(at("f")), ERR_PERM, "%o", bit);
    }
    cr_assert_eq(chmod(at("f"), 0600), 0);
    cr_assert_eq(symlink("f", at("link")), 0);
    cr_expect_eq(file_check_private(at("link")), ERR_PERM);
    cr_assert_eq(link(at("f"), at("twin")), 0);
    cr_expect_eq(file_check_private(at("f")), ERR_PERM);
    cr_expect_eq(file_check_private(dir), ERR_REFUSED);
    cr_assert_eq(mkfifo(at("fifo"), 0600), 0);
    cr_expect_eq(file_check_private(at("fifo")), ERR_REFUSED);
}

Test(file, check_private__somebody_elses_is_refused)
{
    put(at("f"), "x", 0600);
    if (geteuid() != 0)
        cr_skip_test("only root may give a file away");
    cr_assert_eq(chown(at("f"), 12345, 12345), 0);
    cr_expect_eq(file_check_private(at("f")), ERR_PERM);
    struct buf b;
    buf_init(&b, 10);
    cr_expect_eq(file_read_private(at("f"), &b), ERR_PERM);
    cr_expect_eq(b.n, 0);
    buf_free(&b);
}

Test(file, read__the_ceiling_is_exact_and_a_failure_leaves_nothing)
{
    struct buf b;

    put(at("f"), "12345", 0600);
    buf_init(&b, 5);
    cr_expect_eq(file_read(at("f"), &b), ERR_OK);
    cr_expect(bytes_eq(buf_view(&b), bytes_str("12345")));
    cr_expect_eq(file_read(at("f"), &b), ERR_OK); /* replaces, does not append */
    cr_expect_eq(b.n, 5);
    buf_free(&b);
    buf_init(&b, 4);
    cr_expect_eq(file_read(at("f"), &b), ERR_TOO_BIG);
    cr_expect_eq(b.n, 0);
    cr_expect_eq(file_read(at("none"), &b), ERR_NOT_FOUND);
    cr_expect_eq(file_read(dir, &b), ERR_REFUSED);
    cr_expect_eq(file_read("/proc/self/maps", &b), ERR_TOO_BIG); /* says it is 0 long */
    cr_expect_eq(b.n, 0);
    cr_assert_eq(mkfifo(at("fifo"), 0600), 0);
    cr_expect_eq(file_read(at("fifo"), &b), ERR_REFUSED); /* and does not wait */
    buf_free(&b);
}

Test(file, read_private__follows_no_link_where_read_does)
{
    struct buf b;

    put(at("f"), "abc", 0600);
    cr_assert_eq(symlink("f", at("link")), 0);
    buf_init(&b, 100);
    cr_expect_eq(file_read(at("link"), &b), ERR_OK);
    cr_expect_eq(file_read_private(at("link"), &b), ERR_PERM);
    cr_expect_eq(file_read_private(at("f"), &b), ERR_OK);
    cr_expect_eq(b.n, 3);
    cr_assert_eq(chmod(at("f"), 0644), 0);
    cr_expect_eq(file_read_private(at("f"), &b), ERR_PERM);
    cr_expect_eq(b.n, 0);
    buf_free(&b);
}

Test(file, write_atomic__replaces_whole_with_the_mode_and_leaves_no_litter)
{
    umask(0);
    put(at("f"), "old and longer", 0666);
    cr_assert_eq(file_write_atomic(at("f"), bytes_str("new"), 0640), ERR_OK);
    expect_content(at("f"), "new");
    cr_expect_eq(mode_of(at("f")), 0640);
    cr_assert_eq(file_write_atomic(at("f"), (struct bytes){0}, 0600), ERR_OK);
    expect_content(at("f"), "");
    cr_expect_eq(mode_of(at("f")), 0600);
    cr_assert_eq(file_write_atomic(at("g"), bytes_str("x"), 04777), ERR_OK);
    cr_expect_eq(mode_of(at("g")), 0777);
    cr_expect_eq(entries(), 2);
}

Test(file, write_atomic__a_link_is_replaced_not_followed)
{
    put(at("target"), "kept", 0600);
    cr_assert_eq(symlink("target", at("link")), 0);
    cr_assert_eq(file_write_atomic(at("link"), bytes_str("new"), 0600), ERR_OK);
    expect_content(at("target"), "kept");
    expect_content(at("link"), "new");
}

Test(file, write_atomic__a_failure_changes_nothing)
{
    cr_assert_eq(mkdir(at("d"), 0700), 0);
    cr_expect_eq(file_write_atomic(at("d"), bytes_str("x"), 0600), ERR_REFUSED);
    cr_expect_eq(file_write_atomic(at("none/f"), bytes_str("x"), 0600), ERR_NOT_FOUND);
    cr_expect_eq(file_write_atomic(at("d/"), bytes_str("x"), 0600), ERR_REFUSED);
    cr_expect_eq(entries(), 1);
}

Test(file, write_atomic__works_beside_the_current_folder)
{
    cr_assert_eq(chdir(dir), 0);
    cr_assert_eq(file_write_atomic("plain", bytes_str("x"), 0600), ERR_OK);
    expect_content(at("plain"), "x");
    cr_expect_eq(file_create_private("plain", bytes_str("y")), ERR_EXISTS);
    cr_assert_eq(chdir("/"), 0);
}

/* A writer that is killed at any instant leaves one of the two contents, never a part. */
Test(file, write_atomic__survives_kill_at_any_instant)
{
    static char a[100001], b[100001];

    memset(a, 'a', sizeof a - 1);
    memset(b, 'b', sizeof b - 1);
    cr_assert_eq(file_write_atomic(at("f"), bytes_str(a), 0600), ERR_OK);
    for (unsigned i = 0; i < 30; i++) {
        pid_t pid = fork();
        cr_assert_geq(pid, 0);
        if (pid == 0) {
            for (;;) {
                if (file_write_atomic(at("f"), bytes_str(b), 0600) != ERR_OK ||
                    file_write_atomic(at("f"), bytes_str(a), 0600) != ERR_OK)
                    _exit(1);
            }
        }
        for (unsigned k = 0; k < 1 + i * 3; k++) {
            struct buf got;
            buf_init(&got, sizeof a);
            cr_assert_eq(file_read(at("f"), &got), ERR_OK);
            cr_assert(bytes_eq(buf_view(&got), bytes_str(got.p[0] == 'a' ? a : b)));
            buf_free(&got);
        }
        (void)kill(pid, SIGKILL);
        cr_assert_eq(waitpid(pid, NULL, 0), pid);
    }
}

Test(file, create_private__never_touches_what_is_there)
{
    umask(0);
    cr_assert_eq(file_create_private(at("f"), bytes_str("one")), ERR_OK);
    cr_expect_eq(mode_of(at("f")), 0600);
    cr_expect_eq(file_create_private(at("f"), bytes_str("two")), ERR_EXISTS);
    expect_content(at("f"), "one");
    cr_assert_eq(symlink("nowhere", at("link")), 0);
    cr_expect_eq(file_create_private(at("link"), bytes_str("two")), ERR_EXISTS);
    cr_expect_not(file_exists(at("nowhere")));
    cr_expect_eq(entries(), 2);
    cr_expect_eq(file_check_private(at("f")), ERR_OK);
}

Test(file, move_new__takes_a_free_name_only)
{
    put(at("from"), "x", 0600);
    put(at("taken"), "y", 0600);
    cr_expect_eq(file_move_new(at("from"), at("taken")), ERR_EXISTS);
    expect_content(at("taken"), "y");
    cr_expect_eq(file_move_new(at("from"), at("to")), ERR_OK);
    expect_content(at("to"), "x");
    cr_expect_not(file_exists(at("from")));
    cr_expect_eq(file_move_new(at("from"), at("to2")), ERR_NOT_FOUND);
}

Test(file, from_root__keeps_the_last_name_and_follows_the_folder)
{
    char real[4096], want[4200];
    struct buf out;

    buf_init(&out, 8192);
    cr_assert_eq(chdir(dir), 0);
    cr_assert_not_null(getcwd(real, sizeof real));
    cr_assert_eq(mkdir("folder", 0700), 0);
    cr_assert_eq(symlink("folder", "way"), 0);
    cr_assert_eq(symlink("/etc/passwd", "folder/link"), 0);
    static const char *const PATHS[][2] = {{"way/link", "/folder/link"}, {"x", "/x"},
        {"./way/../x", "/x"}, {"way/", "/folder"}, {"way/..", ""}, {".", ""}};
    for (size_t i = 0; i < MEM_COUNT(PATHS); i++) {
        (void)snprintf(want, sizeof want, "%s%s", real, PATHS[i][1]);
        cr_expect_eq(file_from_root(&out, PATHS[i][0]), ERR_OK, "%s", PATHS[i][0]);
        cr_expect_str_eq(buf_cstr(&out), want);
    }
    cr_expect_eq(file_from_root(&out, "/x"), ERR_OK);
    cr_expect_str_eq(buf_cstr(&out), "/x");
    cr_expect_eq(file_from_root(&out, "nowhere/x"), ERR_NOT_FOUND);
    buf_free(&out);
    buf_init(&out, 10);
    cr_expect_eq(file_from_root(&out, "way/link"), ERR_TOO_BIG);
    buf_free(&out);
}

Test(file, open_beneath__appends_below_and_makes_it_private)
{
    int root = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    umask(0);
    for (int i = 0; i < 2; i++) {
        int fd = file_open_beneath(root, "log.txt");
        cr_assert_geq(fd, 0);
        cr_assert_eq(write(fd, "line\n", 5), 5);
        cr_expect(fcntl(fd, F_GETFD) & FD_CLOEXEC);
        (void)close(fd);
    }
    expect_content(at("log.txt"), "line\nline\n");
    cr_expect_eq(mode_of(at("log.txt")), 0600);
    (void)close(root);
}

Test(file, open_beneath__no_name_leads_out)
{
    static const char *const BAD[] = {"../out", "/tmp/out", "sub/../../out", "link",
        "linkdir/x", "absolute", "..", ".", "", "fifo", "none/x", "open", "twin"};
    int root;

    cr_assert_eq(mkdir(at("root"), 0700), 0);
    cr_assert_eq(mkdir(at("root/sub"), 0700), 0);
    put(at("out"), "", 0600);
    cr_assert_eq(symlink("../out", at("root/link")), 0);
    cr_assert_eq(symlink("..", at("root/linkdir")), 0);
    cr_assert_eq(symlink("/etc/hostname", at("root/absolute")), 0);
    cr_assert_eq(mkfifo(at("root/fifo"), 0600), 0);
    put(at("root/open"), "", 0666);
    cr_assert_eq(link(at("out"), at("root/twin")), 0);
    root = open(at("root"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    for (size_t i = 0; i < MEM_COUNT(BAD); i++) {
        errno = 0;
        int fd = file_open_beneath(root, BAD[i]);
        cr_expect_eq(fd, -1, "\"%s\" opened", BAD[i]);
        cr_expect_neq(errno, 0);
        if (fd >= 0)
            (void)close(fd);
    }
    int fd = file_open_beneath(root, "sub/x");
    cr_expect_geq(fd, 0);
    (void)close(fd);
    (void)close(root);
    expect_content(at("out"), "");
}

Test(file, slug__only_letters_that_a_path_may_hold)
{
    static const uint8_t D[4] = {0x01, 0xab, 0xcd, 0xef};
    static const char *const CASES[][2] = {
        {"general", "general-01abcdef"},
        {"C++ & Friends", "cfriends-01abcdef"},
        {"../../etc/passwd", "etcpasswd-01abcdef"},
        {"--rf", "rf-01abcdef"},
        {"a-b--", "a-b---01abcdef"},
        {"", "01abcdef"},
        {"\xd0\xb4\xd0\xb0", "01abcdef"},
        {"a\nb\x1b[0m", "ab0m-01abcdef"},
        {"aaaaaaaaaabbbbbbbbbbccccccccccddddddddddEEEE",
            "aaaaaaaaaabbbbbbbbbbccccccccccdddddddddd-01abcdef"},
    };
    char out[FILE_SLUG];

    for (size_t i = 0; i < MEM_COUNT(CASES); i++) {
        file_slug(out, bytes_str(CASES[i][0]), D);
        cr_expect_str_eq(out, CASES[i][1]);
    }
    for (unsigned b = 0; b < 256; b++) {
        char name[2] = {'x', (char)b};
        file_slug(out, bytes_of(name, 2), D);
        cr_expect_eq(strspn(out, "abcdefghijklmnopqrstuvwxyz0123456789-"), strlen(out));
    }
}

static void expect_xdg(const char *kind, enum err want, const char *path)
{
    struct buf b;

    buf_init(&b, 200);
    cr_expect_eq(file_xdg(&b, kind, "app"), want, "%s", kind);
    cr_expect_str_eq(buf_cstr(&b), path);
    buf_free(&b);
}

Test(file, xdg__variable_default_and_nonsense)
{
    setenv("HOME", "/home/x", 1);
    unsetenv("XDG_CONFIG_HOME");
    setenv("XDG_STATE_HOME", "/var/state", 1);
    setenv("XDG_DATA_HOME", "relative", 1);
    unsetenv("XDG_RUNTIME_DIR");
    expect_xdg("config", ERR_OK, "/home/x/.config/app");
    expect_xdg("state", ERR_OK, "/var/state/app");
    expect_xdg("data", ERR_OK, "/home/x/.local/share/app");
    expect_xdg("runtime", ERR_NOT_FOUND, "");
    expect_xdg("cache", ERR_STATE, "");
    setenv("XDG_RUNTIME_DIR", "/run/user/1", 1);
    expect_xdg("runtime", ERR_OK, "/run/user/1/app");
    unsetenv("HOME");
    expect_xdg("config", ERR_NOT_FOUND, "");
    setenv("HOME", "", 1);
    expect_xdg("config", ERR_NOT_FOUND, "");
}

/* ---- locks ---- */

static enum err lock_in_child(const char *path)
{
    int status;
    pid_t pid = fork();

    cr_assert_geq(pid, 0);
    if (pid == 0) {
        int fd;
        _exit((int)file_lock(path, &fd)); /* and ends with it */
    }
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    cr_assert(WIFEXITED(status));
    return (enum err)WEXITSTATUS(status);
}

Test(file, lock__is_one_holders_until_it_is_given_back)
{
    const char *path = at("lock");
    struct stat st;
    int first = -1;
    int second = 7;

    cr_assert_eq(file_lock(path, &first), ERR_OK);
    cr_assert_geq(first, 0);
    cr_assert_eq(stat(path, &st), 0);
    cr_assert_eq(st.st_mode & 0777, 0600);
    cr_assert_eq(file_lock(path, &second), ERR_BUSY);
    cr_assert_eq(second, -1);
    cr_assert_eq(lock_in_child(path), ERR_BUSY);
    file_unlock(first);
    cr_assert_eq(lock_in_child(path), ERR_OK);
    cr_assert_eq(lock_in_child(path), ERR_OK, "a process that ends gives it back");
    cr_assert_eq(file_lock(path, &first), ERR_OK);
    file_unlock(first);
    file_unlock(-1);
    cr_assert(file_exists(path));
}

Test(file, lock__refuses_what_is_not_ours_alone)
{
    int fd = 7;

    cr_assert_eq(file_lock(at("no/lock"), &fd), ERR_NOT_FOUND);
    cr_assert_eq(fd, -1);
    put(at("open"), "", 0644);
    cr_assert_eq(file_lock(at("open"), &fd), ERR_PERM);
    put(at("target"), "", 0600);
    cr_assert_eq(symlink(at("target"), at("link")), 0);
    cr_assert_eq(file_lock(at("link"), &fd), ERR_PERM);
    cr_assert_eq(mkfifo(at("fifo"), 0600), 0);
    cr_assert_eq(file_lock(at("fifo"), &fd), ERR_REFUSED);
    cr_assert_eq(file_lock(dir, &fd), ERR_REFUSED);
    cr_assert_eq(fd, -1);
}
