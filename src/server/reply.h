/* SPDX-License-Identifier: ISC */
/*
 * What goes back: replies to requests, events, and asks (requests whose answer takes longer
 * than a turn). Every request gets exactly one of reply_done(), reply_op() or reply_refuse().
 */
#ifndef SERVER_REPLY_H
#define SERVER_REPLY_H

#include "server/relay.h"

/* A frame of this turn; owns a reference. */
struct span reply_frame(
    struct server *s, uint8_t op, const struct schema *shape, const void *msg);

void reply_done(
    struct peer *p, const struct schema *answer, const void *msg); /* 0x9a status 0 */
/* The same, where the person already knows: it may travel with the next frame, some
 * milliseconds later. */
void reply_soon(struct peer *p, const struct schema *answer, const void *msg);
void reply_empty(struct peer *p);
void reply_op(struct peer *p, uint8_t op, const struct schema *shape, const void *msg);
void reply_refuse(struct peer *p, uint8_t op, enum msg_code code, uint64_t num, const char *fmt,
    ...) __attribute__((format(printf, 5, 6)));
void reply_idle(struct peer *p, unsigned silent_s, unsigned left_s);

void tell_user(struct user *u, uint8_t op, const struct schema *shape, const void *msg);
void tell_span(struct user *u, struct span s); /* borrowed: takes a reference of its own */

/* An ask is the head of a struct that a handler allocates; its callback gets it back. */
struct ask {
    struct server *server;
    uint32_t slot;
    uint32_t generation;
    uint8_t op;
};
void *ask_open(
    struct peer *p, uint8_t op, size_t size); /* zeroed, ask first; the peer is busy */
struct peer *ask_peer(
    const struct ask *a);      /* NULL: gone meanwhile, or its session went elsewhere */
void ask_close(struct ask *a); /* frees it; the peer goes on */

struct peer *peer_by_id(struct server *s, uint32_t slot, uint32_t generation);

/* To the hashing worker; ERR_FULL when as many wait as the configuration allows. */
enum err relay_hash(struct server *s, struct job *j);

/* For writes whose outcome nobody waits for: a failure is logged with the words given. */
void relay_stored(void *words, const struct store_result *r);
void *relay_words(const char *constant);

/* Audit and log in one; what is foreign is escaped there. */
void relay_note(
    struct server *s, const char *what, const char *room, const char *user, const char *detail);

#endif
