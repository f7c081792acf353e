/* SPDX-License-Identifier: ISC */
/*
 * What was said, as this person keeps it: sealed rows in the vault, numbered upwards in each
 * conversation, written in the same batches as the ratchets that opened them. Read in pages and
 * searched by the vault's thread, newest first: there is no index on disk, rows are opened one
 * after the other and hits come as they are found. A search ends by itself, at its limit, or
 * when it is cancelled. Rows disappear at their time, or when retention says so.
 *
 * Rows handed out live for the call. Knows nothing of MLS, rooms or a screen.
 */
#ifndef CLIENT_HISTORY_H
#define CLIENT_HISTORY_H

#include "client/vault.h"

#define HISTORY_ID    16
#define HISTORY_PRINT 32

enum history_flag {
    HISTORY_OWN = 1,
    HISTORY_HELD = 2 /* not shown: its sender's key changed */
};

struct history_row {
    uint64_t n; /* 1, 2, ... within the conversation */
    int64_t wall_ms;
    int64_t expires_ms; /* 0: not by itself; stands in the clear, rounded up to a minute */
    uint8_t id[HISTORY_ID];
    uint8_t print[HISTORY_PRINT]; /* the sender's fingerprint */
    uint8_t kind;                 /* the caller's own numbers */
    uint8_t state;
    uint8_t flags;
    struct bytes who;
    struct bytes text;
};

/* Newest row's number, 0 when there is none. Known without reading. */
uint64_t history_last(const struct vault *v, struct bytes convo);
/* Appends; row->n is ignored. The number it got. */
uint64_t history_add(struct vault *v, struct bytes convo, const struct history_row *row);
void history_change(struct vault *v, struct bytes convo, const struct history_row *row);
void history_forget(struct vault *v, struct bytes convo); /* all of it */
/* At most days old from now on, in that conversation; 0: no limit. What is older goes. */
void history_keep(struct vault *v, struct bytes convo, uint32_t days, int64_t now_ms);
void history_expire(struct vault *v, int64_t now_ms); /* what is due, everywhere */

struct history_query {
    struct bytes convo; /* empty: every conversation (search alone) */
    uint64_t before;    /* rows with a smaller number; 0: from the newest */
    size_t limit;       /* rows, at most */
    struct bytes words; /* empty: a page. Else rows with all these words, case folded */
};

typedef void history_row_fn(void *arg, struct bytes convo, const struct history_row *row);
typedef void history_done_fn(void *arg, enum err e, bool more);
struct history_read; /* borrowed; gone once done() was called */
/* Rows come newest first, in several calls of vault_drain() when they are many, then done()
 * once. What was put before is seen. After history_cancel() nothing is called any more. */
struct history_read *history_read(struct vault *v, const struct history_query *q,
    history_row_fn *row, history_done_fn *done, void *arg);
void history_cancel(struct history_read *r);

#endif
