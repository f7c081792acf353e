/* SPDX-License-Identifier: ISC */
/*
 * One item of the log as text that is ready to be cut into rows: cleaned, with what its columns
 * do not hold written in front of it and its state behind it. Rows after the first hang where
 * names are not aligned, so that no text can look like the beginning of another event. It
 * draws nothing.
 */
#ifndef TUI_ENTRY_H
#define TUI_ENTRY_H

#include "base/buf.h"
#include "tui/card.h"
#include "tui/item.h"
#include "tui/layout.h"

struct entry_look {
    struct item_look items;
    int cols;         /* of the pane */
    int text_cols;    /* of text at most; 0: as many as there are */
    int nick_cols;    /* 0: names stand in the text */
    bool clock;       /* a column for it */
    bool bare;        /* no column but the text's */
    const char *more; /* the glyph before what is folded */
    char key[32];     /* which key unfolds it; or "" */
    struct card_look card;
};

struct entry {
    struct buf text;
    size_t mark_at;   /* where the state begins in it; its end: there is none */
    int indent;       /* columns before it */
    int hang;         /* and more of them before each row but the first */
    int cols;         /* of a row of it */
    size_t above;     /* rows above it: the line of a new day, that of what is new */
    size_t rows;      /* in all, those included */
    struct card card; /* no parts: it is none */
};

/* mark: what is to stand behind it, or "". */
void entry_init(
    struct entry *en, const struct entry_look *l, const struct item *it, const char *mark);
void entry_fini(struct entry *en);
/* The next row off the front of rest. */
bool entry_next(const struct entry *en, struct bytes *rest, struct bytes *row);
const char *entry_tag(char out[EVENT_TAG + 1], const struct event *v); /* "#tag", or "" */

#endif
