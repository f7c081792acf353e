/* SPDX-License-Identifier: ISC */
/*
 * Files on their way, for the stage: #ops with a card in each of several states. Lines that are
 * entered are orders, and so are drafts with a space behind them, which move no page: "/file N
 * STATE PERCENT" makes number N so, "/ask N COUNT" offers our number N to so many people,
 * "/tell N" lines are said, "/wipe" forgets every transfer, "/hostile-file N" offers one whose
 * name, note and sender are hostile text N. What the screen says of files is told as other
 * lines are.
 */
#ifndef UNIT_TUI_STAGE_FILE_H
#define UNIT_TUI_STAGE_FILE_H

#include "model/model.h"

bool stage_file_scene(struct model *m, const char *scene); /* false: it is another's */
bool stage_file_obey(struct model *m, const struct intent *i);
bool stage_file_word(struct model *m, const char *line); /* false: it is none of them */

#endif
