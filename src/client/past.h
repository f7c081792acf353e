/* SPDX-License-Identifier: ISC */
/*
 * From the sealed history to the page: what was said here before is put on a page when it is
 * opened, a search shows what it finds line by line, and what was held back is shown once its
 * sender's key is accepted. All of it is read by the vault's thread and comes when it comes.
 */
#ifndef CLIENT_PAST_H
#define CLIENT_PAST_H

#include "client/engine.h"

void past_page(struct engine *e, struct talk *c); /* makes sure that there is one */
void past_older(struct engine *e, struct talk *c, size_t count); /* a page further back */
void past_held(struct engine *e, struct talk *c, const uint8_t print[POLICY_PRINT]);
/* A message of ours has come so far: pages that are being read show it, whatever they read. */
void past_state(struct engine *e, const struct talk *c, const uint8_t key[EVENT_KEY],
    enum event_state state);
/* c NULL: everywhere. One search at a time: a new one ends the one before; no words end it. */
void past_search(struct engine *e, struct talk *c, struct bytes words);
void past_free(struct engine *e);

#endif
