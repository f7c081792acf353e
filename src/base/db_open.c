/* SPDX-License-Identifier: ISC */
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/db.h"
#include "base/db_private.h"
#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/reader.h"

#define HEADER_SIZE    100
#define HEADER_VERSION 60 /* where the file says its user_version and application_id */
#define HEADER_APP     68
#define HEAP_MAX       ((int64_t)64 << 20)
#define BUSY_MS        5000
#define ADVICE         "restore a backup, or move the file away to start anew"

/* What one attempt to open knows; why is the person's sentence. */
struct attempt {
    const char *path;
    const struct db_schema *schema;
    char *why;
    size_t why_n;
};

static enum err tell(const struct attempt *a, enum err e, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static enum err tell(const struct attempt *a, enum err e, const char *fmt, ...)
{
    char text[DB_WHY];
    va_list ap;

    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    if (a->why != NULL && a->why_n != 0)
        (void)snprintf(a->why, a->why_n, "%s %s", a->path, text);
    return e;
}

static enum err tell_damage(const struct attempt *a, const char *detail)
{
    return tell(a, ERR_CORRUPT, "is damaged (%s): " ADVICE, detail);
}

/* A failure of SQLite in words; what it was doing is named by the caller. */
static enum err tell_sqlite(
    const struct attempt *a, struct db *d, enum err e, const char *doing)
{
    const char *said = log_text(bytes_str(sqlite3_errmsg(d->raw)));

    if (e == ERR_CORRUPT)
        return tell_damage(a, said);
    return tell(a, e, "failed while %s: %s", doing, said);
}

/* While nothing but reading was asked, an error of SQL means that the content makes no sense.
 */
static enum err tell_unreadable(const struct attempt *a, struct db *d, enum err e)
{
    return tell_sqlite(a, d, e == ERR_STATE ? ERR_CORRUPT : e, "being checked");
}

static bool has_wal(const struct attempt *a)
{
    char wal[PATH_MAX];
    struct stat st;

    (void)snprintf(wal, sizeof wal, "%s-wal", a->path);
    return stat(wal, &st) == 0 && st.st_size != 0;
}

static enum err header_says(const struct attempt *a, struct bytes header, uint64_t size)
{
    static const char MAGIC[16] = "SQLite format 3";
    struct reader r;

    if (header.n < HEADER_SIZE || memcmp(header.p, MAGIC, sizeof MAGIC) != 0)
        return tell(a, ERR_CORRUPT, "is empty, cut short or not a database: " ADVICE);
    reader_init(&r, header);
    (void)reader_bytes(&r, sizeof MAGIC);
    uint32_t page = reader_u16(&r);
    (void)reader_bytes(&r, HEADER_VERSION - sizeof MAGIC - 2);
    uint32_t version = reader_u32(&r);
    (void)reader_bytes(&r, HEADER_APP - HEADER_VERSION - 4);
    uint32_t app = reader_u32(&r);
    if (app != a->schema->application_id)
        return tell(a, ERR_CORRUPT, "belongs to another program: " ADVICE);
    page = page == 1 ? 65536 : page;
    /* A crash may leave a page by halves, and then the WAL has it whole. */
    if (page == 0 || (size % page != 0 && !has_wal(a)))
        return tell_damage(a, "its last page is not whole");
    if (version > a->schema->count)
        return tell(a, ERR_VERSION,
            "was written by a newer version (schema %u, this one knows %zu): update the "
            "program, or " ADVICE,
            (unsigned)version, a->schema->count);
    return ERR_OK;
}

/* Before SQLite opens the file, because to SQLite an empty file is a fine database and a
 * foreign journal something to play back. */
static enum err check_header(const struct attempt *a)
{
    uint8_t header[HEADER_SIZE];
    struct stat st;
    FILE *f = fopen(a->path, "rbe");

    if (f == NULL)
        return tell(a, ERR_IO, "cannot be read");
    size_t n = fread(header, 1, sizeof header, f);
    int failed = fstat(fileno(f), &st);
    (void)fclose(f);
    if (failed != 0)
        return tell(a, ERR_IO, "cannot be read");
    return header_says(a, bytes_of(header, n), (uint64_t)st.st_size);
}

static enum err set_application(const struct attempt *a, struct db *d)
{
    char sql[64];

    (void)snprintf(
        sql, sizeof sql, "PRAGMA application_id=%ld", (long)(int32_t)a->schema->application_id);
    return db_exec(d, sql);
}

/* An empty database that knows whose it is appears under the name at once. */
static enum err create(const struct attempt *a)
{
    struct db d = {0};
    sqlite3_int64 n = 0;
    unsigned char *image = NULL;

    if (has_wal(a))
        return tell(a, ERR_CORRUPT,
            "is missing though its -wal is there: restore the database, or move the -wal "
            "away to start anew");
    int rc =
        sqlite3_open_v2(":memory:", &d.raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    enum err e = db_err(&d, rc);
    if (e == ERR_OK)
        e = set_application(a, &d);
    if (e == ERR_OK)
        image = sqlite3_serialize(d.raw, "main", &n, 0);
    if (e == ERR_OK && image == NULL)
        e = ERR_FULL;
    if (e == ERR_OK)
        e = file_create_private(a->path, bytes_of(image, (size_t)n));
    sqlite3_free(image);
    (void)sqlite3_close(d.raw);
    if (e == ERR_EXISTS) /* another process was as quick */
        return ERR_OK;
    return e == ERR_OK ? e : tell(a, e, "cannot be made: %s", err_str(e));
}

static enum err check_file(const struct attempt *a)
{
    enum err e = file_check_private(a->path);

    if (e == ERR_NOT_FOUND)
        e = create(a);
    else if (e != ERR_OK)
        e = tell(a, e,
            "must be a regular file with one name, owned by the user who runs "
            "this, with mode 0600");
    return e == ERR_OK ? check_header(a) : e;
}

static enum err configure(struct db *d)
{
    static const struct {
        int what, value;
    } LIMITS[] =
        {
            {SQLITE_LIMIT_LENGTH, DB_MAX_BYTES},
            {SQLITE_LIMIT_SQL_LENGTH, 16384},
            {SQLITE_LIMIT_ATTACHED, 0},
            {SQLITE_LIMIT_VARIABLE_NUMBER, 32},
            {SQLITE_LIMIT_TRIGGER_DEPTH, 1},
            {SQLITE_LIMIT_WORKER_THREADS, 0},
        },
      SWITCHES[] = {
          {SQLITE_DBCONFIG_DEFENSIVE, 1},
          {SQLITE_DBCONFIG_ENABLE_FKEY, 1},
          {SQLITE_DBCONFIG_ENABLE_TRIGGER, 0},
          {SQLITE_DBCONFIG_ENABLE_VIEW, 0},
          {SQLITE_DBCONFIG_DQS_DDL, 0},
          {SQLITE_DBCONFIG_DQS_DML, 0},
          {SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0},
          {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
          /* Until the checks are passed: so that closing a file we refuse changes nothing. */
          {SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1},
      };

    (void)sqlite3_extended_result_codes(d->raw, 1);
    (void)sqlite3_busy_timeout(d->raw, BUSY_MS);
    for (size_t i = 0; i < MEM_COUNT(LIMITS); i++)
        (void)sqlite3_limit(d->raw, LIMITS[i].what, LIMITS[i].value);
    for (size_t i = 0; i < MEM_COUNT(SWITCHES); i++) {
        int now = -1;
        int rc = sqlite3_db_config(d->raw, SWITCHES[i].what, SWITCHES[i].value, &now);
        if (rc != SQLITE_OK || now != SWITCHES[i].value)
            return ERR_UNSUPPORTED;
    }
    return db_exec(d, "PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF;"
                      "PRAGMA cell_size_check=ON; PRAGMA mmap_size=0;"
                      "PRAGMA secure_delete=ON; PRAGMA temp_store=MEMORY;"
                      "PRAGMA synchronous=FULL");
}

/* The one value a query gives, as text that lives until the next of these. */
static enum err ask(struct db *d, const char *sql, char *out, size_t n)
{
    struct db_stmt *s;
    bool row = false;
    enum err e = db_prepare(d, sql, &s);

    out[0] = '\0';
    if (e == ERR_OK)
        e = db_step(s, &row);
    if (row) {
        (void)bytes_copy(out, n, db_text(s, 0));
        db_reset(s);
    }
    return e;
}

static enum err ask_version(struct db *d, size_t *out)
{
    struct db_stmt *s;
    bool row = false;
    enum err e = db_prepare(d, "PRAGMA user_version", &s);

    *out = 0;
    if (e == ERR_OK)
        e = db_step(s, &row);
    if (row) {
        /* A negative one is a large one: not ours. */
        *out = (size_t)db_int(s, 0);
        db_reset(s);
    }
    return e;
}

static enum err check_content(const struct attempt *a, struct db *d)
{
    char said[200];
    size_t version;
    enum err e = ask(d, "PRAGMA quick_check(1)", said, sizeof said);

    if (e != ERR_OK)
        return tell_unreadable(a, d, e);
    if (strcmp(said, "ok") != 0)
        return tell_damage(a, log_text(bytes_str(said)));
    e = ask_version(d, &version);
    if (e != ERR_OK)
        return tell_unreadable(a, d, e);
    if (version > a->schema->count)
        return tell(a, ERR_VERSION, "was written by a newer version: update the program");
    return ERR_OK;
}

static enum err use_wal(const struct attempt *a, struct db *d)
{
    char mode[16];
    int off = -1;
    enum err e = ask(d, "PRAGMA journal_mode=WAL", mode, sizeof mode);

    if (e == ERR_OK && strcmp(mode, "wal") != 0)
        return tell(a, ERR_UNSUPPORTED, "lies on a file system without shared memory files");
    if (e == ERR_OK)
        e = db_exec(d, "PRAGMA journal_size_limit=16777216; PRAGMA wal_autocheckpoint=1000");
    if (e != ERR_OK)
        return tell_sqlite(a, d, e, "being opened");
    (void)sqlite3_db_config(d->raw, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, &off);
    return ERR_OK;
}

static enum err run_steps(const struct attempt *a, struct db *d, size_t from)
{
    char sql[64];

    for (size_t i = from; i < a->schema->count; i++) {
        enum err e = db_exec(d, a->schema->steps[i]);
        if (e == ERR_OK && sqlite3_get_autocommit(d->raw) != 0)
            return tell(a, ERR_STATE, "has a schema step that ends the transaction");
        if (e != ERR_OK)
            return tell_sqlite(a, d, e, "its schema was brought up to date");
    }
    (void)snprintf(sql, sizeof sql, "PRAGMA user_version=%zu", a->schema->count);
    enum err e = db_exec(d, sql);
    return e == ERR_OK ? e : tell_sqlite(a, d, e, "its version was written");
}

static enum err migrate(const struct attempt *a, struct db *d)
{
    size_t version;
    enum err e = db_begin(d);

    if (e != ERR_OK)
        return tell_sqlite(a, d, e, "being locked");
    /* Asked under the lock: another process may have been first. */
    e = ask_version(d, &version);
    if (e == ERR_OK && version > a->schema->count)
        e = tell(a, ERR_VERSION, "was written by a newer version: update the program");
    if (e == ERR_OK && version < a->schema->count)
        e = run_steps(a, d, version);
    if (e != ERR_OK) {
        db_rollback(d);
        return e;
    }
    e = db_commit(d);
    return e == ERR_OK ? e : tell_sqlite(a, d, e, "being migrated");
}

static enum err open_raw(const struct attempt *a, struct db *d)
{
    int rc = sqlite3_open_v2(a->path, &d->raw,
        SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE, NULL);

    if (d->raw == NULL)
        mem_die("out of memory");
    enum err e = db_err(d, rc);
    if (e == ERR_OK)
        e = configure(d);
    return e == ERR_OK ? e : tell_unreadable(a, d, e);
}

enum err db_open(
    const char *path, const struct db_schema *schema, struct db **out, char *why, size_t why_n)
{
    struct attempt a = {path, schema, why, why_n};
    bool memory = strcmp(path, ":memory:") == 0;
    struct db *d = NULL;
    enum err e = ERR_OK;

    *out = NULL;
    if (!memory) {
        (void)sqlite3_hard_heap_limit64(HEAP_MAX);
        e = check_file(&a);
    }
    if (e != ERR_OK)
        return e;
    d = mem_alloc(sizeof *d);
    e = open_raw(&a, d);
    if (e == ERR_OK && memory)
        e = set_application(&a, d);
    if (e == ERR_OK && !memory)
        e = check_content(&a, d);
    if (e == ERR_OK && !memory)
        e = use_wal(&a, d);
    if (e == ERR_OK)
        e = migrate(&a, d);
    if (e == ERR_OK) {
        *out = d;
        d = NULL;
    }
    db_close(d);
    return e;
}

static enum err vacuum_into(struct db *d, const char *path)
{
    sqlite3_stmt *s = NULL;

    /* It attaches the new file, which is otherwise forbidden. */
    (void)sqlite3_limit(d->raw, SQLITE_LIMIT_ATTACHED, 1);
    int rc = sqlite3_prepare_v2(d->raw, "VACUUM INTO ?1", -1, &s, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_bind_text(s, 1, path, -1, SQLITE_STATIC);
    if (rc == SQLITE_OK)
        rc = sqlite3_step(s);
    enum err e = db_err(d, rc);
    (void)sqlite3_finalize(s);
    (void)sqlite3_limit(d->raw, SQLITE_LIMIT_ATTACHED, 0);
    return e;
}

enum err db_backup(struct db *d, const char *path)
{
    char part[PATH_MAX];

    if (snprintf(part, sizeof part, "%s.part", path) >= (int)sizeof part)
        return ERR_TOO_BIG;
    if (file_exists(path))
        return ERR_EXISTS;
    (void)unlink(part); /* of a backup that was cut off */
    /* Made by us first, for its mode; VACUUM takes an empty file. */
    enum err e = file_create_private(part, (struct bytes){0});
    if (e != ERR_OK)
        return e;
    e = vacuum_into(d, part);
    if (e == ERR_OK)
        e = file_move_new(part, path);
    if (e != ERR_OK)
        (void)unlink(part);
    return e;
}
