/* SPDX-License-Identifier: ISC */
/*
 * A member who does not keep the rules: commits, welcomes and group infos that a correct
 * member would never make, signed and sealed with keys that are the member's own. Each lie
 * breaks one thing and leaves all else as it should be, down to the confirmation tag of the
 * epoch that would follow, so that whoever refuses it does so for that alone. The liar's own
 * group stays as it is, but for a generation of its ratchet when it lies in private.
 */
#ifndef SUPPORT_MLSEVIL_H
#define SUPPORT_MLSEVIL_H

#include "mls/step.h"
#include "support/mlsparty.h"

enum evil_lie {
    EVIL_HONEST,

    /* of a leaf, wherever it stands */
    EVIL_LEAF_SIGNATURE,
    EVIL_LEAF_PLACE, /* signed for another leaf's place */
    EVIL_LEAF_GROUP, /* signed for another group */
    EVIL_LEAF_SOURCE,
    EVIL_LEAF_VERSION,
    EVIL_LEAF_SUITE,
    EVIL_LEAF_EXTENSION,   /* has one it does not list */
    EVIL_LEAF_CREDENTIAL,  /* does not list its own credential's type */
    EVIL_LEAF_CREDENTIALS, /* does not list that of others */
    EVIL_LEAF_KEY,
    EVIL_LEAF_SIGNER, /* a signature key that is none */
    EVIL_LEAF_SIGNER_TWICE,
    EVIL_LEAF_KEY_TWICE,
    EVIL_LEAF_KEY_KEPT,
    EVIL_LEAF_FORMAT, /* an extension twice */

    /* of a path */
    EVIL_PATH_SHORT,
    EVIL_PATH_LONG,
    EVIL_SEALS_FEWER,
    EVIL_SEALS_MORE,
    EVIL_SEALS_ADDED, /* to whom the commit adds, too */
    EVIL_SEAL_BROKEN,
    EVIL_SEAL_CONTEXT, /* sealed to the context of another epoch */
    EVIL_SECRET_OTHER, /* opens, but is not of the keys */
    EVIL_KEY_OTHER,    /* the first key is not that of its secret */
    EVIL_KEY_NONE,
    EVIL_KEY_OF_LEAF,   /* a key of somebody in the tree */
    EVIL_KEY_OF_PARENT, /* or of a node that stays */
    EVIL_KEY_OF_SELF,   /* or of the new leaf itself */
    EVIL_KEY_TWICE,
    EVIL_PARENT_HASH,
    EVIL_PARENT_HASH_NONE,
    EVIL_PATH_NONE, /* leaves it out */

    /* of the message */
    EVIL_SIGNATURE,
    EVIL_TAG,
    EVIL_TAG_NONE,
    EVIL_MEMBERSHIP,
    EVIL_GROUP,
    EVIL_EPOCH_BEFORE,
    EVIL_EPOCH_AHEAD,
    EVIL_SENDER_OTHER, /* somebody else's leaf */
    EVIL_SENDER_NONE,  /* a leaf that nobody is at */
    EVIL_SENDER_FAR,
    EVIL_SENDER_EXTERNAL,
    EVIL_SENDER_NEW,
    EVIL_TRAILING,
    EVIL_ENTRY_KIND, /* an entry that is neither proposal nor reference */

    /* of a welcome or a group info */
    EVIL_WELCOME_REF,
    EVIL_WELCOME_SUITE,
    EVIL_WELCOME_SECRETS,
    EVIL_WELCOME_JOINER, /* too short */
    EVIL_WELCOME_PATH,   /* another path secret */
    EVIL_WELCOME_INFO,   /* its seal */
    EVIL_WELCOME_PSKS,   /* not the commit's PSKs but evil.psks */
    EVIL_INFO_SIGNATURE,
    EVIL_INFO_SIGNER,     /* names another member */
    EVIL_INFO_SIGNER_FAR, /* names nobody */
    EVIL_INFO_SUITE,
    EVIL_INFO_VERSION,
    EVIL_INFO_TAG,
    EVIL_INFO_TAG_SHORT,
    EVIL_INFO_TREE_NONE,
    EVIL_INFO_TREE_OTHER, /* of another epoch */
    EVIL_INFO_TREE_BLANK, /* ends in a blank */
    EVIL_INFO_PUB_NONE,
    EVIL_INFO_PUB_SHORT,
    EVIL_INFO_PUB_ZERO,
};

/* A leaf field by field. Views. */
struct evil_leaf {
    struct sign_key *key;
    struct bytes encryption_key, signature_key;
    uint16_t credential_type;
    struct bytes identity;
    struct bytes versions, suites, extension_types, proposal_types, credential_types;
    uint8_t source;
    uint64_t not_before, not_after;
    struct bytes parent_hash;
    struct bytes extensions;
    bool forged;              /* a signature of nothing */
    uint8_t room[DH_PUB_MAX]; /* where the first encryption key is */
};
/* One that breaks no rule, with a fresh encryption key of p's. */
void evil_leaf_init(struct evil_leaf *l, struct party *p, size_t who, uint8_t source);
/* other: whose keys a lie takes; a member. */
void evil_leaf_lie(struct evil_leaf *l, enum evil_lie lie, const struct party *p, size_t other);
/* NULL: it does not decode. The caller's. */
struct leaf *evil_leaf_make(const struct evil_leaf *l, struct leaf_place at, enum evil_lie lie);
void evil_leaf_write(const struct evil_leaf *l, struct leaf_place at, struct buf *out);

/* A key package message whose leaf or self lies; the leaf's key signs both. */
enum evil_package {
    EVIL_PACKAGE_HONEST,
    EVIL_PACKAGE_VERSION,
    EVIL_PACKAGE_SUITE,
    EVIL_PACKAGE_SIGNATURE,
    EVIL_PACKAGE_INIT_KEY, /* one key for two purposes */
    EVIL_PACKAGE_KEY,
    EVIL_PACKAGE_EXTENSION,
};
void evil_package(const struct party *p, const struct evil_leaf *l, struct leaf_place at,
    enum evil_package lie, struct buf *message);

#define EVIL_PRIVATE  1u
#define EVIL_PATH     2u /* even where none is needed */
#define EVIL_EXTERNAL 4u /* who is outside and comes in; the insider's epoch is the base */

struct evil {
    struct party *party;
    size_t who;     /* the liar */
    size_t insider; /* with EVIL_EXTERNAL: a member */
    size_t other;   /* whose keys or leaf a lie takes; a member */
    unsigned flags;
    enum evil_lie lie;
    struct buf entries; /* of the commit: see evil_value() */
    struct bytes authenticated_data;
    /* Bends the tree that the commit leads to, before it is hashed. */
    void (*bend)(struct evil *e, struct tree *t);
    int arg;    /* the test's, for bend */
    size_t one; /* not 0: a member; seals that lie do so for it alone */
    struct bytes extensions;
    bool extend; /* extensions are those of the next epoch, whatever the commit says */
    const struct schedule_psk_id *psks;
    size_t psk_n;
    uint64_t epoch;                /* not 0: the next epoch's number, whatever it should be */
    const char *name;              /* not NULL: who the path's leaf says it is */
    const struct mls_group *prior; /* whose resumption PSKs it ties a first epoch to */

    /* What it made. */
    struct buf out; /* the commit message */
    struct buf welcome;
    struct buf info;
    /* Private. */
    struct step step;
    uint8_t init[SUITE_HASH]; /* of an external commit */
    bool init_set;
    struct treekem_path path;
    struct bytes keys[TREEMATH_DEPTH_MAX];
    uint32_t self;
    bool has_path;
    struct leaf *leaf;
    struct sign_key *key; /* that of the path's leaf */
    struct buf body;
};
void evil_init(struct evil *e, struct party *p, size_t who);
void evil_fini(struct evil *e);
void evil_value(struct evil *e, const struct proposal *p); /* by value */
void evil_value_raw(struct evil *e, struct bytes proposal);
void evil_waiting(struct evil *e); /* by reference, all that wait at the liar's */
void evil_reference(struct evil *e, struct bytes ref);
void evil_remove(struct evil *e, uint32_t leaf); /* by value, as these */
void evil_add(struct evil *e, struct bytes package);
void evil_update(struct evil *e, const struct evil_leaf *l, enum evil_lie lie);
void evil_psk(struct evil *e, const char *id, size_t nonce);
void evil_context(struct evil *e, struct bytes extensions);
void evil_external_init(struct evil *e);
/* Makes the commit; out holds the message. */
struct bytes evil_commit(struct evil *e);
/* After evil_commit(): the welcome for somebody it adds, with the same lie. */
struct bytes evil_welcome(struct evil *e, size_t whom);
/* Of the liar's present epoch, to join by: no evil_commit() before it. */
struct bytes evil_info(struct evil *e);

/* A proposal of the liar's as a message, public or private; and one of another kind of
 * sender, which `key` signs. */
struct bytes evil_proposal(struct evil *e, const struct proposal *p);
struct bytes evil_proposal_raw(struct evil *e); /* of what stands in body */
struct bytes evil_outsider(struct evil *e, uint8_t sender, uint32_t index, struct sign_key *key,
    const struct proposal *p);

/* A private message that claims to be of any leaf: the liar has everybody's keys. */
struct evil_private {
    uint32_t leaf;
    uint32_t generation;
    bool next; /* not that, but the liar's own next one */
    uint8_t type;
    struct bytes body;
    uint8_t padding; /* one byte of it */
    struct bytes trailing;
    bool forged;
};
struct bytes evil_private(struct evil *e, const struct evil_private *m);

#endif
