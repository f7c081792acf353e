/* SPDX-License-Identifier: ISC */
#include "crypto/hash.h"

#include "crypto/fetch.h"
#include "crypto/verdict.h"

#include <openssl/crypto.h>

#include "base/mem.h"

#define BLOCK_MAX  128
#define EXPAND_MAX 255 /* times the hash (RFC 5869, 2.3) */
#define INNER_PAD  0x36
#define OUTER_PAD  0x5c

const struct hash_alg HASH_ALG_SHA1 = {"SHA1", 0, 20, 64, FETCH_SHA1};
const struct hash_alg HASH_ALG_SHA224 = {"SHA224", 0, 28, 64, FETCH_SHA224};
const struct hash_alg HASH_ALG_SHA256 = {"SHA256", 1, 32, 64, FETCH_SHA256};
const struct hash_alg HASH_ALG_SHA384 = {"SHA384", 2, 48, 128, FETCH_SHA384};
const struct hash_alg HASH_ALG_SHA512 = {"SHA512", 3, 64, 128, FETCH_SHA512};
const struct hash_alg HASH_ALG_SHA512_224 = {"SHA512-224", 0, 28, 128, FETCH_SHA512_224};
const struct hash_alg HASH_ALG_SHA512_256 = {"SHA512-256", 0, 32, 128, FETCH_SHA512_256};

static bool begin(EVP_MD_CTX *ctx)
{
    return EVP_DigestInit_ex2(ctx, NULL, NULL) == 1;
}

static bool put(EVP_MD_CTX *ctx, struct bytes v)
{
    return EVP_DigestUpdate(ctx, v.p, v.n) == 1;
}

/* The state after the end is the digest itself, and the buffer may still hold the last block:
 * a new beginning overwrites the one, zeroes just short of a block the other. */
static void wash(const struct hash_alg *alg, EVP_MD_CTX *ctx)
{
    static const uint8_t ZEROES[BLOCK_MAX];

    if (!begin(ctx) || !put(ctx, bytes_of(ZEROES, alg->block - 1u)))
        mem_die("OpenSSL cannot wipe a hash context");
}

static enum err finish(bool good, uint8_t *out, size_t n)
{
    if (!good)
        mem_wipe(out, n);
    return verdict(good);
}

enum err hash_of(
    const struct hash_alg *alg, const struct bytes *parts, size_t count, uint8_t *out)
{
    EVP_MD_CTX *ctx = fetch_md_ctx(alg->row);
    bool good = begin(ctx);

    for (size_t i = 0; good && i < count; i++)
        good = put(ctx, parts[i]);
    good = good && EVP_DigestFinal_ex(ctx, out, NULL) == 1;
    wash(alg, ctx);
    return finish(good, out, alg->size);
}

enum err hash_sha256(struct bytes in, uint8_t out[HASH_SHA256])
{
    return hash_of(&HASH_ALG_SHA256, &in, 1, out);
}

struct hash_run {
    const struct hash_alg *alg;
    EVP_MD_CTX *ctx;
    bool good;
};

struct hash_run *hash_run_new(const struct hash_alg *alg)
{
    struct hash_run *h = mem_alloc(sizeof *h);

    h->alg = alg;
    h->ctx = EVP_MD_CTX_new();
    if (h->ctx == NULL || EVP_MD_CTX_copy_ex(h->ctx, fetch_md_ctx(alg->row)) != 1)
        mem_die("no memory for a hash context");
    h->good = begin(h->ctx);
    return h;
}

void hash_run_free(struct hash_run *h)
{
    if (h == NULL)
        return;
    wash(h->alg, h->ctx);
    EVP_MD_CTX_free(h->ctx);
    mem_free(h);
}

void hash_run_put(struct hash_run *h, struct bytes v)
{
    h->good = h->good && put(h->ctx, v);
}

enum err hash_run_end(struct hash_run *h, uint8_t *out)
{
    bool good = h->good && EVP_DigestFinal_ex(h->ctx, out, NULL) == 1;

    wash(h->alg, h->ctx);
    h->good = begin(h->ctx);
    return finish(good, out, h->alg->size);
}

/* HMAC is two hashes (RFC 2104); OpenSSL's own costs half as much again, and leaves the key
 * in its context. */
struct hmac {
    const struct hash_alg *alg;
    EVP_MD_CTX *ctx;
    bool good;
    uint8_t key[BLOCK_MAX];
};

static void hmac_init(struct hmac *h, const struct hash_alg *alg, struct bytes key)
{
    h->alg = alg;
    h->good = true;
    memset(h->key, 0, alg->block);
    if (key.n > alg->block)
        h->good = hash_of(alg, &key, 1, h->key) == ERR_OK;
    else if (key.n != 0)
        memcpy(h->key, key.p, key.n);
    h->ctx = fetch_md_ctx(alg->row);
}

static void hmac_fini(struct hmac *h)
{
    wash(h->alg, h->ctx);
    mem_wipe(h->key, sizeof h->key);
}

static void hmac_put(struct hmac *h, struct bytes v)
{
    h->good = h->good && put(h->ctx, v);
}

static void hmac_pad(struct hmac *h, uint8_t with)
{
    for (size_t i = 0; i < h->alg->block; i++)
        h->key[i] ^= with;
}

static void hmac_begin(struct hmac *h)
{
    hmac_pad(h, INNER_PAD);
    h->good = h->good && begin(h->ctx);
    hmac_put(h, bytes_of(h->key, h->alg->block));
    hmac_pad(h, INNER_PAD);
}

static void hmac_end(struct hmac *h, uint8_t *out)
{
    uint8_t inner[HASH_MAX];

    hmac_pad(h, OUTER_PAD);
    h->good = h->good && EVP_DigestFinal_ex(h->ctx, inner, NULL) == 1 && begin(h->ctx);
    hmac_put(h, bytes_of(h->key, h->alg->block));
    hmac_put(h, bytes_of(inner, h->alg->size));
    h->good = h->good && EVP_DigestFinal_ex(h->ctx, out, NULL) == 1;
    hmac_pad(h, OUTER_PAD);
    mem_wipe(inner, sizeof inner);
}

enum err hash_hmac(const struct hash_alg *alg, struct bytes key, const struct bytes *parts,
    size_t count, uint8_t *out)
{
    struct hmac h;

    hmac_init(&h, alg, key);
    hmac_begin(&h);
    for (size_t i = 0; i < count; i++)
        hmac_put(&h, parts[i]);
    hmac_end(&h, out);
    hmac_fini(&h);
    return finish(h.good, out, alg->size);
}

enum err hash_extract(
    const struct hash_alg *alg, struct bytes salt, struct bytes ikm, uint8_t *out)
{
    return hash_hmac(alg, salt, &ikm, 1, out); /* no salt and one of zeroes are the same key */
}

/* T(i) of RFC 5869, 2.3. */
static void expand_one(struct hmac *h, struct bytes before, const struct bytes *info,
    size_t count, uint8_t i, uint8_t *out)
{
    hmac_begin(h);
    hmac_put(h, before);
    for (size_t k = 0; k < count; k++)
        hmac_put(h, info[k]);
    hmac_put(h, bytes_of(&i, 1));
    hmac_end(h, out);
}

/* Apart from out, which may overlap the info that every round reads again. Not inlined, so
 * that the short way does not pay for this room. */
__attribute__((noinline)) static void expand_many(
    struct hmac *h, const struct bytes *info, size_t count, uint8_t *out, size_t n)
{
    uint8_t room[EXPAND_MAX * HASH_MAX];
    size_t size = h->alg->size;
    struct bytes before = {0};
    size_t at = 0;

    for (unsigned i = 1; at < n; i++) {
        expand_one(h, before, info, count, (uint8_t)i, room + at);
        before = bytes_of(room + at, size);
        at += size;
    }
    memcpy(out, room, n);
    mem_wipe(room, at);
}

enum err hash_expand(const struct hash_alg *alg, struct bytes prk, const struct bytes *info,
    size_t count, uint8_t *out, size_t n)
{
    uint8_t one[HASH_MAX];
    struct hmac h;

    if (n > (size_t)EXPAND_MAX * alg->size)
        return ERR_TOO_BIG;
    hmac_init(&h, alg, prk);
    if (n <= alg->size) {
        expand_one(&h, (struct bytes){0}, info, count, 1, one);
        memcpy(out, one, n);
        mem_wipe(one, sizeof one);
    } else {
        expand_many(&h, info, count, out, n);
    }
    hmac_fini(&h);
    return finish(h.good, out, n);
}

bool hash_equal(const void *a, const void *b, size_t n)
{
    return CRYPTO_memcmp(a, b, n) == 0;
}
