/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <stdlib.h>

#include "mls/content.h"
#include "support/mlsevil_impl.h"

#define LIT(s) bytes_of(s, sizeof(s) - 1)

void mlsevil_must(bool so, const char *what)
{
    if (so)
        return;
    (void)fprintf(stderr, "evil: %s\n", what);
    abort();
}

const struct leaf *mlsevil_leaf_of(const struct party *p, size_t who)
{
    const struct epoch *now = p->m[who]->g->now;

    return tree_leaf(now->tree, now->self);
}

/* A fresh public key whose private half nobody keeps. */
static void fresh_key(const struct party *p, uint8_t room[DH_PUB_MAX], struct bytes *out)
{
    uint8_t drawn[SUITE_DRAWN];
    struct dh_key *key = NULL;

    env_random(&p->world.env, drawn, sizeof drawn);
    MLSEVIL_OK(hpke_derive_key(&p->suite->hpke, bytes_of(drawn, sizeof drawn), &key));
    *out = bytes_of(room, dh_key_pub(key).n);
    memcpy(room, dh_key_pub(key).p, out->n);
    dh_key_free(key);
}

void mlsevil_leaf_init(struct mlsevil_leaf *l, struct party *p, size_t who, uint8_t source)
{
    const struct party_member *m = p->m[who];

    *l = (struct mlsevil_leaf){.key = m->key,
        .signature_key = sign_key_pub(m->key),
        .credential_type = LEAF_BASIC,
        .identity = bytes_str(m->name),
        .versions = LIT("\x00\x01"),
        .suites = LIT("\x00\x01\x00\x02\x00\x03\xf0\x01\xf0\x02"),
        .credential_types = LIT("\x00\x01\x00\x02"),
        .source = source,
        .not_after = UINT64_MAX};
    fresh_key(p, l->room, &l->encryption_key);
}

void mlsevil_leaf_lie(
    struct mlsevil_leaf *l, enum mlsevil_lie lie, const struct party *p, size_t other)
{
    switch ((int)lie) { /* those that are not here lie elsewhere */
    case MLSEVIL_LEAF_SIGNATURE:
        l->forged = true;
        return;
    case MLSEVIL_LEAF_SOURCE:
        l->source = l->source == LEAF_UPDATE ? LEAF_COMMIT : LEAF_UPDATE;
        return;
    case MLSEVIL_LEAF_VERSION:
        l->versions = LIT("\x00\x02");
        return;
    case MLSEVIL_LEAF_SUITE:
        l->suites = LIT("\x00\x07");
        return;
    case MLSEVIL_LEAF_EXTENSION:
        l->extensions = LIT("\xff\x77\x00");
        return;
    case MLSEVIL_LEAF_FORMAT:
        l->extensions = LIT("\x00\x01\x00\x00\x01\x00");
        return;
    case MLSEVIL_LEAF_CREDENTIAL:
        l->credential_types = LIT("\x00\x02");
        return;
    case MLSEVIL_LEAF_CREDENTIALS:
        l->credential_type = LEAF_X509;
        l->identity = LIT("\x01x");
        l->credential_types = LIT("\x00\x02");
        return;
    case MLSEVIL_LEAF_KEY:
        l->encryption_key.n--;
        return;
    case MLSEVIL_LEAF_SIGNER:
        l->signature_key.n--;
        return;
    case MLSEVIL_LEAF_SIGNER_TWICE:
        l->key = p->m[other]->key;
        l->signature_key = sign_key_pub(l->key);
        return;
    case MLSEVIL_LEAF_KEY_TWICE:
    case MLSEVIL_LEAF_KEY_KEPT:
        l->encryption_key = mlsevil_leaf_of(p, other)->encryption_key;
        return;
    default:
        return;
    }
}

static void put_fields(const struct mlsevil_leaf *l, struct buf *b)
{
    wire_put(b, l->encryption_key);
    wire_put(b, l->signature_key);
    buf_u16(b, l->credential_type);
    wire_put(b, l->identity);
    wire_put(b, l->versions);
    wire_put(b, l->suites);
    wire_put(b, l->extension_types);
    wire_put(b, l->proposal_types);
    wire_put(b, l->credential_types);
    buf_u8(b, l->source);
    if (l->source == LEAF_KEY_PACKAGE) {
        buf_u64(b, l->not_before);
        buf_u64(b, l->not_after);
    }
    if (l->source == LEAF_COMMIT)
        wire_put(b, l->parent_hash);
    wire_put(b, l->extensions);
}

void mlsevil_leaf_write(const struct mlsevil_leaf *l, struct leaf_place at, struct buf *out)
{
    uint8_t signature[SIGN_MAX];
    size_t n = 0;
    struct buf tbs;

    buf_init(&tbs, WIRE_MAX);
    put_fields(l, &tbs);
    put_fields(l, out);
    if (l->source != LEAF_KEY_PACKAGE) {
        wire_put(&tbs, at.group_id);
        buf_u32(&tbs, at.index);
    }
    if (l->forged)
        buf_u8(&tbs, 0);
    MLSEVIL_OK(label_sign(l->key, "LeafNodeTBS", buf_view(&tbs), signature, &n));
    wire_put(out, bytes_of(signature, n));
    buf_free(&tbs);
}

struct leaf *mlsevil_leaf_make(
    const struct mlsevil_leaf *l, struct leaf_place at, enum mlsevil_lie lie)
{
    struct leaf *out = NULL;
    struct reader r;
    struct buf b;

    if (lie == MLSEVIL_LEAF_PLACE)
        at.index++;
    if (lie == MLSEVIL_LEAF_GROUP)
        at.group_id = LIT("another");
    buf_init(&b, WIRE_MAX);
    mlsevil_leaf_write(l, at, &b);
    reader_init(&r, buf_view(&b));
    leaf_read(&r, &out);
    mlsevil_must(out == NULL || reader_end(&r) == ERR_OK, "leaf");
    buf_free(&b);
    return out;
}

void mlsevil_package(const struct party *p, const struct mlsevil_leaf *l, struct leaf_place at,
    enum mlsevil_package lie, struct buf *message)
{
    uint8_t room[DH_PUB_MAX];
    uint8_t signature[SIGN_MAX];
    struct bytes init;
    struct buf body;
    size_t n = 0;

    fresh_key(p, room, &init);
    if (lie == MLSEVIL_PACKAGE_INIT_KEY)
        init = l->encryption_key;
    if (lie == MLSEVIL_PACKAGE_KEY)
        init.n--;
    buf_init(&body, WIRE_MAX);
    buf_u16(&body, lie == MLSEVIL_PACKAGE_VERSION ? 2 : 1);
    buf_u16(&body, lie == MLSEVIL_PACKAGE_SUITE ? 3 : p->suite->id);
    wire_put(&body, init);
    mlsevil_leaf_write(l, at, &body);
    wire_put(&body, lie == MLSEVIL_PACKAGE_EXTENSION ? LIT("\xff\x77\x00") : (struct bytes){0});
    MLSEVIL_OK(label_sign(l->key, "KeyPackageTBS", buf_view(&body), signature, &n));
    if (lie == MLSEVIL_PACKAGE_SIGNATURE)
        signature[0] ^= 1;
    wire_put(&body, bytes_of(signature, n));
    buf_clear(message);
    content_message_begin(message, CONTENT_KEY_PACKAGE);
    buf_bytes(message, buf_view(&body));
    MLSEVIL_OK(buf_end(message));
    buf_free(&body);
}
