/* SPDX-License-Identifier: ISC */
/* Catching up: what the store has, then what only memory has, in one order. And cursors. */
#include "base/mem.h"
#include "server/ban.h"
#include "server/convo.h"
#include "server/handle.h"
#include "server/reply.h"

#define PAGE_BYTES (512u << 10)
#define FRAME_ROWS 4096

struct catch_up {
    struct ask ask;
    struct name_key key;
    uint8_t kind;
    char name[MSG_ROOM + 1];
    uint64_t after;
    uint64_t first; /* of the entries in memory when the store was asked */
    struct list_writer rows;
    uint64_t last;
    bool left;
};

static struct convo *convo_named(
    struct peer *p, uint8_t kind, struct bytes name, struct name_key *key)
{
    struct name to;

    if (kind == CONVO_ROOM) {
        if (name_room_key(name, key) != ERR_OK)
            return NULL;
    } else {
        if (kind != CONVO_DIRECT || name_fold(name, &to) != ERR_OK)
            return NULL;
        name_direct_key(p->user->name.s, to.s, key);
    }
    return convo_find(p->server, name_key_bytes(key));
}

/* The rows gathered so far go out as one frame. */
static void flush_rows(struct peer *p, struct catch_up *q)
{
    struct msg_entries m = {
        .kind = q->kind, .name = bytes_str(q->name), .entries = list_view(&q->rows)};

    if (q->rows.count != 0)
        reply_op(p, OP_CATCH_UP, &MSG_ENTRIES, &m);
    list_end(&q->rows);
    list_begin(&q->rows, OPCODE_LARGE);
}

static void add_row(struct peer *p, struct catch_up *q, const struct store_entry *e)
{
    struct msg_entry_row row = {
        .kind = e->kind,
        .flags = e->flags,
        .seq = e->seq,
        .time_ms = (uint64_t)e->time_ms,
        .epoch = e->epoch,
        .sender = e->sender,
        .body = e->body,
    };

    if (q->rows.buf.n + e->body.n + 128 > OPCODE_LARGE - 1024 || q->rows.count == FRAME_ROWS)
        flush_rows(p, q);
    list_add(&q->rows, &MSG_ENTRY_ROW, &row);
    q->last = e->seq;
}

static void add_tail(struct peer *p, struct catch_up *q, const struct convo *c)
{
    size_t sent = 0;

    for (const struct entry *e = c->tail; e != NULL; e = e->next) {
        if (e->seq <= q->after || e->seq <= q->last)
            continue;
        if (sent > PAGE_BYTES) {
            q->left = true;
            return;
        }
        struct store_entry row = convo_store_entry(e);
        add_row(p, q, &row);
        sent += e->n;
    }
}

static uint64_t first_in_memory(const struct convo *c)
{
    return c != NULL && c->tail != NULL ? c->tail->seq : UINT64_MAX;
}

static void caught_up(void *arg, const struct store_result *r)
{
    struct catch_up *q = arg;
    struct peer *p = ask_peer(&q->ask);
    struct convo *c = convo_find(q->ask.server, name_key_bytes(&q->key));
    uint64_t first = first_in_memory(c);

    if (p == NULL || c == NULL || r->rc != ERR_OK) {
        if (p != NULL)
            reply_refuse(p, OP_CATCH_UP, CODE_NOT_STORED, 0,
                "the relay cannot read that log just now: try again");
        ask_close(&q->ask);
        return;
    }
    list_begin(&q->rows, OPCODE_LARGE);
    q->last = q->after;
    for (size_t i = 0; i < r->count && r->entries[i].seq < first; i++)
        add_row(p, q, &r->entries[i]);
    /* The tail may follow only when the store has nothing more before it, and when what was in
     * memory is there still: else it is in the store by now. */
    q->left = (r->more && r->count != 0 && r->entries[r->count - 1].seq < first &&
                  q->last + 1 < first) ||
              (first > q->first && c->last_seq > q->last && first > q->last + 1);
    if (!q->left)
        add_tail(p, q, c);
    flush_rows(p, q);
    list_end(&q->rows);
    struct msg_catch_up_ok ok = {
        .last_seq = q->last, .left = q->left, .gone = r->num == 1 || c->lost > q->after};
    reply_done(p, &MSG_CATCH_UP_OK, &ok);
    ask_close(&q->ask);
}

enum framer_verdict handle_catch_up(struct peer *p, const void *msg)
{
    const struct msg_catch_up *m = msg;
    struct name_key key;
    struct convo *c = convo_named(p, m->kind, m->name, &key);
    const struct member *me = c != NULL ? convo_member(c, p->user->name.s) : NULL;
    int64_t until = 0;

    if (me == NULL) {
        reply_refuse(
            p, OP_CATCH_UP, CODE_NOT_MEMBER, 0, "name: you have no part in that conversation");
        return FRAMER_NEXT;
    }
    if (ban_holds(&c->bans, name_bytes(&me->name), BAN_OUT, p->server->loop->wall_ms, &until)) {
        reply_refuse(
            p, OP_CATCH_UP, CODE_BANNED, (uint64_t)until, "you are banned from %s", c->title);
        return FRAMER_NEXT;
    }
    struct catch_up *q = ask_open(p, OP_CATCH_UP, sizeof *q);
    q->key = key;
    q->kind = m->kind;
    (void)bytes_copy(q->name, sizeof q->name, m->name);
    /* What is behind the cursor was confirmed, or was said before one came. */
    q->after = m->after > me->cursor ? m->after : me->cursor;
    q->first = first_in_memory(c);
    store_entries(p->server->store, name_key_bytes(&key), q->after, PAGE_BYTES, caught_up, q);
    return FRAMER_NEXT;
}

/* ---- cursors ---- */

static void cursors_stored(void *arg, const struct store_result *r)
{
    struct ask *a = arg;
    struct peer *p = ask_peer(a);

    (void)r;
    if (p != NULL)
        reply_empty(p);
    ask_close(a);
}

enum framer_verdict handle_cursor(struct peer *p, const void *msg)
{
    const struct msg_cursor *m = msg;
    struct list rows = m->cursors;
    struct msg_cursor_row row;
    struct name_key key;
    bool durable = false;

    while (list_next(&rows, &MSG_CURSOR_ROW, &row)) {
        struct convo *c = convo_named(p, row.kind, row.name, &key);
        struct member *me = c != NULL ? convo_member(c, p->user->name.s) : NULL;
        if (me == NULL || row.seq <= me->cursor || row.seq > c->last_seq)
            continue;
        me->cursor = row.seq;
        if (me->durable) {
            durable = true;
            store_cursor(p->server->store, name_key_bytes(&key), name_bytes(&me->name), row.seq,
                relay_stored, relay_words("storing a cursor"));
        }
    }
    if (!durable) {
        reply_empty(p);
        return FRAMER_NEXT;
    }
    struct ask *a = ask_open(p, OP_CURSOR, sizeof *a);
    store_barrier(p->server->store, cursors_stored, a);
    return FRAMER_NEXT;
}
