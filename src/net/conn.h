/* SPDX-License-Identifier: ISC */
/*
 * Links made of TCP sockets and TLS, on libevent. Reading: one read(2) into a buffer shared by
 * all connections, decrypted into another, frames handed on straight from there. Writing: what
 * was queued in a turn is sealed at its end into as few records as it fits and written with one
 * write(2); what the kernel does not take is kept, and only then is the socket watched for
 * writing. Deadlines: TLS handshake, unfinished frame, no progress of writing. TCP_NODELAY is
 * on.
 *
 * A frame that was stalled holds back what came behind it, the end of the connection too. After
 * a failed write nothing more is sent, but what the other side had sent before is still read.
 * A socket outlives its link for at most linger_ms: until queued bytes and the goodbye are out
 * and the other side has closed, so that no reset overtakes the last words.
 */
#ifndef NET_CONN_H
#define NET_CONN_H

#include "base/err.h"
#include "net/link.h"
#include "net/loop_event.h"
#include "net/tls.h"

struct conn_limits {
    uint32_t handshake_ms; /* absolute, from accept or connect to the end of TLS */
    uint32_t frame_ms;     /* an unfinished frame */
    uint32_t progress_ms;  /* a non-empty queue of which the kernel took nothing */
    size_t soft_bytes;     /* above it for soft_ms: too slow; 0 in any of these: no limit */
    uint32_t soft_ms;
    size_t hard_bytes;  /* above it, and the kernel takes no more: too slow at once */
    uint32_t linger_ms; /* after link_close(): how long queued bytes are still tried */
};

struct conn_env { /* shared by the connections of one loop; keeps the scratch buffers */
    struct loop_event *le;
    const struct conn_limits *limits;
    uint8_t *plain; /* scratch, conn_env_init() makes them */
    uint8_t *raw;
    struct buf sealed;
    struct conn *all; /* every one whose socket is open */
    size_t open;      /* how many those are: 0 when the last has lingered out */
    uint64_t read_bytes, write_bytes, reads, writes,
        records; /* counted, for status and bench */
};
void conn_env_init(
    struct conn_env *env, struct loop_event *le, const struct conn_limits *limits);
void conn_env_fini(struct conn_env *env); /* cuts what is still open; no callback comes of it */

/* Accepting. admit() is asked for each new socket, before there is a link; made() hands the
 * link over, in TLS handshake, no callback yet. Without a free descriptor a connection is taken
 * and closed. An empty host, or "::", means every address of this machine; port 0 any port, one
 * for all addresses. */
struct conn_listener;
struct conn_accept {
    bool (*admit)(
        void *arg, const char *address);     /* false: closed before TLS; NULL: all come in */
    void (*made)(void *arg, struct link *l); /* sets l->to and l->user */
    void *arg;
};
enum err conn_listen(struct conn_env *env, const char *host, const char *port,
    struct tls_ctx *ctx, const struct conn_accept *how, struct conn_listener **out, char *why,
    size_t why_n);
enum err conn_listen_fd(struct conn_env *env, int fd, struct tls_ctx *ctx,
    const struct conn_accept *how,
    struct conn_listener *
        *out); /* a listening socket that was handed to us; ours to close from now on */
void conn_listener_tls(
    struct conn_listener *cl, struct tls_ctx *ctx); /* for connections from now on */
void conn_listener_pause(struct conn_listener *cl, bool paused);
uint16_t conn_listener_port(const struct conn_listener *cl);
void conn_listener_free(struct conn_listener *cl);

/* Connecting: names are resolved off the loop's thread (a worker), every address is tried in
 * turn, each with its share of the time for the handshake. The link exists at once; up() or
 * down() tells how it went. Fails only when the worker takes no more jobs. */
struct worker;
enum err conn_connect(struct conn_env *env, struct worker *resolver, const char *host,
    const char *port, struct tls_ctx *ctx, const struct link_user *to, void *user,
    struct link **out);

/* For a client, after up(): the fingerprint that the relay showed. */
enum err conn_peer_fingerprint(struct link *l, uint8_t out[TLS_FINGERPRINT]);

#endif
