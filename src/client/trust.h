/* SPDX-License-Identifier: ISC */
/*
 * Whose key is whose, as this person knows it on one relay. An account's name is pinned to the
 * first key seen under it; another key later is a change, which is remembered and stays one,
 * over restarts, until the person accepts it in words. Guests have no name of their own: they
 * are their key ("guest:" and its fingerprint), so nothing of theirs can change; a nick is only
 * how they are shown, with a tag of their key behind it. Verified means: safety numbers were
 * compared. Everything is kept in the vault, with the caller's next commit.
 *
 * Judges nothing about groups: what follows from a change (nothing is shown, nothing is sent)
 * is the caller's. Persons handed out are borrowed until the next call that sees or forgets.
 */
#ifndef CLIENT_TRUST_H
#define CLIENT_TRUST_H

#include "client/shelf.h"
#include "client/trust_person.h"
#include "client/vault.h"

#define TRUST_RELAY_ID 16

struct trust;
/* Takes what the shelf has of this relay. ERR_CORRUPT names nothing: rows do not open. */
enum err trust_open(struct vault *v, struct shelf *shelf,
    const uint8_t relay_id[TRUST_RELAY_ID], struct trust **out);
void trust_free(struct trust *t);

/* A key was seen under a name. Pins it when the name is new. The verdict is about this key: the
 * old one, seen again during a change, is PINNED or VERIFIED as it was, and the change stays; a
 * third one takes the place of the second. A guest's name with a key that is not its own is
 * CHANGED, and what cannot be a name is UNKNOWN; of neither anything is remembered. */
enum trust_state trust_see(
    struct trust *t, struct bytes name, const uint8_t print[TRUST_PRINT], int64_t now_ms);
/* The same without pinning or remembering anything. */
enum trust_state trust_of(
    const struct trust *t, struct bytes name, const uint8_t print[TRUST_PRINT]);
const struct trust_person *trust_find(const struct trust *t, struct bytes name); /* or NULL */
const struct trust_person *trust_at(const struct trust *t, size_t i); /* by name; or NULL */

/* The changed key becomes the pinned one, unverified. ERR_NOT_FOUND, ERR_STATE: no change. Ask
 * first whether person->fresh still is the key that was shown to whoever accepts it. */
enum err trust_accept(struct trust *t, struct bytes name, int64_t now_ms);
/* ERR_NOT_FOUND; ERR_STATE while a change is not accepted. */
enum err trust_verify(struct trust *t, struct bytes name, bool verified);
enum err trust_forget(struct trust *t, struct bytes name); /* it will be new again */

/* Another known name that this one could be taken for (UTS 39 skeletons are equal), or NULL. */
const struct trust_person *trust_alike(const struct trust *t, struct bytes name);

#endif
