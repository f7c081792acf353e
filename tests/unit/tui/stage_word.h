/* SPDX-License-Identifier: ISC */
/*
 * Words to the stage that make something happen: "/hostile 60 20" fills #ops with twenty
 * hostile texts from number 60 on, as all that can be foreign, and then calls us "from60";
 * "/mention WORDS" and "/whisper WORDS" are said by bob in #ops and to us alone, "/chat WORDS"
 * in #ops to all, "/past WORDS" is a mention from the history. "/foreign 7" is hostile text 7,
 * from a person of that name to us. "/many 60" are so many lines.
 * "/room NAME" is one to join. "/pref NAME VALUE" sets a
 * preference.
 * "/hold" says "holding" and does nothing until a key has come, as on a machine that is slow:
 * what came before that key, a signal too, is there at the same time, and a minute has passed.
 * "/later /WORD..." happens at the turn of the loop after next, which a key or the like begins.
 */
#ifndef UNIT_TUI_STAGE_WORD_H
#define UNIT_TUI_STAGE_WORD_H

#include "model/model.h"

void stage_turn(struct model *m);                   /* before what was entered is obeyed */
void stage_hold(void);                              /* when all is drawn */
uint64_t stage_held(void);                          /* ms that passed meanwhile, so far */
bool stage_word(struct model *m, const char *line); /* false: it is none of them */

#endif
