/* SPDX-License-Identifier: ISC */
/*
 * AES-128-GCM, AES-256-GCM and ChaCha20-Poly1305: a 12-byte nonce, a 16-byte tag behind the
 * ciphertext. One call seals or opens one message; contexts are kept per thread, so nothing
 * is allocated, and the key schedule is wiped from them before the call returns. A caller
 * with many messages under one key holds a struct aead_key instead, which keeps the
 * schedule until it is freed. An open that fails leaves out zeroed and says ERR_CRYPTO.
 * in and out may be the same bytes; they may not overlap otherwise.
 */
#ifndef CRYPTO_AEAD_H
#define CRYPTO_AEAD_H

#include "base/bytes.h"
#include "base/err.h"

#define AEAD_NONCE   12
#define AEAD_TAG     16
#define AEAD_KEY_MAX 32

struct aead_alg {
    const char *name;
    uint16_t id; /* RFC 9180, 7.3 */
    uint8_t key_size;
    uint8_t row;
};

extern const struct aead_alg AEAD_AES128_GCM;
extern const struct aead_alg AEAD_AES256_GCM;
extern const struct aead_alg AEAD_CHACHA20_POLY1305;

/* out holds in.n + AEAD_TAG. The key has alg->key_size bytes. */
enum err aead_seal(const struct aead_alg *alg, const uint8_t *key,
    const uint8_t nonce[AEAD_NONCE], struct bytes aad, struct bytes in, uint8_t *out);
/* out holds in.n - AEAD_TAG; a shorter in is ERR_FORMAT. */
enum err aead_open(const struct aead_alg *alg, const uint8_t *key,
    const uint8_t nonce[AEAD_NONCE], struct bytes aad, struct bytes in, uint8_t *out);

/* One key, many messages: no key schedule per message. Not for two threads at once. */
struct aead_key;
enum err aead_key_new(const struct aead_alg *alg, const uint8_t *key, struct aead_key **out);
void aead_key_free(struct aead_key *k);
enum err aead_key_seal(struct aead_key *k, const uint8_t nonce[AEAD_NONCE], struct bytes aad,
    struct bytes in, uint8_t *out);
enum err aead_key_open(struct aead_key *k, const uint8_t nonce[AEAD_NONCE], struct bytes aad,
    struct bytes in, uint8_t *out);

#endif
