/* SPDX-License-Identifier: ISC */
/*
 * The strict look at JSON text before the parser sees it: RFC 8259 to the letter, bounded in
 * depth, count and size, UTF-8 only, no NUL however spelt, no lone surrogates. Comments become
 * spaces in place. It knows nothing of meaning. Only json.c and json_edit.c call it; json.h
 * repeats its bounds.
 */
#ifndef BASE_JSON_SCAN_H
#define BASE_JSON_SCAN_H

#include "base/buf.h"
#include "base/err.h"

#define JSON_MAX_BYTES  (1u << 20)
#define JSON_MAX_DEPTH  16
#define JSON_MAX_VALUES 65536

/* text is changed where comments were; why gets "line 3: ...". */
enum err json_scan(struct buf *text, bool comments, char *why, size_t why_n);

#endif
