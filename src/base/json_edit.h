/* SPDX-License-Identifier: ISC */
/*
 * One member of a JSON text changed where it stands, so that everything else, comments and
 * blanks too, stays byte for byte as somebody wrote it. What comes out parses, and says what
 * was asked for; otherwise the text is not touched. It knows nothing of meaning and files.
 */
#ifndef BASE_JSON_EDIT_H
#define BASE_JSON_EDIT_H

#include "base/buf.h"
#include "base/bytes.h"
#include "base/err.h"

/* A member of the root, or of the object that the root has as section (NULL: none). */
struct json_spot {
    const char *section;
    const char *key;
};

/* Puts a value there, which is JSON itself; empty: the member goes. Comments may be in text.
 * ERR_FORMAT with one sentence in why: it is no object that can be changed. */
enum err json_edit(
    struct buf *text, struct json_spot spot, struct bytes value, char *why, size_t why_n);
/* The line on which the member begins, from 1; 0: it is not there. */
unsigned json_line(struct bytes text, struct json_spot spot);

#endif
