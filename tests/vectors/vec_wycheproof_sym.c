/* SPDX-License-Identifier: ISC */
/* One key on both sides: AEADs, HMAC, HKDF. */
#include "base/mem.h"
#include "crypto/aead.h"
#include "wycheproof.h"

struct sealed {
    const struct aead_alg *alg;
    struct bytes key;
    struct bytes nonce;
    struct bytes aad;
    struct bytes msg;
    struct bytes ct; /* with the tag */
};

static const struct aead_alg *aead_of(struct vec_case *c, const struct wy_test *t)
{
    static const struct {
        const char *name;
        const struct aead_alg *alg;
    } AEADS[] = {
        {"AES-GCM", &AEAD_AES128_GCM},
        {"AES-GCM", &AEAD_AES256_GCM},
        {"CHACHA20-POLY1305", &AEAD_CHACHA20_POLY1305},
    };
    const char *name = vec_str(c, t->root, "algorithm");
    int64_t key = vec_int(c, t->group, "keySize", 0, UINT16_MAX);
    int64_t iv = vec_int(c, t->group, "ivSize", 0, UINT16_MAX);
    int64_t tag = vec_int(c, t->group, "tagSize", 0, UINT16_MAX);

    for (size_t i = 0; i < MEM_COUNT(AEADS); i++)
        if (strcmp(AEADS[i].name, name) == 0 && AEADS[i].alg->key_size * 8 == key &&
            iv == AEAD_NONCE * 8 && tag == AEAD_TAG * 8)
            return AEADS[i].alg;
    vec_not_built(c, "%s with a key of %lld, a nonce of %lld and a tag of %lld bits", name,
        (long long)key, (long long)iv, (long long)tag);
    return NULL;
}

static struct bytes joined(struct vec_case *c, struct bytes a, struct bytes b)
{
    uint8_t *p = vec_room(c, a.n + b.n);

    if (a.n != 0)
        memcpy(p, a.p, a.n);
    if (b.n != 0)
        memcpy(p + a.n, b.p, b.n);
    return bytes_of(p, a.n + b.n);
}

static uint8_t *copy_of(struct vec_case *c, struct bytes v)
{
    uint8_t *p = vec_room(c, v.n);

    if (v.n != 0)
        memcpy(p, v.p, v.n);
    return p;
}

static bool is_zero(const uint8_t *p, size_t n)
{
    uint8_t any = 0;

    for (size_t i = 0; i < n; i++)
        any |= p[i];
    return any == 0;
}

static void check_seal(struct vec_case *c, const struct sealed *s)
{
    uint8_t *out = vec_room(c, s->ct.n);
    uint8_t *kept = vec_room(c, s->ct.n);
    struct aead_key *key = NULL;

    if (vec_ok(c, "seal", aead_seal(s->alg, s->key.p, s->nonce.p, s->aad, s->msg, out)))
        (void)vec_same(c, "ct", s->ct, bytes_of(out, s->ct.n));
    if (vec_ok(c, "key", aead_key_new(s->alg, s->key.p, &key)) &&
        vec_ok(c, "seal with a kept key", aead_key_seal(key, s->nonce.p, s->aad, s->msg, kept)))
        (void)vec_same(c, "ct with a kept key", s->ct, bytes_of(kept, s->ct.n));
    aead_key_free(key);
}

/* All ways to open must say the same; what is refused leaves nothing behind. */
static void check_open(struct vec_case *c, const struct wy_test *t, const struct sealed *s)
{
    uint8_t *in_place = copy_of(c, s->ct);
    size_t n = s->ct.n - AEAD_TAG;
    struct aead_key *key = NULL;
    struct {
        const char *what;
        uint8_t *out;
        enum err e;
    } ways[3] = {{"open", vec_room(c, n), ERR_OK}, {"open in place", in_place, ERR_OK},
        {"open with a kept key", vec_room(c, n), ERR_OK}};

    if (!vec_ok(c, "key", aead_key_new(s->alg, s->key.p, &key)))
        return;
    ways[0].e = aead_open(s->alg, s->key.p, s->nonce.p, s->aad, s->ct, ways[0].out);
    ways[1].e =
        aead_open(s->alg, s->key.p, s->nonce.p, s->aad, bytes_of(in_place, s->ct.n), in_place);
    ways[2].e = aead_key_open(key, s->nonce.p, s->aad, s->ct, ways[2].out);
    for (size_t i = 0; i < MEM_COUNT(ways); i++) {
        if (wy_judge(c, t, ways[i].what, ways[i].e))
            (void)vec_same(c, ways[i].what, s->msg, bytes_of(ways[i].out, n));
        else if (vec_going(c))
            (void)vec_true(c, "zeros where an open failed", is_zero(ways[i].out, n));
    }
    aead_key_free(key);
}

void wy_aead(struct vec_case *c, const struct wy_test *t)
{
    struct sealed s = {.alg = aead_of(c, t)};

    if (!vec_going(c))
        return;
    s.key = vec_fixed(c, t->test, "key", s.alg->key_size);
    s.nonce = vec_fixed(c, t->test, "iv", AEAD_NONCE);
    s.aad = vec_hex(c, t->test, "aad");
    s.msg = vec_hex(c, t->test, "msg");
    s.ct = joined(c, vec_hex(c, t->test, "ct"), vec_fixed(c, t->test, "tag", AEAD_TAG));
    if (!vec_going(c))
        return;
    check_open(c, t, &s);
    if (strcmp(vec_str(c, t->test, "result"), "valid") == 0 &&
        vec_equal(c, "length of ct", (int64_t)(s.msg.n + AEAD_TAG), (int64_t)s.ct.n))
        check_seal(c, &s);
}

/* The hash that ends an algorithm's name. SHA-1 is here for RSA alone. */
static const struct hash_alg *hash_behind(
    struct vec_case *c, const struct wy_test *t, const char *prefix)
{
    const char *name = vec_str(c, t->root, "algorithm");
    const struct hash_alg *alg = NULL;

    if (strncmp(name, prefix, strlen(prefix)) == 0)
        alg = wy_hash(name + strlen(prefix));
    if (alg == NULL || alg == &HASH_ALG_SHA1) {
        vec_not_built(c, "algorithm %s", name);
        return NULL;
    }
    return alg;
}

void wy_hmac(struct vec_case *c, const struct wy_test *t)
{
    const struct hash_alg *alg = hash_behind(c, t, "HMAC");
    uint8_t mac[HASH_MAX];
    struct bytes key;
    struct bytes msg;
    struct bytes tag;
    size_t n;
    bool same;

    if (alg == NULL)
        return;
    n = (size_t)vec_int(c, t->group, "tagSize", 8, alg->size * 8) / 8;
    key = vec_hex(c, t->test, "key");
    msg = vec_hex(c, t->test, "msg");
    tag = vec_hex(c, t->test, "tag");
    if (!vec_going(c) || !vec_ok(c, "hmac", hash_hmac(alg, key, &msg, 1, mac)))
        return;
    same = tag.n == n && hash_equal(mac, tag.p, n);
    (void)wy_judge(c, t, "tag", same ? ERR_OK : ERR_CRYPTO);
}

void wy_hkdf(struct vec_case *c, const struct wy_test *t)
{
    const struct hash_alg *alg = hash_behind(c, t, "HKDF");
    uint8_t prk[HASH_MAX];
    struct bytes ikm;
    struct bytes salt;
    struct bytes info;
    struct bytes okm;
    uint8_t *out;
    size_t n;

    if (alg == NULL)
        return;
    n = (size_t)vec_int(c, t->test, "size", 0, 1 << 20);
    ikm = vec_hex(c, t->test, "ikm");
    salt = vec_hex(c, t->test, "salt");
    info = vec_hex(c, t->test, "info");
    okm = vec_hex(c, t->test, "okm");
    out = vec_room(c, n);
    if (!vec_going(c) || !vec_ok(c, "extract", hash_extract(alg, salt, ikm, prk)))
        return;
    if (wy_judge(c, t, "expand", hash_expand(alg, bytes_of(prk, alg->size), &info, 1, out, n)))
        (void)vec_same(c, "okm", okm, bytes_of(out, n));
}
