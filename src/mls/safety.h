/* SPDX-License-Identifier: ISC */
/*
 * What two people compare to know that nobody sits between them. A fingerprint is SHA-256 of an
 * identity's public key, which for RSA equals what stock openssl prints for its DER form. A
 * safety number is made of both identities, names and keys, and comes out alike on both
 * sides: 60 digits, 30 from each, in the order of the numbers. Each half hashes 5,200 times, so
 * that looking for a key with a given half costs as much more.
 */
#ifndef MLS_SAFETY_H
#define MLS_SAFETY_H

#include "base/bytes.h"
#include "base/err.h"

#define SAFETY_DIGITS     60
#define SAFETY_TEXT       (SAFETY_DIGITS + SAFETY_DIGITS / 5) /* groups of five, spaces, NUL */
#define SAFETY_PRINT      32
#define SAFETY_PRINT_TEXT (7 + 43 + 1) /* "SHA256:", base64 without padding, NUL */

struct safety_identity {
    struct bytes name; /* the credential's identity */
    struct bytes key;  /* the signature key as it stands in the leaf */
};

enum err safety_number(
    const struct safety_identity *a, const struct safety_identity *b, char out[SAFETY_TEXT]);
enum err safety_fingerprint(struct bytes key, uint8_t out[SAFETY_PRINT]);
enum err safety_fingerprint_text(struct bytes key, char out[SAFETY_PRINT_TEXT]);
/* 30 digits of a room code from 32 bytes of exporter, in groups of five. */
#define SAFETY_CODE_TEXT 36
void safety_code(const uint8_t secret[32], char out[SAFETY_CODE_TEXT]);

#endif
