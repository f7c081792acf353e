/* SPDX-License-Identifier: ISC */
/*
 * A hash table from bytes to a pointer. Keys are copied. Names come from strangers, so the
 * hash is keyed (SipHash-1-3) and the key is handed in once per process by map_seed();
 * without it the seed is fixed, which is what a repeatable test wants. Values are borrowed.
 */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include "base/bytes.h"

struct map_slot;
struct map {
    struct map_slot *slots;
    size_t cap;
    size_t used;
    size_t dead;
};

void map_seed(const uint8_t key[16]);
void map_free(struct map *m);                               /* the table, not the values */
void *map_get(const struct map *m, struct bytes key);       /* NULL when absent */
bool map_put(struct map *m, struct bytes key, void *value); /* false: there already, kept */
void *map_del(struct map *m, struct bytes key);             /* what was there, or NULL */
size_t map_count(const struct map *m);
/* Walks in no order: start with *at = 0; NULL at the end. The map must not change meanwhile. */
void *map_next(const struct map *m, size_t *at, struct bytes *key);
uint64_t map_hash(struct bytes key);

#endif
