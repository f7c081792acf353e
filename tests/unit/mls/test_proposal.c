/* SPDX-License-Identifier: ISC */
#include <criterion/criterion.h>

#include "base/mem.h"
#include "mls/content.h"
#include "mls/proposal.h"
#include "mls/wire.h"
#include "support/attack.h"
#include "support/mlskit.h"

#define NONCE 32

static const uint8_t BYTES[NONCE] = "what a nonce of 32 bytes is here";

/* A proposal of each kind; fini gives back what it owns. */
static void fill(struct proposal *p, uint16_t type)
{
    struct mlskit_person who;

    mlskit_person_init(&who, suite_at(0), 1);
    *p = (struct proposal){.type = type};
    if (type == PROPOSAL_ADD)
        p->package = mlskit_keypackage(&who);
    if (type == PROPOSAL_UPDATE)
        p->leaf = mlskit_leaf(&who, LEAF_UPDATE, NULL);
    p->removed = 0x01020304;
    p->psk = (struct schedule_psk_id){.type = PSK_RESUMPTION,
        .id = bytes_str("a group"),
        .usage = PSK_BRANCH,
        .epoch = 0x1122334455667788,
        .nonce = bytes_of(BYTES, NONCE)};
    p->reinit.group_id = bytes_str("the next");
    p->reinit.version = 1;
    p->reinit.suite = 0xf001;
    p->reinit.extensions = bytes_of("\x00\x0a\x00\xf1\x00\x02hi", 8);
    p->kem_output = bytes_str("a kem output");
    p->extensions = bytes_of("\x00\x03\x03\x00\x00\x00\x00\x05\x01!", 10);
    mlskit_person_fini(&who);
}

static void encode(uint16_t type, struct buf *out)
{
    struct proposal p;

    buf_init(out, WIRE_MAX);
    fill(&p, type);
    proposal_write(&p, out);
    cr_assert_eq(buf_end(out), ERR_OK);
    proposal_fini(&p);
}

static enum err decode(struct bytes in, struct proposal *p)
{
    struct reader r;

    reader_init(&r, in);
    proposal_read(&r, p);
    return reader_end(&r);
}

static bool take(void *arg, struct bytes in)
{
    struct proposal p;
    enum err e = decode(in, &p);

    (void)arg;
    proposal_fini(&p);
    return e == ERR_OK;
}

/* Taken, but not written again as it came: a form that is not the only one. */
static bool takes_another_form(void *arg, struct bytes in)
{
    struct proposal p;
    struct buf again;
    bool another = false;

    (void)arg;
    buf_init(&again, WIRE_MAX);
    if (decode(in, &p) == ERR_OK) {
        proposal_write(&p, &again);
        another = buf_end(&again) != ERR_OK || !bytes_eq(buf_view(&again), in) ||
                  !bytes_eq(p.raw, in);
    }
    proposal_fini(&p);
    buf_free(&again);
    return another;
}

Test(proposal, comes_back_as_it_was__every_kind)
{
    for (uint16_t type = PROPOSAL_ADD; type <= PROPOSAL_CONTEXT; type++) {
        struct buf b;

        encode(type, &b);
        cr_assert(attack_none(buf_view(&b), take, NULL), "kind %u", type);
        cr_assert(!attack_none(buf_view(&b), takes_another_form, NULL), "kind %u", type);
        buf_free(&b);
    }
}

Test(proposal, has_its_fields__every_kind)
{
    for (uint16_t type = PROPOSAL_ADD; type <= PROPOSAL_CONTEXT; type++) {
        struct buf b;
        struct proposal p;
        struct proposal want;

        fill(&want, type);
        encode(type, &b);
        cr_assert_eq(decode(buf_view(&b), &p), ERR_OK);
        cr_assert_eq(p.type, type);
        cr_assert_eq(p.package != NULL, type == PROPOSAL_ADD);
        cr_assert_eq(p.leaf != NULL, type == PROPOSAL_UPDATE);
        cr_assert_eq(p.removed, type == PROPOSAL_REMOVE ? 0x01020304 : 0);
        if (type == PROPOSAL_PSK) {
            cr_assert_eq(p.psk.type, PSK_RESUMPTION);
            cr_assert_eq(p.psk.usage, PSK_BRANCH);
            cr_assert_eq(p.psk.epoch, 0x1122334455667788);
            cr_assert(bytes_eq(p.psk.id, want.psk.id));
            cr_assert(bytes_eq(p.psk.nonce, want.psk.nonce));
        }
        if (type == PROPOSAL_REINIT) {
            cr_assert(bytes_eq(p.reinit.group_id, want.reinit.group_id));
            cr_assert_eq(p.reinit.version, 1);
            cr_assert_eq(p.reinit.suite, 0xf001);
            cr_assert(bytes_eq(p.reinit.extensions, want.reinit.extensions));
        }
        if (type == PROPOSAL_EXTERNAL_INIT)
            cr_assert(bytes_eq(p.kem_output, want.kem_output));
        if (type == PROPOSAL_CONTEXT)
            cr_assert(bytes_eq(p.extensions, want.extensions));
        proposal_fini(&p);
        proposal_fini(&want);
        buf_free(&b);
    }
}

Test(proposal, comes_back_as_it_was__every_field_empty)
{
    struct proposal p = {0};
    struct buf b;

    buf_init(&b, WIRE_MAX);
    for (uint16_t type = PROPOSAL_REMOVE; type <= PROPOSAL_CONTEXT; type++) {
        p.type = type;
        p.psk.type = PSK_EXTERNAL;
        buf_clear(&b);
        proposal_write(&p, &b);
        cr_assert(attack_none(buf_view(&b), take, NULL), "kind %u", type);
        cr_assert(!attack_none(buf_view(&b), takes_another_form, NULL), "kind %u", type);
    }
    buf_free(&b);
}

Test(proposal, refuses__truncated_at_every_byte)
{
    for (uint16_t type = PROPOSAL_ADD; type <= PROPOSAL_CONTEXT; type++) {
        struct buf b;

        encode(type, &b);
        cr_assert_eq(attack_truncate(buf_view(&b), take, NULL), ATTACK_HELD, "kind %u", type);
        cr_assert_eq(attack_trail(buf_view(&b), take, NULL), ATTACK_HELD, "kind %u", type);
        buf_free(&b);
    }
}

Test(proposal, has_one_form__any_bit_flipped)
{
    for (uint16_t type = PROPOSAL_ADD; type <= PROPOSAL_CONTEXT; type++) {
        struct buf b;
        size_t bit;

        encode(type, &b);
        bit = attack_flip(buf_view(&b), takes_another_form, NULL);
        cr_assert_eq(bit, ATTACK_HELD, "kind %u, bit %zu", type, bit);
        buf_free(&b);
    }
}

Test(proposal, is_unsupported__a_type_that_is_not_of_the_rfc)
{
    static const uint16_t TYPES[] = {0, 8, 0x0a0a, 0xf001, 0xffff};
    struct proposal p;
    struct buf b;

    buf_init(&b, 100);
    for (size_t i = 0; i < MEM_COUNT(TYPES); i++) {
        buf_clear(&b);
        buf_u16(&b, TYPES[i]);
        buf_u32(&b, 0);
        cr_assert_eq(decode(buf_view(&b), &p), ERR_UNSUPPORTED);
        cr_assert_eq(p.raw.n, 0);
        p = (struct proposal){.type = TYPES[i]};
        proposal_write(&p, &b);
        cr_assert_eq(buf_end(&b), ERR_UNSUPPORTED);
        cr_assert(!proposal_needs_path(TYPES[i]));
    }
    buf_free(&b);
}

Test(proposal, needs_a_path__as_section_17_4_lists)
{
    static const bool NEEDS[] = {false, false, true, true, false, false, true, true};

    for (uint16_t type = 0; type < MEM_COUNT(NEEDS); type++)
        cr_assert_eq(proposal_needs_path(type), NEEDS[type], "kind %u", type);
}

/* ---- commits ---- */

/* Two of each by value, one by reference between them, and a path where it is asked for. */
static void put_entries(struct buf *out)
{
    struct buf one;

    for (uint16_t type = PROPOSAL_ADD; type <= PROPOSAL_CONTEXT; type++) {
        struct proposal_entry e = {0};

        encode(type, &one);
        e.proposal = buf_view(&one);
        proposal_entry_write(&e, out);
        e = (struct proposal_entry){.by_reference = true, .reference = bytes_of(BYTES, NONCE)};
        proposal_entry_write(&e, out);
        e = (struct proposal_entry){.proposal = buf_view(&one)};
        proposal_entry_write(&e, out);
        buf_free(&one);
    }
}

static void put_path(struct buf *out, size_t nodes)
{
    struct mlskit_person who;
    struct leaf *leaf;
    size_t at;

    mlskit_person_init(&who, suite_at(0), 2);
    leaf = mlskit_leaf(&who, LEAF_COMMIT, NULL);
    buf_bytes(out, leaf->raw);
    at = wire_open(out);
    for (size_t i = 0; i < nodes; i++) {
        size_t inner;

        wire_put(out, dh_key_pub(who.init_key));
        inner = wire_open(out);
        wire_put(out, dh_key_pub(who.leaf_key));
        wire_put(out, bytes_of(BYTES, NONCE));
        wire_close(out, inner);
    }
    wire_close(out, at);
    leaf_unref(leaf);
    mlskit_person_fini(&who);
}

static void encode_commit(struct buf *out, bool path)
{
    size_t at;

    buf_init(out, WIRE_MAX);
    at = wire_open(out);
    put_entries(out);
    wire_close(out, at);
    buf_u8(out, path ? 1 : 0);
    if (path)
        put_path(out, 3);
    cr_assert_eq(buf_end(out), ERR_OK);
}

static bool take_commit(void *arg, struct bytes in)
{
    struct proposal_commit c;
    struct reader r;

    (void)arg;
    reader_init(&r, in);
    proposal_commit_read(&r, &c);
    proposal_commit_fini(&c);
    return reader_end(&r) == ERR_OK;
}

static enum err read_entries(const struct buf *entries, bool *has_path)
{
    struct proposal_commit c;
    struct reader r;
    struct buf b;

    buf_init(&b, WIRE_MAX);
    wire_put(&b, buf_view(entries));
    buf_u8(&b, 0);
    reader_init(&r, buf_view(&b));
    proposal_commit_read(&r, &c);
    *has_path = c.has_path;
    proposal_commit_fini(&c);
    buf_free(&b);
    return reader_end(&r);
}

Test(proposal, reads_a_commit__with_a_path_and_without)
{
    for (int path = 0; path < 2; path++) {
        struct proposal_commit c;
        struct proposal_entry e;
        struct reader r;
        struct reader walk;
        struct buf b;
        size_t count = 0;

        encode_commit(&b, path != 0);
        reader_init(&r, buf_view(&b));
        proposal_commit_read(&r, &c);
        cr_assert_eq(reader_end(&r), ERR_OK);
        cr_assert_eq(c.has_path, path != 0);
        cr_assert_eq(c.path.n, path != 0 ? 3 : 0);
        cr_assert_eq(c.path.leaf != NULL, path != 0);
        reader_init(&walk, c.entries);
        while (proposal_next(&walk, &e)) {
            cr_assert_eq(e.by_reference, count % 3 == 1);
            cr_assert_eq(e.reference.n, e.by_reference ? NONCE : 0);
            cr_assert_eq(e.proposal.n > 0, !e.by_reference);
            if (!e.by_reference)
                cr_assert(attack_none(e.proposal, take, NULL));
            count++;
        }
        cr_assert_eq(reader_end(&walk), ERR_OK);
        cr_assert_eq(count, 3 * PROPOSAL_CONTEXT);
        proposal_commit_fini(&c);
        buf_free(&b);
    }
}

Test(proposal, refuses_a_commit__truncated_or_with_more)
{
    for (int path = 0; path < 2; path++) {
        struct buf b;

        encode_commit(&b, path != 0);
        cr_assert(attack_none(buf_view(&b), take_commit, NULL));
        cr_assert_eq(attack_truncate(buf_view(&b), take_commit, NULL), ATTACK_HELD);
        cr_assert_eq(attack_trail(buf_view(&b), take_commit, NULL), ATTACK_HELD);
        buf_free(&b);
    }
}

/* What it takes it can walk to the end. */
static bool takes_what_it_cannot_walk(void *arg, struct bytes in)
{
    struct proposal_commit c;
    struct proposal_entry e;
    struct reader r;
    struct reader walk;
    bool lost;

    (void)arg;
    reader_init(&r, in);
    proposal_commit_read(&r, &c);
    reader_init(&walk, c.entries);
    while (proposal_next(&walk, &e))
        ;
    lost = reader_end(&walk) != ERR_OK;
    proposal_commit_fini(&c);
    return lost;
}

Test(proposal, walks_what_it_takes_of_a_commit__any_bit_flipped)
{
    struct buf b;

    encode_commit(&b, true);
    cr_assert_eq(attack_flip(buf_view(&b), takes_what_it_cannot_walk, NULL), ATTACK_HELD);
    buf_free(&b);
}

Test(proposal, refuses_a_commit__of_no_bytes_or_with_a_strange_optional)
{
    cr_assert(attack_none(bytes_of("\0\0", 2), take_commit, NULL));
    cr_assert(!attack_none(bytes_of("\0\2", 2), take_commit, NULL));
    cr_assert(!attack_none(bytes_of("\0", 1), take_commit, NULL));
    cr_assert(!attack_none(bytes_of("", 0), take_commit, NULL));
}

Test(proposal, refuses_a_commit__an_entry_of_no_kind)
{
    static const uint8_t KINDS[] = {0, 3, 0x10, 0xff};
    struct buf b;
    bool path;

    buf_init(&b, 100);
    for (size_t i = 0; i < MEM_COUNT(KINDS); i++) {
        buf_clear(&b);
        buf_u8(&b, KINDS[i]);
        buf_u8(&b, 0);
        cr_assert_eq(read_entries(&b, &path), ERR_FORMAT);
    }
    buf_free(&b);
}

Test(proposal, refuses_a_commit__with_a_proposal_it_does_not_know)
{
    struct buf b;
    bool path;

    buf_init(&b, 100);
    buf_text(&b, "\x02\x01r\x01");
    buf_u16(&b, 0x0a0a);
    cr_assert_eq(read_entries(&b, &path), ERR_UNSUPPORTED);
    buf_free(&b);
}

Test(proposal, counts_the_entries_of_a_commit__at_the_ceiling_and_above)
{
    struct proposal_entry e = {.by_reference = true};
    struct buf b;
    bool path;

    buf_init(&b, WIRE_MAX);
    for (size_t i = 0; i < PROPOSAL_COUNT_MAX; i++)
        proposal_entry_write(&e, &b);
    cr_assert_eq(read_entries(&b, &path), ERR_OK);
    proposal_entry_write(&e, &b);
    cr_assert_eq(read_entries(&b, &path), ERR_TOO_BIG);
    buf_free(&b);
}

Test(proposal, skips__a_proposal_and_a_commit_and_nothing_else)
{
    struct buf b;
    struct reader r;

    encode(PROPOSAL_ADD, &b);
    buf_u8(&b, 7);
    reader_init(&r, buf_view(&b));
    proposal_skip(&r, CONTENT_PROPOSAL);
    cr_assert_eq(reader_u8(&r), 7);
    cr_assert_eq(reader_end(&r), ERR_OK);
    buf_free(&b);
    encode_commit(&b, true);
    buf_u8(&b, 7);
    reader_init(&r, buf_view(&b));
    proposal_skip(&r, CONTENT_COMMIT);
    cr_assert_eq(reader_u8(&r), 7);
    cr_assert_eq(reader_end(&r), ERR_OK);
    for (unsigned type = 0; type < 5; type++) {
        if (type == CONTENT_PROPOSAL || type == CONTENT_COMMIT)
            continue;
        reader_init(&r, buf_view(&b));
        proposal_skip(&r, (uint8_t)type);
        cr_assert_eq(reader_err(&r), ERR_FORMAT);
    }
    buf_free(&b);
}
