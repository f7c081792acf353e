/* SPDX-License-Identifier: ISC */
/*
 * Slow work with secrets, on the worker: stretching passwords, making an identity key. done()
 * comes later on the loop's thread with what was worked out, and both are wiped after it.
 */
#ifndef CLIENT_SECRET_H
#define CLIENT_SECRET_H

#include "client/engine.h"
#include "crypto/password.h"

struct secret_result {
    enum err err;
    uint32_t talk; /* serial, as given */
    uint8_t verifier[PASSWORD_KEY];
    struct password_room_keys room;
    struct sign_key *key; /* one owner: whoever is called */
};
typedef void secret_fn(struct engine *e, const struct secret_result *r);

void secret_account(
    struct engine *e, struct bytes password, struct bytes name, secret_fn *done);
void secret_room(
    struct engine *e, const struct talk *c, struct bytes password, secret_fn *done);
void secret_key(struct engine *e, secret_fn *done);

#endif
