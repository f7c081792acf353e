/* SPDX-License-Identifier: ISC */
/*
 * Threads that take a job and give back a result, for what would stall the loop. A job is
 * embedded in the caller's own struct; run() is called on a worker thread and touches only
 * that struct; done() is called later on the loop's thread, by worker_drain(), in the order
 * of submission when there is one thread, and may free the struct or submit anew. The loop
 * watches worker_fd() and drains. Everything here is called by the loop's thread alone. An
 * inline worker (tests) has no threads: submit() runs the job at once and calls wake(), and
 * done() still comes only from worker_drain().
 *
 * With batch hooks there is one thread, whatever was asked: it takes all jobs that wait, calls
 * begin(), runs them, calls end(); no done() of the batch comes before end() returned, and
 * end()'s verdict is put in each job. So a database commits once for many jobs.
 */
#ifndef BASE_WORKER_H
#define BASE_WORKER_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

struct job {
    void (*run)(struct job *);
    void (*done)(struct job *);
    struct job *next;
    enum err batch; /* what end() said; ERR_OK without hooks */
};

struct worker_hooks {
    void (*begin)(void *arg);
    enum err (*end)(void *arg);
    void *arg;
};

struct worker;
/* queue_max bounds worker_waiting(). A thread that cannot start ends the process. */
struct worker *worker_new(
    const char *name, unsigned threads, size_t queue_max, const struct worker_hooks *hooks);
struct worker *worker_new_inline(
    void (*wake)(void *arg), void *arg, const struct worker_hooks *hooks);
/* Its threads step back from now on, for good: for long work in the background, beside which a
 * loop that people talk through is to stay quick. */
void worker_lower(struct worker *w);
/* ERR_FULL, or ERR_CLOSED from a done() during worker_free(): the job was not taken. */
enum err worker_submit(struct worker *w, struct job *j);
int worker_fd(const struct worker *w); /* readable when results wait; -1 inline */
void worker_drain(struct worker *w);
size_t worker_waiting(const struct worker *w); /* submitted, done() not yet called */
void worker_free(struct worker *w); /* finishes the queue, calls every done(), joins */

#endif
