/* SPDX-License-Identifier: ISC */
/*
 * Accepting. At the limit of descriptors a connection that waits would wake the loop for ever:
 * a reserve descriptor is given up for the moment it takes to accept and close it.
 */
#include "net/conn_impl.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"

#define SOCKETS  8    /* addresses that one name may have */
#define AT_ONCE  64   /* accepted in one wake-up; the rest in the next */
#define BACKLOG  1024 /* the kernel cuts it to its own maximum */
#define PAUSE_MS 100  /* after an error that is not of one connection */

struct conn_listener {
    struct conn_env *env;
    struct tls_ctx *ctx;
    struct conn_accept how;
    int fd[SOCKETS];
    struct event ev[SOCKETS];
    size_t count;
    int reserve;
    bool paused;  /* by its user */
    bool resting; /* after an error */
    struct loop_timer rest;
};

static int reserve_open(void)
{
    return open("/dev/null", O_RDONLY | O_CLOEXEC);
}

static void listener_watch(struct conn_listener *cl)
{
    for (size_t i = 0; i < cl->count; i++) {
        if (cl->paused || cl->resting)
            (void)event_del(&cl->ev[i]);
        else
            (void)event_add(&cl->ev[i], NULL);
    }
}

static void listener_rested(void *arg)
{
    struct conn_listener *cl = arg;

    cl->resting = false;
    if (cl->reserve < 0)
        cl->reserve = reserve_open();
    listener_watch(cl);
}

static void listener_rest(struct conn_listener *cl, const char *why)
{
    LOG_WARN("listen", "accepting rests for %d ms: %s", PAUSE_MS, why);
    cl->resting = true;
    listener_watch(cl);
    loop_timer_arm(loop_event_loop(cl->env->le), &cl->rest, PAUSE_MS);
}

/* Turns one away when there is no descriptor for it. */
static void listener_full(struct conn_listener *cl, int from)
{
    if (cl->reserve < 0) {
        listener_rest(cl, "out of descriptors");
        return;
    }
    (void)close(cl->reserve);
    int fd = accept4(from, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd >= 0)
        (void)close(fd);
    cl->reserve = reserve_open();
}

static void listener_adopt(struct conn_listener *cl, int fd, const struct sockaddr *from)
{
    struct conn_env *env = cl->env;
    char address[sizeof((struct link *)0)->address];

    conn_address(from, address, sizeof address);
    if (cl->how.admit != NULL && !cl->how.admit(cl->how.arg, address)) {
        (void)close(fd);
        return;
    }
    struct conn *c = conn_new(env, cl->ctx);
    memcpy(c->link.address, address, sizeof address);
    conn_socket(c, fd);
    c->phase = CONN_SHAKE;
    conn_due(c, CONN_DUE_PHASE, env->limits->handshake_ms);
    conn_watch(c, EV_READ);
    cl->how.made(cl->how.arg, &c->link);
}

/* Whether it is worth to go on accepting in this wake-up. */
static bool listener_one(struct conn_listener *cl, int from)
{
    struct sockaddr_storage peer = {0};
    socklen_t n = sizeof peer;
    int fd = accept4(from, (struct sockaddr *)&peer, &n, SOCK_CLOEXEC | SOCK_NONBLOCK);

    if (fd >= 0) {
        listener_adopt(cl, fd, (struct sockaddr *)&peer);
        return !cl->paused;
    }
    switch (errno) {
    case EAGAIN:
        return false;
    case EMFILE:
    case ENFILE:
        listener_full(cl, from);
        return !cl->resting;
    case ENOBUFS:
    case ENOMEM:
        listener_rest(cl, strerrordesc_np(errno));
        return false;
    default: /* that connection had an error of its own */
        return true;
    }
}

static void listener_event(evutil_socket_t fd, short what, void *arg)
{
    struct conn_listener *cl = arg;

    (void)what;
    loop_event_wake(cl->env->le);
    for (int i = 0; i < AT_ONCE; i++) {
        if (!listener_one(cl, fd))
            break;
    }
}

static struct conn_listener *listener_new(
    struct conn_env *env, struct tls_ctx *ctx, const struct conn_accept *how)
{
    struct conn_listener *cl = mem_alloc(sizeof *cl);

    *cl = (struct conn_listener){
        .env = env, .ctx = tls_ctx_ref(ctx), .how = *how, .reserve = reserve_open()};
    loop_timer_init(&cl->rest, listener_rested, cl);
    return cl;
}

static void listener_add(struct conn_listener *cl, int fd)
{
    struct event *ev = &cl->ev[cl->count];

    cl->fd[cl->count++] = fd;
    (void)event_assign(
        ev, loop_event_base(cl->env->le), fd, EV_READ | EV_PERSIST, listener_event, cl);
    (void)event_add(ev, NULL);
}

static uint16_t port_of(int fd)
{
    struct sockaddr_storage at = {0};
    socklen_t n = sizeof at;

    if (getsockname(fd, (struct sockaddr *)&at, &n) != 0)
        return 0;
    if (at.ss_family == AF_INET6)
        return ntohs(((const struct sockaddr_in6 *)&at)->sin6_port);
    return at.ss_family == AF_INET ? ntohs(((const struct sockaddr_in *)&at)->sin_port) : 0;
}

/* A socket that listens at one address, or -1 and errno. */
static int listen_at(const struct addrinfo *ai, uint16_t port)
{
    struct sockaddr_storage at = {0};
    int yes = 1;
    int fd = socket(ai->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (fd < 0)
        return -1;
    memcpy(&at, ai->ai_addr, ai->ai_addrlen);
    if (ai->ai_family == AF_INET6) {
        ((struct sockaddr_in6 *)&at)->sin6_port = htons(port);
        (void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &yes, sizeof yes);
    } else {
        ((struct sockaddr_in *)&at)->sin_port = htons(port);
    }
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(fd, (struct sockaddr *)&at, ai->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0)
        return fd;
    int saved = errno;
    (void)close(fd);
    errno = saved;
    return -1;
}

/* All of a name's addresses, or none: half a listener would be found by nobody. An address
 * family that this machine does not have is not missed. */
static enum err listen_all(struct conn_listener *cl, const struct addrinfo *list)
{
    uint16_t port = 0;

    for (const struct addrinfo *ai = list; ai != NULL && cl->count < SOCKETS;
         ai = ai->ai_next) {
        if (ai->ai_family != AF_INET && ai->ai_family != AF_INET6)
            continue;
        /* The port of the list, until port 0 has become one. */
        uint16_t wanted =
            ai->ai_family == AF_INET
                ? ntohs(((const struct sockaddr_in *)(const void *)ai->ai_addr)->sin_port)
                : ntohs(((const struct sockaddr_in6 *)(const void *)ai->ai_addr)->sin6_port);
        int fd = listen_at(ai, wanted != 0 ? wanted : port);
        if (fd >= 0) {
            listener_add(cl, fd);
            port = port_of(fd);
        } else if (errno != EAFNOSUPPORT && errno != EADDRNOTAVAIL) {
            return ERR_IO;
        }
    }
    return cl->count != 0 ? ERR_OK : ERR_IO;
}

/* NOLINTNEXTLINE(readability-function-size): host and port are one thing, so is why */
enum err conn_listen(struct conn_env *env, const char *host, const char *port,
    struct tls_ctx *ctx, const struct conn_accept *how, struct conn_listener **out, char *why,
    size_t why_n)
{
    struct addrinfo hints = {
        .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE};
    struct addrinfo *list = NULL;
    /* "::" is every address to people, IPv4 too, whatever the system's default is. */
    bool any = host == NULL || host[0] == '\0' || strcmp(host, "::") == 0;

    *out = NULL;
    int rc = getaddrinfo(any ? NULL : host, port, &hints, &list);
    if (rc != 0) {
        (void)snprintf(why, why_n, "%s port %s: %s", any ? "*" : host, port, gai_strerror(rc));
        return ERR_NOT_FOUND;
    }
    struct conn_listener *cl = listener_new(env, ctx, how);
    enum err e = listen_all(cl, list);
    if (e != ERR_OK) {
        (void)snprintf(
            why, why_n, "%s port %s: %s", any ? "*" : host, port, strerrordesc_np(errno));
        conn_listener_free(cl);
        cl = NULL;
    }
    freeaddrinfo(list);
    *out = cl;
    return e;
}

enum err conn_listen_fd(struct conn_env *env, int fd, struct tls_ctx *ctx,
    const struct conn_accept *how, struct conn_listener **out)
{
    int listens = 0, flags = fcntl(fd, F_GETFL);
    socklen_t n = sizeof listens;

    *out = NULL;
    if (flags < 0 || getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &n) != 0 || !listens)
        return ERR_FORMAT;
    if (fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0 || fcntl(fd, F_SETFD, FD_CLOEXEC) != 0)
        return ERR_IO;
    *out = listener_new(env, ctx, how);
    listener_add(*out, fd);
    return ERR_OK;
}

void conn_listener_tls(struct conn_listener *cl, struct tls_ctx *ctx)
{
    struct tls_ctx *before = cl->ctx;

    cl->ctx = tls_ctx_ref(ctx);
    tls_ctx_free(before);
}

void conn_listener_pause(struct conn_listener *cl, bool paused)
{
    cl->paused = paused;
    listener_watch(cl);
}

uint16_t conn_listener_port(const struct conn_listener *cl)
{
    return port_of(cl->fd[0]);
}

void conn_listener_free(struct conn_listener *cl)
{
    if (cl == NULL)
        return;
    for (size_t i = 0; i < cl->count; i++) {
        (void)event_del(&cl->ev[i]);
        (void)close(cl->fd[i]);
    }
    loop_timer_stop(loop_event_loop(cl->env->le), &cl->rest);
    if (cl->reserve >= 0)
        (void)close(cl->reserve);
    tls_ctx_free(cl->ctx);
    mem_free(cl);
}
