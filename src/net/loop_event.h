/* SPDX-License-Identifier: ISC */
/*
 * The loop of the real world: libevent underneath, one turn per wake-up: read the clocks, let
 * every ready descriptor have its callback, run due timers, end the turn. The struct loop
 * inside is what everybody else holds. A descriptor may be watched once; a watch may be changed
 * or freed by any callback, its own too, and does not call back after that.
 */
#ifndef NET_LOOP_EVENT_H
#define NET_LOOP_EVENT_H

#include "base/err.h"
#include "net/loop.h"

struct loop_event;
struct event_base;

enum loop_ready { LOOP_READ = 1, LOOP_WRITE = 2 };
typedef void loop_fd_fn(void *arg, int fd, unsigned ready);

struct loop_watch; /* one descriptor (or signal) of interest; owned by whoever made it */

struct loop_event *loop_event_new(void);
void loop_event_free(struct loop_event *le);
struct loop *loop_event_loop(struct loop_event *le);
/* For net/conn only, which makes events of its own: each begins with loop_event_wake(). */
struct event_base *loop_event_base(struct loop_event *le);
void loop_event_wake(struct loop_event *le);
void loop_event_run(struct loop_event *le); /* until loop->stop is set */
void loop_event_once(
    struct loop_event *le, uint64_t at_most_ms); /* one turn; waits at most so long */

struct loop_watch *loop_watch_fd(
    struct loop_event *le, int fd, unsigned ready, loop_fd_fn *fn, void *arg);
void loop_watch_change(struct loop_watch *w, unsigned ready); /* 0: keeps it, asleep */
void loop_watch_free(struct loop_watch *w);                   /* the descriptor stays open */
struct loop_watch *loop_watch_signal(struct loop_event *le, int signo, loop_fn *fn, void *arg);

#endif
