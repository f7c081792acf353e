/* SPDX-License-Identifier: ISC */
/*
 * A text in an editor of the person's own, as a child on the same terminal. The text lies in a
 * private folder of its own (0700, the file 0600) below $XDG_RUNTIME_DIR or /tmp, for editors
 * leave copies beside what they edit; in the end all that is there is wiped and removed. No
 * shell is involved. It neither waits nor reads keys: who is told of SIGCHLD asks.
 */
#ifndef TUI_EDITOR_H
#define TUI_EDITOR_H

#include "base/buf.h"
#include "base/err.h"

#define EDITOR_WORDS 8 /* of $VISUAL or $EDITOR, which is cut at its spaces */

struct editor;

/* ERR_NOT_FOUND: there is no such program; ERR_IO: no place for the text. */
enum err editor_start(struct editor **out, struct bytes text);
bool editor_has_ended(struct editor *e);
/* What stands in the file, at most out->max of it, without the newlines at its end; frees e.
 * ERR_CLOSED: the editor failed; ERR_TOO_BIG, ERR_IO. */
enum err editor_finish(struct editor *e, struct buf *out);
void editor_stop(struct editor *e); /* ends it, wipes, frees; NULL is fine */
const char *editor_name(void);      /* what would be started */

#endif
