/* SPDX-License-Identifier: ISC */
/*
 * For tests of the secret tree: what section 9 of the RFC says, written down straight and
 * without a state, to hold the library against; and a store of its records, as a database
 * would be one.
 */
#ifndef RATCHET_REF_H
#define RATCHET_REF_H

#include "mls/ratchet.h"

extern const uint8_t REF_SECRET[SUITE_HASH]; /* the encryption secret of all of them */

/* The secrets from the root to the leaf of the smallest tree that has so many leaves. */
size_t ref_path(const struct suite *s, uint32_t leaves, uint32_t leaf,
    uint8_t out[TREEMATH_DEPTH_MAX + 1][SUITE_HASH]);
void ref_chain(const struct suite *s, uint32_t leaves, uint32_t leaf, enum ratchet_kind kind,
    uint32_t generation, uint8_t out[SUITE_HASH]);
void ref_key(const struct suite *s, uint32_t leaves, uint32_t leaf, enum ratchet_kind kind,
    uint32_t generation, struct ratchet_key *out);
/* Whether the library finds the key that the RFC says. */
bool ref_finds(struct ratchet *r, const struct suite *s, uint32_t leaves, uint32_t leaf,
    enum ratchet_kind kind, uint32_t generation);
/* Finds and spends, asserting that it was the right one. */
void ref_take(struct ratchet *r, const struct suite *s, uint32_t leaves, uint32_t leaf,
    enum ratchet_kind kind, uint32_t generation);
enum mls_rule ref_rule(
    struct ratchet *r, uint32_t leaf, enum ratchet_kind kind, uint32_t generation);

struct ref_record {
    uint32_t id;
    struct bytes bytes; /* owned */
};
struct ref_store { /* zeroed: empty; ascending by id */
    struct ref_record *v;
    size_t n;
    size_t puts;    /* of the last save */
    size_t written; /* bytes of the last save */
    size_t largest; /* record ever */
};
void ref_store_save(struct ref_store *st, struct ratchet *r, bool all);
/* NULL when it is refused. */
struct ratchet *ref_store_load(
    const struct ref_store *st, const struct suite *s, uint32_t leaves, uint32_t own);
bool ref_store_same(const struct ref_store *a, const struct ref_store *b);
bool ref_store_holds(const struct ref_store *st, const void *p, size_t n);
struct ref_record *ref_store_at(struct ref_store *st, uint32_t id); /* or NULL */
void ref_store_fini(struct ref_store *st);

#endif
