/* SPDX-License-Identifier: ISC */
#include "tui/editor.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char dir[256];

static void setup(void)
{
    (void)snprintf(dir, sizeof dir, "/tmp/sotto-test-XXXXXX");
    cr_assert_not_null(mkdtemp(dir));
    (void)setenv("XDG_RUNTIME_DIR", dir, 1);
    (void)unsetenv("VISUAL");
}

/* Nothing is left: the folder can be removed. */
static void teardown(void)
{
    cr_assert_eq(rmdir(dir), 0, "something was left in %s", dir);
}

TestSuite(editor, .init = setup, .fini = teardown);

static enum err edit(const char *with, const char *text, struct buf *out)
{
    struct editor *e;
    siginfo_t ended;

    (void)setenv("EDITOR", with, 1);
    enum err err = editor_start(&e, bytes_str(text));
    if (err != ERR_OK)
        return err;
    cr_assert_eq(waitid(P_ALL, 0, &ended, WEXITED | WNOWAIT), 0);
    cr_assert(editor_has_ended(e));
    return editor_finish(e, out);
}

static void expect(const char *with, const char *text, const char *after)
{
    struct buf b;

    buf_init(&b, 65536);
    cr_assert_eq(edit(with, text, &b), ERR_OK, "%s", with);
    cr_assert_str_eq(buf_cstr(&b), after);
    buf_free(&b);
}

Test(editor, text__goes_and_comes_back)
{
    expect("sed -i s/one/two/", "one\nand one", "two\nand two");
    expect("true", "as it was", "as it was");
    expect("true", "", "");
    expect("  sed   -i   s/a/b/ ", "a", "b");
    expect("truncate -s 0", "gone", "");
}

Test(editor, copies__are_removed_too)
{
    expect("sed -i.bak s/one/two/", "one", "two");
}

Test(editor, shell__there_is_none)
{
    expect("true ; rm", "still here", "still here");
    expect("true $(false) > x &", "still here", "still here");
}

Test(editor, visual__comes_before_editor)
{
    (void)setenv("VISUAL", "sed -i s/a/b/", 1);
    expect("false", "a", "b");
    (void)setenv("VISUAL", "", 1);
    expect("sed -i s/a/c/", "a", "c");
    (void)setenv("EDITOR", "   ", 1);
    cr_assert_str_eq(editor_name(), "vi");
}

Test(editor, failures__are_told_apart)
{
    struct buf b;

    buf_init(&b, 65536);
    cr_assert_eq(edit("/no/such/editor", "x", &b), ERR_NOT_FOUND);
    cr_assert_eq(edit("false", "x", &b), ERR_CLOSED);
    cr_assert_eq(edit("rm", "x", &b), ERR_IO);
    cr_assert_eq(edit("truncate -s 70000", "x", &b), ERR_TOO_BIG);
    buf_free(&b);
}

Test(editor, place__is_private_and_goes_with_it)
{
    struct editor *e;
    struct stat st;
    char path[512];
    DIR *d = opendir(dir);

    (void)setenv("EDITOR", "tail -f", 1);
    cr_assert_eq(editor_start(&e, bytes_str("secret")), ERR_OK);
    cr_assert_not(editor_has_ended(e));
    for (struct dirent *at; (at = readdir(d)) != NULL;) {
        if (at->d_name[0] == '.')
            continue;
        (void)snprintf(path, sizeof path, "%s/%s", dir, at->d_name);
        cr_assert_eq(stat(path, &st), 0);
        cr_assert_eq(st.st_mode & 0777, 0700);
        (void)strcat(path, "/message.txt");
        cr_assert_eq(stat(path, &st), 0);
        cr_assert_eq(st.st_mode & 0777, 0600);
    }
    (void)closedir(d);
    editor_stop(e);
    cr_assert_neq(stat(path, &st), 0);
}

Test(editor, place__where_there_is_no_runtime_folder)
{
    (void)setenv("XDG_RUNTIME_DIR", "/no/such/folder", 1);
    expect("sed -i s/a/b/", "a", "b");
    (void)unsetenv("XDG_RUNTIME_DIR");
    expect("sed -i s/a/b/", "a", "b");
}
