/* SPDX-License-Identifier: ISC */
/*
 * Adding people to a room: their key package is fetched, held against what is known of them,
 * and the next commit adds them; and being added ourselves.
 */
#ifndef CLIENT_INVITE_H
#define CLIENT_INVITE_H

#include "client/engine.h"

void invite_ask(struct engine *e, struct talk *c, struct bytes name);
void invite_answer(
    struct engine *e, struct talk *c, const struct request *r, const struct msg_dm_answer *a);
void invite_refused(
    struct engine *e, struct talk *c, const struct request *r, const struct msg_refusal *no);
void invite_hand_on(
    struct engine *e, struct talk *c); /* the password's secret, to who is new */
/* A welcome to a room; c NULL: one that we did not know of. */
void invite_drop(struct engine *e, struct talk *c, struct bytes name, const char *why);
void invite_came(struct engine *e, struct talk *c, const struct msg_room_key *m);

#endif
