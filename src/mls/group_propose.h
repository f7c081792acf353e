/* SPDX-License-Identifier: ISC */
/*
 * Proposals of our own, made from what the application asks for; those that wait, ours and
 * others', until a commit takes them.
 */
#ifndef MLS_GROUP_PROPOSE_H
#define MLS_GROUP_PROPOSE_H

#include "mls/group_impl.h"

/* The encoded Proposal, to stand in a commit of ours by value. */
enum err propose_encode(
    const struct mls_group *g, const struct mls_proposal *what, struct buf *out);
/* Keeps a proposal that was sent, by its reference: ERR_FULL when too many wait. The same one
 * twice is kept once, and *out is NULL then. */
enum err group_wait(struct mls_group *g, const struct content *c, struct waiting **out);

#endif
