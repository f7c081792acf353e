/* SPDX-License-Identifier: ISC */
/*
 * Memory for secrets that live longer than a call: locked against swap, left out of core
 * dumps, zeroed when handed out and wiped when given back; the size is remembered here, so
 * that the owner cannot wipe too little. It is one arena of fixed size between guard pages,
 * and it is OpenSSL's secure heap: from the first locked_alloc() on, the private keys that
 * OpenSSL holds live there too, and half of it stays theirs, since they have nowhere else to
 * go. A secret that finds our half full gets pages of its own, out of dumps and wiped but not
 * locked; a system that lets us lock nothing locks nothing. locked_is() says so, nothing
 * fails. The lock is not inherited by a forked child. Leak checkers do not look in here, so
 * it holds bytes, and no pointers to what has to be freed. Any thread may call.
 */
#ifndef CRYPTO_LOCKED_H
#define CRYPTO_LOCKED_H

#include <stdbool.h>
#include <stddef.h>

#define LOCKED_ARENA (1024u * 1024u)

void *locked_alloc(size_t n); /* never NULL; n above 0 */
void locked_free(void *p);    /* NULL is fine */
bool locked_is(const void *p);
bool locked_arena_is(void); /* whether this process may lock memory at all */

#endif
