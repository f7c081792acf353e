/* SPDX-License-Identifier: ISC */
#include "client/inspect.h"

#include <string.h>

#include "base/reader.h"
#include "net/opcode.h"

/* True: the field is passed, and another may be looked at. */
static bool pass(struct reader *r, const struct field *f)
{
    static const uint8_t SIZES[] = {
        [FIELD_U8] = 1, [FIELD_U16] = 2, [FIELD_U32] = 4, [FIELD_U64] = 8};

    if (f->kind <= FIELD_U64)
        (void)reader_bytes(r, SIZES[f->kind]);
    else if (f->kind == FIELD_FIX)
        (void)reader_bytes(r, f->max);
    else if (f->kind == FIELD_STR8)
        (void)reader_str8(r);
    else
        return false;
    return true;
}

static bool is_who(const struct field *f)
{
    return f->kind == FIELD_STR8 &&
           (strcmp(f->name, "room") == 0 || strcmp(f->name, "user") == 0);
}

static struct bytes where_of(const struct schema *shape, struct bytes body)
{
    struct reader r;
    struct bytes who = {0};

    if (shape == NULL)
        return who;
    reader_init(&r, body);
    for (size_t i = 0; i < shape->count; i++) {
        if (is_who(&shape->fields[i])) {
            who = reader_str8(&r);
            break;
        }
        if (!pass(&r, &shape->fields[i]))
            break;
    }
    return reader_err(&r) == ERR_OK ? who : (struct bytes){0};
}

void inspect_frame(struct model *m, const struct trace_row *like, struct bytes body)
{
    const struct opcode_row *row = opcode_row(like->op);
    const struct schema *shape = NULL;
    struct trace_row frame = *like;

    if (row != NULL)
        shape = like->out ? row->ask : row->tell;
    frame.size = (uint32_t)body.n;
    frame.name = row != NULL ? row->name : "unknown";
    trace_add(&m->trace, &frame, where_of(shape, body));
    if (m->trace.watched)
        model_touch(m, MODEL_TRACE);
}
