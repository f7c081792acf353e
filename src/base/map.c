/* SPDX-License-Identifier: ISC */
#include "base/map.h"

#include "base/mem.h"

struct map_slot {
    uint8_t *key; /* NULL: never used; dead_mark: was used */
    size_t n;
    uint64_t hash;
    void *value;
};

static uint8_t dead_mark[1];
static uint64_t seed0 = 0x736f74746f206d61;
static uint64_t seed1 = 0x7020666978656421;

static uint64_t load64(const uint8_t *p)
{
    uint64_t v;

    memcpy(&v, p, sizeof v);
    return v;
}

void map_seed(const uint8_t key[16])
{
    seed0 = load64(key);
    seed1 = load64(key + 8);
}

static uint64_t rotl(uint64_t x, unsigned b)
{
    return x << b | x >> (64 - b);
}

static void sip_round(uint64_t v[4])
{
    v[0] += v[1];
    v[2] += v[3];
    v[1] = rotl(v[1], 13) ^ v[0];
    v[3] = rotl(v[3], 16) ^ v[2];
    v[0] = rotl(v[0], 32);
    v[2] += v[1];
    v[0] += v[3];
    v[1] = rotl(v[1], 17) ^ v[2];
    v[3] = rotl(v[3], 21) ^ v[0];
    v[2] = rotl(v[2], 32);
}

uint64_t map_hash(struct bytes key)
{
    uint64_t v[4] = {seed0 ^ 0x736f6d6570736575, seed1 ^ 0x646f72616e646f6d,
        seed0 ^ 0x6c7967656e657261, seed1 ^ 0x7465646279746573};
    size_t whole = key.n & ~(size_t)7;
    uint64_t last = (uint64_t)key.n << 56;

    for (size_t i = 0; i < whole; i += 8) {
        uint64_t m = load64(key.p + i);
        v[3] ^= m;
        sip_round(v);
        v[0] ^= m;
    }
    for (size_t i = whole; i < key.n; i++)
        last |= (uint64_t)key.p[i] << (8 * (i - whole));
    v[3] ^= last;
    sip_round(v);
    v[0] ^= last;
    v[2] ^= 0xff;
    for (int i = 0; i < 3; i++)
        sip_round(v);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

/* The slot that holds the key, or NULL. */
static struct map_slot *map_find(const struct map *m, struct bytes key, uint64_t hash)
{
    if (m->cap == 0)
        return NULL;
    for (size_t i = hash & (m->cap - 1);; i = (i + 1) & (m->cap - 1)) {
        struct map_slot *s = &m->slots[i];
        if (s->key == NULL)
            return NULL;
        if (s->key != dead_mark && s->hash == hash && bytes_eq(bytes_of(s->key, s->n), key))
            return s;
    }
}

static void map_place(struct map *m, struct map_slot put)
{
    size_t i = put.hash & (m->cap - 1);

    while (m->slots[i].key != NULL)
        i = (i + 1) & (m->cap - 1);
    m->slots[i] = put;
}

static void map_rehash(struct map *m)
{
    struct map_slot *old = m->slots;
    size_t old_cap = m->cap;
    size_t cap = 8;

    while (cap < m->used * 2 + 2)
        cap *= 2;
    m->slots = mem_array(cap, sizeof *m->slots);
    m->cap = cap;
    m->dead = 0;
    for (size_t i = 0; i < old_cap; i++) {
        if (old[i].key != NULL && old[i].key != dead_mark)
            map_place(m, old[i]);
    }
    mem_free(old);
}

void map_free(struct map *m)
{
    for (size_t i = 0; i < m->cap; i++) {
        if (m->slots[i].key != dead_mark)
            mem_free(m->slots[i].key);
    }
    mem_free(m->slots);
    *m = (struct map){0};
}

void *map_get(const struct map *m, struct bytes key)
{
    struct map_slot *s = map_find(m, key, map_hash(key));

    return s != NULL ? s->value : NULL;
}

bool map_put(struct map *m, struct bytes key, void *value)
{
    uint64_t hash = map_hash(key);

    if (map_find(m, key, hash) != NULL)
        return false;
    if ((m->used + m->dead + 1) * 4 > m->cap * 3)
        map_rehash(m);
    /* A place is any NULL slot: dead ones are swept by the next rehash. */
    map_place(m, (struct map_slot){mem_dup(key.p, key.n), key.n, hash, value});
    m->used++;
    return true;
}

void *map_del(struct map *m, struct bytes key)
{
    struct map_slot *s = map_find(m, key, map_hash(key));

    if (s == NULL)
        return NULL;
    void *value = s->value;
    mem_free(s->key);
    *s = (struct map_slot){.key = dead_mark};
    m->used--;
    m->dead++;
    return value;
}

size_t map_count(const struct map *m)
{
    return m->used;
}

void *map_next(const struct map *m, size_t *at, struct bytes *key)
{
    while (*at < m->cap) {
        struct map_slot *s = &m->slots[(*at)++];
        if (s->key == NULL || s->key == dead_mark)
            continue;
        if (key != NULL)
            *key = bytes_of(s->key, s->n);
        return s->value;
    }
    return NULL;
}
