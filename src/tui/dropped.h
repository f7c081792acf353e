/* SPDX-License-Identifier: ISC */
/*
 * A file that was dropped on the terminal: it types the path, quoted for a shell in one of the
 * usual ways, or as a file: address. Opens nothing.
 */
#ifndef TUI_DROPPED_H
#define TUI_DROPPED_H

#include "base/buf.h"

/* Whether text is that and nothing else: the whole path of a file that is there. It is added to
 * path, bare. */
bool dropped_path(struct bytes text, struct buf *path);

#endif
