/* SPDX-License-Identifier: ISC */
/*
 * A person's session with one relay: dials, is let in, keeps the model true, and comes back
 * by itself when the link is lost. The world is handed in (loop, links, pins, model); nothing
 * here blocks. It ends after session_quit(), or INTENT_QUIT, once session_over() says so.
 */
#ifndef CLIENT_SESSION_H
#define CLIENT_SESSION_H

#include "client/engine.h"

struct session;

struct session *session_new(const struct engine_setup *setup);
void session_free(struct session *s); /* only when over, or never started */
void session_start(struct session *s);
void session_intents(struct session *s); /* does what the person asked for since */
void session_quit(struct session *s);
bool session_over(const struct session *s);

#endif
