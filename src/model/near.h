/* SPDX-License-Identifier: ISC */
/* Whether a word that is none was meant to be one that is: one slip of the fingers apart. */
#ifndef MODEL_NEAR_H
#define MODEL_NEAR_H

#include "base/bytes.h"

/* One letter added, lost, changed or swapped with its neighbour makes one of the other. */
bool near_word(struct bytes a, struct bytes b);

#endif
