/* SPDX-License-Identifier: ISC */
/*
 * Messaging Layer Security (RFC 9420): a group of people who share keys that nobody else has,
 * bytes in and bytes out. No I/O, no clock, no global state, no threads: randomness, PSKs and
 * judgement come from an env, time from an argument.
 *
 * Ownership: what goes in is borrowed for the call and never kept, but the env and the key of
 * an identity (which gains an owner). What comes out is written to bufs that the caller
 * initialised and frees; views in events and members say how long they live.
 *
 * Failure: a call that fails leaves the group as it was. Where it failed by a rule of the RFC
 * the answer is ERR_REFUSED, and mls_group_rule() or *rule names which.
 *
 * Commits have two phases. mls_commit() and mls_process() of a commit stage the next epoch
 * beside the present one; mls_apply() moves on, mls_discard() forgets it: a lost race is one
 * call. Until then the group speaks and hears in the present epoch. The epoch before is kept
 * for messages that were on their way, until mls_forget() or the next mls_apply().
 *
 * Storage: see mls_save(). Not for two threads at once; two groups share nothing but what
 * their identities do.
 */
#ifndef MLS_MLS_H
#define MLS_MLS_H

#include "base/buf.h"
#include "base/bytes.h"
#include "base/err.h"
#include "crypto/sign.h"
#include "mls/env.h"
#include "mls/rule.h"

enum { MLS_BASIC = 1, MLS_X509 = 2 };                           /* credentials */
enum { MLS_APPLICATION = 1, MLS_PROPOSAL = 2, MLS_COMMIT = 3 }; /* content of a message */
enum {
    MLS_ADD = 1,
    MLS_UPDATE,
    MLS_REMOVE,
    MLS_PSK,
    MLS_REINIT,
    MLS_EXTERNAL_INIT,
    MLS_CONTEXT
}; /* proposals */

#define MLS_NOBODY 0xffffffffu
#define MLS_SECRET 32 /* bytes of an epoch authenticator or an exported default */

struct mls_identity {
    struct sign_key *key;
    uint16_t credential_type;
    struct bytes identity;           /* basic: the name; x509: certificates, each a vector */
    const uint16_t *extension_types; /* what its leaf says it understands, beyond the RFC's */
    size_t extension_types_n;
    struct bytes leaf_extensions; /* made with mls_ext_put() */
};

/* Extension lists: entries one behind the other. */
void mls_ext_put(struct buf *list, uint16_t type, struct bytes data);
bool mls_ext_find(struct bytes list, uint16_t type, struct bytes *data);
/* The content of required_capabilities that asks for these extension types. */
void mls_ext_require(struct buf *data, const uint16_t *types, size_t n);

/* ---- key packages ---- */

struct mls_package_request {
    uint16_t suite;
    uint64_t not_before; /* seconds since 1970 */
    uint64_t not_after;
    bool last_resort; /* marked so that whoever hands it out may do so more than once */
};
/* message is what is published; secret is what joining with it takes: for storage, under a
 * seal, until it is used (and a last-resort one until it is replaced). */
enum err mls_package_make(const struct mls_env *env, const struct mls_identity *who,
    const struct mls_package_request *what, struct buf *message, struct buf *secret);
struct mls_package {
    uint16_t suite;
    struct mls_member member; /* leaf is MLS_NOBODY; views of the message */
    bool last_resort;
    uint8_t ref[MLS_SECRET]; /* what a welcome names it by */
};
/* Everything of sections 10.1 and 7.3 that needs no group, and that `now` is in its lifetime.
 */
enum err mls_package_check(
    struct bytes message, uint64_t now, struct mls_package *out, enum mls_rule *rule);

/* ---- groups ---- */

struct mls_group;

struct mls_group_request {
    uint16_t suite;
    struct bytes group_id;
    struct bytes extensions; /* of the group context */
};
enum err mls_group_create(const struct mls_env *env, const struct mls_identity *who,
    const struct mls_group_request *what, struct mls_group **out);

struct mls_join_request {
    struct bytes welcome; /* the message */
    struct bytes package; /* the message it was made for, and its secret */
    struct bytes secret;
    struct bytes tree; /* from mls_tree_build() or ratchet_tree; empty: it is inside */
    const struct mls_group *prior; /* of which this is the branch or the re-initialisation */
};
enum err mls_group_join(const struct mls_env *env, const struct mls_identity *who,
    const struct mls_join_request *what, struct mls_group **out, enum mls_rule *rule);

struct mls_external_request {
    struct bytes info; /* the group info message */
    struct bytes tree;
    const struct bytes *psk_ids; /* external PSKs to enter with; env gives them */
    size_t psk_n;
    bool
        resync; /* remove the old leaf that has our signature key; without one: ERR_NOT_FOUND */
    struct bytes authenticated_data;
};
/* Joins by a commit of our own. The group that comes out has the new epoch staged, and knows
 * nothing else: mls_apply() it when the commit was accepted, or free it. */
enum err mls_group_join_external(const struct mls_env *env, const struct mls_identity *who,
    const struct mls_external_request *what, struct buf *commit, struct mls_group **out,
    enum mls_rule *rule);

void mls_group_free(struct mls_group *g);                /* wipes every secret */
enum mls_rule mls_group_rule(const struct mls_group *g); /* why the last call was refused */

struct mls_view { /* views that live until the group changes */
    uint16_t suite;
    struct bytes group_id;
    uint64_t epoch;
    uint32_t self;
    uint32_t leaves; /* slots to ask mls_group_member() for */
    uint32_t members;
    struct bytes extensions;
    uint8_t authenticator[MLS_SECRET];
    uint8_t tree_hash[MLS_SECRET];
    uint8_t confirmation_tag[MLS_SECRET];
    bool staged; /* a commit waits for mls_apply() or mls_discard() */
    bool staged_own;
    bool suspended; /* re-initialised: only its successor goes on */
    bool removed;
    uint64_t old_epoch; /* still heard, or UINT64_MAX */
    size_t proposals;   /* waiting to be committed */
};
void mls_group_view(const struct mls_group *g, struct mls_view *out);
/* false: nobody is there. Views that live until the group changes. */
bool mls_group_member(const struct mls_group *g, uint32_t leaf, struct mls_member *out);

/* ---- changing ---- */

struct mls_proposal {
    uint16_t type;        /* MLS_ADD ... */
    struct bytes package; /* add: a key package message */
    uint32_t leaf;        /* remove */
    /* PSK: an external one by its id; or, when that is empty, this group's resumption secret of
     * an epoch; or that of the group which this one re-initialises or branches from, allowed in
     * its first commit alone. */
    struct bytes psk_id;
    uint64_t psk_epoch;
    const struct mls_group *prior;
    struct bytes extensions; /* context: all there will be; reinit likewise */
    struct bytes group_id;   /* reinit: the successor's, and its suite */
    uint16_t suite;
};

enum {
    MLS_PUBLIC = 1 << 0,     /* a PublicMessage, not a PrivateMessage */
    MLS_PATH = 1 << 1,       /* new keys even where none are needed: this is an update */
    MLS_WITH_TREE = 1 << 2,  /* the tree goes inside the welcome and the group info */
    MLS_WITH_INFO = 1 << 3,  /* a group info that others can join by */
    MLS_NO_PENDING = 1 << 4, /* leave proposals that wait out of it */
};
/* pad hides sizes: what is sealed, text and signature, is padded to a multiple of it. 0: not.
 */
struct mls_wrap {
    unsigned flags;
    size_t pad;
    struct bytes authenticated_data;
};

/* Proposes without committing. An update keeps its new key until somebody commits it. */
enum err mls_propose(struct mls_group *g, const struct mls_proposal *what,
    const struct mls_wrap *wrap, struct buf *message);

struct mls_commit_request {
    struct mls_wrap wrap;
    const struct mls_proposal *proposals; /* by value; those that wait go by reference */
    size_t proposals_n;
    uint64_t now; /* the lifetimes of those we add are held against it; 0: not */
};
struct mls_commit_result { /* bufs the caller initialised */
    struct buf commit;
    struct buf welcome; /* empty when nobody is added; for all who are */
    struct buf info;    /* with MLS_WITH_INFO */
};
/* ERR_BUSY while a commit is staged: what became of that one comes first. */
enum err mls_commit(
    struct mls_group *g, const struct mls_commit_request *what, struct mls_commit_result *out);
enum err mls_apply(struct mls_group *g); /* ERR_STATE when nothing is staged */
void mls_discard(struct mls_group *g);
void mls_forget(struct mls_group *g); /* the epoch before */

/* The group info of the present epoch, to join by (flags: MLS_WITH_TREE); of the staged one
 * while a group that joins by its own commit has no other. */
enum err mls_group_info(struct mls_group *g, unsigned flags, struct buf *message);

/* ---- the tree outside of messages ---- */

typedef enum err mls_node_fn(void *arg, uint32_t index, struct bytes node);
/* The public nodes that the staged commit changes, or all when nothing is staged: what a store
 * that keeps nodes by index needs. A blank node is one byte, 0. leaves: how many slots the tree
 * then has; nodes at or behind 2 * leaves - 1 are gone. An external join that was loaded before
 * it was applied gives all: what it changed is not stored. */
enum err mls_group_nodes(
    const struct mls_group *g, mls_node_fn *put, void *arg, uint32_t *leaves);
struct mls_node {
    uint32_t index;
    struct bytes bytes;
};
/* The ratchet_tree content that those nodes make, for joining. */
enum err mls_tree_build(uint16_t suite, uint32_t leaves, const struct mls_node *nodes,
    size_t count, struct buf *tree);

/* ---- messages ---- */

/* Refused while proposals wait (MLS_RULE_GROUP_PROPOSALS): commit them first, so that whoever
 * is to be removed does not hear it (12.4). */
enum err mls_protect(
    struct mls_group *g, struct bytes data, const struct mls_wrap *wrap, struct buf *message);

enum mls_event_kind {
    MLS_EVENT_NONE,
    MLS_EVENT_APPLICATION,
    MLS_EVENT_PROPOSAL, /* kept until a commit takes it or the epoch ends */
    MLS_EVENT_COMMIT,   /* staged: mls_apply() */
    MLS_EVENT_OWN,      /* our own staged commit came back: mls_apply() */
};
struct mls_event {
    enum mls_event_kind kind;
    uint64_t epoch;
    uint32_t sender;   /* leaf; of an external commit the joiner's new one */
    struct bytes data; /* application data */
    struct bytes authenticated_data;
    uint16_t proposal; /* its type */
    /* Of the staged commit; lives until apply or discard. NULL where our own commit comes back
     * to a group that was loaded since: it was judged before, and the views are not stored. */
    const struct mls_change *change;
    bool removes_us;
    struct buf plain; /* what the views above point into; those of a commit live in its stage */
};
/* A message of this group: private or public. The event is cleared first. A message of an
 * epoch that is neither the present nor the kept one is ERR_STALE; one that is ahead,
 * ERR_STATE. Messages of one sender may come in another order: the newest 32 that were skipped
 * are still opened, and one may be up to 4,096 ahead. Our own are refused, but for a commit
 * that is staged. */
enum err mls_process(struct mls_group *g, struct bytes message, struct mls_event *event);
void mls_event_init(struct mls_event *e);
void mls_event_clear(struct mls_event *e); /* wipes */

enum err mls_export(
    const struct mls_group *g, const char *label, struct bytes context, uint8_t *out, size_t n);

/* What stands in the open on any message, for whoever carries it. */
struct mls_header {
    uint16_t wire_format;  /* 1 public, 2 private, 3 welcome, 4 group info, 5 key package */
    struct bytes group_id; /* 1, 2 and 4 */
    uint64_t epoch;
    uint8_t content; /* 1 and 2 */
    /* 4: of the group context. Nobody has checked a signature yet: good for what to bring to
     * mls_group_join_external(), which does. */
    uint16_t suite;
    struct bytes extensions;
};
enum err mls_peek(struct bytes message, struct mls_header *out);

/* ---- storage ---- */

/* The state is a set of records, each with an id. Id 0 is the whole: everything that changes
 * with an epoch, a proposal or a stage. The others are the ratchets of the epochs: below 4 KiB
 * together for any one message, received or sent. mls_save() gives what changed since the last
 * call, or everything; a record with no bytes is to be deleted. Before it gives everything,
 * whether asked to or because the epoch changed, it gives MLS_RECORD_RESET without bytes:
 * delete all you have of this group. All of a call in one transaction, before a message goes
 * out or is acknowledged. Records hold secrets: seal them. The identity's key is not in them.
 *
 * Forward secret: a record never holds a key that is spent, or anything it could be made from.
 * Sending reserves generations in blocks, which are skipped after a crash. */
#define MLS_RECORD_RESET 0xffffffffu
typedef enum err mls_record_fn(void *arg, uint32_t id, struct bytes record);
enum err mls_save(struct mls_group *g, bool all, mls_record_fn *put, void *arg);
bool mls_dirty(const struct mls_group *g); /* whether mls_save() has anything to give */
struct mls_record {
    uint32_t id;
    struct bytes bytes;
};
/* who: the identity it was saved with, or ERR_REFUSED. ERR_CORRUPT: bytes are damaged or
 * records are missing. ERR_VERSION: made by a newer library. */
enum err mls_group_load(const struct mls_env *env, const struct mls_identity *who,
    const struct mls_record *records, size_t count, struct mls_group **out);

#endif
