/* SPDX-License-Identifier: ISC */
/*
 * Bytes in and bytes out. Everything that TLS wants to send goes through env->sealed and from
 * there, within the same call, to the kernel or to the connection's wire: so the order in which
 * records were sealed is the order in which they leave.
 */
#include "net/conn_impl.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/mem.h"

#define RECORD (16u << 10)
#define SEALED_CAP                                                                             \
    (256u << 10) /* of one connection in one turn; the rest has its turn next                  \
                  */

/* ---- out ---- */

/* How many bytes the kernel takes; when it says never again, everything queued is given up. */
static size_t conn_put(struct conn *c, const uint8_t *p, size_t n)
{
    ssize_t r;

    do {
        r = send(c->fd, p, n, MSG_NOSIGNAL | MSG_DONTWAIT);
    } while (r < 0 && errno == EINTR);
    c->env->writes++;
    if (r > 0) {
        c->env->write_bytes += (size_t)r;
        c->due[CONN_DUE_PROGRESS] = 0;
        return (size_t)r;
    }
    if (r < 0 && errno != EAGAIN && errno != EWOULDBLOCK) {
        c->mute = true;
        outq_fini(&c->out);
        if (c->bulk != NULL)
            lane_fini(&c->bulk->lane);
        mem_free(c->wire);
        c->wire = NULL;
        c->wire_n = 0;
    }
    return 0;
}

static void conn_wire(struct conn *c)
{
    if (c->wire_n == 0)
        return;
    size_t put = conn_put(c, c->wire + c->wire_at, c->wire_n);
    c->wire_at += (uint32_t)put;
    c->wire_n -= (uint32_t)put;
    if (c->wire_n == 0) {
        mem_free(c->wire);
        c->wire = NULL;
    }
}

/* What is in env->sealed leaves, or waits behind what already does. */
static void conn_push(struct conn *c)
{
    struct buf *b = &c->env->sealed;
    size_t put = 0;

    if (b->n != 0 && c->wire_n == 0 && !c->mute)
        put = conn_put(c, b->p, b->n);
    if (put < b->n && !c->mute) {
        size_t rest = b->n - put;
        uint8_t *wire = mem_realloc(NULL, c->wire_n + rest);
        if (c->wire_n != 0)
            memcpy(wire, c->wire + c->wire_at, c->wire_n);
        memcpy(wire + c->wire_n, b->p + put, rest);
        mem_free(c->wire);
        c->wire = wire;
        c->wire_at = 0;
        c->wire_n += (uint32_t)rest;
    }
    buf_clear(b);
}

static void conn_seal(struct conn *c)
{
    struct conn_env *env = c->env;

    /* The buffer for plaintext is free: nothing is read while a turn is flushed. */
    while (c->out.bytes != 0 && env->sealed.n < SEALED_CAP) {
        struct bytes b = outq_front(&c->out, env->plain, RECORD);
        if (tls_write(c->tls, b, &env->sealed) != ERR_OK) {
            conn_end(c, LINK_END_TLS, tls_why(c->tls));
            outq_fini(&c->out);
            return;
        }
        env->records++;
        outq_drop(&c->out, b.n);
    }
}

/* Sets what follows from how much is left: what to wait for, until when, and who to tell. */
static void conn_settle(struct conn *c)
{
    const struct conn_limits *limits = c->env->limits;
    struct link *l = &c->link;
    size_t queued = c->out.bytes + c->wire_n;
    bool waits = c->wire_n != 0 || (c->out.bytes != 0 && c->phase != CONN_SHAKE) ||
                 (c->phase == CONN_UP && conn_bulk_waits(c));

    l->backlog = queued;
    if (c->bulk != NULL) {
        c->bulk->out = queued != 0 ? c->bulk->out : 0;
        l->backlog = queued > c->bulk->out ? queued - c->bulk->out : 0;
        l->bulk = c->bulk->lane.bytes;
    }
    conn_watch(c, (short)((c->watched & EV_READ) | (waits ? EV_WRITE : 0)));
    if (c->phase == CONN_LEAVING)
        return;
    if (!waits)
        c->due[CONN_DUE_PROGRESS] = 0;
    else if (c->due[CONN_DUE_PROGRESS] == 0)
        conn_due(c, CONN_DUE_PROGRESS, limits->progress_ms);
    if (limits->soft_bytes == 0 || l->backlog <= limits->soft_bytes)
        c->due[CONN_DUE_SOFT] = 0;
    else if (c->due[CONN_DUE_SOFT] == 0)
        conn_due(c, CONN_DUE_SOFT, limits->soft_ms);
    if (c->wire_n != 0 && limits->hard_bytes != 0 && l->backlog > limits->hard_bytes) {
        conn_end(c, LINK_END_SLOW, NULL);
        return;
    }
    if (l->backlog == 0 && c->above && !c->mute) {
        c->above = false;
        if (l->to->drained != NULL)
            l->to->drained(c->link.user);
    }
}

/* Nothing else waits: frames of the low lane leave, at most so many in one turn that another
 * connection's turn comes soon. False: none did. */
static bool conn_bulk(struct conn *c)
{
    size_t took = 0;

    while (c->wire_n == 0 && c->out.bytes == 0 && conn_bulk_waits(c) && !c->mute &&
           took < LINK_BULK_AHEAD) {
        size_t before = took;
        while (conn_bulk_waits(c) && took - before < LINK_BULK_AHEAD / 2) {
            struct span s = lane_take(&c->bulk->lane);
            took += s.n;
            outq_add(&c->out, s);
        }
        c->bulk->out = took - before;
        conn_seal(c);
        conn_push(c);
    }
    return took != 0;
}

void conn_flush(struct conn *c)
{
    bool took = false;

    buf_clear(&c->env->sealed);
    c->due[CONN_DUE_POST] = 0;
    /* While sealed bytes wait the kernel has no room, and says when it has. */
    if (c->wire_n == 0 && c->phase == CONN_UP) {
        conn_seal(c);
        conn_push(c);
        took = conn_bulk(c);
    }
    if (c->phase < CONN_LEAVING)
        conn_settle(c);
    if (took && c->phase == CONN_UP && c->bulk->lane.bytes < LINK_BULK_AHEAD &&
        c->link.to->hungry != NULL)
        c->link.to->hungry(c->link.user);
}

void conn_writable(struct conn *c)
{
    conn_wire(c);
    conn_flush(c);
}

/* One that said all it had: the other side is told, and reads on until it closes too. */
static void conn_said_all(struct conn *c)
{
    if (!c->said_bye) {
        c->said_bye = true;
        tls_goodbye(c->tls, &c->env->sealed);
        conn_push(c);
    }
    if (c->wire_n != 0 || c->mute)
        return;
    (void)shutdown(c->fd, SHUT_WR);
    tls_free(c->tls);
    c->tls = NULL;
}

void conn_leave(struct conn *c)
{
    if (c->tls == NULL)
        return; /* it waits for the other side alone */
    buf_clear(&c->env->sealed);
    conn_wire(c);
    if (c->why == LINK_END_TLS)
        outq_fini(&c->out); /* nothing can be sealed any more, only the alert leaves */
    if (c->wire_n == 0 && c->out.bytes != 0 && !c->mute) {
        conn_seal(c);
        conn_push(c);
    }
    if (c->wire_n == 0 && c->out.bytes == 0 && !c->mute)
        conn_said_all(c);
    if (c->mute)
        conn_done(c);
    else
        conn_settle(c);
}

void conn_drain(struct conn *c)
{
    ssize_t r = recv(c->fd, c->env->raw, CONN_RAW, MSG_DONTWAIT);

    if (r > 0 || (r < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)))
        return;
    conn_done(c);
}

void conn_farewell(struct conn *c)
{
    if (c->fd < 0 || c->mute || c->wire_n != 0 || c->tls == NULL || c->why == LINK_END_LOST)
        return;
    buf_clear(&c->env->sealed);
    tls_goodbye(c->tls, &c->env->sealed);
    conn_push(c);
}

/* ---- in ---- */

/* The other side has no more for us; what the user has not taken yet comes first. */
static void conn_over(struct conn *c, enum link_end why, const char *detail)
{
    if (!c->stalled) {
        conn_end(c, why, detail);
        return;
    }
    c->over = true;
    c->why = (uint8_t)why;
    c->detail = detail != NULL ? mem_strdup(detail) : NULL;
    conn_watch(c, (short)(c->watched & ~EV_READ));
}

static uint32_t on_ceiling(void *arg, uint8_t op)
{
    const struct conn *c = arg;

    return c->link.to->ceiling(c->link.user, op);
}

static enum framer_verdict on_frame(void *arg, const struct frame *f)
{
    struct conn *c = arg;
    enum framer_verdict v = c->link.to->frame(c->link.user, f);

    if (c->phase != CONN_UP)
        return FRAMER_STOP;
    c->stalled = v == FRAMER_STALL;
    c->fresh = c->fresh || v != FRAMER_STALL;
    return v;
}

/* Frames from new bytes, or, when there are none, from those kept over a stall. */
static void conn_frames(struct conn *c, struct bytes in)
{
    const struct framer_taker taker = {on_ceiling, on_frame, c};
    char words[64];
    uint8_t op = 0;
    enum err e = in.n != 0 ? framer_feed(&c->framer, in, &taker, &op)
                           : framer_run(&c->framer, &taker, &op);

    if (e == ERR_OK || c->phase != CONN_UP)
        return;
    (void)snprintf(words, sizeof words, "opcode 0x%02x is larger than it may be", op);
    conn_end(c, LINK_END_FRAMING, e == ERR_TOO_BIG ? words : "not a frame");
}

/* After reading: whether to go on with it, and until when an unfinished frame must be whole. */
static void conn_await(struct conn *c)
{
    short out = (short)(c->watched & EV_WRITE);
    bool begun = framer_partial(&c->framer) || tls_partial(c->tls);

    conn_watch(c, (short)(c->stalled ? out : out | EV_READ));
    if (c->stalled || !begun)
        c->due[CONN_DUE_FRAME] = 0;
    else if (c->fresh || c->due[CONN_DUE_FRAME] == 0)
        conn_due(c, CONN_DUE_FRAME, c->env->limits->frame_ms);
    c->fresh = false;
}

void conn_resume(struct conn *c)
{
    if (!c->stalled)
        return;
    c->stalled = false;
    conn_frames(c, (struct bytes){0});
    if (c->phase != CONN_UP)
        return;
    if (c->over && !c->stalled) {
        char *detail = c->detail;
        c->detail = NULL;
        conn_end(c, (enum link_end)c->why, detail);
        mem_free(detail);
        return;
    }
    if (!c->over)
        conn_await(c);
}

/* Fills the shared buffer with plaintext, so that the framer sees as much as there is at once.
 */
static enum err conn_open_records(struct conn *c, size_t *n)
{
    struct conn_env *env = c->env;
    enum err e = ERR_OK;

    *n = 0;
    while (e == ERR_OK && *n < CONN_PLAIN) {
        size_t got = 0;
        e = tls_read(c->tls, env->plain + *n, CONN_PLAIN - *n, &got, &env->sealed);
        *n += got;
    }
    return e;
}

static void conn_deliver(struct conn *c)
{
    enum err e;

    do {
        size_t n = 0;
        e = conn_open_records(c, &n);
        conn_push(c);
        if (n != 0)
            conn_frames(c, bytes_of(c->env->plain, n));
    } while (e == ERR_OK && c->phase == CONN_UP);
    if (c->phase != CONN_UP)
        return;
    conn_await(c);
    if (e == ERR_CLOSED)
        conn_over(c, LINK_END_CLOSED, NULL);
    else if (e != ERR_MORE)
        conn_over(c, LINK_END_TLS, tls_why(c->tls));
    else if (c->wire_n != 0)
        conn_settle(c); /* TLS itself had something to say */
}

void conn_shake(struct conn *c)
{
    enum err e = tls_handshake(c->tls, &c->env->sealed);

    conn_push(c);
    if (e == ERR_MORE) {
        conn_settle(c);
        return;
    }
    if (e != ERR_OK) {
        conn_end(c, e == ERR_CLOSED ? LINK_END_CLOSED : LINK_END_TLS, tls_why(c->tls));
        return;
    }
    c->phase = CONN_UP;
    c->due[CONN_DUE_PHASE] = 0;
    if (c->out.bytes != 0 || conn_bulk_waits(c))
        loop_later(conn_loop(c), &c->flush, LOOP_FLUSH);
    conn_settle(c);
    c->link.to->up(c->link.user);
    /* What came with the end of the handshake is already there to be read. */
    if (c->phase == CONN_UP)
        conn_deliver(c);
}

void conn_read(struct conn *c)
{
    struct conn_env *env = c->env;
    ssize_t r = recv(c->fd, env->raw, CONN_RAW, MSG_DONTWAIT);

    if (r < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
        return;
    env->reads++;
    if (r <= 0) {
        conn_over(c, LINK_END_LOST, r < 0 ? strerrordesc_np(errno) : "cut without a goodbye");
        return;
    }
    env->read_bytes += (size_t)r;
    buf_clear(&env->sealed);
    tls_time(c->tls, conn_loop(c)->wall_ms / 1000);
    tls_feed(c->tls, bytes_of(env->raw, (size_t)r));
    if (c->phase == CONN_SHAKE)
        conn_shake(c);
    else
        conn_deliver(c);
}
