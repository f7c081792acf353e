/* SPDX-License-Identifier: ISC */
/* What the relay says of conversations: messages, commits, keys, departures, and its answers.
 */
#ifndef CLIENT_HANDLE_TALK_H
#define CLIENT_HANDLE_TALK_H

#include "client/engine.h"

/* Events. */
void talk_said(struct engine *e, const void *said);
void talk_direct(struct engine *e, const void *direct);
void talk_commit(struct engine *e, const void *commit);
void talk_dm_key(struct engine *e, const void *dm_key);
void talk_room_key(struct engine *e, const void *room_key);
void talk_rotate(struct engine *e, const void *rotate);
void talk_departed(struct engine *e, const void *departed);
void talk_voided(struct engine *e, const void *voided);

/* Answers. */
void talk_sent(struct engine *e, const struct request *r, const void *sent);
void talk_unsent(struct engine *e, const struct request *r, const struct msg_refusal *no);
void talk_committed(struct engine *e, const struct request *r, const void *ok);
void talk_uncommitted(struct engine *e, const struct request *r, const struct msg_refusal *no);
void talk_turn(struct engine *e, const struct request *r, const void *turn);
void talk_no_turn(struct engine *e, const struct request *r, const struct msg_refusal *no);
void talk_nobody(struct engine *e, const struct request *r, const void *no_user);
void talk_peer(struct engine *e, const struct request *r, const void *dm_answer);
void talk_no_peer(struct engine *e, const struct request *r, const struct msg_refusal *no);
void talk_heard(struct engine *e, const struct request *r, const void *nothing);

#endif
