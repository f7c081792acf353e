/* SPDX-License-Identifier: ISC */
#include "tui/folder.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/mem.h"
#include "support/support.h"
#include "tui/complete.h"

static char dir[256];
static struct model *m;

static void make(const char *name, size_t bytes)
{
    char path[1024];
    FILE *f;

    (void)snprintf(path, sizeof path, "%s/%s", dir, name);
    f = fopen(path, "we");
    cr_assert_not_null(f, "%s", path);
    for (size_t i = 0; i < bytes; i++)
        (void)fputc('x', f);
    cr_assert_eq(fclose(f), 0);
}

static void make_folder(const char *name)
{
    char path[1024];

    (void)snprintf(path, sizeof path, "%s/%s", dir, name);
    cr_assert_eq(mkdir(path, 0700), 0);
}

static void setup(void)
{
    char path[1024];

    support_tmpdir(dir, sizeof dir);
    make("report final.pdf", 1500);
    make("Readme.txt", 1);
    make("reason", 1);
    make(".hidden", 1);
    make_folder("pictures");
    make_folder("plans and notes");
    (void)snprintf(path, sizeof path, "%s/pipe", dir);
    cr_assert_eq(mkfifo(path, 0600), 0);
    (void)snprintf(path, sizeof path, "%s/null", dir);
    cr_assert_eq(symlink("/dev/null", path), 0);
    (void)snprintf(path, sizeof path, "%s/way", dir);
    cr_assert_eq(symlink("pictures", path), 0);
    (void)snprintf(path, sizeof path, "%s/nowhere", dir);
    cr_assert_eq(symlink("not/there", path), 0);
    cr_assert_eq(setenv("HOME", dir, 1), 0);
    m = model_new();
}

static void teardown(void)
{
    model_free(m);
    support_rmtree(dir);
}

TestSuite(folder, .init = setup, .fini = teardown);

Test(folder, read__lists_folders_and_files_and_no_devices)
{
    static const char *const NAMES[] = {"pictures", "plans and notes", "way", ".hidden",
        "Readme.txt", "reason", "report final.pdf"};
    struct folder f;

    cr_assert_eq(folder_read(&f, dir), ERR_OK);
    cr_assert_eq(f.count, MEM_COUNT(NAMES));
    for (size_t i = 0; i < f.count; i++) {
        cr_assert_str_eq(f.all[i].name, NAMES[i]);
        cr_assert_eq(f.all[i].folder, i < 3, "%s", NAMES[i]);
    }
    cr_assert_not(f.more);
    folder_free(&f);
}

Test(folder, read__says_why_not)
{
    struct folder f;
    char path[1024];

    cr_assert_eq(folder_read(&f, "/not/there"), ERR_NOT_FOUND);
    cr_assert_eq(f.count, 0);
    (void)snprintf(path, sizeof path, "%s/reason", dir);
    cr_assert_eq(folder_read(&f, path), ERR_REFUSED);
    (void)snprintf(path, sizeof path, "%s/pipe", dir);
    cr_assert_eq(folder_read(&f, path), ERR_REFUSED); /* and it does not wait for a writer */
}

Test(folder, read__of_a_huge_one_ends)
{
    struct folder f;
    char path[1024];

    make_folder("huge");
    for (int i = 0; i < FOLDER_MOST + 50; i++) {
        (void)snprintf(path, sizeof path, "%s/huge/%d", dir, i);
        cr_assert_eq(symlink("x", path), 0); /* the cheapest there is */
        if (i % 100 == 0) {
            (void)unlink(path);
            (void)snprintf(path, sizeof path, "huge/%d", i);
            make(path, 0);
        }
    }
    (void)snprintf(path, sizeof path, "%s/huge", dir);
    cr_assert_eq(folder_read(&f, path), ERR_OK);
    cr_assert(f.more);
    cr_assert_gt(f.count, 0);
    cr_assert_leq(f.count, FOLDER_MOST);
    folder_free(&f);
}

Test(folder, facts__of_a_file)
{
    struct folder_facts facts;

    cr_assert(folder_facts(dir, "report final.pdf", &facts));
    cr_assert_eq(facts.bytes, 1500);
    cr_assert(facts.readable);
    cr_assert_not(folder_facts(dir, "not there", &facts));
    cr_assert_not(folder_facts("/not/there", "x", &facts));
}

Test(folder, whole__knows_home_and_here)
{
    struct buf path;
    char here[1024];

    buf_init(&path, 4096);
    cr_assert_eq(folder_whole(&path, bytes_str("~/a b")), ERR_OK);
    cr_assert_str_eq(buf_cstr(&path) + strlen(dir), "/a b");
    buf_clear(&path);
    cr_assert_eq(folder_whole(&path, bytes_str("/x")), ERR_OK);
    cr_assert_str_eq(buf_cstr(&path), "/x");
    buf_clear(&path);
    cr_assert_not_null(getcwd(here, sizeof here));
    cr_assert_eq(folder_whole(&path, bytes_str("~bob/x")), ERR_OK); /* no name of ours */
    cr_assert_str_eq(buf_cstr(&path) + strlen(here), "/~bob/x");
    buf_free(&path);
}

Test(folder, say__what_a_line_can_hold)
{
    static const char *const NOT[] = {"", "a\nb", "a ", "a\x1b[2J",
        "a\xe2\x80\xae"
        "fdp.exe",
        "a\xff", "a\tb", "zero\xe2\x80\x8bwidth"};

    for (size_t i = 0; i < MEM_COUNT(NOT); i++)
        cr_assert_not(folder_can_say(bytes_str(NOT[i])), "%zu", i);
    cr_assert(folder_can_say(bytes_str("/a b/report (final) [2].pdf")));
    cr_assert(folder_can_say(bytes_str("/\xe6\xbc\xa2/\xc3\xa4")));
}

Test(folder, show__one_line_that_hides_nothing)
{
    struct buf shown;

    buf_init(&shown, 4096);
    folder_show(&shown, bytes_str("a\nb\xe2\x80\xae\x1b[2J\n"));
    cr_assert_str_eq(buf_cstr(&shown), "a<U+000A>b<U+202E><U+001B>[2J<U+000A>");
    buf_free(&shown);
}

/* ---- Tab ---- */

/* The line after Tab, and how many there were. */
static void expect(const char *path, size_t found, const char *after)
{
    struct completion c;
    char line[2048];
    struct buf made;

    (void)snprintf(line, sizeof line, "/send %s", path);
    complete_line(&c, m, bytes_str(line));
    cr_assert_eq(c.found, found, "%s: %zu found", line, c.found);
    buf_init(&made, 4096);
    buf_bytes(&made, bytes_of(line, c.from));
    if (c.found != 0 && c.from + c.same > strlen(line))
        buf_bytes(&made, bytes_of(c.word[0].text, c.same));
    else
        buf_text(&made, line + c.from);
    cr_assert_str_eq(buf_cstr(&made) + 6, after, "%s", line);
    buf_free(&made);
    completion_fini(&c);
}

Test(folder, complete__paths_with_their_spaces)
{
    expect("~", 1, "~/");
    expect("~/", 6, "~/");
    expect("~/rep", 1, "~/report final.pdf");
    expect("~/report f", 1, "~/report final.pdf");
    expect("~/pi", 1, "~/pictures/");
    expect("~/p", 2, "~/p");
    expect("~/plans a", 1, "~/plans and notes/");
    expect("~/rea", 2, "~/rea"); /* Readme.txt and reason */
    expect("~/READ", 1, "~/Readme.txt");
    expect("~/.", 1, "~/.hidden");
    expect("~/nothing", 0, "~/nothing");
    expect("~/pipe", 0, "~/pipe");
    expect("/not/there/", 0, "/not/there/");
    make("plans and notes/one two.txt", 1);
    expect("~/plans and notes/", 1, "~/plans and notes/one two.txt");
    expect("~/pictures/", 0, "~/pictures/");
}

Test(folder, complete__never_offers_what_the_line_cannot_hold)
{
    make("qbad\nname", 1);
    make("qbad\x1b[2Jname", 1);
    make("qbad\xe2\x80\xae"
         "fdp.exe",
        1);
    make("qbad\xff", 1);
    make("qbad ", 1);
    make("qgood one", 1);
    expect("~/q", 1, "~/qgood one");
    expect("~/qbad", 0, "~/qbad");
}

/* At the front of a path a blank is lost, and "~" is somewhere else. */
Test(folder, complete__never_offers_from_here_what_would_be_another_place)
{
    cr_assert_eq(chdir(dir), 0);
    make(" blank", 1);
    make_folder("~");
    expect("", 6, "");
    expect("./", 8, "./");
    expect("./~", 1, "./~/");
}

Test(folder, complete__of_more_than_there_is_room_for)
{
    char name[64];

    make_folder("many");
    for (int i = 0; i < 300; i++) {
        (void)snprintf(name, sizeof name, "many/photo %03d.jpg", i);
        make(name, 0);
    }
    expect("~/many/", COMPLETION_MAX, "~/many/photo "); /* what the others share counts too */
    expect("~/many/photo 29", 10, "~/many/photo 29");
    make("many/phoenix", 0);
    expect("~/many/", COMPLETION_MAX, "~/many/pho");
}

Test(folder, complete__letters_are_whole)
{
    make("z\xc3\xa4h", 1);
    make("z\xc3\xbcrich", 1);
    expect("~/z", 2, "~/z");
}
