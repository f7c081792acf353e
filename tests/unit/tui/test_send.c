/* SPDX-License-Identifier: ISC */
/* Choosing a file to send, on the real screen. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utime.h>

#include "stage.h"
#include "support/support.h"

static struct pty *p;
static char dir[256];

static void set_time(const char *name)
{
    char path[1024];

    (void)snprintf(path, sizeof path, "%s/%s", dir, name);
    cr_assert_eq(utime(path, &(struct utimbuf){1728000000, 1728000000}), 0);
}

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
    set_time(name);
}

static void make_folder(const char *name)
{
    char path[1024];

    (void)snprintf(path, sizeof path, "%s/%s", dir, name);
    cr_assert_eq(mkdir(path, 0700), 0);
}

static void setup(void)
{
    support_tmpdir(dir, sizeof dir);
    make_folder("pictures");
    make("pictures/cat.png", 10);
    make("report final.pdf", 3200);
    make("notes.txt", 12);
    make(".secret", 1);
    make("odd\nname\xe2\x80\xae"
         "fdp.exe",
        3);
    make_folder("pictures/deep");
    set_time("pictures");
}

static void teardown(void)
{
    pty_free(p);
    support_rmtree(dir);
}

TestSuite(send, .init = setup, .fini = teardown);

static void start(const char *scene, int cols, int rows)
{
    char home[300];

    (void)snprintf(home, sizeof home, "HOME=%s", dir);
    p = stage_start(
        &(struct stage_wish){.scene = scene, .home = home, .cols = cols, .rows = rows});
    cr_assert(pty_until(p, "alice"));
    cr_assert(pty_until(p, rows > 12 ? "connected" : "●"));
}

static void key(const char *keys, const char *words)
{
    pty_type(p, keys);
    cr_assert(pty_until(p, words));
}

static void has(const char *words)
{
    cr_assert(pty_until(p, words));
}

static void lacks(const char *words)
{
    cr_assert(pty_until_gone(p, words));
}

#define SEND                                                                                   \
    "\x1b"                                                                                     \
    "F"

static void golden(int cols, int rows, const char *name)
{
    start("room", cols, rows);
    key(SEND, "Send a file: ~");
    has("../");
    cr_assert(pty_golden(p, name));
}

Test(send, golden__at_120x36)
{
    golden(120, 36, "send-120x36");
}

Test(send, golden__at_80x24)
{
    golden(80, 24, "send-80x24");
}

Test(send, golden__at_40x12)
{
    golden(40, 12, "send-40x12");
}

Test(send, file__is_asked_about_and_goes_to_the_page_where_one_began)
{
    start("room", 120, 36);
    key(SEND, "Send a file: ~");
    key("final", "▸ report final.pdf");
    lacks("notes.txt");
    key("\r", "Send report final.pdf (3.2 kB) to #ops?");
    has("▸ [y]es, send it");
    key("\r", " to ops: /send ");
    has("/report final.pdf ");
    lacks("Send a file");
}

/* The same key is a word to the right, where there are words. */
Test(send, alt_f__is_a_file_only_with_nothing_typed)
{
    start("room", 80, 24);
    key("ab cd\x01", "ab cd");
    key("\x1b"
        "fX",
        "abX cd");
    lacks("Send a file");
    pty_type(p, "\x05\x15");
    lacks("abX");
    key("\x1b"
        "f",
        "Send a file: ~");
}

#define PASTE(text) "\x1b[200~" text "\x1b[201~"
#define HINT        "Alt+Shift+F offers that file"

Test(send, dropped__is_offered_when_that_is_said)
{
    char text[400];

    start("room", 120, 36);
    (void)snprintf(text, sizeof text, PASTE("'%s/report final.pdf' "), dir);
    key(text, HINT);
    has("report final.pdf'");
    key(SEND, "Send report final.pdf (3.2 kB) to #ops?");
    key("\r", " to ops: /send ");
    has("/report final.pdf ");
    lacks("report final.pdf'");
}

Test(send, dropped__is_a_path_as_long_as_nothing_else_is_said)
{
    char text[400];

    start("direct", 120, 36);
    (void)snprintf(text, sizeof text, PASTE("%s/notes.txt"), dir);
    key(text, HINT);
    (void)snprintf(
        text, sizeof text, "line of %zu letters", strlen(dir) + strlen("//notes.txt"));
    key("\r", text);
    lacks("/send");
}

/* Half of a line that has other words is none, nor is a folder, nor what is not there. */
Test(send, dropped__only_when_it_is_all_there_is)
{
    char text[400];

    start("room", 120, 36);
    (void)snprintf(text, sizeof text, PASTE("%s/notes.txt"), dir);
    key("see ", "see");
    key(text, "/notes.txt");
    cr_assert_null(strstr(pty_screen(p), HINT));
    key(SEND, "Send a file: ~");
    pty_type(p, "\x1b");
    lacks("Send a file");
    pty_type(p, "\x05\x15");
    (void)snprintf(text, sizeof text, PASTE("%s/pictures"), dir);
    key(text, "said as text");
    cr_assert_null(strstr(pty_screen(p), HINT));
}

Test(send, no__leads_back_and_sends_nothing)
{
    start("direct", 120, 36);
    key(SEND, "Send a file: ~");
    key("notes\r", "Send notes.txt (12 bytes) to bob?");
    key("n", "Send a file: ~");
    lacks("to bob?");
    pty_type(p, "\x1b");
    lacks("Send a file");
    key("nothing", "▸ nothing");
    cr_assert_null(strstr(pty_screen(p), "/send"));
}

Test(send, folders__are_entered_and_left)
{
    start("room", 120, 36);
    key(SEND, "▸ pictures/");
    key("\r", "Send a file: ~/pictures");
    has("▸ deep/");
    has("cat.png");
    key("\r", "Send a file: ~/pictures/deep");
    key("\r", "▸ deep/"); /* the only row is the folder above */
    key("\x7f", "▸ pictures/");
    lacks("~/pictures");
    key("final", "▸ report final.pdf");
    lacks("notes.txt");
    for (int i = 0; i < 5; i++) /* first what was typed goes */
        pty_type(p, "\x7f");
    key("\x7f", "Send a file: /");
    lacks("Send a file: ~");
    key("\x1b", "Enter send");
    key(SEND, "Send a file: /"); /* where one was last */
}

Test(send, hidden__only_when_a_dot_is_typed)
{
    start("room", 120, 36);
    key(SEND, "report final.pdf");
    lacks(".secret");
    key(".s", "▸ .secret");
    lacks("report final.pdf");
}

/* A name that would be another one on the line is told, and goes nowhere. */
Test(send, hostile__names_are_shown_and_not_said)
{
    start("room", 120, 36);
    key(SEND, "odd<U+000A>name<U+202E>fdp.exe");
    key("odd\r", "Its name has signs that no line can hold");
    has("Send a file: ~");
    lacks("Send odd");
}

Test(send, gone__file_and_page)
{
    char path[1024];

    start("room", 120, 36);
    key(SEND, "notes.txt");
    (void)snprintf(path, sizeof path, "%s/notes.txt", dir);
    cr_assert_eq(unlink(path), 0);
    key("notes\r", "It is not there any more.");
    (void)snprintf(path, sizeof path, "%s/pictures", dir);
    has("▸ pictures/");
    char other[1100];
    (void)snprintf(other, sizeof other, "%s2", path);
    cr_assert_eq(rename(path, other), 0);
    key("\r", "That folder is not there any more.");
    has("▸ pictures2/");
}

Test(send, home__is_no_place_for_a_file)
{
    start("home", 120, 36);
    key(SEND, "Open a room or a conversation first");
    lacks("Send a file");
}

/* By Tab on the line, with its spaces. */
Test(send, line__completes_a_path)
{
    start("room", 120, 36);
    key("/send ~/rep\t", "▸ /send ~/report final.pdf");
    key("\x15/send ~/\t", "▸ /send ~/pictures/");
    has("folder");
    key("\t", "▸ /send ~/notes.txt");
    key("\x1b", "▸ /send ~/\n");
    key("pi\t", "▸ /send ~/pictures/");
    key("c\t", "▸ /send ~/pictures/cat.png");
    key("\r", "/send ~/pictures/cat.png");
}
