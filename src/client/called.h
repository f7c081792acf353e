/* SPDX-License-Identifier: ISC */
/*
 * What the relay calls whom: its word for which guest has which key, as it told it, by
 * fingerprint. A guest's leaf has no name but its key, and departures come by name; so whoever
 * comes in later has to know. It may come before we are in the group, so it is kept here and
 * not with the people of a conversation. The relay's word and nothing more: it decides which
 * leaf is removed for a departure, never who is shown as having said something. A name is used
 * again: of one name one key is here at most.
 */
#ifndef CLIENT_CALLED_H
#define CLIENT_CALLED_H

#include "base/bytes.h"
#include "base/map.h"
#include "client/policy.h"

struct called {
    struct map by_print;
};

void called_free(struct called *all);
/* This key is here and called so: nobody else of that name is here any more. */
void called_here(struct called *all, const uint8_t print[POLICY_PRINT], struct bytes name);
void called_gone(struct called *all, struct bytes name);
void called_none_here(struct called *all); /* another session: the relay tells anew */
void called_rename(struct called *all, struct bytes from, struct bytes to);
struct bytes called_get(
    const struct called *all, const uint8_t print[POLICY_PRINT]); /* or empty */
bool called_is_here(const struct called *all, const uint8_t print[POLICY_PRINT]);

#endif
