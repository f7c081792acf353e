/* SPDX-License-Identifier: ISC */
/*
 * Identities and key packages. What was taken is remembered by its hash, the newest 256 of each
 * owner, so that a client that repeats its upload cannot bring a used package back (S5).
 */
#include "base/mem.h"
#include "crypto/hash.h"
#include "server/store_sql.h"

static enum err identity_put(struct store_file *f, struct store_op *op)
{
    return sql_change(
        f, SQL(f, SQL_IDENTITY_SET, sql_blob(op->name), sql_blob(op->body)), &op->r.num);
}

static enum err identity_get(struct store_file *f, struct store_op *op)
{
    struct db_stmt *st = SQL(f, SQL_IDENTITY_GET, sql_blob(op->name));
    bool row;
    enum err e = db_step(st, &row);

    if (e != ERR_OK)
        return e;
    if (row)
        op->r.a = store_op_keep(op, db_blob(st, 0));
    else
        op->r.rc = ERR_NOT_FOUND;
    db_reset(st);
    return ERR_OK;
}

static enum err package_left(
    struct store_file *f, const struct store_op *op, uint16_t suite, int64_t *left)
{
    bool row;

    return sql_number(
        SQL(f, SQL_PACKAGE_COUNT, sql_blob(op->name), sql_int(suite)), left, &row);
}

static enum err package_insert(
    struct store_file *f, struct store_op *op, const struct store_package *p)
{
    int64_t left = 0;
    enum err e = ERR_OK;

    if (p->last_resort)
        e = db_run(SQL(f, SQL_PACKAGE_LAST_DROP, sql_blob(op->name), sql_int(p->suite)));
    if (e == ERR_OK)
        e = db_run(SQL(f, SQL_PACKAGE_ADD, sql_blob(op->name), sql_int(p->suite),
            sql_int(p->last_resort), sql_blob(p->body)));
    if (e == ERR_OK && !p->last_resort)
        e = package_left(f, op, p->suite, &left);
    if (e == ERR_OK && (uint64_t)left > op->limit)
        op->r.rc = ERR_FULL;
    return e;
}

static enum err package_add(
    struct store_file *f, struct store_op *op, const struct store_package *p)
{
    uint8_t hash[HASH_SHA256];
    int64_t one;
    bool known;
    enum err e = hash_sha256(p->body, hash);

    if (e == ERR_OK)
        e = sql_number(SQL(f, SQL_PACKAGE_KNOWN, sql_blob(op->name), sql_int(p->suite),
                           sql_blob(p->body), sql_blob(bytes_of(hash, sizeof hash))),
            &one, &known);
    return e != ERR_OK || known ? e : package_insert(f, op, p);
}

static enum err package_put(struct store_file *f, struct store_op *op)
{
    bool row;
    enum err e = ERR_OK;

    for (size_t i = 0; i < op->package_count && e == ERR_OK && op->r.rc == ERR_OK; i++)
        e = package_add(f, op, &op->packages[i]);
    if (e != ERR_OK || op->r.rc != ERR_OK)
        return e;
    return sql_number(SQL(f, SQL_PACKAGE_COUNT_ALL, sql_blob(op->name)), &op->r.num, &row);
}

static enum err package_used(struct store_file *f, const struct store_op *op, int64_t id)
{
    uint8_t hash[HASH_SHA256];
    enum err e = hash_sha256(op->r.a, hash);

    if (e == ERR_OK)
        e = db_run(SQL(f, SQL_PACKAGE_DROP, sql_int(id)));
    if (e == ERR_OK)
        e = db_run(
            SQL(f, SQL_TAKEN_ADD, sql_blob(op->name), sql_blob(bytes_of(hash, sizeof hash))));
    if (e == ERR_OK)
        e = db_run(SQL(f, SQL_TAKEN_TRIM, sql_blob(op->name)));
    return e;
}

static enum err package_take(struct store_file *f, struct store_op *op)
{
    struct db_stmt *st = SQL(f, SQL_PACKAGE_NEXT, sql_blob(op->name), sql_int(op->suite));
    bool row;
    enum err e = db_step(st, &row);

    if (e != ERR_OK)
        return e;
    if (!row) {
        op->r.rc = ERR_NOT_FOUND;
        return ERR_OK;
    }
    int64_t id = db_int(st, 0);
    op->r.more = db_int(st, 1) != 0;
    op->r.a = store_op_keep(op, db_blob(st, 2));
    db_reset(st);
    if (!op->r.more)
        e = package_used(f, op, id);
    return e == ERR_OK ? package_left(f, op, op->suite, &op->r.num) : e;
}

static enum err package_count(struct store_file *f, struct store_op *op)
{
    return package_left(f, op, op->suite, &op->r.num);
}

static enum err package_clear(struct store_file *f, struct store_op *op)
{
    return sql_change(f, SQL(f, SQL_PACKAGE_CLEAR, sql_blob(op->name)), &op->r.num);
}

static const struct sql_text TEXTS[] = {
    {SQL_IDENTITY_SET, "INSERT INTO identity (owner, body) VALUES (?1, ?2)"
                       " ON CONFLICT (owner) DO UPDATE SET body = excluded.body"
                       " WHERE body <> excluded.body"},
    {SQL_IDENTITY_GET, "SELECT body FROM identity WHERE owner = ?1"},
    {SQL_IDENTITY_DROP, "DELETE FROM identity WHERE owner = ?1"},
    {SQL_PACKAGE_KNOWN, "SELECT 1 WHERE EXISTS"
                        " (SELECT 1 FROM package WHERE owner = ?1 AND suite = ?2 AND body = ?3)"
                        " OR EXISTS (SELECT 1 FROM taken WHERE owner = ?1 AND hash = ?4)"},
    {SQL_PACKAGE_LAST_DROP, "DELETE FROM package WHERE owner = ?1 AND suite = ?2 AND last = 1"},
    {SQL_PACKAGE_ADD, "INSERT INTO package (owner, suite, last, body) VALUES (?1, ?2, ?3, ?4)"},
    {SQL_PACKAGE_COUNT,
        "SELECT count(*) FROM package WHERE owner = ?1 AND suite = ?2 AND last = 0"},
    {SQL_PACKAGE_COUNT_ALL, "SELECT count(*) FROM package WHERE owner = ?1 AND last = 0"},
    {SQL_PACKAGE_NEXT, "SELECT id, last, body FROM package WHERE owner = ?1 AND suite = ?2"
                       " ORDER BY last, id LIMIT 1"},
    {SQL_PACKAGE_DROP, "DELETE FROM package WHERE id = ?1"},
    {SQL_PACKAGE_CLEAR, "DELETE FROM package WHERE owner = ?1"},
    {SQL_TAKEN_ADD, "INSERT INTO taken (owner, hash) VALUES (?1, ?2)"},
    {SQL_TAKEN_TRIM, "DELETE FROM taken WHERE owner = ?1 AND id <= (SELECT id FROM taken"
                     " WHERE owner = ?1 ORDER BY id DESC LIMIT 1 OFFSET 256)"},
    {SQL_TAKEN_CLEAR, "DELETE FROM taken WHERE owner = ?1"},
};

static const struct sql_route ROUTES[] = {
    {STORE_IDENTITY_PUT, true, identity_put},
    {STORE_IDENTITY_GET, false, identity_get},
    {STORE_PACKAGE_PUT, true, package_put},
    {STORE_PACKAGE_TAKE, true, package_take},
    {STORE_PACKAGE_COUNT, false, package_count},
    {STORE_PACKAGE_CLEAR, true, package_clear},
};

const struct sql_part SQL_PART_KEYS = {TEXTS, MEM_COUNT(TEXTS), ROUTES, MEM_COUNT(ROUTES)};
