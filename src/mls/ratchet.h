/* SPDX-License-Identifier: ISC */
/*
 * The secret tree of one epoch (RFC 9420, 9): a key and a nonce for each message of each
 * member, forward secret. Inner secrets are split when a leaf below is first needed, and
 * wiped; a ratchet goes forward and wipes what it was. What a sender skipped is kept, at most
 * RATCHET_KEPT of the newest per ratchet; a jump of more than RATCHET_AHEAD is refused before
 * anything is derived.
 *
 * Opening is two steps, so that a forged message changes nothing: ratchet_find() derives into
 * the caller's hands, ratchet_spend() makes it so once the message has opened.
 *
 * For storage the state falls into records, each below RATCHET_RECORD bytes: pages of inner
 * secrets and one record per leaf in use. A message changes one leaf record and, the first time
 * its sender speaks, a few pages: together below RATCHET_TURN bytes. What is written of our own
 * ratchets is RATCHET_RESERVE generations ahead of what is used, so sending writes a record
 * once in RATCHET_RESERVE messages, and a state that is loaded goes on behind the reserve: a
 * generation is never used twice, and a record never yields the key of a message already sent.
 */
#ifndef MLS_RATCHET_H
#define MLS_RATCHET_H

#include "base/buf.h"
#include "base/reader.h"
#include "mls/rule.h"
#include "mls/suite.h"
#include "mls/treemath.h"

#define RATCHET_KEPT    32u
#define RATCHET_AHEAD   4096u
#define RATCHET_RESERVE 32u
#define RATCHET_RECORD  4000u
#define RATCHET_TURN    4096u

enum ratchet_kind { RATCHET_HANDSHAKE, RATCHET_APPLICATION, RATCHET_KINDS };

struct ratchet_key {
    uint8_t key[AEAD_KEY_MAX];
    uint8_t nonce[AEAD_NONCE];
};

struct ratchet; /* all of an epoch; in locked memory as far as that reaches */
/* encryption is copied; the caller wipes its own. own: our leaf, UINT32_MAX for none. */
struct ratchet *ratchet_new(
    const struct suite *s, uint32_t leaves, uint32_t own, const uint8_t encryption[SUITE_HASH]);
void ratchet_free(struct ratchet *r);
uint32_t ratchet_own(const struct ratchet *r);

/* The next of our own, spent at once. ERR_STATE without a leaf of our own; ERR_FULL when the
 * numbers are used up, of which the last, 2^32 - 1, never is. */
enum err ratchet_next(
    struct ratchet *r, enum ratchet_kind kind, struct ratchet_key *out, uint32_t *generation);

/* MLS_RULE_MESSAGE_REPLAY, _AHEAD (the last number of all is always that), or _SENDER for a
 * leaf that is not there or is ours. */
enum mls_rule ratchet_find(struct ratchet *r, uint32_t leaf, enum ratchet_kind kind,
    uint32_t generation, struct ratchet_key *out);
/* Of three that were found: right afterwards, or later and then derived anew. */
void ratchet_spend(
    struct ratchet *r, uint32_t leaf, enum ratchet_kind kind, uint32_t generation);

/* Storage. all: every record there is; else those changed since the last call. A record that
 * has become empty is handed out with no bytes: forget it, if it was ever there. Ids are below
 * RATCHET_ID_MAX. Where put fails the call fails, and the next one says it all again. */
#define RATCHET_ID_MAX 0x00ffffffu
typedef enum err ratchet_put_fn(void *arg, uint32_t id, struct bytes record);
enum err ratchet_save(struct ratchet *r, bool all, ratchet_put_fn *put, void *arg);
bool ratchet_dirty(const struct ratchet *r);
/* An empty one, to be filled by its records in any order; then ratchet_loaded() says whether
 * they make a whole. Until it did, and after any failure, it is only good to be freed.
 * ERR_CORRUPT, or ERR_VERSION for a record of a newer program. */
struct ratchet *ratchet_blank(const struct suite *s, uint32_t leaves, uint32_t own);
enum err ratchet_load(struct ratchet *r, uint32_t id, struct bytes record);
enum err ratchet_loaded(const struct ratchet *r);

#endif
