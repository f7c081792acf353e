/* SPDX-License-Identifier: ISC */
/*
 * People who are here: their names, how they come in, drop, come back, change names and go. A
 * user without a peer is away: it keeps its name and its places for the grace time.
 */
#ifndef SERVER_USER_H
#define SERVER_USER_H

#include "server/relay.h"

const char *user_state_name(enum user_state st);
struct user *user_find(struct server *s, const char *name);
struct user *user_provisional(struct server *s, struct peer *p); /* rand0, rand1, ... */
/* Comes in: the user takes the name (NULL keeps it), an older session of an account gives way,
 * the request is answered, people are told. Refuses a banned one, and then nothing changed. */
void user_enter(
    struct peer *p, uint8_t op, const struct name *name, bool account, uint8_t role);
void user_resume(struct peer *p, struct user *u, uint8_t op);
void user_detach(struct user *u);                            /* its link is gone */
void user_gone(struct user *u);                              /* for good: frees it */
enum err user_rename(struct user *u, const struct name *to); /* ERR_EXISTS */
void user_leave_room(struct member *m);                      /* for good, with the departure */
void user_closing(
    struct user *u, const char *reason, unsigned retry_s); /* says so and closes the link */
bool user_refuse_banned(struct peer *p, uint8_t op, const char *name); /* true: it was */
bool user_banned(struct server *s, struct bytes who, bool mute, int64_t *until_ms);
/* To whoever wants to hear of everybody. */
void user_tell_watchers(
    struct server *s, enum msg_presence kind, const struct user *u, const char *other);
/* Welcomes that wait for him: each goes out until his cursor has passed it. */
void user_send_welcomes(struct user *u);
/* Identity keys of those who share a room, both ways. */
void user_share_identities(struct member *m);
void user_tell_identity(struct user *to, const struct user *of);
void user_set_identity(struct user *u,
    struct bytes identity); /* takes over from an older session of the same key */

#endif
