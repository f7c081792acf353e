/* SPDX-License-Identifier: ISC */
/*
 * The turn of the loop: what time it is, timers, and what is done at the end of a turn. It
 * knows neither sockets nor libevent: loop_event.c drives it with the real world, a simulator
 * with virtual time, and everything above behaves alike. Timers and tasks are embedded in
 * their owners and never allocated here.
 *
 * At the end of a turn the tasks run phase by phase: DELIVER until none is left, then FLUSH
 * (which may cause more of DELIVER: then again), and REAP last, where things are freed that
 * callbacks of this turn may still have held; what REAP causes makes all three run again.
 */
#ifndef NET_LOOP_H
#define NET_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef void loop_fn(void *arg);

enum loop_phase { LOOP_DELIVER, LOOP_FLUSH, LOOP_REAP, LOOP_PHASES };

struct loop_task {
    loop_fn *fn;
    void *arg;
    struct loop_task *next;
    bool queued;
};

struct loop_timer {
    loop_fn *fn;
    void *arg;
    uint64_t due_ms;
    uint64_t order; /* equal times fire in the order they were armed */
    size_t at;      /* place in the heap plus one; 0: not armed */
};

struct loop {
    uint64_t now_ms; /* monotonic; read once per turn */
    int64_t wall_ms; /* UTC; read once per turn */
    struct loop_timer **heap;
    size_t count;
    size_t cap;
    uint64_t order;
    struct loop_task *first[LOOP_PHASES];
    struct loop_task **last[LOOP_PHASES];
    bool stop;
};

void loop_init(struct loop *l, uint64_t now_ms, int64_t wall_ms);
void loop_fini(struct loop *l);

void loop_timer_init(struct loop_timer *t, loop_fn *fn, void *arg);
void loop_timer_arm(
    struct loop *l, struct loop_timer *t, uint64_t after_ms); /* moves an armed one */
void loop_timer_stop(struct loop *l, struct loop_timer *t);
bool loop_timer_armed(const struct loop_timer *t);

void loop_task_init(struct loop_task *t, loop_fn *fn, void *arg);
void loop_later(
    struct loop *l, struct loop_task *t, enum loop_phase phase); /* once, however often asked */
void loop_cancel(struct loop *l, struct loop_task *t);

/* For whoever drives it: one turn is time, due timers, (I/O), end of turn. */
void loop_turn_begin(struct loop *l, uint64_t now_ms, int64_t wall_ms);
void loop_turn_end(struct loop *l);
bool loop_busy(const struct loop *l);         /* tasks wait for the end of a turn */
uint64_t loop_next_due(const struct loop *l); /* UINT64_MAX: nothing armed */

#endif
