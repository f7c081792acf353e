/* SPDX-License-Identifier: ISC */
/*
 * How an op travels: copied and submitted by store_op_send(), run on the worker, answered
 * from its done(). An op that is refused (an input above its limit) travels as well, so that
 * its callback keeps its place. One that the worker has no room for cannot travel: it is hung
 * behind the last one that did, without what it carried, and is answered right after that.
 */
#include "server/store_op.h"

#include "base/log.h"
#include "base/mem.h"

struct store {
    struct store_file *file;
    struct worker *worker;
    struct store_op *last; /* of those submitted and not answered */
    struct store_op *turn; /* the one being answered */
    size_t refs;           /* the owner's, and one for each op */
    bool failing;
    struct store_most most;
    uint8_t relay_id[16];
    uint32_t generation;
};

static void store_unref(struct store *s)
{
    if (--s->refs == 0)
        mem_free(s);
}

/* Once when it starts to fail and once when it is over: a full disk must not fill a log. */
static void tell_faults(struct store *s, const struct store_op *op)
{
    if (op->r.rc != (s->failing ? ERR_OK : ERR_IO))
        return;
    s->failing = !s->failing;
    if (s->failing)
        LOG_ERROR("store", "the database fails: %s", err_str(op->fault));
    else
        LOG_INFO("store", "the database works again");
}

static void op_answer(struct store_op *op)
{
    op->fn(op->arg, &op->r);
    store_op_free(op);
}

static void op_done(struct job *j)
{
    struct store_op *op = (struct store_op *)j;
    struct store *s = op->store;

    if (op->job.batch != ERR_OK && !op->refused) {
        op->fault = op->job.batch;
        store_op_clear(op, ERR_IO);
    }
    tell_faults(s, op);
    if (s->last == op)
        s->last = NULL;
    s->turn = op;
    op->fn(op->arg, &op->r);
    while (op->behind != NULL) {
        struct store_op *next = op->behind;
        op->behind = next->next;
        if (op->behind == NULL)
            op->behind_last = &op->behind;
        op_answer(next);
    }
    s->turn = NULL;
    store_op_free(op);
    store_unref(s);
}

/* Callers keep no more than the worker takes, so some op is always there to hang it behind. */
static void op_hang(struct store *s, struct store_op *op)
{
    struct store_op *before = s->last != NULL ? s->last : s->turn;

    if (before == NULL)
        mem_die("the worker of the store takes no jobs");
    *before->behind_last = op;
    before->behind_last = &op->next;
}

void store_keep_most(struct store *s, const struct store_most *most)
{
    s->most = *most;
}

void store_op_send(struct store *s, const struct store_op *from)
{
    size_t size;
    enum err e = store_op_size(from, &size);
    struct store_op *op = e == ERR_OK ? store_op_copy(from, size) : store_op_refused(from, e);

    op->store = s;
    op->file = s->file;
    op->most = s->most;
    op->job.run = store_sql_run;
    op->job.done = op_done;
    op->behind_last = &op->behind;
    s->refs++;
    e = worker_submit(s->worker, &op->job);
    if (e == ERR_OK) {
        s->last = op;
        return;
    }
    store_unref(s);
    store_op_free(op);
    op_hang(s, store_op_refused(from, e == ERR_FULL ? ERR_BUSY : e));
}

/* ---- from birth to death ---- */

struct store *store_sqlite_new(struct store_file *f, struct worker *w)
{
    struct store *s = mem_alloc(sizeof *s);

    s->file = f;
    s->worker = w;
    s->refs = 1;
    store_sql_whoami(f, s->relay_id, &s->generation);
    return s;
}

void store_free(struct store *s)
{
    if (s != NULL)
        store_unref(s);
}

const uint8_t *store_relay_id(const struct store *s)
{
    return s->relay_id;
}

uint32_t store_generation(const struct store *s)
{
    return s->generation;
}

enum err store_load(struct store *s, const struct store_loader *to)
{
    return store_sql_load(s->file, to);
}
