/* SPDX-License-Identifier: ISC */
/*
 * The secret half of a key package, as it is stored between publishing and joining: the
 * private keys of its init key and of its leaf. And making a leaf for an identity, which key
 * packages, paths and updates do alike.
 */
#ifndef MLS_PACKAGE_H
#define MLS_PACKAGE_H

#include "mls/keypackage.h"
#include "mls/mls.h"

struct package_secret { /* wiped by its owner */
    const struct suite *suite;
    uint8_t init[DH_PRIV_SIZE];
    uint8_t leaf[DH_PRIV_SIZE];
};
void package_secret_write(const struct package_secret *s, struct buf *out);
enum err package_secret_read(struct bytes in, struct package_secret *out);

/* Fills what an identity decides; source, keys, lifetime and parent hash are the caller's. */
void package_leaf_spec(const struct mls_identity *who, struct leaf_spec *out);
/* ERR_UNSUPPORTED: no such suite; ERR_REFUSED: the identity's key is not of its scheme. */
enum err package_suite(uint16_t id, const struct mls_identity *who, const struct suite **out);
/* A key package message of any wire length, whole. */
enum err package_read(struct bytes message, struct keypackage **out);

#endif
