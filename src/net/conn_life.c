/* SPDX-License-Identifier: ISC */
/* The life of a connection: made, watched, timed, ended, freed. */
#include "net/conn_impl.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"

_Static_assert(sizeof(struct conn) <= 576, "ten thousand idle ones are wanted");

#define SEALED_MAX (4u << 20)
/* A receipt may wait so long for a frame to travel with. */
#define POST_MS 2
/* What the kernel may hold unsent; above it the queue stays here, where it is counted. */
#define UNSENT_MAX (256 << 10)
/* The same where chunks are sent: messages wait behind what the kernel has. */
#define UNSENT_BULK (96 << 10)

static void conn_event(evutil_socket_t fd, short what, void *arg)
{
    struct conn *c = arg;

    (void)fd;
    loop_event_wake(c->env->le);
    if (c->phase == CONN_DIAL) {
        conn_dial_ready(c);
        return;
    }
    if (c->phase == CONN_LEAVING) {
        /* Each may be the end of it: one at a time, the other comes again. */
        if (what & EV_WRITE)
            conn_leave(c);
        else
            conn_drain(c);
        return;
    }
    if (what & EV_WRITE)
        conn_writable(c);
    if ((what & c->watched & EV_READ) && c->phase < CONN_LEAVING)
        conn_read(c);
}

void conn_watch(struct conn *c, short what)
{
    if (what == c->watched)
        return;
    if (c->watched != 0)
        (void)event_del(&c->ev);
    c->watched = what;
    if (what == 0)
        return;
    struct event_base *base = loop_event_base(c->env->le);
    (void)event_assign(&c->ev, base, c->fd, (short)(what | EV_PERSIST), conn_event, c);
    (void)event_add(&c->ev, NULL);
}

static void conn_overdue(struct conn *c, enum conn_due which)
{
    if (which == CONN_DUE_FRAME)
        conn_end(c, LINK_END_TIMEOUT, "a frame was not finished in time");
    else if (which == CONN_DUE_POST)
        loop_later(conn_loop(c), &c->flush, LOOP_FLUSH);
    else if (which == CONN_DUE_PROGRESS && c->phase == CONN_DIAL)
        conn_dial_next(c);
    else if (which == CONN_DUE_PROGRESS || which == CONN_DUE_SOFT)
        conn_end(c, LINK_END_SLOW, NULL);
    else if (c->phase == CONN_LEAVING)
        conn_done(c);
    else
        conn_end(c, LINK_END_TIMEOUT,
            c->phase == CONN_DIAL ? "no connection in time" : "no TLS handshake in time");
}

/* Deadlines move without the timer being touched: it looks at them when it fires. */
static void conn_tick(void *arg)
{
    struct conn *c = arg;
    uint64_t now = conn_loop(c)->now_ms, soonest = UINT64_MAX;
    int over = CONN_DUES;

    for (int i = 0; i < CONN_DUES; i++) {
        if (c->due[i] == 0)
            continue;
        if (c->due[i] <= now && over == CONN_DUES) {
            over = i;
            c->due[i] = 0;
        } else if (c->due[i] < soonest) {
            soonest = c->due[i];
        }
    }
    if (soonest != UINT64_MAX)
        loop_timer_arm(conn_loop(c), &c->timer, soonest > now ? soonest - now : 0);
    if (over != CONN_DUES)
        conn_overdue(c, (enum conn_due)over);
}

void conn_due(struct conn *c, enum conn_due which, uint32_t after_ms)
{
    uint64_t at = conn_loop(c)->now_ms + after_ms;

    if (after_ms == 0) {
        c->due[which] = 0;
        return;
    }
    c->due[which] = at;
    if (!loop_timer_armed(&c->timer) || c->timer.due_ms > at)
        loop_timer_arm(conn_loop(c), &c->timer, after_ms);
}

/* In DELIVER: the stall may be over. In REAP: the end. */
static void conn_step(void *arg)
{
    struct conn *c = arg;

    if (c->phase < CONN_LEAVING) {
        conn_resume(c);
        return;
    }
    if (!c->reaping) {
        c->reaping = true;
        loop_later(conn_loop(c), &c->step, LOOP_REAP);
        return;
    }
    c->told = true;
    c->link.to->down(c->link.user, (enum link_end)c->why, c->detail);
    if (c->phase == CONN_DEAD) {
        conn_farewell(c);
        conn_free(c);
    }
}

static void conn_flush_task(void *arg)
{
    struct conn *c = arg;

    if (c->phase == CONN_LEAVING)
        conn_leave(c);
    else if (c->phase == CONN_UP)
        conn_flush(c);
}

void conn_end(struct conn *c, enum link_end why, const char *detail)
{
    if (c->phase >= CONN_LEAVING)
        return;
    /* These ends are ours to explain, so what explains them is sent before the socket goes. */
    bool explained = (why == LINK_END_LOCAL && c->phase == CONN_UP) || why == LINK_END_TLS ||
                     why == LINK_END_FRAMING;

    mem_free(c->detail);
    c->detail = detail != NULL ? mem_strdup(detail) : NULL;
    c->why = (uint8_t)why;
    c->phase = explained && c->fd >= 0 && !c->mute ? CONN_LEAVING : CONN_DEAD;
    if (c->bulk != NULL)
        lane_fini(&c->bulk->lane);
    c->link.bulk = 0;
    memset(c->due, 0, sizeof c->due);
    loop_timer_stop(conn_loop(c), &c->timer);
    if (c->phase == CONN_LEAVING) {
        uint32_t linger = c->env->limits->linger_ms;
        conn_due(c, CONN_DUE_PHASE, linger != 0 ? linger : 1);
        conn_watch(c, (short)((c->watched & EV_WRITE) | EV_READ));
        loop_later(conn_loop(c), &c->flush, LOOP_FLUSH);
    } else {
        conn_watch(c, 0);
    }
    if (c->step.queued)
        return; /* a resume in DELIVER, which will see the end */
    c->reaping = true;
    loop_later(conn_loop(c), &c->step, LOOP_REAP);
}

void conn_done(struct conn *c)
{
    c->phase = CONN_DEAD;
    conn_watch(c, 0);
    if (c->told)
        conn_free(c);
}

/* Queued; false when nothing will leave any more. */
static bool conn_queue(struct conn *c, struct span s)
{
    const struct conn_limits *limits = c->env->limits;
    struct link *l = &c->link;

    if (c->phase >= CONN_LEAVING || c->mute) {
        span_drop(s);
        return false;
    }
    l->backlog += s.n;
    outq_add(&c->out, s);
    if (limits->soft_bytes != 0 && l->backlog > limits->soft_bytes)
        c->above = true;
    if (c->wire_n != 0 && limits->hard_bytes != 0 && l->backlog > limits->hard_bytes)
        conn_end(c, LINK_END_SLOW, NULL);
    return c->phase == CONN_UP;
}

static void conn_send_op(struct link *l, struct span s)
{
    struct conn *c = (struct conn *)l;

    if (conn_queue(c, s))
        loop_later(conn_loop(c), &c->flush, LOOP_FLUSH);
}

static void conn_post_op(struct link *l, struct span s)
{
    struct conn *c = (struct conn *)l;

    if (conn_queue(c, s) && !c->flush.queued && c->due[CONN_DUE_POST] == 0)
        conn_due(c, CONN_DUE_POST, POST_MS);
}

static void conn_bulk_op(struct link *l, struct span s, uint32_t tag)
{
    struct conn *c = (struct conn *)l;
    int unsent = UNSENT_BULK;

    if (c->phase >= CONN_LEAVING || c->mute) {
        span_drop(s);
        return;
    }
    if (c->bulk == NULL) {
        c->bulk = mem_alloc(sizeof *c->bulk);
        if (c->fd >= 0)
            (void)setsockopt(c->fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent, sizeof unsent);
    }
    lane_add(&c->bulk->lane, s, tag);
    l->bulk = c->bulk->lane.bytes;
    if (c->phase == CONN_UP && (c->watched & EV_WRITE) == 0)
        loop_later(conn_loop(c), &c->flush, LOOP_FLUSH);
}

static void conn_purge_op(struct link *l, uint32_t tag)
{
    struct conn *c = (struct conn *)l;

    if (c->bulk == NULL)
        return;
    lane_purge(&c->bulk->lane, tag);
    l->bulk = c->bulk->lane.bytes;
}

static size_t conn_waits_op(const struct link *l, uint32_t tag)
{
    const struct conn *c = (const struct conn *)l;

    return c->bulk != NULL ? lane_waits(&c->bulk->lane, tag) : 0;
}

static void conn_resume_op(struct link *l)
{
    struct conn *c = (struct conn *)l;

    if (c->phase == CONN_UP)
        loop_later(conn_loop(c), &c->step, LOOP_DELIVER);
}

static void conn_close_op(struct link *l, const char *detail)
{
    conn_end((struct conn *)l, LINK_END_LOCAL, detail);
}

static enum err conn_exporter_op(struct link *l, uint8_t out[LINK_EXPORT])
{
    const struct conn *c = (struct conn *)l;

    return c->tls != NULL ? tls_exporter(c->tls, out) : ERR_STATE;
}

static enum err conn_peer_cert_op(struct link *l, uint8_t fingerprint[32], char *name, size_t n)
{
    const struct conn *c = (struct conn *)l;

    name[0] = '\0';
    if (c->tls == NULL)
        return ERR_STATE;
    enum err e = tls_peer_fingerprint(c->tls, fingerprint);
    if (e != ERR_OK)
        return e;
    e = tls_peer_name(c->tls, name, n);
    return e == ERR_NOT_FOUND ? ERR_OK : e; /* a certificate may well have no common name */
}

static const struct link_ops CONN_OPS = {
    .send = conn_send_op,
    .post = conn_post_op,
    .bulk = conn_bulk_op,
    .purge = conn_purge_op,
    .waits = conn_waits_op,
    .resume = conn_resume_op,
    .close = conn_close_op,
    .exporter = conn_exporter_op,
    .peer_cert = conn_peer_cert_op,
};

enum err conn_peer_fingerprint(struct link *l, uint8_t out[TLS_FINGERPRINT])
{
    const struct conn *c = (struct conn *)l;

    if (l->ops != &CONN_OPS || c->tls == NULL)
        return ERR_STATE;
    return tls_peer_fingerprint(c->tls, out);
}

struct conn *conn_new(struct conn_env *env, struct tls_ctx *ctx)
{
    struct conn *c = mem_alloc(sizeof *c);

    c->link.ops = &CONN_OPS;
    c->env = env;
    c->fd = -1;
    c->tls = tls_new(ctx);
    framer_init(&c->framer);
    loop_timer_init(&c->timer, conn_tick, c);
    loop_task_init(&c->step, conn_step, c);
    loop_task_init(&c->flush, conn_flush_task, c);
    c->next = env->all;
    c->at = &env->all;
    if (c->next != NULL)
        c->next->at = &c->next;
    env->all = c;
    env->open++;
    return c;
}

void conn_socket(struct conn *c, int fd)
{
    int yes = 1, unsent = UNSENT_MAX;

    c->fd = fd;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent, sizeof unsent);
}

void conn_free(struct conn *c)
{
    *c->at = c->next;
    if (c->next != NULL)
        c->next->at = c->at;
    c->env->open--;
    conn_watch(c, 0);
    loop_timer_stop(conn_loop(c), &c->timer);
    loop_cancel(conn_loop(c), &c->step);
    loop_cancel(conn_loop(c), &c->flush);
    conn_dial_leave(c);
    tls_free(c->tls);
    if (c->fd >= 0)
        (void)close(c->fd);
    outq_fini(&c->out);
    if (c->bulk != NULL)
        lane_fini(&c->bulk->lane);
    mem_free(c->bulk);
    framer_fini(&c->framer);
    mem_free(c->wire);
    mem_free(c->detail);
    mem_free(c);
}

/* Without port; an IPv4 address that came through an IPv6 socket is shown as what it is. */
void conn_address(const struct sockaddr *from, char *out, size_t n)
{
    const struct sockaddr_in *v4 = (const void *)from;
    const struct sockaddr_in6 *v6 = (const void *)from;
    const char *text = NULL;

    if (from->sa_family == AF_INET)
        text = inet_ntop(AF_INET, &v4->sin_addr, out, (socklen_t)n);
    else if (from->sa_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr))
        text = inet_ntop(AF_INET, &v6->sin6_addr.s6_addr[12], out, (socklen_t)n);
    else if (from->sa_family == AF_INET6)
        text = inet_ntop(AF_INET6, &v6->sin6_addr, out, (socklen_t)n);
    if (text == NULL)
        (void)snprintf(out, n, "unknown");
}

void conn_env_init(
    struct conn_env *env, struct loop_event *le, const struct conn_limits *limits)
{
    *env = (struct conn_env){.le = le, .limits = limits};
    env->raw = mem_alloc(CONN_RAW);
    env->plain = mem_alloc(CONN_PLAIN);
    buf_init(&env->sealed, SEALED_MAX);
}

void conn_env_fini(struct conn_env *env)
{
    while (env->all != NULL)
        conn_free(env->all);
    mem_wipe_free(env->plain, CONN_PLAIN);
    mem_free(env->raw);
    buf_free(&env->sealed);
    env->plain = env->raw = NULL;
}
