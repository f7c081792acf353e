/* SPDX-License-Identifier: ISC */
/*
 * RSA-OAEP with 2048, 3072 or 4096 bits; the hash, the mask's hash and the label are
 * parameters. An identity key of ours signs and never decrypts: nothing in the chat calls
 * this, it is here for tools and peers that seal to an RSA key. Every failure to open is the
 * same ERR_CRYPTO. Keys are PKCS#8 or SubjectPublicKeyInfo DER; e = 65537 is asked of a
 * public key, a private one may have another odd exponent of up to 32 bits. What fails to
 * be read is ERR_CRYPTO, what is too long to seal ERR_TOO_BIG, and to open with a public key
 * ERR_STATE.
 */
#ifndef CRYPTO_RSA_H
#define CRYPTO_RSA_H

#include "base/buf.h"
#include "base/bytes.h"
#include "base/err.h"
#include "crypto/hash.h"

#define RSA_MAX 512 /* bytes of the largest modulus */

struct rsa_oaep {
    const struct hash_alg *hash;
    const struct hash_alg *mgf;
    struct bytes label;
};

struct rsa_key; /* public, or private and public */
enum err rsa_key_read_private(struct bytes pkcs8, struct rsa_key **out);
enum err rsa_key_read_public(struct bytes spki, struct rsa_key **out);
void rsa_key_free(struct rsa_key *k);
enum err rsa_seal(struct rsa_key *k, const struct rsa_oaep *how, struct bytes in,
    uint8_t out[RSA_MAX], size_t *n);
enum err rsa_open(struct rsa_key *k, const struct rsa_oaep *how, struct bytes in,
    uint8_t out[RSA_MAX], size_t *n);

#endif
