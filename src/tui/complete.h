/* SPDX-License-Identifier: ISC */
/*
 * What Tab makes of a line: which words may stand where its cursor stands, by the rows of the
 * command table, by who spoke and by the rooms there are, and how far they agree. Nothing is
 * changed here.
 */
#ifndef TUI_COMPLETE_H
#define TUI_COMPLETE_H

#include "base/buf.h"
#include "model/model.h"

#define COMPLETION_MAX 200

struct completion_word {
    char *text;       /* in place of what was typed, with what follows it */
    size_t word;      /* bytes of it without that */
    const char *note; /* what it is, or ""; of a table */
    const char *args; /* what it takes, before the note, or "" */
    char *about;      /* of its own, in place of the note; or NULL */
};

struct completion {
    struct completion_word word[COMPLETION_MAX]; /* the likeliest first */
    size_t found;
    size_t from; /* where in the line what was typed of it begins */
    size_t same; /* bytes that all of them begin with */
};

/* line: what stands before the cursor. */
void complete_line(struct completion *c, const struct model *m, struct bytes line);
void completion_fini(struct completion *c);
/* What a command takes that is not typed yet, as it stands behind the cursor; or nothing. */
void complete_ghost(struct buf *out, struct bytes line);

#endif
