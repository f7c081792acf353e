/* SPDX-License-Identifier: ISC */
/*
 * What the files of the vault and of history share; nobody else includes it. Two sides: struct
 * vault belongs to the loop's thread and holds what was put, as a list of ops; struct
 * vault_file is the database and belongs to the worker from the first job on. What crosses
 * over is in a job. Everything that seals, opens or folds is done on the worker's side.
 */
#ifndef CLIENT_VAULT_IMPL_H
#define CLIENT_VAULT_IMPL_H

#include "base/db.h"
#include "base/map.h"
#include "base/worker.h"
#include "client/history.h"
#include "client/vault.h"
#include "crypto/aead.h"

#define VAULT_MAC 16 /* bytes of an HMAC that stand for a key in the file */

/* ---- the database ---- */

enum vault_stmt {
    VAULT_SQL_PUT,
    VAULT_SQL_DEL,
    VAULT_SQL_DEL_ALL,
    VAULT_SQL_EACH,
    VAULT_SQL_CONVO,
    VAULT_SQL_CONVOS,
    VAULT_SQL_CONVO_DEL,
    VAULT_SQL_ADD,
    VAULT_SQL_CHANGE,
    VAULT_SQL_FORGET,
    VAULT_SQL_KEEP_LAST,
    VAULT_SQL_KEEP,
    VAULT_SQL_EXPIRE_LAST,
    VAULT_SQL_EXPIRE,
    VAULT_SQL_PAGE,
    VAULT_SQL_ALL,
    VAULT_STMTS
};

extern const struct db_schema VAULT_SCHEMA;
extern const char *const VAULT_SQL[VAULT_STMTS];

struct vault_keys { /* locked */
    uint8_t seal[VAULT_KEY];
    uint8_t mac[VAULT_KEY];
};

struct vault_file {
    struct db *db;
    struct db_stmt *sql[VAULT_STMTS];
    struct vault_keys *keys;
    struct aead_key *history; /* one key for all messages, a random nonce each */
    struct buf plain;         /* room for one row; wiped when closed */
    struct buf sealed;
    struct buf folded;
    bool erased; /* the batch took messages away */
};

/* path ":memory:" is a database of its own. */
enum err vault_file_open(const char *path, const uint8_t key[VAULT_KEY],
    struct vault_file **out, char *why, size_t why_n);
void vault_file_close(struct vault_file *f);
/* What stands for a key of that space in the file; 0 is the space of conversations. */
enum err vault_file_mac(
    const struct vault_file *f, uint8_t space, struct bytes key, uint8_t out[VAULT_MAC]);

/* ---- what is put ---- */

enum vault_op_kind {
    VAULT_OP_PUT,
    VAULT_OP_DEL,
    VAULT_OP_DEL_ALL,
    VAULT_OP_CONVO,
    VAULT_OP_ADD,
    VAULT_OP_CHANGE,
    VAULT_OP_FORGET,
    VAULT_OP_KEEP,
    VAULT_OP_EXPIRE,
    VAULT_OPS
};

struct history_place { /* where a message stands, in the clear */
    uint32_t convo;
    uint8_t mac[VAULT_MAC]; /* of the conversation's key */
    uint64_t n;
    int64_t day;    /* since 1970, when it was said */
    int64_t minute; /* since 1970, when it goes; 0: not by itself */
};

struct vault_op {
    struct vault_op *next;
    enum vault_op_kind kind;
    uint8_t space;
    uint32_t sub; /* of a conversation: days that it is kept */
    struct history_place at;
    size_t key_n;
    size_t value_n;
    uint8_t bytes[]; /* key, value */
};

struct vault_ops {
    struct vault_op *first;
    struct vault_op *last;
    size_t count;
};

/* All of it in one transaction, or nothing. */
enum err vault_file_run(struct vault_file *f, const struct vault_ops *ops);
enum err vault_file_each(
    struct vault_file *f, enum vault_space space, vault_row_fn *fn, void *arg);

/* ---- the loop's side ---- */

struct vault_batch { /* on its way to the thread, or waiting for vault_retry() */
    struct job job;
    struct vault *vault;
    struct vault_ops ops;
    uint64_t ticket;
    enum err err;
};

struct convo {
    uint32_t id;
    uint8_t mac[VAULT_MAC];
    uint64_t last;
    uint32_t days;    /* 0: no limit */
    bool damaged;     /* its row does not open: written anew with the next message */
    struct bytes key; /* owned; p NULL: damaged, and nobody has named it yet */
};

struct history {
    struct convo **convos;
    size_t count;
    size_t cap;
    uint32_t last_id;
    struct map by_key;
    struct history_read *reads; /* all of them, oldest first */
};

struct vault {
    struct vault_setup setup;
    char dir[VAULT_WHY];
    int lock;
    bool handed; /* the file is the thread's */
    bool closing;
    struct vault_file *file;
    struct worker *worker;
    struct vault_ops pending; /* put, not committed */
    struct vault_ops queued;  /* committed while a batch was on its way */
    struct vault_batch batch;
    bool busy;  /* the batch is on its way */
    bool stuck; /* the batch waits for vault_retry() */
    uint64_t committed;
    uint64_t submitted;
    uint64_t durable;
    struct history history;
};

/* An op behind all others; its bytes are copied. Borrowed: set what else it needs. */
struct vault_op *vault_op_put(
    struct vault *v, enum vault_op_kind kind, struct bytes key, struct bytes value);
void vault_submit(struct vault *v, struct job *j);
void vault_settle(struct vault *v); /* what was put is written, as far as that is possible */
void vault_ops_free(struct vault_ops *ops);

/* ---- history ---- */

enum err history_load(struct vault *v);
void history_unload(struct vault *v);  /* when no job is left */
void history_release(struct vault *v); /* reads that waited for a batch go on */
void history_silence(struct vault *v); /* cancels all */
struct convo *history_convo(struct vault *v, struct bytes key); /* or NULL */
const struct convo *history_convo_by_id(const struct vault *v, uint32_t id);

/* The worker's side. */
enum err history_file_run(struct vault_file *f, const struct vault_op *op);
typedef void history_convo_fn(void *arg, const struct convo *c); /* key is borrowed */
enum err history_file_convos(struct vault_file *f, history_convo_fn *fn, void *arg);

/* A row as bytes, without its place. */
void history_row_encode(struct buf *out, const struct history_row *row);
enum err history_row_decode(struct bytes plain, struct history_row *out);
enum err history_row_seal(
    struct vault_file *f, const struct history_place *at, struct bytes plain);
/* f->plain gets it. */
enum err history_row_open(
    struct vault_file *f, const struct history_place *at, struct bytes sealed);

#endif
