/* SPDX-License-Identifier: ISC */
/*
 * What can be done with one file on its way, a letter each: to take or refuse it, to rest it,
 * to stop it, to look at it. It asks where something is lost by it, says the rest to the engine
 * as lines, and lies over whoever calls it; the caller is there again behind it. A transfer is
 * known by its number: it may be gone when the answer comes.
 */
#ifndef TUI_ACT_FILE_H
#define TUI_ACT_FILE_H

#include "base/buf.h"
#include "model/transfer.h"

struct tui;

/* false: that letter does nothing with it now. */
bool act_file_key(struct tui *t, unsigned n, uint32_t letter);
/* true: that letter would have answered it while it was an offer; that is said. */
bool act_file_late(struct tui *t, const struct transfer *f, uint32_t letter);
/* "s save  a save as  r refuse  i about it" */
void act_file_hints(struct buf *to, const struct transfer *f);

#endif
