/* SPDX-License-Identifier: ISC */
/* Pictures that were received, on the real screen, made by the real program. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "stage.h"
#include "support/gallery.h"
#include "support/support.h"

static struct pty *p;
static char dir[256];
static char path[300];

static void setup(void)
{
    support_tmpdir(dir, sizeof dir);
    (void)snprintf(path, sizeof path, "%s/holiday.jpg", dir);
}

static void teardown(void)
{
    pty_free(p);
    support_rmtree(dir);
}

TestSuite(view, .init = setup, .fini = teardown);

static void key(const char *keys, const char *words)
{
    pty_type(p, keys);
    cr_assert(pty_until(p, words));
}

static void lacks(const char *words)
{
    cr_assert(pty_until_gone(p, words));
}

static void put_picture(void)
{
    struct buf b;

    buf_init(&b, 4 << 20);
    gallery_put(&b, GALLERY_JPEG, 160, 80);
    cr_assert_eq(file_write_atomic(path, buf_view(&b), 0600), ERR_OK);
    buf_free(&b);
}

static void start(int cols, int rows, bool ascii)
{
    char line[400];

    p = stage_start(
        &(struct stage_wish){.scene = "files", .ascii = ascii, .cols = cols, .rows = rows});
    cr_assert(pty_until(p, "old.zip, 9 bytes, archive"));
    (void)snprintf(line, sizeof line, "/picture %s", path);
    key(line, ascii ? "> /picture" : "▸ /picture");
    pty_type(p, "\r");
    lacks("/picture");
}

/* A block that no bar has: a picture is red to the left, blue to the right, green above. */
static bool is_drawn(struct pty *of, void *arg)
{
    const char *all = pty_screen(of);
    bool block = false;

    (void)arg;
    for (const char *c = all; (c = strstr(c, "\xe2\x96")) != NULL; c += 3) {
        uint8_t last = (uint8_t)c[2];
        block = block || (last >= 0x80 && last <= 0x90 && last != 0x88 && last != 0x8c);
    }
    return block && strstr(all, "holiday.jpg \xe2\x94\x80") != NULL;
}

/* By a key and by a command; and again when the terminal has another size. */
Test(view, picture__is_drawn_in_cells)
{
    put_picture();
    start(120, 36, false);
    key("\x1bs", "ESC leaves");
    key("kkkk", "v view  o open  i about it");
    pty_type(p, "v");
    cr_assert(pty_until_cond(p, is_drawn, NULL));
    pty_resize(p, 60, 24);
    cr_assert(pty_until(p, "Enter or ESC closes"));
    cr_assert(pty_until_cond(p, is_drawn, NULL));
    pty_type(p, "\x1b");
    lacks("holiday.jpg \xe2\x94\x80");
    key("\x1b", "Tab complete");
    pty_type(p, "/view\r");
    cr_assert(pty_until_cond(p, is_drawn, NULL));
    pty_type(p, "q");
    lacks("holiday.jpg \xe2\x94\x80");
    key("/view 1\r", "There is no such picture here");
}

Test(view, picture__on_a_small_screen)
{
    put_picture();
    start(40, 12, false);
    pty_type(p, "/view 2\r");
    cr_assert(pty_until_cond(p, is_drawn, NULL));
    pty_type(p, "\x1b");
    lacks("holiday.jpg \xe2\x94\x80");
}

Test(view, picture__without_utf8_has_no_other_letters)
{
    put_picture();
    start(80, 24, true);
    pty_type(p, "/view 2\r");
    cr_assert(pty_until(p, "holiday.jpg -"));
    cr_assert(pty_until_gone(p, "being made"));
    for (const char *c = pty_screen(p); *c != '\0'; c++)
        cr_assert(*c == '\n' || (*c >= ' ' && *c <= '~'));
}

/* Whether a part of the picture is drawn with full blocks; else it is left out. */
static bool is_full(struct pty *of, void *part)
{
    const int *at = part; /* its first row and column */
    int n = 0;

    for (int row = at[0]; row < at[0] + 9; row++) {
        for (int col = at[1]; col < at[1] + 40; col++)
            n += pty_cell(of, row, col) == 0x2588;
    }
    return n > 50;
}

static void start_without_colours(bool light)
{
    char line[400];

    p = stage_start(
        &(struct stage_wish){.scene = "files", .light = light, .cols = 120, .rows = 36});
    cr_assert(pty_until(p, "old.zip, 9 bytes, archive"));
    (void)snprintf(line, sizeof line, "/picture %s", path);
    key(line, "▸ /picture");
    pty_type(p, "\r");
    lacks("/picture");
    pty_type(p, "/set color mono\r/view 2\r");
}

/* What is dark is dark: on a white terminal what is drawn is black, on a black one white. */
Test(view, picture__without_colours_is_no_negative)
{
    int green[] = {6, 30};
    int blue[] = {20, 66};

    put_picture();
    start_without_colours(true);
    cr_assert(pty_until_cond(p, is_full, blue));
    pty_free(p);
    start_without_colours(false);
    cr_assert(pty_until_cond(p, is_full, green));
    cr_assert_not(is_full(p, blue));
}

Test(view, damaged__is_said_in_words)
{
    cr_assert_eq(file_write_atomic(path, bytes_str("no picture"), 0600), ERR_OK);
    start(80, 24, false);
    key("/view 2\r", "This is no picture that can be shown here");
    pty_type(p, "\x1b");
    lacks("This is no picture");
}

Test(view, gone__is_said_in_words)
{
    start(80, 24, false);
    key("/view 2\r", "The file is no longer there");
    key("\x1b", "Enter send");
}
