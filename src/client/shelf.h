/* SPDX-License-Identifier: ISC */
/*
 * What the vault had at the start and nobody has asked for yet. Rows can be read only before
 * the vault begins to write, but which of them matter is known later, when the relay has said
 * who it is and who we are on it: until then they wait here. A row is taken once.
 */
#ifndef CLIENT_SHELF_H
#define CLIENT_SHELF_H

#include "client/vault.h"

struct shelf_row;
struct shelf {
    struct shelf_row *rows;
};

enum err shelf_load(struct shelf *s, struct vault *v); /* ERR_CORRUPT: some rows do not open */
void shelf_free(struct shelf *s);                      /* wipes */
/* Gives every row of a space whose key begins so, and takes them off. The first error of fn is
 * the answer, but all are taken. */
enum err shelf_take(
    struct shelf *s, enum vault_space space, struct bytes prefix, vault_row_fn *fn, void *arg);
/* The same for rows of one sub alone. */
enum err shelf_take_sub(struct shelf *s, enum vault_space space, struct bytes prefix,
    uint32_t sub, vault_row_fn *fn, void *arg);

#endif
