/* SPDX-License-Identifier: ISC */
/*
 * A person's session with one relay: dials, is let in, keeps the model true, and comes back
 * by itself when the link is lost. The world is handed in (loop, links, pins, vault, worker,
 * model); nothing here blocks. It ends after session_quit(), or INTENT_QUIT, once
 * session_over() says so. Whoever owns vault and worker drains them and tells what landed.
 */
#ifndef CLIENT_SESSION_H
#define CLIENT_SESSION_H

#include "client/engine.h"

struct session;

/* Fails when the vault's rows cannot be read; why gets a sentence. */
enum err session_new(
    const struct engine_setup *setup, struct session **out, char *why, size_t why_n);
/* Only when over, or never started; after the worker is gone, since its jobs come back here,
 * and before the vault is closed. */
void session_free(struct session *s);
void session_start(struct session *s);
void session_intents(struct session *s); /* does what the person asked for since */
void session_quit(struct session *s);
bool session_over(const struct session *s);

/* For the vault's setup: arg is a struct session **, so that the vault can be opened first. */
void session_landed(void *arg);
void session_unsaved(void *arg, const char *why);

#endif
