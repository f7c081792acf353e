/* SPDX-License-Identifier: ISC */
/*
 * Glossary. Heap: armed timers, the soonest first, each knowing its place so that moving one
 * costs a few swaps. Phase list: tasks of one phase in the order they were asked for.
 */
#include "net/loop.h"

#include "base/mem.h"

void loop_init(struct loop *l, uint64_t now_ms, int64_t wall_ms)
{
    *l = (struct loop){.now_ms = now_ms, .wall_ms = wall_ms};
    for (int i = 0; i < LOOP_PHASES; i++)
        l->last[i] = &l->first[i];
}

void loop_fini(struct loop *l)
{
    mem_free(l->heap);
    l->heap = NULL;
    l->count = l->cap = 0;
}

static bool sooner(const struct loop_timer *a, const struct loop_timer *b)
{
    return a->due_ms != b->due_ms ? a->due_ms < b->due_ms : a->order < b->order;
}

static void heap_set(struct loop *l, size_t i, struct loop_timer *t)
{
    l->heap[i] = t;
    t->at = i + 1;
}

static void heap_up(struct loop *l, size_t i)
{
    struct loop_timer *t = l->heap[i];

    while (i > 0 && sooner(t, l->heap[(i - 1) / 2])) {
        heap_set(l, i, l->heap[(i - 1) / 2]);
        i = (i - 1) / 2;
    }
    heap_set(l, i, t);
}

static void heap_down(struct loop *l, size_t i)
{
    struct loop_timer *t = l->heap[i];

    for (;;) {
        size_t kid = 2 * i + 1;
        if (kid >= l->count)
            break;
        if (kid + 1 < l->count && sooner(l->heap[kid + 1], l->heap[kid]))
            kid++;
        if (!sooner(l->heap[kid], t))
            break;
        heap_set(l, i, l->heap[kid]);
        i = kid;
    }
    heap_set(l, i, t);
}

void loop_timer_init(struct loop_timer *t, loop_fn *fn, void *arg)
{
    *t = (struct loop_timer){.fn = fn, .arg = arg};
}

void loop_timer_stop(struct loop *l, struct loop_timer *t)
{
    if (t->at == 0)
        return;
    size_t i = t->at - 1;
    struct loop_timer *last = l->heap[--l->count];
    t->at = 0;
    if (last == t)
        return;
    heap_set(l, i, last);
    heap_up(l, i);
    heap_down(l, last->at - 1);
}

void loop_timer_arm(struct loop *l, struct loop_timer *t, uint64_t after_ms)
{
    loop_timer_stop(l, t);
    if (l->count == l->cap) {
        l->cap = l->cap ? l->cap * 2 : 16;
        l->heap = mem_realloc(l->heap, l->cap * sizeof(struct loop_timer *));
    }
    t->due_ms = l->now_ms + after_ms;
    t->order = l->order++;
    heap_set(l, l->count, t);
    heap_up(l, l->count++);
}

bool loop_timer_armed(const struct loop_timer *t)
{
    return t->at != 0;
}

void loop_task_init(struct loop_task *t, loop_fn *fn, void *arg)
{
    *t = (struct loop_task){.fn = fn, .arg = arg};
}

void loop_later(struct loop *l, struct loop_task *t, enum loop_phase phase)
{
    if (t->queued)
        return;
    t->queued = true;
    t->next = NULL;
    *l->last[phase] = t;
    l->last[phase] = &t->next;
}

void loop_cancel(struct loop *l, struct loop_task *t)
{
    if (!t->queued)
        return;
    for (int i = 0; i < LOOP_PHASES; i++) {
        for (struct loop_task **at = &l->first[i]; *at != NULL; at = &(*at)->next) {
            if (*at != t)
                continue;
            *at = t->next;
            if (*at == NULL)
                l->last[i] = at;
            t->queued = false;
            return;
        }
    }
}

bool loop_busy(const struct loop *l)
{
    for (int i = 0; i < LOOP_PHASES; i++) {
        if (l->first[i] != NULL)
            return true;
    }
    return false;
}

static void loop_run_phase(struct loop *l, enum loop_phase phase)
{
    while (l->first[phase] != NULL) {
        struct loop_task *t = l->first[phase];
        l->first[phase] = t->next;
        if (t->next == NULL)
            l->last[phase] = &l->first[phase];
        t->queued = false;
        t->fn(t->arg);
        if (phase == LOOP_FLUSH && l->first[LOOP_DELIVER] != NULL)
            break;
    }
}

void loop_turn_end(struct loop *l)
{
    /* What REAP causes (a farewell to a room) is delivered and flushed in the same turn. */
    do {
        do {
            loop_run_phase(l, LOOP_DELIVER);
            loop_run_phase(l, LOOP_FLUSH);
        } while (l->first[LOOP_DELIVER] != NULL || l->first[LOOP_FLUSH] != NULL);
        loop_run_phase(l, LOOP_REAP);
    } while (loop_busy(l));
}

void loop_turn_begin(struct loop *l, uint64_t now_ms, int64_t wall_ms)
{
    /* Timers armed by the timers of this turn wait for the next, so a turn always ends. */
    uint64_t before = l->order;

    l->now_ms = now_ms > l->now_ms ? now_ms : l->now_ms;
    l->wall_ms = wall_ms;
    while (l->count != 0 && l->heap[0]->due_ms <= l->now_ms && l->heap[0]->order < before) {
        struct loop_timer *t = l->heap[0];
        loop_timer_stop(l, t);
        t->fn(t->arg);
    }
}

uint64_t loop_next_due(const struct loop *l)
{
    return l->count != 0 ? l->heap[0]->due_ms : UINT64_MAX;
}
