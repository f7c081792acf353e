/* SPDX-License-Identifier: ISC */
/*
 * Commits: who was first decides here and nowhere else. A request is looked up before anything
 * is judged, so that its repetition gets the answer it got before.
 */
#include "base/mem.h"
#include "server/store_sql.h"

/* ---- judging ---- */

/* Whether this req was seen before; then the answer stands. */
static enum err commit_seen(
    struct store_file *f, struct store_op *op, const struct sql_room *r, bool *seen)
{
    const struct store_commit *c = &op->commit;
    struct db_stmt *st =
        SQL(f, SQL_COMMIT_BY_REQ, sql_int(r->id), sql_blob(bytes_of(c->req, sizeof c->req)));
    enum err e = db_step(st, seen);

    if (e != ERR_OK || !*seen)
        return e;
    bool voided = db_int(st, 1) != 0;
    op->r.num = voided ? (int64_t)r->epoch : db_int(st, 0);
    op->r.rc = voided ? ERR_STALE : ERR_OK;
    db_reset(st);
    return ERR_OK;
}

/* Somebody was first: with the winner when it is kept, else there is only to catch up. */
static enum err commit_lost(
    struct store_file *f, struct store_op *op, const struct sql_room *r, uint64_t winner)
{
    enum err e = sql_entry_find(f, op, r->id, winner);

    op->r.num = (int64_t)r->epoch;
    op->r.rc = op->r.count != 0 ? ERR_CONFLICT : ERR_STALE;
    return e;
}

static enum err judge_first(struct store_file *f, struct store_op *op, const struct sql_room *r)
{
    uint64_t present = r->grouped ? r->founded : 0;

    if (op->commit.replaces == present)
        return ERR_OK;
    if (r->grouped)
        return commit_lost(f, op, r, r->founded);
    op->r.num = (int64_t)r->epoch;
    op->r.rc = ERR_STALE;
    return ERR_OK;
}

static enum err judge_next(struct store_file *f, struct store_op *op, const struct sql_room *r)
{
    uint64_t ends = op->commit.entry.epoch;
    int64_t winner = 0;
    bool found = false;
    enum err e = ERR_OK;

    if (r->grouped && ends == r->epoch)
        return ERR_OK;
    if (r->grouped && ends < r->epoch)
        e = sql_number(SQL(f, SQL_COMMIT_BY_EPOCH, sql_int(r->id), sql_int((int64_t)r->founded),
                           sql_int((int64_t)ends)),
            &winner, &found);
    if (e == ERR_OK && found)
        return commit_lost(f, op, r, (uint64_t)winner);
    op->r.num = (int64_t)r->epoch;
    op->r.rc = ERR_STALE;
    return e;
}

/* The place in the log must be free and behind the last commit. */
static enum err judge_place(struct store_file *f, struct store_op *op, const struct sql_room *r)
{
    uint64_t seq = op->commit.entry.seq;
    int64_t one;
    bool taken;

    if (seq == 0 || seq <= r->last_commit) {
        op->r.rc = ERR_STATE;
        return ERR_OK;
    }
    enum err e = sql_number(
        SQL(f, SQL_COMMIT_BY_SEQ, sql_int(r->id), sql_int((int64_t)seq)), &one, &taken);
    if (e == ERR_OK && !taken)
        e = sql_number(SQL(f, SQL_LOG_AT, sql_int(r->id), sql_int((int64_t)seq)), &one, &taken);
    if (e == ERR_OK && taken)
        op->r.rc = ERR_EXISTS;
    return e;
}

/* Who has no account cannot be told from whoever takes that name later. */
static enum err judge_welcomes(struct store_file *f, struct store_op *op)
{
    const struct store_commit *c = &op->commit;
    enum err e = ERR_OK;
    bool there = true;
    int64_t one;

    for (size_t i = 0; i < c->welcome_count && e == ERR_OK && there; i++) {
        if (c->welcomes[i].guest)
            continue;
        e = sql_number(SQL(f, SQL_WELCOME_FOR, sql_blob(c->welcomes[i].name)), &one, &there);
        op->r.num = (int64_t)i;
    }
    if (e == ERR_OK && !there)
        op->r.rc = ERR_REFUSED;
    return e;
}

/* ---- doing ---- */

static enum err commit_nodes(struct store_file *f, const struct store_commit *c, int64_t room)
{
    enum err e = ERR_OK;

    for (size_t i = 0; i < c->node_count && e == ERR_OK; i++) {
        const struct store_node *n = &c->nodes[i];
        if (!c->create)
            e = sql_undo_save_node(f, room, n->index);
        if (e != ERR_OK)
            return e;
        if (n->body.n == 0)
            e = db_run(SQL(f, SQL_NODE_DROP, sql_int(room), sql_int(n->index)));
        else
            e = db_run(
                SQL(f, SQL_NODE_SET, sql_int(room), sql_int(n->index), sql_blob(n->body)));
    }
    return e;
}

static enum err commit_clear(struct store_file *f, int64_t room, struct bytes who)
{
    enum err e = sql_undo_save_person(f, room, who, true);

    if (e == ERR_OK)
        e = db_run(SQL(f, SQL_DEPARTURE_DROP, sql_int(room), sql_blob(who)));
    return e;
}

static enum err commit_remove(struct store_file *f, int64_t room, struct bytes who)
{
    enum err e = commit_clear(f, room, who);

    if (e == ERR_OK)
        e = db_run(SQL(f, SQL_MEMBER_DROP, sql_int(room), sql_blob(who)));
    if (e == ERR_OK)
        e = sql_undo_save_welcomes(f, room, who);
    if (e == ERR_OK)
        e = db_run(SQL(f, SQL_WELCOME_DROP, sql_int(room), sql_blob(who), sql_int(INT64_MAX)));
    return e;
}

static enum err commit_welcome(
    struct store_file *f, int64_t room, const struct store_named *w, uint64_t seq)
{
    enum err e = sql_undo_save_person(f, room, w->name, false);

    if (e == ERR_OK && w->guest)
        e = db_run(SQL(f, SQL_DEPARTURE_ADD, sql_int(room), sql_blob(w->name)));
    else if (e == ERR_OK)
        e = db_run(SQL(f, SQL_MEMBER_SET, sql_int(room), sql_blob(w->name), sql_int(w->role),
            sql_int((int64_t)seq - 1)));
    if (e == ERR_OK)
        e = db_run(SQL(f, SQL_WELCOME_ADD, sql_int(room), sql_blob(w->name),
            sql_int((int64_t)seq), sql_blob(w->body)));
    return e;
}

static enum err commit_people(struct store_file *f, const struct store_commit *c, int64_t room)
{
    enum err e = ERR_OK;

    for (size_t i = 0; i < c->removed_count && e == ERR_OK; i++)
        e = commit_remove(f, room, c->removed[i]);
    for (size_t i = 0; i < c->cleared_count && e == ERR_OK; i++)
        e = commit_clear(f, room, c->cleared[i]);
    for (size_t i = 0; i < c->welcome_count && e == ERR_OK; i++)
        e = commit_welcome(f, room, &c->welcomes[i], c->entry.seq);
    return e;
}

static enum err commit_record(
    struct store_file *f, const struct store_commit *c, const struct sql_room *r)
{
    const struct store_entry *n = &c->entry;
    uint64_t founded = c->create ? n->seq : r->founded;
    uint64_t epoch = c->create ? n->epoch : n->epoch + 1;
    enum err e = sql_entry_add(f, r->id, n, true);

    if (e == ERR_OK)
        e = db_run(
            SQL(f, SQL_COMMIT_ADD, sql_int(r->id), sql_blob(bytes_of(c->req, sizeof c->req)),
                sql_int((int64_t)n->seq), sql_int((int64_t)founded), sql_int((int64_t)n->epoch),
                sql_int(n->time_ms), sql_int(c->create)));
    if (e == ERR_OK)
        e = db_run(SQL(f, SQL_GROUP_SET, sql_int(r->id), sql_int((int64_t)epoch),
            sql_int((int64_t)founded), sql_int((int64_t)n->seq), sql_int(n->time_ms)));
    if (e == ERR_OK)
        e = db_run(SQL(f, SQL_INFO_SET, sql_int(r->id), sql_blob(c->info)));
    return e;
}

/* A first commit has nothing to go back to: what an older group left is gone. */
static enum err commit_prepare(
    struct store_file *f, const struct store_commit *c, const struct sql_room *r)
{
    enum err e = sql_undo_clear(f, r->id);

    if (e != ERR_OK || !c->create)
        return e != ERR_OK ? e : sql_undo_save(f, r, c->entry.seq);
    e = db_run(SQL(f, SQL_NODE_CLEAR, sql_int(r->id)));
    return e != ERR_OK ? e : db_run(SQL(f, SQL_WELCOME_CLEAR, sql_int(r->id)));
}

static enum err commit_apply(
    struct store_file *f, struct store_op *op, const struct sql_room *r)
{
    const struct store_commit *c = &op->commit;
    enum err e = commit_prepare(f, c, r);

    if (e == ERR_OK)
        e = commit_nodes(f, c, r->id);
    if (e == ERR_OK)
        e = commit_people(f, c, r->id);
    if (e == ERR_OK)
        e = commit_record(f, c, r);
    /* Nobody goes back to before a group was founded. */
    if (e == ERR_OK && c->create)
        e = sql_undo_clear(f, r->id);
    op->r.num = (int64_t)c->entry.seq;
    return e;
}

static enum err commit(struct store_file *f, struct store_op *op)
{
    struct sql_room r;
    bool found;
    bool seen;
    enum err e = sql_room_find(f, op, op->commit.key, &r, &found);

    if (e != ERR_OK || !found)
        return e;
    e = commit_seen(f, op, &r, &seen);
    if (e != ERR_OK || seen)
        return e;
    e = op->commit.create ? judge_first(f, op, &r) : judge_next(f, op, &r);
    if (e == ERR_OK && op->r.rc == ERR_OK)
        e = judge_place(f, op, &r);
    if (e == ERR_OK && op->r.rc == ERR_OK)
        e = judge_welcomes(f, op);
    if (e != ERR_OK || op->r.rc != ERR_OK)
        return e;
    return commit_apply(f, op, &r);
}

/* ---- reading ---- */

static enum err group_nodes(struct store_file *f, struct store_op *op, int64_t room)
{
    struct db_stmt *st = SQL(f, SQL_NODE_LIST, sql_int(room));
    struct store_node *all = NULL;
    bool row;
    enum err e;

    while ((e = db_step(st, &row)) == ERR_OK && row) {
        all = store_op_more(op, all, op->r.count, sizeof *all);
        all[op->r.count++] = (struct store_node){
            .index = (uint32_t)db_int(st, 0),
            .body = store_op_keep(op, db_blob(st, 1)),
        };
    }
    op->r.nodes = all;
    return e;
}

static enum err group(struct store_file *f, struct store_op *op)
{
    struct sql_room r;
    bool found;
    bool row;
    enum err e = sql_room_find(f, op, op->key, &r, &found);

    if (e != ERR_OK || !found)
        return e;
    struct db_stmt *st = SQL(f, SQL_GROUP_GET, sql_int(r.id));
    e = db_step(st, &row);
    if (e != ERR_OK)
        return e;
    if (!row) {
        op->r.rc = ERR_NOT_FOUND;
        return ERR_OK;
    }
    op->r.num = (int64_t)r.epoch;
    op->r.a = store_op_keep(op, db_blob(st, 0));
    db_reset(st);
    return group_nodes(f, op, r.id);
}

static const struct sql_text TEXTS[] = {
    {SQL_COMMIT_BY_REQ, "SELECT seq, void FROM commits WHERE room = ?1 AND req = ?2"},
    {SQL_COMMIT_BY_EPOCH, "SELECT seq FROM commits"
                          " WHERE room = ?1 AND founded = ?2 AND ends = ?3 AND void = 0"},
    {SQL_COMMIT_BY_SEQ, "SELECT void FROM commits WHERE room = ?1 AND seq = ?2"},
    {SQL_COMMIT_ADD, "INSERT INTO commits (room, req, seq, founded, ends, time)"
                     " VALUES (?1, ?2, ?3, ?4, CASE WHEN ?7 THEN NULL ELSE ?5 END, ?6)"},
    {SQL_COMMIT_VOID, "UPDATE commits SET void = 1 WHERE room = ?1 AND seq = ?2"},
    {SQL_GROUP_SET, "UPDATE room SET grouped = 1, epoch = ?2, founded = ?3, last_commit = ?4,"
                    " commit_ms = ?5 WHERE id = ?1"},
    {SQL_INFO_SET, "INSERT INTO info (room, body) VALUES (?1, ?2)"
                   " ON CONFLICT (room) DO UPDATE SET body = excluded.body"},
    {SQL_GROUP_GET, "SELECT body FROM info WHERE room = ?1"},
    {SQL_NODE_LIST, "SELECT at, body FROM node WHERE room = ?1 ORDER BY at"},
    {SQL_NODE_SET, "INSERT INTO node (room, at, body) VALUES (?1, ?2, ?3)"
                   " ON CONFLICT (room, at) DO UPDATE SET body = excluded.body"},
    {SQL_NODE_DROP, "DELETE FROM node WHERE room = ?1 AND at = ?2"},
    {SQL_NODE_CLEAR, "DELETE FROM node WHERE room = ?1"},
    {SQL_WELCOME_FOR, "SELECT 1 FROM account WHERE name = ?1"},
    {SQL_WELCOME_ADD, "INSERT INTO welcome (room, name, seq, body) VALUES (?1, ?2, ?3, ?4)"},
    {SQL_WELCOME_CLEAR, "DELETE FROM welcome WHERE room = ?1"},
};

static const struct sql_route ROUTES[] = {
    {STORE_COMMIT, true, commit},
    {STORE_GROUP, false, group},
};

const struct sql_part SQL_PART_COMMIT = {TEXTS, MEM_COUNT(TEXTS), ROUTES, MEM_COUNT(ROUTES)};
