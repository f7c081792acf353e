/* SPDX-License-Identifier: ISC */
/*
 * What stories about groups share: founding one, coming in by an external commit, commits with
 * all that may hang on them. The bytes are any bytes: the relay cannot tell.
 */
#ifndef SCENARIO_GROUP_H
#define SCENARIO_GROUP_H

#include "people.h"

struct group_commit { /* on top of actor_commit() */
    const char *room;
    uint64_t epoch;
    uint8_t flags;
    uint8_t req;
    const char *commit, *info; /* NULL: any */
    const char *removed[4];    /* up to the first NULL */
    const char *welcomed[4];   /* gets "welcome NAME" */
    struct msg_node nodes[4];
    size_t node_count;
};

void group_send(struct actor *a, const struct group_commit *g);      /* without waiting */
uint8_t group_commit(struct actor *a, const struct group_commit *g); /* the status */
void group_found(struct actor *a, const char *room); /* joins, and makes the group: epoch 0 */
/* Joins, waits for the turn, comes in; the epoch after it. */
uint64_t group_join(struct actor *a, const char *room);
uint64_t group_enter(struct actor *a, const char *room); /* the same for who is in the room */
uint8_t group_say(struct actor *a, const char *room, uint64_t epoch, const char *text);
uint8_t group_bad(struct actor *a, const char *room, uint64_t seq);
uint64_t group_seq(struct actor *a);                    /* of the commit just answered */
uint8_t group_leave(struct actor *a, const char *room); /* the opcode that answered */
/* What the relay keeps: is this name one that a commit must remove? */
bool group_departed(struct sim *s, const char *room, const char *name);
size_t group_asked(struct actor *a, enum msg_rotate why); /* 0x85 waiting to be looked at */

/* Everything of a log after a number, as "kind:seq" in order; asks page by page. */
struct log {
    struct log_row {
        uint8_t kind, flags;
        uint64_t seq, epoch;
        char sender[MSG_NAME + 1];
        char body[64]; /* its beginning */
        size_t n;
    } rows[2048];
    size_t count, pages;
    uint64_t last;
    bool gone;
};
void log_read(
    struct actor *a, enum msg_convo kind, const char *name, uint64_t after, struct log *out);
bool log_has(const struct log *l, const char *body);
void log_in_order(const struct log *l); /* strictly growing */
void log_cursor(struct actor *a, enum msg_convo kind, const char *name, uint64_t seq);

#endif
