/* SPDX-License-Identifier: ISC */
/*
 * How far something has come: a bar of exactly so many columns, and the same with its percent,
 * its rate and the time that is left, as much of that as fits. Where motion is reduced there is
 * no bar, and the number moves in steps of ten. It writes text and draws nothing.
 */
#ifndef TUI_GAUGE_H
#define TUI_GAUGE_H

#include "base/buf.h"

struct gauge_look {
    const char *full; /* of one column each */
    const char *half; /* "": there is none */
    const char *empty;
    bool numbers; /* motion is reduced */
};

struct gauge {
    uint64_t bytes;
    uint64_t done;
    uint64_t rate; /* bytes a second; 0: not known, and not told */
};

void gauge_bar(struct buf *to, const struct gauge_look *l, int cols, unsigned percent);
/* At most cols columns; "████▌····  62%  1.1 MB/s  0:12 left" where there is room. */
void gauge_line(struct buf *to, const struct gauge_look *l, int cols, const struct gauge *g);
/* "62%", "60%" where motion is reduced. */
unsigned gauge_shown(const struct gauge_look *l, uint64_t done, uint64_t bytes);

#endif
