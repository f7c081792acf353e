/* SPDX-License-Identifier: ISC */
#include "crypto/sign.h"

#include "crypto/verdict.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "base/mem.h"
#include "crypto/key_curve.h"
#include "crypto/key_rsa.h"
#include "crypto/rand.h"

#define ED25519_SIGNATURE 64
#define DRAWS             64 /* a scalar of P-256 is out of range once in 2^32 */

const struct sign_alg SIGN_ED25519 = {.name = "Ed25519", .kind = SIGN_KIND_ED25519};
const struct sign_alg SIGN_ECDSA_P256 = {
    .name = "ECDSA-P256", .kind = SIGN_KIND_ECDSA_P256, .hash = &HASH_ALG_SHA256};
const struct sign_alg SIGN_RSA_PSS = {.name = "RSA-PSS",
    .kind = SIGN_KIND_RSA_PSS,
    .hash = &HASH_ALG_SHA256,
    .mgf = &HASH_ALG_SHA256,
    .salt = 32};

/* What OpenSSL needs to use a key again and again, set up once: the one context or the other,
 * by the scheme. */
struct engine {
    EVP_PKEY *pkey;
    EVP_MD_CTX *whole;    /* Ed25519 sees the message itself */
    EVP_PKEY_CTX *digest; /* the others sign its hash */
};

struct sign_key {
    const struct sign_alg *alg;
    struct engine engine;
    unsigned owners;
    struct buf pub; /* in room */
    uint8_t room[SIGN_PUB_MAX];
};

struct sign_pub {
    const struct sign_alg *alg;
    struct engine engine;
};

static enum err rsa_read(struct bytes priv, EVP_PKEY **out, struct buf *pub)
{
    enum err e;

    if ((e = key_rsa_private(priv, false, out)) != ERR_OK)
        return e;
    return key_rsa_write_public(*out, pub);
}

static const struct {
    enum err (*read)(struct bytes priv, EVP_PKEY **out, struct buf *pub);
    enum err (*read_public)(struct bytes pub, EVP_PKEY **out);
} KINDS[] = {
    [SIGN_KIND_ED25519] = {key_curve_ed25519, key_curve_ed25519_public},
    [SIGN_KIND_ECDSA_P256] = {key_curve_p256, key_curve_p256_public},
    [SIGN_KIND_RSA_PSS] = {rsa_read, key_rsa_public},
};

static void engine_fini(struct engine *g)
{
    EVP_MD_CTX_free(g->whole);
    EVP_PKEY_CTX_free(g->digest);
    EVP_PKEY_free(g->pkey); /* wipes a private half */
    *g = (struct engine){0};
}

typedef int engine_whole_fn(
    EVP_MD_CTX *ctx, EVP_PKEY_CTX **, const EVP_MD *, ENGINE *, EVP_PKEY *key);
typedef int engine_digest_fn(EVP_PKEY_CTX *ctx, const OSSL_PARAM params[]);

static enum err engine_init(struct engine *g, const struct sign_alg *alg,
    engine_whole_fn *whole, engine_digest_fn *digest)
{
    char hash[16] = "", mgf[16] = "", pss[] = OSSL_PKEY_RSA_PAD_MODE_PSS;
    int salt = alg->salt; /* exactly: OpenSSL's default would take any */
    OSSL_PARAM params[5];
    size_t at = 0;

    if (alg->kind == SIGN_KIND_ED25519) {
        g->whole = EVP_MD_CTX_new();
        return verdict(g->whole != NULL && whole(g->whole, NULL, NULL, NULL, g->pkey) == 1);
    }
    (void)bytes_copy(hash, sizeof hash, bytes_str(alg->hash->name));
    params[at++] = OSSL_PARAM_construct_utf8_string(OSSL_SIGNATURE_PARAM_DIGEST, hash, 0);
    if (alg->kind == SIGN_KIND_RSA_PSS) {
        (void)bytes_copy(mgf, sizeof mgf, bytes_str(alg->mgf->name));
        params[at++] = OSSL_PARAM_construct_utf8_string(OSSL_SIGNATURE_PARAM_PAD_MODE, pss, 0);
        params[at++] =
            OSSL_PARAM_construct_utf8_string(OSSL_SIGNATURE_PARAM_MGF1_DIGEST, mgf, 0);
        params[at++] = OSSL_PARAM_construct_int(OSSL_SIGNATURE_PARAM_PSS_SALTLEN, &salt);
    }
    params[at] = OSSL_PARAM_construct_end();
    g->digest = EVP_PKEY_CTX_new_from_pkey(NULL, g->pkey, NULL);
    return verdict(g->digest != NULL && digest(g->digest, params) == 1);
}

/* Nothing is NULL for OpenSSL, which may hand it to memcpy. */
static struct bytes present(struct bytes v)
{
    static const uint8_t NONE[1];

    return v.n != 0 ? v : bytes_of(NONE, 0);
}

static struct sign_key *key_alloc(const struct sign_alg *alg)
{
    struct sign_key *k = mem_alloc(sizeof *k);

    (void)OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
    k->alg = alg;
    k->owners = 1;
    buf_init_fixed(&k->pub, k->room, sizeof k->room);
    return k;
}

/* Takes k, whatever comes of it. */
static enum err key_finish(struct sign_key *k, enum err e, struct sign_key **out)
{
    if (e == ERR_OK)
        e = buf_end(&k->pub);
    if (e == ERR_OK)
        e = engine_init(&k->engine, k->alg, EVP_DigestSignInit, EVP_PKEY_sign_init_ex);
    if (e != ERR_OK) {
        sign_key_free(k);
        return e;
    }
    *out = k;
    return ERR_OK;
}

enum err sign_key_new(const struct sign_alg *alg, unsigned bits, struct sign_key **out)
{
    uint8_t drawn[KEY_CURVE_PRIV];
    enum err e = ERR_CRYPTO;

    *out = NULL;
    if (alg->kind == SIGN_KIND_RSA_PSS) {
        struct sign_key *k = key_alloc(alg);
        e = key_rsa_make(bits != 0 ? bits : SIGN_RSA_BITS, &k->engine.pkey);
        if (e == ERR_OK)
            e = key_rsa_write_public(k->engine.pkey, &k->pub);
        return key_finish(k, e, out);
    }
    for (unsigned i = 0; i < DRAWS && e != ERR_OK; i++) {
        rand_bytes(drawn, sizeof drawn);
        e = sign_key_read(alg, bytes_of(drawn, sizeof drawn), out);
    }
    mem_wipe(drawn, sizeof drawn);
    return e;
}

enum err sign_key_read(const struct sign_alg *alg, struct bytes priv, struct sign_key **out)
{
    *out = NULL;
    struct sign_key *k = key_alloc(alg);
    enum err e = KINDS[alg->kind].read(priv, &k->engine.pkey, &k->pub);
    return key_finish(k, e, out);
}

void sign_key_write(const struct sign_key *k, struct buf *out)
{
    uint8_t raw[KEY_CURVE_PRIV] = {0};
    enum err e;

    if (k->alg->kind == SIGN_KIND_RSA_PSS) {
        e = key_rsa_write_private(k->engine.pkey, out);
    } else {
        e = key_curve_private(k->engine.pkey, raw);
        buf_put(out, raw, sizeof raw);
        mem_wipe(raw, sizeof raw);
    }
    if (e != ERR_OK)
        mem_die("OpenSSL does not give a private key back");
}

void sign_key_free(struct sign_key *k)
{
    if (k == NULL || --k->owners != 0)
        return;
    engine_fini(&k->engine);
    mem_free(k);
}

struct sign_key *sign_key_ref(struct sign_key *k)
{
    k->owners++;
    return k;
}

const struct sign_alg *sign_key_alg(const struct sign_key *k)
{
    return k->alg;
}

struct bytes sign_key_pub(const struct sign_key *k)
{
    return buf_view(&k->pub);
}

enum err sign_make(struct sign_key *k, struct bytes message, uint8_t *out, size_t *n)
{
    const struct engine *g = &k->engine;
    uint8_t hash[HASH_MAX];
    enum err e;

    *n = SIGN_MAX;
    if (g->whole != NULL) {
        message = present(message);
        /* Begins anew with the key it has: later versions sign once for every init. */
        e = verdict(EVP_DigestSignInit(g->whole, NULL, NULL, NULL, NULL) == 1 &&
                    EVP_DigestSign(g->whole, out, n, message.p, message.n) == 1);
    } else if ((e = hash_of(k->alg->hash, &message, 1, hash)) == ERR_OK) {
        e = verdict(EVP_PKEY_sign(g->digest, out, n, hash, k->alg->hash->size) == 1);
    }
    if (e != ERR_OK)
        *n = 0;
    return e;
}

enum err sign_pub_read(const struct sign_alg *alg, struct bytes pub, struct sign_pub **out)
{
    struct sign_pub *p;
    enum err e;

    *out = NULL;
    (void)OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
    p = mem_alloc(sizeof *p);
    p->alg = alg;
    e = KINDS[alg->kind].read_public(pub, &p->engine.pkey);
    if (e == ERR_OK)
        e = engine_init(&p->engine, alg, EVP_DigestVerifyInit, EVP_PKEY_verify_init_ex);
    if (e != ERR_OK) {
        sign_pub_free(p);
        return e;
    }
    *out = p;
    return ERR_OK;
}

void sign_pub_free(struct sign_pub *p)
{
    if (p == NULL)
        return;
    engine_fini(&p->engine);
    mem_free(p);
}

/* Lengths are ours to refuse; DER is what OpenSSL makes sure of. */
static bool length_fits(const struct sign_pub *p, size_t n)
{
    switch (p->alg->kind) {
    case SIGN_KIND_ED25519:
        return n == ED25519_SIGNATURE;
    case SIGN_KIND_RSA_PSS:
        return n == (size_t)EVP_PKEY_get_size(p->engine.pkey);
    case SIGN_KIND_ECDSA_P256:
        break;
    }
    return n != 0 && n <= (size_t)EVP_PKEY_get_size(p->engine.pkey);
}

enum err sign_check(struct sign_pub *p, struct bytes message, struct bytes signature)
{
    const struct engine *g = &p->engine;
    uint8_t hash[HASH_MAX];
    enum err e;

    if (!length_fits(p, signature.n))
        return ERR_CRYPTO;
    if (g->whole != NULL) {
        message = present(message);
        return verdict(
            EVP_DigestVerifyInit(g->whole, NULL, NULL, NULL, NULL) == 1 &&
            EVP_DigestVerify(g->whole, signature.p, signature.n, message.p, message.n) == 1);
    }
    if ((e = hash_of(p->alg->hash, &message, 1, hash)) != ERR_OK)
        return e;
    return verdict(
        EVP_PKEY_verify(g->digest, signature.p, signature.n, hash, p->alg->hash->size) == 1);
}
