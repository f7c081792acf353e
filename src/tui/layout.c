/* SPDX-License-Identifier: ISC */
#include "tui/layout.h"

#include <string.h>

static int clamp(int v, int low, int high)
{
    if (v < low)
        return low;
    return v > high ? high : v;
}

bool layout_has(const struct layout *l, enum layout_part part)
{
    return l->part[part].rows > 0 && l->part[part].cols > 0;
}

static void put(struct layout *l, enum layout_part part, struct rect r)
{
    l->part[part] = r;
}

static bool wanted(enum layout_want want, bool by_itself)
{
    return want == LAYOUT_AUTO ? by_itself : want == LAYOUT_SHOWN;
}

int layout_step(int cols)
{
    static const int STEPS[] = {30, 56, 80, 110};
    int step = 0;

    for (size_t i = 0; i < sizeof STEPS / sizeof STEPS[0]; i++)
        step += cols >= STEPS[i];
    return step;
}

/* The columns that stand before the text, the free one at the edge included. */
static int indent_of(const struct layout *l)
{
    return 1 + (l->clock ? 7 : 0) + (l->nick_cols != 0 ? l->nick_cols + 2 : 0);
}

static void put_sides(struct layout *l, struct rect body, int rooms, int people)
{
    int left = rooms != 0 ? rooms + 1 : 0;
    int right = people != 0 ? people + 1 : 0;
    int at = body.cols - people;

    if (rooms != 0) {
        put(l, LAYOUT_ROOMS, (struct rect){body.row, 0, body.rows, rooms});
        put(l, LAYOUT_ROOMS_RULE, (struct rect){body.row, rooms, body.rows, 1});
    }
    if (people != 0) {
        put(l, LAYOUT_PEOPLE, (struct rect){body.row, at, body.rows, people});
        put(l, LAYOUT_PEOPLE_RULE, (struct rect){body.row, at - 1, body.rows, 1});
    }
    put(l, LAYOUT_LOG, (struct rect){body.row, left, body.rows, body.cols - left - right});
}

/* Whether text keeps its columns, if need be without a column of names. */
static bool fits(struct layout *l, int cols, int rooms, int people)
{
    int names = l->nick_cols;
    int text = cols - (rooms != 0) - rooms - (people != 0) - people;

    if (text - indent_of(l) >= LAYOUT_TEXT_COLS)
        return true;
    l->nick_cols = 0;
    if (text - indent_of(l) >= LAYOUT_TEXT_COLS)
        return true;
    l->nick_cols = names;
    return false;
}

/* Cuts the body: rooms | events | people. Rooms that were not asked for give way to people
 * that were. */
static void cut_body(struct layout *l, struct rect body, const struct layout_wish *wish)
{
    int step = layout_step(body.cols);
    int rooms = step >= 4 ? clamp(body.cols * 16 / 100, 18, 24) : 15;
    int people = step >= 4 ? clamp(body.cols * 15 / 100, 16, 20) : 16;

    if (!wanted(wish->rooms, step >= 3))
        rooms = 0;
    if (!wanted(wish->people, step >= 4))
        people = 0;
    if ((rooms == 0 && people == 0) || fits(l, body.cols, rooms, people))
        put_sides(l, body, rooms, people);
    else if (people != 0 && wish->rooms != LAYOUT_SHOWN && fits(l, body.cols, 0, people))
        put_sides(l, body, 0, people);
    else
        put(l, people != 0 ? LAYOUT_PEOPLE : LAYOUT_ROOMS, body);
}

/* The line grows with what is typed, as far as the events can spare it. */
static int input_rows(int rows, const struct layout_wish *wish)
{
    return clamp(wish->input, 1, rows >= 16 ? 6 : rows >= 10 ? 3 : 1);
}

void layout_make(struct layout *l, int rows, int cols, const struct layout_wish *wish)
{
    int top = 0;
    int low = rows;

    memset(l, 0, sizeof *l);
    if (rows < LAYOUT_MIN_ROWS || cols < LAYOUT_MIN_COLS) {
        put(l, LAYOUT_PAGE, (struct rect){0, 0, rows, cols});
        return;
    }
    l->clock = layout_step(cols) >= 2;
    l->nick_cols = layout_step(cols) >= 4 ? 12 : layout_step(cols) >= 3 ? 10 : 0;
    if (rows >= 16)
        put(l, LAYOUT_TITLE, (struct rect){top++, 0, 1, cols});
    if (rows >= 16 && !wish->no_hints)
        put(l, LAYOUT_HINTS, (struct rect){--low, 0, 1, cols});
    low -= input_rows(rows, wish);
    put(l, LAYOUT_INPUT, (struct rect){low, 0, input_rows(rows, wish), cols});
    if (rows >= 10)
        put(l, LAYOUT_STATUS, (struct rect){--low, 0, 1, cols});
    if (rows >= 24) {
        put(l, LAYOUT_TOP_RULE, (struct rect){top++, 0, 1, cols});
        put(l, LAYOUT_LOW_RULE, (struct rect){--low, 0, 1, cols});
    }
    cut_body(l, (struct rect){top, 0, low - top, cols}, wish);
}
