/* SPDX-License-Identifier: ISC */
/*
 * Many different RSA keys in little time, for tests and benchmarks of big groups: a few primes,
 * each pair of them a modulus. Worthless as secrets, since any two keys that share a prime
 * betray each other; for everything else they are RSA keys like any other.
 */
#ifndef SUPPORT_RSAPOOL_H
#define SUPPORT_RSAPOOL_H

#include "crypto/sign.h"

struct rsapool;
/* Draws the primes of so many keys; those of more when they are asked for. */
struct rsapool *rsapool_new(unsigned bits, size_t keys);
void rsapool_free(struct rsapool *p);
struct sign_key *rsapool_key(struct rsapool *p, size_t n); /* the caller's */

#endif
