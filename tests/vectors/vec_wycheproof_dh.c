/* SPDX-License-Identifier: ISC */
/* Shared secrets: X25519, and P-256 with bare points. */
#include "crypto/dh.h"
#include "wycheproof.h"

/* Whether what dh_check() says about the form fits what dh_shared() then did. */
static void check_form(
    struct vec_case *c, const struct dh_alg *alg, struct bytes peer, enum err shared)
{
    enum err form = dh_check(alg, peer);

    if (alg == &DH_P256)
        (void)vec_true(
            c, "dh_check agrees with dh_shared", (form == ERR_OK) == (shared == ERR_OK));
    else
        (void)vec_true(
            c, "dh_check goes by the length", (form == ERR_OK) == (peer.n == alg->pub_size));
}

static void run(
    struct vec_case *c, const struct wy_test *t, const struct dh_alg *alg, struct bytes priv)
{
    struct bytes peer = vec_hex(c, t->test, "public");
    struct bytes want = vec_hex(c, t->test, "shared");
    uint8_t got[DH_SHARED];
    struct dh_key *key = NULL;
    struct dh_key *paired = NULL;
    enum err e;

    if (!vec_going(c) || !vec_ok(c, "private", dh_key_new(alg, priv, &key)))
        return;
    e = dh_shared(key, peer, got);
    if (wy_judge(c, t, "shared", e))
        (void)vec_same(c, "shared", want, bytes_of(got, sizeof got));
    check_form(c, alg, peer, e);
    if (vec_ok(c, "pair", dh_key_pair(alg, priv, dh_key_pub(key), &paired)) &&
        wy_judge(c, t, "shared of a pair", dh_shared(paired, peer, got)))
        (void)vec_same(c, "shared of a pair", want, bytes_of(got, sizeof got));
    dh_key_free(paired);
    dh_key_free(key);
}

void wy_xdh(struct vec_case *c, const struct wy_test *t)
{
    const char *curve = vec_str(c, t->group, "curve");

    if (strcmp(curve, "curve25519") != 0)
        vec_not_built(c, "X on %s", curve);
    if (vec_going(c))
        run(c, t, &DH_X25519, vec_fixed(c, t->test, "private", DH_PRIV_SIZE));
}

/* A scalar is written as a signed number: shorter, or with zeros before it. */
static struct bytes scalar(struct vec_case *c, const cJSON *test)
{
    struct bytes v = vec_hex(c, test, "private");
    uint8_t *p = vec_room(c, DH_PRIV_SIZE);

    while (v.n > 0 && v.p[0] == 0)
        v = bytes_of(v.p + 1, v.n - 1);
    if (v.n > DH_PRIV_SIZE)
        vec_fail(c, "private: has %zu bytes", v.n);
    else if (v.n > 0)
        memcpy(p + DH_PRIV_SIZE - v.n, v.p, v.n);
    return bytes_of(p, DH_PRIV_SIZE);
}

void wy_ecdh(struct vec_case *c, const struct wy_test *t)
{
    const char *curve = vec_str(c, t->group, "curve");
    const char *encoding = vec_str(c, t->group, "encoding");

    if (strcmp(curve, "secp256r1") != 0 || strcmp(encoding, "ecpoint") != 0)
        vec_not_built(c, "ECDH on %s with keys as %s", curve, encoding);
    if (vec_going(c))
        run(c, t, &DH_P256, scalar(c, t->test));
}
