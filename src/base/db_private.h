/* SPDX-License-Identifier: ISC */
/* What db.c and db_open.c share; nobody else includes it. */
#ifndef BASE_DB_PRIVATE_H
#define BASE_DB_PRIVATE_H

#include <sqlite3.h>

#include "base/err.h"

struct db_stmt;

struct db {
    sqlite3 *raw;
    struct db_stmt *stmts;
};

enum err db_err(struct db *d, int rc); /* SQLite's code as ours, logged when it is unexpected */

#endif
