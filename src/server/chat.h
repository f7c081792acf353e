/* SPDX-License-Identifier: ISC */
/*
 * What messages, commits and catch-up share: the frame of an entry, and the way to the direct
 * conversation of two people, which is made when the first of them speaks.
 */
#ifndef SERVER_CHAT_H
#define SERVER_CHAT_H

#include "server/relay.h"

bool chat_muted(const struct peer *p, const struct convo *c);
/* A message to every present member but its sender. */
void chat_tell(struct convo *c, const struct entry *e, const struct peer *except);
/* The conversation with somebody. *c NULL: it was answered (nobody of that name), or the frame
 * waits (FRAMER_STALL) until the conversation is stored; then it is offered again. */
enum framer_verdict chat_direct(
    struct peer *p, uint8_t op, struct bytes who, struct name *to, struct convo **c);

#endif
