/* SPDX-License-Identifier: ISC */
/*
 * Which code point looks like which others, as Unicode 17.0.0 says. Made by
 * tools/make_confusables.py; do not edit. For base/skeleton alone: what folding and
 * compatibility decomposition find out is left out. What something leads to leads no further.
 */
#ifndef BASE_SKELETON_TABLE_H
#define BASE_SKELETON_TABLE_H

#include <stdint.h>

#define SKELETON_COUNT 2914

extern const uint32_t SKELETON_FROM[SKELETON_COUNT]; /* ascending */
extern const uint16_t SKELETON_AT[SKELETON_COUNT];   /* where in SKELETON_TO */
extern const uint32_t SKELETON_TO[];                 /* each ends with 0 */

#endif
