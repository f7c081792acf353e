/* SPDX-License-Identifier: ISC */
/*
 * The door to SQLite. A db is used by one thread at a time. db_open() sets every pragma and
 * limit of the house (WAL, synchronous FULL, foreign keys, defensive, trusted_schema off,
 * secure_delete, ...), checks the application id and quick_check, and migrates forward in
 * one transaction; a newer version is ERR_VERSION, damage is ERR_CORRUPT, and neither file
 * is touched. A new database appears under its name whole or not at all, so an empty file is
 * damage too. ":memory:" is a private database. Statements are prepared once and reused.
 * Triggers, views and attaching are off; a foreign key's action may not set off another one.
 */
#ifndef BASE_DB_H
#define BASE_DB_H

#include "base/bytes.h"
#include "base/err.h"

#define DB_MAX_BYTES (8u << 20) /* of one text, blob or row */
#define DB_WHY       512        /* room for a sentence with a path in it */

struct db;
struct db_stmt;

struct db_schema {
    uint32_t application_id;  /* not 0 */
    const char *const *steps; /* step i brings version i to i + 1 */
    size_t count;
};

/* why gets a sentence for a person (may be NULL). Besides: ERR_NOT_FOUND without the folder,
 * ERR_PERM when owner, mode or a link make the file unsafe, ERR_BUSY, ERR_FULL, ERR_IO. */
enum err db_open(
    const char *path, const struct db_schema *schema, struct db **out, char *why, size_t why_n);
void db_close(struct db *d);                     /* finalizes every statement of it */
enum err db_exec(struct db *d, const char *sql); /* constant text only */
enum err db_prepare(struct db *d, const char *sql, struct db_stmt **out); /* owned by the db */

void db_bind_int(struct db_stmt *s, int at, int64_t v); /* at counts from 1; failures latch */
void db_bind_text(struct db_stmt *s, int at, struct bytes v); /* must live until the reset */
void db_bind_blob(struct db_stmt *s, int at, struct bytes v);
void db_bind_null(struct db_stmt *s, int at);
/* One row: *row true and columns may be read until the next step or reset. Done or failed:
 * false and reset. A constraint that is broken is ERR_EXISTS, what a bind latched comes out
 * here, an error of SQL is logged and ERR_STATE. */
enum err db_step(struct db_stmt *s, bool *row);
enum err db_run(struct db_stmt *s);         /* step to the end, no rows wanted */
void db_reset(struct db_stmt *s);           /* forgets what was bound too */
int64_t db_int(struct db_stmt *s, int col); /* col counts from 0 */
struct bytes db_blob(struct db_stmt *s, int col);
struct bytes db_text(struct db_stmt *s, int col);
bool db_is_null(struct db_stmt *s, int col);
int64_t db_changes(struct db *d); /* rows of the last insert, update or delete */

enum err db_begin(struct db *d);
enum err db_commit(struct db *d);    /* when it fails nothing of the transaction stays */
void db_rollback(struct db *d);      /* nothing to undo is fine */
enum err db_savepoint(struct db *d); /* one level, inside a transaction */
enum err db_release(struct db *d, bool keep);       /* keep or undo what came since */
enum err db_backup(struct db *d, const char *path); /* whole into a new file, 0600 */

#endif
