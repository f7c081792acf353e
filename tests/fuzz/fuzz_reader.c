/* SPDX-License-Identifier: ISC */
/* The latching reader: the first part of the input says what is read from the rest. */
#include <stdlib.h>

#include "base/reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void must(bool held)
{
    if (!held)
        abort();
}

/* A view lies inside, or is empty. */
static void check_view(const struct reader *r, struct bytes v)
{
    must(v.n == 0 || (v.p >= r->p && v.p + v.n <= r->p + r->n));
    must(r->err == ERR_OK || v.n == 0);
}

static void read_one(struct reader *r, uint8_t how)
{
    switch (how % 9) {
    case 0:
        (void)reader_u8(r);
        break;
    case 1:
        (void)reader_u16(r);
        break;
    case 2:
        (void)reader_u32(r);
        break;
    case 3:
        (void)reader_u64(r);
        break;
    case 4:
        check_view(r, reader_bytes(r, how));
        break;
    case 5:
        check_view(r, reader_str8(r));
        break;
    case 6:
        check_view(r, reader_blob16(r, (size_t)how * 4));
        break;
    case 7:
        check_view(r, reader_blob32(r, (size_t)how * 16));
        break;
    default:
        check_view(r, how > 250 ? reader_rest(r) : reader_str8(r));
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    struct reader r;
    size_t plan = n / 3;
    enum err first = ERR_OK;

    reader_init(&r, bytes_of(p + plan, n - plan));
    for (size_t i = 0; i < plan; i++) {
        read_one(&r, p[i]);
        must(first == ERR_OK || reader_err(&r) == first); /* the first error stays */
        first = reader_err(&r);
        must(r.at <= r.n);
        must(first == ERR_OK || reader_left(&r) == 0);
    }
    must((reader_end(&r) == ERR_OK) == (first == ERR_OK && r.at == r.n));
    return 0;
}
