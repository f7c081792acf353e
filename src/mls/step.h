/* SPDX-License-Identifier: ISC */
/*
 * The step from one epoch to the next, which whoever makes a commit and whoever takes it in
 * do alike (RFC 9420, 12.4): read the body, judge its proposals, apply them to a candidate,
 * and once the path's secret is there, derive the next epoch. It writes into a stage and
 * nowhere else; step_fini() wipes what was only needed on the way.
 *
 *   step_read -> step_begin -> (the path: sender or receiver) -> step_finish
 */
#ifndef MLS_STEP_H
#define MLS_STEP_H

#include "mls/group_impl.h"

struct step {
    const struct mls_env *env;
    const struct mls_group *g;     /* whose waiting proposals and resumption secrets count */
    const struct mls_group *prior; /* the one it comes from, in a first commit */
    const struct epoch *base;
    struct stage *stage;
    uint32_t committer; /* MLS_NOBODY in an external commit, until step_begin() */
    bool external;
    struct proposal_commit body;
    struct bytes extensions; /* of the next epoch */
    uint8_t init[SUITE_HASH];
    uint8_t commit[SUITE_HASH]; /* zeroes without a path */
    uint8_t psk[SUITE_HASH];    /* after step_finish(), if there are any */
    bool psk_set;
};

/* The encoded commit, whose bytes live in the stage. */
enum mls_rule step_read(struct step *s, struct bytes body);
/* The batch alone, from the encoded entries: what a committer has before there is a path. */
enum mls_rule step_entries(struct step *s, struct bytes entries);
/* The candidate epoch with the proposals applied; in an external commit the joiner gets its
 * place. `joiner` is its new leaf, NULL for a member's commit. */
enum mls_rule step_begin(struct step *s, struct leaf *joiner);
/* The provisional context, to which a path is sealed; and before it the tree's hash. */
enum err step_context(struct step *s);
/* Transcript, PSKs, secrets, tag of the next epoch; content is signed. */
enum mls_rule step_finish(struct step *s, const struct content *content);
void step_fini(struct step *s);

#endif
