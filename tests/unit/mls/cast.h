/* SPDX-License-Identifier: ISC */
/*
 * A party in which every member has an application: it knows external PSKs, judges commits and
 * identifies people, and writes down what it was asked, in words that two members must agree
 * on. What a test expects to work ends the test when it does not; what it expects to be
 * refused must leave the group as it was, to the last stored byte.
 */
#ifndef UNIT_MLS_CAST_H
#define UNIT_MLS_CAST_H

#include <criterion/criterion.h>

#include "mls/wire.h"
#include "support/mlsparty.h"

#define CAST_MAX  64
#define CAST_PSKS 8

/* A string literal's bytes without its NUL. */
#define LIT(s) bytes_of(s, sizeof(s) - 1)

struct cast_app {
    struct {
        const char *id;
        const char *secret;
    } psk[CAST_PSKS];
    size_t psk_n;
    enum err verdict; /* of every commit */
    size_t judged;
    struct buf change;        /* the last one, in words */
    struct bytes not_welcome; /* an identity; empty: everybody is who they say */
    struct buf leaves;        /* all that it was told of theirs, to compare */
    struct buf identified;    /* "name name", as they were asked about */
};

struct cast {
    struct party p;
    struct cast_app app[CAST_MAX];
    struct mls_event event;
};

/* The present suites: one of the RFC's and one of ours. */
void cast_suites(void (*run)(uint16_t suite));

/* n people in one group whose founder is the first; 0: nobody yet. */
void cast_init(struct cast *c, uint16_t suite, size_t n);
void cast_fini(struct cast *c);
size_t cast_person(struct cast *c); /* in no group */
struct mls_group *cast_group(const struct cast *c, size_t who);
struct mls_view cast_view(const struct cast *c, size_t who);

void cast_learn(struct cast *c, size_t who, const char *id, const char *secret);
void cast_forget(struct cast *c, size_t who);
void cast_all_learn(struct cast *c, const char *id, const char *secret);

/* Takes a message in, without applying what it stages; c->event has what came of it. */
void cast_hear(struct cast *c, size_t who, struct bytes message);
void cast_refused(struct cast *c, size_t who, struct bytes message, enum mls_rule rule);
/* A commit of who's own that must not come to be. */
void cast_cannot(
    struct cast *c, size_t who, const struct mls_proposal *what, size_t n, enum mls_rule rule);
/* Proposes, and everybody else hears it. */
void cast_propose(struct cast *c, size_t who, const struct mls_proposal *what, unsigned flags);
/* Everybody is in one epoch, and everybody who speaks is heard by all others. */
void cast_alive(struct cast *c);

/* By the welcome of c->p.last, and c->p.tree if it is not inside. */
enum mls_rule cast_join(struct cast *c, size_t who, const struct mls_group *prior);
/* By a commit of its own, from a group info of the insider; left staged. info: MLS_WITH_TREE.
 */
struct cast_entry {
    size_t insider;
    bool bare; /* the group info has no tree: `tree` is handed in */
    struct bytes tree;
    bool resync;
    const struct bytes *psk_ids;
    size_t psk_n;
};
enum err cast_enter(struct cast *c, size_t who, const struct cast_entry *how,
    struct buf *commit, enum mls_rule *rule);
/* Enters, everybody takes it in and applies it. */
void cast_come_in(struct cast *c, size_t who, const struct cast_entry *how);

struct buf cast_state(struct mls_group *g); /* all that mls_save() gives. The caller's. */
void cast_tell(const struct mls_change *change, struct buf *out); /* in words */

#endif
