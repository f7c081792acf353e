/* SPDX-License-Identifier: ISC */
/*
 * What the harnesses of the group layer share: a group of four whose keys are the same in
 * every run, and somebody outside of it. Most of what could go wrong lies behind seals and
 * signatures that no fuzzer makes by itself, so the first byte of an input says how much of
 * the work is done for it: the rest is the message as it is, or what a member signs and seals.
 */
#ifndef SUPPORT_MLSFUZZ_H
#define SUPPORT_MLSFUZZ_H

#include "mls/group_impl.h"
#include "support/mlsparty.h"
#include "support/mlsstore.h"

#define MLSFUZZ_MEMBERS 4u
#define MLSFUZZ_GUEST   4u /* the number of the one outside */
#define MLSFUZZ_LIAR    1u /* who sends */

/* Made at the first call. The group of member 0 is in p.m[0]->g, and stands still. */
struct mlsfuzz {
    struct party p;
    struct mlsstore zero; /* member 0, as it is before each input */
    struct buf welcome;   /* of a commit that adds the guest */
    struct buf info;      /* of the present epoch, with the tree */
};
struct mlsfuzz *mlsfuzz(void);
void mlsfuzz_must(bool held, const char *what); /* else the program ends */

/* After a call on member 0's group. Refused: it must be as it was, and stays. Else it must
 * load again as it now is; then it is put back to what it was. */
void mlsfuzz_settle(enum err e);

/* What the liar would send, signed, with body as the content. sender and index as they are to
 * be said; an outsider's is signed with the guest's key. */
void mlsfuzz_public(
    uint8_t type, uint8_t sender, uint32_t index, struct bytes body, struct buf *out);
void mlsfuzz_private(uint8_t type, struct bytes body, struct buf *out);
/* A private message with any plaintext. */
void mlsfuzz_seal(uint8_t type, struct bytes plain, struct buf *out);

#endif
