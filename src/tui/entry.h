/* SPDX-License-Identifier: ISC */
/*
 * One event as text that is ready to be cut into rows: cleaned, with what its columns do not
 * hold written in front of it and its state behind it. Rows after the first hang where names
 * are not aligned, so that no text can look like the beginning of another event. It draws
 * nothing.
 */
#ifndef TUI_ENTRY_H
#define TUI_ENTRY_H

#include <time.h>

#include "base/buf.h"
#include "model/event.h"
#include "tui/layout.h"

struct entry {
    struct buf text;
    size_t mark_at; /* where the state begins in it; its end: there is none */
    int indent;     /* columns before it */
    int hang;       /* and more of them before each row but the first */
    size_t rows;    /* in all, the line of a new day included */
    bool day;       /* another day than the event before */
};

/* The columns that clock and name take, the free one at the edge included. */
int entry_indent(const struct layout *l);
/* For event i in a pane of cols columns. mark: what is to stand behind it, or "". */
void entry_init(struct entry *en, const struct layout *l, int cols, const struct events *es,
    size_t i, const char *mark);
void entry_fini(struct entry *en);
/* The next row off the front of rest. */
bool entry_next(const struct entry *en, int cols, struct bytes *rest, struct bytes *row);
const char *entry_tag(char out[EVENT_TAG + 1], const struct event *v); /* "#tag", or "" */
struct tm entry_time(int64_t wall_ms);

#endif
