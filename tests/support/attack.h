/* SPDX-License-Identifier: ISC */
/*
 * What is done first to anything that reads foreign bytes. Each attack hands the reader a
 * block of exactly the size it is told, so that a sanitizer sees a step beyond it, and says
 * where the reader first took what it should have refused, or ATTACK_HELD.
 */
#ifndef SUPPORT_ATTACK_H
#define SUPPORT_ATTACK_H

#include "base/bytes.h"

#define ATTACK_HELD SIZE_MAX

typedef bool attack_fn(void *arg, struct bytes in); /* whether it was taken */

/* Whether it is taken as it is: what every attack begins with. */
bool attack_none(struct bytes in, attack_fn *take, void *arg);
size_t attack_truncate(struct bytes in, attack_fn *take, void *arg); /* the length */
size_t attack_flip(struct bytes in, attack_fn *take, void *arg);     /* the bit */
size_t attack_trail(struct bytes in, attack_fn *take, void *arg);    /* 0: one byte more */

#endif
