/* SPDX-License-Identifier: ISC */
/*
 * The store that an application would have: a group's records by id, kept as mls_save() hands
 * them out, MLS_RECORD_RESET and empty records included. What breaks the contract of
 * mls_save() ends the program.
 */
#ifndef SUPPORT_MLSSTORE_H
#define SUPPORT_MLSSTORE_H

#include "mls/mls.h"

struct mlsstore { /* zeroed: empty */
    struct mls_record *v;
    size_t n;
    /* Of the last mlsstore_save(): */
    size_t given; /* records, empty ones too */
    size_t bytes; /* all of them together */
    bool reset;
};

void mlsstore_fini(struct mlsstore *s); /* wipes */
enum err mlsstore_save(struct mlsstore *s, struct mls_group *g, bool all);
enum err mlsstore_load(const struct mlsstore *s, const struct mls_env *env,
    const struct mls_identity *who, struct mls_group **out);
void mlsstore_put(struct mlsstore *s, uint32_t id, struct bytes record); /* empty: deletes */
const struct mls_record *mlsstore_find(const struct mlsstore *s, uint32_t id); /* or NULL */
/* Replaces what is in to. */
void mlsstore_copy(struct mlsstore *to, const struct mlsstore *from);
/* The same records with the same bytes, but for the one of this id (0: for none). */
bool mlsstore_same(const struct mlsstore *a, const struct mlsstore *b, uint32_t but);
/* The id of the record in which a group's own ratchets of the present epoch are. */
uint32_t mlsstore_own(const struct mls_group *g);

#endif
