/* SPDX-License-Identifier: ISC */
/* Cuts clean text into rows of a width: at spaces, inside a word only when it is longer than a
 * row, at each newline. A row never ends inside a cluster and is never wider than asked. */
#ifndef TUI_WRAP_H
#define TUI_WRAP_H

#include "base/bytes.h"

/* The next row off the front of rest; false: none is left. Progress is made whatever cols is.
 */
bool wrap_next(struct bytes *rest, int cols, struct bytes *row);
size_t wrap_count(struct bytes text, int cols); /* rows; at least 1 */

#endif
