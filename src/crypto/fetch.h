/* SPDX-License-Identifier: ISC */
/*
 * What hash and aead ask of OpenSSL: each algorithm fetched once per process, and one
 * context of each per thread, made at the thread's first use and freed when it ends. A
 * context is borrowed for the length of a call, and whoever borrows it leaves nothing of a
 * secret in it. A library without these algorithms ends the process. For files of crypto only.
 */
#ifndef CRYPTO_FETCH_H
#define CRYPTO_FETCH_H

#include "crypto/ossl.h"

#include <openssl/evp.h>

enum fetch_md {
    FETCH_SHA1,
    FETCH_SHA224,
    FETCH_SHA256,
    FETCH_SHA384,
    FETCH_SHA512,
    FETCH_SHA512_224,
    FETCH_SHA512_256,
    FETCH_MD_COUNT
};

enum fetch_cipher {
    FETCH_AES128_GCM,
    FETCH_AES256_GCM,
    FETCH_CHACHA20_POLY1305,
    FETCH_CIPHER_COUNT
};

EVP_MD_CTX *fetch_md_ctx(enum fetch_md row);             /* of this thread */
EVP_CIPHER_CTX *fetch_cipher_ctx(enum fetch_cipher row); /* of this thread, keyed */
/* The caller's own, under a key of zeroes, so that to key it anew allocates nothing. */
EVP_CIPHER_CTX *fetch_cipher_new(enum fetch_cipher row);

#endif
