/* SPDX-License-Identifier: ISC */
/* Every body: the first byte is the opcode, the second which of its shapes. What decodes is
 * walked as handlers walk it, and says the same when it is written again. */
#include <stdlib.h>
#include <string.h>

#include "net/opcode.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void walk_list(struct list l, const struct schema *of)
{
    _Alignas(max_align_t) uint8_t record[SCHEMA_RECORD_MAX];
    size_t want = l.count;

    while (list_next(&l, of, record))
        want--;
    if (want != 0 || l.raw.n != 0)
        abort(); /* a list that decoded has all its records and nothing else */
}

static void walk(const struct schema *s, const uint8_t *msg)
{
    struct bytes run, name;

    for (size_t i = 0; i < s->count; i++) {
        const struct field *f = &s->fields[i];
        if (f->kind == FIELD_LIST)
            walk_list(*(const struct list *)(const void *)(msg + f->at), f->of);
        if (f->kind != FIELD_NAMES)
            continue;
        run = *(const struct bytes *)(const void *)(msg + f->at);
        while (names_next(&run, &name))
            ;
        if (run.n != 0)
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    _Alignas(max_align_t) uint8_t msg[512];
    const struct opcode_row *row = n >= 2 ? opcode_row(p[0]) : NULL;
    const char *bad = NULL;
    struct buf b;

    if (row == NULL)
        return 0;
    const struct schema *const shapes[] = {row->ask, row->tell, row->answer};
    const struct schema *s = shapes[p[1] % 3];
    struct bytes body = bytes_of(p + 2, n - 2);
    if (s == NULL || schema_decode(s, body, msg, &bad) != ERR_OK)
        return 0;
    walk(s, msg);
    buf_init(&b, 8u << 20);
    schema_encode(s, msg, &b);
    size_t same = body.n < b.n ? body.n : b.n; /* a run of names may end with the body */
    if (buf_end(&b) != ERR_OK || b.n > body.n + 1 || same < body.n ||
        !bytes_eq(bytes_of(b.p, same), bytes_of(body.p, same)))
        abort();
    buf_free(&b);
    return 0;
}
