/* SPDX-License-Identifier: ISC */
/*
 * What moves files: one task that lets each of them take its next step, and the low lane of the
 * link fed chunk by chunk, a turn for each, so that none waits for another and messages wait
 * for none.
 */
#ifndef CLIENT_FILE_PUMP_H
#define CLIENT_FILE_PUMP_H

#include "client/engine.h"

void file_pump_init(struct engine *e);
void file_pump_free(struct engine *e);   /* parts of guests go: nobody could finish them */
void file_pump_hungry(struct engine *e); /* the link takes more */
void file_pump_line_lost(struct engine *e);
/* With that person no keys can be agreed: what waits for them is not sent. */
void file_pump_unreachable(struct engine *e, const struct talk *c);
/* Goodbye, after what nobody will go on with was taken back; called again: at once. */
void file_pump_quit(struct engine *e);
/* We are to leave it: what we offer there is taken back before. */
void file_pump_leaving(struct engine *e, const struct talk *c);
void file_pump_talk_gone(struct engine *e, const struct talk *c);
/* We are somebody else now, and all conversations are dropped: what was on its way is not ours,
 * nor are the rules. */
void file_pump_forget(struct engine *e);

#endif
