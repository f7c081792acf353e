/* SPDX-License-Identifier: ISC */
/*
 * Identity keys of nobody, the same in every run and made once in a process, and proofs of them
 * on an actor's line.
 */
#ifndef SUPPORT_PROVER_H
#define SUPPORT_PROVER_H

#include "support/actor.h"
#include "support/mlskit.h"

#define PROVER_KEYS MLSKIT_RSA_KEYS

struct bytes prover_key(size_t n); /* the public half; n below PROVER_KEYS */
/* The identity, with its proof for the line that is there; without one it is of no use to
 * anybody. The proof lasts until the next call. */
void prover_fill(struct actor *a, size_t n, struct msg_public_key *m);
uint8_t prover_ask(struct actor *a, size_t n); /* 0x81 with no packages; status */

#endif
