/* SPDX-License-Identifier: ISC */
/* History on the worker's side: ops of a batch, and the conversations at start. */
#include "base/mem.h"
#include "base/reader.h"
#include "client/vault_impl.h"
#include "crypto/seal.h"

#define CONVO_AAD (4 + VAULT_MAC)

static struct seal convo_seal(const struct vault_file *f, uint32_t id,
    const uint8_t mac[VAULT_MAC], uint8_t room[CONVO_AAD])
{
    struct buf b;

    buf_init_fixed(&b, room, CONVO_AAD);
    buf_u32(&b, id);
    buf_put(&b, mac, VAULT_MAC);
    return (struct seal){
        .key = f->keys->seal, .purpose = "sotto vault conversation", .aad = buf_view(&b)};
}

/* What is sealed of a conversation: days | key. */
static enum err run_convo(struct vault_file *f, const struct vault_op *op)
{
    struct db_stmt *s = f->sql[VAULT_SQL_CONVO];
    uint8_t room[CONVO_AAD];
    const struct seal seal = convo_seal(f, op->at.convo, op->at.mac, room);

    buf_clear(&f->plain);
    buf_u32(&f->plain, op->sub);
    buf_put(&f->plain, op->bytes, op->key_n);
    enum err e = buf_end(&f->plain);
    if (e == ERR_OK)
        e = seal_make(&seal, buf_view(&f->plain), &f->sealed);
    if (e != ERR_OK)
        return e;
    db_bind_int(s, 1, op->at.convo);
    db_bind_blob(s, 2, bytes_of(op->at.mac, VAULT_MAC));
    db_bind_blob(s, 3, buf_view(&f->sealed));
    return db_run(s);
}

/* ADD and CHANGE differ in their statement. */
static enum err run_message(struct vault_file *f, const struct vault_op *op)
{
    struct db_stmt *s = f->sql[op->kind == VAULT_OP_ADD ? VAULT_SQL_ADD : VAULT_SQL_CHANGE];
    enum err e = history_row_seal(f, &op->at, bytes_of(op->bytes, op->value_n));

    if (e != ERR_OK)
        return e;
    db_bind_int(s, 1, op->at.convo);
    db_bind_int(s, 2, (int64_t)op->at.n);
    db_bind_int(s, 3, op->at.day);
    if (op->at.minute != 0)
        db_bind_int(s, 4, op->at.minute);
    else
        db_bind_null(s, 4);
    db_bind_blob(s, 5, buf_view(&f->sealed));
    return db_run(s);
}

/* A statement over one or two numbers. */
static enum err run_numbers(struct vault_file *f, enum vault_stmt stmt, int64_t a, int64_t b)
{
    struct db_stmt *s = f->sql[stmt];

    db_bind_int(s, 1, a);
    if (stmt == VAULT_SQL_KEEP || stmt == VAULT_SQL_KEEP_LAST)
        db_bind_int(s, 2, b);
    return db_run(s);
}

/* One that takes messages away. */
static enum err run_erase(struct vault_file *f, enum vault_stmt stmt, int64_t a, int64_t b)
{
    enum err e = run_numbers(f, stmt, a, b);

    f->erased |= e == ERR_OK && db_changes(f->db) != 0;
    return e;
}

enum err history_file_run(struct vault_file *f, const struct vault_op *op)
{
    const struct history_place *at = &op->at;
    enum err e;

    switch (op->kind) {
    case VAULT_OP_CONVO:
        return run_convo(f, op);
    case VAULT_OP_ADD:
    case VAULT_OP_CHANGE:
        return run_message(f, op);
    case VAULT_OP_FORGET:
        e = run_erase(f, VAULT_SQL_FORGET, at->convo, 0);
        return e == ERR_OK ? run_erase(f, VAULT_SQL_CONVO_DEL, at->convo, 0) : e;
    case VAULT_OP_KEEP:
        e = run_numbers(f, VAULT_SQL_KEEP_LAST, at->convo, at->day);
        return e == ERR_OK ? run_erase(f, VAULT_SQL_KEEP, at->convo, at->day) : e;
    case VAULT_OP_EXPIRE:
        e = run_numbers(f, VAULT_SQL_EXPIRE_LAST, at->minute, 0);
        return e == ERR_OK ? run_erase(f, VAULT_SQL_EXPIRE, at->minute, 0) : e;
    case VAULT_OP_PUT:
    case VAULT_OP_DEL:
    case VAULT_OP_DEL_ALL:
    case VAULT_OPS:
        break;
    }
    return ERR_STATE;
}

/* A conversation that does not open still has its place, so its messages are not lost. */
static enum err convo_read(struct vault_file *f, struct db_stmt *s, struct convo *out)
{
    uint8_t room[CONVO_AAD];
    int64_t id = db_int(s, 0);
    struct bytes mac = db_blob(s, 1);
    int64_t last = db_int(s, 2);
    struct reader r;

    *out = (struct convo){.damaged = true};
    if (id <= 0 || id > UINT32_MAX || mac.n != VAULT_MAC || last < 0)
        return ERR_CORRUPT;
    out->id = (uint32_t)id;
    out->last = (uint64_t)last;
    memcpy(out->mac, mac.p, VAULT_MAC);
    const struct seal seal = convo_seal(f, out->id, out->mac, room);
    if (seal_open(&seal, db_blob(s, 3), &f->plain) != ERR_OK)
        return ERR_OK;
    reader_init(&r, buf_view(&f->plain));
    uint32_t days = reader_u32(&r);
    struct bytes key = reader_rest(&r);
    if (reader_end(&r) != ERR_OK)
        return ERR_OK;
    out->damaged = false;
    out->days = days;
    out->key = key;
    return ERR_OK;
}

enum err history_file_convos(struct vault_file *f, history_convo_fn *fn, void *arg)
{
    struct db_stmt *s = f->sql[VAULT_SQL_CONVOS];
    struct convo c;
    bool row = true;
    enum err e = ERR_OK;

    while (e == ERR_OK) {
        e = db_step(s, &row);
        if (!row || e != ERR_OK)
            break;
        e = convo_read(f, s, &c);
        if (e == ERR_OK)
            fn(arg, &c);
    }
    if (row)
        db_reset(s);
    return e;
}
