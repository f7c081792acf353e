/* SPDX-License-Identifier: ISC */
/*
 * That somebody holds the private half of an identity key, said on one connection and worth
 * nothing on another: an RSA-PSS signature over "sotto identity 1" and the connection's TLS
 * exporter. Who asks and who answers make the same bytes here; of connections this file knows
 * nothing. No content that MLS signs (RFC 9420, 5.1.2) is these bytes: read as such they begin
 * with a label of 13167 bytes.
 */
#ifndef CRYPTO_IDENTITY_PROOF_H
#define CRYPTO_IDENTITY_PROOF_H

#include "crypto/sign.h"

#define IDENTITY_PROOF_EXPORT 32

/* out holds SIGN_MAX; *n becomes the length. A key of another scheme: ERR_REFUSED. */
enum err identity_proof_make(
    struct sign_key *k, const uint8_t exporter[IDENTITY_PROOF_EXPORT], uint8_t *out, size_t *n);
/* ERR_FORMAT: spki is no identity key. ERR_CRYPTO: the proof is not of that key, or was made
 * for another connection. */
enum err identity_proof_check(
    struct bytes spki, const uint8_t exporter[IDENTITY_PROOF_EXPORT], struct bytes proof);

#endif
