/* SPDX-License-Identifier: ISC */
/* Private messages and an outsider, who flips, cuts, replays and splices; and sealing. */
#include <criterion/criterion.h>

#include "base/mem.h"
#include "content_pair.h"
#include "mls/proposal.h"
#include "mls/wire.h"
#include "support/attack.h"

static bool take(void *arg, struct bytes in)
{
    return pair_hear(arg, in, false) == MLS_RULE_KEPT;
}

Test(content_private, opens__in_every_suite_and_type_and_padding)
{
    static const size_t PADS[] = {0, 1, 64, 256, 1000};

    for (size_t row = 0; suite_at(row) != NULL; row++) {
        struct pair p;

        pair_init(&p, suite_at(row));
        for (uint8_t type = CONTENT_APPLICATION; type <= CONTENT_COMMIT; type++) {
            for (size_t i = 0; i < MEM_COUNT(PADS); i++) {
                struct content_sealed m;
                struct reader r;
                struct buf out;

                pair_seal(&p, type, PADS[i], &out);
                reader_init(&r, buf_view(&out));
                content_sealed_read(&r, &m);
                cr_assert_eq(reader_end(&r), ERR_OK);
                if (PADS[i] > 1)
                    cr_assert_eq((m.ciphertext.n - AEAD_TAG) % PADS[i], 0);
                cr_assert_eq(pair_hear(&p, buf_view(&out), true), MLS_RULE_KEPT);
                cr_assert_eq(pair_hear(&p, buf_view(&out), true), MLS_RULE_MESSAGE_REPLAY);
                buf_free(&out);
            }
        }
        pair_fini(&p);
    }
}

Test(content_private, is_refused_and_changes_nothing__cut_flipped_or_with_more_behind)
{
    for (uint8_t type = CONTENT_APPLICATION; type <= CONTENT_COMMIT; type++) {
        struct ref_store before = {0};
        struct pair p;
        struct buf out;

        pair_init(&p, suite_at(3));
        ref_store_save(&before, p.in.ratchet, true);
        pair_seal(&p, type, 64, &out);
        cr_assert(attack_none(buf_view(&out), take, &p));
        cr_assert_eq(attack_flip(buf_view(&out), take, &p), ATTACK_HELD);
        cr_assert_eq(attack_truncate(buf_view(&out), take, &p), ATTACK_HELD);
        cr_assert_eq(attack_trail(buf_view(&out), take, &p), ATTACK_HELD);
        pair_assert_unchanged(&before, p.in.ratchet);
        cr_assert_eq(pair_hear(&p, buf_view(&out), true), MLS_RULE_KEPT);
        ref_store_fini(&before);
        buf_free(&out);
        pair_fini(&p);
    }
}

Test(content_private, opens_out_of_order__within_the_window_alone)
{
    enum { SENT = RATCHET_KEPT + 10 };
    struct buf out[SENT];
    struct pair p;

    pair_init(&p, suite_at(0));
    for (size_t i = 0; i < SENT; i++)
        pair_seal(&p, APP, 0, &out[i]);
    cr_assert_eq(pair_hear(&p, buf_view(&out[SENT - 1]), true), MLS_RULE_KEPT);
    for (size_t i = SENT - 1; i-- > 0;) {
        bool kept = i >= SENT - 1 - RATCHET_KEPT;

        cr_assert_eq(pair_hear(&p, buf_view(&out[i]), true),
            kept ? MLS_RULE_KEPT : MLS_RULE_MESSAGE_REPLAY, "%zu", i);
        cr_assert_eq(pair_hear(&p, buf_view(&out[i]), true), MLS_RULE_MESSAGE_REPLAY);
    }
    for (size_t i = 0; i < SENT; i++)
        buf_free(&out[i]);
    pair_fini(&p);
}

Test(content_private, is_refused__ahead_of_the_window)
{
    struct ref_store before = {0};
    struct ratchet_key key;
    struct pair p;
    struct buf out;
    uint32_t g = 0;

    pair_init(&p, suite_at(0));
    while (g < RATCHET_AHEAD)
        cr_assert_eq(ratchet_next(p.out.ratchet, RATCHET_APPLICATION, &key, &g), ERR_OK);
    pair_seal(&p, APP, 0, &out);
    ref_store_save(&before, p.in.ratchet, true);
    cr_assert_eq(pair_hear(&p, buf_view(&out), true), MLS_RULE_MESSAGE_AHEAD);
    pair_assert_unchanged(&before, p.in.ratchet);
    buf_free(&out);
    ref_store_fini(&before);
    pair_fini(&p);
}

/* ---- splices ---- */

Test(content_private, is_refused__with_parts_of_another)
{
    struct ref_store before = {0};
    struct parts a, b, m;
    struct buf one, two;
    struct pair p;

    pair_init(&p, suite_at(0));
    pair_seal(&p, APP, 0, &one);
    pair_seal(&p, APP, 0, &two);
    a = pair_parts(&one);
    b = pair_parts(&two);
    ref_store_save(&before, p.in.ratchet, true);
    m = a;
    m.sender_data = b.sender_data;
    cr_assert_eq(pair_hear_parts(&p, &m), MLS_RULE_MESSAGE_SEALED);
    m = a;
    m.ciphertext = b.ciphertext;
    cr_assert_eq(pair_hear_parts(&p, &m), MLS_RULE_MESSAGE_SEALED);
    m = a;
    m.epoch++;
    cr_assert_eq(pair_hear_parts(&p, &m), MLS_RULE_MESSAGE_SEALED);
    m = a;
    m.group_id = bytes_str("b group");
    cr_assert_eq(pair_hear_parts(&p, &m), MLS_RULE_MESSAGE_SEALED);
    m = a;
    m.authenticated_data = bytes_str("seen by none");
    cr_assert_eq(pair_hear_parts(&p, &m), MLS_RULE_MESSAGE_SEALED);
    m = a;
    m.type = CONTENT_PROPOSAL;
    cr_assert_eq(pair_hear_parts(&p, &m), MLS_RULE_MESSAGE_SEALED);
    m.type = 0;
    cr_assert_eq(pair_hear_parts(&p, &m), MLS_RULE_FORMAT);
    m.type = 4;
    cr_assert_eq(pair_hear_parts(&p, &m), MLS_RULE_FORMAT);
    pair_assert_unchanged(&before, p.in.ratchet);
    cr_assert_eq(pair_hear_parts(&p, &a), MLS_RULE_KEPT);
    cr_assert_eq(pair_hear_parts(&p, &b), MLS_RULE_KEPT);
    ref_store_fini(&before);
    buf_free(&one);
    buf_free(&two);
    pair_fini(&p);
}

Test(content_private, is_refused__with_the_secrets_of_another_epoch)
{
    static const uint8_t OLD[SUITE_HASH] = "another epoch's secret, 32 bytes";
    struct ratchet *right;
    struct pair p;
    struct buf out;

    pair_init(&p, suite_at(0));
    pair_seal(&p, APP, 0, &out);
    p.in.sender_data = OLD;
    cr_assert_eq(pair_hear(&p, buf_view(&out), true), MLS_RULE_MESSAGE_SEALED);
    p.in.sender_data = p.out.sender_data;
    right = p.in.ratchet;
    p.in.ratchet = ratchet_new(p.s, LEAVES, SELF, OLD);
    cr_assert_eq(pair_hear(&p, buf_view(&out), true), MLS_RULE_MESSAGE_SEALED);
    ratchet_free(p.in.ratchet);
    p.in.ratchet = right;
    cr_assert_eq(pair_hear(&p, buf_view(&out), true), MLS_RULE_KEPT);
    buf_free(&out);
    pair_fini(&p);
}

/* ---- sealing ---- */

Test(content_seal, refuses__what_is_not_the_members_own)
{
    struct pair p;
    struct buf out;
    struct content c;

    pair_init(&p, suite_at(0));
    buf_init(&out, WIRE_MAX);
    c = pair_content(&p, APP);
    c.sender_index = 2;
    cr_assert_eq(content_seal(&c, &p.out, PAIR_TAG, 0, &out), ERR_STATE);
    c = pair_content(&p, APP);
    c.sender = SENDER_EXTERNAL;
    cr_assert_eq(content_seal(&c, &p.out, PAIR_TAG, 0, &out), ERR_STATE);
    c = pair_content(&p, APP);
    c.wire_format = CONTENT_PUBLIC;
    cr_assert_eq(content_seal(&c, &p.out, PAIR_TAG, 0, &out), ERR_STATE);
    cr_assert_eq(out.n, 0);
    pair_fini(&p);
}

/* Without room for the message nothing is written, and no generation is used for it. */
Test(content_seal, uses_no_generation__when_there_is_no_room)
{
    uint8_t room[300];
    struct pair p;
    struct buf out, whole;
    struct content c;
    uint32_t g;
    struct ratchet_key key;

    pair_init(&p, suite_at(0));
    pair_seal(&p, APP, 0, &whole);
    c = pair_content(&p, APP);
    for (size_t n = 0; n < whole.n; n++) {
        buf_init_fixed(&out, room, n);
        cr_assert_eq(content_seal(&c, &p.out, PAIR_TAG, 0, &out), ERR_TOO_BIG);
        cr_assert_eq(out.n, 0);
    }
    buf_init_fixed(&out, room, whole.n);
    cr_assert_eq(content_seal(&c, &p.out, PAIR_TAG, WIRE_MAX + 1, &out), ERR_TOO_BIG);
    cr_assert_eq(content_seal(&c, &p.out, PAIR_TAG, WIRE_MAX, &out), ERR_TOO_BIG);
    cr_assert_eq(ratchet_next(p.out.ratchet, RATCHET_APPLICATION, &key, &g), ERR_OK);
    cr_assert_eq(g, 1);
    cr_assert_eq(content_seal(&c, &p.out, PAIR_TAG, 0, &out), ERR_OK);
    cr_assert_eq(out.n, whole.n);
    buf_free(&whole);
    pair_fini(&p);
}

Test(content_seal, puts_nothing__when_there_is_no_key)
{
    struct content_keys k;
    struct content c;
    struct buf out;
    struct pair p;

    pair_init(&p, suite_at(0));
    k = p.out;
    k.ratchet = ratchet_blank(p.s, LEAVES, SENDER);
    buf_init(&out, WIRE_MAX);
    content_message_begin(&out, CONTENT_PRIVATE);
    c = pair_content(&p, APP);
    cr_assert_eq(content_seal(&c, &k, PAIR_TAG, 0, &out), ERR_NOT_FOUND);
    cr_assert_eq(out.n, 4);
    ratchet_free(k.ratchet);
    buf_free(&out);
    pair_fini(&p);
}

Test(content_seal, puts_its_message_behind__what_is_there)
{
    struct pair p;
    struct buf out;
    struct content c;

    pair_init(&p, suite_at(0));
    buf_init(&out, WIRE_MAX);
    content_message_begin(&out, CONTENT_PRIVATE);
    c = pair_content(&p, APP);
    cr_assert_eq(content_seal(&c, &p.out, PAIR_TAG, 0, &out), ERR_OK);
    cr_assert_eq(memcmp(out.p, "\0\1\0\2", 4), 0);
    cr_assert_eq(pair_hear(&p, bytes_of(out.p + 4, out.n - 4), true), MLS_RULE_KEPT);
    buf_free(&out);
    pair_fini(&p);
}

/* Every length at which a vector's length needs another byte. */
Test(content_seal, lays_out__every_size)
{
    static const size_t SIZES[] = {0, 1, 62, 63, 64, 65, 16300, 16383, 16384, 16385, 70000};
    uint8_t *data = mem_alloc(70000);
    struct pair p;

    pair_init(&p, suite_at(2));
    for (size_t i = 0; i < MEM_COUNT(SIZES); i++) {
        for (size_t k = 0; k < MEM_COUNT(SIZES); k++) {
            struct content c = pair_content(&p, APP), got;
            struct content_sealed m;
            struct buf out, plain;
            struct reader r;

            c.authenticated_data = bytes_of(data, SIZES[k]);
            c.body = bytes_of(data, SIZES[i]);
            buf_init(&out, WIRE_MAX);
            buf_init(&plain, WIRE_MAX);
            cr_assert_eq(content_seal(&c, &p.out, PAIR_TAG, i % 2 * 100, &out), ERR_OK);
            reader_init(&r, buf_view(&out));
            content_sealed_read(&r, &m);
            cr_assert_eq(reader_end(&r), ERR_OK);
            cr_assert_eq(content_open(&m, &p.in, proposal_skip, &plain, &got), MLS_RULE_KEPT);
            cr_assert(bytes_eq(got.body, c.body));
            cr_assert(bytes_eq(got.authenticated_data, c.authenticated_data));
            content_spend(&got, &p.in);
            buf_wipe(&out);
            buf_wipe(&plain);
        }
    }
    mem_free(data);
    pair_fini(&p);
}

Test(content_open, changes_nothing__without_room_for_the_plaintext)
{
    struct ref_store before = {0};
    struct content_sealed m;
    struct content c;
    struct buf out, plain;
    struct reader r;
    struct pair p;
    uint8_t room[16];

    pair_init(&p, suite_at(0));
    pair_seal(&p, APP, 0, &out);
    ref_store_save(&before, p.in.ratchet, true);
    reader_init(&r, buf_view(&out));
    content_sealed_read(&r, &m);
    buf_init_fixed(&plain, room, sizeof room);
    cr_assert_eq(content_open(&m, &p.in, proposal_skip, &plain, &c), MLS_RULE_FORMAT);
    pair_assert_unchanged(&before, p.in.ratchet);
    cr_assert_eq(pair_hear(&p, buf_view(&out), true), MLS_RULE_KEPT);
    ref_store_fini(&before);
    buf_free(&out);
    pair_fini(&p);
}
