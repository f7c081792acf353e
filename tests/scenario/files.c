/* SPDX-License-Identifier: ISC */
#include "files.h"

#include <criterion/criterion.h>
#include <stdio.h>

#include "base/mem.h"

/* ---- what was told, in order ---- */

static struct told *unlink_told(struct told **at)
{
    struct told *t = *at;

    *at = t->next;
    return t;
}

static bool decode(const struct told *t, const struct schema *shape, void *out)
{
    const char *bad = NULL;

    enum err e = schema_decode(shape, bytes_of(t->body, t->n), out, &bad);
    cr_assert_eq(e, ERR_OK, "0x%02x, field %s", t->op, bad);
    return true;
}

static uint8_t pattern(const uint8_t *id, uint32_t index)
{
    return (uint8_t)(id[0] * 31 + index * 7 + 1);
}

/* ---- giving ---- */

void giver_init(struct giver *g, struct actor *a, uint8_t id, enum msg_convo kind,
    const char *to, uint32_t count)
{
    *g = (struct giver){.a = a, .kind = kind, .count = count};
    memset(g->id, id, sizeof g->id);
    (void)snprintf(g->to, sizeof g->to, "%s", to);
    g->bytes = (uint64_t)(count - 1) * FILES_CHUNK + 100;
}

uint8_t giver_offer(struct giver *g)
{
    struct msg_file_offer m = {.kind = (uint8_t)g->kind,
        .to = bytes_str(g->to),
        .chunk = FILES_CHUNK,
        .count = g->count,
        .bytes = g->bytes};
    struct msg_file_offer_ok ok;

    memcpy(m.id, g->id, sizeof m.id);
    (void)actor_ask(g->a, OP_FILE_OFFER, &m);
    if (actor_status(g->a) != STATUS_DONE)
        return actor_status(g->a);
    actor_answer(g->a, &MSG_FILE_OFFER_OK, &ok);
    g->handle = ok.handle;
    g->window = ok.window;
    g->asked = ok.asked;
    g->ended = false;
    return STATUS_DONE;
}

void giver_send(struct giver *g, uint32_t index, size_t n)
{
    uint8_t *data = mem_alloc(n + 1);
    struct msg_file_chunk m = {g->handle, index, bytes_of(data, n)};

    memset(data, pattern(g->id, index), n);
    actor_send(g->a, OP_FILE_CHUNK, &m);
    mem_free(data);
    g->sent++;
}

static size_t sealed(const struct giver *g, uint32_t index)
{
    return index + 1 < g->count ? FILES_CHUNK + MSG_CHUNK_TAG : 100 + MSG_CHUNK_TAG;
}

static void use_credit(struct giver *g, const struct told *t)
{
    struct msg_file_credit m;
    struct msg_range r;

    (void)decode(t, &MSG_FILE_CREDIT, &m);
    if (m.handle != g->handle)
        return;
    while (list_next(&m.chunks, &MSG_RANGE, &r)) {
        for (uint32_t i = r.first; i < r.first + r.count; i++)
            giver_send(g, i, sealed(g, i));
    }
}

/* True: it was about this file and is used up. */
static bool giver_told(struct giver *g, const struct told *t)
{
    struct msg_file_end_event end;

    if (t->op == OP_FILE_CREDIT && !g->idle && g->a->link != NULL) {
        struct msg_file_credit m;
        (void)decode(t, &MSG_FILE_CREDIT, &m);
        if (m.handle != g->handle)
            return false;
        use_credit(g, t);
        return true;
    }
    if (t->op != OP_FILE_END || !decode(t, &MSG_FILE_END, &end) ||
        memcmp(end.id, g->id, sizeof g->id) != 0 || end.handle != g->handle)
        return false;
    g->ended = true;
    g->end = end.why;
    return true;
}

void giver_step(struct giver *g)
{
    for (struct told **at = &g->a->events; *at != NULL;) {
        if (giver_told(g, *at))
            mem_free(unlink_told(at));
        else
            at = &(*at)->next;
    }
}

uint8_t giver_cancel(struct giver *g)
{
    struct msg_file_cancel m;

    memcpy(m.id, g->id, sizeof m.id);
    (void)actor_ask(g->a, OP_FILE_CANCEL, &m);
    return actor_status(g->a);
}

uint8_t files_pause(struct actor *a, uint32_t handle, uint8_t on)
{
    struct msg_file_pause_order m = {handle, on};

    (void)actor_ask(a, OP_FILE_PAUSE, &m);
    return actor_status(a);
}

uint8_t giver_state(struct giver *g, const char *who)
{
    uint8_t state = FILE_STATES;

    for (struct told **at = &g->a->events; *at != NULL;) {
        struct msg_file_state_event m;
        if ((*at)->op == OP_FILE_STATE && decode(*at, &MSG_FILE_STATE, &m) &&
            m.handle == g->handle && bytes_eq(m.user, bytes_str(who))) {
            state = m.state;
            mem_free(unlink_told(at));
        } else {
            at = &(*at)->next;
        }
    }
    return state;
}

/* ---- taking ---- */

void taker_init(struct taker *t, struct actor *a, const struct giver *of)
{
    *t = (struct taker){.a = a, .count = of->count};
    memcpy(t->id, of->id, sizeof t->id);
    (void)snprintf(t->sender, sizeof t->sender, "%s", of->a->name);
    chunkmap_init(&t->has, of->count);
}

void taker_fini(struct taker *t)
{
    chunkmap_fini(&t->has);
}

static void list_has(const struct chunkmap *has, struct list_writer *w)
{
    struct msg_range r = {0};

    for (uint32_t i = 0; i <= has->count; i++) {
        if (chunkmap_has(has, i)) {
            r.first = r.count == 0 ? i : r.first;
            r.count++;
        } else if (r.count != 0) {
            list_add(w, &MSG_RANGE, &r);
            r = (struct msg_range){0};
        }
    }
}

static uint8_t answer(struct taker *t, uint8_t verdict)
{
    struct msg_file_answer m = {.sender = bytes_str(t->sender), .verdict = verdict};
    struct msg_file_answer_ok ok;
    struct list_writer w;

    memcpy(m.id, t->id, sizeof m.id);
    list_begin(&w, MSG_RANGES * 8);
    list_has(&t->has, &w);
    m.have = list_view(&w);
    t->counting = false;
    (void)actor_ask(t->a, OP_FILE_ANSWER, &m);
    list_end(&w);
    if (actor_status(t->a) != STATUS_DONE)
        return actor_status(t->a);
    actor_answer(t->a, &MSG_FILE_ANSWER_OK, &ok);
    cr_assert_eq(ok.count, t->count);
    cr_assert_eq(ok.chunk, FILES_CHUNK);
    t->handle = ok.handle;
    t->window = ok.window;
    t->turn = ok.turn;
    t->ended = false;
    return STATUS_DONE;
}

uint8_t taker_accept(struct taker *t)
{
    return answer(t, FILE_ACCEPT);
}

uint8_t taker_refuse(struct taker *t)
{
    return answer(t, FILE_REFUSE);
}

void taker_ack(struct taker *t, uint32_t taken)
{
    struct msg_file_ack m = {t->handle, taken};

    if (t->a->link != NULL)
        actor_send(t->a, OP_FILE_ACK, &m);
    t->acked = taken;
}

static bool take_chunk(struct taker *t, const struct told *told)
{
    struct msg_file_chunk m;

    (void)decode(told, &MSG_FILE_CHUNK, &m);
    if (m.handle != t->handle)
        return false;
    if (!t->counting)
        return true; /* of an earlier start */
    for (size_t i = 0; i < m.data.n; i++)
        cr_assert_eq(m.data.p[i], pattern(t->id, m.index), "chunk %u", m.index);
    cr_assert_lt(m.index, t->count);
    t->twice += !chunkmap_put(&t->has, m.index);
    t->taken++;
    return true;
}

static bool taker_told(struct taker *t, const struct told *told)
{
    struct msg_file_end_event end;
    struct msg_file_start start;

    if (told->op == OP_FILE_CHUNK)
        return take_chunk(t, told);
    if (told->op == OP_FILE_START && decode(told, &MSG_FILE_START, &start) &&
        start.handle == t->handle) {
        if (start.turn != t->turn)
            return true;
        t->counting = true;
        t->taken = t->acked = 0;
        return true;
    }
    if (told->op != OP_FILE_END || !decode(told, &MSG_FILE_END, &end) ||
        memcmp(end.id, t->id, sizeof t->id) != 0 || (t->handle != 0 && end.handle != t->handle))
        return false;
    t->ended = true;
    t->counting = false;
    t->end = end.why;
    return true;
}

void taker_step(struct taker *t)
{
    if (t->idle)
        return;
    for (struct told **at = &t->a->events; *at != NULL;) {
        if (taker_told(t, *at))
            mem_free(unlink_told(at));
        else
            at = &(*at)->next;
    }
    if (t->counting && t->taken != t->acked &&
        (t->taken - t->acked >= t->window / 4 || taker_done(t)))
        taker_ack(t, t->taken);
}

bool taker_done(const struct taker *t)
{
    return t->has.held == t->count;
}

/* What no more chunks follow soon is acknowledged too. */
static void taker_rest(struct taker *t)
{
    if (!t->idle && t->counting && t->taken != t->acked)
        taker_ack(t, t->taken);
}

void files_run(struct sim *s, struct giver **gs, struct taker **ts, size_t n, uint64_t ms)
{
    for (uint64_t at = 0; at < ms; at += 10) {
        for (int turn = 0; turn < 20; turn++) {
            for (size_t i = 0; i < n; i++) {
                if (gs[i] != NULL)
                    giver_step(gs[i]);
                if (ts[i] != NULL)
                    taker_step(ts[i]);
            }
            sim_turn(s);
        }
        for (size_t i = 0; i < n; i++) {
            if (ts[i] != NULL)
                taker_rest(ts[i]);
        }
        sim_run(s, 10);
    }
}
