/* SPDX-License-Identifier: ISC */
#include "tui/gauge.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "model/transfer.h"

#define BAR_MOST 24 /* columns; more of them say no more */
#define GAP      2

unsigned gauge_shown(const struct gauge_look *l, uint64_t done, uint64_t bytes)
{
    unsigned percent = transfer_part(done, bytes);

    return l->numbers ? percent / 10 * 10 : percent;
}

void gauge_bar(struct buf *to, const struct gauge_look *l, int cols, unsigned percent)
{
    int halves = (int)((long)cols * 2 * (percent < 100 ? percent : 100) / 100);

    for (int i = 0; i < cols; i++) {
        if (halves >= 2 * i + 2)
            buf_text(to, l->full);
        else
            buf_text(to, halves == 2 * i + 1 && l->half[0] != '\0' ? l->half : l->empty);
    }
}

/* What stands behind the bar; less of it the higher the number. */
static void put_tail(char out[64], const struct gauge *g, int less)
{
    unsigned percent = transfer_part(g->done, g->bytes);
    char rate[TRANSFER_SIZE];
    char left[TRANSFER_TIME];
    uint32_t s = transfer_left_s(g->bytes, g->done, g->rate);

    transfer_size(rate, g->rate);
    transfer_time(left, s);
    (void)snprintf(out, 64, "%*s%3u%%", less < 3 ? GAP - 1 : 0, "", percent);
    if (g->rate == 0)
        return;
    if (less < 2)
        (void)snprintf(out + strlen(out), 64 - strlen(out), "  %s/s", rate);
    if (less < 1 && s != UINT32_MAX)
        (void)snprintf(out + strlen(out), 64 - strlen(out), "  %s left", left);
}

static void put_numbers(
    struct buf *to, const struct gauge_look *l, int cols, const struct gauge *g)
{
    char size[TRANSFER_SIZE];
    char text[64];

    transfer_size(size, g->bytes);
    int n = snprintf(text, sizeof text, "%u%% of %s", gauge_shown(l, g->done, g->bytes), size);
    if (n > cols)
        n = snprintf(text, sizeof text, "%u%%", gauge_shown(l, g->done, g->bytes));
    buf_put(to, text, (size_t)(n < cols ? n : cols));
}

void gauge_line(struct buf *to, const struct gauge_look *l, int cols, const struct gauge *g)
{
    static const int LEAST[] = {8, 6, 3, 0}; /* of the bar, for each tail */
    char tail[64];
    int room = 0;

    if (cols <= 0)
        return;
    if (l->numbers) {
        put_numbers(to, l, cols, g);
        return;
    }
    for (size_t less = 0; less < MEM_COUNT(LEAST); less++) {
        put_tail(tail, g, (int)less);
        room = cols - (int)strlen(tail);
        if (room >= LEAST[less])
            break;
    }
    if (room < 0) /* not even a number fits */
        gauge_bar(to, l, cols, transfer_part(g->done, g->bytes));
    else
        gauge_bar(to, l, room < BAR_MOST ? room : BAR_MOST, transfer_part(g->done, g->bytes));
    if (room >= 0)
        buf_text(to, tail);
}
