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
/* What follows the home folder in it: "" or from the slash on. NULL: it lies elsewhere. */
const char *home_within(const char *path);

#endif
