/* SPDX-License-Identifier: ISC */
/* Names, rooms, and who comes and goes: replies to what was asked, and what the relay tells. */
#ifndef CLIENT_HANDLE_ROOM_H
#define CLIENT_HANDLE_ROOM_H

#include "client/engine.h"

void room_renamed(struct engine *e, const struct request *r, const void *renamed);
void room_joined(struct engine *e, const struct request *r, const void *joined);
void room_created(struct engine *e, const struct request *r, const void *created);
void room_left(struct engine *e, const struct request *r, const void *left);
void room_refused(struct engine *e, const struct request *r, const struct msg_refusal *no);

void room_presence(struct engine *e, const void *presence);
void room_removed(struct engine *e, const void *removed);

#endif
