/* SPDX-License-Identifier: ISC */
/* Receivers whose disk is full, whose folder is none, or whose folder somebody has prepared. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/crew_check.h"
#include "support/filecrew.h"
#include "support/support.h"

enum { ALICE, BOB };
#define OPS   "#ops"
#define CHUNK 65536u
#define LONG  300000u

static struct filecrew f;
static const char *folder;

static void setup(void)
{
    filecrew_init(&f, 20279);
    filecrew_room(&f, 2);
    folder = f.in[BOB];
}

static void teardown(void)
{
    filecrew_fini(&f);
}

TestSuite(engine_file_disk, .init = setup, .fini = teardown);

static void is_told(const char *name, const char *why)
{
    filecrew_is(&f, BOB, name, TRANSFER_PAUSED);
    filecrew_why(&f, BOB, name, why);
}

static void goes_on(const char *name)
{
    filecrew_type(&f, BOB, "/resume");
    filecrew_is(&f, BOB, name, TRANSFER_DONE);
    filecrew_same(&f, BOB, name, name);
    filecrew_is(&f, ALICE, name, TRANSFER_DONE);
}

static void limit(rlim_t bytes)
{
    const struct rlimit l = {bytes, RLIM_INFINITY};

    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &l), 0);
}

/* A limit on the size of files stands for a disk that is full. */
Test(engine_file_disk, full__is_told_and_goes_on_when_there_is_room)
{
    (void)signal(SIGXFSZ, SIG_IGN);
    filecrew_send(&f, ALICE, OPS, "a", 100 * CHUNK);
    filecrew_is(&f, BOB, "a", TRANSFER_OFFERED);
    limit(60 * CHUNK);
    filecrew_accept(&f, BOB, "a");
    is_told("a", "the disk is full: make room, then /resume it");
    limit(RLIM_INFINITY);
    goes_on("a");
}

Test(engine_file_disk, full__in_the_middle_keeps_what_is_there)
{
    (void)signal(SIGXFSZ, SIG_IGN);
    filecrew_send(&f, ALICE, OPS, "a", 100 * CHUNK);
    filecrew_accept(&f, BOB, "a");
    filecrew_moves(&f, BOB, "a", 10 * CHUNK);
    limit(50 * CHUNK);
    is_told("a", "the disk is full");
    size_t held = (size_t)(filecrew_find(&f, BOB, "a")->done / CHUNK);
    crew_run(&f.v.crew, LONG); /* longer than anybody waits for somebody who is silent */
    size_t before = filecrew_chunks(&f, BOB, DOWN);
    limit(RLIM_INFINITY);
    goes_on("a");
    cr_assert_leq(filecrew_chunks(&f, BOB, DOWN) - before, 100 - held);
}

Test(engine_file_disk, folder__that_is_a_file)
{
    filecrew_write(folder, 5, 1);
    filecrew_send(&f, ALICE, OPS, "a", 3 * CHUNK);
    filecrew_accept(&f, BOB, "a");
    is_told("a", "look at the folder, then /resume it");
    cr_assert_eq(unlink(folder), 0);
    goes_on("a");
}

Test(engine_file_disk, folder__that_is_a_link_to_nowhere)
{
    cr_assert_eq(symlink("/nowhere/at/all", folder), 0);
    filecrew_send(&f, ALICE, OPS, "a", 3 * CHUNK);
    filecrew_accept(&f, BOB, "a");
    is_told("a", "/resume it");
    cr_assert_eq(unlink(folder), 0);
    goes_on("a");
}

Test(engine_file_disk, folder__that_may_not_be_written_to)
{
    if (geteuid() == 0)
        cr_skip_test("everything may be written to");
    cr_assert_eq(mkdir(folder, 0500), 0);
    filecrew_send(&f, ALICE, OPS, "a", 3 * CHUNK);
    filecrew_accept(&f, BOB, "a");
    is_told("a", "the folder may not be written to: mend its rights, then /resume it");
    cr_assert_eq(chmod(folder, 0700), 0);
    goes_on("a");
}

/* What was opened is written on, wherever it is called now; there is no name to give it. */
Test(engine_file_disk, folder__that_vanishes_in_the_middle)
{
    filecrew_send(&f, ALICE, OPS, "a", 100 * CHUNK);
    filecrew_accept(&f, BOB, "a");
    filecrew_moves(&f, BOB, "a", 10 * CHUNK);
    support_rmtree(folder);
    is_told("a", "/resume it");
    cr_assert_eq(filecrew_entries(folder), 0);
    evil_goes_on(&f.v, ALICE, OPS, BOB, OPS);
}

/* ---- names that are taken ---- */

static const char *aside(void)
{
    return filecrew_path(&f, "victim");
}

Test(engine_file_disk, name__that_is_a_link_is_not_followed)
{
    cr_assert_eq(mkdir(folder, 0700), 0);
    cr_assert_eq(symlink(aside(), filecrew_got(&f, BOB, "a.txt")), 0);
    filecrew_send(&f, ALICE, OPS, "a.txt", 3 * CHUNK);
    filecrew_accept(&f, BOB, "a.txt");
    filecrew_is(&f, BOB, "a.txt", TRANSFER_DONE);
    filecrew_same(&f, BOB, "a (2).txt", "a.txt");
    cr_assert_eq(access(aside(), F_OK), -1, "the link was followed");
}

Test(engine_file_disk, name__that_is_a_folder_a_pipe_or_a_file_stays_so)
{
    struct stat st;

    cr_assert_eq(mkdir(folder, 0700), 0);
    cr_assert_eq(mkdir(filecrew_got(&f, BOB, "d"), 0700), 0);
    cr_assert_eq(mkfifo(filecrew_got(&f, BOB, "p"), 0600), 0);
    filecrew_write(filecrew_got(&f, BOB, "x"), 3, 1);
    filecrew_goes(&f, ALICE, OPS, BOB, "other", 10);
    static const char *const NAMES[] = {"d", "p", "x"};
    for (size_t i = 0; i < 3; i++) {
        char saved[16];
        filecrew_send(&f, ALICE, OPS, NAMES[i], 10);
        filecrew_accept(&f, BOB, NAMES[i]);
        filecrew_is(&f, BOB, NAMES[i], TRANSFER_DONE);
        (void)snprintf(saved, sizeof saved, "%s (2)", NAMES[i]);
        filecrew_same(&f, BOB, saved, NAMES[i]);
    }
    cr_assert(lstat(filecrew_got(&f, BOB, "d"), &st) == 0 && S_ISDIR(st.st_mode));
    cr_assert(lstat(filecrew_got(&f, BOB, "p"), &st) == 0 && S_ISFIFO(st.st_mode));
    cr_assert(lstat(filecrew_got(&f, BOB, "x"), &st) == 0 && st.st_size == 3);
}

static void take_all_names(void)
{
    char n[32];

    cr_assert_eq(mkdir(folder, 0700), 0);
    filecrew_write(filecrew_got(&f, BOB, "a"), 1, 1);
    for (unsigned i = 2; i <= 99; i++) {
        (void)snprintf(n, sizeof n, "a (%u)", i);
        filecrew_write(filecrew_got(&f, BOB, n), 1, 1);
    }
}

Test(engine_file_disk, name__taken_a_hundred_times_goes_under_another)
{
    take_all_names();
    filecrew_send(&f, ALICE, OPS, "a", 3 * CHUNK);
    filecrew_accept(&f, BOB, "a");
    is_told("a", "its name is taken a hundred times: /accept it under another");
    size_t before = filecrew_chunks(&f, BOB, DOWN);
    filecrew_type(&f, BOB, "/accept 1 b");
    filecrew_is(&f, BOB, "a", TRANSFER_DONE);
    filecrew_same(&f, BOB, "b", "a");
    cr_assert_eq(filecrew_chunks(&f, BOB, DOWN), before, "nothing comes again");
    cr_assert_eq(filecrew_entries(folder), 100);
    filecrew_is(&f, ALICE, "a", TRANSFER_DONE);
}

/* What was said no to is forgotten. */
Test(engine_file_disk, name__that_was_refused_is_not_taken_later)
{
    take_all_names();
    filecrew_send(&f, ALICE, OPS, "a", 3 * CHUNK);
    filecrew_accept(&f, BOB, "a");
    is_told("a", "its name is taken a hundred times");
    filecrew_type(&f, BOB, "/accept 1 ../elsewhere");
    crew_told(f.v.m[BOB], OPS, "A file cannot be called that here");
    cr_assert_eq(unlink(filecrew_got(&f, BOB, "a")), 0);
    goes_on("a");
}

/* ---- the part ---- */

/* Its name is known to whoever saw the offer, so it may be there before us. */
static void prepared(void (*make)(const char *path))
{
    char part[FILECREW_PATH];
    const struct transfer *t;
    struct stat was, is;

    cr_assert_eq(mkdir(folder, 0700), 0);
    filecrew_send(&f, ALICE, OPS, "a", 3 * CHUNK);
    filecrew_is(&f, BOB, "a", TRANSFER_OFFERED);
    t = filecrew_find(&f, BOB, "a");
    (void)snprintf(part, sizeof part, "%s/a.%02x%02x%02x%02x.part", folder, t->key[0],
        t->key[1], t->key[2], t->key[3]);
    make(part);
    cr_assert_eq(lstat(part, &was), 0);
    filecrew_accept(&f, BOB, "a");
    is_told("a", "/resume it");
    cr_assert_eq(lstat(part, &is), 0);
    cr_assert(
        is.st_ino == was.st_ino && is.st_size == was.st_size && is.st_mode == was.st_mode);
    cr_assert_eq(access(aside(), F_OK), -1);
    cr_assert_eq(remove(part), 0);
    goes_on("a");
}

static void make_link(const char *path)
{
    cr_assert_eq(symlink(aside(), path), 0);
}

static void make_folder(const char *path)
{
    cr_assert_eq(mkdir(path, 0700), 0);
}

static void make_pipe(const char *path)
{
    cr_assert_eq(mkfifo(path, 0600), 0);
}

static void make_file(const char *path)
{
    filecrew_write(path, 77, 1);
}

Test(engine_file_disk, part__that_is_a_link_is_not_followed)
{
    prepared(make_link);
}

Test(engine_file_disk, part__that_is_a_folder)
{
    prepared(make_folder);
}

Test(engine_file_disk, part__that_is_a_pipe)
{
    prepared(make_pipe);
}

Test(engine_file_disk, part__that_is_another_file)
{
    prepared(make_file);
}
