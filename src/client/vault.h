/* SPDX-License-Identifier: ISC */
/*
 * What a client keeps: one SQLite file of sealed rows, written by a thread of its own. A row is
 * (space, key, sub) and a value; the key that names a room or a person is not in the file but
 * its HMAC, and the real one is sealed in with the value, bound to its place, so that a stolen
 * disk tells how many rows there are, how large and how old, and nothing of what they are.
 *
 * Writing: vault_put() and its kin are collected in memory in the order they are made and cost
 * no system call. vault_commit(), once at the end of a turn of the loop, hands all of them to
 * the thread as one batch, which is one transaction: whole or not at all. Batches are counted;
 * vault_ticket() is the number that everything put so far belongs to, vault_durable() the last
 * that survives loss of power. While one is on its way the next ones wait, and then share a
 * transaction. Whoever holds bytes back until their ticket is durable never
 * sends a key that a crash could use again. A batch that cannot be written (disk full) is kept
 * and tried again by vault_retry(); what comes later waits behind it; nothing is lost.
 *
 * Reading: vault_each() walks rows at once, on the loop's thread, and only before the first
 * vault_commit() or history_read(); from then on the file is the thread's (ERR_STATE). What was
 * put and not committed it does not see. What grows without end (messages) is
 * client/history.h, beside it in the same file and the same batches.
 *
 * Without a folder it is in memory and gone at the end: the same rows, the same seals, a key
 * that nobody keeps. One process at a time: a second one on the same folder is refused.
 */
#ifndef CLIENT_VAULT_H
#define CLIENT_VAULT_H

#include "base/buf.h"
#include "base/bytes.h"
#include "base/err.h"

#define VAULT_KEY 32
#define VAULT_WHY 512

enum vault_space {
    VAULT_IDENTITY = 1, /* the identity key */
    VAULT_PACKAGE,      /* secrets of key packages, by reference */
    VAULT_PERSON,       /* who was seen with which key, and what was made of it */
    VAULT_CONVO,        /* rooms and direct conversations */
    VAULT_GROUP,        /* their MLS groups, sub: the record's id */
    VAULT_SENDER,       /* how far each sender of a conversation was heard */
    VAULT_OUTBOX,       /* what is not yet known to be relayed */
    VAULT_SETTING,
    VAULT_TOKEN, /* what logs in without a password */
    VAULT_DRAFT,
    VAULT_FILE,   /* files on their way */
    VAULT_ACCEPT, /* whose files are accepted without asking */
    VAULT_SPACES
};

struct vault;

struct vault_setup {
    const char *dir;    /* private; NULL: in memory */
    const uint8_t *key; /* VAULT_KEY bytes; ignored in memory */
    /* Called by vault_drain() on the loop's thread. */
    void (*landed)(void *arg);                  /* vault_durable() has moved */
    void (*failed)(void *arg, const char *why); /* a batch waits for vault_retry() */
    void *arg;
    /* Tests: no thread; jobs run when submitted and this is called when results wait. */
    void (*wake)(void *arg);
    void *wake_arg;
};

/* why gets a sentence for a person. ERR_BUSY: another process has it. ERR_CRYPTO: that key does
 * not open it. As db_open() besides. */
enum err vault_open(
    const struct vault_setup *setup, struct vault **out, char *why, size_t why_n);
/* What was put is written first, what cannot be is logged as lost. Nobody is called any more.
 * NULL is fine. */
void vault_close(struct vault *v);
int vault_fd(const struct vault *v); /* readable when results wait; -1 without a thread */
void vault_drain(struct vault *v);
bool vault_lasts(const struct vault *v); /* false: in memory */

void vault_put(struct vault *v, enum vault_space space, struct bytes key, uint32_t sub,
    struct bytes value);
void vault_del(struct vault *v, enum vault_space space, struct bytes key, uint32_t sub);
void vault_del_all(struct vault *v, enum vault_space space, struct bytes key); /* every sub */

uint64_t vault_ticket(const struct vault *v);
uint64_t vault_durable(const struct vault *v);
void vault_commit(struct vault *v);
void vault_retry(struct vault *v);

/* Every row of a space; views live for the call. Rows that do not open are ERR_CORRUPT, after
 * all others were given; the callback's error ends the walk. In no order, but the subs of one
 * key follow each other. */
typedef enum err vault_row_fn(void *arg, struct bytes key, uint32_t sub, struct bytes value);
enum err vault_each(struct vault *v, enum vault_space space, vault_row_fn *fn, void *arg);

#endif
