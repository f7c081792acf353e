/* SPDX-License-Identifier: ISC */
/*
 * Where words stand in a page: the ids of the events that have them, oldest first. Longer words
 * are looked for among what the shorter ones found; what came since, at either end of the page,
 * is looked at once. Comings and goings that are folded are not looked at.
 */
#ifndef TUI_FIND_H
#define TUI_FIND_H

#include "model/event.h"

#define FIND_WORDS 256

struct find {
    uint64_t *hits;
    size_t count;
    size_t cap;
    uint64_t oldest; /* ids between which all was looked at; 0: nothing yet */
    uint64_t newest;
    char words[FIND_WORDS];
    size_t words_n;
};

void find_words(struct find *f, const struct events *es, struct bytes words); /* cut if long */
void find_follow(struct find *f, const struct events *es); /* the page may have changed */
/* Index of the newest hit at or before id, of the oldest at or behind it; count: none. */
size_t find_before(const struct find *f, uint64_t id);
size_t find_behind(const struct find *f, uint64_t id);
void find_fini(struct find *f);

#endif
