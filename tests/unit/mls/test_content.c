/* SPDX-License-Identifier: ISC */
/* The forms of what is signed, and public messages. Private ones: test_content_private.c. */
#include "mls/content.h"

#include <criterion/criterion.h>

#include "base/mem.h"
#include "mls/proposal.h"
#include "mls/wire.h"
#include "support/attack.h"
#include "support/mlskit.h"

static const uint8_t MEMBERSHIP[SUITE_HASH] = "the membership key of this epoch";
static const uint8_t TAG[SUITE_HASH] = "a confirmation tag of some sort";
#define CONTEXT bytes_str("an encoded group context")

static const struct bytes BODIES[] = {
    [CONTENT_APPLICATION] = {(const uint8_t *)"hello", 5},
    [CONTENT_PROPOSAL] = {(const uint8_t *)"\0\3\0\0\0\2", 6},
    [CONTENT_COMMIT] = {(const uint8_t *)"\0\0", 2},
};

struct made {
    struct content c;
    uint8_t signature[SIGN_MAX];
    struct sign_key *key;
    struct sign_pub *pub;
    struct buf out;
};

static void make(
    struct made *m, const struct suite *s, uint16_t wire, uint8_t sender, uint8_t type)
{
    size_t n;

    *m = (struct made){.key = mlskit_sign_key(s, 1)};
    m->c = (struct content){.wire_format = wire,
        .group_id = bytes_str("a group"),
        .epoch = 0x0102030405060708,
        .sender = sender,
        .sender_index = sender <= SENDER_EXTERNAL ? 3 : 0,
        .authenticated_data = bytes_str("seen by all"),
        .type = type,
        .body = BODIES[type],
        .confirmation_tag = bytes_of(TAG, type == CONTENT_COMMIT ? SUITE_HASH : 0)};
    cr_assert_eq(content_sign(&m->c, m->key, CONTEXT, m->signature, &n), ERR_OK);
    m->c.signature = bytes_of(m->signature, n);
    cr_assert_eq(sign_pub_read(s->sign, sign_key_pub(m->key), &m->pub), ERR_OK);
    buf_init(&m->out, WIRE_MAX);
}

static void fini(struct made *m)
{
    sign_key_free(m->key);
    sign_pub_free(m->pub);
    buf_free(&m->out);
}

static void assert_same(const struct content *a, const struct content *b)
{
    cr_assert_eq(a->wire_format, b->wire_format);
    cr_assert_eq(a->epoch, b->epoch);
    cr_assert_eq(a->sender, b->sender);
    cr_assert_eq(a->sender_index, b->sender_index);
    cr_assert_eq(a->type, b->type);
    cr_assert(bytes_eq(a->group_id, b->group_id));
    cr_assert(bytes_eq(a->authenticated_data, b->authenticated_data));
    cr_assert(bytes_eq(a->body, b->body));
    cr_assert(bytes_eq(a->signature, b->signature));
    cr_assert(bytes_eq(a->confirmation_tag, b->confirmation_tag));
}

/* Reads an AuthenticatedContent and checks its signature. */
static bool take_authenticated(void *arg, struct bytes in)
{
    struct made *m = arg;
    struct content got;
    struct reader r;

    reader_init(&r, in);
    content_authenticated_read(&r, proposal_skip, &got);
    if (reader_end(&r) != ERR_OK || content_check(&got, m->pub, CONTEXT) != MLS_RULE_KEPT)
        return false;
    /* The tag is not under the signature: whoever knows the epoch checks it. */
    return bytes_eq(got.confirmation_tag, m->c.confirmation_tag);
}

Test(content, comes_back__from_every_sender_in_every_type)
{
    for (uint8_t sender = SENDER_MEMBER; sender <= SENDER_NEW_COMMIT; sender++) {
        for (uint8_t type = CONTENT_APPLICATION; type <= CONTENT_COMMIT; type++) {
            struct made m;
            struct content got;
            struct reader r;
            struct buf again;

            make(&m, suite_at(0), CONTENT_PRIVATE, sender, type);
            content_authenticated_write(&m.c, &m.out);
            reader_init(&r, buf_view(&m.out));
            content_authenticated_read(&r, proposal_skip, &got);
            cr_assert_eq(reader_end(&r), ERR_OK);
            assert_same(&m.c, &got);
            buf_init(&again, WIRE_MAX);
            content_authenticated_write(&got, &again);
            cr_assert(bytes_eq(buf_view(&again), buf_view(&m.out)));
            buf_free(&again);
            fini(&m);
        }
    }
}

Test(content, is_refused__cut_flipped_or_with_more_behind)
{
    for (uint8_t type = CONTENT_APPLICATION; type <= CONTENT_COMMIT; type++) {
        struct made m;

        make(&m, suite_at(0), CONTENT_PRIVATE, SENDER_MEMBER, type);
        content_authenticated_write(&m.c, &m.out);
        cr_assert(attack_none(buf_view(&m.out), take_authenticated, &m));
        cr_assert_eq(attack_flip(buf_view(&m.out), take_authenticated, &m), ATTACK_HELD);
        cr_assert_eq(attack_truncate(buf_view(&m.out), take_authenticated, &m), ATTACK_HELD);
        cr_assert_eq(attack_trail(buf_view(&m.out), take_authenticated, &m), ATTACK_HELD);
        fini(&m);
    }
}

static enum err read_framed(uint8_t sender, uint8_t type)
{
    const uint8_t in[] = {0, 0, 0, 0, 0, 0, 0, 0, 0, sender, 0, type, 0};
    struct content c;
    struct reader r;

    reader_init(&r, bytes_of(in, sizeof in));
    content_read(&r, proposal_skip, &c);
    return reader_end(&r);
}

Test(content_read, refuses__senders_and_types_that_are_none)
{
    cr_assert_eq(read_framed(SENDER_NEW_COMMIT, CONTENT_APPLICATION), ERR_OK);
    cr_assert_eq(read_framed(0, CONTENT_APPLICATION), ERR_FORMAT);
    cr_assert_eq(read_framed(5, CONTENT_APPLICATION), ERR_FORMAT);
    cr_assert_eq(read_framed(SENDER_NEW_COMMIT, 0), ERR_FORMAT);
    cr_assert_eq(read_framed(SENDER_NEW_COMMIT, 4), ERR_FORMAT);
}

Test(content_message_read, refuses__versions_and_formats_that_are_none)
{
    for (unsigned version = 0; version < 4; version++) {
        for (unsigned wire = 0; wire < 8; wire++) {
            const uint8_t in[] = {0, (uint8_t)version, 0, (uint8_t)wire};
            struct reader r;

            reader_init(&r, bytes_of(in, sizeof in));
            uint16_t got = content_message_read(&r);
            if (version != 1)
                cr_assert_eq(reader_end(&r), ERR_VERSION);
            else if (wire == 0 || wire > CONTENT_KEY_PACKAGE)
                cr_assert_eq(reader_end(&r), ERR_FORMAT);
            else
                cr_assert(reader_end(&r) == ERR_OK && got == wire);
        }
    }
}

Test(content_sign, binds_the_context__of_members_and_joiners_alone)
{
    for (uint8_t sender = SENDER_MEMBER; sender <= SENDER_NEW_COMMIT; sender++) {
        bool bound = sender == SENDER_MEMBER || sender == SENDER_NEW_COMMIT;
        struct made m;

        make(&m, suite_at(0), CONTENT_PUBLIC, sender, CONTENT_COMMIT);
        cr_assert_eq(content_check(&m.c, m.pub, CONTEXT), MLS_RULE_KEPT);
        cr_assert_eq(content_check(&m.c, m.pub, bytes_str("another")),
            bound ? MLS_RULE_MESSAGE_SIGNATURE : MLS_RULE_KEPT);
        m.c.wire_format = CONTENT_PRIVATE;
        cr_assert_eq(content_check(&m.c, m.pub, CONTEXT), MLS_RULE_MESSAGE_SIGNATURE);
        fini(&m);
    }
}

/* What is too long for the stack is signed alike. */
Test(content_sign, takes_content__of_any_size)
{
    uint8_t *large = mem_alloc(100000);
    struct made m;
    size_t n;

    make(&m, suite_at(0), CONTENT_PRIVATE, SENDER_MEMBER, CONTENT_APPLICATION);
    for (size_t size = 3900; size < 100000; size += size < 4100 ? 1 : 31951) {
        m.c.body = bytes_of(large, size);
        cr_assert_eq(content_sign(&m.c, m.key, CONTEXT, m.signature, &n), ERR_OK);
        cr_assert_eq(content_check(&m.c, m.pub, CONTEXT), MLS_RULE_KEPT);
        large[size - 1] ^= 1;
        cr_assert_eq(content_check(&m.c, m.pub, CONTEXT), MLS_RULE_MESSAGE_SIGNATURE);
        large[size - 1] ^= 1;
    }
    mem_free(large);
    fini(&m);
}

Test(content_transcript, is_all_up_to_the_signature)
{
    struct made m;
    struct buf part;

    make(&m, suite_at(0), CONTENT_PUBLIC, SENDER_MEMBER, CONTENT_COMMIT);
    content_authenticated_write(&m.c, &m.out);
    buf_init(&part, WIRE_MAX);
    content_transcript_write(&m.c, &part);
    cr_assert_eq(part.n, m.out.n - 1 - SUITE_HASH);
    cr_assert_eq(memcmp(part.p, m.out.p, part.n), 0);
    buf_free(&part);
    fini(&m);
}

/* ---- public messages ---- */

static enum mls_rule check_public(const struct made *m, struct bytes in)
{
    struct content got;
    struct bytes tag;
    struct reader r;

    reader_init(&r, in);
    content_public_read(&r, proposal_skip, &got, &tag);
    if (reader_end(&r) != ERR_OK)
        return MLS_RULE_FORMAT;
    enum mls_rule rule = content_public_check(&got, suite_at(0), MEMBERSHIP, CONTEXT, tag);
    return rule == MLS_RULE_KEPT ? content_check(&got, m->pub, CONTEXT) : rule;
}

static bool take_public(void *arg, struct bytes in)
{
    return check_public(arg, in) == MLS_RULE_KEPT;
}

static void write_public(struct made *m)
{
    bool member = m->c.sender == SENDER_MEMBER;

    cr_assert_eq(
        content_public_write(&m->c, suite_at(0), member ? MEMBERSHIP : NULL, CONTEXT, &m->out),
        ERR_OK);
}

Test(content_public, is_refused__cut_flipped_or_with_more_behind)
{
    for (uint8_t type = CONTENT_PROPOSAL; type <= CONTENT_COMMIT; type++) {
        struct made m;

        make(&m, suite_at(0), CONTENT_PUBLIC, SENDER_MEMBER, type);
        write_public(&m);
        cr_assert(attack_none(buf_view(&m.out), take_public, &m));
        cr_assert_eq(attack_flip(buf_view(&m.out), take_public, &m), ATTACK_HELD);
        cr_assert_eq(attack_truncate(buf_view(&m.out), take_public, &m), ATTACK_HELD);
        cr_assert_eq(attack_trail(buf_view(&m.out), take_public, &m), ATTACK_HELD);
        fini(&m);
    }
}

Test(content_public, keeps_to_who_may_send_what)
{
    static const struct {
        uint8_t sender;
        uint8_t type;
        enum mls_rule rule;
    } ROWS[] = {
        {SENDER_MEMBER, CONTENT_PROPOSAL, MLS_RULE_KEPT},
        {SENDER_MEMBER, CONTENT_COMMIT, MLS_RULE_KEPT},
        {SENDER_EXTERNAL, CONTENT_PROPOSAL, MLS_RULE_KEPT},
        {SENDER_EXTERNAL, CONTENT_COMMIT, MLS_RULE_MESSAGE_SENDER},
        {SENDER_NEW_PROPOSAL, CONTENT_PROPOSAL, MLS_RULE_KEPT},
        {SENDER_NEW_PROPOSAL, CONTENT_COMMIT, MLS_RULE_MESSAGE_SENDER},
        {SENDER_NEW_COMMIT, CONTENT_PROPOSAL, MLS_RULE_MESSAGE_SENDER},
        {SENDER_NEW_COMMIT, CONTENT_COMMIT, MLS_RULE_KEPT},
    };

    for (size_t i = 0; i < MEM_COUNT(ROWS); i++) {
        struct made m;

        make(&m, suite_at(0), CONTENT_PUBLIC, ROWS[i].sender, ROWS[i].type);
        write_public(&m);
        cr_assert_eq(check_public(&m, buf_view(&m.out)), ROWS[i].rule, "row %zu", i);
        fini(&m);
    }
}

Test(content_public, never_carries_application_data)
{
    for (uint8_t sender = SENDER_MEMBER; sender <= SENDER_NEW_COMMIT; sender++) {
        struct made m;

        make(&m, suite_at(0), CONTENT_PUBLIC, sender, CONTENT_APPLICATION);
        cr_assert_eq(
            content_public_write(&m.c, suite_at(0), MEMBERSHIP, CONTEXT, &m.out), ERR_REFUSED);
        cr_assert_eq(m.out.n, 0);
        content_write(&m.c, &m.out);
        content_auth_write(&m.c, &m.out);
        if (sender == SENDER_MEMBER)
            wire_put(&m.out, bytes_of(TAG, SUITE_HASH));
        cr_assert_eq(check_public(&m, buf_view(&m.out)), MLS_RULE_MESSAGE_PUBLIC);
        fini(&m);
    }
}

Test(content_public, is_written__by_members_with_the_key_and_others_without)
{
    struct made m;

    make(&m, suite_at(0), CONTENT_PUBLIC, SENDER_MEMBER, CONTENT_PROPOSAL);
    cr_assert_eq(content_public_write(&m.c, suite_at(0), NULL, CONTEXT, &m.out), ERR_STATE);
    m.c.wire_format = CONTENT_PRIVATE;
    cr_assert_eq(
        content_public_write(&m.c, suite_at(0), MEMBERSHIP, CONTEXT, &m.out), ERR_STATE);
    m.c.wire_format = CONTENT_PUBLIC;
    m.c.sender = SENDER_EXTERNAL;
    cr_assert_eq(
        content_public_write(&m.c, suite_at(0), MEMBERSHIP, CONTEXT, &m.out), ERR_STATE);
    cr_assert_eq(m.out.n, 0);
    fini(&m);
}

/* The tag is of this epoch: another key or context makes another one, and none is none. */
Test(content_public, is_refused__with_the_tag_of_another_epoch)
{
    static const uint8_t OLD[SUITE_HASH] = "the membership key of an old one";
    struct made m;

    make(&m, suite_at(0), CONTENT_PUBLIC, SENDER_MEMBER, CONTENT_COMMIT);
    cr_assert_eq(content_public_write(&m.c, suite_at(0), OLD, CONTEXT, &m.out), ERR_OK);
    cr_assert_eq(check_public(&m, buf_view(&m.out)), MLS_RULE_MESSAGE_MEMBERSHIP);
    buf_clear(&m.out);
    cr_assert_eq(
        content_public_write(&m.c, suite_at(0), MEMBERSHIP, bytes_str("old"), &m.out), ERR_OK);
    cr_assert_eq(check_public(&m, buf_view(&m.out)), MLS_RULE_MESSAGE_MEMBERSHIP);
    buf_clear(&m.out);
    for (size_t n = 0; n < SUITE_HASH; n++) {
        content_write(&m.c, &m.out);
        content_auth_write(&m.c, &m.out);
        wire_put(&m.out, bytes_of(TAG, n));
        cr_assert_eq(check_public(&m, buf_view(&m.out)), MLS_RULE_MESSAGE_MEMBERSHIP);
        buf_clear(&m.out);
    }
    write_public(&m);
    uint8_t longer[SUITE_HASH + 1] = {0}; /* the right one, and a byte */
    memcpy(longer, m.out.p + m.out.n - SUITE_HASH, SUITE_HASH);
    buf_clear(&m.out);
    content_write(&m.c, &m.out);
    content_auth_write(&m.c, &m.out);
    wire_put(&m.out, bytes_of(longer, sizeof longer));
    cr_assert_eq(check_public(&m, buf_view(&m.out)), MLS_RULE_MESSAGE_MEMBERSHIP);
    fini(&m);
}
