/* SPDX-License-Identifier: ISC */
/*
 * Words in a text, whatever the case of their letters: letter by letter, as the C library knows
 * small ones. It knows nothing of what looks alike.
 */
#ifndef MODEL_WORDS_H
#define MODEL_WORDS_H

#include "base/bytes.h"

/* The first place at or behind from where the words stand; false: they do not. No words are
 * nowhere. */
bool words_find(struct bytes text, struct bytes words, size_t from, struct bytes *hit);
/* Whether a name stands there as a word of its own, or with @ before it. */
bool words_name(struct bytes text, struct bytes name);

#endif
