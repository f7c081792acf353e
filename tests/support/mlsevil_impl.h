/* SPDX-License-Identifier: ISC */
/* What the mlsevil*.c share. */
#ifndef SUPPORT_MLSEVIL_IMPL_H
#define SUPPORT_MLSEVIL_IMPL_H

#include "mls/ext.h"
#include "mls/label.h"
#include "mls/wire.h"
#include "support/mlsevil.h"

/* Ends the program: a lie that cannot be told proves nothing. */
void evil_must(bool so, const char *what);
#define EVIL_OK(call) evil_must((call) == ERR_OK, #call)

struct mls_group *evil_group(const struct evil *e); /* whose epoch is the base */
struct mls_env *evil_env(struct evil *e);
const struct leaf *evil_leaf_of(const struct party *p, size_t who);
/* New keys and the leaf into the next epoch's tree; afterwards, sealed, into the body. */
void evil_path_make(struct evil *e);
void evil_path_write(struct evil *e);

#endif
