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

/* Cuts the body: rooms | events | people. A pane that was asked for and does not fit beside
 * the events takes their place. */
static void cut_body(struct layout *l, struct rect body, const struct layout_wish *wish)
{
    bool rooms = wanted(wish->rooms, body.cols >= 80);
    bool people = wanted(wish->people, body.cols >= 110);
    int rooms_cols = body.cols >= 110 ? clamp(body.cols * 16 / 100, 18, 24) : 15;
    int people_cols = clamp(body.cols * 17 / 100, 20, 24);
    int left = 0;
    int right = 0;

    if (people && body.cols - people_cols - 1 < LAYOUT_LOG_COLS) {
        put(l, LAYOUT_PEOPLE, body);
        return;
    }
    right = people ? people_cols + 1 : 0;
    if (rooms && body.cols - right - rooms_cols - 1 < LAYOUT_LOG_COLS) {
        put(l, LAYOUT_ROOMS, body);
        return;
    }
    left = rooms ? rooms_cols + 1 : 0;
    if (rooms) {
        put(l, LAYOUT_ROOMS, (struct rect){body.row, 0, body.rows, rooms_cols});
        put(l, LAYOUT_ROOMS_RULE, (struct rect){body.row, rooms_cols, body.rows, 1});
    }
    if (people) {
        int at = body.cols - people_cols;
        put(l, LAYOUT_PEOPLE, (struct rect){body.row, at, body.rows, people_cols});
        put(l, LAYOUT_PEOPLE_RULE, (struct rect){body.row, at - 1, body.rows, 1});
    }
    put(l, LAYOUT_LOG, (struct rect){body.row, left, body.rows, body.cols - left - right});
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
    l->clock = cols >= 56;
    l->nick_cols = cols >= 110 ? 12 : cols >= 80 ? 10 : 0;
    if (rows >= 16) {
        put(l, LAYOUT_TITLE, (struct rect){top++, 0, 1, cols});
        put(l, LAYOUT_HINTS, (struct rect){--low, 0, 1, cols});
    }
    put(l, LAYOUT_INPUT, (struct rect){--low, 0, 1, cols});
    if (rows >= 10)
        put(l, LAYOUT_STATUS, (struct rect){--low, 0, 1, cols});
    if (rows >= 24) {
        put(l, LAYOUT_TOP_RULE, (struct rect){top++, 0, 1, cols});
        put(l, LAYOUT_LOW_RULE, (struct rect){--low, 0, 1, cols});
    }
    cut_body(l, (struct rect){top, 0, low - top, cols}, wish);
}
