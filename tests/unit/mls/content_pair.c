/* SPDX-License-Identifier: ISC */
#include "content_pair.h"

#include <criterion/criterion.h>

#include "mls/proposal.h"
#include "mls/wire.h"
#include "support/mlskit.h"

static const uint8_t SENDER_DATA[SUITE_HASH] = "the sender data secret, 32 bytes";
const uint8_t PAIR_TAG[SUITE_HASH] = "a confirmation tag of some sort";

const struct bytes PAIR_BODIES[CONTENT_COMMIT + 1] = {
    [CONTENT_APPLICATION] = {(const uint8_t *)"hello", 5},
    [CONTENT_PROPOSAL] = {(const uint8_t *)"\0\3\0\0\0\2", 6},
    [CONTENT_COMMIT] = {(const uint8_t *)"\0\0", 2},
};

void pair_init(struct pair *p, const struct suite *s)
{
    *p = (struct pair){.s = s, .key = mlskit_sign_key(s, SENDER)};
    p->out = (struct content_keys){s, SENDER_DATA, ratchet_new(s, LEAVES, SENDER, REF_SECRET)};
    p->in = (struct content_keys){s, SENDER_DATA, ratchet_new(s, LEAVES, SELF, REF_SECRET)};
    cr_assert_eq(sign_pub_read(s->sign, sign_key_pub(p->key), &p->pub), ERR_OK);
}

void pair_fini(struct pair *p)
{
    ratchet_free(p->out.ratchet);
    ratchet_free(p->in.ratchet);
    sign_key_free(p->key);
    sign_pub_free(p->pub);
}

struct content pair_content(struct pair *p, uint8_t type)
{
    struct content c = {.wire_format = CONTENT_PRIVATE,
        .group_id = bytes_str("a group"),
        .epoch = 7,
        .sender = SENDER_MEMBER,
        .sender_index = SENDER,
        .authenticated_data = bytes_str("seen by all"),
        .type = type,
        .body = PAIR_BODIES[type],
        .confirmation_tag = bytes_of(PAIR_TAG, type == CONTENT_COMMIT ? SUITE_HASH : 0)};
    size_t n;

    cr_assert_eq(content_sign(&c, p->key, CONTEXT, p->signature, &n), ERR_OK);
    c.signature = bytes_of(p->signature, n);
    return c;
}

void pair_seal(struct pair *p, uint8_t type, size_t pad, struct buf *out)
{
    static const uint8_t guard[4] = {0xde, 0xad, 0xbe, 0xef};
    struct content c = pair_content(p, type);

    buf_init(out, WIRE_MAX);
    cr_assert_eq(content_seal(&c, &p->out, guard, pad, out), ERR_OK);
}

enum mls_rule pair_hear(struct pair *p, struct bytes in, bool spend)
{
    struct content_sealed m;
    struct content c;
    struct buf plain;
    struct reader r;

    buf_init(&plain, WIRE_MAX);
    reader_init(&r, in);
    content_sealed_read(&r, &m);
    enum mls_rule rule = MLS_RULE_FORMAT;
    if (reader_end(&r) == ERR_OK)
        rule = content_open(&m, &p->in, proposal_skip, &plain, &c);
    cr_assert(rule == MLS_RULE_KEPT || plain.n == 0);
    if (rule == MLS_RULE_KEPT)
        rule = content_check(&c, p->pub, CONTEXT);
    if (rule == MLS_RULE_KEPT) {
        cr_assert(bytes_eq(c.body, PAIR_BODIES[c.type]));
        cr_assert(bytes_eq(c.group_id, bytes_str("a group")));
        cr_assert(bytes_eq(c.authenticated_data, bytes_str("seen by all")));
        cr_assert_eq(c.epoch, 7);
        cr_assert_eq(c.sender, SENDER_MEMBER);
        cr_assert_eq(c.sender_index, SENDER);
        if (spend)
            content_spend(&c, &p->in);
    }
    buf_wipe(&plain);
    return rule;
}

void pair_assert_unchanged(const struct ref_store *before, struct ratchet *r)
{
    struct ref_store after = {0};

    ref_store_save(&after, r, true);
    cr_assert(ref_store_same(before, &after));
    ref_store_fini(&after);
}

struct parts pair_parts(const struct buf *b)
{
    struct content_sealed m;
    struct reader r;

    reader_init(&r, buf_view(b));
    content_sealed_read(&r, &m);
    cr_assert_eq(reader_end(&r), ERR_OK);
    return (struct parts){
        m.group_id, m.epoch, m.type, m.authenticated_data, m.sender_data, m.ciphertext};
}

enum mls_rule pair_hear_parts(struct pair *p, const struct parts *m)
{
    struct buf b;

    buf_init(&b, WIRE_MAX);
    wire_put(&b, m->group_id);
    buf_u64(&b, m->epoch);
    buf_u8(&b, m->type);
    wire_put(&b, m->authenticated_data);
    wire_put(&b, m->sender_data);
    wire_put(&b, m->ciphertext);
    enum mls_rule rule = pair_hear(p, buf_view(&b), true);
    buf_free(&b);
    return rule;
}
