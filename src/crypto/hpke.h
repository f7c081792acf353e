/* SPDX-License-Identifier: ISC */
/*
 * Hybrid public key encryption (RFC 9180) in base and PSK mode, over the KEMs of dh.h, HKDF
 * and the AEADs of aead.h, or export-only. The ephemeral key is derived from bytes the caller
 * drew (ikm_e), so a run under handed-in randomness repeats. hpke_seal() and hpke_open() are
 * the single shot; a struct hpke_context is the same with many messages and exports, and is
 * wiped by hpke_fini(). Wrong key, wrong bytes and wrong PSK are all ERR_CRYPTO. A message
 * that fails to open does not count; a context out of numbers says ERR_FULL, one without an
 * AEAD ERR_STATE. ikm below DH_PRIV_SIZE bytes is ERR_REFUSED.
 */
#ifndef CRYPTO_HPKE_H
#define CRYPTO_HPKE_H

#include "base/bytes.h"
#include "base/err.h"
#include "crypto/aead.h"
#include "crypto/dh.h"
#include "crypto/hash.h"

struct hpke_suite {
    const struct dh_alg *kem;
    const struct hash_alg *kdf;
    const struct aead_alg *aead; /* NULL: export only */
};

/* Mode base when both are empty, PSK when both are not; one alone is ERR_STATE, a psk below 32
 * bytes ERR_REFUSED. */
struct hpke_psk {
    struct bytes psk;
    struct bytes id;
};

struct hpke_context {
    const struct hpke_suite *suite;
    uint8_t key[AEAD_KEY_MAX];
    uint8_t nonce[AEAD_NONCE];
    uint8_t exporter[HASH_MAX];
    uint64_t seq;
};

/* RFC 9180, 7.1.3. */
enum err hpke_derive_key(const struct hpke_suite *s, struct bytes ikm, struct dh_key **out);

/* What both sides of one exchange say alike. psk NULL: mode base. */
struct hpke_call {
    const struct hpke_suite *suite;
    struct bytes info;
    struct bytes aad; /* of the single shot only */
    const struct hpke_psk *psk;
};

/* enc holds kem->pub_size bytes. */
enum err hpke_setup_sender(struct hpke_context *c, const struct hpke_call *how,
    struct bytes pub_r, struct bytes ikm_e, uint8_t *enc);
enum err hpke_setup_receiver(struct hpke_context *c, const struct hpke_call *how,
    const struct dh_key *r, struct bytes enc);
void hpke_fini(struct hpke_context *c);
enum err hpke_next_seal(
    struct hpke_context *c, struct bytes aad, struct bytes in, uint8_t *out);
enum err hpke_next_open(
    struct hpke_context *c, struct bytes aad, struct bytes in, uint8_t *out);
enum err hpke_export(
    const struct hpke_context *c, struct bytes context, uint8_t *out, size_t n);

/* out holds in.n + AEAD_TAG. */
enum err hpke_seal(const struct hpke_call *how, struct bytes pub_r, struct bytes in,
    struct bytes ikm_e, uint8_t *enc, uint8_t *out);
enum err hpke_open(const struct hpke_call *how, const struct dh_key *r, struct bytes enc,
    struct bytes in, uint8_t *out);

#endif
