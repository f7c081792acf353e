/* SPDX-License-Identifier: ISC */
/*
 * The one place that decides what a conversation does next: it looks at the facts and does the
 * first thing that is possible and not under way. Whatever changes a fact touches the
 * conversation, and the pump looks again; so a lost reply, another order or a restart needs no
 * case of its own.
 */
#ifndef CLIENT_PUMP_H
#define CLIENT_PUMP_H

#include "client/engine.h"

void pump_run(void *engine); /* a loop task: every conversation that was touched */
void pump_drop(struct engine *e, struct talk *c); /* forgets it at the end of the turn */
void pump_reap(struct engine *e);                 /* frees what was dropped */
void pump_link_lost(struct engine *e);            /* nothing is under way any more */

#endif
