/* SPDX-License-Identifier: ISC */
/*
 * Which proposals a commit of ours takes: those handed in, by value; of those that wait, all
 * that can stand beside them and each other, by reference (RFC 9420, 12.2: a remove wins
 * over an update of the same leaf, a later update over an earlier one). What is left out ends
 * with the epoch; whoever sent it may send it again.
 */
#ifndef MLS_GROUP_PICK_H
#define MLS_GROUP_PICK_H

#include "mls/group_impl.h"

/* The entries of the commit, encoded: the content of ProposalOrRef proposals<V>. */
enum err pick_entries(
    struct mls_group *g, const struct mls_commit_request *what, struct buf *entries);

#endif
