/* SPDX-License-Identifier: ISC */
/*
 * What somebody has typed and not said: kept, sealed as all the rest, for accounts, and on its
 * page again at the next start.
 */
#ifndef CLIENT_DRAFT_H
#define CLIENT_DRAFT_H

#include "client/engine.h"

void draft_keep(struct engine *e, const struct talk *c, struct bytes text);
void draft_show(struct engine *e, struct talk *c); /* on its page, once there is one */

#endif
