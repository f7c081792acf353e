/* SPDX-License-Identifier: ISC */
#include "base/db.h"

#include "base/db_private.h"
#include "base/log.h"
#include "base/mem.h"

struct db_stmt {
    sqlite3_stmt *raw;
    struct db *db;
    struct db_stmt *next;
    int latched; /* what a bind said */
};

/* Expected failures are the caller's to tell; the others are logged with SQLite's words. */
enum err db_err(struct db *d, int rc)
{
    switch (rc & 0xFF) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE:
        return ERR_OK;
    case SQLITE_CONSTRAINT:
        return ERR_EXISTS;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return ERR_BUSY;
    case SQLITE_FULL:
    case SQLITE_NOMEM:
        return ERR_FULL;
    case SQLITE_TOOBIG:
        return ERR_TOO_BIG;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return ERR_CORRUPT;
    case SQLITE_PERM:
    case SQLITE_READONLY:
        return ERR_PERM;
    default:
        break;
    }
    LOG_WARN("db", "sqlite %d: %s", rc, log_text(bytes_str(sqlite3_errmsg(d->raw))));
    switch (rc & 0xFF) {
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_PROTOCOL:
        return ERR_IO;
    default:
        return ERR_STATE;
    }
}

void db_close(struct db *d)
{
    if (d == NULL)
        return;
    while (d->stmts != NULL) {
        struct db_stmt *s = d->stmts;
        d->stmts = s->next;
        (void)sqlite3_finalize(s->raw);
        mem_free(s);
    }
    if (sqlite3_close(d->raw) != SQLITE_OK)
        LOG_ERROR("db", "closing: %s", sqlite3_errmsg(d->raw));
    mem_free(d);
}

enum err db_exec(struct db *d, const char *sql)
{
    return db_err(d, sqlite3_exec(d->raw, sql, NULL, NULL, NULL));
}

enum err db_prepare(struct db *d, const char *sql, struct db_stmt **out)
{
    sqlite3_stmt *raw = NULL;
    const char *rest = NULL;

    *out = NULL;
    enum err e =
        db_err(d, sqlite3_prepare_v3(d->raw, sql, -1, SQLITE_PREPARE_PERSISTENT, &raw, &rest));
    if (e != ERR_OK)
        return e;
    if (raw == NULL || *rest != '\0') {
        /* A second statement after the first would be ignored without a word. */
        (void)sqlite3_finalize(raw);
        return ERR_STATE;
    }
    struct db_stmt *s = mem_alloc(sizeof *s);
    s->raw = raw;
    s->db = d;
    s->next = d->stmts;
    d->stmts = s;
    *out = s;
    return ERR_OK;
}

static void latch(struct db_stmt *s, int rc)
{
    if (s->latched == SQLITE_OK)
        s->latched = rc;
}

void db_bind_int(struct db_stmt *s, int at, int64_t v)
{
    latch(s, sqlite3_bind_int64(s->raw, at, v));
}

/* To SQLite a NULL pointer is NULL, to us an empty view is an empty value. */
static const void *some(struct bytes v)
{
    return v.n != 0 ? (const void *)v.p : "";
}

void db_bind_text(struct db_stmt *s, int at, struct bytes v)
{
    latch(s, sqlite3_bind_text64(s->raw, at, some(v), v.n, SQLITE_STATIC, SQLITE_UTF8));
}

void db_bind_blob(struct db_stmt *s, int at, struct bytes v)
{
    latch(s, sqlite3_bind_blob64(s->raw, at, some(v), v.n, SQLITE_STATIC));
}

void db_bind_null(struct db_stmt *s, int at)
{
    latch(s, sqlite3_bind_null(s->raw, at));
}

enum err db_step(struct db_stmt *s, bool *row)
{
    int rc = s->latched != SQLITE_OK ? s->latched : sqlite3_step(s->raw);

    *row = rc == SQLITE_ROW;
    if (rc == SQLITE_ROW)
        return ERR_OK;
    enum err e = db_err(s->db, rc);
    db_reset(s);
    return e;
}

enum err db_run(struct db_stmt *s)
{
    bool row = true;
    enum err e = ERR_OK;

    while (row && e == ERR_OK)
        e = db_step(s, &row);
    return e;
}

void db_reset(struct db_stmt *s)
{
    (void)sqlite3_reset(s->raw); /* repeats what the step said */
    (void)sqlite3_clear_bindings(s->raw);
    s->latched = SQLITE_OK;
}

int64_t db_int(struct db_stmt *s, int col)
{
    return sqlite3_column_int64(s->raw, col);
}

struct bytes db_blob(struct db_stmt *s, int col)
{
    const void *p = sqlite3_column_blob(s->raw, col);

    return bytes_of(p, (size_t)sqlite3_column_bytes(s->raw, col));
}

struct bytes db_text(struct db_stmt *s, int col)
{
    const void *p = sqlite3_column_text(s->raw, col);

    return bytes_of(p, (size_t)sqlite3_column_bytes(s->raw, col));
}

bool db_is_null(struct db_stmt *s, int col)
{
    return sqlite3_column_type(s->raw, col) == SQLITE_NULL;
}

int64_t db_changes(struct db *d)
{
    return sqlite3_changes64(d->raw);
}

static enum err say(struct db *d, enum db_word word)
{
    static const char *const SQL[DB_WORDS] = {
        /* The write lock now, so that no step in the middle finds somebody else holding it. */
        [DB_BEGIN] = "BEGIN IMMEDIATE",
        [DB_COMMIT] = "COMMIT",
        [DB_SAVEPOINT] = "SAVEPOINT inner",
        [DB_RELEASE] = "RELEASE inner",
    };
    enum err e = ERR_OK;

    if (d->words[word] == NULL)
        e = db_prepare(d, SQL[word], &d->words[word]);
    return e == ERR_OK ? db_run(d->words[word]) : e;
}

enum err db_begin(struct db *d)
{
    return say(d, DB_BEGIN);
}

enum err db_commit(struct db *d)
{
    enum err e = say(d, DB_COMMIT);

    if (e != ERR_OK)
        db_rollback(d);
    return e;
}

void db_rollback(struct db *d)
{
    /* Some failures have undone the transaction already. */
    if (sqlite3_get_autocommit(d->raw) == 0 && db_exec(d, "ROLLBACK") != ERR_OK)
        LOG_ERROR("db", "a transaction could not be undone");
}

enum err db_savepoint(struct db *d)
{
    return sqlite3_get_autocommit(d->raw) != 0 ? ERR_STATE : say(d, DB_SAVEPOINT);
}

enum err db_release(struct db *d, bool keep)
{
    enum err e = keep ? ERR_OK : db_exec(d, "ROLLBACK TO inner");

    return e != ERR_OK ? e : say(d, DB_RELEASE);
}
