/* SPDX-License-Identifier: ISC */
#include <criterion/criterion.h>

#include "base/mem.h"
#include "mls/content.h"
#include "mls/mls.h"
#include "mls/wire.h"
#include "support/attack.h"

#define EPOCH 0x0102030405060708u
#define HEAD  20 /* of a message of "a group": version, kind, id, epoch; the sender is next */

/* The head of a message as far as it is looked at. sender 0: there is none. */
static void put(struct buf *b, uint16_t format, uint8_t sender, uint8_t content)
{
    buf_init(b, WIRE_MAX);
    content_message_begin(b, format);
    if (format == CONTENT_GROUP_INFO) {
        buf_u16(b, 1);
        buf_u16(b, 0x4444); /* a suite nobody has */
    }
    wire_put(b, bytes_str("a group"));
    buf_u64(b, EPOCH);
    if (sender != 0)
        buf_u8(b, sender);
    if (sender == SENDER_MEMBER || sender == SENDER_EXTERNAL)
        buf_u32(b, 9);
    if (sender != 0)
        wire_put(b, bytes_str("authenticated data"));
    if (format != CONTENT_GROUP_INFO) {
        buf_u8(b, content);
        return;
    }
    wire_put(b, bytes_str("tree hash"));
    wire_put(b, bytes_str("transcript hash"));
    wire_put(b, bytes_str("extensions"));
}

static bool takes(void *arg, struct bytes in)
{
    struct mls_header h;
    enum err e = mls_peek(in, &h);

    (void)arg;
    cr_assert(e == ERR_OK || (h.group_id.n == 0 && h.wire_format == 0));
    return e == ERR_OK;
}

/* Reads as it is, whatever follows, and not when it is cut. */
static void expect(struct buf *b, uint16_t format, uint8_t content)
{
    struct mls_header h;

    cr_assert_eq(attack_truncate(buf_view(b), takes, NULL), ATTACK_HELD);
    for (int more = 0; more < 2; more++) {
        cr_assert_eq(mls_peek(buf_view(b), &h), ERR_OK);
        cr_assert_eq(h.wire_format, format);
        cr_assert(bytes_eq(h.group_id, bytes_str("a group")));
        cr_assert_eq(h.epoch, EPOCH);
        cr_assert_eq(h.content, content);
        cr_assert_eq(h.suite, format == CONTENT_GROUP_INFO ? 0x4444 : 0);
        cr_assert(bytes_eq(
            h.extensions, bytes_str(format == CONTENT_GROUP_INFO ? "extensions" : "")));
        buf_text(b, "the rest is nobody's business");
    }
    buf_free(b);
}

Test(peek, says_what_is_in_the_open__every_kind_of_message)
{
    struct buf b;

    for (uint8_t content = CONTENT_APPLICATION; content <= CONTENT_COMMIT; content++) {
        put(&b, CONTENT_PRIVATE, 0, content);
        expect(&b, CONTENT_PRIVATE, content);
        for (uint8_t sender = SENDER_MEMBER; sender <= SENDER_NEW_COMMIT; sender++) {
            put(&b, CONTENT_PUBLIC, sender, content);
            expect(&b, CONTENT_PUBLIC, content);
        }
    }
    put(&b, CONTENT_GROUP_INFO, 0, 0);
    expect(&b, CONTENT_GROUP_INFO, 0);
}

Test(peek, says_the_kind_alone__of_what_has_no_group)
{
    static const uint16_t FORMATS[] = {CONTENT_WELCOME, CONTENT_KEY_PACKAGE};
    struct mls_header h;
    struct buf b;

    buf_init(&b, 100);
    for (size_t i = 0; i < MEM_COUNT(FORMATS); i++) {
        buf_clear(&b);
        content_message_begin(&b, FORMATS[i]);
        cr_assert_eq(attack_truncate(buf_view(&b), takes, NULL), ATTACK_HELD);
        cr_assert_eq(mls_peek(buf_view(&b), &h), ERR_OK);
        cr_assert_eq(h.wire_format, FORMATS[i]);
        cr_assert_eq(h.group_id.n, 0);
        cr_assert_eq(h.content, 0);
    }
    buf_free(&b);
}

Test(peek, refuses__kinds_senders_and_contents_that_are_none)
{
    struct buf b;

    for (unsigned format = 0; format < 300; format++) {
        buf_init(&b, 100);
        content_message_begin(&b, (uint16_t)format);
        if (format < CONTENT_PUBLIC || format > CONTENT_KEY_PACKAGE)
            cr_assert(!takes(NULL, buf_view(&b)), "format %u", format);
        buf_free(&b);
    }
    for (unsigned v = 0; v < 256; v++) {
        put(&b, CONTENT_PRIVATE, 0, (uint8_t)v);
        cr_assert_eq(takes(NULL, buf_view(&b)), v >= 1 && v <= 3, "content %u", v);
        buf_free(&b);
        put(&b, CONTENT_PUBLIC, v == 0 ? SENDER_NEW_COMMIT : (uint8_t)v, CONTENT_COMMIT);
        b.p[HEAD] = (uint8_t)v;
        cr_assert_eq(
            takes(NULL, buf_view(&b)), v >= 1 && v <= SENDER_NEW_COMMIT, "sender %u", v);
        buf_free(&b);
    }
}

Test(peek, refuses_as_of_another_version__messages_and_group_infos)
{
    struct mls_header h;
    struct buf b;

    put(&b, CONTENT_GROUP_INFO, 0, 0);
    b.p[1] = 2;
    cr_assert_eq(mls_peek(buf_view(&b), &h), ERR_VERSION);
    b.p[1] = 1;
    b.p[5] = 2;
    cr_assert_eq(mls_peek(buf_view(&b), &h), ERR_VERSION);
    buf_free(&b);
}

Test(peek, survives__any_bit_flipped)
{
    struct buf b;
    struct buf cut;

    put(&b, CONTENT_PUBLIC, SENDER_MEMBER, CONTENT_COMMIT);
    buf_init(&cut, WIRE_MAX);
    for (size_t bit = 0; bit < b.n * 8; bit++) {
        b.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
        buf_clear(&cut);
        buf_bytes(&cut, buf_view(&b));
        (void)attack_none(buf_view(&cut), takes, NULL);
        (void)attack_truncate(buf_view(&cut), takes, NULL);
        b.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    buf_free(&cut);
    buf_free(&b);
}
