/* SPDX-License-Identifier: ISC */
/*
 * Looks for bytes in everything that this process may write: stacks, heap, what a sanitizer
 * keeps in quarantine, locked arenas. It proves that a secret was wiped. The needle is given
 * with every byte inverted, so that neither the caller nor the search holds a plain copy;
 * memsearch_reveal() makes the secret where it is used, out of sight of the compiler, which
 * otherwise computes it ahead and keeps it in the caller's frame. Call it right after
 * the call that is judged: each further call overwrites some of the stack that it left.
 * Go through all once with another secret before you judge: what is linked lazily is found at
 * its first call, and that saves the registers on the stack, with whatever they carry.
 * The program ends when the system does not let it read its own memory.
 */
#ifndef SUPPORT_MEMSEARCH_H
#define SUPPORT_MEMSEARCH_H

#include <stddef.h>
#include <stdint.h>

#define MEMSEARCH_MAX 256 /* bytes of a needle */

size_t memsearch_count(const uint8_t *needle_masked, size_t n); /* n above 0 */
void memsearch_reveal(const uint8_t *masked, size_t n, uint8_t *out);

#endif
