/* SPDX-License-Identifier: ISC */
#include "support/rsapool.h"

#include "crypto/ossl.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"

#define PRIMES_MAX 64
#define EXPONENT   65537u

struct rsapool {
    unsigned bits;
    BIGNUM *prime[PRIMES_MAX];
    size_t n;
};

static void need(bool good, const char *what)
{
    if (good)
        return;
    (void)fprintf(stderr, "rsapool: %s\n", what);
    abort();
}

/* The two highest bits set, so that a product of two has all its bits; p - 1 prime to e. */
static BIGNUM *draw(unsigned bits)
{
    BIGNUM *p = BN_new();

    do
        need(
            p != NULL && BN_generate_prime_ex(p, (int)bits, 0, NULL, NULL, NULL) == 1, "prime");
    while (BN_is_bit_set(p, (int)bits - 2) == 0 || BN_mod_word(p, EXPONENT) == 1);
    return p;
}

static void grow(struct rsapool *p, size_t primes)
{
    need(primes <= PRIMES_MAX, "too many keys");
    while (p->n < primes)
        p->prime[p->n++] = draw(p->bits / 2);
}

struct rsapool *rsapool_new(unsigned bits, size_t keys)
{
    struct rsapool *p = mem_alloc(sizeof *p);

    p->bits = bits;
    while (p->n * (p->n - 1) / 2 < keys || p->n < 2)
        grow(p, p->n + 1);
    return p;
}

void rsapool_free(struct rsapool *p)
{
    if (p == NULL)
        return;
    for (size_t i = 0; i < p->n; i++)
        BN_free(p->prime[i]);
    mem_free(p);
}

static EVP_PKEY *make(BIGNUM *v[], const char *const *names, size_t count)
{
    OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
    EVP_PKEY *key = NULL;

    need(bld != NULL && ctx != NULL, "memory");
    for (size_t i = 0; i < count; i++)
        need(OSSL_PARAM_BLD_push_BN(bld, names[i], v[i]) == 1, "parameter");
    OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(bld);
    need(EVP_PKEY_fromdata_init(ctx) == 1 &&
             EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_KEYPAIR, params) == 1,
        "key");
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(bld);
    EVP_PKEY_CTX_free(ctx);
    return key;
}

static EVP_PKEY *multiply(BIGNUM *p, BIGNUM *q)
{
    static const char *const NAMES[] = {OSSL_PKEY_PARAM_RSA_N, OSSL_PKEY_PARAM_RSA_E,
        OSSL_PKEY_PARAM_RSA_D, OSSL_PKEY_PARAM_RSA_FACTOR1, OSSL_PKEY_PARAM_RSA_FACTOR2,
        OSSL_PKEY_PARAM_RSA_EXPONENT1, OSSL_PKEY_PARAM_RSA_EXPONENT2,
        OSSL_PKEY_PARAM_RSA_COEFFICIENT1};
    BN_CTX *c = BN_CTX_new();
    BIGNUM *v[8]; /* n e d p q dp dq qinv */
    BIGNUM *p1 = BN_dup(p);
    BIGNUM *q1 = BN_dup(q);
    BIGNUM *phi = BN_new();

    for (size_t i = 0; i < 8; i++)
        v[i] = BN_new();
    need(BN_sub_word(p1, 1) && BN_sub_word(q1, 1) && BN_mul(phi, p1, q1, c) &&
             BN_mul(v[0], p, q, c) && BN_set_word(v[1], EXPONENT) &&
             BN_mod_inverse(v[2], v[1], phi, c) != NULL && BN_copy(v[3], p) != NULL &&
             BN_copy(v[4], q) != NULL && BN_mod(v[5], v[2], p1, c) &&
             BN_mod(v[6], v[2], q1, c) && BN_mod_inverse(v[7], q, p, c) != NULL,
        "arithmetic");
    EVP_PKEY *key = make(v, NAMES, 8);
    for (size_t i = 0; i < 8; i++)
        BN_clear_free(v[i]);
    BN_free(p1);
    BN_free(q1);
    BN_free(phi);
    BN_CTX_free(c);
    return key;
}

struct sign_key *rsapool_key(struct rsapool *p, size_t n)
{
    size_t a = 1;
    size_t b = n;
    unsigned char *der = NULL;
    struct sign_key *out = NULL;

    /* The n-th pair: row a has a of them. */
    while (b >= a)
        b -= a++;
    grow(p, a + 1);
    EVP_PKEY *key = multiply(p->prime[a], p->prime[b]);
    int len = i2d_PrivateKey(key, &der);
    need(len > 0, "encoding");
    need(sign_key_read(&SIGN_RSA_PSS, bytes_of(der, (size_t)len), &out) == ERR_OK, "import");
    OPENSSL_clear_free(der, (size_t)len);
    EVP_PKEY_free(key);
    return out;
}
