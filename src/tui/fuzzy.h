/* SPDX-License-Identifier: ISC */
/*
 * How well a name fits what was typed: all its letters in their order, better where they
 * stand together, at the start of the name and of its words. Case and accents make no
 * difference. Typed text and names may be anything; what is looked at of them is bounded.
 */
#ifndef TUI_FUZZY_H
#define TUI_FUZZY_H

#include "base/bytes.h"

#define FUZZY_TYPED 48  /* letters that count */
#define FUZZY_NAME  192 /* letters of a name that are looked at */

struct fuzzy { /* folded once, for many names */
    uint32_t cp[FUZZY_TYPED];
    size_t n;
};

void fuzzy_init(struct fuzzy *f, struct bytes typed);
/* 0: it does not fit; more is better. Nothing typed fits everything alike. */
int fuzzy_score(const struct fuzzy *f, struct bytes name);
/* Whether each word that was typed stands somewhere in the text as it is. */
bool fuzzy_holds(const struct fuzzy *f, struct bytes text);

#endif
