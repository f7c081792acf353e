/* SPDX-License-Identifier: ISC */
/*
 * Who is in a conversation, by its tree: fingerprints against pins, look-alikes, and the list
 * that is shown. The relay's list of who is here is laid beside it: who is on it and has no
 * leaf cannot read what is said, and is shown so.
 */
#ifndef CLIENT_GROUP_PEOPLE_H
#define CLIENT_GROUP_PEOPLE_H

#include "client/engine.h"

void people_refresh(struct engine *e, struct talk *c); /* after each epoch */
void people_overlay(struct engine *e, struct talk *c); /* after the relay's list changed */
void people_judge(struct engine *e, struct talk *c);   /* after trust changed */
void people_all(struct engine *e);                     /* the same everywhere */
/* Whether nothing may be sent: somebody's key changed, or somebody is not verified where that
 * is asked for. Says who, or NULL. */
const struct talk_person *people_stop(const struct talk *c);
/* Somebody as text: alice, or bob#k3x9 for a guest. */
#define PEOPLE_TEXT (TALK_NAME + EVENT_TAG + 2)
void people_text(const struct talk_person *p, char out[PEOPLE_TEXT]);
struct talk_person *people_self(struct engine *e, struct talk *c);
/* By what a person types: an account, a guest's name, with or without its tag. NULL: nobody,
 * or more than one. */
struct talk_person *people_named(struct talk *c, struct bytes typed);

#endif
