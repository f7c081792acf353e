/* SPDX-License-Identifier: ISC */
/* The database of a relay: opened and checked once, then one transaction for each batch of ops.
 */
#include <stdio.h>

#include "base/mem.h"
#include "crypto/rand.h"
#include "server/store_sql.h"

struct db_stmt *sql_bind(
    struct store_file *f, enum sql_id id, const struct sql_value *values, size_t count)
{
    struct db_stmt *st = f->stmts[id];

    for (size_t i = 0; i < count; i++) {
        if (values[i].is_int)
            db_bind_int(st, (int)i + 1, values[i].num);
        else
            db_bind_blob(st, (int)i + 1, values[i].blob);
    }
    return st;
}

enum err sql_change(struct store_file *f, struct db_stmt *st, int64_t *rows)
{
    enum err e = db_run(st);

    if (rows != NULL)
        *rows = e == ERR_OK ? db_changes(f->db) : 0;
    return e;
}

enum err sql_number(struct db_stmt *st, int64_t *out, bool *found)
{
    enum err e = db_step(st, found);

    *out = 0;
    if (e == ERR_OK && *found) {
        *out = db_int(st, 0);
        e = db_run(st); /* to its end: it may be a change that returns what it changed */
    }
    return e;
}

/* ---- running ---- */

/* Kept is what both the function and its decision say ERR_OK to. */
static enum err run_in_savepoint(struct store_file *f, struct store_op *op, sql_fn *fn)
{
    enum err e = db_savepoint(f->db);

    if (e != ERR_OK) {
        f->broken = e;
        return e;
    }
    e = fn(f, op);
    enum err released = db_release(f->db, e == ERR_OK && op->r.rc == ERR_OK);
    if (released == ERR_OK)
        return e;
    /* SQLite undid the whole transaction, or cannot: nothing of this batch is certain. */
    f->broken = released;
    return released;
}

void store_sql_run(struct job *j)
{
    struct store_op *op = (struct store_op *)j;
    struct store_file *f = op->file;
    const struct sql_route *route = f->routes[op->kind];
    enum err e = f->broken;

    if (op->refused)
        return;
    if (e == ERR_OK && route->writes)
        e = run_in_savepoint(f, op, route->fn);
    else if (e == ERR_OK)
        e = route->fn(f, op);
    if (e == ERR_OK)
        return;
    op->fault = e;
    store_op_clear(op, ERR_IO);
}

static void batch_begin(void *arg)
{
    struct store_file *f = arg;

    f->broken = db_begin(f->db);
    f->open = f->broken == ERR_OK;
}

static enum err batch_end(void *arg)
{
    struct store_file *f = arg;
    enum err e = f->broken;

    if (f->open && e == ERR_OK)
        e = db_commit(f->db);
    else if (f->open)
        db_rollback(f->db);
    f->open = false;
    if (e != ERR_OK)
        sql_kept_clear(f);
    return e;
}

struct worker_hooks store_file_hooks(struct store_file *f)
{
    return (struct worker_hooks){.begin = batch_begin, .end = batch_end, .arg = f};
}

/* ---- opening ---- */

static enum err barrier(struct store_file *f, struct store_op *op)
{
    (void)f, (void)op; /* its batch is all that matters */
    return ERR_OK;
}

static const struct sql_text TEXTS[] = {
    {SQL_RELAY_GET, "SELECT id, generation FROM relay"},
    {SQL_RELAY_MAKE, "INSERT INTO relay (one, id, generation) VALUES (1, ?1, 0)"
                     " ON CONFLICT DO NOTHING"},
    {SQL_RELAY_COUNT, "UPDATE relay SET generation = generation + 1"},
};

static const struct sql_route ROUTES[] = {
    {STORE_BARRIER, false, barrier},
};

const struct sql_part SQL_PART_RELAY = {TEXTS, MEM_COUNT(TEXTS), ROUTES, MEM_COUNT(ROUTES)};

static enum err prepare_part(struct store_file *f, const struct sql_part *part)
{
    for (size_t i = 0; i < part->route_count; i++)
        f->routes[part->routes[i].kind] = &part->routes[i];
    for (size_t i = 0; i < part->text_count; i++) {
        const struct sql_text *t = &part->texts[i];
        enum err e = db_prepare(f->db, t->text, &f->stmts[t->id]);
        if (e != ERR_OK)
            return e;
    }
    return ERR_OK;
}

static enum err prepare_all(struct store_file *f)
{
    static const struct sql_part *const PARTS[] = {&SQL_PART_RELAY, &SQL_PART_LOAD,
        &SQL_PART_ACCOUNT, &SQL_PART_KEYS, &SQL_PART_ROOM, &SQL_PART_LOG, &SQL_PART_COMMIT,
        &SQL_PART_UNDO};

    for (size_t i = 0; i < MEM_COUNT(PARTS); i++) {
        enum err e = prepare_part(f, PARTS[i]);
        if (e != ERR_OK)
            return e;
    }
    return ERR_OK;
}

/* Makes the relay's id the first time, and counts this opening. */
static enum err introduce(struct store_file *f)
{
    uint8_t fresh[sizeof f->relay_id];
    bool row = false;

    rand_bytes(fresh, sizeof fresh);
    enum err e = db_run(SQL(f, SQL_RELAY_MAKE, sql_blob(bytes_of(fresh, sizeof fresh))));
    if (e == ERR_OK)
        e = db_run(f->stmts[SQL_RELAY_COUNT]);
    if (e == ERR_OK)
        e = db_step(f->stmts[SQL_RELAY_GET], &row);
    if (e != ERR_OK)
        return e;
    struct bytes id = row ? db_blob(f->stmts[SQL_RELAY_GET], 0) : (struct bytes){0};
    if (id.n == sizeof f->relay_id)
        memcpy(f->relay_id, id.p, id.n);
    else
        e = ERR_CORRUPT;
    f->generation = row ? (uint32_t)db_int(f->stmts[SQL_RELAY_GET], 1) : 0;
    db_reset(f->stmts[SQL_RELAY_GET]);
    return e;
}

static enum err introduce_durably(struct store_file *f)
{
    enum err e = db_begin(f->db);

    if (e != ERR_OK)
        return e;
    e = introduce(f);
    if (e == ERR_OK)
        return db_commit(f->db);
    db_rollback(f->db);
    return e;
}

enum err store_file_open(const char *path, struct store_file **out, char *why, size_t why_n)
{
    struct store_file *f = mem_alloc(sizeof *f);

    *out = NULL;
    enum err e = db_open(path, &STORE_SCHEMA, &f->db, why, why_n);
    if (e != ERR_OK)
        goto out;
    e = prepare_all(f);
    if (e == ERR_OK)
        e = introduce_durably(f);
    if (e != ERR_OK) {
        if (why != NULL)
            (void)snprintf(why, why_n, "%s cannot be used: %s", path, err_str(e));
        goto out;
    }
    *out = f;
    f = NULL;
out:
    store_file_close(f);
    return e;
}

void store_file_close(struct store_file *f)
{
    if (f == NULL)
        return;
    db_close(f->db);
    sql_kept_clear(f);
    mem_free(f);
}

void store_sql_whoami(const struct store_file *f, uint8_t relay_id[16], uint32_t *generation)
{
    memcpy(relay_id, f->relay_id, sizeof f->relay_id);
    *generation = f->generation;
}
