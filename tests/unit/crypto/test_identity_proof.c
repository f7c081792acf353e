/* SPDX-License-Identifier: ISC */
#include "crypto/identity_proof.h"

#include "base/mem.h"
#include "rsa_fixture.h"

static const uint8_t HERE[IDENTITY_PROOF_EXPORT] = {1, 2, 3};

struct proof {
    struct sign_key *key;
    uint8_t p[SIGN_MAX];
    size_t n;
};

static struct sign_key *fixture(size_t i)
{
    uint8_t room[RSA_FIXTURE_DER];
    struct sign_key *k = NULL;

    cr_assert_eq(
        sign_key_read(&SIGN_RSA_PSS, rsa_fixture_der(&RSA_FIXTURES[i], room), &k), ERR_OK);
    return k;
}

static struct proof prove(size_t i)
{
    struct proof p = {.key = fixture(i)};

    cr_assert_eq(identity_proof_make(p.key, HERE, p.p, &p.n), ERR_OK);
    return p;
}

static enum err check(const struct proof *p, const uint8_t *exporter)
{
    return identity_proof_check(sign_key_pub(p->key), exporter, bytes_of(p->p, p->n));
}

Test(identity_proof, check__of_every_size)
{
    for (size_t i = 0; i < MEM_COUNT(RSA_FIXTURES); i++) {
        struct proof p = prove(i);
        cr_expect_eq(p.n, RSA_FIXTURES[i].bits / 8);
        cr_expect_eq(check(&p, HERE), ERR_OK);
        sign_key_free(p.key);
    }
}

/* The bytes themselves, so that another program can make them. */
Test(identity_proof, make__signs_the_label_and_the_exporter)
{
    uint8_t plain[16 + sizeof HERE];
    struct proof p = prove(0);
    struct sign_pub *pub = NULL;

    memcpy(plain, "sotto identity 1", 16);
    memcpy(plain + 16, HERE, sizeof HERE);
    cr_assert_eq(sign_pub_read(&SIGN_RSA_PSS, sign_key_pub(p.key), &pub), ERR_OK);
    cr_assert_eq(sign_check(pub, bytes_of(plain, sizeof plain), bytes_of(p.p, p.n)), ERR_OK);
    sign_pub_free(pub);
    sign_key_free(p.key);
}

Test(identity_proof, make__with_a_key_of_another_scheme_is_refused)
{
    uint8_t out[SIGN_MAX];
    size_t n = 7;
    struct sign_key *k = NULL;

    cr_assert_eq(sign_key_new(&SIGN_ED25519, 0, &k), ERR_OK);
    cr_assert_eq(identity_proof_make(k, HERE, out, &n), ERR_REFUSED);
    cr_assert_eq(n, 0);
    sign_key_free(k);
}

Test(identity_proof, check__every_flipped_bit_is_refused)
{
    struct proof p = prove(0);

    for (size_t bit = 0; bit < p.n * 8; bit++) {
        p.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
        cr_expect_eq(check(&p, HERE), ERR_CRYPTO, "bit %zu", bit);
        p.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    cr_assert_eq(check(&p, HERE), ERR_OK);
    sign_key_free(p.key);
}

Test(identity_proof, check__another_exporter_is_refused)
{
    struct proof p = prove(0);
    uint8_t there[sizeof HERE];

    memcpy(there, HERE, sizeof HERE);
    for (size_t bit = 0; bit < sizeof there * 8; bit++) {
        there[bit / 8] ^= (uint8_t)(1u << bit % 8);
        cr_expect_eq(check(&p, there), ERR_CRYPTO, "bit %zu", bit);
        there[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    sign_key_free(p.key);
}

Test(identity_proof, check__cut_short_or_longer_is_refused)
{
    struct proof p = prove(0);
    struct bytes spki = sign_key_pub(p.key);

    for (size_t n = 0; n < sizeof p.p; n++) {
        if (n != p.n)
            cr_expect_eq(
                identity_proof_check(spki, HERE, bytes_of(p.p, n)), ERR_CRYPTO, "%zu bytes", n);
    }
    sign_key_free(p.key);
}

Test(identity_proof, check__of_another_key_is_refused)
{
    struct proof p = prove(0);
    struct sign_key *own = p.key;

    /* Another of the same size, and those of other sizes. */
    cr_assert_eq(sign_key_new(&SIGN_RSA_PSS, 2048, &p.key), ERR_OK);
    cr_expect_eq(check(&p, HERE), ERR_CRYPTO);
    sign_key_free(p.key);
    for (size_t i = 1; i < MEM_COUNT(RSA_FIXTURES); i++) {
        p.key = fixture(i);
        cr_expect_eq(check(&p, HERE), ERR_CRYPTO);
        sign_key_free(p.key);
    }
    sign_key_free(own);
}

/* A key that is damaged, cut, longer, or of another scheme never comes to be checked. */
Test(identity_proof, check__what_is_no_identity_key_is_told_apart)
{
    struct proof p = prove(0);
    struct bytes spki = sign_key_pub(p.key);
    uint8_t room[SIGN_PUB_MAX] = {0};
    struct sign_key *other = NULL;

    memcpy(room, spki.p, spki.n);
    for (size_t n = 0; n < sizeof room; n++) {
        if (n != spki.n)
            cr_expect_eq(identity_proof_check(bytes_of(room, n), HERE, bytes_of(p.p, p.n)),
                ERR_FORMAT, "%zu bytes", n);
    }
    for (size_t bit = 0; bit < spki.n * 8; bit++) {
        room[bit / 8] ^= (uint8_t)(1u << bit % 8);
        cr_expect_neq(identity_proof_check(bytes_of(room, spki.n), HERE, bytes_of(p.p, p.n)),
            ERR_OK, "bit %zu", bit);
        room[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    cr_assert_eq(sign_key_new(&SIGN_ED25519, 0, &other), ERR_OK);
    cr_expect_eq(
        identity_proof_check(sign_key_pub(other), HERE, bytes_of(p.p, p.n)), ERR_FORMAT);
    sign_key_free(other);
    sign_key_free(p.key);
}
