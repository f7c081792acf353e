/* SPDX-License-Identifier: ISC */
/*
 * The tables. A step is never changed once it was released; a new one is added behind it. Names
 * and keys are blobs: they are compared byte for byte and are nobody's text here. Tables with
 * large bodies keep their rowid, because a row of one without it overflows from 1 KB on.
 */
#include "base/mem.h"
#include "server/store_sql.h"

static const char STEP_RELAY[] =
    "CREATE TABLE relay ("
    " one INTEGER PRIMARY KEY CHECK (one = 1),"
    " id BLOB NOT NULL CHECK (length(id) = 16),"
    " generation INTEGER NOT NULL) STRICT;"

    "CREATE TABLE account ("
    " name BLOB PRIMARY KEY, verifier BLOB NOT NULL, role INTEGER NOT NULL,"
    " created INTEGER NOT NULL, seen INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE TABLE token ("
    " id INTEGER PRIMARY KEY AUTOINCREMENT, hash BLOB NOT NULL UNIQUE,"
    " account BLOB NOT NULL REFERENCES account ON DELETE CASCADE,"
    " label BLOB NOT NULL, expires INTEGER NOT NULL) STRICT;"
    "CREATE INDEX token_account ON token (account, expires);"
    "CREATE INDEX token_expires ON token (expires);"

    "CREATE TABLE identity (owner BLOB PRIMARY KEY, body BLOB NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE TABLE package ("
    " id INTEGER PRIMARY KEY, owner BLOB NOT NULL, suite INTEGER NOT NULL,"
    " last INTEGER NOT NULL, body BLOB NOT NULL) STRICT;"
    "CREATE INDEX package_owner ON package (owner, suite, last);"
    "CREATE TABLE taken ("
    " id INTEGER PRIMARY KEY, owner BLOB NOT NULL, hash BLOB NOT NULL) STRICT;"
    "CREATE INDEX taken_owner ON taken (owner, hash);"

    "CREATE TABLE room ("
    " id INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, name BLOB NOT NULL,"
    " owner BLOB NOT NULL, kind INTEGER NOT NULL, access INTEGER NOT NULL,"
    " generation INTEGER NOT NULL, verifier BLOB NOT NULL,"
    " grouped INTEGER NOT NULL DEFAULT 0, epoch INTEGER NOT NULL DEFAULT 0,"
    " founded INTEGER NOT NULL DEFAULT 0, last_commit INTEGER NOT NULL DEFAULT 0,"
    " commit_ms INTEGER NOT NULL DEFAULT 0, last_seq INTEGER NOT NULL DEFAULT 0,"
    " gone INTEGER NOT NULL DEFAULT 0) STRICT;"
    "CREATE TABLE member ("
    " room INTEGER NOT NULL REFERENCES room ON DELETE CASCADE, name BLOB NOT NULL,"
    " role INTEGER NOT NULL, cursor INTEGER NOT NULL, PRIMARY KEY (room, name)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE TABLE departure ("
    " room INTEGER NOT NULL REFERENCES room ON DELETE CASCADE, name BLOB NOT NULL,"
    " PRIMARY KEY (room, name)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE ban ("
    " scope BLOB NOT NULL, who BLOB NOT NULL, mute INTEGER NOT NULL,"
    " address INTEGER NOT NULL, until INTEGER NOT NULL, by_whom BLOB NOT NULL,"
    " reason BLOB NOT NULL, PRIMARY KEY (scope, who, mute)) STRICT, WITHOUT ROWID;";

static const char STEP_LOG[] =
    "CREATE TABLE log ("
    " id INTEGER PRIMARY KEY, room INTEGER NOT NULL REFERENCES room ON DELETE CASCADE,"
    " seq INTEGER NOT NULL, is_commit INTEGER NOT NULL, kind INTEGER NOT NULL,"
    " flags INTEGER NOT NULL, time INTEGER NOT NULL, epoch INTEGER NOT NULL,"
    " sender BLOB NOT NULL, body BLOB NOT NULL) STRICT;"
    "CREATE UNIQUE INDEX log_seq ON log (room, seq);"
    "CREATE INDEX log_time ON log (time);"

    /* ends: the epoch, NULL for the first of a group. The index is promise S4. */
    "CREATE TABLE commits ("
    " room INTEGER NOT NULL REFERENCES room ON DELETE CASCADE, req BLOB NOT NULL,"
    " seq INTEGER NOT NULL, founded INTEGER NOT NULL, ends INTEGER, time INTEGER NOT NULL,"
    " void INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (room, req)) STRICT, WITHOUT ROWID;"
    "CREATE UNIQUE INDEX commits_epoch ON commits (room, founded, ends) WHERE void = 0;"
    "CREATE UNIQUE INDEX commits_seq ON commits (room, seq);"
    "CREATE INDEX commits_time ON commits (time);"
    "CREATE TABLE info ("
    " room INTEGER PRIMARY KEY REFERENCES room ON DELETE CASCADE, body BLOB NOT NULL) STRICT;"
    "CREATE TABLE node ("
    " id INTEGER PRIMARY KEY, room INTEGER NOT NULL REFERENCES room ON DELETE CASCADE,"
    " at INTEGER NOT NULL, body BLOB NOT NULL) STRICT;"
    "CREATE UNIQUE INDEX node_at ON node (room, at);"
    "CREATE TABLE welcome ("
    " id INTEGER PRIMARY KEY, room INTEGER NOT NULL REFERENCES room ON DELETE CASCADE,"
    " name BLOB NOT NULL, seq INTEGER NOT NULL, body BLOB NOT NULL) STRICT;"
    "CREATE INDEX welcome_room ON welcome (room, name, seq);"
    "CREATE INDEX welcome_name ON welcome (name);"

    "CREATE TABLE undo ("
    " room INTEGER PRIMARY KEY REFERENCES room ON DELETE CASCADE, seq INTEGER NOT NULL,"
    " epoch INTEGER NOT NULL, last_commit INTEGER NOT NULL, commit_ms INTEGER NOT NULL,"
    " info BLOB NOT NULL) STRICT;"
    "CREATE TABLE undo_node ("
    " id INTEGER PRIMARY KEY, room INTEGER NOT NULL REFERENCES room ON DELETE CASCADE,"
    " at INTEGER NOT NULL, body BLOB) STRICT;"
    "CREATE UNIQUE INDEX undo_node_at ON undo_node (room, at);"
    "CREATE TABLE undo_person ("
    " room INTEGER NOT NULL REFERENCES room ON DELETE CASCADE, name BLOB NOT NULL,"
    " removed INTEGER NOT NULL, role INTEGER, cursor INTEGER, PRIMARY KEY (room, name)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE TABLE undo_welcome ("
    " id INTEGER PRIMARY KEY, room INTEGER NOT NULL REFERENCES room ON DELETE CASCADE,"
    " name BLOB NOT NULL, seq INTEGER NOT NULL, body BLOB NOT NULL) STRICT;"
    "CREATE INDEX undo_welcome_room ON undo_welcome (room);";

static const char *const STEPS[] = {STEP_RELAY, STEP_LOG};

const struct db_schema STORE_SCHEMA = {
    .application_id = 0x736f7474, /* "sott" */
    .steps = STEPS,
    .count = MEM_COUNT(STEPS),
};
