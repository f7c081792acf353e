/* SPDX-License-Identifier: ISC */
#include "crypto/dh.h"

#include "crypto/verdict.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>

#include "base/mem.h"

#define POINT_UNCOMPRESSED 0x04

enum { ROW_X25519, ROW_P256 };

const struct dh_alg DH_X25519 = {"X25519", 0x0020, 32, ROW_X25519};
const struct dh_alg DH_P256 = {"P-256", 0x0010, 65, ROW_P256};

/* OpenSSL keeps the private half alone; which fields hold it goes by the row. */
struct dh_key {
    const struct dh_alg *alg;
    EVP_PKEY *pkey; /* X25519 */
    EVP_PKEY_CTX *derive;
    BIGNUM *scalar; /* P-256 */
    uint8_t pub[DH_PUB_MAX];
};

/* Curve arithmetic stands on EC_POINT and not on EVP keys: those build a new group for every
 * key, and check the order of a point of a curve that has no other. Multiplication takes the
 * same constant-time way. */
static EC_GROUP *p256; /* read only once it is there, and never freed */

/* To make a key costs half as much when the means are at hand, and a peer's key nothing when
 * an old one is overwritten. */
struct dh_thread {
    EVP_PKEY_CTX *make;
    EVP_PKEY *peer;
};
static CRYPTO_THREAD_LOCAL thread_key;
static CRYPTO_ONCE once = CRYPTO_ONCE_STATIC_INIT;

static void thread_free(void *arg)
{
    struct dh_thread *t = arg;

    if (t == NULL)
        return;
    EVP_PKEY_CTX_free(t->make);
    EVP_PKEY_free(t->peer);
    mem_free(t);
}

static void dh_start(void)
{
    /* The file openssl.cnf of whoever runs us has no say in what our algorithms are. */
    (void)OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
    p256 = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
    if (p256 == NULL || CRYPTO_THREAD_init_local(&thread_key, thread_free) != 1)
        mem_die("OpenSSL has no P-256");
}

static void dh_ready(void)
{
    if (CRYPTO_THREAD_run_once(&once, dh_start) != 1)
        mem_die("OpenSSL cannot start");
}

static struct dh_thread *thread_mine(void)
{
    static const uint8_t BASE[32] = {9};

    dh_ready();
    struct dh_thread *t = CRYPTO_THREAD_get_local(&thread_key);
    if (t != NULL)
        return t;
    t = mem_alloc(sizeof *t);
    t->make = EVP_PKEY_CTX_new_from_name(NULL, "X25519", NULL);
    t->peer = EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, NULL, BASE, sizeof BASE);
    if (t->make == NULL || EVP_PKEY_fromdata_init(t->make) != 1 || t->peer == NULL ||
        CRYPTO_THREAD_set_local(&thread_key, t) != 1)
        mem_die("OpenSSL has no X25519");
    return t;
}

static OSSL_PARAM octets(const char *name, struct bytes v)
{
    /* OSSL_PARAM has no const; a key is only read from it. */
    union {
        const void *given;
        void *wanted;
    } u = {.given = v.p};

    return OSSL_PARAM_construct_octet_string(name, u.wanted, v.n);
}

static bool x25519_import(struct dh_key *k, struct bytes priv, struct bytes pub)
{
    OSSL_PARAM params[3];
    size_t at = 0, n = sizeof k->pub;

    params[at++] = octets(OSSL_PKEY_PARAM_PRIV_KEY, priv);
    if (pub.n != 0) /* else OpenSSL multiplies to find it */
        params[at++] = octets(OSSL_PKEY_PARAM_PUB_KEY, pub);
    params[at] = OSSL_PARAM_construct_end();
    if (EVP_PKEY_fromdata(thread_mine()->make, &k->pkey, EVP_PKEY_KEYPAIR, params) != 1 ||
        EVP_PKEY_get_raw_public_key(k->pkey, k->pub, &n) != 1 || n != k->alg->pub_size)
        return false;
    k->derive = EVP_PKEY_CTX_new_from_pkey(NULL, k->pkey, NULL);
    return k->derive != NULL && EVP_PKEY_derive_init(k->derive) == 1;
}

static bool x25519_shared(const struct dh_key *k, struct bytes peer, uint8_t *out)
{
    EVP_PKEY *theirs = thread_mine()->peer;
    size_t n = DH_SHARED;

    return EVP_PKEY_set1_encoded_public_key(theirs, peer.p, peer.n) == 1 &&
           EVP_PKEY_derive_set_peer_ex(k->derive, theirs, 0) == 1 &&
           EVP_PKEY_derive(k->derive, out, &n) == 1 && n == DH_SHARED;
}

/* NULL when it is no point of the curve. OpenSSL would also read the compressed and the
 * hybrid form. */
static EC_POINT *p256_point(struct bytes from)
{
    EC_POINT *p = EC_POINT_new(p256);

    if (p != NULL && from.n == DH_P256.pub_size && from.p[0] == POINT_UNCOMPRESSED &&
        EC_POINT_oct2point(p256, p, from.p, from.n, NULL) == 1)
        return p;
    EC_POINT_free(p);
    return NULL;
}

static bool p256_public(struct dh_key *k)
{
    EC_POINT *p = EC_POINT_new(p256);
    bool good = p != NULL && EC_POINT_mul(p256, p, k->scalar, NULL, NULL, NULL) == 1 &&
                EC_POINT_point2oct(p256, p, POINT_CONVERSION_UNCOMPRESSED, k->pub,
                    k->alg->pub_size, NULL) == k->alg->pub_size;

    EC_POINT_clear_free(p);
    return good;
}

static bool p256_import(struct dh_key *k, struct bytes priv, struct bytes pub)
{
    k->scalar = BN_secure_new();
    if (k->scalar == NULL || BN_bin2bn(priv.p, (int)priv.n, k->scalar) == NULL ||
        BN_is_zero(k->scalar) || BN_cmp(k->scalar, EC_GROUP_get0_order(p256)) >= 0)
        return false;
    BN_set_flags(k->scalar, BN_FLG_CONSTTIME);
    if (pub.n == 0)
        return p256_public(k);
    memcpy(k->pub, pub.p, pub.n);
    return dh_check(k->alg, pub) == ERR_OK;
}

static bool p256_shared(const struct dh_key *k, struct bytes peer, uint8_t *out)
{
    EC_POINT *theirs = p256_point(peer), *p = EC_POINT_new(p256);
    BIGNUM *x = BN_secure_new();
    BN_CTX *ctx = BN_CTX_secure_new(); /* wipes its numbers when freed */
    bool good = theirs != NULL && p != NULL && x != NULL && ctx != NULL &&
                EC_POINT_mul(p256, p, NULL, theirs, k->scalar, ctx) == 1 &&
                EC_POINT_get_affine_coordinates(p256, p, x, NULL, ctx) == 1 &&
                BN_bn2binpad(x, out, DH_SHARED) == DH_SHARED;

    BN_CTX_free(ctx);
    BN_clear_free(x);
    EC_POINT_clear_free(p);
    EC_POINT_free(theirs);
    return good;
}

static const struct {
    bool (*import)(struct dh_key *k, struct bytes priv, struct bytes pub);
    bool (*shared)(const struct dh_key *k, struct bytes peer, uint8_t *out);
} ROWS[] = {
    [ROW_X25519] = {x25519_import, x25519_shared},
    [ROW_P256] = {p256_import, p256_shared},
};

/* pub empty: to be found. */
static enum err dh_import(
    const struct dh_alg *alg, struct bytes priv, struct bytes pub, struct dh_key **out)
{
    struct dh_key *k;

    *out = NULL;
    if (priv.n != DH_PRIV_SIZE)
        return ERR_CRYPTO;
    dh_ready();
    k = mem_alloc(sizeof *k);
    k->alg = alg;
    if (!ROWS[alg->row].import(k, priv, pub)) {
        dh_key_free(k);
        return verdict(false);
    }
    *out = k;
    return ERR_OK;
}

enum err dh_key_new(const struct dh_alg *alg, struct bytes priv, struct dh_key **out)
{
    return dh_import(alg, priv, (struct bytes){0}, out);
}

enum err dh_key_pair(
    const struct dh_alg *alg, struct bytes priv, struct bytes pub, struct dh_key **out)
{
    *out = NULL;
    if (pub.n != alg->pub_size)
        return ERR_CRYPTO;
    return dh_import(alg, priv, pub, out);
}

void dh_key_free(struct dh_key *k)
{
    if (k == NULL)
        return;
    EVP_PKEY_CTX_free(k->derive);
    EVP_PKEY_free(k->pkey); /* wipes the private half */
    BN_clear_free(k->scalar);
    mem_free(k);
}

const struct dh_alg *dh_key_alg(const struct dh_key *k)
{
    return k->alg;
}

struct bytes dh_key_pub(const struct dh_key *k)
{
    return bytes_of(k->pub, k->alg->pub_size);
}

/* Straight into our bytes: EVP_PKEY_get_raw_private_key() exports by way of a block of its own
 * that it frees without wiping. */
static bool x25519_priv(const struct dh_key *k, uint8_t out[DH_PRIV_SIZE])
{
    size_t n = 0;

    return EVP_PKEY_get_octet_string_param(
               k->pkey, OSSL_PKEY_PARAM_PRIV_KEY, out, DH_PRIV_SIZE, &n) == 1 &&
           n == DH_PRIV_SIZE;
}

void dh_key_priv(const struct dh_key *k, uint8_t out[DH_PRIV_SIZE])
{
    bool good = k->scalar != NULL ? BN_bn2binpad(k->scalar, out, DH_PRIV_SIZE) == DH_PRIV_SIZE
                                  : x25519_priv(k, out);

    if (!good)
        mem_die("OpenSSL does not give a private key back");
}

enum err dh_shared(const struct dh_key *mine, struct bytes peer, uint8_t out[DH_SHARED])
{
    bool good = peer.n == mine->alg->pub_size && ROWS[mine->alg->row].shared(mine, peer, out);

    if (!good)
        mem_wipe(out, DH_SHARED);
    return verdict(good);
}

enum err dh_check(const struct dh_alg *alg, struct bytes peer)
{
    if (peer.n != alg->pub_size)
        return ERR_CRYPTO;
    if (alg->row == ROW_X25519)
        return ERR_OK;
    dh_ready();
    EC_POINT *p = p256_point(peer);
    bool good = p != NULL;
    EC_POINT_free(p);
    return verdict(good);
}
