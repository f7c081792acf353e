/* SPDX-License-Identifier: ISC */
/*
 * The relay: what its handlers share. A server is made of parts handed in (loop, store, bus,
 * hashing worker, configuration), is given links by whoever accepts them, and never touches
 * a socket, a file descriptor or the clock itself; so a simulator runs it whole.
 */
#ifndef SERVER_SERVER_H
#define SERVER_SERVER_H

#include "base/worker.h"
#include "net/link.h"
#include "net/loop.h"
#include "server/bus.h"
#include "server/config.h"
#include "server/sentence.h"
#include "server/store.h"

struct server;

struct server_parts {
    struct loop *loop;
    struct store *store;         /* the caller's, outlives the server */
    struct bus *bus;             /* the same */
    struct worker *hasher;       /* the same; several threads */
    const struct config *config; /* borrowed; server_reload() gives another */
    struct bytes access_key;     /* empty: open relay */
    const char *audit_dir;       /* NULL: no audit log */
};

enum err server_new(
    const struct server_parts *parts, struct server **out, char *why, size_t why_n);
void server_free(struct server *s); /* every link must be down */

/* For whoever accepts connections. */
bool server_admit(struct server *s, const char *address); /* before anything is spent on it */
void server_take(struct server *s, struct link *l);       /* sets l->to and l->user */
void server_reload(struct server *s, const struct config *c, struct bytes access_key);
/* Tells clients, stops taking new ones, waits for the store; then done() once. */
void server_drain(struct server *s, loop_fn *done, void *arg);

/* What an operator asks (see server/control): status writes members into the object that is
 * open, the lists write one object a row into the array that is open. */
struct json_out;
void server_status(struct server *s, struct json_out *out);
void server_users(struct server *s, struct json_out *out);
void server_rooms(struct server *s, struct json_out *out);
/* By name, or by address when there is no such user; counts of who was hit. */
size_t server_kick(struct server *s, struct bytes room, struct bytes who, struct bytes by,
    struct bytes reason);
enum err server_ban(struct server *s, struct bytes room, const struct sentence *x);
enum err server_unban(struct server *s, struct bytes room, struct bytes who, struct bytes by);
size_t server_announce(struct server *s, struct bytes text);
/* Accounts change at once for sessions that are here: a removed one is closed, a role is shown.
 */
void server_account_changed(struct server *s, struct bytes name, bool removed, uint8_t role);

#endif
