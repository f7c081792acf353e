/* SPDX-License-Identifier: ISC */
/*
 * Pages and searches. A read is a job that looks at so many rows and is submitted again by its
 * done() until it is through, so that batches get in between. It waits first until the batch
 * with what was put before it is ahead of it in the queue; while a batch waits for
 * vault_retry() it does not, since that may be long.
 */
#include "base/mem.h"
#include "base/reader.h"
#include "base/utf8.h"
#include "client/vault_impl.h"

#define SLICE_ROWS  2048
#define SLICE_BYTES (256u << 10) /* of rows found, roughly */
#define FOUND_HEAD  16           /* conversation, number, length */

struct history_read {
    struct job job;
    struct vault *vault;
    struct history_read *next;
    uint64_t after; /* the batch it waits for */
    bool busy;      /* submitted, or its rows are being handed out */
    bool cancelled;
    history_row_fn *row;
    history_done_fn *done;
    void *arg;
    /* The worker's while busy. */
    bool all;
    uint32_t convo;
    int64_t before;
    size_t left;
    struct buf words; /* folded */
    struct buf found;
    bool end;
    bool more;
    bool damaged;
    enum err err;
};

/* ---- words ---- */

/* As utf8_fold(), and quick for what is ASCII; bytes that are no text are taken as they are. */
static void fold(struct buf *out, struct bytes text)
{
    uint8_t high = 0;

    buf_clear(out);
    for (size_t i = 0; i < text.n; i++)
        high |= text.p[i];
    if (high >= 0x80 && utf8_fold(out, text) == ERR_OK)
        return;
    buf_clear(out);
    buf_bytes(out, text);
    for (size_t i = 0; i < out->n; i++) {
        if (out->p[i] >= 'A' && out->p[i] <= 'Z')
            out->p[i] = (uint8_t)(out->p[i] + ('a' - 'A'));
    }
}

static bool is_space(uint8_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* The next word behind *at, empty when there is none. */
static struct bytes next_word(struct bytes text, size_t *at)
{
    while (*at < text.n && is_space(text.p[*at]))
        (*at)++;
    size_t from = *at;
    while (*at < text.n && !is_space(text.p[*at]))
        (*at)++;
    return bytes_of(text.p + from, *at - from);
}

static bool matches(const struct buf *words, struct bytes text, struct buf *folded)
{
    size_t at = 0;

    if (words->n == 0)
        return true;
    fold(folded, text);
    for (;;) {
        struct bytes w = next_word(buf_view(words), &at);
        if (w.n == 0)
            return true;
        if (folded->n == 0 || memmem(folded->p, folded->n, w.p, w.n) == NULL)
            return false;
    }
}

/* ---- the worker's side ---- */

static void look_at_row(struct history_read *r, struct vault_file *f, struct db_stmt *s)
{
    struct history_place at = {.convo = (uint32_t)db_int(s, 1),
        .n = (uint64_t)db_int(s, 2),
        .day = db_int(s, 3),
        .minute = db_int(s, 4)};
    struct bytes mac = db_blob(s, 6);
    struct history_row row;

    if (mac.n == VAULT_MAC)
        memcpy(at.mac, mac.p, VAULT_MAC);
    if (history_row_open(f, &at, db_blob(s, 5)) != ERR_OK ||
        history_row_decode(buf_view(&f->plain), &row) != ERR_OK) {
        r->damaged = true;
        return;
    }
    if (!matches(&r->words, row.text, &f->folded))
        return;
    buf_u32(&r->found, at.convo);
    buf_u64(&r->found, at.n);
    buf_u32(&r->found, (uint32_t)f->plain.n);
    buf_bytes(&r->found, buf_view(&f->plain));
    r->left--;
}

/* Whether the slice ends before the row that the statement stands on. */
static bool slice_ends(struct history_read *r, size_t looked)
{
    if (r->left == 0) {
        r->more = r->end = true;
        return true;
    }
    return looked == SLICE_ROWS || r->found.n >= SLICE_BYTES;
}

static void read_run(struct job *j)
{
    struct history_read *r = (struct history_read *)j;
    struct vault_file *f = r->vault->file;
    struct db_stmt *s = f->sql[r->all ? VAULT_SQL_ALL : VAULT_SQL_PAGE];
    bool row = true;

    db_bind_int(s, 1, r->before);
    if (!r->all)
        db_bind_int(s, 2, r->convo);
    for (size_t looked = 0;; looked++) {
        r->err = db_step(s, &row);
        if (!row)
            break;
        if (slice_ends(r, looked))
            break;
        r->before = db_int(s, 0);
        look_at_row(r, f, s);
    }
    if (row)
        db_reset(s);
    else
        r->end = true;
}

/* ---- the loop's side ---- */

static void read_free(struct history_read *r)
{
    struct history_read **at = &r->vault->history.reads;

    while (*at != r)
        at = &(*at)->next;
    *at = r->next;
    buf_wipe(&r->words);
    buf_wipe(&r->found);
    mem_free(r);
}

/* Hands out what the slice found. A conversation that was forgotten meanwhile says nothing. */
static void give(struct history_read *r)
{
    struct reader in;

    reader_init(&in, buf_view(&r->found));
    while (!r->cancelled && reader_left(&in) >= FOUND_HEAD) {
        const struct convo *c = history_convo_by_id(r->vault, reader_u32(&in));
        struct history_row row;
        uint64_t n = reader_u64(&in);
        struct bytes plain = reader_blob32(&in, DB_MAX_BYTES);
        if (c == NULL || history_row_decode(plain, &row) != ERR_OK)
            continue;
        row.n = n;
        if (c->key.p != NULL)
            r->row(r->arg, c->key, &row);
        else
            r->damaged = true;
    }
    buf_clear(&r->found);
}

static void read_done(struct job *j)
{
    struct history_read *r = (struct history_read *)j;

    give(r);
    if (!r->cancelled && !r->end) {
        vault_submit(r->vault, &r->job);
        return;
    }
    if (!r->cancelled) {
        enum err e = r->err == ERR_OK && r->damaged ? ERR_CORRUPT : r->err;
        r->cancelled = true; /* history_cancel() from here finds nothing to do */
        r->done(r->arg, e, r->more);
    }
    read_free(r);
}

void history_release(struct vault *v)
{
    uint64_t ahead = v->stuck ? v->committed : v->submitted;

    for (struct history_read *r = v->history.reads; r != NULL; r = r->next) {
        if (r->busy || r->after > ahead)
            continue;
        r->busy = true;
        vault_submit(v, &r->job);
    }
}

struct history_read *history_read(struct vault *v, const struct history_query *q,
    history_row_fn *row, history_done_fn *done, void *arg)
{
    struct history_read *r = mem_alloc(sizeof *r);
    struct history_read **end = &v->history.reads;
    const struct convo *c = q->convo.n != 0 ? history_convo(v, q->convo) : NULL;

    r->job = (struct job){.run = read_run, .done = read_done};
    r->vault = v;
    r->after = vault_ticket(v);
    r->row = row;
    r->done = done;
    r->arg = arg;
    r->all = q->convo.n == 0;
    r->convo = c != NULL ? c->id : 0; /* 0: nobody's */
    r->before =
        q->before != 0 && q->before < INT64_MAX && !r->all ? (int64_t)q->before : INT64_MAX;
    r->left = q->limit;
    buf_init(&r->words, DB_MAX_BYTES);
    buf_init(&r->found, SIZE_MAX / 2);
    fold(&r->words, q->words);
    while (*end != NULL)
        end = &(*end)->next;
    *end = r;
    history_release(v);
    return r;
}

void history_cancel(struct history_read *r)
{
    r->cancelled = true;
    if (!r->busy)
        read_free(r);
}

void history_silence(struct vault *v)
{
    struct history_read *next;

    for (struct history_read *r = v->history.reads; r != NULL; r = next) {
        next = r->next;
        history_cancel(r);
    }
}
