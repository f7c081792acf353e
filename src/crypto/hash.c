/* SPDX-License-Identifier: ISC */
#include "crypto/hash.h"

#include "crypto/ossl.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include "base/mem.h"

/* Fetched once, and never freed: the process needs them until its end. Workers hash too, so
 * the first use is guarded; afterwards they are only read. */
static struct {
    EVP_MD *sha256;
    EVP_MAC_CTX *hmac; /* with its digest set; every use works on a copy */
    EVP_KDF *hkdf;
} alg;

static CRYPTO_ONCE once = CRYPTO_ONCE_STATIC_INIT;

static void alg_fetch(void)
{
    char name[] = "SHA256";
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0),
        OSSL_PARAM_construct_end(),
    };
    EVP_MAC *mac;

    /* The file openssl.cnf of whoever runs us has no say in what our algorithms are. */
    (void)OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
    alg.sha256 = EVP_MD_fetch(NULL, name, NULL);
    alg.hkdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
    mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    alg.hmac = EVP_MAC_CTX_new(mac);
    EVP_MAC_free(mac);
    if (alg.sha256 == NULL || alg.hkdf == NULL || alg.hmac == NULL ||
        EVP_MAC_CTX_set_params(alg.hmac, params) != 1)
        mem_die("OpenSSL has no SHA-256, HMAC or HKDF");
}

static void alg_ready(void)
{
    if (CRYPTO_THREAD_run_once(&once, alg_fetch) != 1)
        mem_die("OpenSSL cannot start");
}

/* OpenSSL leaves its reasons in a queue of the thread, where the next caller would find them.
 */
static enum err verdict(bool good)
{
    if (good)
        return ERR_OK;
    ERR_clear_error();
    return ERR_CRYPTO;
}

enum err hash_sha256(struct bytes in, uint8_t out[HASH_SHA256])
{
    alg_ready();
    return verdict(EVP_Digest(in.p, in.n, out, NULL, alg.sha256, NULL) == 1);
}

enum err hash_hmac(
    struct bytes key, const struct bytes *parts, size_t count, uint8_t out[HASH_SHA256])
{
    /* A key of no bytes must still be a key: NULL would mean "the one from before". */
    static const uint8_t NONE[1];
    size_t n = 0;

    alg_ready();
    EVP_MAC_CTX *ctx = EVP_MAC_CTX_dup(alg.hmac);
    bool good = ctx != NULL && EVP_MAC_init(ctx, key.n != 0 ? key.p : NONE, key.n, NULL) == 1;
    for (size_t i = 0; good && i < count; i++)
        good = parts[i].n == 0 || EVP_MAC_update(ctx, parts[i].p, parts[i].n) == 1;
    good = good && EVP_MAC_final(ctx, out, &n, HASH_SHA256) == 1 && n == HASH_SHA256;
    EVP_MAC_CTX_free(ctx);
    return verdict(good);
}

static OSSL_PARAM octets(const char *name, const void *p, size_t n)
{
    /* OSSL_PARAM has no const; the KDF only reads. */
    union {
        const void *given;
        void *wanted;
    } u = {.given = p};

    return OSSL_PARAM_construct_octet_string(name, u.wanted, n);
}

enum err hash_hkdf(
    struct bytes key, struct bytes salt, const char *info, uint8_t *out, size_t n)
{
    char name[] = "SHA256";
    OSSL_PARAM params[5];
    size_t at = 0;

    alg_ready();
    params[at++] = OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, name, 0);
    params[at++] = octets(OSSL_KDF_PARAM_KEY, key.p, key.n);
    if (salt.n != 0) /* none and one of zeroes are the same (RFC 5869, 2.2) */
        params[at++] = octets(OSSL_KDF_PARAM_SALT, salt.p, salt.n);
    params[at++] = octets(OSSL_KDF_PARAM_INFO, info, strlen(info));
    params[at] = OSSL_PARAM_construct_end();
    EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(alg.hkdf);
    bool good = ctx != NULL && EVP_KDF_derive(ctx, out, n, params) == 1;
    EVP_KDF_CTX_free(ctx);
    return verdict(good);
}

bool hash_equal(const void *a, const void *b, size_t n)
{
    return CRYPTO_memcmp(a, b, n) == 0;
}
