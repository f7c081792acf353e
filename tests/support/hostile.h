/* SPDX-License-Identifier: ISC */
/*
 * Text as nobody should send it: sequences that terminals obey, bytes that are no UTF-8, and
 * every class of code points whose columns are counted differently. The same each time.
 */
#ifndef SUPPORT_HOSTILE_H
#define SUPPORT_HOSTILE_H

#include "base/buf.h"

size_t hostile_count(void);
size_t hostile_written(void); /* of those, how many were written by hand: the first ones */
void hostile_put(struct buf *out, size_t i); /* appends number i */

#endif
