/* SPDX-License-Identifier: ISC */
/*
 * Following the log of a conversation: what was missed is asked for page by page and heard in
 * its order; at its end it is known what became of everything of ours that was on the line. And
 * cursors: what is safe on our disk need not be kept for us any longer.
 */
#ifndef CLIENT_CATCHUP_H
#define CLIENT_CATCHUP_H

#include "client/engine.h"

void catchup_conversations(struct engine *e); /* what this account has a part in */
void catchup_conversations_answer(
    struct engine *e, const struct request *r, const void *answer);
void catchup_ask(struct engine *e, struct talk *c);
void catchup_entries(struct engine *e, const void *entries);
void catchup_done(struct engine *e, const struct request *r, const void *answer);
void catchup_refused(struct engine *e, const struct request *r, const struct msg_refusal *no);
void catchup_cursors(struct engine *e); /* once a turn, after everything was put */

#endif
