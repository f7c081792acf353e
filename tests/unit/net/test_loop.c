/* SPDX-License-Identifier: ISC */
#include "net/loop.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static char said[64];

static void say(char c)
{
    size_t n = strlen(said);

    cr_assert_lt(n + 1, sizeof said);
    said[n] = c;
    said[n + 1] = '\0';
}

struct actor {
    struct loop *l;
    struct loop_task task;
    struct loop_timer timer;
    char name;
    struct actor *then;
    enum loop_phase phase;
};

static void on_task(void *arg)
{
    struct actor *a = arg;

    say(a->name);
    if (a->then != NULL)
        loop_later(a->l, &a->then->task, a->then->phase);
}

static void actor_init(struct actor *a, struct loop *l, char name, enum loop_phase phase)
{
    *a = (struct actor){.l = l, .name = name, .phase = phase};
    loop_task_init(&a->task, on_task, a);
    loop_timer_init(&a->timer, on_task, a);
}

Test(loop, turn_end__phase_by_phase)
{
    struct loop l;
    struct actor d, f, r, d2, f2;

    loop_init(&l, 0, 0);
    actor_init(&d, &l, 'd', LOOP_DELIVER);
    actor_init(&f, &l, 'f', LOOP_FLUSH);
    actor_init(&r, &l, 'r', LOOP_REAP);
    actor_init(&d2, &l, 'D', LOOP_DELIVER);
    actor_init(&f2, &l, 'F', LOOP_FLUSH);
    cr_assert_not(loop_busy(&l));
    loop_later(&l, &r.task, LOOP_REAP);
    loop_later(&l, &f.task, LOOP_FLUSH);
    loop_later(&l, &f.task, LOOP_FLUSH);
    loop_later(&l, &f2.task, LOOP_FLUSH);
    loop_later(&l, &d.task, LOOP_DELIVER);
    cr_assert(loop_busy(&l));
    f.then = &d2; /* flushing causes delivery: it comes before the rest of flushing */
    loop_turn_end(&l);
    cr_assert_str_eq(said, "dfDFr");
    cr_assert_not(loop_busy(&l));
    loop_fini(&l);
}

Test(loop, turn_end__what_reap_causes_is_done_in_the_same_turn)
{
    struct loop l;
    struct actor f, r, r2;

    loop_init(&l, 0, 0);
    actor_init(&f, &l, 'f', LOOP_FLUSH);
    actor_init(&r, &l, 'r', LOOP_REAP);
    actor_init(&r2, &l, 'R', LOOP_REAP);
    r.then = &f;
    f.then = &r2;
    loop_later(&l, &r.task, LOOP_REAP);
    loop_turn_end(&l);
    cr_assert_str_eq(said, "rfR");
    loop_fini(&l);
}

Test(loop, cancel__first_middle_last)
{
    struct loop l;
    struct actor a[4];

    for (int skip = 0; skip < 4; skip++) {
        said[0] = '\0';
        loop_init(&l, 0, 0);
        for (int i = 0; i < 4; i++) {
            actor_init(&a[i], &l, (char)('0' + i), LOOP_DELIVER);
            loop_later(&l, &a[i].task, LOOP_DELIVER);
        }
        loop_cancel(&l, &a[skip].task);
        loop_cancel(&l, &a[skip].task);
        loop_later(&l, &a[skip].task, LOOP_DELIVER); /* the list is whole: it goes to its end */
        loop_turn_end(&l);
        cr_assert_eq(strlen(said), 4);
        cr_assert_eq(said[3], '0' + skip);
        loop_fini(&l);
    }
}

Test(loop, timers__in_order_of_time_then_of_arming)
{
    struct loop l;
    struct actor a, b, c;

    loop_init(&l, 100, 0);
    actor_init(&a, &l, 'a', LOOP_DELIVER);
    actor_init(&b, &l, 'b', LOOP_DELIVER);
    actor_init(&c, &l, 'c', LOOP_DELIVER);
    cr_assert_eq(loop_next_due(&l), UINT64_MAX);
    loop_timer_arm(&l, &a.timer, 20);
    loop_timer_arm(&l, &b.timer, 10);
    loop_timer_arm(&l, &c.timer, 20);
    cr_assert_eq(loop_next_due(&l), 110);
    loop_turn_begin(&l, 109, 7);
    cr_assert_str_eq(said, "");
    cr_assert_eq(l.wall_ms, 7);
    loop_turn_begin(&l, 110, 7);
    cr_assert_str_eq(said, "b");
    cr_assert_not(loop_timer_armed(&b.timer));
    loop_turn_begin(&l, 500, 7);
    cr_assert_str_eq(said, "bac");
    loop_turn_begin(&l, 400, 7);
    cr_assert_eq(l.now_ms, 500, "time goes on");
    loop_fini(&l);
}

static void rearm(void *arg)
{
    struct actor *a = arg;

    say(a->name);
    loop_timer_arm(a->l, &a->timer, 0);
}

Test(loop, timers__one_that_arms_itself_does_not_hold_the_turn)
{
    struct loop l;
    struct actor a;

    loop_init(&l, 0, 0);
    actor_init(&a, &l, 'a', LOOP_DELIVER);
    loop_timer_init(&a.timer, rearm, &a);
    loop_timer_arm(&l, &a.timer, 0);
    for (int i = 0; i < 3; i++)
        loop_turn_begin(&l, 0, 0);
    cr_assert_str_eq(said, "aaa");
    loop_fini(&l);
}

#define MANY 500
static struct loop many_loop;
static struct loop_timer many[MANY];
static uint64_t last_due, fired;

static void in_order(void *arg)
{
    struct loop_timer *t = arg;

    cr_assert_leq(t->due_ms, many_loop.now_ms);
    cr_assert_geq(t->due_ms, last_due);
    last_due = t->due_ms;
    fired++;
}

Test(loop, timers__heap_under_random_arming_moving_and_stopping)
{
    uint64_t armed = 0;

    srand(2);
    loop_init(&many_loop, 0, 0);
    for (int i = 0; i < MANY; i++)
        loop_timer_init(&many[i], in_order, &many[i]);
    for (int i = 0; i < 20000; i++) {
        struct loop_timer *t = &many[rand() % MANY];
        if (rand() % 4 == 0)
            loop_timer_stop(&many_loop, t);
        else
            loop_timer_arm(&many_loop, t, (uint64_t)rand() % 1000);
    }
    for (int i = 0; i < MANY; i++)
        armed += loop_timer_armed(&many[i]);
    for (uint64_t now = 0; now <= 1000; now += 10)
        loop_turn_begin(&many_loop, now, 0);
    cr_assert_eq(fired, armed);
    cr_assert_eq(many_loop.count, 0);
    loop_fini(&many_loop);
}
