/* SPDX-License-Identifier: ISC */
/*
 * SHA-2 (and SHA-1, only as a parameter of RSA in foreign test vectors), HMAC and HKDF.
 * An algorithm is a const struct; what OpenSSL needs for it is fetched once per process
 * and contexts are kept per thread, so no call here allocates but what OpenSSL 3.0 does
 * inside when a digest begins. What a context saw of a secret is wiped from it before the
 * call returns. Outputs are the caller's and hold
 * alg->size bytes unless a length is given. An out that overlaps an input is allowed.
 */
#ifndef CRYPTO_HASH_H
#define CRYPTO_HASH_H

#include "base/bytes.h"
#include "base/err.h"

#define HASH_SHA256 32
#define HASH_MAX    64

struct hash_alg {
    const char *name; /* "SHA256" */
    uint16_t kdf_id;  /* RFC 9180, 7.2: HKDF with this hash; 0 when it has none */
    uint8_t size;
    uint8_t block;
    uint8_t row; /* of the private table of what was fetched */
};

extern const struct hash_alg HASH_ALG_SHA1;
extern const struct hash_alg HASH_ALG_SHA224;
extern const struct hash_alg HASH_ALG_SHA256;
extern const struct hash_alg HASH_ALG_SHA384;
extern const struct hash_alg HASH_ALG_SHA512;
extern const struct hash_alg HASH_ALG_SHA512_224;
extern const struct hash_alg HASH_ALG_SHA512_256;

enum err hash_of(
    const struct hash_alg *alg, const struct bytes *parts, size_t count, uint8_t *out);
enum err hash_sha256(struct bytes in, uint8_t out[HASH_SHA256]);
/* The same for what comes piece by piece: it has a context of its own, for one thread at a
 * time. A failure is told at the end. */
struct hash_run;
struct hash_run *hash_run_new(const struct hash_alg *alg);
void hash_run_free(struct hash_run *h); /* NULL is fine */
void hash_run_put(struct hash_run *h, struct bytes v);
enum err hash_run_end(struct hash_run *h, uint8_t *out); /* and it begins anew */
enum err hash_hmac(const struct hash_alg *alg, struct bytes key, const struct bytes *parts,
    size_t count, uint8_t *out);
enum err hash_extract(
    const struct hash_alg *alg, struct bytes salt, struct bytes ikm, uint8_t *out);
/* n at most 255 * alg->size, else ERR_TOO_BIG. info comes in parts so that nobody has to
 * put it together first. */
enum err hash_expand(const struct hash_alg *alg, struct bytes prk, const struct bytes *info,
    size_t count, uint8_t *out, size_t n);
/* Constant time; for every secret that is compared. */
bool hash_equal(const void *a, const void *b, size_t n);

#endif
