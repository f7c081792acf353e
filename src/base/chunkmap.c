/* SPDX-License-Identifier: ISC */
#include "base/chunkmap.h"

#include <string.h>

#include "base/mem.h"

static uint64_t bit_of(uint32_t i)
{
    return (uint64_t)1 << i % 64;
}

void chunkmap_clear(struct chunkmap *m)
{
    uint32_t words = chunkmap_words(m->count);

    m->held = 0;
    if (words == 0)
        return;
    memset(m->words, 0, words * sizeof *m->words);
    if (m->count % 64 != 0)
        m->words[words - 1] = ~(bit_of(m->count) - 1);
}

void chunkmap_init(struct chunkmap *m, uint32_t count)
{
    *m = (struct chunkmap){.count = count};
    m->words = mem_array(chunkmap_words(count), sizeof *m->words);
    chunkmap_clear(m);
}

void chunkmap_fini(struct chunkmap *m)
{
    mem_free(m->words);
    *m = (struct chunkmap){0};
}

bool chunkmap_has(const struct chunkmap *m, uint32_t i)
{
    return i < m->count && (m->words[i / 64] & bit_of(i)) != 0;
}

bool chunkmap_put(struct chunkmap *m, uint32_t i)
{
    if (i >= m->count || chunkmap_has(m, i))
        return false;
    m->words[i / 64] |= bit_of(i);
    m->held++;
    return true;
}

bool chunkmap_cut(struct chunkmap *m, uint32_t i)
{
    if (!chunkmap_has(m, i))
        return false;
    m->words[i / 64] &= ~bit_of(i);
    m->held--;
    return true;
}

bool chunkmap_put_range(struct chunkmap *m, uint32_t first, uint32_t n)
{
    if (first > m->count || n > m->count - first)
        return false;
    for (uint32_t i = first; i < first + n; i++)
        (void)chunkmap_put(m, i);
    return true;
}
