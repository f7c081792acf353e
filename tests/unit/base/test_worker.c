/* SPDX-License-Identifier: ISC */
#include <criterion/criterion.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/worker.h"

struct task {
    struct job job;
    int id;
    pthread_t ran_on;
    bool ran;
    sem_t *gate; /* run() waits for it */
    struct worker *again;
};

static int order[1000];
static int done_count;

static void run(struct job *j)
{
    struct task *t = (struct task *)j;

    if (t->gate != NULL)
        (void)sem_wait(t->gate);
    t->ran_on = pthread_self();
    t->ran = true;
}

static void done(struct job *j)
{
    struct task *t = (struct task *)j;

    cr_assert(t->ran);
    order[done_count++] = t->id;
    mem_free(t);
}

static struct task *task(int id)
{
    struct task *t = mem_alloc(sizeof *t);

    t->job.run = run;
    t->job.done = done;
    t->id = id;
    return t;
}

static void drain_until(struct worker *w, int count)
{
    while (done_count < count) {
        struct pollfd p = {.fd = worker_fd(w), .events = POLLIN};
        cr_assert_eq(poll(&p, 1, -1), 1);
        worker_drain(w);
    }
}

Test(worker, submit__one_thread_keeps_the_order)
{
    struct worker *w = worker_new("test", 1, 1000, NULL);

    for (int i = 0; i < 1000; i++)
        cr_assert_eq(worker_submit(w, &task(i)->job), ERR_OK);
    drain_until(w, 1000);
    for (int i = 0; i < 1000; i++)
        cr_assert_eq(order[i], i);
    cr_expect_eq(worker_waiting(w), 0);
    worker_free(w);
}

static void done_elsewhere(struct job *j)
{
    struct task *t = (struct task *)j;

    cr_expect_not(pthread_equal(t->ran_on, pthread_self()));
    cr_expect_eq(j->batch, ERR_OK);
    done(j);
}

Test(worker, submit__many_threads_lose_and_double_nothing)
{
    struct worker *w = worker_new("a name longer than fifteen", 4, 1000, NULL);
    bool met[1000] = {false};

    for (int i = 0; i < 1000; i++) {
        struct task *t = task(i);
        t->job.done = done_elsewhere;
        cr_assert_eq(worker_submit(w, &t->job), ERR_OK);
        if (i % 7 == 0)
            worker_drain(w);
    }
    drain_until(w, 1000);
    for (int i = 0; i < 1000; i++) {
        cr_assert_not(met[order[i]]);
        met[order[i]] = true;
    }
    worker_free(w);
}

Test(worker, submit__full_refuses_and_takes_again_when_done)
{
    sem_t gate;
    struct worker *w = worker_new("test", 1, 2, NULL);
    struct task *extra = task(2);

    (void)sem_init(&gate, 0, 0);
    for (int i = 0; i < 2; i++) {
        struct task *t = task(i);
        t->gate = &gate;
        cr_assert_eq(worker_submit(w, &t->job), ERR_OK);
    }
    cr_expect_eq(worker_submit(w, &extra->job), ERR_FULL);
    cr_expect_eq(worker_waiting(w), 2);
    (void)sem_post(&gate);
    drain_until(w, 1);
    cr_expect_eq(worker_submit(w, &extra->job), ERR_OK);
    (void)sem_post(&gate);
    drain_until(w, 3);
    worker_free(w);
    (void)sem_destroy(&gate);
}

Test(worker, fd__is_quiet_when_nothing_waits)
{
    struct worker *w = worker_new("test", 1, 10, NULL);
    struct pollfd p = {.fd = worker_fd(w), .events = POLLIN};

    cr_expect_eq(poll(&p, 1, 0), 0);
    worker_drain(w);
    cr_assert_eq(worker_submit(w, &task(0)->job), ERR_OK);
    drain_until(w, 1);
    cr_expect_eq(poll(&p, 1, 0), 0);
    worker_free(w);
}

static void done_again(struct job *j)
{
    struct task *t = (struct task *)j;
    struct worker *w = t->again;
    int id = t->id;

    done(j);
    if (id < 5) {
        struct task *next = task(id + 1);
        next->job.done = done_again;
        next->again = w;
        cr_expect_eq(worker_submit(w, &next->job), ERR_OK);
    }
}

Test(worker, done__may_submit_anew)
{
    struct worker *w = worker_new("test", 1, 1, NULL);
    struct task *t = task(0);

    t->job.done = done_again;
    t->again = w;
    cr_assert_eq(worker_submit(w, &t->job), ERR_OK);
    drain_until(w, 6);
    worker_free(w);
}

static void done_closed(struct job *j)
{
    struct task *t = (struct task *)j;
    struct task *late = task(99);

    cr_expect_eq(worker_submit(t->again, &late->job), ERR_CLOSED);
    mem_free(late);
    done(j);
}

Test(worker, free__finishes_the_queue_and_takes_no_more)
{
    struct worker *w = worker_new("test", 2, 1000, NULL);

    for (int i = 0; i < 500; i++) {
        struct task *t = task(i);
        t->job.done = done_closed;
        t->again = w;
        cr_assert_eq(worker_submit(w, &t->job), ERR_OK);
    }
    worker_free(w);
    cr_expect_eq(done_count, 500);
    worker_free(NULL);
}

/* Hooks that count, and check that jobs run only between them. */
static atomic_int batches;
static atomic_int overlaps;
static atomic_bool open_batch;

static void begin(void *arg)
{
    (void)arg;
    overlaps += atomic_exchange(&open_batch, true);
}

static enum err end(void *arg)
{
    overlaps += !atomic_exchange(&open_batch, false);
    return ++batches == 2 ? *(enum err *)arg : ERR_OK;
}

static void run_inside(struct job *j)
{
    overlaps += !atomic_load(&open_batch);
    run(j);
}

static enum err verdicts[10];

static void done_verdict(struct job *j)
{
    verdicts[((struct task *)j)->id] = j->batch;
    done(j);
}

static void submit_inside(struct worker *w, int id, sem_t *gate)
{
    struct task *t = task(id);

    t->job.run = run_inside;
    t->job.done = done_verdict;
    t->gate = gate;
    cr_assert_eq(worker_submit(w, &t->job), ERR_OK);
}

static sem_t first_started;

static void run_first(struct job *j)
{
    (void)sem_post(&first_started);
    run_inside(j);
}

Test(worker, hooks__what_waits_is_one_batch_with_one_verdict)
{
    static enum err verdict = ERR_IO;
    const struct worker_hooks hooks = {begin, end, &verdict};
    struct worker *w = worker_new("test", 4, 100, &hooks);
    struct task *t = task(0);
    sem_t gate;

    (void)sem_init(&gate, 0, 0);
    (void)sem_init(&first_started, 0, 0);
    t->job.run = run_first;
    t->job.done = done_verdict;
    t->gate = &gate;
    cr_assert_eq(worker_submit(w, &t->job), ERR_OK);
    (void)sem_wait(&first_started); /* it is alone in its batch: the others wait behind it */
    for (int i = 1; i < 10; i++)
        submit_inside(w, i, NULL);
    (void)sem_post(&gate);
    drain_until(w, 10);
    cr_expect_eq(batches, 2);
    cr_expect_eq(overlaps, 0);
    cr_expect_eq(verdicts[0], ERR_OK);
    for (int i = 1; i < 10; i++)
        cr_expect_eq(verdicts[i], ERR_IO);
    worker_free(w);
    (void)sem_destroy(&gate);
    (void)sem_destroy(&first_started);
}

static int wakes;

static void wake(void *arg)
{
    cr_expect_eq(done_count, *(int *)arg);
    wakes++;
}

Test(worker, hooks__batches_never_overlap_whatever_was_asked)
{
    static enum err verdict = ERR_OK;
    const struct worker_hooks hooks = {begin, end, &verdict};
    struct worker *w = worker_new("test", 8, 1000, &hooks);

    for (int i = 0; i < 1000; i++) {
        struct task *t = task(i);
        t->job.run = run_inside;
        cr_assert_eq(worker_submit(w, &t->job), ERR_OK);
    }
    drain_until(w, 1000);
    worker_free(w);
    cr_expect_eq(overlaps, 0);
    for (int i = 0; i < 1000; i++)
        cr_assert_eq(order[i], i);
}

Test(worker, inline__runs_at_once_and_is_done_only_when_drained)
{
    int none = 0;
    struct worker *w = worker_new_inline(wake, &none, NULL);
    struct task *t = task(7);

    cr_expect_eq(worker_fd(w), -1);
    cr_assert_eq(worker_submit(w, &t->job), ERR_OK);
    cr_expect(t->ran);
    cr_expect(pthread_equal(t->ran_on, pthread_self()));
    cr_expect_eq(wakes, 1);
    cr_expect_eq(done_count, 0);
    cr_expect_eq(worker_waiting(w), 1);
    worker_drain(w);
    cr_expect_eq(done_count, 1);
    worker_drain(w);
    cr_expect_eq(done_count, 1);
    worker_free(w);
}

Test(worker, inline__hooks_surround_each_job)
{
    static enum err verdict = ERR_FULL;
    const struct worker_hooks hooks = {begin, end, &verdict};
    struct worker *w = worker_new_inline(NULL, NULL, &hooks);

    for (int i = 0; i < 3; i++)
        submit_inside(w, i, NULL);
    cr_expect_eq(batches, 3);
    worker_free(w); /* calls what was not drained */
    cr_expect_eq(done_count, 3);
    cr_expect_eq(verdicts[0], ERR_OK);
    cr_expect_eq(verdicts[1], ERR_FULL);
    cr_expect_eq(verdicts[2], ERR_OK);
}

Test(worker, inline__a_job_submitted_by_done_waits_for_the_next_drain)
{
    struct worker *w = worker_new_inline(NULL, NULL, NULL);
    struct task *t = task(4);

    t->job.done = done_again;
    t->again = w;
    cr_assert_eq(worker_submit(w, &t->job), ERR_OK);
    worker_drain(w);
    cr_expect_eq(done_count, 1);
    cr_expect_eq(worker_waiting(w), 1);
    worker_drain(w);
    cr_expect_eq(done_count, 2);
    worker_free(w);
}

static void run_mask(struct job *j)
{
    sigset_t mask;

    cr_expect_eq(pthread_sigmask(SIG_SETMASK, NULL, &mask), 0);
    cr_expect_eq(sigismember(&mask, SIGTERM), 1);
    cr_expect_eq(sigismember(&mask, SIGWINCH), 1);
    run(j);
}

Test(worker, new__signals_stay_with_the_loop)
{
    struct worker *w = worker_new("test", 1, 1, NULL);
    struct task *t = task(0);
    sigset_t mask;

    t->job.run = run_mask;
    cr_assert_eq(worker_submit(w, &t->job), ERR_OK);
    drain_until(w, 1);
    cr_expect_eq(pthread_sigmask(SIG_SETMASK, NULL, &mask), 0);
    cr_expect_eq(sigismember(&mask, SIGTERM), 0);
    worker_free(w);
}
