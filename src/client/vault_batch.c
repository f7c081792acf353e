/* SPDX-License-Identifier: ISC */
/*
 * From puts to batches. One batch is on its way at a time; what is committed meanwhile waits
 * and goes with the next, all of it in one transaction. So a slow disk gets fewer and larger
 * transactions, and nothing overtakes a batch that failed.
 */
#include <poll.h>
#include <stdio.h>

#include "base/log.h"
#include "base/mem.h"
#include "client/vault_impl.h"

void vault_ops_free(struct vault_ops *ops)
{
    while (ops->first != NULL) {
        struct vault_op *op = ops->first;
        ops->first = op->next;
        mem_wipe_free(op, sizeof *op + op->key_n + op->value_n);
    }
    *ops = (struct vault_ops){0};
}

static void ops_append(struct vault_ops *to, struct vault_ops *from)
{
    if (from->first == NULL)
        return;
    if (to->first == NULL)
        to->first = from->first;
    else
        to->last->next = from->first;
    to->last = from->last;
    to->count += from->count;
    *from = (struct vault_ops){0};
}

struct vault_op *vault_op_put(
    struct vault *v, enum vault_op_kind kind, struct bytes key, struct bytes value)
{
    struct vault_op *op = mem_alloc(sizeof *op + key.n + value.n);
    struct vault_ops one = {op, op, 1};

    op->kind = kind;
    op->key_n = key.n;
    op->value_n = value.n;
    if (key.n != 0)
        memcpy(op->bytes, key.p, key.n);
    if (value.n != 0)
        memcpy(op->bytes + key.n, value.p, value.n);
    ops_append(&v->pending, &one);
    return op;
}

static void put_row(struct vault *v, enum vault_op_kind kind, enum vault_space space,
    struct bytes key, uint32_t sub, struct bytes value)
{
    struct vault_op *op = vault_op_put(v, kind, key, value);

    op->space = (uint8_t)space;
    op->sub = sub;
}

void vault_put(
    struct vault *v, enum vault_space space, struct bytes key, uint32_t sub, struct bytes value)
{
    put_row(v, VAULT_OP_PUT, space, key, sub, value);
}

void vault_del(struct vault *v, enum vault_space space, struct bytes key, uint32_t sub)
{
    put_row(v, VAULT_OP_DEL, space, key, sub, (struct bytes){0});
}

void vault_del_all(struct vault *v, enum vault_space space, struct bytes key)
{
    put_row(v, VAULT_OP_DEL_ALL, space, key, 0, (struct bytes){0});
}

uint64_t vault_ticket(const struct vault *v)
{
    return v->committed + (v->pending.first != NULL);
}

uint64_t vault_durable(const struct vault *v)
{
    return v->durable;
}

/* ---- on their way ---- */

void vault_submit(struct vault *v, struct job *j)
{
    v->handed = true;
    if (worker_submit(v->worker, j) != ERR_OK)
        mem_die("the vault's thread takes no more work");
}

static void batch_run(struct job *j)
{
    struct vault_batch *b = (struct vault_batch *)j;

    b->err = vault_file_run(b->vault->file, &b->ops);
}

static void tell_failure(struct vault *v, enum err e)
{
    static const char *const WORDS[ERR_COUNT] = {
        [ERR_FULL] = "the disk is full. Make room there, then try again",
        [ERR_IO] =
            "the disk does not take it. See that it is there and has room, then try again",
        [ERR_PERM] = "you may not write there. Set its owner and mode right, then try again",
        [ERR_BUSY] = "another program holds the file. End it, then try again",
        [ERR_CORRUPT] = "the file is damaged. Leave, and restore a backup of it",
        [ERR_TOO_BIG] = "something is larger than a vault takes",
    };
    const char *words = WORDS[e] != NULL ? WORDS[e] : err_str(e);
    char why[2 * VAULT_WHY];

    (void)snprintf(why, sizeof why, "%s is not up to date: %s",
        v->dir[0] != '\0' ? v->dir : "what is kept in memory", words);
    LOG_WARN("vault", "%s", log_text(bytes_str(why)));
    if (v->setup.failed != NULL && !v->closing)
        v->setup.failed(v->setup.arg, why);
}

static void push(struct vault *v);

static void batch_done(struct job *j)
{
    struct vault *v = ((struct vault_batch *)j)->vault;
    enum err e = v->batch.err; /* the thread's again after push() */

    v->busy = false;
    v->stuck = e != ERR_OK;
    if (e == ERR_OK) {
        vault_ops_free(&v->batch.ops);
        v->durable = v->batch.ticket;
    }
    push(v);
    if (e != ERR_OK)
        tell_failure(v, e);
    else if (v->setup.landed != NULL && !v->closing)
        v->setup.landed(v->setup.arg);
}

static void submit_batch(struct vault *v)
{
    v->busy = true;
    v->stuck = false;
    vault_submit(v, &v->batch.job);
}

static void push(struct vault *v)
{
    if (!v->busy && !v->stuck && v->queued.first != NULL) {
        v->batch.job = (struct job){.run = batch_run, .done = batch_done};
        v->batch.vault = v;
        v->batch.ticket = v->submitted = v->committed;
        ops_append(&v->batch.ops, &v->queued);
        submit_batch(v);
    }
    history_release(v);
}

void vault_commit(struct vault *v)
{
    if (v->pending.first == NULL)
        return;
    v->committed++;
    ops_append(&v->queued, &v->pending);
    push(v);
}

void vault_retry(struct vault *v)
{
    if (v->stuck)
        submit_batch(v);
}

static void settle(struct vault *v)
{
    while (v->busy) {
        struct pollfd p = {.fd = worker_fd(v->worker), .events = POLLIN};
        if (p.fd >= 0)
            (void)poll(&p, 1, -1);
        worker_drain(v->worker);
    }
}

void vault_settle(struct vault *v)
{
    vault_commit(v);
    settle(v);
    vault_retry(v); /* the trouble may be over */
    settle(v);
    if (v->stuck)
        LOG_ERROR("vault", "%zu changes could not be written and are lost: %s",
            v->batch.ops.count + v->queued.count, err_str(v->batch.err));
}
