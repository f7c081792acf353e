/* SPDX-License-Identifier: ISC */
/* The log of a conversation: its newest entries in memory, and what must be written of them. */
#include "base/log.h"
#include "base/mem.h"
#include "server/convo.h"
#include "server/reply.h"

uint64_t convo_next_seq(struct convo *c)
{
    /* Restarts never give a number twice: the generation of the store is its high part. */
    uint64_t base = (uint64_t)store_generation(c->server->store) << 40;

    c->last_seq = (c->last_seq < base ? base : c->last_seq) + 1;
    return c->last_seq;
}

static void tail_drop_first(struct convo *c)
{
    struct entry *e = c->tail;
    bool keeps = c->server->limits->retention_days != 0 || e->kind == ENTRY_COMMIT ||
                 e->kind == ENTRY_WELCOME;

    if (!e->stored || !keeps)
        c->lost = e->seq;
    c->tail = e->next;
    if (c->tail == NULL)
        c->tail_end = &c->tail;
    c->tail_count--;
    c->tail_bytes -= e->n;
    mem_free(e);
}

void convo_log_free(struct convo *c)
{
    while (c->tail != NULL)
        tail_drop_first(c);
}

struct entry *convo_log(struct convo *c, const struct entry *like, struct bytes body)
{
    struct entry *e = mem_realloc(NULL, sizeof *e + body.n);

    *e = *like;
    e->next = NULL;
    e->n = (uint32_t)body.n;
    if (body.n != 0)
        memcpy(e->body, body.p, body.n);
    *c->tail_end = e;
    c->tail_end = &e->next;
    c->tail_count++;
    c->tail_bytes += e->n;
    if (c->tail_count > (size_t)c->server->limits->tail_entries ||
        c->tail_bytes > (size_t)c->server->limits->tail_bytes)
        convo_trim(c);
    return e;
}

struct store_entry convo_store_entry(const struct entry *e)
{
    return (struct store_entry){
        .kind = e->kind,
        .flags = e->flags,
        .seq = e->seq,
        .time_ms = e->time_ms,
        .epoch = e->epoch,
        .sender = name_bytes(&e->sender),
        .body = bytes_of(e->body, e->n),
    };
}

void convo_unstored(struct server *s, struct bytes key, uint64_t seq, enum err why)
{
    struct convo *c = convo_find(s, key);
    struct entry *e = c != NULL ? c->tail : NULL;

    if (why != ERR_FULL)
        LOG_WARN("store", "writing an entry: %s", err_str(why));
    while (e != NULL && e->seq != seq)
        e = e->next;
    if (e != NULL)
        e->stored = false;
    else if (c != NULL && c->lost < seq)
        c->lost = seq;
}

struct written {
    struct server *server;
    struct name_key key;
    uint64_t seq;
};

static void entry_written(void *arg, const struct store_result *r)
{
    struct written *w = arg;

    if (r->rc != ERR_OK)
        convo_unstored(w->server, name_key_bytes(&w->key), w->seq, r->rc);
    mem_free(w);
}

static void entry_write(struct convo *c, struct entry *e)
{
    struct store_entry row = convo_store_entry(e);

    if (e->stored)
        return;
    e->stored = true;
    if (c->server->limits->retention_days == 0 && e->kind != ENTRY_COMMIT)
        return;
    if (c->server->draining) { /* the answer may come when the relay is no more */
        store_entry_put(c->server->store, name_key_bytes(&c->key), &row, relay_stored,
            relay_words("writing an entry"));
        return;
    }
    struct written *w = mem_alloc(sizeof *w);
    *w = (struct written){c->server, c->key, e->seq};
    store_entry_put(c->server->store, name_key_bytes(&c->key), &row, entry_written, w);
}

/* The least that every member has; an account's that is away counts, a guest's that is gone
 * does not. */
static void cursors(const struct convo *c, uint64_t *least, uint64_t *least_durable)
{
    size_t at = 0;
    const struct member *m;

    *least = *least_durable = UINT64_MAX;
    while ((m = map_next(&c->members, &at, NULL)) != NULL) {
        if (m->cursor < *least)
            *least = m->cursor;
        if (m->durable && m->cursor < *least_durable)
            *least_durable = m->cursor;
    }
}

void convo_trim(struct convo *c)
{
    const struct limits *l = c->server->limits;
    int64_t expired = l->retention_days != 0
                          ? c->server->loop->wall_ms - l->retention_days * 86400000
                          : INT64_MIN;
    uint64_t least, durable;

    if (c->tail == NULL)
        return;
    cursors(c, &least, &durable);
    /* Above the bound a quarter goes at once, so that a busy room is not trimmed for each
     * message. */
    bool over =
        c->tail_count > (size_t)l->tail_entries || c->tail_bytes > (size_t)l->tail_bytes;
    size_t keep_count = over ? (size_t)l->tail_entries * 3 / 4 : (size_t)l->tail_entries;
    size_t keep_bytes = over ? (size_t)l->tail_bytes * 3 / 4 : (size_t)l->tail_bytes;
    while (c->tail != NULL) {
        struct entry *e = c->tail;
        bool had = e->seq <= least || e->time_ms < expired;
        if (!had && c->tail_count <= keep_count && c->tail_bytes <= keep_bytes)
            break;
        if (!had && e->seq > durable)
            entry_write(c, e);
        tail_drop_first(c);
    }
}

void convo_spill(struct convo *c, uint64_t after)
{
    for (struct entry *e = c->tail; e != NULL; e = e->next) {
        if (e->seq > after)
            entry_write(c, e);
    }
}

void convo_unlog(struct convo *c, uint64_t seq)
{
    for (struct entry **at = &c->tail; *at != NULL; at = &(*at)->next) {
        struct entry *e = *at;
        if (e->seq != seq)
            continue;
        *at = e->next;
        if (*at == NULL)
            c->tail_end = at;
        c->tail_count--;
        c->tail_bytes -= e->n;
        mem_free(e);
        return;
    }
}
