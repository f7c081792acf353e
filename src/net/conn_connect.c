/* SPDX-License-Identifier: ISC */
/*
 * Connecting. The dial holds what only a connection that is being made needs. It is given to
 * the worker, which may still have it when the connection is gone: then it frees itself.
 */
#include "net/conn_impl.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/worker.h"

struct conn_dial {
    struct job job; /* first: a job is its dial */
    struct conn *c; /* NULL: gone while the name was looked up */
    bool resolving;
    char *host;
    char *port;
    int rc;
    struct addrinfo *list;
    struct addrinfo *next; /* to be tried */
    char why[160];         /* of the last attempt */
};

static void dial_free(struct conn_dial *d)
{
    if (d->list != NULL)
        freeaddrinfo(d->list);
    mem_free(d->host);
    mem_free(d->port);
    mem_free(d);
}

void conn_dial_leave(struct conn *c)
{
    struct conn_dial *d = c->dial;

    c->dial = NULL;
    if (d == NULL)
        return;
    d->c = NULL;
    if (!d->resolving)
        dial_free(d);
}

/* The socket stands: from here on it is like one that was accepted. */
static void dial_made(struct conn *c)
{
    conn_dial_leave(c);
    conn_socket(c, c->fd);
    c->phase = CONN_SHAKE;
    c->due[CONN_DUE_PROGRESS] = 0;
    conn_watch(c, EV_READ);
    buf_clear(&c->env->sealed);
    tls_time(c->tls, conn_loop(c)->wall_ms / 1000);
    conn_shake(c);
}

/* Each address gets its share of what is left, so one that swallows packets does not eat all.
 */
static void dial_share(struct conn *c)
{
    uint64_t now = conn_loop(c)->now_ms, until = c->due[CONN_DUE_PHASE];
    uint64_t left = until > now ? until - now : 0, count = 1;

    for (const struct addrinfo *ai = c->dial->next; ai != NULL; ai = ai->ai_next)
        count++;
    if (until != 0 && count > 1)
        conn_due(c, CONN_DUE_PROGRESS, (uint32_t)(left / count + 1));
}

static bool dial_try(struct conn *c, const struct addrinfo *ai)
{
    struct conn_dial *d = c->dial;

    conn_address(ai->ai_addr, c->link.address, sizeof c->link.address);
    c->fd = socket(ai->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (c->fd >= 0 &&
        (connect(c->fd, ai->ai_addr, ai->ai_addrlen) == 0 || errno == EINPROGRESS)) {
        dial_share(c);
        conn_watch(c, EV_WRITE);
        return true;
    }
    (void)snprintf(d->why, sizeof d->why, "%s: %s", c->link.address, strerrordesc_np(errno));
    if (c->fd >= 0)
        (void)close(c->fd);
    c->fd = -1;
    return false;
}

static void dial_next(struct conn *c)
{
    struct conn_dial *d = c->dial;

    while (d->next != NULL) {
        const struct addrinfo *ai = d->next;
        d->next = ai->ai_next;
        if (dial_try(c, ai))
            return;
    }
    conn_end(c, LINK_END_CONNECT, d->why);
}

static void dial_failed(struct conn *c, const char *what)
{
    (void)snprintf(c->dial->why, sizeof c->dial->why, "%s: %s", c->link.address, what);
    conn_watch(c, 0);
    (void)close(c->fd);
    c->fd = -1;
    c->due[CONN_DUE_PROGRESS] = 0;
    dial_next(c);
}

void conn_dial_ready(struct conn *c)
{
    int failed = 0;
    socklen_t n = sizeof failed;

    if (getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &failed, &n) != 0)
        failed = errno;
    if (failed != 0)
        dial_failed(c, strerrordesc_np(failed));
    else
        dial_made(c);
}

void conn_dial_next(struct conn *c)
{
    dial_failed(c, "no answer");
}

static void dial_resolve(struct job *j)
{
    struct conn_dial *d = (struct conn_dial *)j;
    const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};

    d->rc = getaddrinfo(d->host, d->port, &hints, &d->list);
}

static void dial_resolved(struct job *j)
{
    struct conn_dial *d = (struct conn_dial *)j;

    d->resolving = false;
    if (d->c == NULL) {
        dial_free(d);
        return;
    }
    if (d->c->phase != CONN_DIAL)
        return; /* ended meanwhile, and about to be freed */
    if (d->rc != 0) {
        (void)snprintf(d->why, sizeof d->why, "%s: %s", d->host, gai_strerror(d->rc));
        conn_end(d->c, LINK_END_CONNECT, d->why);
        return;
    }
    d->next = d->list;
    dial_next(d->c);
}

/* NOLINTNEXTLINE(readability-function-size): host and port are one thing, so are to and user */
enum err conn_connect(struct conn_env *env, struct worker *resolver, const char *host,
    const char *port, struct tls_ctx *ctx, const struct link_user *to, void *user,
    struct link **out)
{
    struct conn *c = conn_new(env, ctx);
    struct conn_dial *d = mem_alloc(sizeof *d);

    *out = NULL;
    c->link.to = to;
    c->link.user = user;
    c->phase = CONN_DIAL;
    c->dial = d;
    *d = (struct conn_dial){.job = {.run = dial_resolve, .done = dial_resolved},
        .c = c,
        .resolving = true,
        .host = mem_strdup(host),
        .port = mem_strdup(port)};
    enum err e = worker_submit(resolver, &d->job);
    if (e != ERR_OK) {
        d->resolving = false;
        conn_free(c);
        return e;
    }
    conn_due(c, CONN_DUE_PHASE, env->limits->handshake_ms);
    *out = &c->link;
    return ERR_OK;
}
