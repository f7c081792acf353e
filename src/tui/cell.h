/* SPDX-License-Identifier: ISC */
/*
 * What of a cluster is put on the screen. The layout counts columns by one table, the C library
 * by another and the terminal by a third; where they may differ, less is drawn, so that what
 * stands to the right, in this row, stays in its column: the base without what changes its
 * width (variation selectors, joiners and what they join, keycaps, spacing marks, more than
 * four marks), a flag as a plain flag, syllables instead of their letters, else U+FFFD. It
 * knows nothing of ncurses.
 *
 * Right-to-left letters are kept as they are, each row on its own; their order within it is the
 * terminal's matter, and nothing is added that could move what is ours. A terminal that orders
 * rows itself may move a border that stands between two such runs, in that row alone.
 *
 * Letters of ambiguous width count one column, as in every locale of glibc.
 */
#ifndef TUI_CELL_H
#define TUI_CELL_H

#include <wchar.h>

#include "base/bytes.h"

#define CELL_CODES 5 /* a base and four marks */

/* For a clean cluster that has so many columns; NUL-ended. The columns it takes for certain;
 * the rest of them is blank. */
int cell_make(wchar_t out[CELL_CODES + 1], struct bytes cluster, int cols, bool unicode);

#endif
