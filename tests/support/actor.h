/* SPDX-License-Identifier: ISC */
/*
 * A scripted client: it asks and is answered, and keeps what it was told until somebody looks.
 * Its group bytes are any bytes: the relay cannot tell. Every call runs the world until it is
 * done; what does not come within a virtual minute fails the test with the story so far.
 */
#ifndef SUPPORT_ACTOR_H
#define SUPPORT_ACTOR_H

#include "net/opcode.h"
#include "support/sim.h"

struct told { /* a frame that arrived */
    struct told *next;
    uint8_t op;
    size_t n;
    uint8_t body[];
};

/* Where an actor lives: virtual time, or a real relay (support/live). */
struct actor_world {
    bool (*until)(void *world, bool (*cond)(void *), void *arg, uint64_t at_most_ms);
    struct link *(*dial)(
        void *world, const char *address, const struct link_user *to, void *user);
    void (*cut)(void *world, struct link *l);
    uint64_t seed;
};

struct actor {
    struct sim *sim; /* NULL in a world that is not simulated */
    const struct actor_world *ways;
    void *world;
    struct link *link; /* NULL: no line */
    char name[MSG_NAME + 1];
    char address[64];
    struct told *replies, *events; /* oldest first */
    size_t sent, answered;
    struct told *last; /* the reply or event last looked at; decoded views borrow from it */
    uint8_t resume[MSG_SECRET];
    struct msg_hello_ok hello;
    enum link_end why; /* of the last line */
    char detail[128];
    bool up;
};

void actor_init(struct actor *a, struct sim *s, const char *address);
void actor_init_in(struct actor *a, const struct actor_world *ways, void *world);
void actor_fini(struct actor *a);

bool actor_dial(struct actor *a); /* a line, no word said; false: refused */
void actor_enter(struct actor *a,
    const char *nick); /* dial, greet, hello, guest, nick ("" keeps the given name) */
void actor_hello(struct actor *a); /* dial, greet, hello */
uint8_t actor_register(
    struct actor *a, const char *name, uint8_t secret); /* after hello; status */
uint8_t actor_login(struct actor *a, const char *name, uint8_t secret);
uint8_t actor_resume(struct actor *a, const uint8_t token[MSG_SECRET]);

/* Sends and does not wait. */
void actor_send(struct actor *a, uint8_t op, const void *msg);
void actor_send_raw(struct actor *a, uint8_t op, struct bytes body);
/* Sends and waits for the reply; its opcode. actor_status() of a 0x9a. */
uint8_t actor_ask(struct actor *a, uint8_t op, const void *msg);
uint8_t actor_wait_reply(struct actor *a); /* the next reply in order */
uint8_t actor_status(struct actor *a);     /* 0xff: the reply was not a 0x9a */
struct msg_refusal actor_refusal(struct actor *a);
void actor_answer(
    struct actor *a, const struct schema *shape, void *out); /* what follows status 0 */
void actor_body(struct actor *a, const struct schema *shape,
    void *out); /* of a reply or event that is not a 0x9a */
/* The next event of this kind (others before it stay). Fails when none comes. */
void actor_event(struct actor *a, uint8_t op, const struct schema *shape, void *out);
bool actor_has_event(struct actor *a, uint8_t op);      /* without waiting; stays */
size_t actor_events(const struct actor *a, uint8_t op); /* how many, the same way */
void actor_forget(struct actor *a);                     /* drops what was told */
bool actor_wait_down(struct actor *a);                  /* the line is gone */
void actor_cut(struct actor *a);                        /* the network fails */

/* Shorthands. */
uint8_t actor_join(struct actor *a, const char *room);
uint8_t actor_join_proof(struct actor *a, const char *room, const uint8_t proof[MSG_SECRET]);
uint8_t actor_say(struct actor *a, const char *room, const char *text); /* status */
uint8_t actor_direct(struct actor *a, const char *to, const char *text);
uint64_t actor_said(
    struct actor *a, const char *text); /* waits for a room message with this text; its seq */
uint8_t actor_commit(
    struct actor *a, const char *room, uint64_t epoch, uint8_t flags, uint8_t req);

#endif
