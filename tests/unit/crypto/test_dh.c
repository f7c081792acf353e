/* SPDX-License-Identifier: ISC */
#include "crypto/dh.h"

#include "base/mem.h"
#include "vector.h"

#define ORDER "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"

static struct dh_key *key_of(const struct dh_alg *alg, const char *hex)
{
    uint8_t priv[DH_PRIV_SIZE];
    struct dh_key *k = NULL;

    cr_assert_eq(dh_key_new(alg, vector_hex(hex, priv, sizeof priv), &k), ERR_OK);
    cr_assert_eq(dh_key_alg(k), alg);
    return k;
}

/* RFC 7748, 5.2. */
Test(dh, x25519__rfc7748_function)
{
    static const struct {
        const char *scalar, *u, *out;
    } rows[] = {
        {"a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
            "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
            "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552"},
        {"4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
            "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493",
            "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957"},
    };

    for (size_t i = 0; i < MEM_COUNT(rows); i++) {
        uint8_t u[32], out[DH_SHARED];
        struct dh_key *k = key_of(&DH_X25519, rows[i].scalar);
        cr_assert_eq(dh_shared(k, vector_hex(rows[i].u, u, sizeof u), out), ERR_OK);
        vector_expect(rows[i].out, out, sizeof out);
        dh_key_free(k);
    }
}

/* RFC 7748, 5.2: each result is the next scalar, each scalar the next coordinate. */
Test(dh, x25519__rfc7748_a_thousand_times)
{
    uint8_t scalar[32] = {9}, u[32] = {9}, out[32];

    for (unsigned i = 1; i <= 1000; i++) {
        struct dh_key *k = NULL;
        cr_assert_eq(dh_key_new(&DH_X25519, bytes_of(scalar, sizeof scalar), &k), ERR_OK);
        cr_assert_eq(dh_shared(k, bytes_of(u, sizeof u), out), ERR_OK);
        dh_key_free(k);
        memcpy(u, scalar, sizeof u);
        memcpy(scalar, out, sizeof scalar);
        if (i == 1)
            vector_expect("422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079",
                out, sizeof out);
    }
    vector_expect(
        "684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51", out, sizeof out);
}

/* RFC 7748, 6.1, and RFC 5903, 8.1. */
static const struct exchange {
    const struct dh_alg *alg;
    const char *a, *a_pub, *b, *b_pub, *shared;
} EXCHANGES[] = {
    {&DH_X25519, "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a",
        "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a",
        "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb",
        "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f",
        "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742"},
    {&DH_P256, "c88f01f510d9ac3f70a292daa2316de544e9aab8afe84049c62a9c57862d1433",
        "04dad0b65394221cf9b051e1feca5787d098dfe637fc90b9ef945d0c3772581180"
        "5271a0461cdb8252d61f1c456fa3e59ab1f45b33accf5f58389e0577b8990bb3",
        "c6ef9c5d78ae012a011164acb397ce2088685d8f06bf9be0b283ab46476bee53",
        "04d12dfb5289c8d4f81208b70270398c342296970a0bccb74c736fc7554494bf63"
        "56fbf3ca366cc23e8157854c13c58d6aac23f046ada30f8353e74f33039872ab",
        "d6840f6b42f6edafd13116e0e12565202fef8e9ece7dce03812464d04b9442de"},
};

Test(dh, shared__printed_exchanges)
{
    for (size_t i = 0; i < MEM_COUNT(EXCHANGES); i++) {
        const struct exchange *x = &EXCHANGES[i];
        struct dh_key *a = key_of(x->alg, x->a), *b = key_of(x->alg, x->b);
        uint8_t out[DH_SHARED];

        vector_expect(x->a_pub, dh_key_pub(a).p, dh_key_pub(a).n);
        vector_expect(x->b_pub, dh_key_pub(b).p, dh_key_pub(b).n);
        for (unsigned again = 0; again < 2; again++) { /* a key is used more than once */
            cr_assert_eq(dh_shared(a, dh_key_pub(b), out), ERR_OK);
            vector_expect(x->shared, out, sizeof out);
            cr_assert_eq(dh_shared(b, dh_key_pub(a), out), ERR_OK);
            vector_expect(x->shared, out, sizeof out);
        }
        dh_key_free(a);
        dh_key_free(b);
    }
}

Test(dh, key_pair__is_the_key_of_its_private_half)
{
    for (size_t i = 0; i < MEM_COUNT(EXCHANGES); i++) {
        const struct exchange *x = &EXCHANGES[i];
        uint8_t priv[DH_PRIV_SIZE], pub[DH_PUB_MAX], out[DH_SHARED];
        struct dh_key *b = key_of(x->alg, x->b), *a = NULL;
        struct bytes p = vector_hex(x->a_pub, pub, sizeof pub);

        (void)vector_hex(x->a, priv, sizeof priv);
        cr_assert_eq(dh_key_pair(x->alg, bytes_of(priv, sizeof priv), p, &a), ERR_OK);
        cr_assert(bytes_eq(dh_key_pub(a), p));
        cr_assert_eq(dh_shared(a, dh_key_pub(b), out), ERR_OK);
        vector_expect(x->shared, out, sizeof out);
        dh_key_priv(a, out);
        vector_expect(x->a, out, sizeof out);
        dh_key_priv(b, out);
        vector_expect(x->b, out, sizeof out);
        dh_key_free(a);
        for (size_t n = 0; n < p.n; n++) {
            cr_assert_eq(dh_key_pair(x->alg, bytes_of(priv, sizeof priv), bytes_of(pub, n), &a),
                ERR_CRYPTO);
            cr_assert_null(a);
        }
        dh_key_free(b);
    }
}

Test(dh, key_new__refuses_each_other_length)
{
    uint8_t priv[DH_PRIV_SIZE + 1];
    struct dh_key *k = NULL;

    memset(priv, 1, sizeof priv);
    for (size_t n = 0; n <= sizeof priv; n++) {
        if (n == DH_PRIV_SIZE)
            continue;
        cr_assert_eq(dh_key_new(&DH_X25519, bytes_of(priv, n), &k), ERR_CRYPTO);
        cr_assert_eq(dh_key_new(&DH_P256, bytes_of(priv, n), &k), ERR_CRYPTO);
        cr_assert_null(k);
    }
    dh_key_free(NULL);
}

Test(dh, key_new__takes_p256_scalars_below_the_order)
{
    static const struct {
        const char *hex;
        enum err want;
    } rows[] = {
        {"0000000000000000000000000000000000000000000000000000000000000000", ERR_CRYPTO},
        {"0000000000000000000000000000000000000000000000000000000000000001", ERR_OK},
        {"ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632550", ERR_OK},
        {ORDER, ERR_CRYPTO},
        {"ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632552", ERR_CRYPTO},
        {"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", ERR_CRYPTO},
    };

    for (size_t i = 0; i < MEM_COUNT(rows); i++) {
        uint8_t priv[DH_PRIV_SIZE], back[DH_PRIV_SIZE];
        struct dh_key *k = NULL;

        cr_assert_eq(
            dh_key_new(&DH_P256, vector_hex(rows[i].hex, priv, sizeof priv), &k), rows[i].want);
        cr_assert_eq(k != NULL, rows[i].want == ERR_OK);
        if (k == NULL)
            continue;
        dh_key_priv(k, back); /* leading zeros stay */
        cr_assert_arr_eq(back, priv, sizeof priv);
        dh_key_free(k);
    }
}

Test(dh, shared__refuses_x25519_points_of_low_order)
{
    static const char *const points[] = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "0100000000000000000000000000000000000000000000000000000000000080",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b880",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f11d7",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    };
    static const uint8_t zero[DH_SHARED];
    struct dh_key *k = key_of(&DH_X25519, EXCHANGES[0].a);

    for (size_t i = 0; i < MEM_COUNT(points); i++) {
        uint8_t point[32], out[DH_SHARED];
        memset(out, 0xaa, sizeof out);
        struct bytes peer = vector_hex(points[i], point, sizeof point);
        cr_assert_eq(dh_shared(k, peer, out), ERR_CRYPTO, "%s", points[i]);
        cr_assert_arr_eq(out, zero, sizeof out);
        cr_assert_eq(dh_check(&DH_X25519, peer), ERR_OK); /* its form is right */
    }
    /* And the key is none the worse. */
    uint8_t peer[32], out[DH_SHARED];
    cr_assert_eq(dh_shared(k, vector_hex(EXCHANGES[0].b_pub, peer, sizeof peer), out), ERR_OK);
    vector_expect(EXCHANGES[0].shared, out, sizeof out);
    dh_key_free(k);
}

static void refuses_point(const struct dh_key *k, struct bytes peer)
{
    uint8_t out[DH_SHARED], priv[DH_PRIV_SIZE] = {1};
    static const uint8_t zero[DH_SHARED];
    struct dh_key *pair = NULL;

    memset(out, 0xaa, sizeof out);
    cr_assert_eq(dh_shared(k, peer, out), ERR_CRYPTO);
    cr_assert_arr_eq(out, zero, sizeof out);
    cr_assert_eq(dh_check(dh_key_alg(k), peer), ERR_CRYPTO);
    cr_assert_eq(
        dh_key_pair(dh_key_alg(k), bytes_of(priv, sizeof priv), peer, &pair), ERR_CRYPTO);
    cr_assert_null(pair);
}

Test(dh, shared__refuses_what_is_no_point_of_p256)
{
    struct dh_key *k = key_of(&DH_P256, EXCHANGES[1].a);
    uint8_t p[DH_PUB_MAX + 1] = {0}, bad[DH_PUB_MAX];
    struct bytes good = vector_hex(EXCHANGES[1].b_pub, p, sizeof p);

    cr_assert_eq(dh_check(&DH_P256, good), ERR_OK);
    for (size_t bit = 0; bit < good.n * 8; bit++) { /* off the curve, or another form */
        memcpy(bad, good.p, good.n);
        bad[bit / 8] ^= (uint8_t)(1u << bit % 8);
        refuses_point(k, bytes_of(bad, good.n));
    }
    for (size_t n = 0; n <= sizeof p; n++) /* 1 byte of zero would be infinity */
        if (n != good.n)
            refuses_point(k, bytes_of(p, n));
    memset(bad, 0, sizeof bad);
    refuses_point(k, bytes_of(bad, sizeof bad));
    refuses_point(k, bytes_of(bad, 1));
    bad[0] = 4; /* 0, 0 is not on it */
    refuses_point(k, bytes_of(bad, sizeof bad));
    memset(bad + 1, 0xff, 64); /* beyond the field */
    refuses_point(k, bytes_of(bad, sizeof bad));
    memcpy(bad, good.p, good.n); /* compressed and hybrid, both of the same point */
    bad[0] = (uint8_t)(2 + (good.p[64] & 1));
    refuses_point(k, bytes_of(bad, 33));
    bad[0] = (uint8_t)(6 + (good.p[64] & 1));
    refuses_point(k, bytes_of(bad, 65));
    dh_key_free(k);
}

Test(dh, x25519__refuses_each_other_length)
{
    struct dh_key *k = key_of(&DH_X25519, EXCHANGES[0].a);
    uint8_t p[33] = {9};

    for (size_t n = 0; n <= sizeof p; n++)
        if (n != 32)
            refuses_point(k, bytes_of(p, n));
    dh_key_free(k);
}
