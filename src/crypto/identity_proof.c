/* SPDX-License-Identifier: ISC */
#include "crypto/identity_proof.h"

#define LABEL   "sotto identity 1"
#define LABEL_N (sizeof LABEL - 1)
#define SIGNED  (LABEL_N + IDENTITY_PROOF_EXPORT)

static struct bytes signed_bytes(
    const uint8_t exporter[IDENTITY_PROOF_EXPORT], uint8_t room[SIGNED])
{
    memcpy(room, LABEL, LABEL_N);
    memcpy(room + LABEL_N, exporter, IDENTITY_PROOF_EXPORT);
    return bytes_of(room, SIGNED);
}

enum err identity_proof_make(
    struct sign_key *k, const uint8_t exporter[IDENTITY_PROOF_EXPORT], uint8_t *out, size_t *n)
{
    uint8_t room[SIGNED];

    *n = 0;
    if (sign_key_alg(k) != &SIGN_RSA_PSS)
        return ERR_REFUSED;
    return sign_make(k, signed_bytes(exporter, room), out, n);
}

enum err identity_proof_check(
    struct bytes spki, const uint8_t exporter[IDENTITY_PROOF_EXPORT], struct bytes proof)
{
    uint8_t room[SIGNED];
    struct sign_pub *pub = NULL;

    if (sign_pub_read(&SIGN_RSA_PSS, spki, &pub) != ERR_OK)
        return ERR_FORMAT;
    enum err e = sign_check(pub, signed_bytes(exporter, room), proof);
    sign_pub_free(pub);
    return e;
}
