/* SPDX-License-Identifier: ISC */
#include "net/loop_event.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <unistd.h>

#include "base/clock.h"

struct seen {
    struct loop_event *le;
    struct loop_watch *watch, *other;
    unsigned calls;
    unsigned ready;
    uint64_t now_ms;
    bool task_ran;
    struct loop_task task;
};

static void on_task(void *arg)
{
    ((struct seen *)arg)->task_ran = true;
}

static void on_fd(void *arg, int fd, unsigned ready)
{
    struct seen *s = arg;
    char c;

    s->calls++;
    s->ready = ready;
    s->now_ms = loop_event_loop(s->le)->now_ms;
    if (ready & LOOP_READ)
        cr_assert_eq(read(fd, &c, 1), 1);
    loop_later(loop_event_loop(s->le), &s->task, LOOP_REAP);
}

Test(loop_event, fd__read_write_asleep_and_gone)
{
    struct seen s = {.le = loop_event_new()};
    int p[2];

    loop_task_init(&s.task, on_task, &s);
    cr_assert_eq(pipe(p), 0);
    s.watch = loop_watch_fd(s.le, p[0], LOOP_READ, on_fd, &s);
    loop_event_once(s.le, 0);
    cr_assert_eq(s.calls, 0);
    cr_assert_eq(write(p[1], "ab", 2), 2);
    loop_event_once(s.le, UINT64_MAX);
    cr_assert_eq(s.calls, 1);
    cr_assert_eq(s.ready, LOOP_READ);
    cr_assert(s.task_ran, "the turn was not ended");
    loop_watch_change(s.watch, 0);
    loop_event_once(s.le, 0);
    cr_assert_eq(s.calls, 1);
    loop_watch_change(s.watch, LOOP_READ);
    loop_event_once(s.le, UINT64_MAX);
    cr_assert_eq(s.calls, 2);
    loop_watch_free(s.watch);
    s.watch = loop_watch_fd(s.le, p[1], LOOP_WRITE, on_fd, &s);
    loop_event_once(s.le, UINT64_MAX);
    cr_assert_eq(s.ready, LOOP_WRITE);
    loop_watch_free(s.watch);
    loop_watch_free(NULL);
    (void)close(p[0]);
    (void)close(p[1]);
    loop_event_free(s.le);
}

static void on_fd_frees(void *arg, int fd, unsigned ready)
{
    struct seen *s = arg;

    (void)fd, (void)ready;
    s->calls++;
    loop_watch_free(s->watch);
    loop_watch_free(s->other);
    s->watch = s->other = NULL;
}

Test(loop_event, fd__freed_by_a_callback_of_the_same_turn)
{
    struct seen s = {.le = loop_event_new()};
    int p[2], q[2];

    cr_assert_eq(pipe(p), 0);
    cr_assert_eq(pipe(q), 0);
    s.watch = loop_watch_fd(s.le, p[0], LOOP_READ, on_fd_frees, &s);
    s.other = loop_watch_fd(s.le, q[0], LOOP_READ, on_fd_frees, &s);
    cr_assert_eq(write(p[1], "a", 1), 1);
    cr_assert_eq(write(q[1], "b", 1), 1);
    loop_event_once(s.le, UINT64_MAX);
    loop_event_once(s.le, 0);
    cr_assert_eq(s.calls, 1, "a freed watch called back");
    for (int i = 0; i < 2; i++) {
        (void)close(p[i]);
        (void)close(q[i]);
    }
    loop_event_free(s.le);
}

static void on_timer_stop(void *arg)
{
    struct seen *s = arg;

    s->calls++;
    loop_event_loop(s->le)->stop = true;
}

Test(loop_event, timer__never_early_and_time_is_fresh)
{
    struct seen s = {.le = loop_event_new()};
    struct loop *l = loop_event_loop(s.le);
    struct loop_timer t, far;
    uint64_t before = clock_mono_ms();

    loop_timer_init(&t, on_timer_stop, &s);
    loop_timer_init(&far, on_timer_stop, &s);
    loop_timer_arm(l, &far, 3600 * 1000);
    loop_timer_arm(l, &t, 30);
    loop_event_run(s.le);
    cr_assert_eq(s.calls, 1);
    cr_assert_geq(clock_mono_ms() - before, 30);
    cr_assert_geq(l->now_ms, before + 30);
    cr_assert_geq(l->wall_ms, INT64_C(1700000000000));
    loop_event_free(s.le);
}

/* Descriptor callbacks of a turn see the time of this turn, not of the one before. */
Test(loop_event, clock__is_read_before_the_first_callback)
{
    struct seen s = {.le = loop_event_new()};
    struct loop_timer t;
    int p[2];

    loop_task_init(&s.task, on_task, &s);
    loop_timer_init(&t, on_timer_stop, &s);
    cr_assert_eq(pipe(p), 0);
    s.watch = loop_watch_fd(s.le, p[0], LOOP_READ, on_fd, &s);
    loop_timer_arm(loop_event_loop(s.le), &t, 20);
    uint64_t first = loop_event_loop(s.le)->now_ms;
    loop_event_once(s.le, 10);
    while (clock_mono_ms() < first + 12)
        loop_event_once(s.le, 1);
    cr_assert_eq(write(p[1], "a", 1), 1);
    loop_event_once(s.le, UINT64_MAX);
    cr_assert_geq(s.now_ms, first + 12);
    loop_watch_free(s.watch);
    loop_timer_stop(loop_event_loop(s.le), &t);
    (void)close(p[0]);
    (void)close(p[1]);
    loop_event_free(s.le);
}

Test(loop_event, once__does_not_wait_while_tasks_do)
{
    struct seen s = {.le = loop_event_new()};

    loop_task_init(&s.task, on_task, &s);
    loop_later(loop_event_loop(s.le), &s.task, LOOP_DELIVER);
    loop_event_once(s.le, UINT64_MAX); /* with nothing to wait for it would hang here */
    cr_assert(s.task_ran);
    loop_event_free(s.le);
}

/* Who is always ready gets one callback a turn; timers and tasks get theirs. */
Test(loop_event, once__ends_though_a_descriptor_stays_ready)
{
    struct seen s = {.le = loop_event_new()};
    int p[2];

    loop_task_init(&s.task, on_task, &s);
    cr_assert_eq(pipe(p), 0);
    cr_assert_eq(write(p[1], "abc", 3), 3);
    s.watch = loop_watch_fd(s.le, p[0], LOOP_READ, on_fd, &s);
    loop_later(loop_event_loop(s.le), &s.task, LOOP_DELIVER); /* so it does not wait */
    loop_event_once(s.le, UINT64_MAX);
    cr_assert_eq(s.calls, 1);
    loop_watch_free(s.watch);
    (void)close(p[0]);
    (void)close(p[1]);
    loop_event_free(s.le);
}

static void on_signal(void *arg)
{
    struct seen *s = arg;

    s->calls++;
    loop_event_loop(s->le)->stop = true;
}

Test(loop_event, signal__comes_as_a_callback)
{
    struct seen s = {.le = loop_event_new()};

    s.watch = loop_watch_signal(s.le, SIGUSR1, on_signal, &s);
    cr_assert_eq(raise(SIGUSR1), 0);
    loop_event_run(s.le);
    cr_assert_eq(s.calls, 1);
    loop_watch_free(s.watch);
    loop_event_free(s.le);
}
