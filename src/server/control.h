/* SPDX-License-Identifier: ISC */
/*
 * The operator's socket: a Unix stream socket (0600, in a folder of ours, 0700) on which root
 * and the relay's own user may give orders. A request is one JSON object on one line, and so is
 * its answer: {"ok":true,...} or {"ok":false,"error":"words"}; docs/PROTOCOL.md lists them. A
 * few clients at a time, one request of each, bounded in and out, and no call ever waits.
 *
 * It borrows its parts, which outlive it; requests that are with the store or the hasher when
 * it is closed end in silence, so close it before those are drained for the last time.
 * server_status() writes members into the object that is open; server_users() and
 * server_rooms() write one object a row into the array that is open.
 */
#ifndef SERVER_CONTROL_H
#define SERVER_CONTROL_H

#include "net/loop_event.h"
#include "server/config.h"
#include "server/server.h"

#define CONTROL_CLIENTS 8
#define CONTROL_LINE    (64 * 1024)       /* of a request, with its newline */
#define CONTROL_ANSWER  (8 * 1024 * 1024) /* of an answer */

struct control;

struct control_parts {
    struct loop_event *le;
    struct server *server;
    struct store *store;
    struct worker *hasher;
    const struct config *config;
    void (*reload)(void *arg); /* both are called from the loop, after the answer went out */
    void (*drain)(void *arg);
    void *arg;
    const char *sandbox; /* words for status: what protects this process; may be NULL */
};

/* A socket file nobody answers on is replaced; one that is alive is ERR_BUSY. */
enum err control_open(const struct control_parts *parts, const char *path, struct control **out,
    char *why, size_t why_n);
void control_config(struct control *c, const struct config *config); /* after a reload */
void control_close(struct control *c); /* removes the socket file; NULL is fine */

#endif
