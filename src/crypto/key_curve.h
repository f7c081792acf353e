/* SPDX-License-Identifier: ISC */
/*
 * Signing keys on curves, from bytes to OpenSSL's objects: Ed25519 by seed, P-256 by scalar,
 * public halves as RFC 9420 (5.1.2) writes them. Knows nothing of signatures. Everything that
 * is no such key is ERR_CRYPTO. What is made belongs to the caller. For files of crypto only.
 */
#ifndef CRYPTO_KEY_CURVE_H
#define CRYPTO_KEY_CURVE_H

#include "crypto/ossl.h"

#include <openssl/types.h>

#include "base/buf.h"
#include "base/bytes.h"
#include "base/err.h"

#define KEY_CURVE_PRIV 32 /* of both */

/* pub receives the public half. */
enum err key_curve_ed25519(struct bytes seed, EVP_PKEY **out, struct buf *pub);
enum err key_curve_ed25519_public(struct bytes pub, EVP_PKEY **out);
enum err key_curve_p256(struct bytes scalar, EVP_PKEY **out, struct buf *pub);
enum err key_curve_p256_public(struct bytes pub, EVP_PKEY **out);
/* The seed or the scalar, big endian. */
enum err key_curve_private(EVP_PKEY *pkey, uint8_t out[KEY_CURVE_PRIV]);

#endif
