/* SPDX-License-Identifier: ISC */
/*
 * Passwords to keys with scrypt, on both sides of the wire.
 *
 * The person's side: password_account() and password_room() turn a password into what may
 * leave the machine; the salt names the purpose, the relay and the (folded) name, so equal
 * passwords differ everywhere. The relay's side: password_store() salts and hashes what
 * arrived, password_check() compares in constant time. All of them are slow on purpose:
 * they belong on a worker.
 */
#ifndef CRYPTO_PASSWORD_H
#define CRYPTO_PASSWORD_H

#include "base/bytes.h"
#include "base/err.h"

#define PASSWORD_KEY      32
#define PASSWORD_SALT     16
#define PASSWORD_STORED   (4 + PASSWORD_SALT + PASSWORD_KEY) /* log2 N, r, p, 0, salt, hash */
#define PASSWORD_RELAY_ID 16

/* log2_n is the cost: 17 for what is derived from a password, less for what is stored; at
 * most 20. The plain one is for what stays on the person's machine, under a random salt. */
enum err password_derive(
    struct bytes password, struct bytes salt, unsigned log2_n, uint8_t *out, size_t n);
enum err password_account(struct bytes password, const uint8_t relay_id[PASSWORD_RELAY_ID],
    struct bytes name, unsigned log2_n, uint8_t out[PASSWORD_KEY]);

struct password_room_keys {
    uint8_t proof[PASSWORD_KEY]; /* goes to the relay */
    uint8_t psk[PASSWORD_KEY]; /* never leaves the client: it enters the group's key schedule */
};
enum err password_room(struct bytes password, const uint8_t relay_id[PASSWORD_RELAY_ID],
    struct bytes folded_name, unsigned log2_n, struct password_room_keys *out);

enum err password_store(struct bytes secret, unsigned log2_n, uint8_t out[PASSWORD_STORED]);
/* ERR_OK, ERR_REFUSED when it is another secret, ERR_CORRUPT when stored is not ours. */
enum err password_check(struct bytes secret, struct bytes stored);

#endif
