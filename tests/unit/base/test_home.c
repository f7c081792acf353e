/* SPDX-License-Identifier: ISC */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "base/home.h"

static void home_is(const char *path)
{
    cr_assert_eq(path != NULL ? setenv("HOME", path, 1) : unsetenv("HOME"), 0);
}

static void expands(const char *path, const char *want)
{
    struct buf b;

    buf_init(&b, 200);
    home_expand(&b, bytes_str(path));
    cr_expect_str_eq(buf_cstr(&b), want, "%s: %s", path, buf_cstr(&b));
    buf_free(&b);
}

Test(home, folder__is_an_absolute_path_or_none)
{
    home_is("/home/me");
    cr_expect_str_eq(home_folder(), "/home/me");
    home_is("me");
    cr_expect_null(home_folder());
    home_is("");
    cr_expect_null(home_folder());
    home_is(NULL);
    cr_expect_null(home_folder());
}

Test(home, expand__of_a_tilde_alone_or_before_a_slash)
{
    home_is("/home/me");
    expands("~", "/home/me");
    expands("~/", "/home/me/");
    expands("~/a b", "/home/me/a b");
    expands("~bob/x", "~bob/x");
    expands("a~/x", "a~/x");
    expands("/~/x", "/~/x");
    expands("", "");
    home_is(NULL);
    expands("~/x", "~/x");
}

static void within(const char *path, const char *want)
{
    const char *got = home_within(path);

    if (want == NULL)
        cr_expect_null(got, "%s: %s", path, got);
    else
        cr_expect(got != NULL && strcmp(got, want) == 0, "%s: %s", path, got);
}

Test(home, within__is_what_follows_it)
{
    home_is("/home/me//");
    within("/home/me", "");
    within("/home/me/", "/");
    within("/home/me/a/b", "/a/b");
    within("/home/men/a", NULL);
    within("/home/m", NULL);
    within("home/me/a", NULL);
    within("", NULL);
    home_is("/");
    within("/a", NULL);
    home_is(NULL);
    within("/home/me/a", NULL);
}
