/* SPDX-License-Identifier: ISC */
#include "support/mlskit.h"

#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>

static void mlskit_must(bool so, const char *what)
{
    if (so)
        return;
    (void)fprintf(stderr, "mlskit: %s\n", what);
    abort();
}

/* 32 bytes that are a person's and a purpose's alone. */
static void mlskit_seed(const struct suite *s, const char *purpose, unsigned n, uint8_t *out)
{
    char text[80];
    int len = snprintf(text, sizeof text, "mlskit %04x %s %u", s->id, purpose, n);

    mlskit_must(len > 0 && (size_t)len < sizeof text, "a purpose too long");
    mlskit_must(hash_sha256(bytes_of(text, (size_t)len), out) == ERR_OK, "no hash");
}

static void mlskit_hex(struct buf *b, const char *hex)
{
    char two[3] = {0};

    for (; hex[0] != '\0' && hex[1] != '\0'; hex += 2) {
        memcpy(two, hex, 2);
        buf_u8(b, (uint8_t)strtoul(two, NULL, 16));
    }
}

struct sign_key *mlskit_sign_key(const struct suite *s, unsigned n)
{
    uint8_t room[2048];
    struct buf priv;
    struct sign_key *k = NULL;

    buf_init_fixed(&priv, room, sizeof room);
    if (s->sign->kind == SIGN_KIND_RSA_PSS) {
        mlskit_must(n < MLSKIT_RSA_KEYS, "no such RSA key");
        mlskit_hex(&priv, MLSKIT_RSA[n]);
    } else {
        mlskit_seed(s, "sign", n, buf_space(&priv, HASH_SHA256));
    }
    mlskit_must(sign_key_read(s->sign, buf_view(&priv), &k) == ERR_OK, "no signature key");
    mem_wipe(room, sizeof room);
    return k;
}

struct dh_key *mlskit_hpke_key(const struct suite *s, const char *purpose, unsigned n)
{
    uint8_t seed[HASH_SHA256];
    struct dh_key *k = NULL;

    mlskit_seed(s, purpose, n, seed);
    mlskit_must(
        hpke_derive_key(&s->hpke, bytes_of(seed, sizeof seed), &k) == ERR_OK, "no HPKE key");
    return k;
}

void mlskit_person_init(struct mlskit_person *p, const struct suite *s, unsigned n)
{
    *p = (struct mlskit_person){.suite = s,
        .sign = mlskit_sign_key(s, n),
        .leaf_key = mlskit_hpke_key(s, "leaf", n),
        .init_key = mlskit_hpke_key(s, "init", n)};
    (void)snprintf(p->name, sizeof p->name, "person %u", n);
}

void mlskit_person_fini(struct mlskit_person *p)
{
    sign_key_free(p->sign);
    dh_key_free(p->leaf_key);
    dh_key_free(p->init_key);
    *p = (struct mlskit_person){0};
}

struct leaf_spec mlskit_spec(const struct mlskit_person *p, enum leaf_source source)
{
    return (struct leaf_spec){.source = source,
        .encryption_key = dh_key_pub(p->leaf_key),
        .key = p->sign,
        .credential_type = LEAF_BASIC,
        .identity = bytes_str(p->name),
        .not_after = UINT64_MAX};
}

struct leaf *mlskit_leaf(
    const struct mlskit_person *p, enum leaf_source source, const struct leaf_place *at)
{
    const struct leaf_place nowhere = {.suite = p->suite};
    struct leaf_spec spec = mlskit_spec(p, source);
    struct leaf *l = NULL;

    mlskit_must(leaf_make(&spec, at != NULL ? at : &nowhere, &l) == ERR_OK, "no leaf");
    return l;
}

struct keypackage *mlskit_keypackage(const struct mlskit_person *p)
{
    struct leaf *l = mlskit_leaf(p, LEAF_KEY_PACKAGE, NULL);
    struct keypackage *k = NULL;
    enum err e =
        keypackage_make(p->suite, p->sign, l, dh_key_pub(p->init_key), (struct bytes){0}, &k);

    leaf_unref(l);
    mlskit_must(e == ERR_OK, "no key package");
    return k;
}

/* splitmix64 */
uint64_t mlskit_draw(struct mlskit_world *w)
{
    uint64_t z = w->state += 0x9e3779b97f4a7c15u;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static void mlskit_random(void *arg, uint8_t *out, size_t n)
{
    struct mlskit_world *w = arg;

    for (size_t i = 0; i < n; i++)
        out[i] = (uint8_t)(mlskit_draw(w) >> 32);
}

void mlskit_world_init(struct mlskit_world *w, uint64_t seed)
{
    *w = (struct mlskit_world){.state = seed};
    w->env.arg = w;
    w->env.random = mlskit_random;
}
