/* SPDX-License-Identifier: ISC */
#include "tui/bar.h"

static int needed(const struct bar_item *items, size_t count)
{
    int sum = 0;

    for (size_t i = 0; i < count; i++) {
        if (items[i].cols > 0)
            sum += items[i].cols + (sum != 0 ? BAR_GAP : 0);
    }
    return sum;
}

static struct bar_item *least(struct bar_item *items, size_t count)
{
    struct bar_item *low = NULL;

    for (size_t i = 0; i < count; i++) {
        if (items[i].cols > 0 && (low == NULL || items[i].rank < low->rank))
            low = &items[i];
    }
    return low;
}

void bar_fit(struct bar_item *items, size_t count, int cols)
{
    int room = cols - 2;
    int at = 1;
    int end = cols - 1;

    for (size_t i = 0; i < count; i++)
        items[i].cols = items[i].width > 0 ? items[i].width : 0;
    for (struct bar_item *low; (low = least(items, count)) != NULL;) {
        int over = needed(items, count) - room;
        if (over <= 0)
            break;
        int least_cols = low->least > 0 ? low->least : BAR_SHORT;
        low->cols = low->cols - over >= least_cols ? low->cols - over : 0;
    }
    for (size_t i = 0; i < count; i++) {
        if (items[i].cols > 0 && !items[i].right) {
            items[i].at = at;
            at += items[i].cols + BAR_GAP;
        }
    }
    for (size_t i = count; i-- > 0;) {
        if (items[i].cols > 0 && items[i].right) {
            items[i].at = end - items[i].cols;
            end = items[i].at - BAR_GAP;
        }
    }
}
