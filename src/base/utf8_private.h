/* SPDX-License-Identifier: ISC */
/* What the files of the sanitiser share; nobody else includes it. */
#ifndef BASE_UTF8_PRIVATE_H
#define BASE_UTF8_PRIVATE_H

#include "base/utf8.h"

/* Code point by code point, as the table of the use says; the whole is the caller's matter. */
void utf8_clean_text(struct buf *out, struct bytes in, enum utf8_use use);
void utf8_clean_filename(struct buf *out, struct bytes in);
/* Without the ASCII characters of lead in front, each with its marks, and of tail behind. */
struct bytes utf8_trim(struct bytes s, const char *lead, const char *tail);

#endif
