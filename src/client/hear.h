/* SPDX-License-Identifier: ISC */
/*
 * What comes in of a conversation, live or out of the log, in one order: commits move the group
 * on, messages are opened, and what they say is believed as far as signature, numbers and trust
 * reach, never because the relay says so. What is refused is told in words; what cannot be told
 * apart from an honest repetition is dropped in silence.
 */
#ifndef CLIENT_HEAR_H
#define CLIENT_HEAR_H

#include "client/engine.h"
#include "client/entry.h"

void hear_entry(struct engine *e, struct talk *c, const struct hear_entry *in);
/* Shows what was held back while a key was not accepted. */
/* What waited for one before it that is not in the log. */
void hear_early(struct engine *e, struct talk *c);
void hear_released(struct engine *e, struct bytes name);

#endif
