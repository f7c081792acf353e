/* SPDX-License-Identifier: ISC */
#include "crypto/aead.h"

#include "crypto/fetch.h"
#include "crypto/verdict.h"

#include <limits.h>

#include "base/mem.h"

const struct aead_alg AEAD_AES128_GCM = {"AES-128-GCM", 1, 16, FETCH_AES128_GCM};
const struct aead_alg AEAD_AES256_GCM = {"AES-256-GCM", 2, 32, FETCH_AES256_GCM};
const struct aead_alg AEAD_CHACHA20_POLY1305 = {
    "ChaCha20-Poly1305", 3, 32, FETCH_CHACHA20_POLY1305};

struct aead_key {
    EVP_CIPHER_CTX *ctx;
};

/* One message; key NULL is the one that ctx has. */
struct turn {
    EVP_CIPHER_CTX *ctx;
    const uint8_t *key;
    const uint8_t *nonce;
    struct bytes aad;
};

/* OpenSSL counts in int. */
static bool fits(struct bytes v)
{
    return v.n <= INT_MAX - AEAD_TAG;
}

static bool begin(const struct turn *t, int seals)
{
    int n;

    return EVP_CipherInit_ex2(t->ctx, NULL, t->key, t->nonce, seals, NULL) == 1 &&
           (t->aad.n == 0 || EVP_CipherUpdate(t->ctx, NULL, &n, t->aad.p, (int)t->aad.n) == 1);
}

static bool body(EVP_CIPHER_CTX *ctx, struct bytes in, uint8_t *out)
{
    uint8_t none[1]; /* these ciphers have nothing left to say at the end */
    int n;

    return (in.n == 0 || EVP_CipherUpdate(ctx, out, &n, in.p, (int)in.n) == 1) &&
           EVP_CipherFinal_ex(ctx, none, &n) == 1;
}

static enum err turn_seal(const struct turn *t, struct bytes in, uint8_t *out)
{
    if (!fits(in) || !fits(t->aad))
        return ERR_TOO_BIG;
    bool good = begin(t, 1) && body(t->ctx, in, out) &&
                EVP_CIPHER_CTX_ctrl(t->ctx, EVP_CTRL_AEAD_GET_TAG, AEAD_TAG, out + in.n) == 1;
    if (!good)
        mem_wipe(out, in.n + AEAD_TAG);
    return verdict(good);
}

static enum err turn_open(const struct turn *t, struct bytes in, uint8_t *out)
{
    uint8_t tag[AEAD_TAG];

    if (in.n < AEAD_TAG)
        return ERR_FORMAT;
    in.n -= AEAD_TAG;
    if (!fits(in) || !fits(t->aad)) {
        mem_wipe(out, in.n);
        return ERR_TOO_BIG;
    }
    memcpy(tag, in.p + in.n, AEAD_TAG);
    bool good = begin(t, 0) &&
                EVP_CIPHER_CTX_ctrl(t->ctx, EVP_CTRL_AEAD_SET_TAG, AEAD_TAG, tag) == 1 &&
                body(t->ctx, in, out);
    if (!good)
        mem_wipe(out, in.n);
    return verdict(good);
}

/* A key of zeroes overwrites the schedule; one byte under it, the key stream that is left over
 * from the last block. */
static void wash(EVP_CIPHER_CTX *ctx)
{
    static const uint8_t ZEROES[AEAD_KEY_MAX];
    uint8_t out[1];
    int n;

    if (EVP_CipherInit_ex2(ctx, NULL, ZEROES, ZEROES, 1, NULL) != 1 ||
        EVP_CipherUpdate(ctx, out, &n, ZEROES, 1) != 1)
        mem_die("OpenSSL cannot wipe a cipher context");
}

enum err aead_seal(const struct aead_alg *alg, const uint8_t *key,
    const uint8_t nonce[AEAD_NONCE], struct bytes aad, struct bytes in, uint8_t *out)
{
    struct turn t = {fetch_cipher_ctx(alg->row), key, nonce, aad};
    enum err e = turn_seal(&t, in, out);

    wash(t.ctx);
    return e;
}

enum err aead_open(const struct aead_alg *alg, const uint8_t *key,
    const uint8_t nonce[AEAD_NONCE], struct bytes aad, struct bytes in, uint8_t *out)
{
    struct turn t = {fetch_cipher_ctx(alg->row), key, nonce, aad};
    enum err e = turn_open(&t, in, out);

    wash(t.ctx);
    return e;
}

enum err aead_key_new(const struct aead_alg *alg, const uint8_t *key, struct aead_key **out)
{
    *out = NULL;
    struct aead_key *k = mem_alloc(sizeof *k);
    k->ctx = fetch_cipher_new(alg->row);
    enum err e = verdict(EVP_CipherInit_ex2(k->ctx, NULL, key, NULL, 1, NULL) == 1);
    if (e == ERR_OK)
        *out = k;
    else
        aead_key_free(k);
    return e;
}

void aead_key_free(struct aead_key *k)
{
    if (k == NULL)
        return;
    EVP_CIPHER_CTX_free(k->ctx); /* wipes */
    mem_free(k);
}

enum err aead_key_seal(struct aead_key *k, const uint8_t nonce[AEAD_NONCE], struct bytes aad,
    struct bytes in, uint8_t *out)
{
    return turn_seal(&(struct turn){k->ctx, NULL, nonce, aad}, in, out);
}

enum err aead_key_open(struct aead_key *k, const uint8_t nonce[AEAD_NONCE], struct bytes aad,
    struct bytes in, uint8_t *out)
{
    return turn_open(&(struct turn){k->ctx, NULL, nonce, aad}, in, out);
}
