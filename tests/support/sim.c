/* SPDX-License-Identifier: ISC */
#include "support/sim.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/mem.h"
#include "crypto/rand.h"
#include "net/framer.h"
#include "net/lane.h"
#include "net/opcode.h"
#include "support/bus_lossy.h"
#include "support/support.h"

#define START_MS   1000000u
#define START_WALL 1800000000000
#define LOSS_PCT   10

struct sim_end {
    struct link link;
    struct sim *sim;
    struct sim_end *other;
    struct sim_end *next;
    struct framer framer;
    struct buf wire;  /* on the way to this end */
    struct lane lane; /* of what this end sends */
    bool relay;       /* the relay's end */
    bool paused, stalled, up, closing, cut, dead, over_soft;
    enum link_end why;
    char detail[128];
    uint8_t exported[LINK_EXPORT];
    char cert[64];
    const struct sim_tap *tap; /* of a client's end: both ways */
    struct buf cut_off;        /* what this end sent of a frame that is not whole */
};

uint64_t sim_rand(struct sim *s)
{
    s->rng ^= s->rng << 13;
    s->rng ^= s->rng >> 7;
    s->rng ^= s->rng << 17;
    return s->rng;
}

static void sim_bytes(void *arg, uint8_t *out, size_t n)
{
    for (size_t i = 0; i < n; i++)
        out[i] = (uint8_t)(sim_rand(arg) >> 24);
}

/* ---- links ---- */

static struct sim_end *end_of(struct link *l)
{
    return (struct sim_end *)(void *)l;
}

static void end_fail(struct sim_end *e, enum link_end why, const char *detail)
{
    if (e->closing)
        return;
    e->closing = true;
    e->why = why;
    (void)snprintf(e->detail, sizeof e->detail, "%s", detail);
}

static void wire_put(struct sim_end *e, struct bytes b)
{
    const struct limits *lim = &e->sim->config.limits;

    buf_bytes(&e->other->wire, b);
    e->link.backlog = e->other->wire.n;
    if (e->relay && e->link.backlog > (size_t)lim->queue_soft_bytes)
        e->over_soft = true;
    if (e->relay && e->link.backlog > (size_t)lim->queue_hard_bytes)
        end_fail(e, LINK_END_SLOW, "queue full");
}

/* Frame by frame to whoever sits on the line; what he passes on goes on the wire. */
static void tap_put(struct sim_end *e, const struct sim_tap *tap, struct bytes b)
{
    struct frame f;
    uint32_t n = 0;

    buf_bytes(&e->cut_off, b);
    while (frame_head(buf_view(&e->cut_off), &f.op, &n) == ERR_OK &&
           e->cut_off.n >= FRAME_HEAD + (size_t)n) {
        uint8_t *whole = mem_dup(e->cut_off.p, FRAME_HEAD + (size_t)n);
        buf_drop_front(&e->cut_off, FRAME_HEAD + (size_t)n);
        f.body = bytes_of(whole + FRAME_HEAD, n);
        tap->frame(tap->arg, e->relay, &f);
        mem_free(whole);
    }
}

static void end_send(struct link *l, struct span s)
{
    struct sim_end *e = end_of(l);

    if (!e->closing && !e->cut && e->other != NULL && !e->other->dead) {
        const struct sim_tap *tap = e->relay ? e->other->tap : e->tap;
        if (tap != NULL)
            tap_put(e, tap, span_view(s));
        else
            wire_put(e, span_view(s));
    }
    span_drop(s);
}

static void end_bulk(struct link *l, struct span s, uint32_t tag)
{
    struct sim_end *e = end_of(l);

    if (e->closing || e->cut) {
        span_drop(s);
        return;
    }
    lane_add(&e->lane, s, tag);
    l->bulk = e->lane.bytes;
}

static void end_purge(struct link *l, uint32_t tag)
{
    lane_purge(&end_of(l)->lane, tag);
    l->bulk = end_of(l)->lane.bytes;
}

static size_t end_waits(const struct link *l, uint32_t tag)
{
    return lane_waits(&((const struct sim_end *)(const void *)l)->lane, tag);
}

/* One frame of the low lane, when nothing else is on the way. */
static void end_bulk_out(struct sim_end *e)
{
    if (e->lane.count == 0 || e->other == NULL || e->other->wire.n != 0 || e->closing)
        return;
    struct span s = lane_take(&e->lane);
    e->link.bulk = e->lane.bytes;
    const struct sim_tap *tap = e->relay ? e->other->tap : e->tap;
    if (tap != NULL)
        tap_put(e, tap, span_view(s));
    else
        buf_bytes(&e->other->wire, span_view(s));
    span_drop(s);
    if (e->lane.bytes < LINK_BULK_AHEAD && e->link.to->hungry != NULL)
        e->link.to->hungry(e->link.user);
}

static void end_resume(struct link *l)
{
    end_of(l)->stalled = false;
}

static void end_close(struct link *l, const char *detail)
{
    end_fail(end_of(l), LINK_END_LOCAL, detail);
}

static enum err end_exporter(struct link *l, uint8_t out[LINK_EXPORT])
{
    memcpy(out, end_of(l)->exported, LINK_EXPORT);
    return ERR_OK;
}

static enum err end_cert(struct link *l, uint8_t fingerprint[32], char *name, size_t n)
{
    const struct sim_end *e = end_of(l);

    if (e->cert[0] == '\0')
        return ERR_NOT_FOUND;
    memset(fingerprint, 7, 32);
    (void)snprintf(name, n, "%s", e->cert);
    return ERR_OK;
}

static const struct link_ops OPS = {
    .send = end_send,
    .bulk = end_bulk,
    .purge = end_purge,
    .waits = end_waits,
    .resume = end_resume,
    .close = end_close,
    .exporter = end_exporter,
    .peer_cert = end_cert,
};

static struct sim_end *end_new(struct sim *s, const char *address)
{
    struct sim_end *e = mem_alloc(sizeof *e);

    e->link.ops = &OPS;
    (void)snprintf(e->link.address, sizeof e->link.address, "%s", address);
    e->sim = s;
    framer_init(&e->framer);
    buf_init(&e->wire, 64u << 20);
    buf_init(&e->cut_off, 64u << 20);
    e->next = s->ends;
    s->ends = e;
    return e;
}

struct link *sim_connect(
    struct sim *s, const char *address, const struct link_user *to, void *user)
{
    if (s->server == NULL || !server_admit(s->server, address))
        return NULL;
    struct sim_end *mine = end_new(s, "relay");
    struct sim_end *theirs = end_new(s, address);
    mine->other = theirs;
    theirs->other = mine;
    theirs->relay = true;
    sim_bytes(s, mine->exported, sizeof mine->exported);
    memcpy(theirs->exported, mine->exported, sizeof mine->exported);
    mine->link.to = to;
    mine->link.user = user;
    server_take(s->server, &theirs->link);
    return &mine->link;
}

void sim_cut(struct link *l)
{
    struct sim_end *e = end_of(l);

    e->cut = true;
    end_fail(e, LINK_END_LOST, "cut");
    buf_free(&e->wire);
    if (e->other != NULL) {
        buf_free(&e->other->wire);
        e->other->cut = true;
        end_fail(e->other, LINK_END_LOST, "cut");
    }
}

void sim_pause(struct link *l, bool paused)
{
    end_of(l)->paused = paused;
}

struct link *sim_other(struct link *l)
{
    struct sim_end *e = end_of(l)->other;

    return e != NULL ? &e->link : NULL;
}

void sim_inject(struct link *l, struct bytes b)
{
    buf_bytes(&end_of(l)->other->wire, b);
}

void sim_tap(struct link *l, const struct sim_tap *tap)
{
    end_of(l)->tap = tap;
}

void sim_forge(struct link *l, bool to_client, const struct frame *f)
{
    struct sim_end *mine = end_of(l);
    struct buf b;

    if (mine->other == NULL || mine->closing)
        return;
    buf_init(&b, 4u << 20);
    size_t mark = frame_begin(&b, f->op);
    buf_bytes(&b, f->body);
    frame_end(&b, mark);
    wire_put(to_client ? mine->other : mine, buf_view(&b));
    buf_free(&b);
}

void sim_cert(struct link *l, const char *common_name)
{
    (void)snprintf(end_of(l)->other->cert, sizeof end_of(l)->other->cert, "%s", common_name);
}

static uint32_t take_ceiling(void *arg, uint8_t op)
{
    struct sim_end *e = arg;

    return e->link.to->ceiling(e->link.user, op);
}

static bool is_receipt(const struct sim_end *e, const struct frame *f)
{
    struct msg_say m;
    const char *bad = NULL;

    return e->relay && (f->op == OP_SAY || f->op == OP_DIRECT) &&
           schema_decode(opcode_row(f->op)->ask, f->body, &m, &bad) == ERR_OK &&
           m.kind == ENTRY_RECEIPT;
}

static enum framer_verdict take_frame(void *arg, const struct frame *f)
{
    struct sim_end *e = arg;

    if (e->closing)
        return FRAMER_STOP;
    enum framer_verdict v = e->link.to->frame(e->link.user, f);
    if (v == FRAMER_STALL)
        e->stalled = true;
    else
        e->sim->events++;
    if (v != FRAMER_STALL && is_receipt(e, f))
        e->sim->receipts++;
    if (e->sim->cut_at != 0 && e->sim->events == e->sim->cut_at && e->sim->cut_fn != NULL) {
        void (*fn)(void *) = e->sim->cut_fn;
        e->sim->cut_fn = NULL;
        fn(e->sim->cut_arg);
    }
    return v;
}

static void end_read(struct sim_end *e)
{
    const struct framer_taker to = {take_ceiling, take_frame, e};
    uint8_t bad = 0;
    enum err r;

    if (e->paused || e->stalled || e->closing)
        return;
    r = framer_run(&e->framer, &to, &bad);
    if (r == ERR_OK && !e->stalled && !e->closing && e->wire.n != 0) {
        size_t n = e->wire.n;
        if (e->sim->slice_max != 0 && n > e->sim->slice_max)
            n = 1 + (size_t)(sim_rand(e->sim) % e->sim->slice_max);
        /* What is read is moved out first: the taker may send, and so grow the other wire. */
        uint8_t *piece = mem_dup(e->wire.p, n);
        buf_drop_front(&e->wire, n);
        r = framer_feed(&e->framer, bytes_of(piece, n), &to, &bad);
        mem_free(piece);
    }
    if (e->other != NULL)
        e->other->link.backlog = e->wire.n;
    if (r != ERR_OK)
        end_fail(e, LINK_END_FRAMING, err_str(r));
}

static void end_turn(struct sim_end *e)
{
    if (!e->up && !e->closing) {
        e->up = true;
        e->link.to->up(e->link.user);
    }
    end_read(e);
    end_bulk_out(e);
    if (e->over_soft && e->link.backlog == 0 && !e->closing) {
        e->over_soft = false;
        if (e->link.to->drained != NULL)
            e->link.to->drained(e->link.user);
    }
    /* The other side is gone and everything it sent was read. */
    if (e->other == NULL && e->wire.n == 0 && !e->stalled && !e->closing)
        end_fail(e, e->cut ? LINK_END_LOST : LINK_END_CLOSED, "");
}

static void end_down(struct sim_end *e)
{
    e->dead = true;
    if (e->other != NULL)
        e->other->other = NULL;
    e->other = NULL;
    e->link.to->down(e->link.user, e->why, e->detail);
}

static void ends_reap(struct sim *s)
{
    for (struct sim_end *e = s->ends; e != NULL; e = e->next) {
        if (e->closing && !e->dead)
            end_down(e);
    }
    for (struct sim_end **at = &s->ends; *at != NULL;) {
        struct sim_end *e = *at;
        if (!e->dead) {
            at = &e->next;
            continue;
        }
        *at = e->next;
        framer_fini(&e->framer);
        lane_fini(&e->lane);
        buf_free(&e->wire);
        buf_free(&e->cut_off);
        mem_free(e);
    }
}

/* ---- time ---- */

void sim_turn(struct sim *s)
{
    loop_turn_begin(
        &s->loop, s->loop.now_ms, START_WALL + (int64_t)(s->loop.now_ms - START_MS));
    for (struct sim_end *e = s->ends; e != NULL; e = e->next)
        end_turn(e);
    loop_turn_end(&s->loop);
    ends_reap(s);
    loop_turn_end(&s->loop);
}

/* Whether another turn at this very time would do anything. */
static bool restless(const struct sim *s)
{
    for (int i = 0; i < LOOP_PHASES; i++) {
        if (s->loop.first[i] != NULL)
            return true;
    }
    for (const struct sim_end *e = s->ends; e != NULL; e = e->next) {
        bool reads = !e->paused && !e->stalled &&
                     (e->wire.n != 0 || e->framer.want == 0 || e->other == NULL);
        if (!e->up || e->closing ||
            (reads && (e->wire.n != 0 || e->other == NULL ||
                          framer_held(&e->framer) >= e->framer.want)))
            return true;
        if (e->lane.count != 0 && e->other != NULL && e->other->wire.n == 0)
            return true;
        if (e->over_soft && e->link.backlog == 0)
            return true;
    }
    return false;
}

bool sim_until(struct sim *s, bool (*cond)(void *), void *arg, uint64_t at_most_ms)
{
    uint64_t end = s->loop.now_ms + at_most_ms;

    for (size_t turns = 0; turns < 10000000; turns++) {
        sim_turn(s);
        if (cond != NULL && cond(arg))
            return true;
        if (turns % 4 != 3 || (restless(s) && turns % 64 != 63))
            continue;
        uint64_t due = loop_next_due(&s->loop);
        if (due > end)
            break;
        if (due > s->loop.now_ms)
            s->loop.now_ms = due;
    }
    if (s->loop.now_ms < end)
        s->loop.now_ms = end;
    return cond == NULL;
}

void sim_run(struct sim *s, uint64_t ms)
{
    (void)sim_until(s, NULL, NULL, ms);
}

/* ---- the relay ---- */

static void wake_db(void *arg)
{
    struct sim *s = arg;

    loop_later(&s->loop, &s->drain_db, LOOP_DELIVER);
}

static void wake_hasher(void *arg)
{
    struct sim *s = arg;

    loop_later(&s->loop, &s->drain_hasher, LOOP_DELIVER);
}

static void drain_db(void *arg)
{
    worker_drain(((struct sim *)arg)->db);
}

static void drain_hasher(void *arg)
{
    worker_drain(((struct sim *)arg)->hasher);
}

void sim_init(struct sim *s, uint64_t seed)
{
    *s = (struct sim){.seed = seed, .rng = seed * 0x9e3779b97f4a7c15 + 1};
    loop_init(&s->loop, START_MS, START_WALL);
    loop_task_init(&s->drain_db, drain_db, s);
    loop_task_init(&s->drain_hasher, drain_hasher, s);
    config_defaults(&s->config);
    /* Every note is put together, as for the audit, and goes nowhere: what is gone is not
     * named. SOTTO_LOG=1 shows it, for who looks for something. */
    if (getenv("SOTTO_LOG") != NULL)
        log_to_fd(2);
    else
        log_off();
    log_set_level(LOG_DEBUG);
    s->config.limits.hash_log2_n = 1;
    rand_use(sim_bytes, s);
}

static void die(const char *what, const char *why)
{
    (void)fprintf(stderr, "sim: %s: %s\n", what, why);
    abort();
}

void sim_start(struct sim *s)
{
    char why[256] = "";

    if (store_file_open(
            s->db_path != NULL ? s->db_path : ":memory:", &s->file, why, sizeof why) != ERR_OK)
        die("store", why);
    struct worker_hooks hooks = store_file_hooks(s->file);
    s->db = worker_new_inline(wake_db, s, &hooks);
    s->hasher = worker_new_inline(wake_hasher, s, NULL);
    s->store = store_sqlite_new(s->file, s->db);
    s->bus = bus_local_new(&s->loop, 1u << 20);
    if (s->lossy)
        s->bus = bus_lossy_new(s->bus, &s->loop, s->seed, LOSS_PCT);
    struct server_parts parts = {
        .loop = &s->loop,
        .store = s->store,
        .bus = s->bus,
        .hasher = s->hasher,
        .config = &s->config,
        .audit_dir = s->audit_dir,
        .access_key = bytes_of(s->access_key, s->access_key_n),
    };
    if (server_new(&parts, &s->server, why, sizeof why) != ERR_OK)
        die("server", why);
}

static void parts_free(struct sim *s)
{
    server_free(s->server);
    s->server = NULL;
    worker_free(s->hasher);
    worker_free(s->db);
    store_free(s->store);
    store_file_close(s->file);
    s->bus->ops->close(s->bus);
    loop_cancel(&s->loop, &s->drain_db);
    loop_cancel(&s->loop, &s->drain_hasher);
}

void sim_stop(struct sim *s)
{
    for (struct sim_end *e = s->ends; e != NULL; e = e->next) {
        if (!e->relay)
            sim_cut(&e->link);
    }
    sim_turn(s);
    parts_free(s);
}

void sim_kill(struct sim *s)
{
    support_freeze(s->db_path);
    sim_stop(s);
    support_thaw(s->db_path);
}

static void note_drained(void *arg)
{
    ((struct sim *)arg)->drained = true;
}

static bool is_drained(void *arg)
{
    return ((struct sim *)arg)->drained;
}

void sim_drain(struct sim *s)
{
    s->drained = false;
    server_drain(s->server, note_drained, s);
    if (!sim_until(s, is_drained, s, 10000))
        die("drain", "did not end");
    sim_turn(s);
    parts_free(s);
}

void sim_fini(struct sim *s)
{
    if (s->server != NULL)
        sim_stop(s);
    loop_fini(&s->loop);
    rand_use(NULL, NULL);
}
