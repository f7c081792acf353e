/* SPDX-License-Identifier: ISC */
/*
 * Private messages and an insider, who knows every secret of the epoch but the others'
 * signature keys, and seals by hand whatever it likes.
 */
#include <criterion/criterion.h>

#include "content_pair.h"
#include "mls/wire.h"

struct forged {
    uint8_t type;
    uint32_t leaf;
    uint32_t key_leaf;
    enum ratchet_kind kind; /* whose key */
    uint32_t generation;
    struct bytes plain;
    size_t sender_n; /* bytes of the sender data */
};

static enum mls_rule hear_forged(struct pair *p, const struct forged *f)
{
    static const uint8_t guard[4] = {9, 9, 9, 9};
    uint8_t ciphertext[1024], sender[64], data[64] = {0};
    struct ratchet_key key, sender_key;
    struct buf head, b;
    struct parts m = {.group_id = bytes_str("a group"),
        .epoch = 7,
        .type = f->type,
        .authenticated_data = bytes_str("seen by all"),
        .ciphertext = bytes_of(ciphertext, f->plain.n + AEAD_TAG),
        .sender_data = bytes_of(sender, f->sender_n + AEAD_TAG)};

    ref_key(p->s, LEAVES, f->key_leaf, f->kind, f->generation, &key);
    for (size_t i = 0; i < 4; i++)
        key.nonce[i] ^= guard[i];
    buf_init(&head, 1000);
    wire_put(&head, m.group_id);
    buf_u64(&head, m.epoch);
    buf_u8(&head, m.type);
    struct bytes sender_head = buf_view(&head);
    buf_init(&b, 1000);
    buf_bytes(&b, sender_head);
    wire_put(&b, m.authenticated_data);
    cr_assert_eq(
        aead_seal(p->s->aead, key.key, key.nonce, buf_view(&b), f->plain, ciphertext), ERR_OK);
    buf_clear(&b);
    buf_u32(&b, f->leaf);
    buf_u32(&b, f->generation);
    buf_put(&b, guard, 4);
    memcpy(data, b.p, b.n);
    cr_assert_eq(content_sender_key(&p->in, m.ciphertext, &sender_key), ERR_OK);
    cr_assert_eq(aead_seal(p->s->aead, sender_key.key, sender_key.nonce, sender_head,
                     bytes_of(data, f->sender_n), sender),
        ERR_OK);
    buf_free(&b);
    buf_free(&head);
    return pair_hear_parts(p, &m);
}

/* An honest plaintext, then some padding. */
static struct bytes plain_of(struct pair *p, struct buf *b, uint8_t type, const char *pad)
{
    struct content c = pair_content(p, type);

    buf_init(b, 1000);
    if (type == APP)
        wire_put(b, c.body);
    else
        buf_bytes(b, c.body);
    content_auth_write(&c, b);
    buf_put(b, pad, 8);
    return buf_view(b);
}

static const struct forged HONEST = {.type = APP,
    .leaf = SENDER,
    .key_leaf = SENDER,
    .kind = RATCHET_APPLICATION,
    .generation = 5,
    .sender_n = 12};

Test(content_insider, opens__what_was_sealed_by_hand)
{
    struct forged f = HONEST;
    struct pair p;
    struct buf b;

    pair_init(&p, suite_at(0));
    f.plain = plain_of(&p, &b, APP, "\0\0\0\0\0\0\0\0");
    cr_assert_eq(hear_forged(&p, &f), MLS_RULE_KEPT);
    cr_assert_eq(hear_forged(&p, &f), MLS_RULE_MESSAGE_REPLAY);
    buf_free(&b);
    f.type = CONTENT_COMMIT;
    f.kind = RATCHET_HANDSHAKE;
    f.plain = plain_of(&p, &b, CONTENT_COMMIT, "\0\0\0\0\0\0\0\0");
    cr_assert_eq(hear_forged(&p, &f), MLS_RULE_KEPT);
    buf_free(&b);
    pair_fini(&p);
}

Test(content_insider, is_refused_and_changes_nothing__from_an_insider)
{
    struct ref_store before = {0};
    struct forged f;
    struct pair p;
    struct buf b, honest;

    pair_init(&p, suite_at(0));
    ref_store_save(&before, p.in.ratchet, true);
    pair_seal(&p, APP, 0, &honest);
    struct bytes plain = plain_of(&p, &b, APP, "\0\0\0\0\0\0\0\0");
#define REFUSED(rule, ...)                                                                     \
    do {                                                                                       \
        f = HONEST;                                                                            \
        f.plain = plain;                                                                       \
        f.generation = 0;                                                                      \
        __VA_ARGS__;                                                                           \
        cr_assert_eq(hear_forged(&p, &f), rule);                                               \
        pair_assert_unchanged(&before, p.in.ratchet);                                          \
    } while (0)
    REFUSED(MLS_RULE_MESSAGE_SENDER, f.leaf = SELF);
    REFUSED(MLS_RULE_MESSAGE_SENDER, f.leaf = LEAVES);
    REFUSED(MLS_RULE_MESSAGE_SENDER, f.leaf = UINT32_MAX);
    REFUSED(MLS_RULE_MESSAGE_AHEAD, f.generation = RATCHET_AHEAD + 1);
    REFUSED(MLS_RULE_MESSAGE_SEALED, f.kind = RATCHET_HANDSHAKE);
    REFUSED(MLS_RULE_MESSAGE_SEALED, f.key_leaf = 2);
    REFUSED(MLS_RULE_MESSAGE_SEALED, f.type = CONTENT_PROPOSAL);
    REFUSED(MLS_RULE_MESSAGE_SEALED, f.sender_n = 11);
    REFUSED(MLS_RULE_MESSAGE_SEALED, f.sender_n = 13);
    REFUSED(MLS_RULE_MESSAGE_SEALED, f.sender_n = 0);
    REFUSED(MLS_RULE_FORMAT, f.plain = (struct bytes){0});
    REFUSED(MLS_RULE_FORMAT, f.plain = bytes_of("\x05hell", 5));
    REFUSED(MLS_RULE_FORMAT, f.plain.n = 6); /* no signature */
    REFUSED(MLS_RULE_FORMAT, f.type = CONTENT_COMMIT; f.kind = RATCHET_HANDSHAKE;
            f.plain = bytes_of("\0\0\0", 3)); /* no tag */
    REFUSED(MLS_RULE_PROPOSAL_TYPE, f.type = CONTENT_PROPOSAL; f.kind = RATCHET_HANDSHAKE;
            f.plain = bytes_of("\x7a\x7a\0", 3));
    /* Another's words in the sender's mouth: all is right but the signature. */
    REFUSED(MLS_RULE_MESSAGE_SIGNATURE, f.plain = bytes_of("\x03lie\x01s", 6));
    REFUSED(MLS_RULE_MESSAGE_SIGNATURE, f.leaf = 2; f.key_leaf = 2);
#undef REFUSED
    cr_assert_eq(pair_hear(&p, buf_view(&honest), true), MLS_RULE_KEPT);
    ref_store_fini(&before);
    buf_free(&honest);
    buf_free(&b);
    pair_fini(&p);
}

Test(content_insider, is_refused__with_any_padding_but_zeroes)
{
    char pad[8] = {0};
    struct forged f = HONEST;
    struct pair p;
    struct buf b;

    pair_init(&p, suite_at(0));
    for (size_t bit = 0; bit < 64; bit++) {
        pad[bit / 8] ^= (char)(1 << bit % 8);
        f.plain = plain_of(&p, &b, APP, pad);
        cr_assert_eq(hear_forged(&p, &f), MLS_RULE_MESSAGE_PADDING);
        pad[bit / 8] ^= (char)(1 << bit % 8);
        buf_free(&b);
    }
    f.plain = plain_of(&p, &b, APP, pad);
    cr_assert_eq(hear_forged(&p, &f), MLS_RULE_KEPT);
    buf_free(&b);
    pair_fini(&p);
}
