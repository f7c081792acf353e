/* SPDX-License-Identifier: ISC */
#include <criterion/criterion.h>
#include <stdio.h>
#include <sys/stat.h>

#include "support/support.h"
#include "tui/dropped.h"

static char dir[64];

static void make(const char *name)
{
    char path[200];

    (void)snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *f = fopen(path, "w");
    cr_assert_not_null(f);
    (void)fclose(f);
}

static void setup(void)
{
    support_tmpdir(dir, sizeof dir);
    make("plain.txt");
    make("two words.txt");
    make("it's \"so\".txt");
    make("100%41.txt");
}

static void teardown(void)
{
    support_rmtree(dir);
}

TestSuite(dropped, .init = setup, .fini = teardown);

/* form has one %s, the folder; want is the name in it, or NULL: it is no file that was dropped.
 */
static void drop(const char *form, const char *want)
{
    char text[300] = "";
    char path[300] = "";
    struct buf got;

    buf_init(&got, 4096);
    const char *at = strstr(form, "DIR");
    (void)snprintf(text, sizeof text, "%.*s%s%s", at != NULL ? (int)(at - form) : 0, form,
        at != NULL ? dir : "", at != NULL ? at + 3 : form);
    bool is = dropped_path(bytes_str(text), &got);
    cr_expect_eq(is, want != NULL, "%s", text);
    (void)snprintf(path, sizeof path, "%s/%s", dir, want != NULL ? want : "");
    cr_expect_str_eq(buf_cstr(&got), want != NULL ? path : "", "%s", text);
    buf_free(&got);
}

Test(dropped, path__in_every_way_that_terminals_write_one)
{
    drop("DIR/plain.txt", "plain.txt");
    drop("  DIR/plain.txt ", "plain.txt");
    drop("/DIR/plain.txt", "plain.txt");
    drop("'DIR/plain.txt' ", "plain.txt");
    drop("\"DIR/plain.txt\"", "plain.txt");
    drop("DIR/two words.txt", "two words.txt");
    drop("DIR/two\\ words.txt", "two words.txt");
    drop("'DIR/two words.txt'", "two words.txt");
    drop("\"DIR/two words.txt\"", "two words.txt");
    drop("'DIR/it'\\''s \"so\".txt'", "it's \"so\".txt");
    drop("DIR/it\\'s\\ \\\"so\\\".txt", "it's \"so\".txt");
    drop("\"DIR/it's \\\"so\\\".txt\"", "it's \"so\".txt");
    drop("file://DIR/two%20words.txt", "two words.txt");
    drop("file://localhostDIR/plain.txt", "plain.txt");
    drop("file://DIR/100%2541.txt", "100%41.txt");
    drop("DIR/100%41.txt", "100%41.txt");
}

Test(dropped, path__of_nothing_else)
{
    static const char *const NONE[] = {"", " ", "/", "//", "plain.txt", "~/plain.txt", "DIR",
        "DIR/", "DIR/none.txt", "DIR/plain.txt DIR/plain.txt", "look at DIR/plain.txt",
        "'DIR/plain.txt", "DIR/two words.txt'", "DIR/plain.txt\\", "http://DIR/plain.txt",
        "file://", "file:///", "file://DIR/plain%2.txt", "file://DIR/plain%00.txt",
        "file://DIR/plain.txt%00", "/dev/null", "''", "\"", "\\"};

    for (size_t i = 0; i < sizeof NONE / sizeof *NONE; i++)
        drop(NONE[i], NULL);
}
