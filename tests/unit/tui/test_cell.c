/* SPDX-License-Identifier: ISC */
#include "tui/cell.h"

#include <criterion/criterion.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "stage.h"
#include "support/hostile.h"

static void setup(void)
{
    cr_assert_not_null(setlocale(LC_ALL, "C.UTF-8"));
}

TestSuite(cell, .init = setup);

static int make(const char *cluster, wchar_t out[CELL_CODES + 1])
{
    int cols;

    cr_assert_eq(utf8_cluster(bytes_str(cluster), &cols), strlen(cluster), "one: %s", cluster);
    return cell_make(out, bytes_str(cluster), cols, true);
}

Test(cell, make__what_all_agree_on)
{
    static const struct {
        const char *cluster;
        const wchar_t *want;
        int cols;
    } ROWS[] = {
        {"a", L"a", 1}, {"\xe4\xbd\xa0", L"\x4f60", 2},
        {"e\xcc\x81", L"\xe9", 1}, /* composed */
        {"x\xcc\x81\xcc\x82", L"x\x301\x302", 1},
        {"x\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81", L"x\x301\x301\x301\x301", 1},
        {"\xe2\x9d\xa4\xef\xb8\x8f", L"\x2764", 1},                      /* VS16 */
        {"1\xef\xb8\x8f\xe2\x83\xa3", L"1", 1},                          /* a keycap */
        {"\xf0\x9f\x91\xa8\xe2\x80\x8d\xf0\x9f\x91\xa9", L"\x1f468", 2}, /* joined */
        {"\xf0\x9f\x91\x8d\xf0\x9f\x8f\xbd", L"\x1f44d", 2},             /* a skin tone */
        {"\xf0\x9f\x87\xa9\xf0\x9f\x87\xaa", L"\x2691", 1},              /* a flag */
        {"\xf0\x9f\x87\xa9", L"\xfffd", 1},                              /* half of one */
        {"\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab", L"\xd55c", 2},          /* a syllable */
        {"\xe1\x85\xa1", L"\xfffd", 1},                                  /* a part of none */
        {"\xe0\xa4\x95\xe0\xa4\xbf", L"\x915", 1}, /* a mark with columns */
        {"\xe3\x89\x88", L"\xfffd", 1},            /* one column, or two */
        {"\xe2\x98\xb0", L"\xfffd", 1},            /* wide for some */
        {"\xd8\x80", L"\xfffd", 1},                /* none for some */
        {"\xf0\x9f\xab\xa8", L"\xfffd", 1},        /* newer than the library */
    };
    wchar_t out[CELL_CODES + 1];

    for (size_t i = 0; i < MEM_COUNT(ROWS); i++) {
        int cols = make(ROWS[i].cluster, out);
        cr_expect_eq(
            wcscmp(out, ROWS[i].want), 0, "%s: U+%X", ROWS[i].cluster, (unsigned)out[0]);
        cr_expect_eq(cols, ROWS[i].cols, "%s: %d", ROWS[i].cluster, cols);
    }
}

Test(cell, make__without_marks_where_signs_are_few)
{
    wchar_t out[CELL_CODES + 1];

    cr_assert_eq(cell_make(out, bytes_str("x\xcc\x81"), 1, false), 1);
    cr_assert_eq(wcscmp(out, L"x"), 0);
    cr_assert_eq(cell_make(out, bytes_str("\xf0\x9f\x87\xa9\xf0\x9f\x87\xaa"), 2, false), 1);
    cr_assert_eq(wcscmp(out, L"?"), 0);
}

/* Nothing that is clean is unseen, or the two sides of it would look as one word. */
Test(cell, make__of_every_code_point_is_seen)
{
    wchar_t out[CELL_CODES + 1];
    uint8_t bytes[4];
    struct buf clean;

    for (uint32_t cp = 1; cp < 0x110000; cp += cp < 0x20000 ? 1 : 7) {
        int cols = 0;
        buf_init(&clean, 64);
        utf8_clean(&clean, bytes_of(bytes, utf8_put(bytes, cp)), UTF8_DISPLAY);
        for (struct bytes b = buf_view(&clean); b.n != 0 && cp != '\n';) {
            size_t n = utf8_cluster(b, &cols);
            cr_assert(cols == 1 || cols == 2, "U+%X", cp);
            int got = cell_make(out, bytes_of(b.p, n), cols, true);
            cr_assert(got >= 1 && got <= cols, "U+%X", cp);
            cr_assert_eq(wcswidth(out, CELL_CODES), got, "U+%X", cp);
            b = bytes_of(b.p + n, b.n - n);
        }
        buf_free(&clean);
    }
}

/* ---- on a screen ---- */

struct frame {
    int cols, rows;
    int rules[2]; /* columns; 0: none */
    int top, low; /* rows of the body */
};

static void check_straight(struct pty *p, const struct frame *f, size_t from)
{
    for (int row = f->top; row < f->low; row++) {
        for (size_t i = 0; i < 2 && f->rules[i] != 0; i++)
            cr_assert_eq(pty_cell(p, row, f->rules[i]), 0x2502, "texts from %zu, row %d:\n%s",
                from, row, pty_screen(p));
    }
}

static void straight(const struct frame *f, size_t each)
{
    struct pty *p =
        stage_start(&(struct stage_wish){.scene = "room", .cols = f->cols, .rows = f->rows});
    char line[64];

    cr_assert(pty_until(p, "alice \xe2\x96\xb8"));
    for (size_t from = 0; from < hostile_count(); from += each) {
        (void)snprintf(line, sizeof line, "/hostile %zu %zu\r", from, each);
        pty_type(p, line);
        (void)snprintf(line, sizeof line, " from%zu \xe2\x96\xb8", from);
        cr_assert(pty_until(p, line));
        check_straight(p, f, from);
    }
    pty_free(p);
}

Test(cell, hostile__three_panes_stay_straight)
{
    straight(&(struct frame){120, 36, {19, 101}, 2, 32}, 8);
}

Test(cell, hostile__two_panes_stay_straight)
{
    straight(&(struct frame){80, 24, {15, 0}, 2, 20}, 8);
}

static void all_of(struct pty *p, size_t from, size_t each)
{
    char line[64];

    (void)snprintf(line, sizeof line, "\x15/hostile %zu %zu\r", from, each);
    pty_type(p, line);
    (void)snprintf(line, sizeof line, " from%zu \xe2\x96\xb8", from);
    cr_assert(pty_until(p, line));
}

/* Where they are chosen from, completed, and looked for; each program's bytes are judged. */
Test(cell, hostile__in_lists_and_on_the_line)
{
    const struct frame f = {120, 36, {19, 101}, 2, 32};
    struct pty *p =
        stage_start(&(struct stage_wish){.scene = "room", .cols = f.cols, .rows = f.rows});

    cr_assert(pty_until(p, "alice \xe2\x96\xb8"));
    for (size_t from = 0; from < hostile_written(); from += 8) {
        all_of(p, from, 8);
        pty_type(p, "\x1bg");
        cr_assert(pty_until(p, "Go to a page"));
        pty_type(p, "\x1b[B\x1b[B\x1b[6~");
        pty_type(p, "\x07");
        cr_assert(pty_until_gone(p, "Go to a page"));
        pty_type(p, "/msg \t\t\t\t");
        cr_assert(pty_until(p, "/msg"));
        pty_type(p, "\x07\x15\x13");
        cr_assert(pty_until(p, "earch"));
        pty_type(p, "1\x07");
        cr_assert(pty_until_gone(p, "earch"));
        check_straight(p, &f, from);
    }
    pty_free(p);
}
