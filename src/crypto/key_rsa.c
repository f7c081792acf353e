/* SPDX-License-Identifier: ISC */
#include "crypto/key_rsa.h"

#include "crypto/verdict.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

#include "base/mem.h"
#include "base/reader.h"

#define DER_INTEGER  0x02
#define DER_OCTETS   0x04
#define DER_SEQUENCE 0x30

#define SIZE_MAX_RSA 512  /* bytes of the largest modulus */
#define PRIVATE_MAX  4096 /* a PKCS#8 of 4096 bits has under 2400 */
#define HEAD         33   /* of a SubjectPublicKeyInfo, up to the modulus */
#define HEAD_INNER   24   /* where its RSAPublicKey begins */

/* AlgorithmIdentifier: rsaEncryption with NULL. */
static const uint8_t ALGORITHM[] = {
    0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00};
static const uint8_t EXPONENT[] = {DER_INTEGER, 3, 0x01, 0x00, 0x01};

bool key_rsa_bits_fit(unsigned bits)
{
    return bits == 2048 || bits == 3072 || bits == 4096;
}

enum err key_rsa_make(unsigned bits, EVP_PKEY **out)
{
    *out = NULL;
    if (!key_rsa_bits_fit(bits))
        return ERR_REFUSED;
    (void)OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
    *out = EVP_RSA_gen(bits);
    return verdict(*out != NULL);
}

/* All that stands before a modulus of n bytes. */
static void spki_head(struct buf *b, size_t n)
{
    size_t integer = 1 + n, inner = 4 + integer + sizeof EXPONENT, bits = 1 + 4 + inner;

    buf_u16(b, 0x3082);
    buf_u16(b, (uint16_t)(sizeof ALGORITHM + 4 + bits));
    buf_put(b, ALGORITHM, sizeof ALGORITHM);
    buf_u16(b, 0x0382);
    buf_u16(b, (uint16_t)bits);
    buf_u8(b, 0); /* no bit of the last byte is unused */
    buf_u16(b, 0x3082);
    buf_u16(b, (uint16_t)inner);
    buf_u16(b, 0x0282);
    buf_u16(b, (uint16_t)integer);
    buf_u8(b, 0); /* or the modulus would be negative */
}

static bool modulus_fits(struct bytes n)
{
    return (n.p[0] & 0x80) != 0 && (n.p[n.n - 1] & 1) != 0;
}

enum err key_rsa_public(struct bytes spki, EVP_PKEY **out)
{
    size_t n = spki.n - HEAD - sizeof EXPONENT;
    uint8_t room[HEAD];
    struct reader r;
    struct buf head;

    *out = NULL;
    if (spki.n < HEAD + sizeof EXPONENT || n > SIZE_MAX_RSA ||
        !key_rsa_bits_fit((unsigned)n * 8))
        return ERR_CRYPTO;
    buf_init_fixed(&head, room, sizeof room);
    spki_head(&head, n);
    reader_init(&r, spki);
    bool good = bytes_eq(reader_bytes(&r, HEAD), buf_view(&head)) &&
                modulus_fits(reader_bytes(&r, n)) &&
                bytes_eq(reader_rest(&r), bytes_of(EXPONENT, sizeof EXPONENT));
    if (!good || reader_end(&r) != ERR_OK)
        return ERR_CRYPTO;
    (void)OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
    const uint8_t *inner = spki.p + HEAD_INNER;
    *out = d2i_PublicKey(EVP_PKEY_RSA, NULL, &inner, (long)(spki.n - HEAD_INNER));
    return verdict(*out != NULL);
}

enum err key_rsa_write_public(EVP_PKEY *pkey, struct buf *out)
{
    BIGNUM *n = NULL, *e = NULL;
    int size = EVP_PKEY_get_size(pkey);
    bool good = key_rsa_bits_fit((unsigned)EVP_PKEY_get_bits(pkey)) &&
                EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_RSA_N, &n) == 1 &&
                EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_RSA_E, &e) == 1 &&
                BN_is_word(e, RSA_F4);

    if (good) {
        spki_head(out, (size_t)size);
        uint8_t *to = buf_space(out, (size_t)size);
        good = to != NULL && BN_bn2binpad(n, to, size) == size;
        buf_put(out, EXPONENT, sizeof EXPONENT);
    }
    BN_free(n);
    BN_free(e);
    return verdict(good);
}

/* The contents of the next element, whose length must be written as DER wants it. */
static struct bytes der_take(struct reader *r, uint8_t tag)
{
    if (reader_u8(r) != tag)
        reader_fail(r, ERR_FORMAT);
    size_t n = reader_u8(r), least = 0;
    if (n == 0x81) {
        n = reader_u8(r);
        least = 0x80;
    } else if (n == 0x82) {
        n = reader_u16(r);
        least = 0x100;
    } else if (n >= 0x80) {
        reader_fail(r, ERR_FORMAT);
    }
    if (n < least)
        reader_fail(r, ERR_FORMAT);
    return reader_bytes(r, n);
}

/* A number of no sign, without the zero that DER puts before a high bit. */
static struct bytes der_uint(struct reader *r)
{
    struct bytes v = der_take(r, DER_INTEGER);

    if (v.n == 0 || (v.p[0] & 0x80) != 0 || (v.n > 1 && v.p[0] == 0 && (v.p[1] & 0x80) == 0)) {
        reader_fail(r, ERR_FORMAT);
        return (struct bytes){0};
    }
    if (v.p[0] == 0)
        return bytes_of(v.p + 1, v.n - 1);
    return v;
}

/* A PKCS#8 becomes the PKCS#1 within; a PKCS#1 stays what it is. */
static enum err pkcs8_open(struct bytes der, struct bytes *inner)
{
    struct reader r;

    *inner = der;
    reader_init(&r, der);
    struct bytes body = der_take(&r, DER_SEQUENCE);
    if (reader_end(&r) != ERR_OK)
        return ERR_CRYPTO;
    reader_init(&r, body);
    if (der_uint(&r).n != 0) /* version 0 */
        return ERR_CRYPTO;
    if (reader_left(&r) != 0 && body.p[r.at] == DER_INTEGER)
        return ERR_OK;
    if (!bytes_eq(reader_bytes(&r, sizeof ALGORITHM), bytes_of(ALGORITHM, sizeof ALGORITHM)))
        return ERR_CRYPTO;
    *inner = der_take(&r, DER_OCTETS);
    return reader_end(&r) == ERR_OK ? ERR_OK : ERR_CRYPTO;
}

/* In the order of RSAPrivateKey. */
enum { N, E, D, P, Q, DP, DQ, QI, NUMBERS };
static const char *const NAMES[NUMBERS] = {OSSL_PKEY_PARAM_RSA_N, OSSL_PKEY_PARAM_RSA_E,
    OSSL_PKEY_PARAM_RSA_D, OSSL_PKEY_PARAM_RSA_FACTOR1, OSSL_PKEY_PARAM_RSA_FACTOR2,
    OSSL_PKEY_PARAM_RSA_EXPONENT1, OSSL_PKEY_PARAM_RSA_EXPONENT2,
    OSSL_PKEY_PARAM_RSA_COEFFICIENT1};

static bool pkcs1_read(struct bytes der, BIGNUM *v[NUMBERS])
{
    struct bytes raw[NUMBERS];
    struct reader r;

    reader_init(&r, der);
    struct bytes body = der_take(&r, DER_SEQUENCE);
    if (reader_end(&r) != ERR_OK)
        return false;
    reader_init(&r, body);
    if (der_uint(&r).n != 0)
        return false;
    for (size_t i = 0; i < NUMBERS; i++)
        raw[i] = der_uint(&r);
    if (reader_end(&r) != ERR_OK)
        return false;
    for (size_t i = 0; i < NUMBERS; i++) {
        v[i] = BN_secure_new();
        if (raw[i].n == 0 || v[i] == NULL || BN_bin2bn(raw[i].p, (int)raw[i].n, v[i]) == NULL)
            return false;
        BN_set_flags(v[i], BN_FLG_CONSTTIME);
    }
    return true;
}

/* Whether d mod (prime - 1) is part, and part the inverse of e. */
static bool half_fits(BIGNUM *const v[NUMBERS], const BIGNUM *prime, const BIGNUM *part,
    BIGNUM *t[2], BN_CTX *ctx)
{
    return BN_sub(t[0], prime, BN_value_one()) == 1 && BN_mod(t[1], v[D], t[0], ctx) == 1 &&
           BN_cmp(t[1], part) == 0 && BN_mod_mul(t[1], v[E], part, t[0], ctx) == 1 &&
           BN_is_one(t[1]);
}

/* Whether the primes are prime costs a tenth of a second and is not asked: no damage makes
 * numbers that hold all of these equations. */
static bool numbers_fit(BIGNUM *const v[NUMBERS], bool any_exponent)
{
    BN_CTX *ctx = BN_CTX_secure_new();
    BIGNUM *t[2] = {BN_secure_new(), BN_secure_new()};
    bool good = ctx != NULL && t[0] != NULL && t[1] != NULL &&
                key_rsa_bits_fit((unsigned)BN_num_bits(v[N])) && BN_is_odd(v[N]) &&
                BN_is_odd(v[E]) && BN_num_bits(v[E]) > 1 && BN_num_bits(v[E]) <= 32 &&
                (any_exponent || BN_is_word(v[E], RSA_F4)) && BN_cmp(v[D], v[N]) < 0 &&
                BN_mul(t[0], v[P], v[Q], ctx) == 1 && BN_cmp(t[0], v[N]) == 0 &&
                half_fits(v, v[P], v[DP], t, ctx) && half_fits(v, v[Q], v[DQ], t, ctx) &&
                BN_cmp(v[QI], v[P]) < 0 && BN_mod_mul(t[0], v[QI], v[Q], v[P], ctx) == 1 &&
                BN_is_one(t[0]);

    BN_clear_free(t[0]);
    BN_clear_free(t[1]);
    BN_CTX_free(ctx);
    return good;
}

/* Number by number: the decoder of OpenSSL leaves a copy of the file in freed memory. */
static EVP_PKEY *pkey_build(BIGNUM *const v[NUMBERS])
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    bool good = ctx != NULL && build != NULL && EVP_PKEY_fromdata_init(ctx) == 1;
    OSSL_PARAM *params = NULL;
    EVP_PKEY *pkey = NULL;

    for (size_t i = 0; good && i < NUMBERS; i++)
        good = OSSL_PARAM_BLD_push_BN(build, NAMES[i], v[i]) == 1;
    if (good && (params = OSSL_PARAM_BLD_to_param(build)) != NULL &&
        EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_KEYPAIR, params) != 1) {
        EVP_PKEY_free(pkey);
        pkey = NULL;
    }
    OSSL_PARAM_free(params); /* wipes what came of secure numbers */
    OSSL_PARAM_BLD_free(build);
    EVP_PKEY_CTX_free(ctx);
    return pkey;
}

enum err key_rsa_private(struct bytes der, bool any_exponent, EVP_PKEY **out)
{
    BIGNUM *v[NUMBERS] = {0};
    struct bytes inner;

    *out = NULL;
    if (der.n > PRIVATE_MAX || pkcs8_open(der, &inner) != ERR_OK)
        return ERR_CRYPTO;
    (void)OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
    if (pkcs1_read(inner, v) && numbers_fit(v, any_exponent))
        *out = pkey_build(v);
    for (size_t i = 0; i < NUMBERS; i++)
        BN_clear_free(v[i]);
    return verdict(*out != NULL);
}

static void der_head(struct buf *b, uint8_t tag, size_t n)
{
    buf_u8(b, tag);
    if (n >= 0x100) {
        buf_u8(b, 0x82);
        buf_u16(b, (uint16_t)n);
        return;
    }
    if (n >= 0x80)
        buf_u8(b, 0x81);
    buf_u8(b, (uint8_t)n);
}

static bool der_put_uint(struct buf *b, const BIGNUM *v)
{
    size_t n = (size_t)BN_num_bytes(v);
    bool high = BN_is_bit_set(v, (int)(8 * n) - 1) == 1;

    der_head(b, DER_INTEGER, n + high);
    if (high)
        buf_u8(b, 0);
    uint8_t *to = buf_space(b, n);
    return to != NULL && BN_bn2bin(v, to) == (int)n;
}

static bool pkcs1_write(EVP_PKEY *pkey, struct buf *b)
{
    bool good = true;

    der_head(b, DER_INTEGER, 1); /* version 0 */
    buf_u8(b, 0);
    for (size_t i = 0; good && i < NUMBERS; i++) {
        BIGNUM *v = BN_secure_new();
        good =
            v != NULL && EVP_PKEY_get_bn_param(pkey, NAMES[i], &v) == 1 && der_put_uint(b, v);
        BN_clear_free(v);
    }
    return good && buf_end(b) == ERR_OK;
}

/* Number by number too: the encoder of OpenSSL leaves two copies in freed memory. */
enum err key_rsa_write_private(EVP_PKEY *pkey, struct buf *out)
{
    uint8_t numbers_room[PRIVATE_MAX];
    uint8_t inner_room[PRIVATE_MAX];
    struct buf numbers;
    struct buf inner;

    buf_init_fixed(&numbers, numbers_room, sizeof numbers_room);
    buf_init_fixed(&inner, inner_room, sizeof inner_room);
    bool good = pkcs1_write(pkey, &numbers);
    der_head(&inner, DER_SEQUENCE, numbers.n);
    buf_bytes(&inner, buf_view(&numbers));
    if (good && buf_end(&inner) == ERR_OK) {
        der_head(out, DER_SEQUENCE, 3 + sizeof ALGORITHM + 4 + inner.n);
        der_head(out, DER_INTEGER, 1);
        buf_u8(out, 0);
        buf_put(out, ALGORITHM, sizeof ALGORITHM);
        der_head(out, DER_OCTETS, inner.n);
        buf_bytes(out, buf_view(&inner));
    }
    mem_wipe(numbers_room, sizeof numbers_room);
    mem_wipe(inner_room, sizeof inner_room);
    return verdict(good);
}
