/* SPDX-License-Identifier: ISC */
/*
 * Key packages (RFC 9420, 10): what somebody publishes so that others can add them. Like a
 * leaf it is immutable, counted, and goes out as it came in.
 */
#ifndef MLS_KEYPACKAGE_H
#define MLS_KEYPACKAGE_H

#include "mls/leaf.h"

struct keypackage {
    unsigned refs;
    struct bytes raw;
    size_t tbs;
    uint16_t version;
    uint16_t suite;
    struct bytes init_key;
    struct leaf *leaf;
    struct bytes extensions;
    struct bytes signature;
};

void keypackage_read(struct reader *r, struct keypackage **out);
struct keypackage *keypackage_ref(struct keypackage *k);
void keypackage_unref(struct keypackage *k);
/* Section 10.1 but for the leaf's rules, which leaf_check() has. */
enum mls_rule keypackage_check(const struct keypackage *k, const struct suite *s);
enum err keypackage_ref_hash(
    const struct keypackage *k, const struct suite *s, uint8_t out[SUITE_HASH]);
/* leaf is taken over by reference (one more owner). */
enum err keypackage_make(const struct suite *s, struct sign_key *key, struct leaf *leaf,
    struct bytes init_key, struct bytes extensions, struct keypackage **out);

#endif
