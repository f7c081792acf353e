/* SPDX-License-Identifier: ISC */
/*
 * Which leaves a departure means. The relay tells departures by name; a name is used again, a
 * guest's leaf knows nothing of it, and a guest may have changed it while we were away. So a
 * leaf is meant when it was called so and its owner is not here under this key; and when no
 * leaf was called so, every guest's leaf whose owner is not here: a guest that is not here is
 * gone. Who is here is the relay's word (client/called), which it gives about everybody up to
 * GONE_SHARED; in larger rooms a leaf that was never called anything is left to who knows.
 */
#ifndef CLIENT_GROUP_GONE_H
#define CLIENT_GROUP_GONE_H

#include "client/engine.h"

#define GONE_SHARED 60u /* the relay tells whose key is whose in rooms up to about that */
#define GONE_LEAVES 128

struct gone_leaves {
    struct talk_person *leaf[GONE_LEAVES];
    size_t n;
    bool sure; /* these and no others: the relay may forget the name with them */
};

void gone_meant(
    struct engine *e, struct talk *c, const struct talk_gone *g, struct gone_leaves *out);
/* Leaves under a key that was replaced (people_replaced()), where nobody is here under it. */
void gone_replaced(struct engine *e, struct talk *c, struct gone_leaves *out);

#endif
