/* SPDX-License-Identifier: ISC */
/*
 * What the log shows of a message that offers a file: its name, how large and of what kind it
 * is and whether its sender's key was compared; then how it stands, and with whom, in rows of a
 * width. A transfer is read, nothing is changed; what is foreign is cleaned here, and no name
 * and no note begins a row of its own. It knows nothing of cells.
 */
#ifndef TUI_CARD_H
#define TUI_CARD_H

#include "model/transfer.h"
#include "tui/gauge.h"
#include "tui/style.h"

#define CARD_PEOPLE 6 /* that have a row; the others are counted */
#define CARD_PARTS  (CARD_PEOPLE + 6)

struct card_look {
    const struct transfers *files; /* NULL: there are no cards */
    struct gauge_look gauge;
    const char *in; /* signs of both directions */
    const char *out;
    const char *more; /* behind what was cut */
    char select[32];  /* the key that leads to those of a card; or "" */
};

/* How the text up to a place looks. */
struct card_part {
    size_t to;
    enum style style;
};

struct card {
    struct card_part part[CARD_PARTS];
    size_t parts;
};

/* Appends it: rows of at most cols columns, but for sentences, which are to be wrapped. lead:
 * columns that stand before it in its first row. */
struct card_at {
    int cols;
    int lead;
};
void card_put(struct buf *to, struct card *c, const struct card_look *l,
    const struct transfer *t, struct card_at at);
/* The row of how it stands, for who has a row for each transfer. */
void card_state(struct buf *to, const struct card_look *l, const struct transfer *t, int cols);
/* "3.2 MB, PDF document, sender not verified" */
void card_facts(struct buf *to, const struct transfer *t);
enum style card_style(const struct transfer *t);
/* One of the receivers in words: "has it", "refused". */
const char *card_person_words(enum transfer_state s);
/* What a person may read of how a whole transfer stands: "paused", "saved", "offered". */
const char *card_word(const struct transfer *t);

#endif
