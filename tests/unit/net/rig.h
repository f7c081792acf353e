/* SPDX-License-Identifier: ISC */
/*
 * A relay's side and a client's side of real connections over the loopback, both in one loop.
 * Each link has an end, which writes down what happens to it and does what the test told it.
 * Time stands still but for rig_pass(): however slow the machine is, no deadline passes by
 * itself, and each passes to the millisecond.
 */
#ifndef UNIT_NET_RIG_H
#define UNIT_NET_RIG_H

#include <criterion/criterion.h>
#include <stdio.h>

#include "base/worker.h"
#include "net/conn_impl.h"
#include "pki.h"

#define RIG_ENDS 64

struct rig;
struct end {
    struct rig *rig;
    struct link *link; /* NULL once down */
    unsigned ups, frames, offers, drained, downs;
    enum link_end why;
    char detail[128];
    struct buf got; /* op, then the body, of each frame */
    uint32_t ceiling;
    unsigned stall_every; /* each so many-th offer is not taken */
    bool stalled;
    bool deaf; /* takes nothing at all */
    bool close_on_up, close_on_frame, close_on_drained;
    struct link *close_too; /* another link that is closed by the first frame */
    bool echo;
};

struct rig {
    struct loop_event *le;
    struct conn_limits limits;
    struct conn_env server_env, client_env;
    struct worker *resolver;
    struct loop_watch *resolved;
    struct pki own;
    struct tls_ctx *server_tls, *client_tls;
    struct conn_listener *listener;
    char port[8];
    struct end server[RIG_ENDS], client[RIG_ENDS];
    size_t servers, clients;
    bool turn_away;
    unsigned asked;
    char asked_for[64];
};

extern const struct link_user rig_user;

void rig_open(struct rig *r);
void rig_free(struct rig *r);
void rig_pass(struct rig *r, uint64_t ms); /* so much time, and one turn */
/* Whether the link of an end has that deadline before it. */
bool rig_is_due(const struct end *e, enum conn_due which);
struct end *rig_connect(struct rig *r);
struct end *rig_connect_to(
    struct rig *r, const char *host, const char *port, struct tls_ctx *ctx);
struct end *rig_connect_up(struct rig *r); /* and waits until both sides are up */
int rig_raw(struct rig *r);                /* a bare TCP connection */
/* Whatever the system's settings are, the kernel keeps little of what is sent to this client.
 */
void rig_narrow(struct rig *r, struct end *client);
void rig_send(struct end *e, uint8_t op, const void *body, size_t n);
void rig_text(struct end *e, const char *text); /* op 0x15 */
bool rig_all_down(const struct rig *r);
void rig_accept_with(struct rig *r, struct conn_accept *how);

uint64_t rig_real_ms(void); /* the time outside, which does pass */

/* Turns the loop until it is so; five minutes are beyond all patience. */
#define RIG_UNTIL(r, what)                                                                     \
    do {                                                                                       \
        uint64_t rig_began = rig_real_ms();                                                    \
        while (!(what)) {                                                                      \
            cr_assert_lt(rig_real_ms() - rig_began, 300000, "waited in vain for " #what);      \
            loop_event_once((r)->le, 1000);                                                    \
        }                                                                                      \
    } while (0)

#endif
