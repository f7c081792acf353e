/* SPDX-License-Identifier: ISC */
/*
 * One turn: wait, the callbacks of ready descriptors, due timers, end of the turn. libevent
 * gives no place between waiting and the first callback, so the first callback of a turn
 * reads the clocks (loop_event_wake()), and a turn that had none reads them before its timers.
 */
#include "net/loop_event.h"

#include <event2/event.h>
#include <event2/event_struct.h>

#include "base/clock.h"
#include "base/mem.h"

struct loop_event {
    struct loop loop;
    struct event_base *base;
    struct event alarm; /* wakes the wait for the soonest timer; does nothing itself */
    uint64_t alarm_ms;  /* when it is set for; UINT64_MAX: not set */
    bool awake;         /* the clocks have been read in this turn */
};

struct loop_watch {
    struct event ev;
    struct loop_event *le;
    loop_fd_fn *on_fd;
    loop_fn *on_signal;
    void *arg;
    int fd;
    unsigned ready;
};

static void on_alarm(evutil_socket_t fd, short what, void *arg)
{
    struct loop_event *le = arg;

    (void)fd, (void)what;
    le->alarm_ms = UINT64_MAX;
}

struct loop_event *loop_event_new(void)
{
    struct loop_event *le = mem_alloc(sizeof *le);
    struct event_config *config = event_config_new();

    /* Interest changes of one turn reach the kernel together, and not at all when they cancel
     * out. */
    if (config == NULL ||
        event_config_set_flag(config, EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST) != 0)
        mem_die("libevent cannot start");
    (void)event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK);
    le->base = event_base_new_with_config(config);
    event_config_free(config);
    if (le->base == NULL)
        mem_die("libevent cannot start");
    loop_init(&le->loop, clock_mono_ms(), clock_wall_ms());
    le->alarm_ms = UINT64_MAX;
    (void)evtimer_assign(&le->alarm, le->base, on_alarm, le);
    return le;
}

void loop_event_free(struct loop_event *le)
{
    if (le == NULL)
        return;
    (void)event_del(&le->alarm);
    event_base_free(le->base);
    loop_fini(&le->loop);
    mem_free(le);
}

struct loop *loop_event_loop(struct loop_event *le)
{
    return &le->loop;
}

struct event_base *loop_event_base(struct loop_event *le)
{
    return le->base;
}

void loop_event_wake(struct loop_event *le)
{
    if (le->awake)
        return;
    le->awake = true;
    uint64_t now = clock_mono_ms();
    le->loop.now_ms = now > le->loop.now_ms ? now : le->loop.now_ms;
    le->loop.wall_ms = clock_wall_ms();
}

/* Sets the alarm to due; one that is set for that time stays, which spares most turns the call.
 */
static void alarm_set(struct loop_event *le, uint64_t due, uint64_t now)
{
    if (due == le->alarm_ms)
        return;
    le->alarm_ms = due;
    if (due == UINT64_MAX) {
        (void)evtimer_del(&le->alarm);
        return;
    }
    uint64_t wait = due > now ? due - now : 0;
    struct timeval tv = {
        .tv_sec = (time_t)(wait / 1000), .tv_usec = (suseconds_t)(wait % 1000 * 1000)};
    (void)evtimer_add(&le->alarm, &tv);
}

void loop_event_once(struct loop_event *le, uint64_t at_most_ms)
{
    uint64_t now = clock_mono_ms();
    uint64_t due = loop_next_due(&le->loop);
    int how = EVLOOP_ONCE | EVLOOP_NO_EXIT_ON_EMPTY;

    if (at_most_ms < UINT64_MAX - now && due > now + at_most_ms)
        due = now + at_most_ms;
    if (due <= now || loop_busy(&le->loop))
        how = EVLOOP_ONCE | EVLOOP_NONBLOCK; /* alone it goes on while anything is ready */
    else
        alarm_set(le, due, now);
    le->awake = false;
    if (event_base_loop(le->base, how) < 0)
        mem_die("libevent cannot wait");
    loop_event_wake(le);
    loop_turn_begin(&le->loop, le->loop.now_ms, le->loop.wall_ms);
    loop_turn_end(&le->loop);
}

void loop_event_run(struct loop_event *le)
{
    while (!le->loop.stop)
        loop_event_once(le, UINT64_MAX);
}

static void on_watch(evutil_socket_t fd, short what, void *arg)
{
    struct loop_watch *w = arg;
    unsigned ready = (what & EV_READ ? LOOP_READ : 0u) | (what & EV_WRITE ? LOOP_WRITE : 0u);

    loop_event_wake(w->le);
    if (w->on_signal != NULL)
        w->on_signal(w->arg);
    else
        w->on_fd(w->arg, fd, ready);
}

struct loop_watch *loop_watch_fd(
    struct loop_event *le, int fd, unsigned ready, loop_fd_fn *fn, void *arg)
{
    struct loop_watch *w = mem_alloc(sizeof *w);

    *w = (struct loop_watch){.le = le, .on_fd = fn, .arg = arg, .fd = fd};
    loop_watch_change(w, ready);
    return w;
}

void loop_watch_change(struct loop_watch *w, unsigned ready)
{
    if (ready == w->ready)
        return;
    if (w->ready != 0)
        (void)event_del(&w->ev);
    w->ready = ready;
    if (ready == 0)
        return;
    short what =
        (short)((ready & LOOP_READ ? EV_READ : 0) | (ready & LOOP_WRITE ? EV_WRITE : 0));
    (void)event_assign(&w->ev, w->le->base, w->fd, (short)(what | EV_PERSIST), on_watch, w);
    (void)event_add(&w->ev, NULL);
}

void loop_watch_free(struct loop_watch *w)
{
    if (w == NULL)
        return;
    if (w->ready != 0)
        (void)event_del(&w->ev);
    mem_free(w);
}

struct loop_watch *loop_watch_signal(struct loop_event *le, int signo, loop_fn *fn, void *arg)
{
    struct loop_watch *w = mem_alloc(sizeof *w);

    *w = (struct loop_watch){
        .le = le, .on_signal = fn, .arg = arg, .fd = signo, .ready = LOOP_READ};
    (void)evsignal_assign(&w->ev, le->base, signo, on_watch, w);
    (void)event_add(&w->ev, NULL);
    return w;
}
