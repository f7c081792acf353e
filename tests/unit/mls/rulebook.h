/* SPDX-License-Identifier: ISC */
/*
 * Rules of RFC 9420, each broken alone against a whole group. A row says which rule, and how
 * it is broken; running it ends in the rule that the group named. The runner has a group of
 * four ready, filled, of which the second is a liar; it holds that whoever refused kept its
 * state to the byte, and that afterwards an honest commit goes through everywhere. The rows of
 * all files together are what test_group_rule.c holds against rule.h.
 */
#ifndef UNIT_MLS_RULEBOOK_H
#define UNIT_MLS_RULEBOOK_H

#include <criterion/criterion.h>

#include "support/mlsevil.h"

/* A string literal's bytes without its NUL. */
#define LIT(s) bytes_of(s, sizeof(s) - 1)

#define TRIAL_LISTED  0xff01 /* an extension type that every member lists */
#define TRIAL_UNHEARD 0xff02 /* and one that nobody does */

struct trial {
    struct party p;
    struct mlsevil e; /* member 1 lies */
    bool skip[8];     /* who is not asked */
    struct buf scratch;
};

struct rulebook_row {
    const char *what;
    enum mls_rule rule;
    enum mls_rule (*run)(struct trial *t, int arg);
    int arg;
};
struct rulebook {
    const struct rulebook_row *rows;
    size_t n;
};
#define RULEBOOK(rows)                                                                         \
    {                                                                                          \
        rows, sizeof(rows) / sizeof *(rows)                                                    \
    }
extern const struct rulebook RULEBOOK_LEAF, RULEBOOK_TREE, RULEBOOK_PATH, RULEBOOK_PROPOSAL,
    RULEBOOK_EXTERNAL, RULEBOOK_WELCOME, RULEBOOK_MESSAGE;
void rulebook_run(const struct rulebook *b);

/* For tests that are no rows: the same group, and its end. */
void trial_open(struct trial *t);
void trial_close(struct trial *t);
/* Instead of the group that is there: one where nobody committed a path. */
void trial_unfilled(struct trial *t);
size_t trial_person(struct trial *t); /* who lists what members list */
/* An honest commit by the first that sets the group's extensions: required_capabilities with
 * this type, or an extension of this type. */
void trial_require(struct trial *t, uint16_t type);
void trial_extend(struct trial *t, uint16_t type);
struct bytes trial_required(struct trial *t, uint16_t type); /* the list; lives in scratch */
struct bytes trial_extended(struct trial *t, uint16_t type);

/* Everybody but the liar and those to skip refuses it, changes nothing, and names one rule. */
enum mls_rule trial_refused(struct trial *t, struct bytes message);
enum mls_rule trial_refused_by(struct trial *t, size_t who, struct bytes message);
/* Everybody but the liar takes it: the liar as well when its group is there to hear it. */
void trial_taken(struct trial *t, struct bytes message);
/* No group comes of it. */
enum mls_rule trial_join(struct trial *t, size_t whom, struct bytes welcome);
enum mls_rule trial_enter(struct trial *t, size_t whom, struct bytes info);

/* Everything that mls_save() gives of a group, for comparing. The caller's. */
struct buf trial_state(struct mls_group *g);

#endif
