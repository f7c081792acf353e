/* SPDX-License-Identifier: ISC */
/*
 * Passwords of rooms. From a password come two things: a proof, which the relay is shown, and a
 * secret that enters the group's keys and is never told to anybody who is not in it. A short
 * password can be guessed by a relay that wants to, from the proof: so a strong one is offered.
 */
#ifndef CLIENT_LOCK_H
#define CLIENT_LOCK_H

#include "client/engine.h"

void lock_answer(struct engine *e, struct talk *c, struct bytes password); /* to come in */
void lock_found(struct engine *e, struct talk *c, struct bytes password);  /* to found it so */
void lock_change(struct engine *e, struct talk *c, struct bytes password); /* another one */
void lock_changed(struct engine *e, const struct request *r, const void *answer);

#endif
