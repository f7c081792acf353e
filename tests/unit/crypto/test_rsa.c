/* SPDX-License-Identifier: ISC */
#include "crypto/rsa.h"

#include "crypto/ossl.h"

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "base/mem.h"
#include "rsa_fixture.h"
#include "vector.h"

static const struct rsa_oaep PLAIN = {.hash = &HASH_ALG_SHA256, .mgf = &HASH_ALG_SHA256};

/* Both halves of a fixture. */
struct pair {
    struct rsa_key *open, *seal;
};

static void pair_init(struct pair *p, const struct rsa_fixture *f)
{
    uint8_t room[RSA_FIXTURE_DER], *spki = NULL;
    struct bytes der = rsa_fixture_der(f, room);
    const uint8_t *at = der.p;

    EVP_PKEY *k = d2i_AutoPrivateKey(NULL, &at, (long)der.n);
    int n = i2d_PUBKEY(k, &spki);
    cr_assert_gt(n, 0);
    cr_assert_eq(rsa_key_read_public(bytes_of(spki, (size_t)n), &p->seal), ERR_OK);
    cr_assert_eq(rsa_key_read_private(der, &p->open), ERR_OK);
    OPENSSL_free(spki);
    EVP_PKEY_free(k);
}

static void pair_fini(struct pair *p)
{
    rsa_key_free(p->open);
    rsa_key_free(p->seal);
}

Test(rsa, seal__opens_again_in_each_size)
{
    for (size_t i = 0; i < MEM_COUNT(RSA_FIXTURES); i++) {
        size_t size = RSA_FIXTURES[i].bits / 8, most = size - 66, n = 0, back_n = 0;
        uint8_t text[RSA_MAX], out[RSA_MAX], back[RSA_MAX];
        struct pair p;

        pair_init(&p, &RSA_FIXTURES[i]);
        memset(text, 0x5a, sizeof text);
        const size_t lengths[] = {0, 1, 32, most};
        for (size_t j = 0; j < MEM_COUNT(lengths); j++) {
            cr_assert_eq(rsa_seal(p.seal, &PLAIN, bytes_of(text, lengths[j]), out, &n), ERR_OK);
            cr_assert_eq(n, size);
            cr_assert_eq(rsa_open(p.open, &PLAIN, bytes_of(out, n), back, &back_n), ERR_OK);
            cr_assert_eq(back_n, lengths[j]);
            cr_assert_eq(memcmp(back, text, back_n), 0);
        }
        cr_assert_eq(rsa_seal(p.seal, &PLAIN, bytes_of(text, most + 1), out, &n), ERR_TOO_BIG);
        cr_assert_eq(n, 0);
        pair_fini(&p);
    }
}

Test(rsa, open__refuses_other_hash_mask_label_and_key)
{
    struct rsa_oaep how = {&HASH_ALG_SHA384, &HASH_ALG_SHA256, bytes_str("label")};
    uint8_t out[RSA_MAX], back[RSA_MAX];
    size_t n = 0, back_n = 0;
    struct pair p;

    pair_init(&p, &RSA_FIXTURES[0]);
    cr_assert_eq(rsa_seal(p.seal, &how, bytes_str("secret"), out, &n), ERR_OK);
    const struct rsa_oaep others[] = {
        {&HASH_ALG_SHA256, &HASH_ALG_SHA256, bytes_str("label")},
        {&HASH_ALG_SHA384, &HASH_ALG_SHA384, bytes_str("label")},
        {&HASH_ALG_SHA384, &HASH_ALG_SHA256, bytes_str("Label")},
        {&HASH_ALG_SHA384, &HASH_ALG_SHA256, {0}},
    };
    for (size_t i = 0; i < MEM_COUNT(others); i++) {
        cr_assert_eq(rsa_open(p.open, &others[i], bytes_of(out, n), back, &back_n), ERR_CRYPTO);
        cr_assert_eq(back_n, 0);
    }
    cr_assert_eq(rsa_open(p.seal, &how, bytes_of(out, n), back, &back_n), ERR_STATE);
    cr_assert_eq(rsa_open(p.open, &how, bytes_of(out, n), back, &back_n), ERR_OK);
    cr_assert_eq(back_n, 6);
    cr_assert_arr_eq(back, "secret", 6);
    pair_fini(&p);
}

Test(rsa, open__refuses_each_length_and_each_flipped_byte)
{
    uint8_t out[RSA_MAX + 1] = {0}, back[RSA_MAX];
    size_t n = 0, back_n = 0;
    struct pair p;

    pair_init(&p, &RSA_FIXTURES[0]);
    cr_assert_eq(rsa_seal(p.seal, &PLAIN, bytes_str("secret"), out, &n), ERR_OK);
    for (size_t i = 0; i <= sizeof out; i++)
        if (i != n)
            cr_assert_eq(rsa_open(p.open, &PLAIN, bytes_of(out, i), back, &back_n), ERR_CRYPTO);
    for (size_t i = 0; i < n; i++) {
        out[i] ^= (uint8_t)(1u << i % 8);
        cr_assert_eq(rsa_open(p.open, &PLAIN, bytes_of(out, n), back, &back_n), ERR_CRYPTO);
        out[i] ^= (uint8_t)(1u << i % 8);
    }
    memset(out, 0xff, n); /* above the modulus */
    cr_assert_eq(rsa_open(p.open, &PLAIN, bytes_of(out, n), back, &back_n), ERR_CRYPTO);
    memset(out, 0, n);
    cr_assert_eq(rsa_open(p.open, &PLAIN, bytes_of(out, n), back, &back_n), ERR_CRYPTO);
    pair_fini(&p);
}

Test(rsa, key_read_private__takes_another_exponent_which_a_public_key_may_not_have)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
    uint8_t *der = NULL, *spki = NULL;
    size_t bits = 2048;
    unsigned e = 3;
    OSSL_PARAM params[] = {OSSL_PARAM_construct_size_t("bits", &bits),
        OSSL_PARAM_construct_uint("e", &e), OSSL_PARAM_construct_end()};
    struct rsa_key *k = NULL;
    EVP_PKEY *pkey = NULL;

    cr_assert_eq(EVP_PKEY_keygen_init(ctx), 1);
    cr_assert_eq(EVP_PKEY_CTX_set_params(ctx, params), 1);
    cr_assert_eq(EVP_PKEY_generate(ctx, &pkey), 1);
    int n = i2d_PrivateKey(pkey, &der), spki_n = i2d_PUBKEY(pkey, &spki);
    cr_assert(n > 0 && spki_n > 0);
    cr_assert_eq(rsa_key_read_private(bytes_of(der, (size_t)n), &k), ERR_OK);
    rsa_key_free(k);
    cr_assert_eq(rsa_key_read_public(bytes_of(spki, (size_t)spki_n), &k), ERR_CRYPTO);
    cr_assert_null(k);
    OPENSSL_free(der);
    OPENSSL_free(spki);
    EVP_PKEY_free(pkey);
    EVP_PKEY_CTX_free(ctx);
    rsa_key_free(NULL);
}
