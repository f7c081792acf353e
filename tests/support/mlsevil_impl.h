/* SPDX-License-Identifier: ISC */
/* What the mlsevil*.c share. */
#ifndef SUPPORT_MLSEVIL_IMPL_H
#define SUPPORT_MLSEVIL_IMPL_H

#include "mls/ext.h"
#include "mls/label.h"
#include "mls/wire.h"
#include "support/mlsevil.h"

/* Ends the program: a lie that cannot be told proves nothing. */
void mlsevil_must(bool so, const char *what);
#define MLSEVIL_OK(call) mlsevil_must((call) == ERR_OK, #call)

struct mls_group *mlsevil_group(const struct mlsevil *e); /* whose epoch is the base */
struct mls_env *mlsevil_env(struct mlsevil *e);
const struct leaf *mlsevil_leaf_of(const struct party *p, size_t who);
/* New keys and the leaf into the next epoch's tree; afterwards, sealed, into the body. */
void mlsevil_path_make(struct mlsevil *e);
void mlsevil_path_write(struct mlsevil *e);

#endif
