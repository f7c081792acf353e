/* SPDX-License-Identifier: ISC */
/*
 * One step back: what the newest commit of a conversation replaced is kept until the next one,
 * as small as the commit was.
 */
#include "base/mem.h"
#include "server/store_sql.h"

/* Runs each with the room's id as its only parameter. */
static enum err run_each(
    struct store_file *f, const enum sql_id *ids, size_t count, int64_t room)
{
    enum err e = ERR_OK;

    for (size_t i = 0; i < count && e == ERR_OK; i++)
        e = db_run(SQL(f, ids[i], sql_int(room)));
    return e;
}

/* ---- keeping ---- */

enum err sql_undo_clear(struct store_file *f, int64_t room)
{
    static const enum sql_id ALL[] = {
        SQL_UNDO_CLEAR, SQL_UNDO_CLEAR_NODES, SQL_UNDO_CLEAR_PERSONS, SQL_UNDO_CLEAR_WELCOMES};

    return run_each(f, ALL, MEM_COUNT(ALL), room);
}

enum err sql_undo_save(struct store_file *f, const struct sql_room *room, uint64_t seq)
{
    return db_run(SQL(f, SQL_UNDO_SAVE, sql_int(room->id), sql_int((int64_t)seq),
        sql_int((int64_t)room->epoch), sql_int((int64_t)room->last_commit),
        sql_int(room->commit_ms)));
}

enum err sql_undo_save_node(struct store_file *f, int64_t room, uint32_t index)
{
    return db_run(SQL(f, SQL_UNDO_SAVE_NODE, sql_int(room), sql_int(index)));
}

enum err sql_undo_save_person(
    struct store_file *f, int64_t room, struct bytes name, bool removed)
{
    return db_run(
        SQL(f, SQL_UNDO_SAVE_PERSON, sql_int(room), sql_blob(name), sql_int(removed)));
}

enum err sql_undo_save_welcomes(struct store_file *f, int64_t room, struct bytes name)
{
    return db_run(SQL(f, SQL_UNDO_SAVE_WELCOMES, sql_int(room), sql_blob(name)));
}

/* ---- going back ---- */

/* Whether it was done already: a repeated call. */
static enum err void_seen(
    struct store_file *f, const struct store_op *op, const struct sql_room *r, bool *seen)
{
    int64_t voided;
    enum err e = sql_number(
        SQL(f, SQL_COMMIT_BY_SEQ, sql_int(r->id), sql_int((int64_t)op->seq)), &voided, seen);

    *seen = *seen && voided != 0;
    return e;
}

static enum err void_apply(
    struct store_file *f, struct store_op *op, const struct sql_room *r, int64_t epoch)
{
    static const enum sql_id BACK[] = {SQL_UNDO_NODES_DROP, SQL_UNDO_NODES_PUT,
        SQL_UNDO_MEMBERS_DROP, SQL_UNDO_MEMBERS_PUT, SQL_UNDO_DEPARTURES,
        SQL_UNDO_WELCOMES_DROP, SQL_UNDO_WELCOMES_PUT, SQL_UNDO_GROUP, SQL_UNDO_INFO};
    struct sql_value room = sql_int(r->id);
    struct sql_value seq = sql_int((int64_t)op->seq);
    enum err e = run_each(f, BACK, MEM_COUNT(BACK), r->id);

    if (e == ERR_OK)
        e = db_run(SQL(f, SQL_LOG_DROP, room, seq));
    if (e == ERR_OK)
        e = db_run(SQL(f, SQL_COMMIT_VOID, room, seq));
    if (e == ERR_OK)
        e = sql_undo_clear(f, r->id);
    op->r.num = epoch;
    return e;
}

static enum err void_commit(struct store_file *f, struct store_op *op)
{
    struct sql_room r;
    int64_t epoch = 0;
    bool found;
    bool seen = false;
    enum err e = sql_room_find(f, op, op->key, &r, &found);

    if (e != ERR_OK || !found)
        return e;
    op->r.num = (int64_t)r.epoch;
    if (op->seq <= INT64_MAX)
        e = void_seen(f, op, &r, &seen);
    if (e != ERR_OK || seen)
        return e;
    found = false;
    if (op->seq == r.last_commit)
        e = sql_number(
            SQL(f, SQL_UNDO_FIND, sql_int(r.id), sql_int((int64_t)op->seq)), &epoch, &found);
    if (e == ERR_OK && !found)
        op->r.rc = ERR_STALE;
    return e != ERR_OK || !found ? e : void_apply(f, op, &r, epoch);
}

#define UNDONE " FROM undo u WHERE u.room = ?1"

static const struct sql_text TEXTS[] = {
    {SQL_UNDO_CLEAR, "DELETE FROM undo WHERE room = ?1"},
    {SQL_UNDO_CLEAR_NODES, "DELETE FROM undo_node WHERE room = ?1"},
    {SQL_UNDO_CLEAR_PERSONS, "DELETE FROM undo_person WHERE room = ?1"},
    {SQL_UNDO_CLEAR_WELCOMES, "DELETE FROM undo_welcome WHERE room = ?1"},
    {SQL_UNDO_SAVE, "INSERT INTO undo (room, seq, epoch, last_commit, commit_ms, info)"
                    " SELECT ?1, ?2, ?3, ?4, ?5, body FROM info WHERE room = ?1"},
    /* The first of two changes to one node or person is the one to go back to. */
    {SQL_UNDO_SAVE_NODE, "INSERT INTO undo_node (room, at, body) SELECT ?1, ?2,"
                         " (SELECT body FROM node WHERE room = ?1 AND at = ?2)"
                         " WHERE true ON CONFLICT DO NOTHING"},
    {SQL_UNDO_SAVE_PERSON,
        "INSERT INTO undo_person (room, name, removed, role, cursor)"
        " SELECT ?1, ?2, ?3, m.role, m.cursor FROM (SELECT 1) LEFT JOIN member m"
        " ON m.room = ?1 AND m.name = ?2 WHERE true ON CONFLICT DO NOTHING"},
    {SQL_UNDO_SAVE_WELCOMES, "INSERT INTO undo_welcome (room, name, seq, body)"
                             " SELECT room, name, seq, body FROM welcome"
                             " WHERE room = ?1 AND name = ?2"},
    {SQL_UNDO_FIND, "SELECT epoch FROM undo WHERE room = ?1 AND seq = ?2"},
    {SQL_UNDO_GROUP, "UPDATE room SET (epoch, last_commit, commit_ms) ="
                     " (SELECT u.epoch, u.last_commit, u.commit_ms" UNDONE ") WHERE id = ?1"},
    {SQL_UNDO_INFO, "UPDATE info SET body = (SELECT u.info" UNDONE ") WHERE room = ?1"},
    {SQL_UNDO_NODES_DROP, "DELETE FROM node WHERE room = ?1 AND at IN"
                          " (SELECT at FROM undo_node WHERE room = ?1)"},
    {SQL_UNDO_NODES_PUT, "INSERT INTO node (room, at, body) SELECT room, at, body"
                         " FROM undo_node WHERE room = ?1 AND body IS NOT NULL"},
    {SQL_UNDO_MEMBERS_DROP, "DELETE FROM member WHERE room = ?1 AND name IN"
                            " (SELECT name FROM undo_person WHERE room = ?1 AND role IS NULL)"},
    {SQL_UNDO_MEMBERS_PUT, "INSERT INTO member (room, name, role, cursor)"
                           " SELECT room, name, role, cursor FROM undo_person"
                           " WHERE room = ?1 AND role IS NOT NULL"
                           " ON CONFLICT (room, name) DO UPDATE SET role = excluded.role,"
                           " cursor = max(cursor, excluded.cursor)"},
    {SQL_UNDO_DEPARTURES, "INSERT INTO departure (room, name) SELECT room, name"
                          " FROM undo_person WHERE room = ?1 AND removed = 1"
                          " ON CONFLICT DO NOTHING"},
    {SQL_UNDO_WELCOMES_DROP, "DELETE FROM welcome WHERE room = ?1"
                             " AND seq = (SELECT u.seq" UNDONE ")"},
    {SQL_UNDO_WELCOMES_PUT, "INSERT INTO welcome (room, name, seq, body)"
                            " SELECT room, name, seq, body FROM undo_welcome WHERE room = ?1"},
};

static const struct sql_route ROUTES[] = {
    {STORE_VOID, true, void_commit},
};

const struct sql_part SQL_PART_UNDO = {TEXTS, MEM_COUNT(TEXTS), ROUTES, MEM_COUNT(ROUTES)};
