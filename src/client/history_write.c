/* SPDX-License-Identifier: ISC */
/* History on the loop's side: which conversations there are, and what is put into them. */
#include "base/log.h"
#include "base/mem.h"
#include "client/vault_impl.h"

#define DAY_MS    (24 * 60 * 60 * (int64_t)1000)
#define MINUTE_MS (60 * (int64_t)1000)

/* ---- conversations ---- */

static struct convo *keep_convo(struct history *h, const struct convo *from)
{
    struct convo *c = mem_dup(from, sizeof *from);

    if (c->key.p != NULL) {
        c->key.p = mem_dup(from->key.p, from->key.n);
        (void)map_put(&h->by_key, c->key, c);
    }
    if (h->count == h->cap) {
        h->cap = h->cap != 0 ? 2 * h->cap : 16;
        h->convos = mem_realloc(h->convos, h->cap * sizeof(struct convo *));
    }
    h->convos[h->count++] = c;
    h->last_id = c->id > h->last_id ? c->id : h->last_id;
    return c;
}

static void loaded(void *arg, const struct convo *c)
{
    (void)keep_convo(arg, c);
    if (c->damaged)
        LOG_WARN("vault", "the row of a conversation is damaged; its messages are kept");
}

enum err history_load(struct vault *v)
{
    return history_file_convos(v->file, loaded, &v->history);
}

static void free_convo(struct convo *c)
{
    mem_wipe_free((void *)(uintptr_t)c->key.p, c->key.n);
    mem_free(c);
}

void history_unload(struct vault *v)
{
    struct history *h = &v->history;

    for (size_t i = 0; i < h->count; i++)
        free_convo(h->convos[i]);
    mem_free(h->convos);
    map_free(&h->by_key);
    *h = (struct history){0};
}

const struct convo *history_convo_by_id(const struct vault *v, uint32_t id)
{
    const struct history *h = &v->history;

    for (size_t i = 0; i < h->count; i++) {
        if (h->convos[i]->id == id)
            return h->convos[i];
    }
    return NULL;
}

static void find_mac(const struct vault *v, struct bytes key, uint8_t mac[VAULT_MAC])
{
    if (vault_file_mac(v->file, 0, key, mac) != ERR_OK)
        mem_die("OpenSSL cannot compute an HMAC");
}

/* Also one whose own row is damaged, by what stands for the key. */
static struct convo *find(const struct vault *v, struct bytes key)
{
    const struct history *h = &v->history;
    uint8_t mac[VAULT_MAC];
    struct convo *c = map_get(&h->by_key, key);

    if (c != NULL || map_count(&h->by_key) == h->count)
        return c;
    find_mac(v, key, mac);
    for (size_t i = 0; i < h->count; i++) {
        if (memcmp(h->convos[i]->mac, mac, VAULT_MAC) == 0)
            return h->convos[i];
    }
    return NULL;
}

struct convo *history_convo(struct vault *v, struct bytes key)
{
    struct convo *c = find(v, key);

    if (c != NULL && c->key.p == NULL) {
        c->key = bytes_of(mem_dup(key.p, key.n), key.n);
        (void)map_put(&v->history.by_key, c->key, c);
    }
    return c;
}

static struct vault_op *put(struct vault *v, enum vault_op_kind kind, const struct convo *c)
{
    struct vault_op *op = vault_op_put(
        v, kind, kind == VAULT_OP_CONVO ? c->key : (struct bytes){0}, (struct bytes){0});

    op->at.convo = c->id;
    memcpy(op->at.mac, c->mac, VAULT_MAC);
    op->sub = c->days;
    return op;
}

static struct convo *need_convo(struct vault *v, struct bytes key)
{
    struct convo *c = history_convo(v, key);

    if (c != NULL && !c->damaged)
        return c;
    if (c == NULL) {
        struct convo fresh = {.id = v->history.last_id + 1, .key = key};
        find_mac(v, key, fresh.mac);
        c = keep_convo(&v->history, &fresh);
    }
    c->damaged = false;
    (void)put(v, VAULT_OP_CONVO, c);
    return c;
}

uint64_t history_last(const struct vault *v, struct bytes convo)
{
    const struct convo *c = find(v, convo);

    return c != NULL ? c->last : 0;
}

/* ---- messages ---- */

static int64_t day_of(int64_t ms)
{
    return ms / DAY_MS - (ms % DAY_MS < 0);
}

static void put_message(struct vault *v, enum vault_op_kind kind, const struct convo *c,
    uint64_t n, const struct history_row *row)
{
    struct buf plain;

    buf_init(&plain, SIZE_MAX / 2);
    history_row_encode(&plain, row);
    struct vault_op *op = vault_op_put(v, kind, (struct bytes){0}, buf_view(&plain));
    buf_wipe(&plain);
    op->at.convo = c->id;
    memcpy(op->at.mac, c->mac, VAULT_MAC);
    op->at.n = n;
    op->at.day = day_of(row->wall_ms);
    op->at.minute = row->expires_ms / MINUTE_MS + (row->expires_ms % MINUTE_MS > 0);
}

uint64_t history_add(struct vault *v, struct bytes convo, const struct history_row *row)
{
    struct convo *c = need_convo(v, convo);

    put_message(v, VAULT_OP_ADD, c, ++c->last, row);
    return c->last;
}

void history_change(struct vault *v, struct bytes convo, const struct history_row *row)
{
    const struct convo *c = history_convo(v, convo);

    if (c != NULL)
        put_message(v, VAULT_OP_CHANGE, c, row->n, row);
}

void history_forget(struct vault *v, struct bytes convo)
{
    struct history *h = &v->history;
    struct convo *c = history_convo(v, convo);
    size_t i = 0;

    if (c == NULL)
        return;
    (void)put(v, VAULT_OP_FORGET, c);
    (void)map_del(&h->by_key, c->key);
    while (h->convos[i] != c)
        i++;
    h->convos[i] = h->convos[--h->count];
    free_convo(c);
}

/* ---- what goes by itself ---- */

static void put_keep(struct vault *v, const struct convo *c, int64_t now_ms)
{
    if (c->days != 0)
        put(v, VAULT_OP_KEEP, c)->at.day = day_of(now_ms) - (int64_t)c->days;
}

void history_keep(struct vault *v, struct bytes convo, uint32_t days, int64_t now_ms)
{
    struct convo *c = need_convo(v, convo);

    c->days = days;
    (void)put(v, VAULT_OP_CONVO, c);
    put_keep(v, c, now_ms);
}

void history_expire(struct vault *v, int64_t now_ms)
{
    struct vault_op *op =
        vault_op_put(v, VAULT_OP_EXPIRE, (struct bytes){0}, (struct bytes){0});

    op->at.minute = now_ms / MINUTE_MS;
    for (size_t i = 0; i < v->history.count; i++)
        put_keep(v, v->history.convos[i], now_ms);
}
