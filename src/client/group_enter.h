/* SPDX-License-Identifier: ISC */
/*
 * Ways into a room's group: founding it, coming in by a commit of our own when it is our turn,
 * and by somebody's welcome. What the relay hands out is checked before anything is believed:
 * that the group belongs to this room, its tree, its signatures, its rules.
 */
#ifndef CLIENT_GROUP_ENTER_H
#define CLIENT_GROUP_ENTER_H

#include "client/engine.h"

void enter_found(struct engine *e, struct talk *c);
/* It is our turn: commits, or says why not. */
void enter_turn(struct engine *e, struct talk *c, const struct msg_room_key *info);
/* The relay took what is on its way: the founding, or our external commit. */
void enter_taken(struct engine *e, struct talk *c, const struct msg_commit_ok *ok);
void enter_refused(struct engine *e, struct talk *c, const struct msg_refusal *no);
/* A welcome: what became of it. REFUSED was told in words. */
enum enter_end { ENTER_IN, ENTER_REFUSED, ENTER_NOT_OURS };
struct enter_news {
    struct bytes sender; /* as the relay says; of a direct conversation */
    struct bytes welcome;
    uint64_t seq;
};
enum enter_end enter_welcome(struct engine *e, struct talk *c, const struct enter_news *news);

/* What a commit's frame carries of the tree: the nodes that changed, and blanks for those that
 * are gone. before: slots of the tree before. */
enum err enter_put_nodes(const struct mls_group *g, uint32_t before, struct list_writer *nodes);

#endif
