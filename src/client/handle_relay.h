/* SPDX-License-Identifier: ISC */
/* What concerns the connection and the relay as a whole. */
#ifndef CLIENT_HANDLE_RELAY_H
#define CLIENT_HANDLE_RELAY_H

#include "client/engine.h"

void relay_notice(struct engine *e, const void *notice);
void relay_resync(struct engine *e, const void *convo);
void relay_closing(struct engine *e, const void *closing);
void relay_idle(struct engine *e); /* it has not heard from us for a while */
void relay_refused(struct engine *e, const struct request *r, const struct msg_refusal *no);
/* Sealed messages and keys, which this client has no use for: well-formed and left alone. */
void relay_sealed(struct engine *e, const void *body);

#endif
