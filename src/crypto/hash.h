/* SPDX-License-Identifier: ISC */
/*
 * SHA-256, HMAC-SHA256 and HKDF-SHA256. The algorithms are fetched from OpenSSL once per
 * process. Outputs are the caller's.
 */
#ifndef CRYPTO_HASH_H
#define CRYPTO_HASH_H

#include "base/bytes.h"
#include "base/err.h"

#define HASH_SHA256 32

enum err hash_sha256(struct bytes in, uint8_t out[HASH_SHA256]);
enum err hash_hmac(
    struct bytes key, const struct bytes *parts, size_t count, uint8_t out[HASH_SHA256]);
enum err hash_hkdf(
    struct bytes key, struct bytes salt, const char *info, uint8_t *out, size_t n);
/* Constant time; for every secret that is compared. */
bool hash_equal(const void *a, const void *b, size_t n);

#endif
