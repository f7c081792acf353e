/* SPDX-License-Identifier: ISC */
/*
 * Random bytes. Failure to get them ends the process: nothing sensible goes on without.
 * A test hands in its own source, so that a run repeats under its seed.
 */
#ifndef CRYPTO_RAND_H
#define CRYPTO_RAND_H

#include <stddef.h>
#include <stdint.h>

typedef void rand_fn(void *arg, uint8_t *out, size_t n);

void rand_bytes(uint8_t *out, size_t n);
uint64_t rand_below(uint64_t bound);       /* uniform in 0 .. bound - 1; bound above 0 */
void rand_use(rand_fn *source, void *arg); /* NULL: OpenSSL again */

#endif
