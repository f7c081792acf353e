/* SPDX-License-Identifier: ISC */
/*
 * The kinds of tests in Wycheproof files (version 1 of their schemas). A file may mix groups of
 * different parameters, so each function here looks at the group of its one test, says not
 * built where that is outside what there is, and hands what the library said to wy_judge().
 */
#ifndef VECTORS_WYCHEPROOF_H
#define VECTORS_WYCHEPROOF_H

#include "crypto/hash.h"
#include "vec.h"

struct wy_test {
    const cJSON *root;
    const cJSON *group;
    const cJSON *test;
};

typedef void wy_run_fn(struct vec_case *c, const struct wy_test *t);

wy_run_fn wy_aead;
wy_run_fn wy_ecdh;
wy_run_fn wy_ecdsa;
wy_run_fn wy_eddsa;
wy_run_fn wy_hkdf;
wy_run_fn wy_hmac;
wy_run_fn wy_oaep;
wy_run_fn wy_pss;
wy_run_fn wy_xdh;

/* Latches a failure when the library accepted what the test wants refused, or the reverse. True
 * when it accepted, rightly: what came out is then to be compared. */
bool wy_judge(struct vec_case *c, const struct wy_test *t, const char *what, enum err got);
/* "SHA-256", "SHA256" or "SHA-512/256"; NULL when it is not one of ours. */
const struct hash_alg *wy_hash(const char *name);
/* Whether an RSA key is of a size and in an encoding that keys have here: 2048, 3072 or 4096
 * bits, and behind lead bytes of DER the algorithm rsaEncryption with NULL. Otherwise not
 * built, with the reason. */
bool wy_rsa_built(struct vec_case *c, struct bytes modulus, struct bytes der, size_t lead);

#endif
