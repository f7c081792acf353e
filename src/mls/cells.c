/* SPDX-License-Identifier: ISC */
#include "mls/cells.h"

#include "base/mem.h"
#include "crypto/locked.h"

/* Cells of the first chunk and of each later one: what fits into 1 and 4 KiB of locked memory
 * with what the allocator wants. A conversation of two needs the first alone. */
#define CELLS_FIRST 18u
#define CELLS_LATER 77u

static uint32_t cells_size(uint32_t chunk)
{
    return chunk == 0 ? CELLS_FIRST : CELLS_LATER;
}

struct cell *cells_at(const struct cells *p, uint32_t cell)
{
    if (cell <= CELLS_FIRST)
        return &p->chunks[0][cell - 1];
    cell -= CELLS_FIRST + 1;
    return &p->chunks[1 + cell / CELLS_LATER][cell % CELLS_LATER];
}

static void cells_grow(struct cells *p)
{
    uint32_t n = cells_size(p->chunks_n);

    p->chunks = mem_realloc(p->chunks, (p->chunks_n + 1) * sizeof(struct cell *));
    p->chunks[p->chunks_n++] = locked_alloc(n * sizeof(struct cell));
    for (uint32_t cell = p->cells + n; cell > p->cells; cell--)
        cells_give(p, cell);
    p->cells += n;
}

uint32_t cells_take(struct cells *p)
{
    if (p->free == 0)
        cells_grow(p);
    uint32_t cell = p->free;
    struct cell *c = cells_at(p, cell);
    p->free = c->next;
    c->next = 0;
    return cell;
}

void cells_give(struct cells *p, uint32_t cell)
{
    struct cell *c = cells_at(p, cell);

    mem_wipe(c, sizeof *c);
    c->next = p->free;
    p->free = cell;
}

void cells_fini(struct cells *p)
{
    for (uint32_t i = 0; i < p->chunks_n; i++)
        locked_free(p->chunks[i]);
    mem_free(p->chunks);
    *p = (struct cells){0};
}
