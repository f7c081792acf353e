/* SPDX-License-Identifier: ISC */
/*
 * Who we are: the RSA key that signs everything we say, the name it goes by on this relay, and
 * the secrets of key packages that others may use to add us. The key is one for all relays and
 * stays when names change. Kept in the vault with the caller's next commit.
 *
 * Making a key takes seconds and is the caller's to put on a worker: identity_take() gets what
 * came of it. Until then there is no key and nobody can be talked to.
 */
#ifndef CLIENT_IDENTITY_H
#define CLIENT_IDENTITY_H

#include "client/policy.h"
#include "client/shelf.h"
#include "client/trust.h"
#include "client/vault.h"

#define IDENTITY_PACKAGES 64

struct identity_package {
    uint16_t suite;
    bool last_resort;
    uint8_t ref[MLS_SECRET];
    struct buf message;
    struct buf secret;
    struct buf used; /* hashes of the welcomes that a last resort was good for */
};

struct identity {
    struct vault *vault;
    struct mls_env env;   /* of packages: no PSK, no judgement */
    struct sign_key *key; /* NULL: none yet */
    uint8_t print[POLICY_PRINT];
    uint8_t relay_id[TRUST_RELAY_ID];
    char name[TRUST_NAME]; /* of the credential; "" before we are let in */
    bool guest;
    struct buf leaf_extensions; /* a guest's nick */
    struct mls_identity mls;    /* borrows all of the above */
    struct identity_package *packages;
    size_t packages_n;
};

enum err identity_open(struct identity *id, struct vault *v); /* what the vault has */
void identity_close(struct identity *id);
void identity_take(struct identity *id, struct sign_key *key); /* counted: one more owner */
/* The name on this relay; account empty: a guest, who wants to be called nick. The packages of
 * that name come from the shelf. ERR_CORRUPT: one of them makes no sense and is left out. */
enum err identity_name(struct identity *id, struct shelf *shelf,
    const uint8_t relay_id[TRUST_RELAY_ID], struct bytes account, struct bytes nick);
/* What the rows of this name on this relay begin with. */
#define IDENTITY_HOME (TRUST_RELAY_ID + 1 + TRUST_NAME)
struct bytes identity_home(const struct identity *id, uint8_t out[IDENTITY_HOME]);
void identity_nick(struct identity *id, struct bytes nick); /* for leaves made from now on */

/* One more, kept and ready to be published. NULL: it could not be made. */
struct identity_package *identity_package(
    struct identity *id, uint16_t suite, bool last_resort, uint64_t now_s);
struct identity_package *identity_last_resort(
    struct identity *id, uint16_t suite); /* or NULL */
/* A welcome was made for it: then it is gone for good, or, a last resort, remembers. false:
 * that welcome came before. */
bool identity_spend(struct identity *id, struct identity_package *p, struct bytes welcome);

#endif
