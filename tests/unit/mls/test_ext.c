/* SPDX-License-Identifier: ISC */
#include "mls/ext.h"

#include <criterion/criterion.h>

#include "base/mem.h"
#include "mls/wire.h"

static struct bytes read_list(struct bytes wire, enum err *e)
{
    struct reader r;

    reader_init(&r, wire);
    struct bytes list = ext_read(&r);
    *e = reader_end(&r);
    return list;
}

static void put_list(struct buf *b, const uint16_t *types, size_t n)
{
    size_t at = wire_open(b);

    for (size_t i = 0; i < n; i++)
        ext_put(b, types[i], bytes_of("datum", i % 6));
    wire_close(b, at);
}

Test(ext, read__truncated_everywhere_is_refused)
{
    static const uint16_t types[] = {1, 2, 0xf0a0, 7, 8, 9};
    struct buf b;
    enum err e;

    buf_init(&b, WIRE_MAX);
    put_list(&b, types, MEM_COUNT(types));
    (void)read_list(buf_view(&b), &e);
    cr_assert_eq(e, ERR_OK);
    for (size_t cut = 0; cut < b.n; cut++) {
        cr_assert_eq(read_list(bytes_of(b.p, cut), &e).n, 0);
        cr_assert_neq(e, ERR_OK);
        /* The list's own length cut as well: whatever still reads has whole entries. */
        uint8_t *p = mem_dup(b.p, b.n);
        p[0] = (uint8_t)cut;
        struct bytes list = read_list(bytes_of(p, cut + 1), &e);
        struct reader walk;
        struct ext x;
        size_t count = 0;
        reader_init(&walk, list);
        while (ext_next(&walk, &x))
            cr_assert_eq(x.type, types[count++]);
        cr_assert_eq(reader_end(&walk), ERR_OK);
        mem_free(p);
    }
    buf_u8(&b, 0);
    (void)read_list(buf_view(&b), &e);
    cr_assert_eq(e, ERR_FORMAT);
    buf_free(&b);
}

Test(ext, read__one_type_twice_is_refused)
{
    for (size_t i = 0; i < 5; i++) {
        for (size_t k = 0; k < i; k++) {
            uint16_t types[] = {3, 1, 0x0a0a, 0xfafa, 9};
            struct buf b;
            enum err e;
            types[i] = types[k];
            buf_init(&b, WIRE_MAX);
            put_list(&b, types, MEM_COUNT(types));
            cr_assert_eq(read_list(buf_view(&b), &e).n, 0);
            cr_assert_eq(e, ERR_FORMAT);
            buf_free(&b);
        }
    }
}

Test(ext, read__more_than_the_ceiling_are_too_many)
{
    uint16_t types[EXT_COUNT_MAX + 1];
    struct buf b;
    enum err e;

    for (size_t i = 0; i < MEM_COUNT(types); i++)
        types[i] = (uint16_t)(i * 257);
    buf_init(&b, WIRE_MAX);
    put_list(&b, types, EXT_COUNT_MAX);
    (void)read_list(buf_view(&b), &e);
    cr_assert_eq(e, ERR_OK);
    buf_clear(&b);
    put_list(&b, types, EXT_COUNT_MAX + 1);
    (void)read_list(buf_view(&b), &e);
    cr_assert_eq(e, ERR_TOO_BIG);
    buf_free(&b);
}

Test(ext, find__gives_the_data_of_the_type_alone)
{
    struct buf b;
    struct bytes data;
    enum err e;

    buf_init(&b, WIRE_MAX);
    size_t at = wire_open(&b);
    ext_put(&b, 0x0102, bytes_str("one"));
    ext_put(&b, 0x0201, (struct bytes){0});
    ext_put(&b, 0x0a0a, bytes_str("grease"));
    wire_close(&b, at);
    struct bytes list = read_list(buf_view(&b), &e);
    cr_assert_eq(e, ERR_OK);
    cr_assert(ext_find(list, 0x0102, &data));
    cr_assert(bytes_eq(data, bytes_str("one")));
    cr_assert(ext_find(list, 0x0201, &data));
    cr_assert_eq(data.n, 0);
    cr_assert(ext_find(list, 0x0a0a, &data));
    cr_assert(bytes_eq(data, bytes_str("grease")));
    data = bytes_str("old");
    cr_assert_not(ext_find(list, 0x0103, &data));
    cr_assert_eq(data.n, 0);
    cr_assert_not(ext_find((struct bytes){0}, 0, &data));
    buf_free(&b);
}

Test(ext, is_default__are_the_five_of_the_rfc)
{
    for (unsigned v = 0; v <= UINT16_MAX; v++)
        cr_assert_eq(ext_is_default((uint16_t)v), v >= 1 && v <= 5);
}

Test(ext, required__three_lists_and_nothing_behind)
{
    static const uint8_t whole[] = {2, 0xf0, 0x01, 4, 0, 9, 0, 10, 2, 0, 1};
    struct ext_required need;

    cr_assert_eq(ext_required_read(bytes_of(whole, sizeof whole), &need), ERR_OK);
    cr_assert(wire_u16s_has(need.extensions, 0xf001));
    cr_assert(wire_u16s_has(need.proposals, 9));
    cr_assert(wire_u16s_has(need.proposals, 10));
    cr_assert(wire_u16s_has(need.credentials, 1));
    for (size_t cut = 0; cut < sizeof whole; cut++) {
        cr_assert_neq(ext_required_read(bytes_of(whole, cut), &need), ERR_OK);
        cr_assert_eq(need.extensions.n, 0);
    }
    cr_assert_eq(
        ext_required_read(bytes_of("\x00\x00\x00\x00", 4), &need), ERR_FORMAT); /* trailing */
    cr_assert_eq(ext_required_read(bytes_of("\x01\x07\x00\x00", 4), &need), ERR_FORMAT);
    cr_assert_eq(ext_required_read(bytes_of("\x00\x00\x00", 3), &need), ERR_OK);
}
