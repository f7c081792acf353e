/* SPDX-License-Identifier: ISC */
/*
 * Which chunks of a file there are: one bit each, and how many are set. It knows no transfer.
 * Bits behind the last chunk count as set, so that whole words can be compared.
 */
#ifndef BASE_CHUNKMAP_H
#define BASE_CHUNKMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct chunkmap {
    uint64_t *words;
    uint32_t count; /* chunks there are */
    uint32_t held;  /* of those, set ones */
};

static inline uint32_t chunkmap_words(uint32_t count)
{
    return count / 64 + (count % 64 != 0);
}

void chunkmap_init(struct chunkmap *m, uint32_t count); /* none is set */
void chunkmap_fini(struct chunkmap *m);
void chunkmap_clear(struct chunkmap *m);
/* False when it was so already, or there is no such chunk. */
bool chunkmap_put(struct chunkmap *m, uint32_t i);
bool chunkmap_cut(struct chunkmap *m, uint32_t i);
bool chunkmap_has(const struct chunkmap *m, uint32_t i); /* false: no such chunk */
/* False, and nothing is set, when not all of them are chunks of the file. */
bool chunkmap_put_range(struct chunkmap *m, uint32_t first, uint32_t n);

#endif
