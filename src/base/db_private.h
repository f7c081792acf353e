/* SPDX-License-Identifier: ISC */
/* What db.c and db_open.c share; nobody else includes it. */
#ifndef BASE_DB_PRIVATE_H
#define BASE_DB_PRIVATE_H

#include <sqlite3.h>

#include "base/err.h"

struct db_stmt;

enum db_word { DB_BEGIN, DB_COMMIT, DB_SAVEPOINT, DB_RELEASE, DB_WORDS };

struct db {
    sqlite3 *raw;
    struct db_stmt *stmts;
    struct db_stmt *words[DB_WORDS]; /* of transactions; prepared when they are first said */
};

enum err db_err(struct db *d, int rc); /* SQLite's code as ours, logged when it is unexpected */

#endif
