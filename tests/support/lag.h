/* SPDX-License-Identifier: ISC */
/*
 * The terminal of the tests counts columns by a table of its own, which is older than ours:
 * signs that came later would move a border there and nowhere else. They are taken out of a
 * text before it is looked at; all else stays.
 */
#ifndef SUPPORT_LAG_H
#define SUPPORT_LAG_H

#include "base/buf.h"

void lag_put(struct buf *out, struct bytes text); /* a '~' for each of them */

#endif
