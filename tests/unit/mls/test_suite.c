/* SPDX-License-Identifier: ISC */
#include "mls/suite.h"

#include <criterion/criterion.h>

#include "base/mem.h"

Test(suite, find__knows_what_is_built_and_nothing_else)
{
    static const uint16_t built[] = {0x0001, 0x0002, 0x0003, 0xf001, 0xf002};
    size_t found = 0;

    for (unsigned id = 0; id <= UINT16_MAX; id++) {
        const struct suite *s = suite_find((uint16_t)id);
        if (s == NULL)
            continue;
        cr_assert_lt(found, MEM_COUNT(built));
        cr_assert_eq(s->id, built[found]);
        cr_assert_eq(id, built[found]);
        cr_assert_eq(suite_at(found), s);
        found++;
    }
    cr_assert_eq(found, MEM_COUNT(built));
    cr_assert_null(suite_at(found));
    cr_assert_null(suite_at(SIZE_MAX));
}

Test(suite, rows__say_what_the_registry_says)
{
    static const struct {
        uint16_t id;
        const char *name;
        uint16_t kem, aead;
        enum sign_kind sign;
    } rows[] = {
        {0x0001, "MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519", 0x20, 1, SIGN_KIND_ED25519},
        {0x0002, "MLS_128_DHKEMP256_AES128GCM_SHA256_P256", 0x10, 1, SIGN_KIND_ECDSA_P256},
        {0x0003, "MLS_128_DHKEMX25519_CHACHA20POLY1305_SHA256_Ed25519", 0x20, 3,
            SIGN_KIND_ED25519},
        {0xf001, "MLS_128_DHKEMX25519_AES256GCM_SHA256_RSAPSS", 0x20, 2, SIGN_KIND_RSA_PSS},
        {0xf002, "MLS_128_DHKEMX25519_CHACHA20POLY1305_SHA256_RSAPSS", 0x20, 3,
            SIGN_KIND_RSA_PSS},
    };

    for (size_t i = 0; i < MEM_COUNT(rows); i++) {
        const struct suite *s = suite_find(rows[i].id);
        cr_assert_not_null(s);
        cr_assert_str_eq(s->name, rows[i].name);
        cr_assert_eq(s->hpke.kem->kem_id, rows[i].kem);
        cr_assert_eq(s->hpke.kdf->kdf_id, 1);
        cr_assert_eq(s->hpke.aead->id, rows[i].aead);
        cr_assert_eq(s->aead, s->hpke.aead);
        cr_assert_eq(s->hash, s->hpke.kdf);
        cr_assert_eq(s->hash->size, SUITE_HASH);
        cr_assert_eq(s->sign->kind, rows[i].sign);
    }
}

Test(suite, rsa__is_rsa_pss_rsae_sha256)
{
    const struct sign_alg *sign = suite_find(0xf001)->sign;

    cr_assert_eq(sign, suite_find(0xf002)->sign);
    cr_assert_eq(sign->hash, &HASH_ALG_SHA256);
    cr_assert_eq(sign->mgf, &HASH_ALG_SHA256);
    cr_assert_eq(sign->salt, 32);
}
