/* SPDX-License-Identifier: ISC */
/*
 * How parts of a clean text look: links, quoted lines, `code`, and what the cleaner wrote in
 * place of what cannot be shown. Nothing of it changes what the text is.
 */
#ifndef TUI_SPAN_H
#define TUI_SPAN_H

#include "base/bytes.h"
#include "tui/style.h"

struct span {
    size_t from, to;
    enum style style;
};

/* The next one at or behind from; false: none, the rest looks as usual. */
bool span_next(struct bytes text, size_t from, struct span *out);

#endif
