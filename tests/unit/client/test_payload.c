/* SPDX-License-Identifier: ISC */
/* What is inside of a sealed message: written by somebody who may be anybody. */
#include "client/offer.h"
#include "client/payload.h"

#include <criterion/criterion.h>

#include "base/mem.h"

#define HEAD      42 /* version, kind, id, stream, index, time */
#define TEXT_ROOM (PAYLOAD_TEXT + 1024u)

/* One good payload of each kind; the caller's list lives as long as it is used. */
static struct payload sample(uint8_t kind, struct list_writer *heard)
{
    struct payload p = {.kind = kind, .stream = 3, .sent_ms = 1700000000000};
    struct payload_heard row = {.stream = 1, .index = UINT64_MAX};

    memset(p.id, 0x5c, sizeof p.id);
    p.index = payload_counted(kind) ? 9 : 0;
    if (kind == PAYLOAD_RECEIPT || kind == PAYLOAD_READ) {
        list_add(heard, &PAYLOAD_HEARD_ROW, &row);
        list_add(heard, &PAYLOAD_HEARD_ROW, &row);
        p.receipt.heard = list_view(heard);
    } else if (kind == PAYLOAD_TYPING) {
        p.typing.on = 1;
    } else if (kind == PAYLOAD_PSK) {
        p.psk.generation = 4;
        memset(p.psk.psk, 0x77, sizeof p.psk.psk);
    } else {
        p.text.text = bytes_str("tea at f\xc3\xbcnf");
    }
    return p;
}

static void written(uint8_t kind, struct buf *out)
{
    struct list_writer heard;

    list_begin(&heard, 4096);
    struct payload p = sample(kind, &heard);
    buf_init(out, TEXT_ROOM);
    payload_write(&p, out);
    cr_assert_eq(buf_end(out), ERR_OK);
    list_end(&heard);
}

/* At its exact size on the heap, so that a read past the end is seen. What was read is read
 * again, field by field. */
static enum err read_exactly(struct bytes b)
{
    uint8_t *copy = b.n != 0 ? mem_dup(b.p, b.n) : mem_alloc(1);
    struct payload p;
    enum err e = payload_read(bytes_of(copy, b.n), &p);

    if (e == ERR_OK) {
        struct buf again;
        buf_init(&again, TEXT_ROOM);
        payload_write(&p, &again);
        cr_assert(bytes_eq(buf_view(&again), b), "read as something else than was written");
        buf_free(&again);
    }
    mem_free(copy);
    return e;
}

Test(payload, kinds__round_trip)
{
    for (uint8_t kind = PAYLOAD_TEXT_KIND; kind < PAYLOAD_KINDS; kind++) {
        struct list_writer heard;
        struct payload back;
        struct buf b;
        list_begin(&heard, 4096);
        struct payload p = sample(kind, &heard);
        written(kind, &b);
        cr_assert_eq(read_exactly(buf_view(&b)), ERR_OK, "kind %u", kind);
        cr_assert_eq(payload_read(buf_view(&b), &back), ERR_OK);
        cr_assert_eq(back.kind, kind);
        cr_assert_eq(memcmp(back.id, p.id, PAYLOAD_ID), 0);
        cr_assert_eq(back.stream, p.stream);
        cr_assert_eq(back.index, p.index);
        cr_assert_eq(back.sent_ms, p.sent_ms);
        buf_free(&b);
        list_end(&heard);
    }
}

Test(payload, receipt__gives_back_every_row)
{
    struct payload_heard row;
    struct payload p;
    struct buf b;

    written(PAYLOAD_RECEIPT, &b);
    cr_assert_eq(payload_read(buf_view(&b), &p), ERR_OK);
    cr_assert_eq(p.receipt.heard.count, 2);
    for (int i = 0; i < 2; i++) {
        cr_assert(list_next(&p.receipt.heard, &PAYLOAD_HEARD_ROW, &row));
        cr_assert_eq(row.index, UINT64_MAX);
    }
    cr_assert_not(list_next(&p.receipt.heard, &PAYLOAD_HEARD_ROW, &row));
    buf_free(&b);
}

Test(payload, read__cut_anywhere_is_refused)
{
    for (uint8_t kind = PAYLOAD_TEXT_KIND; kind < PAYLOAD_KINDS; kind++) {
        struct buf b;
        written(kind, &b);
        for (size_t n = 0; n < b.n; n++)
            cr_assert_eq(
                read_exactly(bytes_of(b.p, n)), ERR_FORMAT, "kind %u cut to %zu", kind, n);
        buf_free(&b);
    }
}

Test(payload, read__with_a_byte_behind_is_refused)
{
    for (uint8_t kind = PAYLOAD_TEXT_KIND; kind < PAYLOAD_KINDS; kind++) {
        struct buf b;
        written(kind, &b);
        buf_u8(&b, 0);
        cr_assert_eq(read_exactly(buf_view(&b)), ERR_FORMAT, "kind %u", kind);
        buf_free(&b);
    }
}

Test(payload, read__with_any_bit_flipped_is_refused_or_read_as_it_stands)
{
    for (uint8_t kind = PAYLOAD_TEXT_KIND; kind < PAYLOAD_KINDS; kind++) {
        struct buf b;
        written(kind, &b);
        for (size_t bit = 0; bit < 8 * b.n; bit++) {
            b.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
            (void)read_exactly(buf_view(&b));
            b.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
        buf_free(&b);
    }
}

Test(payload, index__and_kind_go_together)
{
    for (uint8_t kind = PAYLOAD_TEXT_KIND; kind < PAYLOAD_KINDS; kind++) {
        struct buf b;
        written(kind, &b);
        memset(b.p + 26, 0, 8);
        b.p[33] = payload_counted(kind) ? 0 : 1;
        cr_assert_eq(read_exactly(buf_view(&b)), ERR_FORMAT, "kind %u", kind);
        buf_free(&b);
    }
}

Test(payload, kind__that_is_not_known_is_said)
{
    struct payload p;
    struct buf b;

    written(PAYLOAD_TEXT_KIND, &b);
    for (unsigned kind = 0; kind < 256; kind++) {
        b.p[1] = (uint8_t)kind;
        if (kind >= PAYLOAD_TEXT_KIND && kind < PAYLOAD_KINDS)
            continue;
        cr_assert_eq(payload_read(buf_view(&b), &p), ERR_UNSUPPORTED);
        cr_assert_eq(p.kind, kind);
        cr_assert_eq(p.id[0], 0x5c);
        cr_assert_not(payload_counted((uint8_t)kind));
    }
    buf_free(&b);
}

Test(payload, version__that_is_not_known_is_said)
{
    struct payload p;
    struct buf b;

    written(PAYLOAD_TEXT_KIND, &b);
    for (unsigned version = 0; version < 256; version++) {
        b.p[0] = (uint8_t)version;
        cr_assert_eq(payload_read(buf_view(&b), &p), version == 1 ? ERR_OK : ERR_UNSUPPORTED);
    }
    buf_free(&b);
}

/* A payload whose text is n bytes of one letter. */
static enum err with_text(uint8_t kind, size_t n, char letter)
{
    struct buf b;

    buf_init(&b, 2 * TEXT_ROOM);
    buf_u8(&b, 1);
    buf_u8(&b, kind);
    for (int i = 0; i < HEAD - 3; i++)
        buf_u8(&b, 0);
    buf_u8(&b, 0);
    b.p[33] = payload_counted(kind);
    buf_u16(&b, (uint16_t)n);
    for (size_t i = 0; i < n; i++)
        buf_u8(&b, (uint8_t)letter);
    cr_assert_eq(buf_end(&b), ERR_OK);
    enum err e = read_exactly(buf_view(&b));
    buf_free(&b);
    return e;
}

Test(payload, text__has_a_ceiling_of_its_kind)
{
    static const struct {
        uint8_t kind;
        size_t least, most;
    } ROWS[] = {{PAYLOAD_TEXT_KIND, 1, PAYLOAD_TEXT}, {PAYLOAD_NICK, 1, 32},
        {PAYLOAD_TOPIC, 0, 390}, {PAYLOAD_TICKET, 1, 512}, {PAYLOAD_FILE, 1, OFFER_BYTES},
        {PAYLOAD_TAKEN_BACK, 1, PAYLOAD_ID}};

    for (size_t i = 0; i < MEM_COUNT(ROWS); i++) {
        cr_assert_eq(with_text(ROWS[i].kind, ROWS[i].least, 'x'), ERR_OK);
        cr_assert_eq(with_text(ROWS[i].kind, ROWS[i].most, 'x'), ERR_OK);
        cr_assert_neq(with_text(ROWS[i].kind, ROWS[i].most + 1, 'x'), ERR_OK);
        if (ROWS[i].least != 0)
            cr_assert_neq(with_text(ROWS[i].kind, 0, 'x'), ERR_OK);
    }
    cr_assert_neq(with_text(PAYLOAD_TEXT_KIND, 65535, 'x'), ERR_OK);
}

Test(payload, text__that_is_no_utf8_is_refused)
{
    cr_assert_eq(with_text(PAYLOAD_TEXT_KIND, 2, '\xff'), ERR_FORMAT);
    cr_assert_eq(with_text(PAYLOAD_NICK, 2, '\xff'), ERR_FORMAT);
    cr_assert_eq(with_text(PAYLOAD_TOPIC, 2, '\xc3'), ERR_FORMAT);
    cr_assert_eq(with_text(PAYLOAD_TICKET, 2, '\xff'), ERR_OK, "a signature is no text");
}

static enum err with_heard(uint16_t count, size_t really)
{
    struct payload_heard row = {0};
    struct list_writer w;
    struct buf b;

    list_begin(&w, 16384);
    for (size_t i = 0; i < really; i++)
        list_add(&w, &PAYLOAD_HEARD_ROW, &row);
    buf_init(&b, 16384);
    buf_u8(&b, 1);
    buf_u8(&b, PAYLOAD_RECEIPT);
    for (int i = 0; i < HEAD - 2; i++)
        buf_u8(&b, 0);
    buf_u16(&b, count);
    buf_bytes(&b, list_view(&w).raw);
    enum err e = read_exactly(buf_view(&b));
    buf_free(&b);
    list_end(&w);
    return e;
}

Test(payload, receipt__has_as_many_rows_as_it_says_and_not_too_many)
{
    cr_assert_eq(with_heard(0, 0), ERR_OK);
    cr_assert_eq(with_heard(PAYLOAD_HEARD, PAYLOAD_HEARD), ERR_OK);
    cr_assert_neq(with_heard(PAYLOAD_HEARD + 1, PAYLOAD_HEARD + 1), ERR_OK);
    cr_assert_neq(with_heard(3, 2), ERR_OK);
    cr_assert_neq(with_heard(2, 3), ERR_OK);
    cr_assert_neq(with_heard(65535, 1), ERR_OK);
}

Test(payload, read__of_nothing_is_refused)
{
    cr_assert_eq(read_exactly((struct bytes){0}), ERR_FORMAT);
}
