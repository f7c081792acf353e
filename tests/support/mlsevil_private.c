/* SPDX-License-Identifier: ISC */
#include "support/mlsevil_impl.h"

/* Whoever is in the group can make everybody's keys, but for those it has spent. */
static uint32_t take_key(
    struct mlsevil *e, const struct mlsevil_private *m, struct ratchet_key *key)
{
    struct epoch *now = mlsevil_group(e)->now;
    enum ratchet_kind kind =
        m->type == CONTENT_APPLICATION ? RATCHET_APPLICATION : RATCHET_HANDSHAKE;
    uint32_t generation = m->generation;

    *key = (struct ratchet_key){0};
    if (m->next)
        MLSEVIL_OK(ratchet_next(now->ratchet, kind, key, &generation));
    else
        (void)ratchet_find(now->ratchet, m->leaf, kind, generation, key);
    return generation;
}

static void plain_of(struct mlsevil *e, const struct mlsevil_private *m, struct buf *plain)
{
    struct epoch *now = mlsevil_group(e)->now;
    const struct mls_wrap wrap = {.authenticated_data = e->authenticated_data};
    struct content c = group_content(now, m->type, &wrap);
    uint8_t signature[SIGN_MAX];
    uint8_t tag[SUITE_HASH] = {0};
    size_t n = 0;

    c.sender_index = m->leaf;
    c.body = m->body;
    MLSEVIL_OK(
        content_sign(&c, e->party->m[e->who]->key, buf_view(&now->context_raw), signature, &n));
    signature[0] ^= m->forged;
    if (m->type == CONTENT_APPLICATION)
        wire_put(plain, m->body);
    else
        buf_bytes(plain, m->body);
    wire_put(plain, bytes_of(signature, n));
    if (m->type == CONTENT_COMMIT)
        wire_put(plain, bytes_of(tag, sizeof tag));
    buf_u8(plain, m->padding);
    buf_bytes(plain, m->trailing);
}

struct bytes mlsevil_private(struct mlsevil *e, const struct mlsevil_private *m)
{
    struct epoch *now = mlsevil_group(e)->now;
    const struct content_keys keys = epoch_content_keys(now);
    const struct aead_alg *aead = e->party->suite->aead;
    uint8_t data[12] = {0};
    uint8_t sealed_data[sizeof data + AEAD_TAG];
    struct ratchet_key key;
    struct buf plain;
    struct buf who;

    buf_init(&plain, WIRE_MAX);
    buf_clear(&e->out);
    content_message_begin(&e->out, CONTENT_PRIVATE);
    size_t from = e->out.n;
    wire_put(&e->out, now->context.group_id);
    buf_u64(&e->out, now->context.epoch);
    buf_u8(&e->out, m->type);
    size_t sender_head = e->out.n - from;
    wire_put(&e->out, e->authenticated_data);
    size_t head = e->out.n - from;
    plain_of(e, m, &plain);
    buf_init_fixed(&who, data, sizeof data);
    buf_u32(&who, m->leaf);
    buf_u32(&who, take_key(e, m, &key));
    size_t n = plain.n;
    (void)buf_space(&plain, AEAD_TAG);
    MLSEVIL_OK(aead_seal(aead, key.key, key.nonce, bytes_of(e->out.p + from, head),
        bytes_of(plain.p, n), plain.p));
    MLSEVIL_OK(content_sender_key(&keys, buf_view(&plain), &key));
    MLSEVIL_OK(aead_seal(aead, key.key, key.nonce, bytes_of(e->out.p + from, sender_head),
        bytes_of(data, sizeof data), sealed_data));
    wire_put(&e->out, bytes_of(sealed_data, sizeof sealed_data));
    wire_put(&e->out, buf_view(&plain));
    MLSEVIL_OK(buf_end(&e->out));
    buf_free(&plain);
    return buf_view(&e->out);
}
