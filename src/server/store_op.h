/* SPDX-License-Identifier: ISC */
/*
 * One request to the store on its way: what goes in, deep-copied behind the struct in one
 * allocation, and what comes out, in blocks of its own. It crosses from the loop's thread to
 * the database's and back, and is never on both. Internal to the store.
 */
#ifndef SERVER_STORE_OP_H
#define SERVER_STORE_OP_H

#include "server/store.h"

enum store_kind {
    STORE_ACCOUNT_CREATE,
    STORE_ACCOUNT_GET,
    STORE_ACCOUNT_VERIFIER,
    STORE_ACCOUNT_ROLE,
    STORE_ACCOUNT_SEEN,
    STORE_ACCOUNT_REMOVE,
    STORE_ACCOUNT_LIST,
    STORE_TOKEN_PUT,
    STORE_TOKEN_USE,
    STORE_TOKEN_REVOKE,
    STORE_TOKEN_LIST,
    STORE_IDENTITY_PUT,
    STORE_IDENTITY_GET,
    STORE_PACKAGE_PUT,
    STORE_PACKAGE_TAKE,
    STORE_PACKAGE_COUNT,
    STORE_PACKAGE_CLEAR,
    STORE_ROOM_CREATE,
    STORE_ROOM_SET,
    STORE_ROOM_REMOVE,
    STORE_MEMBER_SET,
    STORE_MEMBER_REMOVE,
    STORE_CURSOR,
    STORE_DEPARTURE,
    STORE_DEPARTURE_CLEAR,
    STORE_ENTRY_PUT,
    STORE_ENTRIES,
    STORE_COMMIT,
    STORE_VOID,
    STORE_GROUP,
    STORE_WELCOMES,
    STORE_PRUNE,
    STORE_BAN_PUT,
    STORE_BAN_REMOVE,
    STORE_BARRIER,
    STORE_KINDS
};

struct store_block;

struct store_op {
    struct job job; /* first: the two are cast into each other */
    struct store *store;
    struct store_file *file;
    enum store_kind kind;
    store_fn *fn;
    void *arg;
    bool refused;            /* r.rc is decided: the database is not asked */
    size_t size;             /* of this allocation */
    enum err fault;          /* why the database could not do it */
    struct store_op *behind; /* refused, to be answered right after this one */
    struct store_op **behind_last;
    struct store_op *next; /* in such a list */
    /* What goes in; each kind uses some of it. */
    struct bytes key;
    struct bytes name;
    struct bytes body;
    uint64_t seq;
    size_t limit;
    int64_t now_ms;
    int64_t before_ms;
    uint16_t suite;
    uint8_t role;
    bool flag;
    uint8_t hash[STORE_TOKEN];
    struct store_account account;
    struct store_token token;
    const struct store_package *packages;
    size_t package_count;
    struct store_room room;
    struct store_named named;
    struct store_ban ban;
    struct store_commit commit; /* STORE_ENTRY_PUT: its key and entry */
    struct store_most most;     /* the same */
    /* What comes out. */
    struct store_result r;
    struct store_block *blocks;
};

/* Copies it with what it points to, submits the copy, and sees to it that its callback comes.
 */
void store_op_send(struct store *s, const struct store_op *from);

/* How much room the op and all that it points to need; ERR_TOO_BIG, ERR_FORMAT. */
enum err store_op_size(const struct store_op *op, size_t *out);
struct store_op *store_op_copy(const struct store_op *from, size_t size);
/* One that carries nothing but its answer. */
struct store_op *store_op_refused(const struct store_op *from, enum err rc);
void store_op_free(struct store_op *op);

/* For the database's thread. What they return lives as long as the op. */
struct bytes store_op_keep(struct store_op *op, struct bytes b);
/* An array with room for one element more than count; call it for each from 0 on. */
void *store_op_more(struct store_op *op, void *array, size_t count, size_t size);
/* Forgets what was found: after it r has rc alone. */
void store_op_clear(struct store_op *op, enum err rc);

/* The engine's side. */
void store_sql_run(struct job *j);
enum err store_sql_load(struct store_file *f, const struct store_loader *to);
void store_sql_whoami(const struct store_file *f, uint8_t relay_id[16], uint32_t *generation);

#endif
