/* SPDX-License-Identifier: ISC */
/* A relay and clients of it for one test: real programs in terminals, each in a home of its
 * own. */
#ifndef PTY_CLIENT_H
#define PTY_CLIENT_H

#include "support/live.h"
#include "support/pty.h"

struct client_wish {
    const char *nick;
    const char *term;     /* NULL: xterm-256color; "-": it is not set at all */
    const char *set;      /* NAME=VALUE in the environment; or NULL */
    const char *locale;   /* NULL: C.UTF-8 */
    const char *extra[5]; /* more arguments, NULL-ended */
    bool in_shell; /* below a shell that says "stopped" when it stops and wakes it at Enter */
    int cols, rows;
};

/* The one of the test that runs: what a suite has as its init and fini when it wants no more.
 */
extern struct live relay;
void client_relay_up(void);
void client_relay_down(void);

/* "TZ=...", of a place where it is about noon: no day ends while a test looks. */
void client_noon(char out[16]);
void client_server(char out[64], const struct live *to);
struct pty *client_start(const struct live *to, const struct client_wish *wish);
/* The same, and waits until it is connected under its nick. */
struct pty *client_ready(const struct live *to, const struct client_wish *wish);
/* Ends it by its command: all is well then, and the terminal is given back. */
void client_quit(struct pty *p);

#endif
