/* SPDX-License-Identifier: ISC */
/*
 * The world, handed in: randomness, pre-shared keys and the application's judgement. The
 * library opens no file, reads no clock and keeps no global state; whatever it needs from
 * outside comes through one of these. An env is borrowed and outlives every group made with
 * it. The functions are called from within a call of the library and must not call back in.
 */
#ifndef MLS_ENV_H
#define MLS_ENV_H

#include "base/buf.h"
#include "base/bytes.h"
#include "base/err.h"
#include "crypto/rand.h"

/* Somebody in a group or about to be, as the application sees them. Views of the leaf. */
struct mls_member {
    uint32_t leaf;
    uint16_t credential_type; /* 1 basic, 2 x509 */
    struct bytes identity;    /* basic: the name; x509: the chain as it came */
    struct bytes signature_key;
    struct bytes encryption_key;
    struct bytes extensions; /* of the leaf: for mls_ext_find() */
    uint64_t not_before;     /* 0 and 0 unless the leaf still comes from a key package */
    uint64_t not_after;
};

/* What a commit would do, for a judgement by group state alone: nothing in here depends on
 * who asks, so every member comes to the same answer. */
struct mls_change {
    struct bytes group_id;
    uint64_t epoch; /* the one the commit was made in */
    struct mls_member committer;
    struct mls_member committer_after; /* with the leaf its path brings, else the same */
    bool external;                     /* the committer joins by this commit */
    struct bytes extensions_before;    /* of the group context */
    struct bytes extensions_after;
    const struct mls_member *added;
    size_t added_n;
    const struct mls_member *removed; /* with an external commit: the joiner's own old leaf */
    size_t removed_n;
    const struct mls_member
        *updated; /* as they will be; the committer's new leaf not counted */
    const struct mls_member
        *updated_before; /* as they are; who may become whom is the hook's */
    size_t updated_n;
    const struct bytes *psk_ids; /* of the external PSKs, in order */
    size_t psk_n;
    struct bytes authenticated_data; /* of the commit's message */
    bool reinit;
};

struct mls_env {
    void *arg;
    /* NULL: the machine's own. What it gives decides every key and nonce of the library; only
     * the salts of RSA-PSS and the nonces of ECDSA are always OpenSSL's. */
    rand_fn *random;
    /* Puts the external PSK of that id into out (which the library wipes), or ERR_NOT_FOUND.
     * NULL: none are known. */
    enum err (*psk)(void *arg, struct bytes id, struct buf *out);
    /* ERR_OK, or the commit is refused with MLS_RULE_COMMIT_POLICY. Asked for our own commits
     * too, before they are made. NULL: every commit the RFC allows. */
    enum err (*judge)(void *arg, const struct mls_change *change);
    /* ERR_OK, or whoever this is may not be in the group: MLS_RULE_LEAF_IDENTITY. Asked of
     * each leaf that is new, of one that waits when it comes and when it is committed. It must
     * judge by the member alone, or members disagree. NULL: everybody is who they say. */
    enum err (*identify)(void *arg, const struct mls_member *member);
};

void env_random(const struct mls_env *env, uint8_t *out, size_t n);

#endif
