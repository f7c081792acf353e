/* SPDX-License-Identifier: ISC */
/*
 * Diffie-Hellman over X25519 and P-256. Public keys travel as RFC 9180 (7.1.1) writes them:
 * 32 bytes, or 65 bytes of uncompressed point. A peer's key that is not on the curve, is the
 * point at infinity, or gives an all-zero secret is ERR_CRYPTO. A private key is imported
 * once into a struct dh_key, which remembers its public half. A key pair is made from bytes
 * that the caller drew, so whoever hands in the randomness repeats the run. A key object is
 * not for two threads at once, not even to be read.
 */
#ifndef CRYPTO_DH_H
#define CRYPTO_DH_H

#include "base/bytes.h"
#include "base/err.h"

#define DH_PUB_MAX   65
#define DH_PRIV_SIZE 32 /* of both */
#define DH_SHARED    32 /* of both */

struct dh_alg {
    const char *name;
    uint16_t kem_id; /* RFC 9180, 7.1: the DHKEM with HKDF-SHA256 */
    uint8_t pub_size;
    uint8_t row;
};

extern const struct dh_alg DH_X25519;
extern const struct dh_alg DH_P256;

struct dh_key;
/* priv: DH_PRIV_SIZE bytes; for P-256 a big-endian scalar in 1 .. order - 1, else ERR_CRYPTO.
 */
enum err dh_key_new(const struct dh_alg *alg, struct bytes priv, struct dh_key **out);
/* When the public half is known, a private key needs no multiplication to import. The caller
 * answers for the two belonging together. */
enum err dh_key_pair(
    const struct dh_alg *alg, struct bytes priv, struct bytes pub, struct dh_key **out);
void dh_key_free(struct dh_key *k);
const struct dh_alg *dh_key_alg(const struct dh_key *k);
struct bytes dh_key_pub(const struct dh_key *k); /* lives as long as the key */
void dh_key_priv(const struct dh_key *k, uint8_t out[DH_PRIV_SIZE]);

enum err dh_shared(const struct dh_key *mine, struct bytes peer, uint8_t out[DH_SHARED]);
/* ERR_OK when peer is the encoding of a point that dh_shared() would not refuse for its form:
 * the length, and for P-256 that it lies on the curve. */
enum err dh_check(const struct dh_alg *alg, struct bytes peer);

#endif
