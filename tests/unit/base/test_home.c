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

static void shortens(const char *path, const char *want)
{
    char got[64];

    home_short(got, sizeof got, path);
    cr_expect_str_eq(got, want, "%s: %s", path, got);
}

Test(home, short__is_what_lies_below_it)
{
    home_is("/home/me//");
    shortens("/home/me", "~");
    shortens("/home/me/", "~/");
    shortens("/home/me/a/b", "~/a/b");
    shortens("/home/men/a", "/home/men/a");
    shortens("/home/m", "/home/m");
    shortens("home/me/a", "home/me/a");
    shortens("", "");
    home_is("/");
    shortens("/a", "/a");
    home_is(NULL);
    shortens("/home/me/a", "/home/me/a");
}

Test(home, short__needs_no_more_room)
{
    char got[sizeof "/a/b"];

    home_is("/a");
    home_short(got, sizeof got, "/a/b");
    cr_expect_str_eq(got, "~/b");
    home_short(got, sizeof got, "/b/c");
    cr_expect_str_eq(got, "/b/c");
}
