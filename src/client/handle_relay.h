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
/* Orders of the person. */
void relay_said_no(struct engine *e, const struct request *r, const struct msg_refusal *no);
void relay_obeyed(struct engine *e, const struct request *r, const void *nothing);
void relay_announced(struct engine *e, const struct request *r, const void *count);
void relay_revoked(struct engine *e, const struct request *r, const void *count);

#endif
