/* SPDX-License-Identifier: ISC */
#include "base/mem.h"
#include "mls/content.h"
#include "mls/label.h"
#include "mls/wire.h"

#define CONTENT_GUARD  4
#define CONTENT_SENDER (4 + 4 + CONTENT_GUARD) /* SenderData */

struct content_sender {
    uint32_t leaf;
    uint32_t generation;
    uint8_t guard[CONTENT_GUARD];
};

static enum ratchet_kind content_kind(uint8_t type)
{
    return type == CONTENT_APPLICATION ? RATCHET_APPLICATION : RATCHET_HANDSHAKE;
}

static void content_guard(uint8_t nonce[AEAD_NONCE], const uint8_t guard[CONTENT_GUARD])
{
    for (size_t i = 0; i < CONTENT_GUARD; i++)
        nonce[i] ^= guard[i];
}

void content_sealed_read(struct reader *r, struct content_sealed *out)
{
    size_t from = r->at;

    *out = (struct content_sealed){.group_id = wire_vec(r, WIRE_SMALL)};
    out->epoch = reader_u64(r);
    out->type = reader_u8(r);
    if (out->type < CONTENT_APPLICATION || out->type > CONTENT_COMMIT)
        reader_fail(r, ERR_FORMAT);
    out->sender_head = wire_since(r, from);
    out->authenticated_data = wire_vec(r, WIRE_MAX);
    out->head = wire_since(r, from);
    out->sender_data = wire_vec(r, WIRE_SMALL);
    out->ciphertext = wire_vec(r, WIRE_MAX);
}

enum err content_sender_key(
    const struct content_keys *k, struct bytes ciphertext, struct ratchet_key *out)
{
    struct bytes sample =
        bytes_of(ciphertext.p, ciphertext.n < SUITE_HASH ? ciphertext.n : SUITE_HASH);
    enum err e = label_expand(
        k->suite, k->sender_data, "key", sample, out->key, k->suite->aead->key_size);

    if (e == ERR_OK)
        e = label_expand(k->suite, k->sender_data, "nonce", sample, out->nonce, AEAD_NONCE);
    return e;
}

/* How a message to be sealed is laid out. */
struct content_layout {
    size_t plain;   /* with padding */
    size_t message; /* all of it */
};

static size_t content_vec_size(size_t n)
{
    return n + (n < 1u << 6 ? 1 : n < 1u << 14 ? 2 : 4);
}

static enum err content_lay_out(const struct content *c, size_t pad, struct content_layout *out)
{
    if (c->group_id.n > WIRE_SMALL || c->signature.n > WIRE_SMALL ||
        c->confirmation_tag.n > WIRE_SMALL || c->authenticated_data.n > WIRE_MAX ||
        c->body.n > WIRE_MAX || pad > WIRE_MAX)
        return ERR_TOO_BIG;
    out->plain = c->type == CONTENT_APPLICATION ? content_vec_size(c->body.n) : c->body.n;
    out->plain += content_vec_size(c->signature.n);
    if (c->type == CONTENT_COMMIT)
        out->plain += content_vec_size(c->confirmation_tag.n);
    if (pad > 1)
        out->plain = (out->plain + pad - 1) / pad * pad;
    if (out->plain + AEAD_TAG > WIRE_MAX)
        return ERR_TOO_BIG;
    out->message =
        content_vec_size(c->group_id.n) + 8 + 1 + content_vec_size(c->authenticated_data.n) +
        content_vec_size(CONTENT_SENDER + AEAD_TAG) + content_vec_size(out->plain + AEAD_TAG);
    return ERR_OK;
}

static enum err content_seal_sender(const struct content_keys *k,
    const struct content_sender *who, struct bytes head, struct bytes ciphertext, uint8_t *out)
{
    uint8_t room[CONTENT_SENDER];
    struct ratchet_key key;
    struct buf b;
    enum err e = content_sender_key(k, ciphertext, &key);

    buf_init_fixed(&b, room, sizeof room);
    buf_u32(&b, who->leaf);
    buf_u32(&b, who->generation);
    buf_put(&b, who->guard, CONTENT_GUARD);
    if (e == ERR_OK)
        e = aead_seal(k->suite->aead, key.key, key.nonce, head, buf_view(&b), out);
    mem_wipe(&key, sizeof key);
    return e;
}

/* Writes into exactly the room that was laid out; the plaintext is sealed where it stands. */
static enum err content_seal_into(const struct content *c, const struct content_keys *k,
    const struct content_layout *l, struct content_sender *who, struct buf *out)
{
    struct ratchet_key key;
    enum err e = ratchet_next(k->ratchet, content_kind(c->type), &key, &who->generation);

    if (e != ERR_OK)
        return e;
    wire_put(out, c->group_id);
    buf_u64(out, c->epoch);
    buf_u8(out, c->type);
    struct bytes sender_head = buf_view(out);
    wire_put(out, c->authenticated_data);
    struct bytes head = buf_view(out);
    wire_put_length(out, CONTENT_SENDER + AEAD_TAG);
    uint8_t *sender = buf_space(out, CONTENT_SENDER + AEAD_TAG);
    wire_put_length(out, l->plain + AEAD_TAG);
    uint8_t *plain = out->p + out->n;
    if (c->type == CONTENT_APPLICATION)
        wire_put(out, c->body);
    else
        buf_bytes(out, c->body);
    content_auth_write(c, out);
    (void)buf_space(out, out->max - out->n); /* padding, and room for the tag */
    e = buf_end(out);
    content_guard(key.nonce, who->guard);
    if (e == ERR_OK)
        e = aead_seal(
            k->suite->aead, key.key, key.nonce, head, bytes_of(plain, l->plain), plain);
    if (e == ERR_OK)
        e = content_seal_sender(
            k, who, sender_head, bytes_of(plain, l->plain + AEAD_TAG), sender);
    mem_wipe(&key, sizeof key);
    return e;
}

enum err content_seal(const struct content *c, const struct content_keys *k,
    const uint8_t guard[CONTENT_GUARD], size_t pad, struct buf *out)
{
    struct content_sender who = {.leaf = c->sender_index};
    struct content_layout layout = {0};
    struct buf room;
    enum err e = content_lay_out(c, pad, &layout);

    if (c->wire_format != CONTENT_PRIVATE || c->sender != SENDER_MEMBER ||
        c->sender_index != ratchet_own(k->ratchet))
        return ERR_STATE;
    uint8_t *space = e == ERR_OK ? buf_space(out, layout.message) : NULL;
    if (space == NULL)
        return e == ERR_OK ? buf_end(out) : e;
    memcpy(who.guard, guard, CONTENT_GUARD);
    buf_init_fixed(&room, space, layout.message);
    e = content_seal_into(c, k, &layout, &who, &room);
    if (e != ERR_OK) {
        mem_wipe(space, layout.message);
        out->n -= layout.message;
    }
    return e;
}

static enum mls_rule content_open_sender(
    const struct content_sealed *m, const struct content_keys *k, struct content_sender *out)
{
    uint8_t room[CONTENT_SENDER];
    struct ratchet_key key;
    struct reader r;

    if (m->sender_data.n != CONTENT_SENDER + AEAD_TAG || m->ciphertext.n < AEAD_TAG)
        return MLS_RULE_MESSAGE_SEALED;
    enum err e = content_sender_key(k, m->ciphertext, &key);
    if (e == ERR_OK)
        e = aead_open(k->suite->aead, key.key, key.nonce, m->sender_head, m->sender_data, room);
    mem_wipe(&key, sizeof key);
    if (e != ERR_OK)
        return MLS_RULE_MESSAGE_SEALED;
    reader_init(&r, bytes_of(room, sizeof room));
    out->leaf = reader_u32(&r);
    out->generation = reader_u32(&r);
    memcpy(out->guard, reader_bytes(&r, CONTENT_GUARD).p, CONTENT_GUARD);
    return MLS_RULE_KEPT;
}

/* Puts FramedContent's head and behind it the plaintext into plain, so that what was signed
 * stands there in one piece. */
static enum mls_rule content_unseal(const struct content_sealed *m, const struct suite *s,
    const struct content_sender *who, struct ratchet_key *key, struct buf *plain)
{
    size_t sender_size = 1 + 4;
    uint8_t *space = buf_space(plain, m->head.n + sender_size + m->ciphertext.n - AEAD_TAG);
    struct buf b;

    if (space == NULL)
        return MLS_RULE_FORMAT;
    buf_init_fixed(&b, space, m->head.n + sender_size);
    wire_put(&b, m->group_id);
    buf_u64(&b, m->epoch);
    buf_u8(&b, SENDER_MEMBER);
    buf_u32(&b, who->leaf);
    wire_put(&b, m->authenticated_data);
    buf_u8(&b, m->type);
    content_guard(key->nonce, who->guard);
    enum err e = buf_end(&b);
    if (e == ERR_OK)
        e = aead_open(s->aead, key->key, key->nonce, m->head, m->ciphertext, space + b.n);
    return e == ERR_OK ? MLS_RULE_KEPT : MLS_RULE_MESSAGE_SEALED;
}

static enum mls_rule content_decode(
    struct bytes plain, content_skip_fn *skip, struct content *c)
{
    struct reader r;
    uint8_t padding = 0;

    reader_init(&r, plain);
    content_read(&r, skip, c);
    content_auth_read(&r, c);
    struct bytes rest = reader_rest(&r);
    if (reader_end(&r) != ERR_OK) /* a type that is not known ends nobody knows where */
        return reader_err(&r) == ERR_UNSUPPORTED ? MLS_RULE_PROPOSAL_TYPE : MLS_RULE_FORMAT;
    for (size_t i = 0; i < rest.n; i++)
        padding |= rest.p[i];
    return padding == 0 ? MLS_RULE_KEPT : MLS_RULE_MESSAGE_PADDING;
}

enum mls_rule content_open(const struct content_sealed *m, const struct content_keys *k,
    content_skip_fn *skip, struct buf *plain, struct content *c)
{
    struct content_sender who;
    struct ratchet_key key = {0};

    *c = (struct content){0};
    enum mls_rule rule = content_open_sender(m, k, &who);
    if (rule == MLS_RULE_KEPT)
        rule = ratchet_find(k->ratchet, who.leaf, content_kind(m->type), who.generation, &key);
    if (rule == MLS_RULE_KEPT)
        rule = content_unseal(m, k->suite, &who, &key, plain);
    mem_wipe(&key, sizeof key);
    if (rule == MLS_RULE_KEPT)
        rule = content_decode(buf_view(plain), skip, c);
    if (rule != MLS_RULE_KEPT) {
        buf_wipe(plain);
        *c = (struct content){0};
        return rule;
    }
    c->wire_format = CONTENT_PRIVATE;
    c->generation = who.generation;
    return MLS_RULE_KEPT;
}

void content_spend(const struct content *c, const struct content_keys *k)
{
    ratchet_spend(k->ratchet, c->sender_index, content_kind(c->type), c->generation);
}
