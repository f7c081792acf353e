/* SPDX-License-Identifier: ISC */
/*
 * Small secrets of one ratchet tree, in cells of one size. Cells come in chunks of locked
 * memory, made when they are needed, so a tree costs what its speakers cost. A cell is named by
 * a number above 0 and does not move; giving it back wipes it.
 */
#ifndef MLS_CELLS_H
#define MLS_CELLS_H

#include "mls/ratchet.h"

struct cell {
    uint32_t next;       /* a cell: of a list that its owner makes; 0 at the end */
    uint32_t generation; /* of a key */
    union {
        uint8_t secret[SUITE_HASH];
        struct ratchet_key key;
    };
};

struct cells { /* zeroed: empty */
    struct cell **chunks;
    uint32_t chunks_n;
    uint32_t cells; /* in all of them */
    uint32_t free;  /* a list */
};

uint32_t cells_take(struct cells *p); /* zeroed */
void cells_give(struct cells *p, uint32_t cell);
struct cell *cells_at(const struct cells *p, uint32_t cell);
void cells_fini(struct cells *p);

#endif
