/* SPDX-License-Identifier: ISC */
/*
 * Comes before every other header of OpenSSL: that library has a deprecated type ERR_STATE,
 * which is the name of one of our codes. Here its two headers that say the name see another.
 */
#ifndef CRYPTO_OSSL_H
#define CRYPTO_OSSL_H

#define ERR_STATE OSSL_ERR_STATE
#include <openssl/err.h>
#undef ERR_STATE

#endif
