/* SPDX-License-Identifier: ISC */
/*
 * What the files of the SQLite engine share. Each subject (accounts, keys, rooms, the log,
 * commits) is a part: its statements, all prepared at opening, and its functions, one for each
 * kind of op. They run on the database's thread. A function returns what the database said;
 * what it decided is in op->r. A writing one runs in a savepoint, undone unless both are
 * ERR_OK.
 */
#ifndef SERVER_STORE_SQL_H
#define SERVER_STORE_SQL_H

#include "base/db.h"
#include "base/map.h"
#include "server/store_op.h"

enum sql_id {
    SQL_RELAY_GET,
    SQL_RELAY_MAKE,
    SQL_RELAY_COUNT,
    SQL_LOAD_ROOMS,
    SQL_LOAD_MEMBERS,
    SQL_LOAD_DEPARTURES,
    SQL_LOAD_BANS,

    SQL_ACCOUNT_ADD,
    SQL_ACCOUNT_SAME,
    SQL_ACCOUNT_GET,
    SQL_ACCOUNT_VERIFIER,
    SQL_ACCOUNT_ROLE,
    SQL_ACCOUNT_SEEN,
    SQL_ACCOUNT_DROP,
    SQL_ACCOUNT_LIST,
    SQL_TOKEN_FIND,
    SQL_TOKEN_LIVING,
    SQL_TOKEN_ADD,
    SQL_TOKEN_USE,
    SQL_TOKEN_DROP,
    SQL_TOKEN_DROP_ALL,
    SQL_TOKEN_LIST,
    SQL_TOKEN_EXPIRE,

    SQL_IDENTITY_SET,
    SQL_IDENTITY_GET,
    SQL_IDENTITY_DROP,
    SQL_PACKAGE_KNOWN,
    SQL_PACKAGE_LAST_DROP,
    SQL_PACKAGE_ADD,
    SQL_PACKAGE_COUNT,
    SQL_PACKAGE_COUNT_ALL,
    SQL_PACKAGE_NEXT,
    SQL_PACKAGE_DROP,
    SQL_PACKAGE_CLEAR,
    SQL_TAKEN_ADD,
    SQL_TAKEN_TRIM,
    SQL_TAKEN_CLEAR,

    SQL_ROOM_FIND,
    SQL_ROOM_ADD,
    SQL_ROOM_SAME,
    SQL_ROOM_SET,
    SQL_ROOM_DROP,
    SQL_ROOM_REACHED,
    SQL_MEMBER_SET,
    SQL_MEMBER_ADD,
    SQL_MEMBER_DROP,
    SQL_CURSOR,
    SQL_DEPARTURE_ADD,
    SQL_DEPARTURE_DROP,
    SQL_WELCOME_READ,
    SQL_WELCOME_DROP,
    SQL_BAN_PUT,
    SQL_BAN_DROP,
    SQL_BAN_DROP_SCOPE,
    SQL_BAN_EXPIRE,

    SQL_LOG_ADD,
    SQL_LOG_AT,
    SQL_LOG_AFTER,
    SQL_LOG_KEPT,
    SQL_LOG_DROP,
    SQL_PRUNE_PASSED,
    SQL_PRUNE_GONE,
    SQL_PRUNE_DROP,
    SQL_EXPIRE_GONE,
    SQL_EXPIRE_DROP,
    SQL_MESSAGES_GONE,
    SQL_MESSAGES_DROP,
    SQL_EXPIRE_COMMITS,

    SQL_COMMIT_BY_REQ,
    SQL_COMMIT_BY_EPOCH,
    SQL_COMMIT_BY_SEQ,
    SQL_COMMIT_ADD,
    SQL_COMMIT_VOID,
    SQL_GROUP_SET,
    SQL_INFO_SET,
    SQL_GROUP_GET,
    SQL_NODE_LIST,
    SQL_NODE_SET,
    SQL_NODE_DROP,
    SQL_NODE_CLEAR,
    SQL_WELCOME_FOR,
    SQL_WELCOME_ADD,
    SQL_WELCOME_CLEAR,

    SQL_UNDO_CLEAR,
    SQL_UNDO_CLEAR_NODES,
    SQL_UNDO_CLEAR_PERSONS,
    SQL_UNDO_CLEAR_WELCOMES,
    SQL_UNDO_SAVE,
    SQL_UNDO_SAVE_NODE,
    SQL_UNDO_SAVE_PERSON,
    SQL_UNDO_SAVE_WELCOMES,
    SQL_UNDO_FIND,
    SQL_UNDO_GROUP,
    SQL_UNDO_INFO,
    SQL_UNDO_NODES_DROP,
    SQL_UNDO_NODES_PUT,
    SQL_UNDO_MEMBERS_DROP,
    SQL_UNDO_MEMBERS_PUT,
    SQL_UNDO_DEPARTURES,
    SQL_UNDO_WELCOMES_DROP,
    SQL_UNDO_WELCOMES_PUT,
    SQL_COUNT
};

struct sql_text {
    enum sql_id id;
    const char *text;
};

typedef enum err sql_fn(struct store_file *f, struct store_op *op);

struct sql_route {
    enum store_kind kind;
    bool writes;
    sql_fn *fn;
};

struct sql_part {
    const struct sql_text *texts;
    size_t text_count;
    const struct sql_route *routes;
    size_t route_count;
};

extern const struct sql_part SQL_PART_RELAY;
extern const struct sql_part SQL_PART_LOAD;
extern const struct sql_part SQL_PART_ACCOUNT;
extern const struct sql_part SQL_PART_KEYS;
extern const struct sql_part SQL_PART_ROOM;
extern const struct sql_part SQL_PART_LOG;
extern const struct sql_part SQL_PART_COMMIT;
extern const struct sql_part SQL_PART_UNDO;
extern const struct db_schema STORE_SCHEMA;

struct store_file {
    struct db *db;
    struct db_stmt *stmts[SQL_COUNT];
    const struct sql_route *routes[STORE_KINDS];
    bool open;       /* a transaction is */
    enum err broken; /* why it cannot be committed */
    struct map kept; /* room's id -> struct kept, of those counted since the last pruning */
    uint8_t relay_id[16];
    uint32_t generation;
};

struct sql_value {
    bool is_int;
    int64_t num;
    struct bytes blob;
};

static inline struct sql_value sql_int(int64_t v)
{
    return (struct sql_value){.is_int = true, .num = v};
}

static inline struct sql_value sql_blob(struct bytes v)
{
    return (struct sql_value){.blob = v};
}

/* The statement with its parameters bound in order. What is bound must live until it is reset.
 */
struct db_stmt *sql_bind(
    struct store_file *f, enum sql_id id, const struct sql_value *values, size_t count);
#define SQL(f, id, ...)                                                                        \
    sql_bind(f, id, (const struct sql_value[]){__VA_ARGS__},                                   \
        sizeof((const struct sql_value[]){__VA_ARGS__}) / sizeof(struct sql_value))

/* Runs one that changes something; rows (may be NULL) gets how many it changed. */
enum err sql_change(struct store_file *f, struct db_stmt *st, int64_t *rows);
/* One row, one number; found is false when there is none. */
enum err sql_number(struct db_stmt *st, int64_t *out, bool *found);

/* A conversation as the writers of the log need it. */
struct sql_room {
    int64_t id;
    bool grouped;
    uint64_t epoch;
    uint64_t founded; /* seq of the entry that founded its group */
    uint64_t last_commit;
    int64_t commit_ms;
    uint64_t gone; /* no entry up to here can be relied on: some were pruned */
};
/* Sets op's result to NOT_FOUND when there is none; found says which. */
enum err sql_room_find(struct store_file *f, struct store_op *op, struct bytes key,
    struct sql_room *out, bool *found);

/* Counts of messages are no longer true. */
void sql_kept_clear(struct store_file *f);

/* The log, for the commits. */
enum err sql_entry_add(
    struct store_file *f, int64_t room, const struct store_entry *e, bool is_commit);
/* The entry with that seq as entries[0] of op; count stays 0 when it is not kept. */
enum err sql_entry_find(struct store_file *f, struct store_op *op, int64_t room, uint64_t seq);

/* What a commit replaces, kept until the next one. */
enum err sql_undo_clear(struct store_file *f, int64_t room);
enum err sql_undo_save(struct store_file *f, const struct sql_room *room, uint64_t seq);
enum err sql_undo_save_node(struct store_file *f, int64_t room, uint32_t index);
enum err sql_undo_save_person(
    struct store_file *f, int64_t room, struct bytes name, bool removed);
enum err sql_undo_save_welcomes(struct store_file *f, int64_t room, struct bytes name);

#endif
