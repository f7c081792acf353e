/* SPDX-License-Identifier: ISC */
/*
 * One framed connection as its user sees it. conn.c makes them of sockets and TLS, the
 * simulator of bytes in memory; the user cannot tell.
 *
 * The user gets its callbacks from the loop's thread, never from inside a call it makes, in
 * this order: up() once, frame() any number, down() exactly once; or down() alone. link_close()
 * only marks: bytes already queued are still tried once, down() comes at the end of the turn,
 * and the link is freed right after down() returned. So a link may be used until its down().
 *
 * A link has two lanes. What is sent or posted keeps its order and comes first. Frames in the
 * low lane (link_bulk) are taken from it one at a time and only when nothing else waits, so a
 * message stands behind what of them has begun to leave: at most LINK_BULK_AHEAD here, and
 * what the kernel holds unsent. Those under one tag keep their order, and tags take turns. How
 * much may wait there is for the user to bound: it counts as no backlog. link_close() forgets
 * the low lane.
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
    /* The low lane has given frames away and holds less than LINK_BULK_AHEAD; may be NULL. */
    void (*hungry)(void *user);
};

#define LINK_EXPORT     32
#define LINK_BULK_AHEAD (128u << 10)

struct link_ops {
    void (*send)(struct link *l, struct span s);
    void (*post)(struct link *l, struct span s);               /* NULL: the same as send */
    void (*bulk)(struct link *l, struct span s, uint32_t tag); /* NULL: the same as send */
    void (*purge)(struct link *l, uint32_t tag);               /* NULL: there is no low lane */
    size_t (*waits)(const struct link *l, uint32_t tag);       /* NULL: likewise */
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
    size_t bulk;      /* bytes that wait in the low lane */
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
/* One whole frame into the low lane; takes the reference. */
static inline void link_bulk(struct link *l, struct span s, uint32_t tag)
{
    if (l->ops->bulk != NULL)
        l->ops->bulk(l, s, tag);
    else
        l->ops->send(l, s);
}
/* Takes back what waits in the low lane under that tag. */
static inline void link_purge(struct link *l, uint32_t tag)
{
    if (l->ops->purge != NULL)
        l->ops->purge(l, tag);
}
/* How many frames under that tag wait in the low lane. */
static inline size_t link_waits(const struct link *l, uint32_t tag)
{
    return l->ops->waits != NULL ? l->ops->waits(l, tag) : 0;
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
static inline size_t link_bulk_waits(const struct link *l)
{
    return l->bulk;
}
const char *link_end_str(enum link_end why);

#endif
