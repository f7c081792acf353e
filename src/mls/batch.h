/* SPDX-License-Identifier: ISC */
/*
 * The proposals of one commit: whether they may stand together (RFC 9420, 12.2), each alone
 * (12.1), what they do to a tree (12.3), and the PSKs they bring (8.4). It judges by the epoch
 * and the candidate tree it is given, so that every member comes to the same answer, and it
 * changes nothing but that candidate.
 */
#ifndef MLS_BATCH_H
#define MLS_BATCH_H

#include "mls/epoch.h"
#include "mls/mls.h"
#include "mls/proposal.h"

struct waiting;

struct batch_item {
    struct proposal p;
    uint8_t sender_kind;
    uint32_t sender;
    const struct waiting *from; /* by reference; NULL: by value */
};

struct batch {
    struct batch_item *v;
    size_t n;
    size_t cap;
    struct tree_list added; /* the leaves of its adds, in their order */
    /* Found by batch_check(): */
    const struct proposal *context;
    const struct proposal *reinit;
    const struct proposal *external_init;
    size_t counts[PROPOSAL_CONTEXT + 1];
    bool needs_path;
};

void batch_fini(struct batch *b);
/* Takes the proposal over: p is empty afterwards. */
void batch_put(struct batch *b, struct proposal *p, uint8_t kind, uint32_t sender,
    const struct waiting *from);

/* Whether it removes this leaf. */
bool batch_removes(const struct batch *b, uint32_t leaf);
/* One proposal alone, when it arrives and when it is committed. */
enum mls_rule batch_check_one(const struct mls_env *env, const struct epoch *e,
    const struct proposal *p, uint8_t kind, uint32_t sender);
/* All of them together. committer is MLS_NOBODY for an external commit. */
enum mls_rule batch_check(
    const struct mls_env *env, const struct epoch *e, struct batch *b, uint32_t committer);
/* On the candidate tree; *extensions becomes those of the next epoch. */
enum mls_rule batch_apply(
    const struct epoch *e, struct batch *b, struct tree *t, struct bytes *extensions);

/* Whoever knows a resumption PSK: its bytes, or NULL. */
typedef const uint8_t *batch_resumption_fn(const void *arg, const struct schedule_psk_id *id);
/* Chains PSKs into secret; *set is true when there is one. MLS_RULE_PSK_UNKNOWN. */
struct batch_psks {
    const struct mls_env *env;
    const struct suite *suite;
    batch_resumption_fn *resumption;
    const void *arg;
};
enum mls_rule batch_psk(const struct batch_psks *from, const struct batch *b,
    uint8_t secret[SUITE_HASH], bool *set);
enum mls_rule batch_psk_ids(const struct batch_psks *from, const struct schedule_psk_id *ids,
    size_t n, uint8_t secret[SUITE_HASH]);

#endif
