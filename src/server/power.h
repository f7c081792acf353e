/* SPDX-License-Identifier: ISC */
/* What moderators and operators do, whether they ask over the wire or over the operator's
 * socket. */
#ifndef SERVER_POWER_H
#define SERVER_POWER_H

#include "server/relay.h"
#include "server/sentence.h"

/* room NULL: the whole relay. Counts who was hit. */
size_t power_kick(struct server *s, struct convo *room, struct bytes who, struct bytes by,
    struct bytes reason, bool ban);
enum err power_ban(struct server *s, struct convo *room, const struct sentence *x);
enum err power_unban(struct server *s, struct convo *room, struct bytes who);
size_t power_announce(struct server *s, struct bytes text);
void power_load_ban(struct server *s, const struct store_ban *b); /* from the store, at start */

#endif
