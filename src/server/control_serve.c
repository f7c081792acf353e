/* SPDX-License-Identifier: ISC */
/* The socket, its clients, their lines in and out; what the lines mean is control_command.c's.
 */
#include "server/control.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "server/control_call.h"
#include "server/control_socket.h"

#define IDLE_MS   60000 /* a client that neither sends nor reads */
#define PAUSE_MS  1000  /* of accepting, when there is no descriptor left */
#define WORDS_MAX 512

struct control_client {
    struct control *control;
    int fd; /* -1: this place is free */
    struct loop_watch *watch;
    struct loop_timer idle;
    uint8_t *in;
    size_t in_n;
    struct buf out;
    struct control_call *call; /* the request being answered */
    bool eof;                  /* it sends no more */
    bool last;                 /* hangs up once what is queued went out */
    bool dead;                 /* freed at the end of the turn */
    bool pumping;
};

struct control {
    struct control_parts parts;
    struct loop *loop;
    int fd;
    struct loop_watch *watch;
    struct loop_timer pause;
    struct loop_task reap;
    struct loop_task later;
    void (*later_fn)(void *arg);
    struct control_client clients[CONTROL_CLIENTS];
    size_t calls; /* not over yet; the last one frees when closed */
    bool closed;
    char path[CONTROL_SOCKET_PATH];
    struct control_socket_file file;
};

static void pump(struct control_client *p);

/* ---- clients: going ---- */

static void client_die(struct control_client *p)
{
    if (p->dead)
        return;
    p->dead = true;
    loop_watch_change(p->watch, 0);
    loop_timer_stop(p->control->loop, &p->idle);
    loop_later(p->control->loop, &p->control->reap, LOOP_REAP);
}

static void client_free(struct control_client *p)
{
    loop_watch_free(p->watch);
    loop_timer_stop(p->control->loop, &p->idle);
    if (p->call != NULL)
        p->call->client = NULL;
    (void)close(p->fd);
    mem_wipe_free(p->in, CONTROL_LINE);
    buf_free(&p->out);
    *p = (struct control_client){.control = p->control, .fd = -1};
}

static void on_reap(void *arg)
{
    struct control *c = arg;

    for (size_t i = 0; i < CONTROL_CLIENTS; i++) {
        if (c->clients[i].fd >= 0 && c->clients[i].dead)
            client_free(&c->clients[i]);
    }
}

static void on_idle(void *arg)
{
    client_die(arg);
}

/* ---- answers ---- */

static void client_flush(struct control_client *p)
{
    while (p->out.n != 0 && !p->dead) {
        ssize_t n = send(p->fd, p->out.p, p->out.n, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN)
            return;
        if (n <= 0) {
            client_die(p);
            return;
        }
        buf_drop_front(&p->out, (size_t)n);
        loop_timer_arm(p->control->loop, &p->idle, IDLE_MS);
    }
    if (p->last && p->out.n == 0)
        client_die(p);
}

static void put_failure(struct buf *out, const char *words)
{
    struct json_out o;

    buf_clear(out);
    out->err = ERR_OK;
    json_out_init(&o, out);
    json_out_open(&o, NULL, '{');
    json_out_bool(&o, "ok", false);
    json_out_text(&o, "error", words);
    json_out_close(&o, '}');
}

static void call_end(struct control_call *call)
{
    struct control *c = call->control;
    struct control_client *p = call->client;

    buf_u8(&call->out, '\n');
    if (p != NULL) {
        p->call = NULL;
        if (buf_end(&call->out) == ERR_OK)
            buf_bytes(&p->out, buf_view(&call->out));
        loop_timer_arm(c->loop, &p->idle, IDLE_MS);
        if (!p->pumping)
            pump(p);
    }
    json_free(call->doc);
    buf_free(&call->out);
    mem_wipe_free(call, sizeof *call);
    c->calls--;
    if (c->closed && c->calls == 0)
        mem_free(c);
}

void control_ok(struct control_call *call)
{
    json_out_close(&call->json, '}');
    if (buf_end(&call->out) != ERR_OK)
        put_failure(&call->out, "the answer is too long");
    call_end(call);
}

void control_fail(struct control_call *call, const char *fmt, ...)
{
    char words[WORDS_MAX];
    va_list ap;

    va_start(ap, fmt);
    (void)vsnprintf(words, sizeof words, fmt, ap);
    va_end(ap);
    put_failure(&call->out, words);
    call_end(call);
}

bool control_closed(const struct control_call *call)
{
    return call->control->closed;
}

static void on_later(void *arg)
{
    struct control *c = arg;

    c->later_fn(c->parts.arg); /* may close c */
}

void control_later(struct control_call *call, void (*fn)(void *arg))
{
    struct control *c = call->control;

    if (control_closed(call) || (c->later.queued && c->later_fn == c->parts.drain))
        return;
    c->later_fn = fn;
    loop_later(c->loop, &c->later, LOOP_DELIVER);
}

/* ---- requests ---- */

static void call_start(struct control_client *p, struct bytes line)
{
    struct control *c = p->control;
    struct control_call *call = mem_alloc(sizeof *call);

    *call = (struct control_call){.parts = &c->parts, .control = c, .client = p};
    call->args = (struct control_args){"", "", "", "", "", "", "", "", 0, 0};
    buf_init(&call->out, CONTROL_ANSWER);
    json_out_init(&call->json, &call->out);
    json_out_open(&call->json, NULL, '{');
    json_out_bool(&call->json, "ok", true);
    p->call = call;
    c->calls++;
    loop_timer_stop(c->loop, &p->idle);
    control_run(call, line);
}

static void consume(struct control_client *p, size_t n)
{
    memmove(p->in, p->in + n, p->in_n - n);
    mem_wipe(p->in + p->in_n - n, n);
    p->in_n -= n;
}

/* False: there is nothing to do until more arrives or goes out. */
static bool pump_line(struct control_client *p)
{
    const uint8_t *end = memchr(p->in, '\n', p->in_n);

    if (end != NULL) {
        size_t n = (size_t)(end - p->in);
        call_start(p, bytes_of(p->in, n));
        consume(p, n + 1);
        return true;
    }
    if (p->in_n == CONTROL_LINE) {
        put_failure(&p->out, "the request is too long");
        buf_u8(&p->out, '\n');
        p->last = true;
    } else if (p->eof) {
        p->last = true;
    }
    return false;
}

static void pump(struct control_client *p)
{
    bool more = true;

    if (p->dead)
        return;
    p->pumping = true;
    client_flush(p);
    while (more && !p->dead && p->call == NULL && p->out.n == 0 && !p->last) {
        more = pump_line(p);
        client_flush(p);
    }
    p->pumping = false;
    if (p->dead)
        return;
    bool reads = p->call == NULL && p->out.n == 0 && !p->eof;
    loop_watch_change(p->watch, (reads ? LOOP_READ : 0u) | (p->out.n != 0 ? LOOP_WRITE : 0u));
}

static void on_client(void *arg, int fd, unsigned ready)
{
    struct control_client *p = arg;

    if (p->dead)
        return;
    if (ready & LOOP_READ) {
        ssize_t n = recv(fd, p->in + p->in_n, CONTROL_LINE - p->in_n, MSG_DONTWAIT);
        if (n < 0 && errno != EAGAIN && errno != EINTR) {
            client_die(p);
            return;
        }
        if (n == 0)
            p->eof = true;
        if (n > 0) {
            p->in_n += (size_t)n;
            loop_timer_arm(p->control->loop, &p->idle, IDLE_MS);
        }
    }
    pump(p);
}

/* ---- clients: coming ---- */

static void turn_away(int fd, const char *words)
{
    struct buf out;

    buf_init(&out, WORDS_MAX);
    put_failure(&out, words);
    buf_u8(&out, '\n');
    (void)send(fd, out.p, out.n, MSG_NOSIGNAL | MSG_DONTWAIT);
    buf_free(&out);
    (void)close(fd);
}

static void client_take(struct control *c, int fd)
{
    struct control_client *p = NULL;

    for (size_t i = 0; i < CONTROL_CLIENTS && p == NULL; i++) {
        if (c->clients[i].fd < 0)
            p = &c->clients[i];
    }
    if (!control_socket_may(fd)) {
        turn_away(fd, "only root and the relay's own user may give orders");
        return;
    }
    if (p == NULL) {
        turn_away(fd, "too many operators at once");
        return;
    }
    *p = (struct control_client){.control = c, .fd = fd, .in = mem_alloc(CONTROL_LINE)};
    buf_init(&p->out, CONTROL_ANSWER + 1);
    loop_timer_init(&p->idle, on_idle, p);
    loop_timer_arm(c->loop, &p->idle, IDLE_MS);
    p->watch = loop_watch_fd(c->parts.le, fd, LOOP_READ, on_client, p);
}

static void on_pause(void *arg)
{
    struct control *c = arg;

    loop_watch_change(c->watch, LOOP_READ);
}

static void on_listener(void *arg, int listener, unsigned ready)
{
    struct control *c = arg;
    int fd;

    (void)ready;
    while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0)
        client_take(c, fd);
    if (errno == EAGAIN || errno == EINTR || errno == ECONNABORTED)
        return;
    LOG_WARN("control", "accepting: %s", strerrordesc_np(errno));
    loop_watch_change(c->watch, 0);
    loop_timer_arm(c->loop, &c->pause, PAUSE_MS);
}

/* ---- opening and closing ---- */

enum err control_open(const struct control_parts *parts, const char *path, struct control **out,
    char *why, size_t why_n)
{
    struct control *c;
    int fd;
    enum err e = control_socket_listen(path, CONTROL_CLIENTS, &fd, why, why_n);

    *out = NULL;
    if (e != ERR_OK)
        return e;
    c = mem_alloc(sizeof *c);
    *c = (struct control){.parts = *parts, .fd = fd};
    (void)bytes_copy(c->path, sizeof c->path, bytes_str(path));
    c->file = control_socket_file(path);
    c->loop = loop_event_loop(parts->le);
    for (size_t i = 0; i < CONTROL_CLIENTS; i++)
        c->clients[i] = (struct control_client){.control = c, .fd = -1};
    loop_task_init(&c->reap, on_reap, c);
    loop_task_init(&c->later, on_later, c);
    loop_timer_init(&c->pause, on_pause, c);
    c->watch = loop_watch_fd(parts->le, fd, LOOP_READ, on_listener, c);
    *out = c;
    return ERR_OK;
}

void control_config(struct control *c, const struct config *config)
{
    c->parts.config = config;
}

void control_close(struct control *c)
{
    if (c == NULL)
        return;
    control_socket_remove(c->path, c->file);
    loop_watch_free(c->watch);
    (void)close(c->fd);
    loop_timer_stop(c->loop, &c->pause);
    loop_cancel(c->loop, &c->reap);
    loop_cancel(c->loop, &c->later);
    for (size_t i = 0; i < CONTROL_CLIENTS; i++) {
        if (c->clients[i].fd >= 0)
            client_free(&c->clients[i]);
    }
    c->closed = true;
    if (c->calls == 0)
        mem_free(c);
}
