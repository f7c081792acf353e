/* SPDX-License-Identifier: ISC */
/* The log of a conversation: putting, reading on, and forgetting. */
#include "base/mem.h"
#include "server/store_sql.h"

#define ENTRIES_MAX 1024 /* in one answer */

/* ---- writing ---- */

enum err sql_entry_add(
    struct store_file *f, int64_t room, const struct store_entry *e, bool is_commit)
{
    enum err err = db_run(SQL(f, SQL_LOG_ADD, sql_int(room), sql_int((int64_t)e->seq),
        sql_int(is_commit), sql_int(e->kind), sql_int(e->flags), sql_int(e->time_ms),
        sql_int((int64_t)e->epoch), sql_blob(e->sender), sql_blob(e->body)));

    if (err != ERR_OK)
        return err;
    return db_run(SQL(f, SQL_ROOM_REACHED, sql_int(room), sql_int((int64_t)e->seq)));
}

static struct store_entry entry_read(struct store_op *op, struct db_stmt *st)
{
    return (struct store_entry){
        .seq = (uint64_t)db_int(st, 0),
        .kind = (uint8_t)db_int(st, 1),
        .flags = (uint8_t)db_int(st, 2),
        .time_ms = db_int(st, 3),
        .epoch = (uint64_t)db_int(st, 4),
        .sender = store_op_keep(op, db_blob(st, 5)),
        .body = store_op_keep(op, db_blob(st, 6)),
    };
}

enum err sql_entry_find(struct store_file *f, struct store_op *op, int64_t room, uint64_t seq)
{
    struct db_stmt *st = SQL(f, SQL_LOG_AT, sql_int(room), sql_int((int64_t)seq));
    bool row;
    enum err e = db_step(st, &row);

    if (e != ERR_OK || !row)
        return e;
    struct store_entry *one = store_op_more(op, NULL, 0, sizeof *one);
    *one = entry_read(op, st);
    db_reset(st);
    op->r.entries = one;
    op->r.count = 1;
    return ERR_OK;
}

/* The same one again is no error: kind, sender and body decide. */
static void entry_compare(struct store_op *op)
{
    const struct store_entry *want = &op->commit.entry;
    const struct store_entry *have = &op->r.entries[0];
    bool same = have->kind == want->kind && bytes_eq(have->sender, want->sender) &&
                bytes_eq(have->body, want->body);

    store_op_clear(op, same ? ERR_OK : ERR_EXISTS);
}

/* ---- how many messages of a conversation are kept ---- */

struct kept {
    int64_t entries;
    int64_t bytes;
};

void sql_kept_clear(struct store_file *f)
{
    size_t at = 0;
    struct kept *k;

    while ((k = map_next(&f->kept, &at, NULL)) != NULL)
        mem_free(k);
    map_free(&f->kept);
}

/* Counted once, then kept up with. */
static enum err kept_of(struct store_file *f, int64_t room, struct kept **out)
{
    struct bytes key = bytes_of(&room, sizeof room);
    struct db_stmt *st;
    bool row;

    *out = map_get(&f->kept, key);
    if (*out != NULL)
        return ERR_OK;
    st = SQL(f, SQL_LOG_KEPT, sql_int(room));
    enum err e = db_step(st, &row);
    if (e != ERR_OK)
        return e;
    struct kept *k = mem_alloc(sizeof *k);
    *k = (struct kept){.entries = db_int(st, 0), .bytes = db_int(st, 1)};
    db_reset(st);
    (void)map_put(&f->kept, key, k);
    *out = k;
    return ERR_OK;
}

static enum err entry_keep(struct store_file *f, struct store_op *op, int64_t room)
{
    int64_t n = (int64_t)op->commit.entry.body.n;
    struct kept *k;
    enum err e = kept_of(f, room, &k);

    if (e != ERR_OK)
        return e;
    if ((op->most.entries != 0 && k->entries >= op->most.entries) ||
        (op->most.bytes != 0 && k->bytes + n > op->most.bytes)) {
        op->r.rc = ERR_FULL;
        return ERR_OK;
    }
    e = sql_entry_add(f, room, &op->commit.entry, false);
    k->entries += e == ERR_OK;
    k->bytes += e == ERR_OK ? n : 0;
    return e;
}

static enum err entry_put(struct store_file *f, struct store_op *op)
{
    struct sql_room r;
    bool found;
    enum err e = sql_room_find(f, op, op->commit.key, &r, &found);

    if (e != ERR_OK || !found)
        return e;
    e = sql_entry_find(f, op, r.id, op->commit.entry.seq);
    if (e != ERR_OK)
        return e;
    if (op->r.count == 0)
        return entry_keep(f, op, r.id);
    entry_compare(op);
    return ERR_OK;
}

/* ---- reading ---- */

static enum err entries_collect(struct store_op *op, struct db_stmt *st)
{
    struct store_entry *all = NULL;
    size_t bytes = 0;
    bool row;
    enum err e;

    while ((e = db_step(st, &row)) == ERR_OK && row) {
        size_t n = db_blob(st, 6).n;
        size_t count = op->r.count;
        if (count == ENTRIES_MAX || (count != 0 && bytes + n > op->limit)) {
            op->r.more = true;
            db_reset(st);
            break;
        }
        bytes += n;
        all = store_op_more(op, all, count, sizeof *all);
        all[op->r.count++] = entry_read(op, st);
    }
    op->r.entries = all;
    return e;
}

static enum err entries(struct store_file *f, struct store_op *op)
{
    struct sql_room r;
    bool found;
    int64_t after = op->seq < INT64_MAX ? (int64_t)op->seq : INT64_MAX;
    enum err e = sql_room_find(f, op, op->key, &r, &found);

    if (e != ERR_OK || !found)
        return e;
    op->r.num = r.gone > (uint64_t)after;
    return entries_collect(op, SQL(f, SQL_LOG_AFTER, sql_int(r.id), sql_int(after)));
}

/* ---- forgetting ---- */

struct passed { /* a conversation where everybody is beyond some entries */
    int64_t room;
    int64_t cursor;
};

/* Found first and deleted then: a table is not changed below the feet of its reader. */
static enum err passed_find(
    struct store_file *f, struct store_op *op, struct passed **out, size_t *count)
{
    struct db_stmt *st = f->stmts[SQL_PRUNE_PASSED];
    struct passed *all = NULL;
    bool row;
    enum err e;

    *count = 0;
    while ((e = db_step(st, &row)) == ERR_OK && row) {
        all = store_op_more(op, all, *count, sizeof *all);
        all[(*count)++] = (struct passed){db_int(st, 0), db_int(st, 1)};
    }
    *out = all;
    return e;
}

static enum err prune_passed(struct store_file *f, struct store_op *op)
{
    struct passed *all;
    size_t count;
    int64_t rows;
    enum err e = passed_find(f, op, &all, &count);

    for (size_t i = 0; i < count && e == ERR_OK; i++) {
        struct sql_value room = sql_int(all[i].room);
        struct sql_value cursor = sql_int(all[i].cursor);
        e = db_run(SQL(f, SQL_PRUNE_GONE, room, cursor));
        if (e == ERR_OK)
            e = sql_change(f, SQL(f, SQL_PRUNE_DROP, room, cursor), &rows);
        op->r.num += e == ERR_OK ? rows : 0;
    }
    return e;
}

/* Remembers up to where each conversation loses something, then loses it. */
static enum err drop_all(struct store_file *f, struct store_op *op, const enum sql_id ids[2])
{
    struct sql_value before = sql_int(op->before_ms);
    int64_t rows;
    enum err e = db_run(SQL(f, ids[0], before));

    if (e == ERR_OK)
        e = sql_change(f, SQL(f, ids[1], before), &rows);
    if (e == ERR_OK)
        op->r.num += rows;
    return e;
}

static enum err prune_expired(struct store_file *f, struct store_op *op)
{
    static const enum sql_id OLD[] = {SQL_EXPIRE_GONE, SQL_EXPIRE_DROP};
    static const enum sql_id MESSAGES[] = {SQL_MESSAGES_GONE, SQL_MESSAGES_DROP};
    enum err e = drop_all(f, op, OLD);

    if (e == ERR_OK && !op->flag)
        e = drop_all(f, op, MESSAGES);
    return e != ERR_OK ? e : db_run(SQL(f, SQL_EXPIRE_COMMITS, sql_int(op->before_ms)));
}

static enum err prune(struct store_file *f, struct store_op *op)
{
    enum err e = prune_passed(f, op);

    if (e == ERR_OK)
        e = prune_expired(f, op);
    if (e == ERR_OK)
        e = db_run(SQL(f, SQL_TOKEN_EXPIRE, sql_int(op->now_ms)));
    if (e == ERR_OK)
        e = db_run(SQL(f, SQL_BAN_EXPIRE, sql_int(op->now_ms)));
    sql_kept_clear(f);
    return e;
}

/* Two queries and not one with OR, so that the usual one goes by the index on time. */
#define OLD_ONES                                                                               \
    " FROM log l JOIN room r ON r.id = l.room WHERE l.time < ?1 AND l.seq <> r.last_commit"
#define ALL_MESSAGES " FROM log l WHERE l.is_commit = 0 AND ?1 IS NOT NULL"
#define GONE_UP_TO(which)                                                                      \
    "UPDATE room SET gone = max(gone, x.top) FROM"                                             \
    " (SELECT l.room AS at, max(l.seq) AS top" which                                           \
    " GROUP BY +l.room) x WHERE room.id = x.at"

static const struct sql_text TEXTS[] = {
    {SQL_LOG_ADD,
        "INSERT INTO log (room, seq, is_commit, kind, flags, time, epoch, sender, body)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"},
    {SQL_LOG_AT, "SELECT seq, kind, flags, time, epoch, sender, body FROM log"
                 " WHERE room = ?1 AND seq = ?2"},
    {SQL_LOG_AFTER, "SELECT seq, kind, flags, time, epoch, sender, body FROM log"
                    " WHERE room = ?1 AND seq > ?2 ORDER BY seq"},
    {SQL_LOG_KEPT, "SELECT count(*), coalesce(sum(length(body)), 0) FROM log"
                   " WHERE room = ?1 AND is_commit = 0"},
    {SQL_LOG_DROP, "DELETE FROM log WHERE room = ?1 AND seq = ?2"},
    {SQL_PRUNE_PASSED,
        "SELECT p.room, p.passed FROM (SELECT room, min(cursor) AS passed FROM member"
        " GROUP BY room) p JOIN room r ON r.id = p.room"
        " WHERE EXISTS (SELECT 1 FROM log WHERE room = p.room AND seq <= p.passed"
        " AND seq <> r.last_commit)"},
    {SQL_PRUNE_GONE,
        "UPDATE room SET gone = max(gone, coalesce((SELECT max(seq) FROM log"
        " WHERE room = ?1 AND seq <= ?2 AND seq <> last_commit), 0)) WHERE id = ?1"},
    {SQL_PRUNE_DROP, "DELETE FROM log WHERE room = ?1 AND seq <= ?2"
                     " AND seq <> (SELECT last_commit FROM room WHERE id = ?1)"},
    {SQL_EXPIRE_GONE, GONE_UP_TO(OLD_ONES)},
    {SQL_EXPIRE_DROP, "DELETE FROM log WHERE id IN (SELECT l.id" OLD_ONES ")"},
    {SQL_MESSAGES_GONE, GONE_UP_TO(ALL_MESSAGES)},
    {SQL_MESSAGES_DROP, "DELETE FROM log WHERE id IN (SELECT l.id" ALL_MESSAGES ")"},
    {SQL_EXPIRE_COMMITS, "DELETE FROM commits WHERE time < ?1 AND NOT EXISTS"
                         " (SELECT 1 FROM log WHERE log.room = commits.room"
                         " AND log.seq = commits.seq)"},
};

static const struct sql_route ROUTES[] = {
    {STORE_ENTRY_PUT, true, entry_put},
    {STORE_ENTRIES, false, entries},
    {STORE_PRUNE, true, prune},
};

const struct sql_part SQL_PART_LOG = {TEXTS, MEM_COUNT(TEXTS), ROUTES, MEM_COUNT(ROUTES)};
