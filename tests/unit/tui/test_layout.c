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
    for (int w = 0; w < 9; w++) {
        struct layout_wish wish = {(enum layout_want)(w % 3), (enum layout_want)(w / 3)};
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

Test(layout, make__events_keep_their_columns_beside_panes)
{
    struct layout_wish wish = {LAYOUT_SHOWN, LAYOUT_SHOWN};
    struct layout l;

    for (int cols = LAYOUT_MIN_COLS; cols <= MAX_COLS; cols++) {
        layout_make(&l, 24, cols, &wish);
        if (layout_has(&l, LAYOUT_LOG) && layout_has(&l, LAYOUT_ROOMS_RULE))
            cr_assert_geq(l.part[LAYOUT_LOG].cols, LAYOUT_LOG_COLS);
    }
    wish = (struct layout_wish){LAYOUT_AUTO, LAYOUT_SHOWN};
    layout_make(&l, 12, 40, &wish);
    cr_assert(layout_has(&l, LAYOUT_PEOPLE));
    cr_assert_not(layout_has(&l, LAYOUT_LOG));
}
