/* SPDX-License-Identifier: ISC */
/*
 * One connection on the relay's side: the callbacks of its link, its place in the table, and
 * its deadlines (login, silence). It is made when a link is taken and freed when the link is
 * down.
 */
#ifndef SERVER_PEER_H
#define SERVER_PEER_H

#include "server/relay.h"

void peer_take(struct server *s, struct link *l);

#endif
