/* SPDX-License-Identifier: ISC */
/*
 * Signatures: Ed25519, ECDSA over P-256 with SHA-256, and RSA-PSS. A scheme is a const
 * struct; keys are imported once and kept as objects, from which many signatures are made or
 * checked without allocating. Encodings are those of RFC 9420, 5.1.2: Ed25519 keys are 32
 * bytes; P-256 keys are uncompressed points, their signatures DER; RSA keys are canonical
 * DER SubjectPublicKeyInfo (rsaEncryption with NULL, e = 65537, 2048, 3072 or 4096 bits and
 * nothing else, checked before any arithmetic), their signatures have the modulus' length.
 * RSA-PSS takes its hash, its mask's hash and its salt length from the scheme; SIGN_RSA_PSS
 * is SHA-256 twice with a salt of 32, never another (rsa_pss_rsae_sha256).
 * The salt of PSS and the nonce of ECDSA are drawn by OpenSSL. A key object, private or
 * public, keeps its workspace within: it is not for two threads at once.
 */
#ifndef CRYPTO_SIGN_H
#define CRYPTO_SIGN_H

#include "base/buf.h"
#include "base/bytes.h"
#include "base/err.h"
#include "crypto/hash.h"

#define SIGN_PUB_MAX  600 /* an RSA-4096 key is 550 bytes */
#define SIGN_MAX      512
#define SIGN_RSA_BITS 3072 /* what a new identity gets */

enum sign_kind { SIGN_KIND_ED25519, SIGN_KIND_ECDSA_P256, SIGN_KIND_RSA_PSS };

struct sign_alg {
    const char *name;
    enum sign_kind kind;
    const struct hash_alg *hash; /* NULL for Ed25519, which brings its own */
    const struct hash_alg *mgf;  /* RSA-PSS only */
    uint8_t salt;                /* RSA-PSS only */
};

extern const struct sign_alg SIGN_ED25519;
extern const struct sign_alg SIGN_ECDSA_P256;
extern const struct sign_alg SIGN_RSA_PSS;

/* The private half. */
struct sign_key;
/* bits is for RSA alone (0: SIGN_RSA_BITS; not one of the three sizes: ERR_REFUSED); making an
 * RSA key takes up to seconds. The other kinds are made from rand_bytes(). */
enum err sign_key_new(const struct sign_alg *alg, unsigned bits, struct sign_key **out);
/* The private form: Ed25519 the 32-byte seed, P-256 the 32-byte scalar, RSA PKCS#8 DER (a
 * bare PKCS#1 RSAPrivateKey is taken too). A damaged key, and an RSA key of another size or
 * exponent, is ERR_CRYPTO, never used. */
enum err sign_key_read(const struct sign_alg *alg, struct bytes priv, struct sign_key **out);
void sign_key_write(const struct sign_key *k, struct buf *out); /* RSA as PKCS#8 */
void sign_key_free(struct sign_key *k);
struct sign_key *sign_key_ref(struct sign_key *k); /* one more owner */
const struct sign_alg *sign_key_alg(const struct sign_key *k);
struct bytes sign_key_pub(const struct sign_key *k); /* encoded; lives as long as the key */
/* out holds SIGN_MAX; *n becomes the length. */
enum err sign_make(struct sign_key *k, struct bytes message, uint8_t *out, size_t *n);

/* The public half. Anything that is no such key is ERR_CRYPTO. Whether an Ed25519 key is a
 * point shows only when it checks. */
struct sign_pub;
enum err sign_pub_read(const struct sign_alg *alg, struct bytes pub, struct sign_pub **out);
void sign_pub_free(struct sign_pub *p);
/* ERR_OK, or ERR_CRYPTO. */
enum err sign_check(struct sign_pub *p, struct bytes message, struct bytes signature);

#endif
