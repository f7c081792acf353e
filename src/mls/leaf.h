/* SPDX-License-Identifier: ISC */
/*
 * Leaf nodes (RFC 9420, 7.2): who is at a leaf, what they can do, with which keys. A leaf is
 * immutable and counted: trees of different epochs share it, and the signature key inside is
 * imported once. It owns one copy of its bytes; every view in it points there. What came in
 * is what goes out: a leaf is never re-encoded. x509 credentials are carried unread.
 * leaf_read() checks form alone; leaf_check() is section 7.3, but for what needs the other
 * leaves of a tree.
 */
#ifndef MLS_LEAF_H
#define MLS_LEAF_H

#include "mls/env.h"
#include "mls/ext.h"
#include "mls/rule.h"
#include "mls/suite.h"

enum leaf_source { LEAF_KEY_PACKAGE = 1, LEAF_UPDATE = 2, LEAF_COMMIT = 3 };
enum { LEAF_BASIC = 1, LEAF_X509 = 2 };

struct leaf {
    unsigned refs;
    struct bytes raw;
    size_t tbs; /* how many of raw the signature covers */
    struct bytes encryption_key;
    struct bytes signature_key;
    uint16_t credential_type;
    struct bytes identity;
    struct bytes versions; /* capabilities: vectors of uint16 */
    struct bytes suites;
    struct bytes extension_types;
    struct bytes proposal_types;
    struct bytes credential_types;
    enum leaf_source source;
    uint64_t not_before; /* of a key package */
    uint64_t not_after;
    struct bytes parent_hash; /* of a commit */
    struct bytes extensions;
    struct bytes signature;
    struct sign_pub *pub;           /* read at the first use */
    const struct sign_alg *pub_alg; /* and of which scheme */
};

/* The leaf is new and the caller's, or *out is NULL and r has the error. */
void leaf_read(struct reader *r, struct leaf **out);
struct leaf *leaf_ref(struct leaf *l);
void leaf_unref(struct leaf *l);
/* The signature key as an object; NULL when it is none of this suite. The leaf's. */
struct sign_pub *leaf_pub(struct leaf *l, const struct suite *s);
void leaf_member(const struct leaf *l, uint32_t index, struct mls_member *out); /* views */

/* Where a leaf stands, or will: update and commit leaves are signed for their place. */
struct leaf_place {
    const struct suite *suite;
    struct bytes group_id;
    uint32_t index;
    struct bytes extensions; /* of the group context: what is required, what must be listed */
};
/* The signature alone; MLS_RULE_KEPT, MLS_RULE_LEAF_KEY or MLS_RULE_LEAF_SIGNATURE. */
enum mls_rule leaf_check_signature(struct leaf *l, const struct leaf_place *at);
/* Keys, signature, source (one of the bits 1 << leaf_source in sources), version, suite,
 * required capabilities, the group's extensions listed, its own listed, credential listed by
 * itself; env's identify. The lifetime is not judged: members whose clocks differ would part
 * over it. Whoever adds somebody judges it, before the commit is made. */
enum mls_rule leaf_check(
    const struct mls_env *env, struct leaf *l, const struct leaf_place *at, unsigned sources);
/* Capabilities against a group context's extensions alone (12.1.7 asks it of everybody). */
enum mls_rule leaf_check_extensions(const struct leaf *l, struct bytes group_extensions);

/* What a leaf of ours says. */
struct leaf_spec {
    enum leaf_source source;
    struct bytes encryption_key;
    struct sign_key *key;
    uint16_t credential_type;
    struct bytes identity;
    const uint16_t *extension_types; /* beyond the default ones */
    size_t extension_types_n;
    struct bytes extensions;
    uint64_t not_before;
    uint64_t not_after;
    struct bytes parent_hash;
};
/* Capabilities list MLS 1.0, every suite built here, the given extension types, and both
 * credential types. */
enum err leaf_make(
    const struct leaf_spec *spec, const struct leaf_place *at, struct leaf **out);

#endif
