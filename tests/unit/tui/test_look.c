/* SPDX-License-Identifier: ISC */
/* Which theme the real screen wears, and that it is changed while one looks. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "support/pty.h"
#include "tui/wardrobe.h"

static struct pty *p;
static size_t seen; /* bytes of output that are of no interest any more */

static void teardown(void)
{
    pty_free(p);
}

TestSuite(look, .fini = teardown);

static void start_typed(const char *term, const char *more, const char *typed)
{
    const char *const argv[] = {"/proc/self/exe", NULL};
    char type[64];
    const char *env[] = {"STAGE=room", type, "TZ=UTC", "LC_ALL=C.UTF-8",
        "XDG_CONFIG_HOME=/nonexistent", "XDG_DATA_DIRS=/nonexistent", "COLORTERM=truecolor",
        more, NULL};

    (void)snprintf(type, sizeof type, "TERM=%s", term);
    p = pty_start(
        &(struct pty_wish){.argv = argv, .env = env, .cols = 100, .rows = 24, .typed = typed});
    seen = 0;
}

static void start(const char *term, const char *more)
{
    start_typed(term, more, NULL);
}

/* The sequence for a slot's letters, as ncurses writes it with 256 colours. */
static void letters(char out[32], const char *name, enum style s)
{
    struct theme *t = mem_alloc(sizeof *t);
    struct theme_look l;
    char why[200];

    cr_assert_eq(wardrobe_load(name, t, why, sizeof why), ERR_OK);
    theme_look(t, s, THEME_PLAIN, COLOR_TIER_256, &l);
    cr_assert_geq(color_rgb(l.fg), 16);
    (void)snprintf(out, 32, "\033[38;5;%um", (unsigned)l.fg.value);
    mem_free(t);
}

static bool wears(struct pty *of, void *name)
{
    char title[32];

    letters(title, name, STYLE_UI_TITLE);
    return strstr(pty_output(of) + seen, title) != NULL;
}

static void expect_theme(const char *name)
{
    cr_assert(pty_until_cond(p, wears, (void *)(uintptr_t)name), "%s", name);
    cr_assert(pty_until(p, "▸"));
    seen = strlen(pty_output(p));
}

static bool wrote(struct pty *of, void *bytes)
{
    return strstr(pty_output(of) + seen, bytes) != NULL;
}

/* Whether about a whole screen was drawn since the background of nord was asked for. */
static bool nord_is_gone(struct pty *of, void *arg)
{
    const char *last = NULL;

    (void)arg;
    for (const char *at = pty_output(of); (at = strstr(at, "48;5;236")) != NULL; at++)
        last = at;
    return last != NULL && strlen(last) > 2000;
}

static bool has_color(void)
{
    for (const char *at = pty_output(p); (at = strstr(at, "\033[")) != NULL; at += 2) {
        char last = at[2 + strspn(at + 2, "0123456789;")];
        bool code = at[2] == '3' || at[2] == '4' || at[2] == '9' || at[2] == '1';
        if (last == 'm' && code && at[3] >= '0' && at[3] <= '9' &&
            strncmp(at + 2, "39;49m", 6) != 0)
            return true;
    }
    return false;
}

Test(look, ground__decides_when_the_terminal_tells)
{
    start_typed("xterm-256color", NULL, "\033]11;rgb:fdfd/f6f6/e3e3\033\\");
    expect_theme("default-light");
    pty_free(p);
    /* What it says itself is better. */
    start_typed("xterm-256color", "COLORFGBG=0;15", "\033]11;rgb:0000/2b2b/3636\a");
    expect_theme("default-dark");
    pty_free(p);
    start("xterm-256color", "COLORFGBG=0;15");
    expect_theme("default-light");
}

Test(look, ground__keys_that_come_before_the_answer_are_typed)
{
    start_typed(
        "xterm-256color", NULL, "fr\xc3\xad\033]11;rgb:ffff/ffff/ffff\033\\day\033[D\033OD!");
    expect_theme("default-light");
    cr_assert(pty_until(p, "▸ fríday!"));
    cr_assert_null(strstr(pty_screen(p), "rgb"));
}

Test(look, ground__is_not_asked_where_nothing_answers)
{
    static const char *const MUTE[] = {"linux", "vt100", "vt220"};

    for (size_t i = 0; i < MEM_COUNT(MUTE); i++) {
        start(MUTE[i], NULL);
        cr_assert(pty_until(p, "sealed end to end"), "%s", MUTE[i]);
        cr_assert_null(strstr(pty_output(p), "\033]11"), "%s", MUTE[i]);
        pty_free(p);
    }
    p = NULL;
}

Test(look, no_color__leaves_attributes_alone)
{
    start("xterm-256color", "NO_COLOR=1");
    cr_assert(pty_until(p, "sealed end to end"));
    cr_assert_not(has_color());
    cr_assert(strstr(pty_output(p), "\033[0;1m"));      /* bold */
    cr_assert_null(strstr(pty_output(p), "\033[0;2m")); /* no grey */
    pty_free(p);
    start("vt100", NULL);
    cr_assert(pty_until(p, "sealed end to end"));
    cr_assert_not(has_color());
    pty_free(p);
    start("xterm-256color", "NO_COLOR=");
    cr_assert(pty_until(p, "sealed end to end"));
    cr_assert(has_color());
}

Test(look, theme__is_set_by_its_name)
{
    start("xterm-256color", NULL);
    cr_assert(pty_until(p, "sealed end to end"));
    pty_type(p, "/theme nord\r");
    expect_theme("nord");
    cr_assert(pty_until_gone(p, "/theme"));
    pty_type(p, "/theme nobody\r");
    cr_assert(pty_until(p, "The theme nobody: there is no such theme"));
    pty_type(p, "/theme ../x\r"); /* a path */
    cr_assert(pty_until(p, "The theme ../x: there is no such theme"));
    cr_assert_null(strstr(pty_output(p) + seen, "\033[49m")); /* nord is still worn */
    pty_type(p, "/theme gru\t");
    cr_assert(pty_until(p, "/theme gruvbox-"));
}

Test(look, list__is_worn_as_one_looks_and_taken_back)
{
    start("xterm-256color", NULL);
    cr_assert(pty_until(p, "sealed end to end"));
    pty_type(p, "/theme\r");
    cr_assert(pty_until(p, "by the terminal's background; as it is now"));
    pty_type(p, "nord");
    expect_theme("nord");
    cr_assert(pty_until(p, "Themes"));
    pty_type(p, "\033");
    cr_assert(pty_until_gone(p, "Themes"));
    cr_assert(pty_until_cond(p, nord_is_gone, NULL));
    pty_type(p, "/theme\rgruvbox-d");
    expect_theme("gruvbox-dark");
    pty_type(p, "\r");
    cr_assert(pty_until_gone(p, "Themes"));
    cr_assert_null(strstr(pty_output(p) + seen, "\033[49m"));
    pty_type(p, "/theme\r");
    cr_assert(pty_until(p, "▸ gruvbox-dark  Gruvbox, dark; as it is now"));
}

/* Where no kind of terminal with more colours is known, which is where ncurses-base alone is.
 */
Test(look, color__takes_effect_at_once)
{
    start("rxvt-unicode-256color", NULL);
    cr_assert(pty_until(p, "sealed end to end"));
    cr_assert(has_color());
    pty_type(p, "/set color mono\r");
    cr_assert(pty_until(p, "line of 15 letters"));
    pty_type(p, "\f"); /* all of it anew */
    pty_type(p, "/theme nord\r/ask\r");
    cr_assert(pty_until(p, "Password:"));
    cr_assert_null(strstr(pty_output(p), "48;5;236"));
    pty_type(p, "\033");
    cr_assert(pty_until_gone(p, "Password:"));
    pty_type(p, "/set color 256\r");
    expect_theme("nord");
    pty_type(p, "/set color direct\r");
    cr_assert(pty_until(p, "This terminal is not known to have more colours; it has 256 now"));
}

/* Few systems have the kinds of terminals for it, so one is made. */
static bool make_direct(const char *dir)
{
    static const char SOURCE[] =
        "xterm-direct|any color,\n\tRGB, colors#0x1000000, pairs#0x10000,\n"
        "\tsetab=\\E[%?%p1%{8}%<%t4%p1%d%e48:2::%p1%{65536}%/%d:%p1%{256}%/%{255}%&%d:%p1%{255}%&%d%;m,\n"
        "\tsetaf=\\E[%?%p1%{8}%<%t3%p1%d%e38:2::%p1%{65536}%/%d:%p1%{256}%/%{255}%&%d:%p1%{255}%&%d%;m,\n"
        "\tsetb@, setf@, initc@, ccc@, use=xterm-256color,\n";
    char path[64];
    char command[200];

    (void)snprintf(path, sizeof path, "%s/source", dir);
    cr_assert_eq(file_write_atomic(path, bytes_str(SOURCE), 0600), ERR_OK);
    (void)snprintf(command, sizeof command, "tic -x -o %s %s 2>/dev/null", dir, path);
    return system(command) == 0; /* NOLINT(concurrency-mt-unsafe) */
}

Test(look, color__direct_where_the_terminal_has_it)
{
    char dir[] = "/tmp/sotto-look.XXXXXX";
    char dirs[128];
    char command[64];

    cr_assert(mkdtemp(dir));
    bool made = make_direct(dir);
    (void)snprintf(
        dirs, sizeof dirs, "TERMINFO_DIRS=%s:/lib/terminfo:/usr/share/terminfo", dir);
    if (made) {
        start("xterm-256color", dirs);
        cr_assert(pty_until(p, "sealed end to end"));
        pty_type(p, "/theme nord\r");
        expect_theme("nord");
        pty_type(p, "/set color direct\r");
        cr_assert(pty_until_cond(p, wrote, (void *)(uintptr_t) "\033[48:2::46:52:64m"));
        cr_assert(pty_until(p, "line of 17 letters"));
        pty_type(p, "\033[D\033[Dstill keys");
        cr_assert(pty_until(p, "still keys"));
        pty_type(p, "\x15/set color 256\r");
        expect_theme("nord");
        pty_type(p, "\x03\x03");
        cr_assert_eq(pty_until_exit(p), 0); /* and nothing leaked */
    }
    (void)snprintf(command, sizeof command, "rm -r %s", dir);
    cr_assert_eq(system(command), 0); /* NOLINT(concurrency-mt-unsafe) */
    if (!made)
        cr_skip_test("there is no tic here");
}
