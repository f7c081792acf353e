/* SPDX-License-Identifier: ISC */
#include "support/mlsfuzz.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "mls/wire.h"

static struct mlsfuzz f;
static struct ratchet_key keys[RATCHET_KINDS]; /* the liar's next ones, spent for good */
static uint32_t generations[RATCHET_KINDS];

void mlsfuzz_must(bool held, const char *what)
{
    if (held)
        return;
    (void)fprintf(stderr, "mlsfuzz: %s\n", what);
    abort();
}

static void begin(void)
{
    const struct mls_proposal waits = {.type = MLS_UPDATE};
    const struct mls_wrap wrap = {.flags = MLS_PUBLIC};
    struct buf message;

    party_init(&f.p, 0x0001, 20);
    party_gather(&f.p, MLSFUZZ_MEMBERS, true);
    const struct mls_proposal add = {
        .type = MLS_ADD, .package = buf_view(&f.p.m[party_person(&f.p)]->package)};
    buf_init(&f.welcome, WIRE_MAX);
    buf_init(&f.info, WIRE_MAX);
    buf_init(&message, WIRE_MAX);
    /* Two updates that wait, one of them member 0's own. */
    for (size_t i = 2; i < MLSFUZZ_MEMBERS; i++) {
        size_t who = i == 2 ? 0 : i;
        buf_clear(&message);
        mlsfuzz_must(
            mls_propose(f.p.m[who]->g, &waits, &wrap, &message) == ERR_OK, "no proposal");
        party_deliver(&f.p, who, buf_view(&message));
    }
    buf_free(&message);
    party_stage(&f.p, 2, &add, 1, MLS_NO_PENDING);
    buf_bytes(&f.welcome, buf_view(&f.p.last.welcome));
    mls_discard(f.p.m[2]->g);
    mlsfuzz_must(
        mls_group_info(f.p.m[2]->g, MLS_WITH_TREE, &f.info) == ERR_OK, "no group info");
    for (size_t kind = 0; kind < RATCHET_KINDS; kind++)
        mlsfuzz_must(ratchet_next(f.p.m[MLSFUZZ_LIAR]->g->now->ratchet, (enum ratchet_kind)kind,
                         &keys[kind], &generations[kind]) == ERR_OK,
            "no key");
    mlsfuzz_must(mlsstore_save(&f.zero, f.p.m[0]->g, true) == ERR_OK, "not saved");
}

struct mlsfuzz *mlsfuzz(void)
{
    if (f.p.n == 0)
        begin();
    return &f;
}

void mlsfuzz_settle(enum err e)
{
    struct party_member *m = f.p.m[0];
    struct mlsstore now = {0};
    struct mls_group *g = NULL;

    mlsfuzz_must(mlsstore_save(&now, m->g, true) == ERR_OK, "not saved");
    bool same = mlsstore_same(&now, &f.zero, 0);
    mlsfuzz_must(e == ERR_OK || same, "a refused input changed the group");
    if (!same) {
        mlsfuzz_must(mlsstore_load(&now, &m->world.env, &m->who, &g) == ERR_OK,
            "what was saved does not load");
        mls_group_free(g);
        mls_group_free(m->g);
        mlsfuzz_must(
            mlsstore_load(&f.zero, &m->world.env, &m->who, &m->g) == ERR_OK, "not put back");
    }
    mlsstore_fini(&now);
}

static void finish(struct content *c, struct bytes context, struct sign_key *key,
    uint8_t signature[SIGN_MAX], uint8_t tag[SUITE_HASH])
{
    size_t n = 0;

    if (content_sign(c, key, context, signature, &n) != ERR_OK)
        n = 0;
    c->signature = bytes_of(signature, n);
    memset(tag, 0x5a, SUITE_HASH);
    if (c->type == CONTENT_COMMIT)
        c->confirmation_tag = bytes_of(tag, SUITE_HASH);
}

static struct content content_of(
    const struct epoch *e, uint16_t wire, uint8_t type, struct bytes body)
{
    return (struct content){.wire_format = wire,
        .group_id = e->context.group_id,
        .epoch = e->context.epoch,
        .sender = SENDER_MEMBER,
        .sender_index = e->self,
        .type = type,
        .body = body};
}

void mlsfuzz_public(
    uint8_t type, uint8_t sender, uint32_t index, struct bytes body, struct buf *out)
{
    const struct party_member *liar = mlsfuzz()->p.m[MLSFUZZ_LIAR];
    const struct epoch *e = liar->g->now;
    struct content c = content_of(e, CONTENT_PUBLIC, type, body);
    uint8_t signature[SIGN_MAX];
    uint8_t tag[SUITE_HASH];
    bool member = sender == SENDER_MEMBER;

    c.sender = sender;
    c.sender_index = index;
    finish(&c, buf_view(&e->context_raw), member ? liar->key : f.p.m[MLSFUZZ_GUEST]->key,
        signature, tag);
    content_message_begin(out, CONTENT_PUBLIC);
    (void)content_public_write(&c, e->context.suite, member ? e->keys->membership : NULL,
        buf_view(&e->context_raw), out);
}

void mlsfuzz_private(uint8_t type, struct bytes body, struct buf *out)
{
    const struct party_member *liar = mlsfuzz()->p.m[MLSFUZZ_LIAR];
    const struct epoch *e = liar->g->now;
    struct content c = content_of(e, CONTENT_PRIVATE, type, body);
    uint8_t signature[SIGN_MAX];
    uint8_t tag[SUITE_HASH];
    struct buf plain;

    finish(&c, buf_view(&e->context_raw), liar->key, signature, tag);
    buf_init(&plain, WIRE_MAX);
    if (type == CONTENT_APPLICATION)
        wire_put(&plain, body);
    else
        buf_bytes(&plain, body);
    content_auth_write(&c, &plain);
    mlsfuzz_seal(type, buf_view(&plain), out);
    buf_free(&plain);
}

static void seal(const struct suite *s, const struct ratchet_key *key, struct bytes aad,
    struct bytes plain, uint8_t *to)
{
    mlsfuzz_must(
        aead_seal(s->aead, key->key, key->nonce, aad, plain, to) == ERR_OK, "not sealed");
}

void mlsfuzz_seal(uint8_t type, struct bytes plain, struct buf *out)
{
    const struct epoch *e = mlsfuzz()->p.m[MLSFUZZ_LIAR]->g->now;
    const struct content_keys from = {
        .suite = e->context.suite, .sender_data = e->keys->sender_data};
    bool says = type == CONTENT_APPLICATION;
    enum ratchet_kind kind = says ? RATCHET_APPLICATION : RATCHET_HANDSHAKE;
    uint8_t *sealed = mem_alloc(plain.n + AEAD_TAG);
    uint8_t sender[12 + AEAD_TAG];
    uint8_t room[12];
    struct ratchet_key key;
    struct buf head;
    struct buf who;

    buf_init(&head, WIRE_MAX);
    wire_put(&head, e->context.group_id);
    buf_u64(&head, e->context.epoch);
    buf_u8(&head, type);
    struct bytes short_head = bytes_of(head.p, head.n);
    buf_init_fixed(&who, room, sizeof room);
    buf_u32(&who, e->self);
    buf_u32(&who, generations[kind]);
    buf_u32(&who, 0); /* a guard that changes nothing */
    wire_put(&head, (struct bytes){0});
    seal(from.suite, &keys[kind], buf_view(&head), plain, sealed);
    mlsfuzz_must(
        content_sender_key(&from, bytes_of(sealed, plain.n + AEAD_TAG), &key) == ERR_OK,
        "no sender key");
    short_head.p = head.p;
    seal(from.suite, &key, short_head, buf_view(&who), sender);
    content_message_begin(out, CONTENT_PRIVATE);
    buf_bytes(out, buf_view(&head));
    wire_put(out, bytes_of(sender, sizeof sender));
    wire_put(out, bytes_of(sealed, plain.n + AEAD_TAG));
    mem_free(sealed);
    buf_free(&head);
}
