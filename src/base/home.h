/* SPDX-License-Identifier: ISC */
/*
 * The person's home folder, and paths below it as people write them: "~/notes". It is what
 * $HOME says, when that is an absolute path; a program with more rights than its caller knows
 * of none. Looks at no file.
 */
#ifndef BASE_HOME_H
#define BASE_HOME_H

#include "base/buf.h"
#include "base/bytes.h"

const char *home_folder(void); /* NULL: none is known */
/* Adds path, with the home folder for a "~" that stands alone or before a slash. */
void home_expand(struct buf *to, struct bytes path);
/* The other way round: "~/notes" of one that lies below it, any other as it is. out needs no
 * more room than path has. */
void home_short(char *out, size_t n, const char *path);

#endif
