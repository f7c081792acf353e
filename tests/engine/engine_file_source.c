/* SPDX-License-Identifier: ISC */
/* Files that somebody changes while they are sent, and what is no file at all. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/filecrew.h"

enum { ALICE, BOB };
#define OPS   "#ops"
#define CHUNK 65536u
#define MANY  (100 * CHUNK) /* more than a window and than one slice of reading */
#define SAYS  "somebody changed it"

static struct filecrew f;

static void setup(void)
{
    filecrew_init(&f, 20271);
    filecrew_room(&f, 2);
}

static void teardown(void)
{
    filecrew_sealed_once(&f, ALICE);
    filecrew_fini(&f);
}

TestSuite(engine_file_source, .init = setup, .fini = teardown);

/* ---- ways to change a file ---- */

static void change_first(const char *path)
{
    filecrew_poke(path, 5);
}

static void change_last(const char *path)
{
    filecrew_poke(path, MANY - 1);
}

static void grow(const char *path)
{
    int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);

    cr_assert_geq(fd, 0);
    cr_assert_eq(write(fd, "more", 4), 4);
    (void)close(fd);
}

static void shrink(const char *path)
{
    cr_assert_eq(truncate(path, MANY / 2), 0);
}

static void empty(const char *path)
{
    cr_assert_eq(truncate(path, 0), 0);
}

static void rewrite(const char *path)
{
    filecrew_write(path, MANY, 4711);
}

static void (*const CHANGES[])(const char *path) = {change_last, shrink, empty, rewrite};

/* ---- while it is read ---- */

static void not_now(void *arg)
{
    (void)arg;
}

static void while_it_is_read(void (*change)(const char *path))
{
    struct crew_member *alice = f.v.m[ALICE];
    loop_fn *drain = alice->drain_worker.fn;

    alice->drain_worker.fn = not_now; /* after the first slice */
    filecrew_send(&f, ALICE, OPS, "read", MANY);
    crew_run(&f.v.crew, 100);
    cr_assert_eq(filecrew_find(&f, ALICE, "read")->state, TRANSFER_READING);
    change(filecrew_path(&f, "read"));
    alice->drain_worker.fn = drain;
    loop_later(&f.v.sim.loop, &alice->drain_worker, LOOP_DELIVER);
    filecrew_is(&f, ALICE, "read", TRANSFER_FAILED);
    filecrew_why(&f, ALICE, "read", SAYS);
    cr_assert_eq(meddler_count(&f.v.line[ALICE], UP, OP_FILE_OFFER), 0);
    cr_assert_null(filecrew_find(&f, BOB, "read"));
}

Test(engine_file_source, read__what_changes_behind_the_reader_is_not_offered)
{
    while_it_is_read(change_first);
}

Test(engine_file_source, read__what_changes_before_it_is_not_offered)
{
    while_it_is_read(change_last);
}

Test(engine_file_source, read__what_grows_is_not_offered)
{
    while_it_is_read(grow);
}

Test(engine_file_source, read__what_shrinks_is_not_offered)
{
    while_it_is_read(shrink);
}

/* Its name may go: what was opened is what is sent. */
Test(engine_file_source, read__what_is_renamed_and_replaced_is_sent_as_it_was)
{
    filecrew_send(&f, ALICE, OPS, "was", MANY);
    cr_assert_eq(rename(filecrew_path(&f, "was"), filecrew_path(&f, "aside")), 0);
    filecrew_write(filecrew_path(&f, "was"), MANY, 99);
    filecrew_accept(&f, BOB, "was");
    filecrew_is(&f, BOB, "was", TRANSFER_DONE);
    filecrew_same(&f, BOB, "was", "aside");
}

Test(engine_file_source, read__what_is_removed_is_sent_as_it_was)
{
    filecrew_send(&f, ALICE, OPS, "was", MANY);
    cr_assert_eq(link(filecrew_path(&f, "was"), filecrew_path(&f, "aside")), 0);
    cr_assert_eq(unlink(filecrew_path(&f, "was")), 0);
    filecrew_accept(&f, BOB, "was");
    filecrew_is(&f, BOB, "was", TRANSFER_DONE);
    filecrew_same(&f, BOB, "was", "aside");
}

/* ---- while it is sent ---- */

static void is_given_up(const char *name)
{
    filecrew_is(&f, ALICE, name, TRANSFER_FAILED);
    filecrew_why(&f, ALICE, name, SAYS);
    filecrew_is(&f, BOB, name, TRANSFER_FAILED);
    filecrew_why(&f, BOB, name, "the sender took it back");
    cr_assert_eq(filecrew_entries(f.in[BOB]), 0, "a part stays");
    filecrew_sealed_once(&f, ALICE);
}

Test(engine_file_source, sent__what_changes_before_anybody_wants_it_is_never_sealed)
{
    filecrew_send(&f, ALICE, OPS, "offered", 3 * CHUNK);
    filecrew_is(&f, BOB, "offered", TRANSFER_OFFERED);
    change_first(filecrew_path(&f, "offered"));
    filecrew_accept(&f, BOB, "offered");
    is_given_up("offered");
    cr_assert_eq(filecrew_chunks(&f, ALICE, UP), 0);
    filecrew_goes(&f, ALICE, OPS, BOB, "another", 10);
}

Test(engine_file_source, sent__what_changes_in_the_middle_is_given_up_for_all)
{
    char name[16];

    for (size_t i = 0; i < sizeof CHANGES / sizeof CHANGES[0]; i++) {
        (void)snprintf(name, sizeof name, "middle%zu", i);
        filecrew_send(&f, ALICE, OPS, name, MANY);
        filecrew_accept(&f, BOB, name);
        filecrew_moves(&f, BOB, name, CHUNK);
        CHANGES[i](filecrew_path(&f, name));
        is_given_up(name);
    }
    evil_goes_on(&f.v, ALICE, OPS, BOB, OPS);
}

/* What is behind the end that was offered is no part of it. */
Test(engine_file_source, sent__what_grows_comes_as_it_was_offered)
{
    filecrew_send(&f, ALICE, OPS, "log", MANY);
    filecrew_accept(&f, BOB, "log");
    filecrew_moves(&f, BOB, "log", CHUNK);
    grow(filecrew_path(&f, "log"));
    filecrew_is(&f, BOB, "log", TRANSFER_DONE);
    cr_assert_eq(truncate(filecrew_path(&f, "log"), MANY), 0);
    filecrew_same(&f, BOB, "log", "log");
}

/* ---- what is none ---- */

static void is_refused(const char *path, const char *words)
{
    size_t before = f.v.m[ALICE]->model->files.count;

    filecrew_type(&f, ALICE, "/send %s", path);
    crew_told(f.v.m[ALICE], OPS, words);
    crew_run(&f.v.crew, 1000);
    cr_assert_eq(meddler_count(&f.v.line[ALICE], UP, OP_FILE_OFFER), 0);
    for (size_t i = before; i < f.v.m[ALICE]->model->files.count; i++)
        cr_assert_eq(f.v.m[ALICE]->model->files.all[i]->state, TRANSFER_FAILED);
}

Test(engine_file_source, path__what_cannot_be_sent_is_said_in_words)
{
    cr_assert_eq(mkfifo(filecrew_path(&f, "fifo"), 0600), 0);
    cr_assert_eq(symlink("/nowhere/at/all", filecrew_path(&f, "dangling")), 0);
    is_refused(filecrew_path(&f, "none"), "none is not sent: there is no such file.");
    is_refused(f.dir, "is not sent: it is a folder: pack it first");
    is_refused(filecrew_path(&f, "fifo"), "fifo is not sent: it is a pipe");
    is_refused(filecrew_path(&f, "dangling"), "dangling is not sent: there is no such file.");
    is_refused("/dev/null", "null is not sent: it is no ordinary file.");
    is_refused("/dev/zero/x", "x is not sent: there is no such file.");
    is_refused("/", "is not sent: it is a folder");
    is_refused("~/none", "none is not sent: there is no such file.");
}

/* Who sends it was asked about that name, and nobody need hear what it leads to. */
Test(engine_file_source, path__of_a_link_is_sent_under_the_links_name)
{
    filecrew_write(filecrew_path(&f, "draft-of-the-notice.txt"), 5000, 1);
    cr_assert_eq(
        symlink(filecrew_path(&f, "draft-of-the-notice.txt"), filecrew_path(&f, "report.txt")),
        0);
    filecrew_type(&f, ALICE, "/send %s", filecrew_path(&f, "report.txt"));
    filecrew_accept(&f, BOB, "report.txt");
    filecrew_is(&f, BOB, "report.txt", TRANSFER_DONE);
    filecrew_same(&f, BOB, "report.txt", "draft-of-the-notice.txt");
    cr_assert_null(filecrew_find(&f, ALICE, "draft-of-the-notice.txt"));
}

Test(engine_file_source, path__that_may_not_be_read)
{
    filecrew_write(filecrew_path(&f, "shut"), 10, 1);
    cr_assert_eq(chmod(filecrew_path(&f, "shut"), 0), 0);
    if (geteuid() == 0) { /* nothing is shut to it */
        filecrew_type(&f, ALICE, "/send %s", filecrew_path(&f, "shut"));
        filecrew_is(&f, BOB, "shut", TRANSFER_OFFERED);
        return;
    }
    is_refused(filecrew_path(&f, "shut"), "shut is not sent: you may not read it.");
}

Test(engine_file_source, path__of_five_thousand_bytes_and_of_none)
{
    char line[5100] = "/send ";

    memset(line + 6, 'x', 5000);
    crew_type(f.v.m[ALICE], line);
    crew_told(f.v.m[ALICE], OPS, "Not sent: that is no path.");
    memset(line + 6, '/', 5000);
    crew_type(f.v.m[ALICE], line);
    crew_type(f.v.m[ALICE], "/send");
    crew_type(f.v.m[ALICE], "/send ");
    crew_run(&f.v.crew, 1000);
    cr_assert_eq(meddler_count(&f.v.line[ALICE], UP, OP_FILE_OFFER), 0);
    cr_assert_eq(f.v.m[ALICE]->model->files.count, 0);
}
