/* SPDX-License-Identifier: ISC */
/*
 * RSA keys, from DER to OpenSSL's objects. A public key has exactly three forms: a canonical
 * SubjectPublicKeyInfo (rsaEncryption with NULL, e = 65537) of 2048, 3072 or 4096 bits, of
 * which nothing but the modulus is free. It is compared byte by byte, so no number of a
 * stranger's choosing and no DER of his making reaches OpenSSL. A private key is PKCS#8 or a
 * bare PKCS#1 in strict DER, of those sizes; its eight numbers must belong together, or a
 * damaged file would make signatures that betray it. All else is ERR_CRYPTO. Knows nothing
 * of signatures. What is made belongs to the caller. For files of crypto only.
 */
#ifndef CRYPTO_KEY_RSA_H
#define CRYPTO_KEY_RSA_H

#include "crypto/ossl.h"

#include <openssl/types.h>

#include "base/buf.h"
#include "base/bytes.h"
#include "base/err.h"

bool key_rsa_bits_fit(unsigned bits);
enum err key_rsa_make(unsigned bits, EVP_PKEY **out); /* takes up to seconds */
enum err key_rsa_public(struct bytes spki, EVP_PKEY **out);
/* any_exponent: e is any odd number from 3 to 2^32, not 65537 alone. */
enum err key_rsa_private(struct bytes der, bool any_exponent, EVP_PKEY **out);
enum err key_rsa_write_public(EVP_PKEY *pkey, struct buf *out);  /* e must be 65537 */
enum err key_rsa_write_private(EVP_PKEY *pkey, struct buf *out); /* PKCS#8 */

#endif
