/* SPDX-License-Identifier: ISC */
/* What Tab makes of a path: the folders and files of this machine that its last part begins,
 * hidden ones only when that begins with a dot, and none that a line cannot hold. */
#ifndef TUI_COMPLETE_PATH_H
#define TUI_COMPLETE_PATH_H

#include "base/bytes.h"

struct complete_path {
    char **name; /* "notes.txt", "pictures/": folders first, then by name */
    size_t count;
    size_t from; /* bytes of the path before its last part */
    size_t same; /* bytes that all of them begin with */
};

/* path: what stands before the cursor; spaces are part of it. */
void complete_path(struct complete_path *out, struct bytes path);
void complete_path_free(struct complete_path *p);

#endif
