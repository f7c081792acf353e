/* SPDX-License-Identifier: ISC */
/* What a relay holds in memory, read once before it serves. */
#include "base/mem.h"
#include "server/store_sql.h"

typedef void load_fn(struct db_stmt *st, const struct store_loader *to);

static void load_room(struct db_stmt *st, const struct store_loader *to)
{
    const struct store_room r = {
        .key = db_blob(st, 0),
        .name = db_blob(st, 1),
        .owner = db_blob(st, 2),
        .kind = (uint8_t)db_int(st, 3),
        .access = (uint8_t)db_int(st, 4),
        .generation = (uint32_t)db_int(st, 5),
        .verifier = db_blob(st, 6),
        .grouped = db_int(st, 7) != 0,
        .epoch = (uint64_t)db_int(st, 8),
        .last_commit = (uint64_t)db_int(st, 9),
        .founded = (uint64_t)db_int(st, 10),
        .commit_ms = db_int(st, 11),
        .last_seq = (uint64_t)db_int(st, 12),
    };

    if (to->room != NULL)
        to->room(to->arg, &r);
}

static void load_member(struct db_stmt *st, const struct store_loader *to)
{
    const struct store_named m = {
        .name = db_blob(st, 1),
        .role = (uint8_t)db_int(st, 2),
        .seq = (uint64_t)db_int(st, 3),
    };

    if (to->member != NULL)
        to->member(to->arg, db_blob(st, 0), &m);
}

static void load_departure(struct db_stmt *st, const struct store_loader *to)
{
    if (to->departure != NULL)
        to->departure(to->arg, db_blob(st, 0), db_blob(st, 1));
}

static void load_ban(struct db_stmt *st, const struct store_loader *to)
{
    const struct store_ban b = {
        .scope = db_blob(st, 0),
        .who = db_blob(st, 1),
        .mute = db_int(st, 2) != 0,
        .address = db_int(st, 3) != 0,
        .until_ms = db_int(st, 4),
        .by = db_blob(st, 5),
        .reason = db_blob(st, 6),
    };

    if (to->ban != NULL)
        to->ban(to->arg, &b);
}

static enum err load_all(struct db_stmt *st, load_fn *each, const struct store_loader *to)
{
    bool row;
    enum err e;

    while ((e = db_step(st, &row)) == ERR_OK && row)
        each(st, to);
    return e;
}

enum err store_sql_load(struct store_file *f, const struct store_loader *to)
{
    static const struct {
        enum sql_id id;
        load_fn *each;
    } ALL[] = {
        {SQL_LOAD_ROOMS, load_room},
        {SQL_LOAD_MEMBERS, load_member},
        {SQL_LOAD_DEPARTURES, load_departure},
        {SQL_LOAD_BANS, load_ban},
    };

    for (size_t i = 0; i < MEM_COUNT(ALL); i++) {
        enum err e = load_all(f->stmts[ALL[i].id], ALL[i].each, to);
        if (e != ERR_OK)
            return e;
    }
    return ERR_OK;
}

static const struct sql_text TEXTS[] = {
    {SQL_LOAD_ROOMS, "SELECT key, name, owner, kind, access, generation, verifier, grouped,"
                     " epoch, last_commit, founded, commit_ms, last_seq FROM room ORDER BY id"},
    {SQL_LOAD_MEMBERS, "SELECT r.key, m.name, m.role, m.cursor"
                       " FROM member m JOIN room r ON r.id = m.room ORDER BY m.room, m.name"},
    {SQL_LOAD_DEPARTURES,
        "SELECT r.key, d.name"
        " FROM departure d JOIN room r ON r.id = d.room ORDER BY d.room, d.name"},
    {SQL_LOAD_BANS, "SELECT scope, who, mute, address, until, by_whom, reason FROM ban"
                    " ORDER BY scope, who, mute"},
};

const struct sql_part SQL_PART_LOAD = {.texts = TEXTS, .text_count = MEM_COUNT(TEXTS)};
