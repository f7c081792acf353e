/* SPDX-License-Identifier: ISC */
/* Conversations, who belongs to them, who has left, and bans. */
#include "base/mem.h"
#include "server/store_sql.h"

enum err sql_room_find(struct store_file *f, struct store_op *op, struct bytes key,
    struct sql_room *out, bool *found)
{
    struct db_stmt *st = SQL(f, SQL_ROOM_FIND, sql_blob(key));
    enum err e = db_step(st, found);

    *out = (struct sql_room){0};
    if (e != ERR_OK)
        return e;
    if (!*found) {
        op->r.rc = ERR_NOT_FOUND;
        return ERR_OK;
    }
    *out = (struct sql_room){
        .id = db_int(st, 0),
        .grouped = db_int(st, 1) != 0,
        .epoch = (uint64_t)db_int(st, 2),
        .founded = (uint64_t)db_int(st, 3),
        .last_commit = (uint64_t)db_int(st, 4),
        .commit_ms = db_int(st, 5),
        .gone = (uint64_t)db_int(st, 6),
    };
    db_reset(st);
    return ERR_OK;
}

/* ---- conversations ---- */

static struct db_stmt *room_bind(
    struct store_file *f, enum sql_id id, const struct store_room *r)
{
    return SQL(f, id, sql_blob(r->key), sql_blob(r->owner), sql_int(r->access),
        sql_int(r->generation), sql_blob(r->verifier), sql_blob(r->name), sql_int(r->kind));
}

static enum err room_create(struct store_file *f, struct store_op *op)
{
    int64_t added;
    int64_t one;
    bool same;
    enum err e = sql_change(f, room_bind(f, SQL_ROOM_ADD, &op->room), &added);

    if (e != ERR_OK || added != 0)
        return e;
    e = sql_number(room_bind(f, SQL_ROOM_SAME, &op->room), &one, &same);
    if (e == ERR_OK && !same)
        op->r.rc = ERR_EXISTS;
    return e;
}

static enum err room_set(struct store_file *f, struct store_op *op)
{
    const struct store_room *r = &op->room;
    int64_t rows;
    enum err e = sql_change(f,
        SQL(f, SQL_ROOM_SET, sql_blob(r->key), sql_blob(r->owner), sql_int(r->access),
            sql_int(r->generation), sql_blob(r->verifier)),
        &rows);

    if (e == ERR_OK && rows == 0)
        op->r.rc = ERR_NOT_FOUND;
    return e;
}

static enum err room_remove(struct store_file *f, struct store_op *op)
{
    int64_t rows;
    enum err e = sql_change(f, SQL(f, SQL_ROOM_DROP, sql_blob(op->key)), &rows);

    if (e == ERR_OK && rows == 0)
        op->r.rc = ERR_NOT_FOUND;
    sql_kept_clear(f); /* its id may be another's next */
    if (e != ERR_OK || rows == 0)
        return e;
    return db_run(SQL(f, SQL_BAN_DROP_SCOPE, sql_blob(op->key)));
}

/* ---- members and departures ---- */

static enum err member_set(struct store_file *f, struct store_op *op)
{
    struct sql_room r;
    bool found;
    int64_t seq = op->seq < INT64_MAX ? (int64_t)op->seq : INT64_MAX;
    enum err e = sql_room_find(f, op, op->key, &r, &found);

    if (e != ERR_OK || !found)
        return e;
    return db_run(SQL(f, op->flag ? SQL_MEMBER_ADD : SQL_MEMBER_SET, sql_int(r.id),
        sql_blob(op->name), sql_int(op->role), sql_int(seq)));
}

static enum err member_remove(struct store_file *f, struct store_op *op)
{
    struct sql_room r;
    bool found;
    enum err e = sql_room_find(f, op, op->key, &r, &found);

    if (e != ERR_OK || !found)
        return e;
    e = sql_change(f, SQL(f, SQL_MEMBER_DROP, sql_int(r.id), sql_blob(op->name)), &op->r.num);
    if (e != ERR_OK)
        return e;
    return db_run(
        SQL(f, SQL_WELCOME_DROP, sql_int(r.id), sql_blob(op->name), sql_int(INT64_MAX)));
}

static enum err cursor_move(struct store_file *f, struct store_op *op)
{
    struct sql_room r;
    bool found;
    int64_t seq = op->seq < INT64_MAX ? (int64_t)op->seq : INT64_MAX;
    enum err e = sql_room_find(f, op, op->key, &r, &found);

    if (e != ERR_OK || !found)
        return e;
    e = sql_number(SQL(f, SQL_CURSOR, sql_int(r.id), sql_blob(op->name), sql_int(seq)),
        &op->r.num, &found);
    if (e == ERR_OK && !found)
        op->r.rc = ERR_NOT_FOUND;
    if (e != ERR_OK || !found)
        return e;
    return db_run(
        SQL(f, SQL_WELCOME_DROP, sql_int(r.id), sql_blob(op->name), sql_int(op->r.num)));
}

static enum err departure_change(struct store_file *f, struct store_op *op, enum sql_id id)
{
    struct sql_room r;
    bool found;
    enum err e = sql_room_find(f, op, op->key, &r, &found);

    if (e != ERR_OK || !found)
        return e;
    return sql_change(f, SQL(f, id, sql_int(r.id), sql_blob(op->name)), &op->r.num);
}

static enum err departure_add(struct store_file *f, struct store_op *op)
{
    return departure_change(f, op, SQL_DEPARTURE_ADD);
}

static enum err departure_drop(struct store_file *f, struct store_op *op)
{
    return departure_change(f, op, SQL_DEPARTURE_DROP);
}

static enum err welcomes(struct store_file *f, struct store_op *op)
{
    struct db_stmt *st = SQL(f, SQL_WELCOME_READ, sql_blob(op->name));
    struct store_named *all = NULL;
    bool row;
    enum err e;

    while ((e = db_step(st, &row)) == ERR_OK && row) {
        all = store_op_more(op, all, op->r.count, sizeof *all);
        all[op->r.count++] = (struct store_named){
            .name = store_op_keep(op, db_blob(st, 0)),
            .seq = (uint64_t)db_int(st, 1),
            .body = store_op_keep(op, db_blob(st, 2)),
        };
    }
    op->r.named = all;
    op->r.named_count = op->r.count;
    return e;
}

/* ---- bans ---- */

static enum err ban_put(struct store_file *f, struct store_op *op)
{
    const struct store_ban *b = &op->ban;

    return db_run(SQL(f, SQL_BAN_PUT, sql_blob(b->scope), sql_blob(b->who), sql_int(b->mute),
        sql_int(b->address), sql_int(b->until_ms), sql_blob(b->by), sql_blob(b->reason)));
}

static enum err ban_remove(struct store_file *f, struct store_op *op)
{
    int64_t rows;
    enum err e = sql_change(f,
        SQL(f, SQL_BAN_DROP, sql_blob(op->key), sql_blob(op->name), sql_int(op->flag)), &rows);

    if (e == ERR_OK && rows == 0)
        op->r.rc = ERR_NOT_FOUND;
    return e;
}

static const struct sql_text TEXTS[] = {
    {SQL_ROOM_FIND, "SELECT id, grouped, epoch, founded, last_commit, commit_ms, gone FROM room"
                    " WHERE key = ?1"},
    {SQL_ROOM_ADD, "INSERT INTO room (key, owner, access, generation, verifier, name, kind)"
                   " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING"},
    {SQL_ROOM_SAME, "SELECT 1 FROM room WHERE key = ?1 AND owner = ?2 AND access = ?3"
                    " AND generation = ?4 AND verifier = ?5 AND name = ?6 AND kind = ?7"},
    {SQL_ROOM_SET, "UPDATE room SET owner = ?2, access = ?3, generation = ?4, verifier = ?5"
                   " WHERE key = ?1"},
    {SQL_ROOM_DROP, "DELETE FROM room WHERE key = ?1"},
    {SQL_ROOM_REACHED, "UPDATE room SET last_seq = ?2 WHERE id = ?1 AND last_seq < ?2"},
    {SQL_MEMBER_SET, "INSERT INTO member (room, name, role, cursor) VALUES (?1, ?2, ?3, ?4)"
                     " ON CONFLICT (room, name) DO UPDATE SET role = excluded.role,"
                     " cursor = max(cursor, excluded.cursor)"},
    {SQL_MEMBER_ADD, "INSERT INTO member (room, name, role, cursor) VALUES (?1, ?2, ?3, ?4)"
                     " ON CONFLICT DO NOTHING"},
    {SQL_MEMBER_DROP, "DELETE FROM member WHERE room = ?1 AND name = ?2"},
    {SQL_CURSOR, "UPDATE member SET cursor = max(cursor, ?3) WHERE room = ?1 AND name = ?2"
                 " RETURNING cursor"},
    {SQL_DEPARTURE_ADD, "INSERT INTO departure (room, name) VALUES (?1, ?2)"
                        " ON CONFLICT DO NOTHING"},
    {SQL_DEPARTURE_DROP, "DELETE FROM departure WHERE room = ?1 AND name = ?2"},
    {SQL_WELCOME_READ, "SELECT r.key, w.seq, w.body FROM welcome w JOIN room r ON r.id = w.room"
                       " WHERE w.name = ?1 ORDER BY w.id"},
    {SQL_WELCOME_DROP, "DELETE FROM welcome WHERE room = ?1 AND name = ?2 AND seq <= ?3"},
    {SQL_BAN_PUT, "INSERT OR REPLACE INTO ban (scope, who, mute, address, until, by_whom,"
                  " reason) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"},
    {SQL_BAN_DROP, "DELETE FROM ban WHERE scope = ?1 AND who = ?2 AND mute = ?3"},
    {SQL_BAN_DROP_SCOPE, "DELETE FROM ban WHERE scope = ?1"},
    {SQL_BAN_EXPIRE, "DELETE FROM ban WHERE until <> 0 AND until <= ?1"},
};

static const struct sql_route ROUTES[] = {
    {STORE_ROOM_CREATE, true, room_create},
    {STORE_ROOM_SET, true, room_set},
    {STORE_ROOM_REMOVE, true, room_remove},
    {STORE_MEMBER_SET, true, member_set},
    {STORE_MEMBER_REMOVE, true, member_remove},
    {STORE_CURSOR, true, cursor_move},
    {STORE_DEPARTURE, true, departure_add},
    {STORE_DEPARTURE_CLEAR, true, departure_drop},
    {STORE_WELCOMES, false, welcomes},
    {STORE_BAN_PUT, true, ban_put},
    {STORE_BAN_REMOVE, true, ban_remove},
};

const struct sql_part SQL_PART_ROOM = {TEXTS, MEM_COUNT(TEXTS), ROUTES, MEM_COUNT(ROUTES)};
