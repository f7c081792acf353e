/* SPDX-License-Identifier: ISC */
/* Two members for tests of private messages: leaf 1 speaks, leaf 0 hears, in a tree of four. */
#ifndef CONTENT_PAIR_H
#define CONTENT_PAIR_H

#include "mls/content.h"
#include "ratchet_ref.h"

#define LEAVES  4u
#define SELF    0u
#define SENDER  1u
#define APP     CONTENT_APPLICATION
#define CONTEXT bytes_str("an encoded group context")

extern const uint8_t PAIR_TAG[SUITE_HASH];
extern const struct bytes PAIR_BODIES[CONTENT_COMMIT + 1]; /* by type */

struct pair {
    const struct suite *s;
    struct content_keys out; /* of the speaker */
    struct content_keys in;  /* of the hearer */
    struct sign_key *key;
    struct sign_pub *pub;
    uint8_t signature[SIGN_MAX];
};

void pair_init(struct pair *p, const struct suite *s);
void pair_fini(struct pair *p);
/* Signed; lives as long as the pair, and until the next. */
struct content pair_content(struct pair *p, uint8_t type);
void pair_seal(struct pair *p, uint8_t type, size_t pad, struct buf *out);
/* All of receiving: opening, the signature, and then spending. */
enum mls_rule pair_hear(struct pair *p, struct bytes in, bool spend);

struct parts { /* of a private message, to be put together again */
    struct bytes group_id;
    uint64_t epoch;
    uint8_t type;
    struct bytes authenticated_data;
    struct bytes sender_data;
    struct bytes ciphertext;
};
struct parts pair_parts(const struct buf *b);
enum mls_rule pair_hear_parts(struct pair *p, const struct parts *m);
void pair_assert_unchanged(const struct ref_store *before, struct ratchet *r);

#endif
