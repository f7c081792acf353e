/* SPDX-License-Identifier: ISC */
/*
 * Our identity and its key packages at the relay: shown with a proof on each connection, never
 * before login ended; packages for people who want to talk to us while we are away, made one a
 * turn so that nothing stutters, and more when they run low.
 */
#ifndef CLIENT_KEYS_H
#define CLIENT_KEYS_H

#include "client/engine.h"

void keys_begin(struct engine *e);   /* makes the identity, once, on the worker */
void keys_publish(struct engine *e); /* after login */
void keys_published(struct engine *e, const struct request *r, const void *answer);
void keys_refused(struct engine *e, const struct request *r, const struct msg_refusal *no);
void keys_more(void *engine);                       /* a loop task: one more package */
void keys_low(struct engine *e, const void *event); /* 0x86 from the relay */
void keys_added(struct engine *e, const struct request *r, const void *answer);
void keys_of(struct engine *e, const void *event); /* 0x81: somebody's identity */

#endif
