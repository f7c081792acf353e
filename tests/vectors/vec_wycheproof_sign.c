/* SPDX-License-Identifier: ISC */
/* Signatures: ECDSA on P-256, Ed25519, RSA-PSS with any hash and salt. */
#include "crypto/sign.h"
#include "wycheproof.h"

#define SPKI_LEAD 4 /* the outer header of a key of 2048 to 4096 bits */

static void run(
    struct vec_case *c, const struct wy_test *t, const struct sign_alg *alg, struct bytes key)
{
    struct bytes msg = vec_hex(c, t->test, "msg");
    struct bytes sig = vec_hex(c, t->test, "sig");
    struct sign_pub *pub = NULL;

    if (!vec_going(c) || !vec_ok(c, "public key", sign_pub_read(alg, key, &pub)))
        return;
    (void)wy_judge(c, t, "signature", sign_check(pub, msg, sig));
    sign_pub_free(pub);
}

void wy_ecdsa(struct vec_case *c, const struct wy_test *t)
{
    const cJSON *key = vec_obj(c, t->group, "publicKey");
    const char *curve = vec_str(c, key, "curve");
    const char *sha = vec_str(c, t->group, "sha");

    if (strcmp(curve, "secp256r1") != 0 || wy_hash(sha) != SIGN_ECDSA_P256.hash)
        vec_not_built(c, "ECDSA on %s with %s", curve, sha);
    if (vec_going(c))
        run(c, t, &SIGN_ECDSA_P256, vec_hex(c, key, "uncompressed"));
}

void wy_eddsa(struct vec_case *c, const struct wy_test *t)
{
    const cJSON *key = vec_obj(c, t->group, "publicKey");
    const char *curve = vec_str(c, key, "curve");

    if (strcmp(curve, "edwards25519") != 0)
        vec_not_built(c, "EdDSA on %s", curve);
    if (vec_going(c))
        run(c, t, &SIGN_ED25519, vec_hex(c, key, "pk"));
}

static bool pss_scheme(struct vec_case *c, const cJSON *group, struct sign_alg *alg)
{
    const char *sha = vec_str(c, group, "sha");
    const char *mgf = vec_str(c, group, "mgf");
    int64_t salt = vec_int(c, group, "sLen", 0, UINT16_MAX);
    const char *mgf_sha = strcmp(mgf, "MGF1") == 0 ? vec_str(c, group, "mgfSha") : mgf;

    *alg = SIGN_RSA_PSS;
    alg->hash = wy_hash(sha);
    alg->mgf = wy_hash(mgf_sha);
    if (alg->hash == NULL || alg->mgf == NULL || salt > UINT8_MAX)
        vec_not_built(
            c, "PSS with %s, %s of %s, salt %lld", sha, mgf, mgf_sha, (long long)salt);
    else
        alg->salt = (uint8_t)salt;
    return vec_going(c);
}

static bool is_f4(struct bytes exponent)
{
    static const uint8_t F4[] = {1, 0, 1};

    return bytes_eq(exponent, bytes_of(F4, sizeof F4));
}

void wy_pss(struct vec_case *c, const struct wy_test *t)
{
    const cJSON *key = vec_obj(c, t->group, "publicKey");
    struct bytes exponent = vec_hex(c, key, "publicExponent");
    struct bytes der = vec_hex(c, t->group, "publicKeyDer");
    struct sign_pub *pub = NULL;
    struct sign_alg alg;

    if (!vec_going(c) || !pss_scheme(c, t->group, &alg))
        return;
    if (wy_rsa_built(c, vec_hex(c, key, "modulus"), der, SPKI_LEAD) && !is_f4(exponent))
        vec_not_built(c, "RSA with a public exponent other than 65537");
    /* What counts as outside the rule must be refused by it. */
    if (c->verdict == VEC_NOT_BUILT)
        (void)vec_refused(c, "a key outside the rule", sign_pub_read(&alg, der, &pub));
    sign_pub_free(pub);
    if (vec_going(c))
        run(c, t, &alg, der);
}
