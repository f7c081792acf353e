/* SPDX-License-Identifier: ISC */
/*
 * The door to SQLite. A db is used by one thread at a time. db_open() sets every pragma and
 * limit of the house (WAL, synchronous FULL, foreign keys, defensive, trusted_schema off,
 * secure_delete, ...), checks the application id and quick_check, and migrates forward in
 * one transaction; a newer version is ERR_VERSION, damage is ERR_CORRUPT, and neither file
 * is touched. ":memory:" is a private database. Statements are prepared once and reused.
 */
#ifndef BASE_DB_H
#define BASE_DB_H

#include "base/bytes.h"
#include "base/err.h"

struct db;
struct db_stmt;

struct db_schema {
    uint32_t application_id;
    const char *const *steps; /* step i brings version i to i + 1 */
    size_t count;
};

/* why gets a sentence for a person (may be NULL). */
enum err db_open(const char *path, const struct db_schema *schema, struct db **out, char *why, size_t why_n);
void db_close(struct db *d); /* finalizes every statement of it */
enum err db_exec(struct db *d, const char *sql); /* constant text only */
enum err db_prepare(struct db *d, const char *sql, struct db_stmt **out); /* owned by the db */

void db_bind_int(struct db_stmt *s, int at, int64_t v); /* at counts from 1; failures latch */
void db_bind_text(struct db_stmt *s, int at, struct bytes v); /* the bytes must live until reset */
void db_bind_blob(struct db_stmt *s, int at, struct bytes v);
void db_bind_null(struct db_stmt *s, int at);
/* One row: *row true and columns may be read until the next step or reset. Done: false and reset.
 * A constraint that is broken is ERR_EXISTS. */
enum err db_step(struct db_stmt *s, bool *row);
enum err db_run(struct db_stmt *s); /* step to the end, no rows wanted */
void db_reset(struct db_stmt *s);
int64_t db_int(struct db_stmt *s, int col); /* col counts from 0 */
struct bytes db_blob(struct db_stmt *s, int col);
struct bytes db_text(struct db_stmt *s, int col);
int64_t db_changes(struct db *d);

enum err db_begin(struct db *d);
enum err db_commit(struct db *d);
void db_rollback(struct db *d);
enum err db_savepoint(struct db *d);          /* one level, inside a transaction */
enum err db_release(struct db *d, bool keep); /* keep or undo what came since */
enum err db_backup(struct db *d, const char *path); /* VACUUM INTO a new file */

#endif
