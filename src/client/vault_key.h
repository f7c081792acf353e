/* SPDX-License-Identifier: ISC */
/*
 * The key of the vault as it lies on disk, in vault.key beside it: sealed under a passphrase
 * (scrypt), or, when none was wanted, as it is, in a file of mode 0600. A passphrase is changed
 * without touching a row: the key stays, its seal is made anew, whole or not at all.
 * Passphrases are compared after NFC. Everything with a passphrase is slow on purpose: on a
 * worker, or before there is a screen.
 */
#ifndef CLIENT_VAULT_KEY_H
#define CLIENT_VAULT_KEY_H

#include "base/bytes.h"
#include "base/err.h"
#include "client/vault.h"

enum vault_key_kind { VAULT_KEY_NONE, VAULT_KEY_PLAIN, VAULT_KEY_PASSPHRASE };

/* What there is in dir; VAULT_KEY_NONE also when dir is not there. */
enum err vault_key_kind(const char *dir, enum vault_key_kind *out, char *why, size_t why_n);
/* Draws a key and keeps it; dir is made when missing. Passphrase empty: as it is. ERR_EXISTS:
 * there is one. log2_n 0: SEAL_COST. */
enum err vault_key_make(const char *dir, struct bytes passphrase, unsigned log2_n,
    uint8_t key[VAULT_KEY], char *why, size_t why_n);
/* ERR_REFUSED: a wrong passphrase. */
enum err vault_key_read(
    const char *dir, struct bytes passphrase, uint8_t key[VAULT_KEY], char *why, size_t why_n);
/* Both may be empty: a plain key gets a passphrase, or loses it. */
enum err vault_key_change(const char *dir, struct bytes old, struct bytes fresh,
    unsigned log2_n, char *why, size_t why_n);

#endif
