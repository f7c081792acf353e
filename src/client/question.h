/* SPDX-License-Identifier: ISC */
/*
 * What only the person knows, put as a question to whichever face there is; the answer never
 * stands in a line of text. One question at a time; a new one takes the place of the old.
 */
#ifndef CLIENT_QUESTION_H
#define CLIENT_QUESTION_H

#include "client/engine.h"

void question_room(struct engine *e, struct talk *c);     /* the password of a room */
void question_room_new(struct engine *e, struct talk *c); /* one that it shall have */
void question_login(struct engine *e);                    /* of the account that is to log in */
void question_register(struct engine *e, bool again);     /* for a new account, twice */
void question_close(struct engine *e);

#endif
