/* SPDX-License-Identifier: ISC */
/*
 * A commit on its way: from the request, through the store, which alone decides who was first,
 * to everything that follows when it was. What rooms and direct conversations share; while one
 * is on its way nobody else speaks in that conversation.
 */
#ifndef SERVER_COMMIT_H
#define SERVER_COMMIT_H

#include "server/relay.h"
#include "server/reply.h"

struct welcomed {
    struct name who;
    uint64_t guest; /* the id of one who was here; 0: an account */
};

struct removal {
    struct name who;
    bool pending; /* his departure was known when the commit was asked for */
    bool newer;   /* and somebody of that name had come in after it: he stays */
};

struct commit {
    struct ask ask;
    struct name_key key;
    struct name sender;
    struct name other; /* of a direct conversation */
    bool direct, external, create;
    uint64_t epoch, seq;
    int64_t time_ms;
    struct buf removed; /* run of names */
    struct removal *removals;
    size_t removal_count;
    struct buf bytes; /* commit, then welcome: what the others are told */
    size_t commit_n;
    struct welcomed *welcomed;
    size_t welcomed_count;
};

/* Both refuse, or say yes. */
bool commit_budget(struct peer *p, uint8_t op);
bool commit_epoch_sane(struct peer *p, uint8_t op, const struct convo *c, uint64_t epoch);
/* The ask, and the conversation busy until commit_decided() or commit_free(). */
struct commit *commit_open(struct peer *p, uint8_t op, struct convo *c, uint64_t epoch,
    struct bytes commit, struct bytes welcome);
void commit_free(struct commit *q);
/* What the store calls back. */
void commit_decided(void *arg, const struct store_result *r);

#endif
