/* SPDX-License-Identifier: ISC */
/*
 * Commits of ours: why one is due, what goes into it, and what becomes of it. The relay takes
 * one for each epoch; when somebody else's was first ours is forgotten, theirs applied, and the
 * pump looks whether ours is still needed.
 */
#ifndef CLIENT_GROUP_COMMIT_H
#define CLIENT_GROUP_COMMIT_H

#include "client/engine.h"

enum commit_due {
    COMMIT_NOT_DUE,
    COMMIT_BEFORE_SPEAKING, /* only when there is something to say */
    COMMIT_NOW
};
enum commit_due commit_due(struct engine *e, struct talk *c);
void commit_send(struct engine *e, struct talk *c);
void commit_taken(struct engine *e, struct talk *c, const struct msg_commit_ok *ok);
void commit_refused(struct engine *e, struct talk *c, const struct msg_refusal *no);
/* After a lost link the whole log was read, and ours was not in it. */
void commit_forget(struct engine *e, struct talk *c);
/* Ours was in the log. */
void commit_found(struct engine *e, struct talk *c, uint64_t seq);

#endif
