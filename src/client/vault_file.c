/* SPDX-License-Identifier: ISC */
#include <stdio.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/reader.h"
#include "client/vault_impl.h"
#include "crypto/hash.h"
#include "crypto/locked.h"
#include "crypto/seal.h"

#define ROW_AAD (1 + VAULT_MAC + 4)

static enum err derive(const uint8_t key[VAULT_KEY], const char *label, uint8_t out[VAULT_KEY])
{
    const struct bytes info = bytes_str(label);

    return hash_expand(&HASH_ALG_SHA256, bytes_of(key, VAULT_KEY), &info, 1, out, VAULT_KEY);
}

static enum err derive_all(struct vault_file *f, const uint8_t key[VAULT_KEY])
{
    uint8_t history[VAULT_KEY];
    enum err e = derive(key, "sotto vault seal", f->keys->seal);

    if (e == ERR_OK)
        e = derive(key, "sotto vault place", f->keys->mac);
    if (e == ERR_OK)
        e = derive(key, "sotto vault history", history);
    if (e == ERR_OK)
        e = aead_key_new(&AEAD_AES256_GCM, history, &f->history);
    mem_wipe(history, sizeof history);
    return e;
}

enum err vault_file_mac(
    const struct vault_file *f, uint8_t space, struct bytes key, uint8_t out[VAULT_MAC])
{
    uint8_t whole[HASH_SHA256];
    const struct bytes parts[] = {bytes_of(&space, 1), key};
    enum err e =
        hash_hmac(&HASH_ALG_SHA256, bytes_of(f->keys->mac, VAULT_KEY), parts, 2, whole);

    if (e == ERR_OK)
        memcpy(out, whole, VAULT_MAC);
    return e;
}

/* ---- opening ---- */

static enum err any_row(struct vault_file *f, bool *any)
{
    struct db_stmt *s;
    enum err e = db_prepare(f->db, "SELECT 1 FROM row UNION ALL SELECT 1 FROM convo", &s);

    *any = false;
    if (e == ERR_OK)
        e = db_step(s, any);
    if (*any)
        db_reset(s);
    return e;
}

static enum err proof_write(struct vault_file *f, const struct seal *seal)
{
    struct db_stmt *s;
    bool any;
    enum err e = any_row(f, &any);

    if (e == ERR_OK && any) /* there were rows, so there was a proof */
        return ERR_CORRUPT;
    if (e == ERR_OK)
        e = seal_make(seal, bytes_str("sotto"), &f->sealed);
    if (e == ERR_OK)
        e = db_prepare(f->db, "INSERT INTO proof (one, sealed) VALUES (1, ?1)", &s);
    if (e != ERR_OK)
        return e;
    db_bind_blob(s, 1, buf_view(&f->sealed));
    return db_run(s);
}

/* A row that only the right key opens, made with the database. */
static enum err prove(struct vault_file *f)
{
    const struct seal seal = {.key = f->keys->seal, .purpose = "sotto vault proof"};
    struct db_stmt *s;
    bool row;
    enum err e = db_prepare(f->db, "SELECT sealed FROM proof", &s);

    if (e == ERR_OK)
        e = db_step(s, &row);
    if (e != ERR_OK)
        return e;
    if (!row)
        return proof_write(f, &seal);
    e = seal_open(&seal, db_blob(s, 0), &f->plain);
    db_reset(s);
    return e == ERR_FORMAT ? ERR_CORRUPT : e;
}

static enum err prepare_all(struct vault_file *f)
{
    enum err e = ERR_OK;

    for (size_t i = 0; i < VAULT_STMTS && e == ERR_OK; i++)
        e = db_prepare(f->db, VAULT_SQL[i], &f->sql[i]);
    return e;
}

static enum err said(enum err e, const char *path, char *why, size_t why_n)
{
    if (e == ERR_CRYPTO)
        (void)snprintf(why, why_n,
            "%s does not open with this key: bring back the vault.key that was made with it, "
            "or move both away to start anew",
            path);
    else if (e == ERR_VERSION)
        (void)snprintf(
            why, why_n, "%s was written by a newer version: update the program", path);
    else if (e == ERR_CORRUPT)
        (void)snprintf(why, why_n,
            "%s is damaged: restore a backup, or move the file away to start anew", path);
    else if (e != ERR_OK)
        (void)snprintf(why, why_n, "%s cannot be used: %s", path, err_str(e));
    return e;
}

enum err vault_file_open(const char *path, const uint8_t key[VAULT_KEY],
    struct vault_file **out, char *why, size_t why_n)
{
    struct vault_file *f = mem_alloc(sizeof *f);

    *out = NULL;
    buf_init(&f->plain, DB_MAX_BYTES);
    buf_init(&f->sealed, DB_MAX_BYTES);
    buf_init(&f->folded, DB_MAX_BYTES);
    f->keys = locked_alloc(sizeof *f->keys);
    enum err e = db_open(path, &VAULT_SCHEMA, &f->db, why, why_n);
    if (e != ERR_OK)
        goto out;
    e = derive_all(f, key);
    if (e == ERR_OK)
        e = prove(f);
    if (e == ERR_OK)
        e = prepare_all(f);
    e = said(e, path, why, why_n);
out:
    if (e == ERR_OK)
        *out = f;
    else
        vault_file_close(f);
    return e;
}

void vault_file_close(struct vault_file *f)
{
    if (f == NULL)
        return;
    db_close(f->db);
    aead_key_free(f->history);
    locked_free(f->keys);
    buf_wipe(&f->plain);
    buf_wipe(&f->folded);
    buf_free(&f->sealed);
    mem_free(f);
}

/* ---- rows ---- */

static struct seal row_seal(const struct vault_file *f, struct bytes aad)
{
    return (struct seal){.key = f->keys->seal, .purpose = "sotto vault row", .aad = aad};
}

static struct bytes row_aad(
    uint8_t space, const uint8_t mac[VAULT_MAC], uint32_t sub, uint8_t room[ROW_AAD])
{
    struct buf b;

    buf_init_fixed(&b, room, ROW_AAD);
    buf_u8(&b, space);
    buf_put(&b, mac, VAULT_MAC);
    buf_u32(&b, sub);
    return buf_view(&b);
}

static enum err row_make(
    struct vault_file *f, const struct vault_op *op, const uint8_t mac[VAULT_MAC])
{
    uint8_t room[ROW_AAD];
    const struct seal seal = row_seal(f, row_aad(op->space, mac, op->sub, room));

    buf_clear(&f->plain);
    buf_u32(&f->plain, (uint32_t)op->key_n);
    buf_put(&f->plain, op->bytes, op->key_n + op->value_n);
    enum err e = buf_end(&f->plain);
    return e == ERR_OK ? seal_make(&seal, buf_view(&f->plain), &f->sealed) : e;
}

/* PUT, DEL and DEL_ALL: the first three parameters are the place. */
static enum err row_run(struct vault_file *f, const struct vault_op *op)
{
    static const enum vault_stmt STMTS[] = {
        [VAULT_OP_PUT] = VAULT_SQL_PUT,
        [VAULT_OP_DEL] = VAULT_SQL_DEL,
        [VAULT_OP_DEL_ALL] = VAULT_SQL_DEL_ALL,
    };
    struct db_stmt *s = f->sql[STMTS[op->kind]];
    uint8_t mac[VAULT_MAC];
    enum err e = vault_file_mac(f, op->space, bytes_of(op->bytes, op->key_n), mac);

    if (e == ERR_OK && op->kind == VAULT_OP_PUT)
        e = row_make(f, op, mac);
    if (e != ERR_OK)
        return e;
    db_bind_int(s, 1, op->space);
    db_bind_blob(s, 2, bytes_of(mac, sizeof mac));
    if (op->kind != VAULT_OP_DEL_ALL)
        db_bind_int(s, 3, op->sub);
    if (op->kind == VAULT_OP_PUT)
        db_bind_blob(s, 4, buf_view(&f->sealed));
    return db_run(s);
}

enum err vault_file_run(struct vault_file *f, const struct vault_ops *ops)
{
    enum err e = db_begin(f->db);

    f->erased = false;
    for (const struct vault_op *op = ops->first; op != NULL && e == ERR_OK; op = op->next)
        e = op->kind <= VAULT_OP_DEL_ALL ? row_run(f, op) : history_file_run(f, op);
    if (e == ERR_OK)
        e = db_commit(f->db);
    else
        db_rollback(f->db);
    /* What was taken away is still in the journal: emptied now rather than some day. */
    if (e == ERR_OK && f->erased && db_exec(f->db, "PRAGMA wal_checkpoint(TRUNCATE)") != ERR_OK)
        LOG_WARN("vault", "what was erased stays in the journal for a while");
    return e;
}

struct opened {
    struct bytes key;
    uint32_t sub;
    struct bytes value;
};

/* The row that a statement stands on; views into f->plain. */
static enum err row_open(
    struct vault_file *f, uint8_t space, struct db_stmt *s, struct opened *out)
{
    uint8_t room[ROW_AAD];
    struct bytes mac = db_blob(s, 0);
    int64_t sub = db_int(s, 1);
    struct reader r;

    if (mac.n != VAULT_MAC || sub < 0 || sub > UINT32_MAX)
        return ERR_CORRUPT;
    const struct seal seal = row_seal(f, row_aad(space, mac.p, (uint32_t)sub, room));
    if (seal_open(&seal, db_blob(s, 2), &f->plain) != ERR_OK)
        return ERR_CORRUPT;
    reader_init(&r, buf_view(&f->plain));
    out->key = reader_blob32(&r, DB_MAX_BYTES);
    out->sub = (uint32_t)sub;
    out->value = reader_rest(&r);
    return reader_end(&r) == ERR_OK ? ERR_OK : ERR_CORRUPT;
}

enum err vault_file_each(
    struct vault_file *f, enum vault_space space, vault_row_fn *fn, void *arg)
{
    struct db_stmt *s = f->sql[VAULT_SQL_EACH];
    struct opened o;
    bool damaged = false;
    bool row = true;
    enum err e = ERR_OK;

    db_bind_int(s, 1, space);
    while (e == ERR_OK) {
        e = db_step(s, &row);
        if (!row || e != ERR_OK)
            break;
        if (row_open(f, (uint8_t)space, s, &o) == ERR_OK)
            e = fn(arg, o.key, o.sub, o.value);
        else
            damaged = true;
    }
    if (row)
        db_reset(s);
    return e == ERR_OK && damaged ? ERR_CORRUPT : e;
}
