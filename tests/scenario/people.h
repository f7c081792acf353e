/* SPDX-License-Identifier: ISC */
/*
 * What stories about people share: a relay where silence lasts, accounts with roles, and
 * counting who was told what.
 */
#ifndef SCENARIO_PEOPLE_H
#define SCENARIO_PEOPLE_H

#include "net/msg.h"
#include "support/actor.h"

/* Defaults, but nobody is dropped for silence and floods are no matter; not started yet. */
void people_init(struct sim *s, uint64_t seed);
/* An account that is there has this role from now on, here and in the store. */
void people_role(struct sim *s, const char *name, uint8_t role);
/* Connects and makes an account, or logs in to it. */
void people_account(struct actor *a, const char *name);
void people_login(struct actor *a, const char *name);
/* Presence events of this kind among what was told and not yet looked at. */
size_t people_told(
    const struct actor *a, enum msg_presence kind, const char *room, const char *user);
size_t people_told_any(const struct actor *a, const char *user); /* of any kind about him */
/* The last reply was a refusal with this code whose words hold this. */
void people_refused(struct actor *a, enum msg_code code, const char *words);
/* Orders, and the status that answers them. */
uint8_t people_kick(struct actor *a, const char *room, const char *who);
uint8_t people_timed(
    struct actor *a, uint8_t op, const char *room, const char *who, uint32_t seconds);
uint8_t people_unban(struct actor *a, const char *room, const char *who);
uint8_t people_moderator(struct actor *a, const char *room, const char *who, uint8_t on);
uint8_t people_password(
    struct actor *a, const char *room, const uint8_t *proof, uint32_t generation);
/* The n-th of something. */
const char *people_name(const char *stem, size_t n);

#endif
