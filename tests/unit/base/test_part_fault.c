/* SPDX-License-Identifier: ISC */
/*
 * What goes wrong below a part: a disk that is full, a limit on the size of files, a file
 * system that cannot rename without replacing, and a process that is killed between any two
 * system calls. Each in a process of its own, whose end says whether all went as it must: 0, or
 * the line that did not hold.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/part.h"
#include "support/support.h"

#define PIECE   4096
#define PIECES  4
#define BYTES   (PIECE * PIECES)
#define NAME    "a.0a0b0c0d.part"
#define NOT_NOW 99 /* this machine does not let us */

/* In a child: what must hold, or its line is the answer. */
#define MUST(x)                                                                                \
    do {                                                                                       \
        if (!(x))                                                                              \
            tell(__LINE__);                                                                    \
    } while (0)

static char dir[64];
static int at;
static int told[2];
static bool old_kernel; /* that knows of renaming by a link alone */

static const uint8_t TAG[PART_TAG] = {9, 8, 7};
static const uint8_t NONE[PART_TAG];
static uint8_t piece[PIECE];

static void make_dir(void)
{
    support_tmpdir(dir, sizeof dir);
    memset(piece, 0x5a, sizeof piece);
    cr_assert_eq(part_folder(dir, &at), ERR_OK);
    cr_assert_eq(pipe2(told, O_CLOEXEC), 0);
}

static void remove_dir(void)
{
    (void)close(told[0]);
    (void)close(told[1]);
    (void)close(at);
    support_rmtree(dir);
}

TestSuite(part_fault, .init = make_dir, .fini = remove_dir);

static _Noreturn void tell(int line)
{
    (void)!write(told[1], &line, sizeof line);
    _exit(line != 0);
}

/* Runs it in a child; 0, or the line where it went wrong. */
static int in_child(void (*body)(void))
{
    int line = -1, status;
    pid_t child = fork();

    cr_assert_geq(child, 0);
    if (child == 0) {
        body();
        tell(0);
    }
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    cr_assert(WIFEXITED(status), "%d", status);
    cr_assert_eq(read(told[0], &line, sizeof line), sizeof line);
    return line;
}

static enum err write_piece(struct part *p, uint32_t i)
{
    return part_write(p, i, bytes_of(piece, PIECE), TAG);
}

static bool has_piece(const struct part *p, uint32_t i, const uint8_t want[PART_TAG])
{
    uint8_t data[PIECE], tag[PART_TAG];

    return part_read(p, i, data, tag) == ERR_OK && memcmp(tag, want, PART_TAG) == 0 &&
           (want == NONE || memcmp(data, piece, PIECE) == 0);
}

static void limit_size(rlim_t n)
{
    const struct rlimit limit = {n, RLIM_INFINITY};

    MUST(setrlimit(RLIMIT_FSIZE, &limit) == 0);
}

static void under_a_limit(void)
{
    struct part p;

    (void)signal(SIGXFSZ, SIG_IGN);
    limit_size(BYTES);
    MUST(part_make(&p, at, NAME, BYTES, PIECE) == ERR_FULL);
    MUST(p.fd == -1 && faccessat(at, NAME, F_OK, 0) != 0);
    limit_size(RLIM_INFINITY);
    MUST(part_make(&p, at, NAME, BYTES, PIECE) == ERR_OK);
    MUST(write_piece(&p, 0) == ERR_OK && write_piece(&p, 2) == ERR_OK);
    limit_size(2 * PIECE + 100);
    /* A piece that does not fit at all, one that was there, and one of which a part fits. */
    MUST(write_piece(&p, 3) == ERR_FULL);
    MUST(write_piece(&p, 2) == ERR_FULL);
    limit_size(RLIM_INFINITY);
    MUST(has_piece(&p, 0, TAG) && has_piece(&p, 3, NONE));
    MUST(write_piece(&p, 1) == ERR_OK && write_piece(&p, 2) == ERR_OK);
    MUST(write_piece(&p, 3) == ERR_OK && has_piece(&p, 3, TAG));
    MUST(part_place(&p, "a") == ERR_OK);
}

Test(part_fault, full__a_limit_on_sizes_and_on_with_it_when_that_is_gone)
{
    cr_expect_eq(in_child(under_a_limit), 0);
    struct stat st;
    cr_assert_eq(fstatat(at, "a", &st, 0), 0);
    cr_expect_eq(st.st_size, BYTES);
}

/* A little disk of our own, where this machine lets us have one. */
static void have_small_disk(void)
{
    if (unshare(CLONE_NEWNS) != 0 && unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0)
        tell(NOT_NOW);
    if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount("none", dir, "tmpfs", MS_NOSUID | MS_NODEV, "size=65536,mode=0700") != 0)
        tell(NOT_NOW);
}

static void on_a_full_disk(void)
{
    struct part p;
    uint32_t fitted = 0;
    int disk, fd;

    have_small_disk();
    MUST(part_folder(dir, &disk) == ERR_OK);
    MUST(part_room(disk) <= 65536 && part_room(disk) > 0);
    MUST(part_make(&p, disk, NAME, 8 * PIECE, PIECE) == ERR_OK);
    fd = openat(disk, "filler", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    for (int i = 0; i < 11; i++)
        MUST(write(fd, piece, PIECE) == PIECE);
    while (fitted < 8 && write_piece(&p, fitted) == ERR_OK)
        fitted++;
    MUST(fitted > 0 && fitted < 8);
    MUST(write_piece(&p, fitted) == ERR_FULL);
    MUST(part_room(disk) == 0);
    for (uint32_t i = 0; i < fitted; i++)
        MUST(has_piece(&p, i, TAG));
    MUST(has_piece(&p, fitted, NONE));
    MUST(ftruncate(fd, 0) == 0);
    for (uint32_t i = fitted; i < 8; i++)
        MUST(write_piece(&p, i) == ERR_OK);
    /* Full again: cutting gives room back, so that placing needs none. */
    MUST(lseek(fd, 0, SEEK_SET) == 0);
    while (write(fd, piece, PIECE) > 0) {
    }
    MUST(part_place(&p, "a") == ERR_OK);
    struct stat st;
    MUST(fstatat(disk, "a", &st, 0) == 0 && st.st_size == 8 * PIECE);
}

Test(part_fault, full__a_disk_and_on_with_it_when_there_is_room)
{
    int line = in_child(on_a_full_disk);

    if (line == NOT_NOW)
        cr_skip_test("this machine lets us mount nothing");
    cr_expect_eq(line, 0);
}

/* A kernel or a file system that has not heard of renaming without replacing. */
static void forbid_rename(void)
{
    scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ALLOW);

    MUST(ctx != NULL);
    MUST(seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EINVAL), SCMP_SYS(renameat2), 0) == 0);
    MUST(seccomp_load(ctx) == 0);
    seccomp_release(ctx);
}

static void by_link(void)
{
    char got[PART_NAME];
    struct part p;

    forbid_rename();
    MUST(part_make(&p, at, NAME, PIECE, PIECE) == ERR_OK && write_piece(&p, 0) == ERR_OK);
    MUST(symlinkat("nothing", at, "a.b") == 0 && mkdirat(at, "a (2).b", 0700) == 0);
    MUST(part_place(&p, "a.b") == ERR_EXISTS && part_place(&p, "a (2).b") == ERR_EXISTS);
    MUST(has_piece(&p, 0, TAG));
    MUST(part_free_name(&p, "a.b", got) == ERR_OK && strcmp(got, "a (3).b") == 0);
    MUST(part_place(&p, got) == ERR_OK);
    MUST(faccessat(at, NAME, F_OK, 0) != 0 && faccessat(at, "nothing", F_OK, 0) != 0);
    struct stat st;
    MUST(fstatat(at, got, &st, 0) == 0 && st.st_nlink == 1 && st.st_size == PIECE);
}

Test(part_fault, place__by_link_where_renaming_would_replace)
{
    cr_expect_eq(in_child(by_link), 0);
}

/* No name can be given, whatever is tried: not by renaming, nor by a link. */
static void nowhere(void)
{
    struct part p;
    scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ALLOW);

    MUST(part_make(&p, at, NAME, BYTES, PIECE) == ERR_OK);
    for (uint32_t i = 0; i < PIECES; i++)
        MUST(write_piece(&p, i) == ERR_OK);
    MUST(seccomp_rule_add(ctx, SCMP_ACT_ERRNO(ENOSPC), SCMP_SYS(renameat2), 0) == 0);
    MUST(seccomp_load(ctx) == 0);
    seccomp_release(ctx);
    MUST(part_place(&p, "a") == ERR_FULL);
    for (uint32_t i = 0; i < PIECES; i++)
        MUST(has_piece(&p, i, TAG));
    part_close(&p);
    MUST(part_open(&p, at, NAME, BYTES, PIECE) == ERR_OK && has_piece(&p, 3, TAG));
}

Test(part_fault, place__that_fails_leaves_the_part_with_its_tags)
{
    cr_expect_eq(in_child(nowhere), 0);
}

/* A whole life: made, written, closed, opened, placed. */
static void live(void)
{
    char got[PART_NAME];
    struct part p;

    if (old_kernel)
        forbid_rename();
    MUST(part_make(&p, at, NAME, BYTES, PIECE) == ERR_OK);
    MUST(write_piece(&p, 1) == ERR_OK && write_piece(&p, 0) == ERR_OK);
    part_close(&p);
    MUST(part_open(&p, at, NAME, BYTES, PIECE) == ERR_OK);
    MUST(write_piece(&p, 3) == ERR_OK && write_piece(&p, 2) == ERR_OK);
    MUST(part_free_name(&p, "a", got) == ERR_OK && strcmp(got, "a") == 0);
    MUST(part_place(&p, got) == ERR_OK);
}

/* The same, killed when it has come to its n-th stop at a system call; false: it came to its
 * end before. */
static bool live_until(unsigned n)
{
    int status;
    pid_t child = fork();

    cr_assert_geq(child, 0);
    if (child == 0) {
        if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
            tell(NOT_NOW);
        (void)raise(SIGSTOP);
        live();
        _exit(0);
    }
    for (unsigned i = 0;; i++) {
        while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
        }
        if (!WIFSTOPPED(status))
            break;
        (void)(i == n ? kill(child, SIGKILL) : ptrace(PTRACE_SYSCALL, child, NULL, NULL));
    }
    cr_assert(WIFSIGNALED(status) || WEXITSTATUS(status) != 1);
    return WIFSIGNALED(status);
}

/* It has its name and is whole. */
static bool is_placed(void)
{
    struct stat st;
    struct part p;
    uint8_t data[PIECE];
    bool twice = fstatat(at, "a", &st, AT_SYMLINK_NOFOLLOW) == 0 && st.st_nlink == 2;

    cr_assert(!twice || old_kernel);
    if (part_open_placed(&p, at, NAME, "a", BYTES, PIECE) != ERR_OK)
        return false;
    for (uint32_t i = 0; i < PIECES; i++) {
        cr_assert_eq(part_read_piece(&p, i, data), ERR_OK);
        cr_assert_arr_eq(data, piece, PIECE);
    }
    cr_assert_eq(fstat(p.fd, &st), 0);
    cr_assert(st.st_mode == (S_IFREG | 0600) && st.st_nlink == 1);
    part_close(&p);
    cr_assert_neq(faccessat(at, NAME, F_OK, AT_SYMLINK_NOFOLLOW), 0);
    return true;
}

/* Whole under its name, or a part that can be gone on with, or nothing: what state it is in. */
static char state(void)
{
    struct part p;
    struct stat st;

    if (is_placed())
        return 'w';
    cr_assert_neq(faccessat(at, "a", F_OK, AT_SYMLINK_NOFOLLOW), 0);
    if (fstatat(at, NAME, &st, AT_SYMLINK_NOFOLLOW) != 0)
        return '-';
    cr_assert_eq(part_open(&p, at, NAME, BYTES, PIECE), ERR_OK);
    char n = '0';
    for (uint32_t i = 0; i < PIECES; i++) {
        bool none = has_piece(&p, i, NONE);
        cr_assert(none || has_piece(&p, i, TAG), "%u", i);
        n = (char)(n + !none);
    }
    part_close(&p);
    return st.st_size == 0 ? 'e' : st.st_size == BYTES ? 'c' : n;
}

/* Nothing, without its size, with so many pieces, cut and not yet placed, whole: each is seen,
 * in this order. */
static void killed_everywhere(void)
{
    char seen[16] = "";
    unsigned n = 1;

    for (bool killed = true; killed; n++) {
        killed = live_until(n);
        char now = state();
        if (strchr(seen, now) == NULL)
            seen[strlen(seen)] = now;
        cr_assert_lt(strlen(seen) + 1, sizeof seen);
        (void)unlinkat(at, NAME, 0);
        (void)unlinkat(at, "a", 0);
    }
    cr_expect_str_eq(seen, "-e01234cw", "%s after %u", seen, n);
}

Test(part_fault, kill__between_any_two_system_calls)
{
    killed_everywhere();
}

Test(part_fault, kill__where_it_is_placed_by_link)
{
    old_kernel = true;
    killed_everywhere();
}
