/* SPDX-License-Identifier: ISC */
/*
 * The MLS group of a conversation: what its world is, how it is kept, and what follows when it
 * moves on: who is in it now, which rules hold, what the person is told. Making groups, joining
 * and committing are in group_enter and group_commit.
 */
#ifndef CLIENT_GROUP_H
#define CLIENT_GROUP_H

#include "client/engine.h"

void group_env(struct talk *c); /* once, when the conversation is made */
uint16_t group_suite(void);     /* for groups that are founded on this machine */
/* What the relay may not mix up: the binding that this conversation's group must have. peer is
 * the other's fingerprint, for a direct one. */
void group_binding(const struct engine *e, const struct talk *c,
    const uint8_t peer[POLICY_PRINT], uint8_t out[POLICY_PRINT]);

/* The staged commit counts. seq: its number in the log. */
void group_apply(struct engine *e, struct talk *c, uint64_t seq);
/* A group that has just begun for us. */
void group_begun(struct engine *e, struct talk *c, struct mls_group *g, uint64_t seq);
/* Ours no longer fits: told, dropped, joined anew. */
void group_lose(struct engine *e, struct talk *c, const char *why);
/* The relay goes on with a commit that the rules forbid: nothing is sent any more, told once.
 */
void group_stand_still(struct engine *e, struct talk *c);
/* The relay took the last commit back. */
void group_void(struct engine *e, struct talk *c, uint64_t seq, uint64_t epoch);
uint64_t group_epoch(const struct talk *c); /* 0 without a group */
/* The relay is at a later epoch: the log is read up to there, or the group is lost. */
void group_behind(struct talk *c, uint64_t epoch);

void group_save(struct engine *e, struct talk *c); /* what changed, into the vault */
void group_save_whole(struct engine *e, struct talk *c);
enum err group_load(struct engine *e, struct talk *c, const struct mls_record *rows, size_t n);

#endif
