/* SPDX-License-Identifier: ISC */
#include "tui/layout.h"

#include <criterion/criterion.h>
#include <string.h>

#define MAX_ROWS 60
#define MAX_COLS 200

static void check_tiles(int rows, int cols, const struct layout_wish *wish)
{
    static char owner[MAX_ROWS][MAX_COLS];
    struct layout l;

    memset(owner, 0, sizeof owner);
    layout_make(&l, rows, cols, wish);
    for (int part = 0; part < LAYOUT_PARTS; part++) {
        struct rect r = l.part[part];
        if (r.rows == 0 || r.cols == 0)
            continue;
        cr_assert(r.row >= 0 && r.col >= 0 && r.row + r.rows <= rows && r.col + r.cols <= cols,
            "%dx%d part %d leaves the screen", cols, rows, part);
        for (int y = r.row; y < r.row + r.rows; y++) {
            for (int x = r.col; x < r.col + r.cols; x++) {
                cr_assert_eq(owner[y][x], 0, "%dx%d parts %d and %d overlap", cols, rows,
                    owner[y][x] - 1, part);
                owner[y][x] = (char)(part + 1);
            }
        }
    }
    for (int y = 0; y < rows; y++)
        cr_assert_null(
            memchr(owner[y], 0, (size_t)cols), "%dx%d row %d has a hole", cols, rows, y);
}

Test(layout, make__tiles_every_size_and_wish)
{
    for (int w = 0; w < 54; w++) {
        struct layout_wish wish = {(enum layout_want)(w % 3), (enum layout_want)(w / 3 % 3),
            w / 9 % 2 != 0, w / 18 * 4};
        for (int rows = 1; rows <= MAX_ROWS; rows++) {
            for (int cols = 1; cols <= MAX_COLS; cols++)
                check_tiles(rows, cols, &wish);
        }
    }
}

Test(layout, make__always_a_place_for_the_focus)
{
    struct layout_wish wish = {0};
    struct layout l;

    for (int rows = 1; rows <= MAX_ROWS; rows++) {
        for (int cols = 1; cols <= MAX_COLS; cols++) {
            layout_make(&l, rows, cols, &wish);
            bool small = rows < LAYOUT_MIN_ROWS || cols < LAYOUT_MIN_COLS;
            cr_assert_eq(layout_has(&l, LAYOUT_PAGE), small);
            cr_assert_eq(layout_has(&l, LAYOUT_INPUT), !small);
            cr_assert_eq(layout_has(&l, LAYOUT_LOG), !small);
        }
    }
}

struct fold {
    int cols, rows;
    bool rooms, people, title, status, hints, clock;
    int nick_cols;
};

Test(layout, make__folds_in_order)
{
    static const struct fold FOLDS[] = {
        {120, 36, true, true, true, true, true, true, 12},
        {110, 24, true, true, true, true, true, true, 12},
        {109, 24, true, false, true, true, true, true, 10},
        {80, 24, true, false, true, true, true, true, 10},
        {79, 24, false, false, true, true, true, true, 0},
        {55, 16, false, false, true, true, true, false, 0},
        {40, 12, false, false, false, true, false, false, 0},
        {20, 9, false, false, false, false, false, false, 0},
    };
    struct layout_wish wish = {0};
    struct layout l;

    for (size_t i = 0; i < sizeof FOLDS / sizeof FOLDS[0]; i++) {
        const struct fold *f = &FOLDS[i];
        layout_make(&l, f->rows, f->cols, &wish);
        cr_assert_eq(layout_has(&l, LAYOUT_ROOMS), f->rooms, "%d", f->cols);
        cr_assert_eq(layout_has(&l, LAYOUT_PEOPLE), f->people, "%d", f->cols);
        cr_assert_eq(layout_has(&l, LAYOUT_TITLE), f->title, "%d", f->rows);
        cr_assert_eq(layout_has(&l, LAYOUT_STATUS), f->status, "%d", f->rows);
        cr_assert_eq(layout_has(&l, LAYOUT_HINTS), f->hints, "%d", f->rows);
        cr_assert_eq(l.clock, f->clock, "%d", f->cols);
        cr_assert_eq(l.nick_cols, f->nick_cols, "%d", f->cols);
    }
}

/* What was asked for lies beside the events as long as these keep their text. */
Test(layout, make__text_keeps_its_columns_beside_panes)
{
    static const enum layout_want WANTS[] = {LAYOUT_AUTO, LAYOUT_SHOWN, LAYOUT_HIDDEN};
    struct layout l;

    for (int w = 0; w < 9; w++) {
        struct layout_wish wish = {WANTS[w % 3], WANTS[w / 3], false, 1};
        for (int cols = LAYOUT_MIN_COLS; cols <= MAX_COLS; cols++) {
            layout_make(&l, 24, cols, &wish);
            int indent = 1 + (l.clock ? 7 : 0) + (l.nick_cols != 0 ? l.nick_cols + 2 : 0);
            bool beside =
                layout_has(&l, LAYOUT_ROOMS_RULE) || layout_has(&l, LAYOUT_PEOPLE_RULE);
            if (layout_has(&l, LAYOUT_LOG) && beside)
                cr_assert_geq(l.part[LAYOUT_LOG].cols - indent, LAYOUT_TEXT_COLS);
            if (wish.people == LAYOUT_SHOWN)
                cr_assert(layout_has(&l, LAYOUT_PEOPLE), "%d", cols);
        }
    }
}

static void expect_parts(int cols, struct layout_wish wish, bool rooms, bool log, bool people)
{
    struct layout l;

    layout_make(&l, 24, cols, &wish);
    cr_assert_eq(layout_has(&l, LAYOUT_ROOMS), rooms, "%d", cols);
    cr_assert_eq(layout_has(&l, LAYOUT_LOG), log, "%d", cols);
    cr_assert_eq(layout_has(&l, LAYOUT_PEOPLE), people, "%d", cols);
}

Test(layout, people__asked_for_where_they_do_not_come_by_themselves)
{
    struct layout_wish wish = {.people = LAYOUT_SHOWN};

    expect_parts(100, wish, true, true, true);
    expect_parts(85, wish, true, true, true);
    expect_parts(80, wish, false, true, true);
    expect_parts(70, wish, false, true, true);
    expect_parts(60, wish, false, false, true); /* in place of the events */
    expect_parts(40, wish, false, false, true);
    wish.people = LAYOUT_HIDDEN;
    expect_parts(120, wish, true, true, false);
    wish.rooms = LAYOUT_SHOWN;
    expect_parts(79, wish, true, true, false);
    expect_parts(50, wish, true, false, false);
}

Test(layout, hints__their_row_goes_to_the_events)
{
    struct layout_wish wish = {0};
    struct layout with;
    struct layout without;

    layout_make(&with, 24, 80, &wish);
    wish.no_hints = true;
    layout_make(&without, 24, 80, &wish);
    cr_assert_not(layout_has(&without, LAYOUT_HINTS));
    cr_assert_eq(without.part[LAYOUT_LOG].rows, with.part[LAYOUT_LOG].rows + 1);
}

Test(layout, step__changes_where_something_folds)
{
    struct layout_wish wish = {0};
    struct layout a;
    struct layout b;

    for (int cols = LAYOUT_MIN_COLS + 1; cols <= MAX_COLS; cols++) {
        layout_make(&a, 24, cols - 1, &wish);
        layout_make(&b, 24, cols, &wish);
        bool same = a.clock == b.clock && a.nick_cols == b.nick_cols;
        for (int part = 0; part < LAYOUT_PARTS; part++)
            same = same && layout_has(&a, part) == layout_has(&b, part);
        if (!same)
            cr_assert_gt(layout_step(cols), layout_step(cols - 1), "%d", cols);
    }
}

Test(layout, make__the_line_grows_as_far_as_there_is_room)
{
    static const struct {
        int rows, wanted, got;
    } ROWS[] = {{36, 0, 1}, {36, 1, 1}, {36, 4, 4}, {36, 6, 6}, {36, 60, 6}, {16, 6, 6},
        {15, 6, 3}, {12, 3, 3}, {10, 3, 3}, {9, 3, 1}, {5, 3, 1}};

    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        struct layout_wish wish = {.input = ROWS[i].wanted};
        struct layout l;
        layout_make(&l, ROWS[i].rows, 80, &wish);
        cr_assert_eq(l.part[LAYOUT_INPUT].rows, ROWS[i].got, "%d rows", ROWS[i].rows);
        cr_assert_geq(l.part[LAYOUT_LOG].rows, 4, "%d rows", ROWS[i].rows);
    }
}
