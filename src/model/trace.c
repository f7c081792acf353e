/* SPDX-License-Identifier: ISC */
#include "model/trace.h"

#include "base/mem.h"

void trace_fini(struct trace *t)
{
    mem_free(t->ring);
    *t = (struct trace){0};
}

void trace_add(struct trace *t, const struct trace_row *like, struct bytes where)
{
    struct trace_row *row;

    if (t->ring == NULL)
        t->ring = mem_array(TRACE_MAX, sizeof *t->ring);
    if (t->count == TRACE_MAX) {
        t->head = (t->head + 1) % TRACE_MAX;
        t->count--;
    }
    row = &t->ring[(t->head + t->count++) % TRACE_MAX];
    *row = *like;
    row->id = ++t->last_id;
    row->where_n = (uint8_t)(where.n < TRACE_WHERE ? where.n : TRACE_WHERE);
    if (row->where_n != 0)
        memcpy(row->where, where.p, row->where_n);
}

const struct trace_row *trace_at(const struct trace *t, size_t i)
{
    return i < t->count ? &t->ring[(t->head + i) % TRACE_MAX] : NULL;
}
