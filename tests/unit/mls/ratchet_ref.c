/* SPDX-License-Identifier: ISC */
#include "ratchet_ref.h"

#include <criterion/criterion.h>

#include "base/mem.h"
#include "mls/label.h"

const uint8_t REF_SECRET[SUITE_HASH] = "an encryption secret, 32 bytes.";

static void must(enum err e)
{
    cr_assert_eq(e, ERR_OK);
}

size_t ref_path(const struct suite *s, uint32_t leaves, uint32_t leaf,
    uint8_t out[TREEMATH_DEPTH_MAX + 1][SUITE_HASH])
{
    uint32_t width = treemath_leaves_for(leaves);
    size_t n = 1;

    memcpy(out[0], REF_SECRET, SUITE_HASH);
    for (uint32_t half = width / 2; half != 0; half /= 2, n++)
        must(label_expand(s, out[n - 1], "tree", bytes_str(leaf & half ? "right" : "left"),
            out[n], SUITE_HASH));
    return n;
}

void ref_chain(const struct suite *s, uint32_t leaves, uint32_t leaf, enum ratchet_kind kind,
    uint32_t generation, uint8_t out[SUITE_HASH])
{
    uint8_t path[TREEMATH_DEPTH_MAX + 1][SUITE_HASH];
    size_t n = ref_path(s, leaves, leaf, path);

    must(label_derive(
        s, path[n - 1], kind == RATCHET_HANDSHAKE ? "handshake" : "application", out));
    for (uint32_t g = 0; g < generation; g++)
        must(label_derive_tree(s, out, "secret", g, out, SUITE_HASH));
}

void ref_key(const struct suite *s, uint32_t leaves, uint32_t leaf, enum ratchet_kind kind,
    uint32_t generation, struct ratchet_key *out)
{
    uint8_t chain[SUITE_HASH];

    *out = (struct ratchet_key){0};
    ref_chain(s, leaves, leaf, kind, generation, chain);
    must(label_derive_tree(s, chain, "key", generation, out->key, s->aead->key_size));
    must(label_derive_tree(s, chain, "nonce", generation, out->nonce, AEAD_NONCE));
}

bool ref_finds(struct ratchet *r, const struct suite *s, uint32_t leaves, uint32_t leaf,
    enum ratchet_kind kind, uint32_t generation)
{
    struct ratchet_key want, got;

    ref_key(s, leaves, leaf, kind, generation, &want);
    return ratchet_find(r, leaf, kind, generation, &got) == MLS_RULE_KEPT &&
           memcmp(&want, &got, sizeof want) == 0;
}

void ref_take(struct ratchet *r, const struct suite *s, uint32_t leaves, uint32_t leaf,
    enum ratchet_kind kind, uint32_t generation)
{
    cr_assert(ref_finds(r, s, leaves, leaf, kind, generation), "leaf %u, kind %d, %u", leaf,
        (int)kind, generation);
    ratchet_spend(r, leaf, kind, generation);
}

enum mls_rule ref_rule(
    struct ratchet *r, uint32_t leaf, enum ratchet_kind kind, uint32_t generation)
{
    static const struct ratchet_key nothing;
    struct ratchet_key key;
    enum mls_rule rule = ratchet_find(r, leaf, kind, generation, &key);

    cr_assert(rule == MLS_RULE_KEPT || memcmp(&key, &nothing, sizeof key) == 0);
    return rule;
}

static enum err store_put(void *arg, uint32_t id, struct bytes record)
{
    struct ref_store *st = arg;
    size_t i = 0;

    cr_assert_lt(id, RATCHET_ID_MAX);
    st->puts++;
    st->written += record.n;
    if (record.n > st->largest)
        st->largest = record.n;
    while (i < st->n && st->v[i].id < id)
        i++;
    bool there = i < st->n && st->v[i].id == id;
    if (there)
        mem_free((void *)(uintptr_t)st->v[i].bytes.p);
    if (record.n == 0) {
        if (there)
            memmove(&st->v[i], &st->v[i + 1], (--st->n - i) * sizeof *st->v);
        return ERR_OK;
    }
    if (!there) {
        st->v = mem_realloc(st->v, (st->n + 1) * sizeof *st->v);
        memmove(&st->v[i + 1], &st->v[i], (st->n++ - i) * sizeof *st->v);
    }
    st->v[i] = (struct ref_record){id, bytes_of(mem_dup(record.p, record.n), record.n)};
    return ERR_OK;
}

void ref_store_save(struct ref_store *st, struct ratchet *r, bool all)
{
    if (all)
        ref_store_fini(st);
    st->puts = 0;
    st->written = 0;
    must(ratchet_save(r, all, store_put, st));
    cr_assert(!ratchet_dirty(r));
}

struct ratchet *ref_store_load(
    const struct ref_store *st, const struct suite *s, uint32_t leaves, uint32_t own)
{
    struct ratchet *r = ratchet_blank(s, leaves, own);
    enum err e = ERR_OK;

    for (size_t i = st->n; i > 0 && e == ERR_OK; i--)
        e = ratchet_load(r, st->v[i - 1].id, st->v[i - 1].bytes);
    if (e == ERR_OK)
        e = ratchet_loaded(r);
    if (e == ERR_OK)
        return r;
    cr_assert(e == ERR_CORRUPT || e == ERR_VERSION);
    ratchet_free(r);
    return NULL;
}

bool ref_store_same(const struct ref_store *a, const struct ref_store *b)
{
    bool same = a->n == b->n;

    for (size_t i = 0; i < a->n && same; i++)
        same = a->v[i].id == b->v[i].id && bytes_eq(a->v[i].bytes, b->v[i].bytes);
    return same;
}

bool ref_store_holds(const struct ref_store *st, const void *p, size_t n)
{
    for (size_t i = 0; i < st->n; i++)
        if (memmem(st->v[i].bytes.p, st->v[i].bytes.n, p, n) != NULL)
            return true;
    return false;
}

struct ref_record *ref_store_at(struct ref_store *st, uint32_t id)
{
    for (size_t i = 0; i < st->n; i++)
        if (st->v[i].id == id)
            return &st->v[i];
    return NULL;
}

void ref_store_fini(struct ref_store *st)
{
    for (size_t i = 0; i < st->n; i++)
        mem_free((void *)(uintptr_t)st->v[i].bytes.p);
    mem_free(st->v);
    st->v = NULL;
    st->n = 0;
}
