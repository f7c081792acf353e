/* SPDX-License-Identifier: ISC */
/*
 * What we say, from the person to the relay: kept first, numbered, sealed, sent one at a time
 * in each conversation, and known to be with the relay only when the relay said so. Whatever is
 * not known is sent again under the same inner id and number; who reads it twice drops it.
 */
#ifndef CLIENT_SAY_H
#define CLIENT_SAY_H

#include "client/engine.h"

/* One more message; kind is a payload_kind with text (a PSK: generation and secret). */
void say_put(struct engine *e, struct talk *c, uint8_t kind, struct bytes text);
/* That a file is offered, under the id that it has; it was shown. */
void say_offer(
    struct engine *e, struct talk *c, const uint8_t id[PAYLOAD_ID], struct bytes offer);
/* That the file of that id is not offered any more. */
void say_taken_back(struct engine *e, struct talk *c, const uint8_t id[PAYLOAD_ID]);
bool say_takes_back(const struct talk *c); /* such a word is not with the relay yet */
bool say_waits(const struct talk *c);      /* something is there to be sealed */
void say_next(struct engine *e, struct talk *c);
/* Nobody will ever get what waits here: all of it failed. */
void say_give_up(struct engine *e, struct talk *c, const char *why);
void say_taken(
    struct engine *e, struct talk *c, const struct request *r, const struct msg_sent *m);
void say_refused(
    struct engine *e, struct talk *c, const struct request *r, const struct msg_refusal *no);
/* Bytes of ours in the log. */
void say_found(struct engine *e, struct talk *c, struct bytes sealed);
/* The log was read to its end: what was on the line and is not in it goes again. */
void say_settle(struct engine *e, struct talk *c);
/* The relay started anew: what it only handed on may be lost. */
void say_again(struct engine *e, struct talk *c);

/* Receipts, typing: not kept, not numbered. */
bool say_receipts(const struct talk *c); /* whether this conversation has them */
void say_receipt(struct engine *e, struct talk *c);
void say_typing(struct engine *e, struct talk *c); /* when the person lets it be known */
void say_light(struct engine *e, struct talk *c, const struct payload *p);
void say_confirmed(struct engine *e, struct talk *c); /* after somebody's receipt */

#endif
