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
/* The leaf of a key that its owner gave up: the person accepted the new one, which is in the
 * group too. */
bool people_replaced(struct engine *e, const struct talk *c, const struct talk_person *p);
const struct talk_person *people_stop(const struct talk *c);
/* Somebody in the group, ourselves excepted, who is not verified; or NULL. */
const struct talk_person *people_unverified(struct engine *e, struct talk *c);
/* Somebody as text: alice, or bob#k3x9 for a guest. */
#define PEOPLE_TEXT (TALK_NAME + EVENT_TAG + 2)
void people_text(const struct talk_person *p, char out[PEOPLE_TEXT]);
void people_tell_changed(struct engine *e, struct talk *c, const char *name);
/* A guest at the other end of a conversation of that name: false, and told, where the name is
 * known as an account's. */
bool people_guest_fits(struct engine *e, struct talk *c, struct bytes name);
/* Whether this is another guest than whom we talked with here before; told once. */
bool people_another_guest(struct engine *e, struct talk *c, const uint8_t print[POLICY_PRINT]);
/* Who is here now, so that people_compare() can tell who came and who went by what follows. */
void people_mark(struct talk *c);
typedef void people_fn(struct engine *e, struct talk *c, struct talk_person *p);
void people_compare(struct engine *e, struct talk *c, people_fn *came, people_fn *went);
struct talk_person *people_self(struct engine *e, struct talk *c);
/* By what a person types: an account, a guest's name, with or without its tag. NULL: nobody,
 * or more than one. */
struct talk_person *people_named(struct talk *c, struct bytes typed);

#endif
