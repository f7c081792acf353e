/* SPDX-License-Identifier: ISC */
/*
 * What Tab makes of a line: which words may stand where its cursor stands, by the rows of the
 * command table, and how far they agree. Nothing is changed here.
 */
#ifndef TUI_COMPLETE_H
#define TUI_COMPLETE_H

#include "base/buf.h"
#include "model/model.h"

struct completion {
    size_t found;      /* words that fit */
    struct buf insert; /* what they all go on with, and a space after a single one */
    struct buf list;   /* the words, for showing, two spaces between */
};

/* line: what stands before the cursor. */
void complete_line(struct completion *c, const struct model *m, struct bytes line);
void completion_fini(struct completion *c);

#endif
