/* SPDX-License-Identifier: ISC */
/*
 * What the relay answered, as a person reads it: facts one below the other, rows under
 * headings, columns as wide as what is in them. Whatever a stranger chose (names, reasons) is
 * cleaned on the way. Numbers whose key ends in _s are shown as durations, in _ms as dates.
 */
#ifndef CTL_TABLE_H
#define CTL_TABLE_H

#include "base/buf.h"
#include "base/bytes.h"
#include "base/err.h"
#include "ctl/order.h"

/* Appends text to out. ERR_REFUSED: the relay said no, and out has its words; ERR_FORMAT: this
 * is no answer to that order. */
enum err table_show(const struct order_row *row, struct bytes answer, struct buf *out);

#endif
