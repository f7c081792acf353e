/* SPDX-License-Identifier: ISC */
/*
 * A page to read, for the stage: 200 lines a minute apart, "line 50" and "line 120" naming
 * alice. Lines that are entered are orders: "/more N" says N more, "/noise N" is people passing
 * by, "/away" is looking elsewhere, "/leave bob" that he left, "/tell TEXT" what he said. A
 * draft is one as well: after
 * "/more 5 " with a space behind it nothing was entered, so the page has not gone to its end.
 * What is asked of the history is there twice, "old 1" being the oldest.
 */
#ifndef UNIT_TUI_STAGE_READ_H
#define UNIT_TUI_STAGE_READ_H

#include "model/model.h"

bool stage_read_scene(struct model *m, const char *scene); /* false: it is another's */
bool stage_read_obey(struct model *m, const struct intent *i);

#endif
