/* SPDX-License-Identifier: ISC */
#include "crypto/hpke.h"

#include "base/buf.h"
#include "base/mem.h"

#define SUITE_ID    10 /* the longer of the two */
#define PSK_MIN     32
#define CANDIDATES  256
#define EXPORT_ONLY 0xffff
#define MODE_BASE   0
#define MODE_PSK    1

#define VERSION "HPKE-v1"

/* The hash and the suite id that every label is bound to. */
struct labeled {
    const struct hash_alg *hash;
    uint8_t suite[SUITE_ID];
    size_t n;
};

static void labeled_kem(struct labeled *l, const struct hpke_suite *s)
{
    struct buf b;

    l->hash = &HASH_ALG_SHA256; /* of both KEMs */
    buf_init_fixed(&b, l->suite, sizeof l->suite);
    buf_text(&b, "KEM");
    buf_u16(&b, s->kem->kem_id);
    l->n = b.n;
}

static void labeled_hpke(struct labeled *l, const struct hpke_suite *s)
{
    struct buf b;

    l->hash = s->kdf;
    buf_init_fixed(&b, l->suite, sizeof l->suite);
    buf_text(&b, "HPKE");
    buf_u16(&b, s->kem->kem_id);
    buf_u16(&b, s->kdf->kdf_id);
    buf_u16(&b, s->aead != NULL ? s->aead->id : EXPORT_ONLY);
    l->n = b.n;
}

/* HKDF-Extract is HMAC under the salt, and HMAC takes its message in parts. */
static enum err labeled_extract(const struct labeled *l, struct bytes salt, const char *label,
    struct bytes ikm, uint8_t *out)
{
    struct bytes parts[] = {
        bytes_str(VERSION), bytes_of(l->suite, l->n), bytes_str(label), ikm};

    return hash_hmac(l->hash, salt, parts, MEM_COUNT(parts), out);
}

/* prk has the size of the hash. */
static enum err labeled_expand(const struct labeled *l, const uint8_t *prk, const char *label,
    struct bytes info, uint8_t *out, size_t n)
{
    uint8_t size[2] = {(uint8_t)(n >> 8), (uint8_t)n};
    struct bytes parts[] = {bytes_of(size, sizeof size), bytes_str(VERSION),
        bytes_of(l->suite, l->n), bytes_str(label), info};

    if (n > UINT16_MAX)
        return ERR_TOO_BIG;
    return hash_expand(l->hash, bytes_of(prk, l->hash->size), parts, MEM_COUNT(parts), out, n);
}

/* Whether it is in 1 .. order - 1, in time that does not depend on it. To ask OpenSSL would
 * not do: memory that runs out there would pass for a scalar to be drawn again, and the key
 * would be another than everybody else's. */
static bool p256_in_range(const uint8_t v[DH_PRIV_SIZE])
{
    static const uint8_t ORDER[DH_PRIV_SIZE] = {0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00,
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17,
        0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51};
    unsigned borrow = 0;
    uint8_t any = 0;

    for (size_t i = DH_PRIV_SIZE; i-- > 0;) {
        any |= v[i];
        borrow = ((unsigned)v[i] - ORDER[i] - borrow) >> 31;
    }
    return any != 0 && borrow != 0;
}

/* A P-256 scalar is drawn again until it is in range. */
static enum err derive_p256(
    const struct labeled *l, const uint8_t *prk, uint8_t *priv, struct dh_key **out)
{
    for (unsigned i = 0; i < CANDIDATES; i++) {
        uint8_t counter = (uint8_t)i;
        enum err e =
            labeled_expand(l, prk, "candidate", bytes_of(&counter, 1), priv, DH_PRIV_SIZE);
        if (e != ERR_OK)
            return e;
        if (p256_in_range(priv))
            return dh_key_new(&DH_P256, bytes_of(priv, DH_PRIV_SIZE), out);
    }
    return ERR_CRYPTO;
}

static enum err derive_x25519(
    const struct labeled *l, const uint8_t *prk, uint8_t *priv, struct dh_key **out)
{
    enum err e = labeled_expand(l, prk, "sk", (struct bytes){0}, priv, DH_PRIV_SIZE);

    return e == ERR_OK ? dh_key_new(&DH_X25519, bytes_of(priv, DH_PRIV_SIZE), out) : e;
}

enum err hpke_derive_key(const struct hpke_suite *s, struct bytes ikm, struct dh_key **out)
{
    uint8_t prk[HASH_MAX], priv[DH_PRIV_SIZE];
    struct labeled l;
    enum err e;

    *out = NULL;
    if (ikm.n < DH_PRIV_SIZE)
        return ERR_REFUSED;
    labeled_kem(&l, s);
    e = labeled_extract(&l, (struct bytes){0}, "dkp_prk", ikm, prk);
    if (e == ERR_OK)
        e = s->kem == &DH_P256 ? derive_p256(&l, prk, priv, out)
                               : derive_x25519(&l, prk, priv, out);
    mem_wipe(prk, sizeof prk);
    mem_wipe(priv, sizeof priv);
    return e;
}

/* What both sides of the KEM do after they agreed on where to meet: ExtractAndExpand of the
 * Diffie-Hellman value over both public keys. */
static enum err kem_secret(const struct hpke_suite *s, const struct dh_key *mine,
    struct bytes peer, struct bytes enc, struct bytes pub_r, uint8_t out[HASH_SHA256])
{
    uint8_t dh[DH_SHARED], prk[HASH_MAX], room[2 * DH_PUB_MAX];
    struct labeled l;
    struct buf both;
    enum err e;

    labeled_kem(&l, s);
    buf_init_fixed(&both, room, sizeof room);
    buf_bytes(&both, enc);
    buf_bytes(&both, pub_r);
    e = dh_shared(mine, peer, dh);
    if (e == ERR_OK)
        e = labeled_extract(&l, (struct bytes){0}, "eae_prk", bytes_of(dh, sizeof dh), prk);
    if (e == ERR_OK)
        e = labeled_expand(&l, prk, "shared_secret", buf_view(&both), out, HASH_SHA256);
    mem_wipe(dh, sizeof dh);
    mem_wipe(prk, sizeof prk);
    return e;
}

/* RFC 9180, 5.1, VerifyPSKInputs. */
static enum err psk_mode(const struct hpke_psk *psk, uint8_t *mode)
{
    *mode = MODE_BASE;
    if ((psk->psk.n == 0) != (psk->id.n == 0))
        return ERR_STATE;
    if (psk->psk.n == 0)
        return ERR_OK;
    *mode = MODE_PSK;
    return psk->psk.n >= PSK_MIN ? ERR_OK : ERR_REFUSED;
}

/* The key, the nonce and the exporter from the secret they all grow from. */
static enum err context_fill(struct hpke_context *c, const struct labeled *l,
    const uint8_t *secret, struct bytes context)
{
    const struct aead_alg *aead = c->suite->aead;
    enum err e = labeled_expand(l, secret, "exp", context, c->exporter, l->hash->size);

    if (e == ERR_OK && aead != NULL)
        e = labeled_expand(l, secret, "key", context, c->key, aead->key_size);
    if (e == ERR_OK && aead != NULL)
        e = labeled_expand(l, secret, "base_nonce", context, c->nonce, AEAD_NONCE);
    return e;
}

/* RFC 9180, 5.1, KeySchedule. */
static enum err context_init(
    struct hpke_context *c, const struct hpke_call *how, const uint8_t shared[HASH_SHA256])
{
    static const struct hpke_psk NONE;
    const struct hpke_psk *psk = how->psk != NULL ? how->psk : &NONE;
    uint8_t context[1 + 2 * HASH_MAX], secret[HASH_MAX];
    struct labeled l;
    enum err e;

    labeled_hpke(&l, how->suite);
    size_t size = l.hash->size;
    if ((e = psk_mode(psk, context)) == ERR_OK)
        e = labeled_extract(&l, (struct bytes){0}, "psk_id_hash", psk->id, context + 1);
    if (e == ERR_OK)
        e = labeled_extract(&l, (struct bytes){0}, "info_hash", how->info, context + 1 + size);
    if (e == ERR_OK)
        e = labeled_extract(&l, bytes_of(shared, HASH_SHA256), "secret", psk->psk, secret);
    if (e == ERR_OK)
        e = context_fill(c, &l, secret, bytes_of(context, 1 + 2 * size));
    mem_wipe(secret, sizeof secret);
    return e;
}

/* Leaves nothing behind when it fails. */
static enum err context_finish(
    struct hpke_context *c, const struct hpke_call *how, enum err e, uint8_t *shared)
{
    if (e == ERR_OK)
        e = context_init(c, how, shared);
    mem_wipe(shared, HASH_SHA256);
    if (e != ERR_OK)
        hpke_fini(c);
    return e;
}

enum err hpke_setup_sender(struct hpke_context *c, const struct hpke_call *how,
    struct bytes pub_r, struct bytes ikm_e, uint8_t *enc)
{
    uint8_t shared[HASH_SHA256];
    struct dh_key *mine = NULL;
    enum err e;

    *c = (struct hpke_context){.suite = how->suite};
    if (pub_r.n != how->suite->kem->pub_size)
        return ERR_CRYPTO;
    if ((e = hpke_derive_key(how->suite, ikm_e, &mine)) != ERR_OK)
        return e;
    struct bytes pub = dh_key_pub(mine);
    memcpy(enc, pub.p, pub.n);
    e = kem_secret(how->suite, mine, pub_r, pub, pub_r, shared);
    dh_key_free(mine);
    return context_finish(c, how, e, shared);
}

enum err hpke_setup_receiver(struct hpke_context *c, const struct hpke_call *how,
    const struct dh_key *r, struct bytes enc)
{
    uint8_t shared[HASH_SHA256];
    enum err e;

    *c = (struct hpke_context){.suite = how->suite};
    if (dh_key_alg(r) != how->suite->kem)
        return ERR_STATE;
    e = kem_secret(how->suite, r, enc, enc, dh_key_pub(r), shared);
    return context_finish(c, how, e, shared);
}

void hpke_fini(struct hpke_context *c)
{
    mem_wipe(c, sizeof *c);
}

/* The nonce of this message: the base xor its number, which must not come twice. */
static enum err nonce_next(const struct hpke_context *c, uint8_t out[AEAD_NONCE])
{
    if (c->suite == NULL || c->suite->aead == NULL)
        return ERR_STATE;
    if (c->seq == UINT64_MAX)
        return ERR_FULL;
    memcpy(out, c->nonce, AEAD_NONCE);
    for (unsigned i = 0; i < sizeof c->seq; i++)
        out[AEAD_NONCE - 1 - i] ^= (uint8_t)(c->seq >> 8 * i);
    return ERR_OK;
}

enum err hpke_next_seal(struct hpke_context *c, struct bytes aad, struct bytes in, uint8_t *out)
{
    uint8_t nonce[AEAD_NONCE];
    enum err e;

    if ((e = nonce_next(c, nonce)) != ERR_OK ||
        (e = aead_seal(c->suite->aead, c->key, nonce, aad, in, out)) != ERR_OK)
        return e;
    c->seq++;
    return ERR_OK;
}

enum err hpke_next_open(struct hpke_context *c, struct bytes aad, struct bytes in, uint8_t *out)
{
    uint8_t nonce[AEAD_NONCE];
    enum err e;

    if ((e = nonce_next(c, nonce)) != ERR_OK)
        return e;
    if (in.n < AEAD_TAG)
        return ERR_CRYPTO;
    if ((e = aead_open(c->suite->aead, c->key, nonce, aad, in, out)) != ERR_OK)
        return e;
    c->seq++;
    return ERR_OK;
}

enum err hpke_export(const struct hpke_context *c, struct bytes context, uint8_t *out, size_t n)
{
    struct labeled l;

    if (c->suite == NULL)
        return ERR_STATE;
    labeled_hpke(&l, c->suite);
    return labeled_expand(&l, c->exporter, "sec", context, out, n);
}

enum err hpke_seal(const struct hpke_call *how, struct bytes pub_r, struct bytes in,
    struct bytes ikm_e, uint8_t *enc, uint8_t *out)
{
    struct hpke_context c;
    enum err e = hpke_setup_sender(&c, how, pub_r, ikm_e, enc);

    if (e == ERR_OK)
        e = hpke_next_seal(&c, how->aad, in, out);
    hpke_fini(&c);
    return e;
}

enum err hpke_open(const struct hpke_call *how, const struct dh_key *r, struct bytes enc,
    struct bytes in, uint8_t *out)
{
    struct hpke_context c;
    enum err e = hpke_setup_receiver(&c, how, r, enc);

    if (e == ERR_OK)
        e = hpke_next_open(&c, how->aad, in, out);
    hpke_fini(&c);
    return e;
}
