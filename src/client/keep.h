/* SPDX-License-Identifier: ISC */
/*
 * Conversations as rows of the vault: what each is, how far its log was followed, how far each
 * of its people was heard, what waits to be sent. Written with the ratchets of the same turn,
 * so that after a crash all of them tell of the same instant. Only accounts have anything to
 * come back to: of a guest's conversations nothing is kept here.
 */
#ifndef CLIENT_KEEP_H
#define CLIENT_KEEP_H

#include "client/engine.h"

void keep_talk(struct engine *e, const struct talk *c);  /* what it is */
void keep_place(struct engine *e, const struct talk *c); /* how far we are */
void keep_person(struct engine *e, const struct talk *c, const struct talk_person *p);
void keep_out(struct engine *e, const struct talk *c, const struct talk_out *o);
void keep_out_done(struct engine *e, const struct talk *c, const struct talk_out *o);
/* Under another name: what was kept under the old one is forgotten. */
void keep_renamed(struct engine *e, struct talk *c, struct bytes name);
void keep_forget(struct engine *e, const struct talk *c); /* all rows but the history */

/* Everything the vault has of who we are on this relay, once that is known. */
void keep_load(struct engine *e);

#endif
