/* SPDX-License-Identifier: ISC */
/*
 * One framed connection as its user sees it. conn.c makes them of sockets and TLS, the
 * simulator of bytes in memory; the user cannot tell.
 *
 * The user gets its callbacks from the loop's thread, never from inside a call it makes, in
 * this order: up() once, frame() any number, down() exactly once; or down() alone. link_close()
 * only marks: bytes already queued are still tried once, down() comes at the end of the turn,
 * and the link is freed right after down() returned. So a link may be used until its down().
 */
#ifndef NET_LINK_H
#define NET_LINK_H

#include "base/bytes.h"
#include "base/err.h"
#include "net/chunk.h"
#include "net/framer.h"

enum link_end {
    LINK_END_CLOSED,  /* the other side said goodbye */
    LINK_END_LOST,    /* reset, cut, or no goodbye */
    LINK_END_CONNECT, /* never got there: name, route or port */
    LINK_END_TLS,     /* handshake or record refused; detail says why */
    LINK_END_FRAMING, /* bytes that are no frame, or too large a one */
    LINK_END_TIMEOUT, /* a deadline of the link passed: handshake or unfinished frame */
    LINK_END_SLOW,    /* it did not read what we sent */
    LINK_END_LOCAL,   /* link_close() by its user */
    LINK_END_COUNT
};

struct link;

struct link_user {
    void (*up)(void *user);
    enum framer_verdict (*frame)(void *user, const struct frame *f);
    uint32_t (*ceiling)(void *user, uint8_t op);
    void (*drained)(void *user); /* the queue fell to empty after link_backlog() had passed the
                                    soft mark; may be NULL */
    void (*down)(void *user, enum link_end why, const char *detail);
};

#define LINK_EXPORT 32

struct link_ops {
    void (*send)(struct link *l, struct span s);
    void (*post)(struct link *l, struct span s); /* NULL: the same as send */
    void (*resume)(struct link *l);
    void (*close)(struct link *l, const char *detail);
    enum err (*exporter)(struct link *l, uint8_t out[LINK_EXPORT]);
    enum err (*peer_cert)(struct link *l, uint8_t fingerprint[32], char *name, size_t name_n);
};

struct link {
    const struct link_ops *ops;
    const struct link_user *to;
    void *user;
    size_t backlog;   /* bytes queued and not yet taken by the network */
    char address[64]; /* who is there, for limits and logs: "127.0.0.1" or "2001:db8::1" */
};

static inline void link_send(struct link *l, struct span s) /* takes the reference */
{
    l->ops->send(l, s);
}
/* For what nobody waits for, a receipt say: it goes with whatever is sent next, or alone within
 * some milliseconds. Order is kept. */
static inline void link_post(struct link *l, struct span s)
{
    if (l->ops->post != NULL)
        l->ops->post(l, s);
    else
        l->ops->send(l, s);
}
static inline void link_resume(
    struct link *l) /* after FRAMER_STALL: the same frame is offered again, later */
{
    l->ops->resume(l);
}
static inline void link_close(struct link *l, const char *detail) /* twice is once */
{
    l->ops->close(l, detail);
}
/* The TLS exporter of this connection, label "EXPORTER-sotto", empty context. */
static inline enum err link_exporter(struct link *l, uint8_t out[LINK_EXPORT])
{
    return l->ops->exporter(l, out);
}
/* The verified client certificate: fingerprint of its public key and common name;
 * ERR_NOT_FOUND. */
static inline enum err link_peer_cert(
    struct link *l, uint8_t fingerprint[32], char *name, size_t n)
{
    return l->ops->peer_cert(l, fingerprint, name, n);
}
static inline size_t link_backlog(const struct link *l)
{
    return l->backlog;
}
const char *link_end_str(enum link_end why);

#endif
