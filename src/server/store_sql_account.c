/* SPDX-License-Identifier: ISC */
/* Accounts and their tokens. */
#include "base/mem.h"
#include "server/store_sql.h"

#define LIST_MAX 1000 /* accounts in one answer */

/* ---- accounts ---- */

static enum err account_create(struct store_file *f, struct store_op *op)
{
    const struct store_account *a = &op->account;
    int64_t added;
    int64_t one;
    bool same;
    enum err e = sql_change(f,
        SQL(f, SQL_ACCOUNT_ADD, sql_blob(a->name), sql_blob(a->verifier), sql_int(a->role),
            sql_int(a->created_ms), sql_int(a->seen_ms)),
        &added);

    if (e != ERR_OK || added != 0)
        return e;
    /* A repeated call: nobody else comes with the same salted verifier. */
    e = sql_number(SQL(f, SQL_ACCOUNT_SAME, sql_blob(a->name), sql_blob(a->verifier),
                       sql_int(a->created_ms)),
        &one, &same);
    if (e == ERR_OK && !same)
        op->r.rc = ERR_EXISTS;
    return e;
}

static struct store_account account_read(struct store_op *op, struct db_stmt *st)
{
    return (struct store_account){
        .name = store_op_keep(op, db_blob(st, 0)),
        .verifier = store_op_keep(op, db_blob(st, 1)),
        .role = (uint8_t)db_int(st, 2),
        .created_ms = db_int(st, 3),
        .seen_ms = db_int(st, 4),
    };
}

static enum err account_get(struct store_file *f, struct store_op *op)
{
    struct db_stmt *st = SQL(f, SQL_ACCOUNT_GET, sql_blob(op->name));
    bool row;
    enum err e = db_step(st, &row);

    if (e != ERR_OK)
        return e;
    if (!row) {
        op->r.rc = ERR_NOT_FOUND;
        return ERR_OK;
    }
    struct store_account *one = store_op_more(op, NULL, 0, sizeof *one);
    *one = account_read(op, st);
    db_reset(st);
    op->r.accounts = one;
    op->r.count = 1;
    return ERR_OK;
}

static enum err account_list(struct store_file *f, struct store_op *op)
{
    size_t limit = op->limit < LIST_MAX ? op->limit : LIST_MAX;
    struct db_stmt *st =
        SQL(f, SQL_ACCOUNT_LIST, sql_blob(op->name), sql_int((int64_t)limit + 1));
    struct store_account *all = NULL;
    bool row;
    enum err e;

    while ((e = db_step(st, &row)) == ERR_OK && row) {
        if (op->r.count == limit) {
            op->r.more = true;
            db_reset(st);
            break;
        }
        all = store_op_more(op, all, op->r.count, sizeof *all);
        all[op->r.count++] = account_read(op, st);
    }
    op->r.accounts = all;
    return e;
}

/* One row must change. */
static enum err change_one(struct store_file *f, struct store_op *op, struct db_stmt *st)
{
    int64_t rows;
    enum err e = sql_change(f, st, &rows);

    if (e == ERR_OK && rows == 0)
        op->r.rc = ERR_NOT_FOUND;
    return e;
}

static enum err account_verifier(struct store_file *f, struct store_op *op)
{
    return change_one(
        f, op, SQL(f, SQL_ACCOUNT_VERIFIER, sql_blob(op->name), sql_blob(op->body)));
}

static enum err account_role(struct store_file *f, struct store_op *op)
{
    return change_one(f, op, SQL(f, SQL_ACCOUNT_ROLE, sql_blob(op->name), sql_int(op->role)));
}

static enum err account_seen(struct store_file *f, struct store_op *op)
{
    return change_one(f, op, SQL(f, SQL_ACCOUNT_SEEN, sql_blob(op->name), sql_int(op->now_ms)));
}

static enum err account_remove(struct store_file *f, struct store_op *op)
{
    static const enum sql_id BELOW[] = {
        SQL_IDENTITY_DROP, SQL_PACKAGE_CLEAR, SQL_TAKEN_CLEAR}; /* tokens go by their key */
    enum err e = change_one(f, op, SQL(f, SQL_ACCOUNT_DROP, sql_blob(op->name)));

    for (size_t i = 0; e == ERR_OK && i < MEM_COUNT(BELOW); i++)
        e = db_run(SQL(f, BELOW[i], sql_blob(op->name)));
    return e;
}

/* ---- tokens ---- */

/* Whether the hash is there already, and if so whose it is. */
static enum err token_known(struct store_file *f, struct store_op *op, bool *known)
{
    struct db_stmt *st = SQL(f, SQL_TOKEN_FIND, sql_blob(bytes_of(op->hash, sizeof op->hash)));
    enum err e = db_step(st, known);

    if (e != ERR_OK || !*known)
        return e;
    if (bytes_eq(db_blob(st, 1), op->token.account))
        op->r.num = db_int(st, 0);
    else
        op->r.rc = ERR_EXISTS;
    db_reset(st);
    return ERR_OK;
}

/* How many living ones the account has; found is false without the account. */
static enum err token_room(struct store_file *f, struct store_op *op)
{
    int64_t living;
    bool found;
    enum err e =
        sql_number(SQL(f, SQL_TOKEN_LIVING, sql_blob(op->token.account), sql_int(op->now_ms)),
            &living, &found);

    if (e == ERR_OK && !found)
        op->r.rc = ERR_NOT_FOUND;
    else if (e == ERR_OK && (uint64_t)living >= op->limit)
        op->r.rc = ERR_FULL;
    return e;
}

static enum err token_put(struct store_file *f, struct store_op *op)
{
    const struct store_token *t = &op->token;
    bool known;
    bool row;
    enum err e = token_known(f, op, &known);

    if (e == ERR_OK && !known)
        e = token_room(f, op);
    if (e != ERR_OK || known || op->r.rc != ERR_OK)
        return e;
    return sql_number(SQL(f, SQL_TOKEN_ADD, sql_blob(bytes_of(op->hash, sizeof op->hash)),
                          sql_blob(t->account), sql_blob(t->label), sql_int(t->expires_ms)),
        &op->r.num, &row);
}

static enum err token_use(struct store_file *f, struct store_op *op)
{
    struct db_stmt *st = SQL(f, SQL_TOKEN_USE, sql_blob(bytes_of(op->hash, sizeof op->hash)));
    bool row;
    enum err e = db_step(st, &row);

    if (e != ERR_OK)
        return e;
    if (!row) {
        op->r.rc = ERR_NOT_FOUND;
        return ERR_OK;
    }
    op->r.num = db_int(st, 1);
    if (op->r.num > op->now_ms)
        op->r.a = store_op_keep(op, db_blob(st, 0));
    else
        op->r.rc = ERR_STALE;
    db_reset(st);
    return ERR_OK;
}

static enum err token_revoke(struct store_file *f, struct store_op *op)
{
    struct db_stmt *st =
        op->seq == 0 ? SQL(f, SQL_TOKEN_DROP_ALL, sql_blob(op->name))
                     : SQL(f, SQL_TOKEN_DROP, sql_blob(op->name), sql_int((int64_t)op->seq));

    return sql_change(f, st, &op->r.num);
}

static enum err token_list(struct store_file *f, struct store_op *op)
{
    struct db_stmt *st = SQL(f, SQL_TOKEN_LIST, sql_blob(op->name));
    struct store_token *all = NULL;
    bool row;
    enum err e;

    while ((e = db_step(st, &row)) == ERR_OK && row) {
        all = store_op_more(op, all, op->r.count, sizeof *all);
        all[op->r.count++] = (struct store_token){
            .id = (uint64_t)db_int(st, 0),
            .account = op->name,
            .label = store_op_keep(op, db_blob(st, 1)),
            .expires_ms = db_int(st, 2),
        };
    }
    op->r.tokens = all;
    return e;
}

static const struct sql_text TEXTS[] = {
    {SQL_ACCOUNT_ADD, "INSERT INTO account (name, verifier, role, created, seen)"
                      " VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING"},
    {SQL_ACCOUNT_SAME, "SELECT 1 FROM account WHERE name = ?1 AND verifier = ?2"
                       " AND length(?2) <> 0 AND created = ?3"},
    {SQL_ACCOUNT_GET,
        "SELECT name, verifier, role, created, seen FROM account WHERE name = ?1"},
    {SQL_ACCOUNT_VERIFIER, "UPDATE account SET verifier = ?2 WHERE name = ?1"},
    {SQL_ACCOUNT_ROLE, "UPDATE account SET role = ?2 WHERE name = ?1"},
    {SQL_ACCOUNT_SEEN, "UPDATE account SET seen = ?2 WHERE name = ?1"},
    {SQL_ACCOUNT_DROP, "DELETE FROM account WHERE name = ?1"},
    {SQL_ACCOUNT_LIST, "SELECT name, verifier, role, created, seen FROM account"
                       " WHERE name > ?1 ORDER BY name LIMIT ?2"},
    {SQL_TOKEN_FIND, "SELECT id, account FROM token WHERE hash = ?1"},
    {SQL_TOKEN_LIVING, "SELECT (SELECT count(*) FROM token"
                       " WHERE account = a.name AND expires > ?2) FROM account a"
                       " WHERE a.name = ?1"},
    {SQL_TOKEN_ADD, "INSERT INTO token (hash, account, label, expires)"
                    " VALUES (?1, ?2, ?3, ?4) RETURNING id"},
    {SQL_TOKEN_USE, "SELECT account, expires FROM token WHERE hash = ?1"},
    {SQL_TOKEN_DROP, "DELETE FROM token WHERE account = ?1 AND id = ?2"},
    {SQL_TOKEN_DROP_ALL, "DELETE FROM token WHERE account = ?1"},
    {SQL_TOKEN_LIST, "SELECT id, label, expires FROM token WHERE account = ?1 ORDER BY id"},
    {SQL_TOKEN_EXPIRE, "DELETE FROM token WHERE expires <= ?1"},
};

static const struct sql_route ROUTES[] = {
    {STORE_ACCOUNT_CREATE, true, account_create},
    {STORE_ACCOUNT_GET, false, account_get},
    {STORE_ACCOUNT_VERIFIER, true, account_verifier},
    {STORE_ACCOUNT_ROLE, true, account_role},
    {STORE_ACCOUNT_SEEN, true, account_seen},
    {STORE_ACCOUNT_REMOVE, true, account_remove},
    {STORE_ACCOUNT_LIST, false, account_list},
    {STORE_TOKEN_PUT, true, token_put},
    {STORE_TOKEN_USE, false, token_use},
    {STORE_TOKEN_REVOKE, true, token_revoke},
    {STORE_TOKEN_LIST, false, token_list},
};

const struct sql_part SQL_PART_ACCOUNT = {TEXTS, MEM_COUNT(TEXTS), ROUTES, MEM_COUNT(ROUTES)};
