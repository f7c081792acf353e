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

enum mlsevil_lie {
    MLSEVIL_HONEST,

    /* of a leaf, wherever it stands */
    MLSEVIL_LEAF_SIGNATURE,
    MLSEVIL_LEAF_PLACE, /* signed for another leaf's place */
    MLSEVIL_LEAF_GROUP, /* signed for another group */
    MLSEVIL_LEAF_SOURCE,
    MLSEVIL_LEAF_VERSION,
    MLSEVIL_LEAF_SUITE,
    MLSEVIL_LEAF_EXTENSION,   /* has one it does not list */
    MLSEVIL_LEAF_CREDENTIAL,  /* does not list its own credential's type */
    MLSEVIL_LEAF_CREDENTIALS, /* does not list that of others */
    MLSEVIL_LEAF_KEY,
    MLSEVIL_LEAF_SIGNER, /* a signature key that is none */
    MLSEVIL_LEAF_SIGNER_TWICE,
    MLSEVIL_LEAF_KEY_TWICE,
    MLSEVIL_LEAF_KEY_KEPT,
    MLSEVIL_LEAF_FORMAT, /* an extension twice */

    /* of a path */
    MLSEVIL_PATH_SHORT,
    MLSEVIL_PATH_LONG,
    MLSEVIL_SEALS_FEWER,
    MLSEVIL_SEALS_MORE,
    MLSEVIL_SEALS_ADDED, /* to whom the commit adds, too */
    MLSEVIL_SEAL_BROKEN,
    MLSEVIL_SEAL_CONTEXT, /* sealed to the context of another epoch */
    MLSEVIL_SECRET_OTHER, /* opens, but is not of the keys */
    MLSEVIL_KEY_OTHER,    /* the first key is not that of its secret */
    MLSEVIL_KEY_NONE,
    MLSEVIL_KEY_OF_LEAF,   /* a key of somebody in the tree */
    MLSEVIL_KEY_OF_PARENT, /* or of a node that stays */
    MLSEVIL_KEY_OF_SELF,   /* or of the new leaf itself */
    MLSEVIL_KEY_TWICE,
    MLSEVIL_PARENT_HASH,
    MLSEVIL_PARENT_HASH_NONE,
    MLSEVIL_PATH_NONE, /* leaves it out */

    /* of the message */
    MLSEVIL_SIGNATURE,
    MLSEVIL_TAG,
    MLSEVIL_TAG_NONE,
    MLSEVIL_MEMBERSHIP,
    MLSEVIL_GROUP,
    MLSEVIL_EPOCH_BEFORE,
    MLSEVIL_EPOCH_AHEAD,
    MLSEVIL_SENDER_OTHER, /* somebody else's leaf */
    MLSEVIL_SENDER_NONE,  /* a leaf that nobody is at */
    MLSEVIL_SENDER_FAR,
    MLSEVIL_SENDER_EXTERNAL,
    MLSEVIL_SENDER_NEW,
    MLSEVIL_TRAILING,
    MLSEVIL_ENTRY_KIND, /* an entry that is neither proposal nor reference */

    /* of a welcome or a group info */
    MLSEVIL_WELCOME_REF,
    MLSEVIL_WELCOME_SUITE,
    MLSEVIL_WELCOME_SECRETS,
    MLSEVIL_WELCOME_JOINER, /* too short */
    MLSEVIL_WELCOME_PATH,   /* another path secret */
    MLSEVIL_WELCOME_INFO,   /* its seal */
    MLSEVIL_WELCOME_PSKS,   /* not the commit's PSKs but evil.psks */
    MLSEVIL_INFO_SIGNATURE,
    MLSEVIL_INFO_SIGNER,     /* names another member */
    MLSEVIL_INFO_SIGNER_FAR, /* names nobody */
    MLSEVIL_INFO_SUITE,
    MLSEVIL_INFO_VERSION,
    MLSEVIL_INFO_TAG,
    MLSEVIL_INFO_TAG_SHORT,
    MLSEVIL_INFO_TREE_NONE,
    MLSEVIL_INFO_TREE_OTHER, /* of another epoch */
    MLSEVIL_INFO_TREE_BLANK, /* ends in a blank */
    MLSEVIL_INFO_PUB_NONE,
    MLSEVIL_INFO_PUB_SHORT,
    MLSEVIL_INFO_PUB_ZERO,
};

/* A leaf field by field. Views. */
struct mlsevil_leaf {
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
void mlsevil_leaf_init(struct mlsevil_leaf *l, struct party *p, size_t who, uint8_t source);
/* other: whose keys a lie takes; a member. */
void mlsevil_leaf_lie(
    struct mlsevil_leaf *l, enum mlsevil_lie lie, const struct party *p, size_t other);
/* NULL: it does not decode. The caller's. */
struct leaf *mlsevil_leaf_make(
    const struct mlsevil_leaf *l, struct leaf_place at, enum mlsevil_lie lie);
void mlsevil_leaf_write(const struct mlsevil_leaf *l, struct leaf_place at, struct buf *out);

/* A key package message whose leaf or self lies; the leaf's key signs both. */
enum mlsevil_package {
    MLSEVIL_PACKAGE_HONEST,
    MLSEVIL_PACKAGE_VERSION,
    MLSEVIL_PACKAGE_SUITE,
    MLSEVIL_PACKAGE_SIGNATURE,
    MLSEVIL_PACKAGE_INIT_KEY, /* one key for two purposes */
    MLSEVIL_PACKAGE_KEY,
    MLSEVIL_PACKAGE_EXTENSION,
};
void mlsevil_package(const struct party *p, const struct mlsevil_leaf *l, struct leaf_place at,
    enum mlsevil_package lie, struct buf *message);

#define MLSEVIL_PRIVATE  1u
#define MLSEVIL_PATH     2u /* even where none is needed */
#define MLSEVIL_EXTERNAL 4u /* who is outside and comes in; the insider's epoch is the base */

struct mlsevil {
    struct party *party;
    size_t who;     /* the liar */
    size_t insider; /* with MLSEVIL_EXTERNAL: a member */
    size_t other;   /* whose keys or leaf a lie takes; a member */
    unsigned flags;
    enum mlsevil_lie lie;
    struct buf entries; /* of the commit: see mlsevil_value() */
    struct bytes authenticated_data;
    /* Bends the tree that the commit leads to, before it is hashed. */
    void (*bend)(struct mlsevil *e, struct tree *t);
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
void mlsevil_init(struct mlsevil *e, struct party *p, size_t who);
void mlsevil_fini(struct mlsevil *e);
void mlsevil_value(struct mlsevil *e, const struct proposal *p); /* by value */
void mlsevil_value_raw(struct mlsevil *e, struct bytes proposal);
void mlsevil_waiting(struct mlsevil *e); /* by reference, all that wait at the liar's */
void mlsevil_reference(struct mlsevil *e, struct bytes ref);
void mlsevil_remove(struct mlsevil *e, uint32_t leaf); /* by value, as these */
void mlsevil_add(struct mlsevil *e, struct bytes package);
void mlsevil_update(struct mlsevil *e, const struct mlsevil_leaf *l, enum mlsevil_lie lie);
void mlsevil_psk(struct mlsevil *e, const char *id, size_t nonce);
void mlsevil_context(struct mlsevil *e, struct bytes extensions);
void mlsevil_external_init(struct mlsevil *e);
/* Makes the commit; out holds the message. */
struct bytes mlsevil_commit(struct mlsevil *e);
/* After mlsevil_commit(): the welcome for somebody it adds, with the same lie. */
struct bytes mlsevil_welcome(struct mlsevil *e, size_t whom);
/* Of the liar's present epoch, to join by: no mlsevil_commit() before it. */
struct bytes mlsevil_info(struct mlsevil *e);

/* A proposal of the liar's as a message, public or private; and one of another kind of
 * sender, which `key` signs. */
struct bytes mlsevil_proposal(struct mlsevil *e, const struct proposal *p);
struct bytes mlsevil_proposal_raw(struct mlsevil *e); /* of what stands in body */
struct bytes mlsevil_outsider(struct mlsevil *e, uint8_t sender, uint32_t index,
    struct sign_key *key, const struct proposal *p);

/* A private message that claims to be of any leaf: the liar has everybody's keys. */
struct mlsevil_private {
    uint32_t leaf;
    uint32_t generation;
    bool next; /* not that, but the liar's own next one */
    uint8_t type;
    struct bytes body;
    uint8_t padding; /* one byte of it */
    struct bytes trailing;
    bool forged;
};
struct bytes mlsevil_private(struct mlsevil *e, const struct mlsevil_private *m);

#endif
