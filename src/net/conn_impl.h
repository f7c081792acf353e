/* SPDX-License-Identifier: ISC */
/*
 * One connection, as conn_life.c, conn_io.c (reading, writing), conn_listen.c and
 * conn_connect.c see it. Nobody else includes this.
 *
 *     DIAL -> SHAKE -> UP -> LEAVING -> DEAD       each may skip to DEAD; conn_end() moves
 *
 * LEAVING: the link has ended or is about to, the socket still says what was queued. DEAD:
 * waits for the end of the turn to be freed.
 */
#ifndef NET_CONN_IMPL_H
#define NET_CONN_IMPL_H

#include <event2/event.h>
#include <event2/event_struct.h>

#include "net/conn.h"
#include "net/lane.h"
#include "net/outq.h"

#define CONN_RAW (256u << 10) /* one read(2) */
#define CONN_PLAIN                                                                             \
    (CONN_RAW + (17u << 10)) /* what it decrypts to, with a record begun before */

enum conn_phase { CONN_DIAL, CONN_SHAKE, CONN_UP, CONN_LEAVING, CONN_DEAD };

/* Deadlines; one timer serves them all. PHASE: the handshake, then the lingering. PROGRESS: of
 * writing, or of one attempt to connect. */
enum conn_due {
    CONN_DUE_PHASE,
    CONN_DUE_FRAME,
    CONN_DUE_PROGRESS,
    CONN_DUE_SOFT,
    CONN_DUE_POST, /* what was posted leaves, with company or without */
    CONN_DUES
};

struct conn_dial;

struct conn_bulk {
    struct lane lane;
    size_t out; /* of out and wire, what came from the lane: no backlog */
};

struct conn {
    struct link link; /* first: a link is its conn */
    struct conn_env *env;
    struct conn *next;
    struct conn **at; /* what points to this one in the list of all */
    struct tls *tls;
    struct conn_dial *dial; /* while connecting */
    char *detail;           /* of the end */
    struct event ev;
    int fd;
    short watched;     /* what ev waits for */
    uint8_t phase;     /* enum conn_phase */
    uint8_t why;       /* enum link_end; once LEAVING, or after the stall */
    bool stalled : 1;  /* the user did not take a frame: nothing is read */
    bool fresh : 1;    /* a frame was taken since the deadline of frames was set */
    bool over : 1;     /* ends as why says when the stall is over */
    bool above : 1;    /* the queue has passed the soft mark and was not empty since */
    bool mute : 1;     /* a write failed: nothing more is sent */
    bool reaping : 1;  /* step waits in REAP */
    bool told : 1;     /* down() was called: the link is gone */
    bool said_bye : 1; /* the goodbye is sealed */
    uint32_t wire_at;
    uint32_t wire_n;
    uint8_t *wire; /* sealed bytes that the kernel has not taken */
    struct outq out;
    struct conn_bulk *bulk; /* NULL until the low lane is first used */
    struct framer framer;
    struct loop_timer timer;
    struct loop_task step;  /* DELIVER: goes on after a stall; REAP: the end */
    struct loop_task flush; /* FLUSH */
    uint64_t due[CONN_DUES];
};

static inline bool conn_bulk_waits(const struct conn *c)
{
    return c->bulk != NULL && c->bulk->lane.count != 0;
}

static inline struct loop *conn_loop(const struct conn *c)
{
    return loop_event_loop(c->env->le);
}

/* conn_life.c */
struct conn *conn_new(struct conn_env *env, struct tls_ctx *ctx);
void conn_free(struct conn *c);
void conn_socket(struct conn *c, int fd);    /* takes it and sets its options */
void conn_watch(struct conn *c, short what); /* EV_READ, EV_WRITE, both or 0 */
void conn_due(struct conn *c, enum conn_due which, uint32_t after_ms);
void conn_end(struct conn *c, enum link_end why, const char *detail);
void conn_done(struct conn *c); /* the socket has no more to say; c may be gone after it */
struct sockaddr;
void conn_address(const struct sockaddr *from, char *out, size_t n);

/* conn_io.c */
void conn_shake(struct conn *c); /* goes on with the handshake */
void conn_read(struct conn *c);
void conn_resume(struct conn *c);
void conn_flush(struct conn *c);    /* at the end of a turn that queued something */
void conn_writable(struct conn *c); /* the kernel has room again */
void conn_leave(struct conn *c);    /* flush() of a LEAVING one; c may be gone after it */
void conn_drain(struct conn *c);    /* what still comes in while LEAVING; likewise */
void conn_farewell(struct conn *c); /* one try to say goodbye, of one that is DEAD */

/* conn_connect.c */
void conn_dial_ready(struct conn *c);
void conn_dial_next(struct conn *c); /* this address took too long */
void conn_dial_leave(struct conn *c);

#endif
