/* SPDX-License-Identifier: ISC */
#include "base/worker.h"

#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/mem.h"

#define LOW 10 /* what nice(1) takes when it is told nothing */

struct list {
    struct job *first;
    struct job *last;
};

struct worker {
    /* The loop's thread alone. */
    size_t waiting;
    size_t queue_max;
    unsigned thread_count; /* 0: inline */
    pthread_t *threads;
    void (*wake)(void *arg);
    void *wake_arg;
    /* Set before the threads start, read by all. */
    int fd;
    bool batched;
    struct worker_hooks hooks;
    /* Guarded by lock. */
    pthread_mutex_t lock;
    pthread_cond_t more;
    struct list queue;
    struct list results;
    bool stop;
    bool low;
};

static void list_append(struct list *to, struct list from)
{
    if (from.first == NULL)
        return;
    if (to->first == NULL)
        to->first = from.first;
    else
        to->last->next = from.first;
    to->last = from.last;
}

static struct list list_take(struct list *from, bool all)
{
    struct list taken = *from;

    if (!all && taken.first != taken.last) {
        from->first = taken.first->next;
        taken.last = taken.first;
        taken.last->next = NULL;
        return taken;
    }
    *from = (struct list){0};
    return taken;
}

static void worker_run(struct worker *w, struct list batch)
{
    enum err verdict = ERR_OK;

    if (w->batched)
        w->hooks.begin(w->hooks.arg);
    for (struct job *j = batch.first; j != NULL; j = j->next)
        j->run(j);
    if (w->batched)
        verdict = w->hooks.end(w->hooks.arg);
    for (struct job *j = batch.first; j != NULL; j = j->next)
        j->batch = verdict;
}

/* Of the calling thread alone, as Linux has it. */
static void step_back(bool wanted, bool *done)
{
    if (wanted && !*done)
        (void)setpriority(PRIO_PROCESS, 0, LOW);
    *done = wanted;
}

static void *worker_main(void *arg)
{
    static const uint64_t ONE = 1;
    struct worker *w = arg;
    bool lowered = false;

    (void)pthread_mutex_lock(&w->lock);
    for (;;) {
        while (w->queue.first == NULL && !w->stop)
            (void)pthread_cond_wait(&w->more, &w->lock);
        if (w->queue.first == NULL)
            break;
        struct list batch = list_take(&w->queue, w->batched);
        bool low = w->low;
        (void)pthread_mutex_unlock(&w->lock);
        step_back(low, &lowered);
        worker_run(w, batch);
        (void)pthread_mutex_lock(&w->lock);
        list_append(&w->results, batch);
        /* The counter cannot overflow: it is read before the list is taken. */
        (void)!write(w->fd, &ONE, sizeof ONE);
    }
    (void)pthread_mutex_unlock(&w->lock);
    return NULL;
}

static struct worker *worker_make(const struct worker_hooks *hooks)
{
    struct worker *w = mem_alloc(sizeof *w);

    w->fd = -1;
    if (hooks != NULL) {
        w->batched = true;
        w->hooks = *hooks;
    }
    if (pthread_mutex_init(&w->lock, NULL) != 0 || pthread_cond_init(&w->more, NULL) != 0)
        mem_die("a worker's lock cannot be made");
    return w;
}

static void worker_start(struct worker *w, const char *name)
{
    sigset_t all;
    sigset_t before;
    char short_name[16]; /* what the kernel keeps */

    /* A thread inherits the mask: signals belong to the loop. */
    (void)sigfillset(&all);
    if (pthread_sigmask(SIG_SETMASK, &all, &before) != 0)
        mem_die("signals cannot be blocked");
    (void)snprintf(short_name, sizeof short_name, "%s", name);
    for (unsigned i = 0; i < w->thread_count; i++) {
        if (pthread_create(&w->threads[i], NULL, worker_main, w) != 0)
            mem_die("a worker thread cannot start");
        (void)pthread_setname_np(w->threads[i], short_name);
    }
    if (pthread_sigmask(SIG_SETMASK, &before, NULL) != 0)
        mem_die("signals cannot be unblocked");
}

struct worker *worker_new(
    const char *name, unsigned threads, size_t queue_max, const struct worker_hooks *hooks)
{
    struct worker *w = worker_make(hooks);

    w->queue_max = queue_max;
    w->thread_count = hooks != NULL || threads == 0 ? 1 : threads;
    w->threads = mem_array(w->thread_count, sizeof *w->threads);
    w->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (w->fd < 0)
        mem_die("a worker's eventfd cannot be made");
    worker_start(w, name);
    return w;
}

struct worker *worker_new_inline(
    void (*wake)(void *arg), void *arg, const struct worker_hooks *hooks)
{
    struct worker *w = worker_make(hooks);

    w->queue_max = SIZE_MAX;
    w->wake = wake;
    w->wake_arg = arg;
    return w;
}

enum err worker_submit(struct worker *w, struct job *j)
{
    struct list one = {j, j};

    if (w->waiting >= w->queue_max)
        return ERR_FULL;
    (void)pthread_mutex_lock(&w->lock);
    bool stop = w->stop;
    if (!stop) {
        j->next = NULL;
        j->batch = ERR_OK;
        w->waiting++;
        if (w->thread_count != 0) {
            list_append(&w->queue, one);
            (void)pthread_cond_signal(&w->more);
        }
    }
    (void)pthread_mutex_unlock(&w->lock);
    if (stop)
        return ERR_CLOSED;
    if (w->thread_count == 0) {
        worker_run(w, one);
        list_append(&w->results, one);
        if (w->wake != NULL)
            w->wake(w->wake_arg);
    }
    return ERR_OK;
}

void worker_lower(struct worker *w)
{
    (void)pthread_mutex_lock(&w->lock);
    w->low = w->thread_count != 0; /* an inline one is the loop's own thread */
    (void)pthread_mutex_unlock(&w->lock);
}

int worker_fd(const struct worker *w)
{
    return w->fd;
}

void worker_drain(struct worker *w)
{
    uint64_t count;

    if (w->fd >= 0)
        (void)!read(w->fd, &count, sizeof count);
    (void)pthread_mutex_lock(&w->lock);
    struct list ready = list_take(&w->results, true);
    (void)pthread_mutex_unlock(&w->lock);
    for (struct job *j = ready.first; j != NULL;) {
        struct job *next = j->next; /* done() may free j */
        w->waiting--;
        j->done(j);
        j = next;
    }
}

size_t worker_waiting(const struct worker *w)
{
    return w->waiting;
}

void worker_free(struct worker *w)
{
    if (w == NULL)
        return;
    (void)pthread_mutex_lock(&w->lock);
    w->stop = true;
    (void)pthread_cond_broadcast(&w->more);
    (void)pthread_mutex_unlock(&w->lock);
    for (unsigned i = 0; i < w->thread_count; i++)
        (void)pthread_join(w->threads[i], NULL);
    worker_drain(w);
    if (w->fd >= 0)
        (void)close(w->fd);
    (void)pthread_cond_destroy(&w->more);
    (void)pthread_mutex_destroy(&w->lock);
    mem_free(w->threads);
    mem_free(w);
}
