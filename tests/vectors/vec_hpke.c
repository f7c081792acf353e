/* SPDX-License-Identifier: ISC */
/* RFC 9180: the vectors that its authors publish, base and PSK mode. Every value of a case that
 * the interface shows is compared; the rest shows in the ciphertexts and exports. */
#include "crypto/hpke.h"

#include <stdio.h>

#include "base/mem.h"
#include "vec.h"

#define SKIP_MAX 65536 /* messages between two that are printed */
#define EXPORT   (255 * HASH_MAX)

/* Both ends of one exchange, under the suite of the case. */
struct pair {
    struct hpke_suite suite;
    struct hpke_psk psk;
    struct hpke_call how;
    struct dh_key *key;
    struct bytes pub;
    struct bytes ikm_e;
    struct bytes enc;
    struct hpke_context sender;
    struct hpke_context receiver;
};

static bool suite_of(struct vec_case *c, const cJSON *o, struct hpke_suite *s)
{
    static const struct dh_alg *const KEMS[] = {&DH_P256, &DH_X25519};
    static const struct hash_alg *const KDFS[] = {
        &HASH_ALG_SHA256, &HASH_ALG_SHA384, &HASH_ALG_SHA512};
    static const struct aead_alg *const AEADS[] = {
        &AEAD_AES128_GCM, &AEAD_AES256_GCM, &AEAD_CHACHA20_POLY1305};
    int64_t mode = vec_int(c, o, "mode", 0, UINT8_MAX);
    int64_t kem = vec_int(c, o, "kem_id", 0, UINT16_MAX);
    int64_t kdf = vec_int(c, o, "kdf_id", 0, UINT16_MAX);
    int64_t aead = vec_int(c, o, "aead_id", 0, UINT16_MAX);

    for (size_t i = 0; i < MEM_COUNT(KEMS); i++)
        if (KEMS[i]->kem_id == kem)
            s->kem = KEMS[i];
    for (size_t i = 0; i < MEM_COUNT(KDFS); i++)
        if (KDFS[i]->kdf_id == kdf)
            s->kdf = KDFS[i];
    for (size_t i = 0; i < MEM_COUNT(AEADS); i++)
        if (AEADS[i]->id == aead)
            s->aead = AEADS[i];
    if (mode > 1 || s->kem == NULL || s->kdf == NULL || (s->aead == NULL && aead != 0xFFFF))
        vec_not_built(c, "mode %lld, KEM 0x%04llx, KDF %lld, AEAD 0x%04llx", (long long)mode,
            (unsigned long long)kem, (long long)kdf, (unsigned long long)aead);
    return vec_going(c);
}

static void check_derived(
    struct vec_case *c, const struct hpke_suite *s, const cJSON *o, const char *const names[3])
{
    struct dh_key *key = NULL;
    uint8_t priv[DH_PRIV_SIZE];

    if (vec_ok(c, names[0], hpke_derive_key(s, vec_hex(c, o, names[0]), &key))) {
        dh_key_priv(key, priv);
        (void)vec_same(c, names[1], vec_hex(c, o, names[1]), bytes_of(priv, sizeof priv));
        (void)vec_same(c, names[2], vec_hex(c, o, names[2]), dh_key_pub(key));
    }
    dh_key_free(key);
}

static bool read_pair(struct vec_case *c, const cJSON *o, struct pair *p)
{
    struct bytes priv;

    if (!suite_of(c, o, &p->suite))
        return false;
    priv = vec_fixed(c, o, "skRm", DH_PRIV_SIZE);
    p->how = (struct hpke_call){.suite = &p->suite, .info = vec_hex(c, o, "info")};
    if (vec_int(c, o, "mode", 0, 1) == 1) {
        p->psk.psk = vec_hex(c, o, "psk");
        p->psk.id = vec_hex(c, o, "psk_id");
        p->how.psk = &p->psk;
    }
    p->pub = vec_fixed(c, o, "pkRm", p->suite.kem->pub_size);
    p->enc = vec_fixed(c, o, "enc", p->suite.kem->pub_size);
    p->ikm_e = vec_hex(c, o, "ikmE");
    if (!vec_going(c) || !vec_ok(c, "skRm", dh_key_new(p->suite.kem, priv, &p->key)))
        return false;
    return vec_same(c, "pkRm of skRm", p->pub, dh_key_pub(p->key));
}

static void check_context(
    struct vec_case *c, const cJSON *o, const struct hpke_context *at, const char *side)
{
    const struct hpke_suite *s = at->suite;
    char what[32];

    if (s->aead != NULL) {
        (void)snprintf(what, sizeof what, "key of the %s", side);
        (void)vec_same(c, what, vec_hex(c, o, "key"), bytes_of(at->key, s->aead->key_size));
        (void)snprintf(what, sizeof what, "base_nonce of the %s", side);
        (void)vec_same(c, what, vec_hex(c, o, "base_nonce"), bytes_of(at->nonce, AEAD_NONCE));
    }
    (void)snprintf(what, sizeof what, "exporter_secret of the %s", side);
    (void)vec_same(
        c, what, vec_hex(c, o, "exporter_secret"), bytes_of(at->exporter, s->kdf->size));
}

static bool set_up(struct vec_case *c, const cJSON *o, struct pair *p)
{
    uint8_t *enc = vec_room(c, p->suite.kem->pub_size);
    enum err e = hpke_setup_sender(&p->sender, &p->how, p->pub, p->ikm_e, enc);

    if (!vec_ok(c, "setup of the sender", e) ||
        !vec_same(c, "enc", p->enc, bytes_of(enc, p->suite.kem->pub_size)))
        return false;
    e = hpke_setup_receiver(&p->receiver, &p->how, p->key, p->enc);
    if (!vec_ok(c, "setup of the receiver", e))
        return false;
    check_context(c, o, &p->sender, "sender");
    check_context(c, o, &p->receiver, "receiver");
    return vec_going(c);
}

static void send_one(struct vec_case *c, struct pair *p, const cJSON *o)
{
    struct bytes aad = vec_hex_if(c, o, "aad");
    struct bytes pt = vec_hex_if(c, o, "pt");
    struct bytes ct = vec_hex_if(c, o, "ct");
    uint8_t *sealed = vec_room(c, pt.n + AEAD_TAG);
    uint8_t *opened = vec_room(c, pt.n);

    /* A case may print only some of its messages: one made up here is only sent. */
    if (!vec_ok(c, "seal", hpke_next_seal(&p->sender, aad, pt, sealed)))
        return;
    if (o != NULL && !vec_same(c, "ct", ct, bytes_of(sealed, pt.n + AEAD_TAG)))
        return;
    if (vec_ok(c, "open",
            hpke_next_open(&p->receiver, aad, bytes_of(sealed, pt.n + AEAD_TAG), opened)))
        (void)vec_same(c, "pt", pt, bytes_of(opened, pt.n));
}

static uint64_t sequence(struct bytes base, struct bytes nonce)
{
    uint64_t seq = 0;

    for (size_t i = AEAD_NONCE - sizeof seq; i < AEAD_NONCE; i++)
        seq = seq << 8 | (uint64_t)(base.p[i] ^ nonce.p[i]);
    return seq;
}

static void check_encryptions(struct vec_case *c, const cJSON *o, struct pair *p)
{
    struct bytes base;
    const cJSON *item;

    if (p->suite.aead == NULL)
        return;
    base = vec_fixed(c, o, "base_nonce", AEAD_NONCE);
    cJSON_ArrayForEach(item, vec_arr(c, o, "encryptions"))
    {
        struct bytes nonce = vec_fixed(c, item, "nonce", AEAD_NONCE);
        uint64_t seq = sequence(base, nonce);

        if (seq < p->sender.seq || seq - p->sender.seq > SKIP_MAX)
            vec_fail(c, "nonce: is of message %llu, after %llu", (unsigned long long)seq,
                (unsigned long long)p->sender.seq);
        while (vec_going(c) && p->sender.seq < seq)
            send_one(c, p, NULL);
        if (!vec_going(c))
            return;
        send_one(c, p, item);
    }
}

static void check_exports(struct vec_case *c, const cJSON *o, const struct pair *p)
{
    const cJSON *item;

    cJSON_ArrayForEach(item, vec_arr(c, o, "exports"))
    {
        size_t n = (size_t)vec_int(c, item, "L", 0, EXPORT);
        struct bytes context = vec_hex(c, item, "exporter_context");
        struct bytes want = vec_hex(c, item, "exported_value");
        uint8_t *out = vec_room(c, n);

        if (vec_ok(c, "export", hpke_export(&p->sender, context, out, n)))
            (void)vec_same(c, "export of the sender", want, bytes_of(out, n));
        if (vec_ok(c, "export", hpke_export(&p->receiver, context, out, n)))
            (void)vec_same(c, "export of the receiver", want, bytes_of(out, n));
    }
}

static void check_single(struct vec_case *c, const cJSON *o, struct pair *p)
{
    const cJSON *first = cJSON_GetArrayItem(vec_arr(c, o, "encryptions"), 0);
    struct bytes pt = vec_hex_if(c, first, "pt");
    struct bytes ct = vec_hex_if(c, first, "ct");
    uint8_t *enc = vec_room(c, p->suite.kem->pub_size);
    uint8_t *sealed = vec_room(c, pt.n + AEAD_TAG);
    uint8_t *opened = vec_room(c, pt.n);

    if (p->suite.aead == NULL || first == NULL ||
        sequence(bytes_of(p->sender.nonce, AEAD_NONCE),
            vec_fixed(c, first, "nonce", AEAD_NONCE)) != 0)
        return;
    p->how.aad = vec_hex(c, first, "aad");
    if (!vec_ok(c, "single seal", hpke_seal(&p->how, p->pub, pt, p->ikm_e, enc, sealed)) ||
        !vec_same(c, "single enc", p->enc, bytes_of(enc, p->suite.kem->pub_size)) ||
        !vec_same(c, "single ct", ct, bytes_of(sealed, pt.n + AEAD_TAG)))
        return;
    if (vec_ok(c, "single open", hpke_open(&p->how, p->key, p->enc, ct, opened)))
        (void)vec_same(c, "single pt", pt, bytes_of(opened, pt.n));
}

static void run_case(struct vec_case *c, const cJSON *o)
{
    static const char *const OF_R[] = {"ikmR", "skRm", "pkRm"};
    static const char *const OF_E[] = {"ikmE", "skEm", "pkEm"};
    struct pair p = {0};

    if (!read_pair(c, o, &p))
        goto out;
    check_derived(c, &p.suite, o, OF_R);
    check_derived(c, &p.suite, o, OF_E);
    if (!vec_going(c) || !set_up(c, o, &p))
        goto out;
    check_encryptions(c, o, &p);
    check_exports(c, o, &p);
    if (vec_going(c))
        check_single(c, o, &p);
out:
    hpke_fini(&p.sender);
    hpke_fini(&p.receiver);
    dh_key_free(p.key);
}

const struct vec_kind VEC_HPKE = {
    .name = "hpke",
    .keys = {"kem_id", "kdf_id", "aead_id", "mode", "exporter_secret"},
    .each = run_case,
};
