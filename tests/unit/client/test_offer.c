/* SPDX-License-Identifier: ISC */
#include <criterion/criterion.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "client/offer.h"
#include "net/msg.h"
#include "support/attack.h"

#define BYTES_AT (FILE_KEY + HASH_SHA256)
#define CHUNK_AT (BYTES_AT + 8)
#define COUNT_AT (CHUNK_AT + 4)
#define NAME_AT  (COUNT_AT + 4)

static struct offer good(void)
{
    return (struct offer){.key = {1},
        .hash = {2},
        .bytes = 3 * MSG_CHUNK_MAX + 1,
        .chunk = MSG_CHUNK_MAX,
        .count = 4,
        .name = bytes_str("plan.pdf"),
        .note = bytes_str("for you")};
}

static void encode(const struct offer *o, struct buf *out)
{
    buf_init(out, OFFER_BYTES);
    offer_write(o, out);
    cr_assert_eq(buf_end(out), ERR_OK);
}

static void is_wrong(const struct offer *o, const char *field)
{
    struct buf b;
    struct offer back;
    const char *bad = "";

    encode(o, &b);
    cr_assert_eq(offer_read(buf_view(&b), &back, &bad), ERR_FORMAT, "%s", field);
    cr_assert_str_eq(bad, field);
    cr_assert_eq(back.key[0], 0, "a key is handed out");
    buf_free(&b);
}

static void is_right(const struct offer *o)
{
    struct buf b;
    struct offer back;
    const char *bad;

    encode(o, &b);
    cr_assert_eq(offer_read(buf_view(&b), &back, &bad), ERR_OK);
    cr_assert_eq(back.bytes, o->bytes);
    cr_assert_eq(back.count, o->count);
    cr_assert_eq(back.chunk, o->chunk);
    cr_assert(bytes_eq(back.name, o->name) && bytes_eq(back.note, o->note));
    cr_assert_arr_eq(back.key, o->key, FILE_KEY);
    cr_assert_arr_eq(back.hash, o->hash, HASH_SHA256);
    buf_free(&b);
}

Test(offer, count__of_every_size)
{
    cr_assert_eq(offer_count(0, MSG_CHUNK_MAX), 1);
    cr_assert_eq(offer_count(1, MSG_CHUNK_MAX), 1);
    cr_assert_eq(offer_count(MSG_CHUNK_MAX, MSG_CHUNK_MAX), 1);
    cr_assert_eq(offer_count(MSG_CHUNK_MAX + 1, MSG_CHUNK_MAX), 2);
    cr_assert_eq(offer_count((uint64_t)MSG_CHUNKS * MSG_CHUNK_MAX, MSG_CHUNK_MAX), MSG_CHUNKS);
    cr_assert_eq(
        offer_count((uint64_t)MSG_CHUNKS * MSG_CHUNK_MAX + 1, MSG_CHUNK_MAX), UINT32_MAX);
    cr_assert_eq(offer_count(UINT64_MAX, MSG_CHUNK_MIN), UINT32_MAX);
    cr_assert_eq(offer_count(UINT64_MAX, 1), UINT32_MAX);
}

Test(offer, read__gives_back_what_was_written)
{
    struct offer o = good();
    char longest[OFFER_NAME];
    char note[OFFER_NOTE];

    is_right(&o);
    memset(longest, 'n', sizeof longest);
    memset(note, 'w', sizeof note);
    o.name = bytes_of(longest, sizeof longest);
    o.note = bytes_of(note, sizeof note);
    is_right(&o);
    o.note = (struct bytes){0};
    o.bytes = 0;
    o.count = 1;
    is_right(&o);
    o.bytes = (uint64_t)MSG_CHUNKS * MSG_CHUNK_MAX;
    o.count = MSG_CHUNKS;
    is_right(&o);
    o.chunk = MSG_CHUNK_MIN;
    o.bytes = MSG_CHUNK_MIN + 1;
    o.count = 2;
    is_right(&o);
}

Test(offer, read__each_field_at_what_it_may_not_be)
{
    static const uint32_t CHUNKS[] = {0, 1, MSG_CHUNK_MIN - 1, MSG_CHUNK_MAX + 1, UINT32_MAX};
    static const uint32_t COUNTS[] = {0, 3, 5, MSG_CHUNKS + 1, UINT32_MAX};
    static const uint64_t BYTES[] = {0, MSG_CHUNK_MAX, 4 * MSG_CHUNK_MAX + 1, UINT64_MAX};
    struct offer o = good();

    for (size_t i = 0; i < MEM_COUNT(CHUNKS); i++) {
        o.chunk = CHUNKS[i];
        is_wrong(&o, "chunk");
    }
    for (o = good(); o.count == 4; o.count = 0)
        for (size_t i = 0; i < MEM_COUNT(BYTES); i++) {
            o.bytes = BYTES[i];
            is_wrong(&o, "count");
        }
    o = good();
    for (size_t i = 0; i < MEM_COUNT(COUNTS); i++) {
        o.count = COUNTS[i];
        is_wrong(&o, "count");
    }
    o = good();
    o.bytes = UINT64_MAX;
    o.count = UINT32_MAX;
    is_wrong(&o, "count");
    o = good();
    o.name = bytes_str("\xff\xfe");
    is_wrong(&o, "name");
    o.name = bytes_str("cut\xc3");
    is_wrong(&o, "name");
    o = good();
    o.note = bytes_str("\xed\xa0\x80");
    is_wrong(&o, "note");
}

/* A writer does not make these, so they are made by hand. */
Test(offer, read__a_name_of_nothing_and_a_note_that_is_too_long)
{
    struct offer o = good();
    struct offer back;
    const char *bad;
    struct buf b;

    encode(&o, &b);
    buf_free(&b);
    buf_init(&b, 4096);
    o.name = bytes_str("a");
    o.note = (struct bytes){0};
    offer_write(&o, &b);
    cr_assert_eq(b.p[NAME_AT], 1);
    b.p[NAME_AT] = 0;
    cr_assert_eq(offer_read(bytes_of(b.p, NAME_AT + 1 + 2), &back, &bad), ERR_FORMAT);
    b.n = NAME_AT;
    buf_u8(&b, 1);
    buf_u8(&b, 'a');
    buf_u16(&b, OFFER_NOTE + 1);
    for (size_t i = 0; i < OFFER_NOTE + 1; i++)
        buf_u8(&b, 'w');
    cr_assert_eq(offer_read(buf_view(&b), &back, &bad), ERR_TOO_BIG);
    cr_assert_str_eq(bad, "note");
    buf_free(&b);
}

static bool taken(void *arg, struct bytes in)
{
    struct offer o;
    const char *bad;

    (void)arg;
    return offer_read(in, &o, &bad) == ERR_OK;
}

Test(offer, read__truncated_and_with_more_behind_it)
{
    struct offer o = good();
    struct buf b;

    encode(&o, &b);
    cr_assert(attack_none(buf_view(&b), taken, NULL));
    cr_assert_eq(attack_truncate(buf_view(&b), taken, NULL), ATTACK_HELD);
    cr_assert_eq(attack_trail(buf_view(&b), taken, NULL), ATTACK_HELD);
    buf_free(&b);
}

/* A bit in what the shape is made of cannot pass, but in bytes as long as the count is right;
 * any other gives another key, hash or text, which is valid. */
static bool shaped(void *arg, struct bytes in)
{
    struct offer o;
    const char *bad;
    const struct offer was = good();

    (void)arg;
    if (offer_read(in, &o, &bad) != ERR_OK)
        return false;
    cr_assert(utf8_valid(o.name) && utf8_valid(o.note));
    cr_assert_eq(o.count, offer_count(o.bytes, o.chunk));
    return o.count != was.count || o.chunk != was.chunk;
}

Test(offer, read__with_any_bit_changed_is_refused_or_holds_together)
{
    struct offer o = good();
    struct buf b;

    encode(&o, &b);
    cr_assert_eq(attack_flip(buf_view(&b), shaped, NULL), ATTACK_HELD);
    buf_free(&b);
}
