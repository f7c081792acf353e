/* SPDX-License-Identifier: ISC */
/*
 * Every pair of store and bus that exists, opened in turn, so that one test holds them all:
 *
 *     static void remembers(struct conform *c) { ... RUN(c, store_account_get, name) ... }
 *     Test(store, remembers__an_account) { conform_each(remembers); }
 *
 * RUN calls, waits for the callback in turns of a loop in virtual time, and gives a copy of
 * what came, which lives until the pair is closed.
 */
#ifndef SUPPORT_CONFORM_PAIR_H
#define SUPPORT_CONFORM_PAIR_H

#include "net/loop.h"
#include "server/bus.h"
#include "server/store.h"

struct got {
    struct store_result r; /* a copy, arrays and all */
    size_t calls;
    size_t order; /* how many callbacks came before this one */
    struct got *next;
};

struct conform_copy;
struct conform {
    const char *name;
    struct loop loop;
    struct store_file *file;
    struct worker *worker;
    struct store *store;
    struct bus *bus;
    bool lossy;
    bool threaded;
    bool inside; /* in a store call: a callback now would break S1 */
    char dir[64];
    char path[96]; /* ":memory:" or a file below dir */
    struct got *newest;
    size_t answered;
    struct conform_copy *copies;
};

void conform_each(void (*test)(struct conform *c));
/* Closes and opens the store again; false: it was in memory, nothing was done. */
bool conform_reopen(struct conform *c);
void conform_turn(struct conform *c); /* one turn, without waiting */
void conform_until(
    struct conform *c, const size_t *count, size_t n); /* turns until *count >= n */

struct got *conform_next(struct conform *c);
void conform_take(void *arg, const struct store_result *r); /* the store_fn of a got */
struct got *conform_sent(struct conform *c);                /* the newest one */
struct got *conform_wait(struct conform *c);                /* for the newest one */

#define SEND(c, fn, ...)                                                                       \
    (fn((c)->store, __VA_ARGS__, conform_take, conform_next(c)), conform_sent(c))
#define RUN(c, fn, ...)                                                                        \
    (fn((c)->store, __VA_ARGS__, conform_take, conform_next(c)), conform_wait(c))

#endif
