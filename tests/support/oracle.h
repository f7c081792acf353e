/* SPDX-License-Identifier: ISC */
/*
 * Judges every byte that a program writes to its terminal: letters, the few controls and the
 * sequences that move, erase, colour and switch known modes are right; all else is a fault,
 * above all what a stranger's text could bring about: titles, the clipboard, queries, C1. What
 * needs an occasion (a copy, a notification, the mouse) is wrong until it is allowed. It
 * remembers the modes, so that one can ask whether all were given back.
 */
#ifndef SUPPORT_ORACLE_H
#define SUPPORT_ORACLE_H

#include <stdbool.h>

#include "base/bytes.h"

enum oracle_may { ORACLE_COPY = 1, ORACLE_NOTE = 2, ORACLE_MOUSE = 4 };

struct oracle;

struct oracle *oracle_new(void);
void oracle_free(struct oracle *o);
void oracle_allow(struct oracle *o, unsigned may); /* oracle_may bits, from now on */
void oracle_feed(struct oracle *o, struct bytes out);
unsigned oracle_bells(const struct oracle *o);
/* The first fault and the bytes before it, or NULL. */
const char *oracle_fault(const struct oracle *o);
/* What is still switched on, or begun and not ended; NULL: all was given back. */
const char *oracle_left(struct oracle *o);

#endif
