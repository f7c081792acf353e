/* SPDX-License-Identifier: ISC */
/*
 * The tables, and every statement by name. A step is never changed once it was released; a new
 * one is added behind it. mac stands for a key, sealed is the rest. The id of a message is the
 * order in which they came; convo and n say which it is. What stands in the clear of one: which
 * conversation without its name, its number, its day, and its last minute if it has one.
 */
#include "base/mem.h"
#include "client/vault_impl.h"

static const char STEP_FIRST[] =
    "CREATE TABLE proof ("
    " one INTEGER PRIMARY KEY CHECK (one = 1), sealed BLOB NOT NULL) STRICT;"
    "CREATE TABLE row ("
    " id INTEGER PRIMARY KEY, space INTEGER NOT NULL, mac BLOB NOT NULL, sub INTEGER NOT NULL,"
    " sealed BLOB NOT NULL) STRICT;"
    "CREATE UNIQUE INDEX row_place ON row (space, mac, sub);"
    "CREATE TABLE convo ("
    " id INTEGER PRIMARY KEY, mac BLOB NOT NULL UNIQUE, last INTEGER NOT NULL,"
    " sealed BLOB NOT NULL) STRICT;"
    "CREATE TABLE history ("
    " id INTEGER PRIMARY KEY, convo INTEGER NOT NULL, n INTEGER NOT NULL,"
    " day INTEGER NOT NULL, minute INTEGER, sealed BLOB NOT NULL) STRICT;"
    "CREATE UNIQUE INDEX history_n ON history (convo, n);"
    "CREATE INDEX history_day ON history (convo, day);"
    "CREATE INDEX history_minute ON history (minute) WHERE minute IS NOT NULL;";

static const char *const STEPS[] = {STEP_FIRST};

const struct db_schema VAULT_SCHEMA = {
    .application_id = 0x736f7476, /* "sotv" */
    .steps = STEPS,
    .count = MEM_COUNT(STEPS),
};

/* A conversation remembers its newest number when that message goes, so that none is given
 * out twice. CROSS JOIN: SQLite keeps the order of the tables. */
#define NEWEST "(SELECT MAX(n) FROM history WHERE history.convo = convo.id)"
#define MESSAGES                                                                               \
    " h.convo, h.n, h.day, h.minute, h.sealed, c.mac FROM history h CROSS JOIN convo c"

const char *const VAULT_SQL[VAULT_STMTS] = {
    [VAULT_SQL_PUT] = "INSERT INTO row (space, mac, sub, sealed) VALUES (?1, ?2, ?3, ?4)"
                      " ON CONFLICT (space, mac, sub) DO UPDATE SET sealed = ?4",
    [VAULT_SQL_DEL] = "DELETE FROM row WHERE space = ?1 AND mac = ?2 AND sub = ?3",
    [VAULT_SQL_DEL_ALL] = "DELETE FROM row WHERE space = ?1 AND mac = ?2",
    [VAULT_SQL_EACH] = "SELECT mac, sub, sealed FROM row WHERE space = ?1 ORDER BY mac, sub",
    [VAULT_SQL_CONVO] = "INSERT INTO convo (id, mac, last, sealed) VALUES (?1, ?2, 0, ?3)"
                        " ON CONFLICT (id) DO UPDATE SET sealed = ?3",
    [VAULT_SQL_CONVOS] =
        "SELECT id, mac, MAX(last, IFNULL(" NEWEST ", 0)), sealed FROM convo ORDER BY id",
    [VAULT_SQL_CONVO_DEL] = "DELETE FROM convo WHERE id = ?1",
    [VAULT_SQL_ADD] = "INSERT INTO history (convo, n, day, minute, sealed)"
                      " VALUES (?1, ?2, ?3, ?4, ?5)",
    [VAULT_SQL_CHANGE] = "UPDATE history SET day = ?3, minute = ?4, sealed = ?5"
                         " WHERE convo = ?1 AND n = ?2",
    [VAULT_SQL_FORGET] = "DELETE FROM history WHERE convo = ?1",
    [VAULT_SQL_KEEP_LAST] = "UPDATE convo SET last = MAX(last, " NEWEST ") WHERE id = ?1"
                            " AND EXISTS (SELECT 1 FROM history WHERE convo = ?1 AND day < ?2)",
    [VAULT_SQL_KEEP] = "DELETE FROM history WHERE convo = ?1 AND day < ?2",
    [VAULT_SQL_EXPIRE_LAST] = "UPDATE convo SET last = MAX(last, " NEWEST ")"
                              " WHERE id IN (SELECT convo FROM history WHERE minute <= ?1)",
    [VAULT_SQL_EXPIRE] = "DELETE FROM history WHERE minute <= ?1",
    [VAULT_SQL_PAGE] = "SELECT h.n," MESSAGES " ON c.id = h.convo"
                       " WHERE h.n < ?1 AND h.convo = ?2 ORDER BY h.n DESC",
    [VAULT_SQL_ALL] = "SELECT h.id," MESSAGES " ON c.id = h.convo"
                      " WHERE h.id < ?1 ORDER BY h.id DESC",
};
