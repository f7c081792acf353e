/* SPDX-License-Identifier: ISC */
/*
 * Frames on their way out, in order. A frame that carries something sealed must not leave
 * before the vault has the state that sealed it, or a crash could use a key twice: each frame
 * names the ticket it waits for, and nothing overtakes. What waits when the link goes is
 * dropped, as what was on the line is. Knows neither the vault nor the session.
 */
#ifndef CLIENT_OUTGOING_H
#define CLIENT_OUTGOING_H

#include "client/request.h"
#include "net/chunk.h"
#include "net/link.h"

struct outgoing_frame {
    struct outgoing_frame *next;
    struct span frame;
    uint64_t ticket;
    bool asks; /* a reply will come to it */
    struct request request;
};

struct outgoing {
    struct outgoing_frame *first, **last;
    size_t count;
};

void outgoing_init(struct outgoing *o);
void outgoing_clear(struct outgoing *o);
/* request NULL: nobody answers. Takes the reference to the frame. */
void outgoing_put(
    struct outgoing *o, struct span frame, uint64_t ticket, const struct request *request);
/* Whatever may go, goes; its request begins to wait. How many went. */
size_t outgoing_flush(
    struct outgoing *o, struct link *to, uint64_t durable, struct requests *requests);

#endif
