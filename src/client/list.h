/* SPDX-License-Identifier: ISC */
/*
 * Lists of rooms and people: asked page by page, merged into the model as pages come, names
 * that no page held swept away at the end. Also what the relay answers to them.
 */
#ifndef CLIENT_LIST_H
#define CLIENT_LIST_H

#include "client/engine.h"

void list_rooms(struct engine *e, enum request_why why);
void list_people(
    struct engine *e, struct bytes room, enum request_why why); /* no room: everybody */
/* A page as the relay knows it: nothing, when it is its own or one of this machine alone. */
static inline struct bytes list_name(const struct room *page)
{
    return page->local ? (struct bytes){0} : room_name(page);
}
void list_relay(struct engine *e);      /* rooms and everybody */
void list_everything(struct engine *e); /* and who is in the joined rooms */

void list_rooms_answer(struct engine *e, const struct request *r, const void *answer);
void list_people_answer(struct engine *e, const struct request *r, const void *answer);
uint8_t list_flags(uint8_t wire); /* a person's flags on the wire, as the model has them */

#endif
