/* SPDX-License-Identifier: ISC */
/*
 * What sotto and sotto-picture agree on beside the cells: how much the second may have, and
 * what its exit status means. Only words for a person follow from it: it may have been taken
 * over by the picture and say anything.
 */
#ifndef BASE_ART_CHILD_H
#define BASE_ART_CHILD_H

#include <stddef.h>

#define ART_CHILD_FILE   ((size_t)32 << 20)  /* bytes of a picture */
#define ART_CHILD_MEMORY ((size_t)256 << 20) /* bytes it may have, all in all */
#define ART_CHILD_CPU_S  5

enum {
    ART_EXIT_USE = 64, /* wrong arguments */
    ART_EXIT_FORMAT = 65,
    ART_EXIT_TOO_BIG = 66,
    ART_EXIT_SANDBOX = 67, /* it may not look at it unprotected */
};

#endif
