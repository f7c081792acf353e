/* SPDX-License-Identifier: ISC */
/*
 * The cipher suites that are built, a row each. All of them hash with SHA-256, so a secret of
 * any epoch has SUITE_HASH bytes. Nothing else in the library knows a suite's number.
 */
#ifndef MLS_SUITE_H
#define MLS_SUITE_H

#include "crypto/hpke.h"
#include "crypto/sign.h"

#define SUITE_HASH  HASH_SHA256
#define SUITE_DRAWN DH_PRIV_SIZE /* random bytes that make one HPKE key pair */

struct suite {
    uint16_t id;
    const char *name; /* as the RFC writes it */
    struct hpke_suite hpke;
    const struct hash_alg *hash;
    const struct aead_alg *aead;
    const struct sign_alg *sign;
};

const struct suite *suite_find(uint16_t id); /* NULL when it is not built */
const struct suite *suite_at(size_t row);    /* NULL after the last */

#endif
