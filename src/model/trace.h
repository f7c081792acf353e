/* SPDX-License-Identifier: ISC */
/*
 * The last frames in and out, as an inspector shows them: when, which, how large, in which
 * state and about whom; never what is in them. A ring that forgets its oldest. Names are the
 * caller's constants and are kept as pointers.
 */
#ifndef MODEL_TRACE_H
#define MODEL_TRACE_H

#include "base/bytes.h"

#define TRACE_MAX   1000
#define TRACE_WHERE 64

struct trace_row {
    uint64_t id; /* only grows */
    int64_t wall_ms;
    bool out; /* from us to the relay */
    uint8_t op;
    uint8_t where_n;
    uint32_t size;           /* of the body */
    const char *name;        /* of the opcode */
    const char *state;       /* of the session */
    char where[TRACE_WHERE]; /* a room or a person, foreign bytes; or nothing */
};

struct trace {
    struct trace_row *ring; /* NULL: nothing yet */
    size_t head;
    size_t count;
    uint64_t last_id;
    bool watched; /* somebody looks: each row is worth drawing */
};

void trace_fini(struct trace *t);
/* id of what is handed in is ignored. */
void trace_add(struct trace *t, const struct trace_row *like, struct bytes where);
const struct trace_row *trace_at(const struct trace *t, size_t i); /* 0: the oldest; or NULL */

#endif
