/* SPDX-License-Identifier: ISC */
#include "rig.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/clock.h"

/* ---- time: the linker puts the second in place of the first ---- */

uint64_t __real_clock_mono_ms(void);
uint64_t __wrap_clock_mono_ms(void);

static uint64_t stands_at; /* 0: it passes */

uint64_t __wrap_clock_mono_ms(void)
{
    return stands_at != 0 ? stands_at : __real_clock_mono_ms();
}

uint64_t rig_real_ms(void)
{
    return __real_clock_mono_ms();
}

void rig_pass(struct rig *r, uint64_t ms)
{
    stands_at += ms;
    loop_event_once(r->le, 0);
}

bool rig_is_due(const struct end *e, enum conn_due which)
{
    return e->link != NULL && ((const struct conn *)e->link)->due[which] != 0;
}

/* ---- ends ---- */

static void on_up(void *user)
{
    struct end *e = user;

    e->ups++;
    cr_assert_eq(e->downs, 0);
    if (e->close_on_up)
        link_close(e->link, "closed on up");
}

static enum framer_verdict on_frame(void *user, const struct frame *f)
{
    struct end *e = user;

    cr_assert_eq(e->downs, 0);
    cr_assert_eq(e->ups, 1);
    e->offers++;
    if (e->deaf || (e->stall_every != 0 && e->offers % e->stall_every == 0)) {
        e->stalled = true;
        return FRAMER_STALL;
    }
    e->frames++;
    buf_u8(&e->got, f->op);
    buf_bytes(&e->got, f->body);
    if (e->echo)
        rig_send(e, f->op, f->body.p, f->body.n);
    if (e->close_on_frame)
        link_close(e->link, "closed on frame");
    if (e->close_too != NULL)
        link_close(e->close_too, "closed by another");
    e->close_too = NULL;
    return FRAMER_NEXT;
}

static uint32_t on_ceiling(void *user, uint8_t op)
{
    const struct end *e = user;

    (void)op;
    return e->ceiling;
}

static void on_drained(void *user)
{
    struct end *e = user;

    e->drained++;
    cr_assert_eq(link_backlog(e->link), 0);
    if (e->close_on_drained)
        link_close(e->link, NULL);
}

static void on_down(void *user, enum link_end why, const char *detail)
{
    struct end *e = user;

    cr_assert_eq(e->downs, 0, "down twice");
    e->downs++;
    e->why = why;
    (void)snprintf(e->detail, sizeof e->detail, "%s", detail != NULL ? detail : "");
    /* The link may still be used here, to no effect. */
    link_send(e->link, span_copy(bytes_str("late")));
    link_resume(e->link);
    link_close(e->link, "again");
    e->link = NULL;
}

const struct link_user rig_user = {.up = on_up,
    .frame = on_frame,
    .ceiling = on_ceiling,
    .drained = on_drained,
    .down = on_down};

static void end_init(struct end *e, struct rig *r)
{
    *e = (struct end){.rig = r, .ceiling = 3u << 20};
    buf_init(&e->got, 64u << 20);
}

static bool on_admit(void *arg, const char *address)
{
    struct rig *r = arg;

    r->asked++;
    (void)snprintf(r->asked_for, sizeof r->asked_for, "%s", address);
    return !r->turn_away;
}

static void on_made(void *arg, struct link *l)
{
    struct rig *r = arg;

    cr_assert_lt(r->servers, RIG_ENDS);
    struct end *e = &r->server[r->servers++];
    /* What the test had told it before it came stays told. */
    struct end told = *e;
    end_init(e, r);
    e->close_on_up = told.close_on_up;
    e->deaf = told.deaf;
    e->stall_every = told.stall_every;
    e->echo = told.echo;
    e->link = l;
    l->to = &rig_user;
    l->user = e;
}

void rig_accept_with(struct rig *r, struct conn_accept *how)
{
    *how = (struct conn_accept){.admit = on_admit, .made = on_made, .arg = r};
}

static void on_resolved(void *arg, int fd, unsigned ready)
{
    struct rig *r = arg;

    (void)fd, (void)ready;
    worker_drain(r->resolver);
}

void rig_open(struct rig *r)
{
    struct conn_accept how;
    char why[160] = "";

    memset(r, 0, sizeof *r);
    stands_at = clock_mono_ms();
    r->limits = (struct conn_limits){.handshake_ms = 30000,
        .frame_ms = 30000,
        .progress_ms = 30000,
        .soft_bytes = 1u << 20,
        .soft_ms = 30000,
        .hard_bytes = 64u << 20,
        .linger_ms = 30000};
    r->le = loop_event_new();
    conn_env_init(&r->server_env, r->le, &r->limits);
    conn_env_init(&r->client_env, r->le, &r->limits);
    r->resolver = worker_new("resolver", 1, RIG_ENDS, NULL);
    r->resolved = loop_watch_fd(r->le, worker_fd(r->resolver), LOOP_READ, on_resolved, r);
    pki_make(&r->own, NULL, PKI_SERVER, "relay", "127.0.0.1");
    r->server_tls = pki_server(&r->own, NULL);
    r->client_tls = pki_client_any();
    rig_accept_with(r, &how);
    cr_assert_eq(conn_listen(&r->server_env, "127.0.0.1", "0", r->server_tls, &how,
                     &r->listener, why, sizeof why),
        ERR_OK, "%s", why);
    (void)snprintf(r->port, sizeof r->port, "%u", conn_listener_port(r->listener));
}

void rig_free(struct rig *r)
{
    for (size_t i = 0; i < r->servers; i++) {
        if (r->server[i].link != NULL)
            link_close(r->server[i].link, NULL);
    }
    for (size_t i = 0; i < r->clients; i++) {
        if (r->client[i].link != NULL)
            link_close(r->client[i].link, NULL);
    }
    loop_event_once(r->le, 0);
    cr_assert(rig_all_down(r));
    conn_listener_free(r->listener);
    conn_env_fini(&r->server_env);
    conn_env_fini(&r->client_env);
    worker_free(r->resolver);
    loop_watch_free(r->resolved);
    for (size_t i = 0; i < RIG_ENDS; i++) {
        buf_free(&r->server[i].got);
        buf_free(&r->client[i].got);
    }
    tls_ctx_free(r->client_tls);
    tls_ctx_free(r->server_tls);
    pki_free(&r->own);
    loop_event_free(r->le);
    stands_at = 0;
}

bool rig_all_down(const struct rig *r)
{
    unsigned down = 0;

    for (size_t i = 0; i < r->servers; i++)
        down += r->server[i].downs;
    for (size_t i = 0; i < r->clients; i++)
        down += r->client[i].downs;
    return down == r->servers + r->clients;
}

struct end *rig_connect_to(
    struct rig *r, const char *host, const char *port, struct tls_ctx *ctx)
{
    cr_assert_lt(r->clients, RIG_ENDS);
    struct end *e = &r->client[r->clients++];

    end_init(e, r);
    cr_assert_eq(
        conn_connect(&r->client_env, r->resolver, host, port, ctx, &rig_user, e, &e->link),
        ERR_OK);
    cr_assert_eq(e->ups + e->downs, 0, "called back from inside a call");
    return e;
}

struct end *rig_connect(struct rig *r)
{
    return rig_connect_to(r, "127.0.0.1", r->port, r->client_tls);
}

struct end *rig_connect_up(struct rig *r)
{
    size_t n = r->servers;
    struct end *e = rig_connect(r);

    RIG_UNTIL(r, e->ups == 1 && r->servers == n + 1 && r->server[n].ups == 1);
    return e;
}

int rig_raw(struct rig *r)
{
    struct sockaddr_in at = {.sin_family = AF_INET,
        .sin_port = htons((uint16_t)atoi(r->port)),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    cr_assert_geq(fd, 0);
    cr_assert_eq(connect(fd, (struct sockaddr *)&at, sizeof at), 0);
    return fd;
}

static void narrow(const struct end *e, int which)
{
    int small = 64 << 10;

    cr_assert_eq(
        setsockopt(((struct conn *)e->link)->fd, SOL_SOCKET, which, &small, sizeof small), 0);
}

void rig_narrow(struct rig *r, struct end *client)
{
    narrow(client, SO_RCVBUF);
    narrow(&r->server[client - r->client], SO_SNDBUF);
}

void rig_send(struct end *e, uint8_t op, const void *body, size_t n)
{
    struct buf b;

    buf_init(&b, 4u << 20);
    size_t mark = frame_begin(&b, op);
    buf_put(&b, body, n);
    frame_end(&b, mark);
    cr_assert_eq(buf_end(&b), ERR_OK);
    unsigned seen = e->frames + e->downs + e->drained;
    link_send(e->link, span_copy(buf_view(&b)));
    cr_assert_eq(e->frames + e->downs + e->drained, seen, "called back from inside a call");
    buf_free(&b);
}

void rig_text(struct end *e, const char *text)
{
    rig_send(e, 0x15, text, strlen(text));
}
