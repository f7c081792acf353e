/* SPDX-License-Identifier: ISC */
#include "mls/suite.h"

#include "base/mem.h"

static const struct suite SUITES[] = {
    {0x0001, "MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519",
        {&DH_X25519, &HASH_ALG_SHA256, &AEAD_AES128_GCM}, &HASH_ALG_SHA256, &AEAD_AES128_GCM,
        &SIGN_ED25519},
    {0x0002, "MLS_128_DHKEMP256_AES128GCM_SHA256_P256",
        {&DH_P256, &HASH_ALG_SHA256, &AEAD_AES128_GCM}, &HASH_ALG_SHA256, &AEAD_AES128_GCM,
        &SIGN_ECDSA_P256},
    {0x0003, "MLS_128_DHKEMX25519_CHACHA20POLY1305_SHA256_Ed25519",
        {&DH_X25519, &HASH_ALG_SHA256, &AEAD_CHACHA20_POLY1305}, &HASH_ALG_SHA256,
        &AEAD_CHACHA20_POLY1305, &SIGN_ED25519},
    /* Private use: AES-256 does not make the first a 256-bit suite, X25519 bounds both. */
    {0xf001, "MLS_128_DHKEMX25519_AES256GCM_SHA256_RSAPSS",
        {&DH_X25519, &HASH_ALG_SHA256, &AEAD_AES256_GCM}, &HASH_ALG_SHA256, &AEAD_AES256_GCM,
        &SIGN_RSA_PSS},
    {0xf002, "MLS_128_DHKEMX25519_CHACHA20POLY1305_SHA256_RSAPSS",
        {&DH_X25519, &HASH_ALG_SHA256, &AEAD_CHACHA20_POLY1305}, &HASH_ALG_SHA256,
        &AEAD_CHACHA20_POLY1305, &SIGN_RSA_PSS},
};

const struct suite *suite_find(uint16_t id)
{
    for (size_t i = 0; i < MEM_COUNT(SUITES); i++) {
        if (SUITES[i].id == id)
            return &SUITES[i];
    }
    return NULL;
}

const struct suite *suite_at(size_t row)
{
    return row < MEM_COUNT(SUITES) ? &SUITES[row] : NULL;
}
