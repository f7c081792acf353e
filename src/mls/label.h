/* SPDX-License-Identifier: ISC */
/*
 * The labelled operations of RFC 9420, sections 5.1 and 5.2 and 8: everything is bound to
 * "MLS 1.0 " and the name of what it is for. Secrets have SUITE_HASH bytes. Nothing here
 * allocates for messages below 4 KiB.
 */
#ifndef MLS_LABEL_H
#define MLS_LABEL_H

#include "mls/suite.h"

enum err label_expand(const struct suite *s, const uint8_t secret[SUITE_HASH],
    const char *label, struct bytes context, uint8_t *out, size_t n);
enum err label_derive(const struct suite *s, const uint8_t secret[SUITE_HASH],
    const char *label, uint8_t out[SUITE_HASH]);
enum err label_derive_tree(const struct suite *s, const uint8_t secret[SUITE_HASH],
    const char *label, uint32_t generation, uint8_t *out, size_t n);
enum err label_ref(const struct suite *s, const char *label, struct bytes value,
    uint8_t out[SUITE_HASH]); /* RefHash; the label is taken as it is */

enum err label_sign(struct sign_key *key, const char *label, struct bytes content,
    uint8_t out[SIGN_MAX], size_t *n);
enum err label_check(
    struct sign_pub *pub, const char *label, struct bytes content, struct bytes signature);

/* EncryptWithLabel. enc holds kem->pub_size bytes, out holds in.n + AEAD_TAG. */
struct label_box {
    const struct suite *suite;
    const char *label;
    struct bytes context;
};
enum err label_seal(const struct label_box *box, struct bytes pub, struct bytes in,
    const uint8_t drawn[SUITE_DRAWN], uint8_t *enc, uint8_t *out);
enum err label_open(const struct label_box *box, const struct dh_key *key, struct bytes enc,
    struct bytes in, uint8_t *out);

#endif
