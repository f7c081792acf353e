/* SPDX-License-Identifier: ISC */
/* RSA-OAEP with any hash, and what an RSA key must be to be one of ours. */
#include "base/mem.h"
#include "crypto/rsa.h"
#include "wycheproof.h"

#define PKCS8_LEAD 7 /* the outer header and version 0 */

static size_t bits_of(struct bytes number)
{
    size_t bits;

    while (number.n > 0 && number.p[0] == 0)
        number = bytes_of(number.p + 1, number.n - 1);
    bits = number.n * 8;
    for (unsigned top = 0x80; number.n > 0 && (number.p[0] & top) == 0; top >>= 1)
        bits--;
    return bits;
}

bool wy_rsa_built(struct vec_case *c, struct bytes modulus, struct bytes der, size_t lead)
{
    static const uint8_t RSA_ENCRYPTION[] = {
        0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1, 5, 0};
    size_t bits = bits_of(modulus);

    if (bits != 2048 && bits != 3072 && bits != 4096)
        vec_not_built(c, "RSA with %zu bits", bits);
    else if (der.n < lead + sizeof RSA_ENCRYPTION ||
             memcmp(der.p + lead, RSA_ENCRYPTION, sizeof RSA_ENCRYPTION) != 0)
        vec_not_built(c, "an RSA key that does not say rsaEncryption with NULL");
    return vec_going(c);
}

static bool oaep_scheme(struct vec_case *c, const struct wy_test *t, struct rsa_oaep *how)
{
    const char *sha = vec_str(c, t->group, "sha");
    const char *mgf = vec_str(c, t->group, "mgf");
    const char *mgf_sha = strcmp(mgf, "MGF1") == 0 ? vec_str(c, t->group, "mgfSha") : mgf;

    how->hash = wy_hash(sha);
    how->mgf = wy_hash(mgf_sha);
    how->label = vec_hex(c, t->test, "label");
    if (how->hash == NULL || how->mgf == NULL)
        vec_not_built(c, "OAEP with %s, %s of %s", sha, mgf, mgf_sha);
    return vec_going(c);
}

static void check_open(struct vec_case *c, const struct wy_test *t, struct rsa_key *key,
    const struct rsa_oaep *how)
{
    struct bytes msg = vec_hex(c, t->test, "msg");
    struct bytes ct = vec_hex(c, t->test, "ct");
    uint8_t *out = vec_room(c, RSA_MAX);
    uint8_t *sealed = vec_room(c, RSA_MAX);
    size_t n = 0;

    if (!vec_going(c) || !wy_judge(c, t, "open", rsa_open(key, how, ct, out, &n)) ||
        !vec_same(c, "msg", msg, bytes_of(out, n)))
        return;
    /* What was opened must also come back from a seal of ours. */
    if (vec_ok(c, "seal", rsa_seal(key, how, msg, sealed, &n)) &&
        vec_ok(c, "open of our seal", rsa_open(key, how, bytes_of(sealed, n), out, &n)))
        (void)vec_same(c, "msg of our seal", msg, bytes_of(out, n));
}

void wy_oaep(struct vec_case *c, const struct wy_test *t)
{
    struct bytes der = vec_hex(c, t->group, "privateKeyPkcs8");
    const cJSON *parts = vec_obj(c, t->group, "privateKey");
    struct bytes modulus = vec_hex(c, parts, "modulus");
    struct rsa_key *key = NULL;
    struct rsa_oaep how;

    if (!vec_going(c) || !oaep_scheme(c, t, &how))
        return;
    (void)wy_rsa_built(c, modulus, der, PKCS8_LEAD);
    if (c->verdict == VEC_NOT_BUILT)
        (void)vec_refused(c, "a key outside the rule", rsa_key_read_private(der, &key));
    else if (vec_ok(c, "private key", rsa_key_read_private(der, &key)))
        check_open(c, t, key, &how);
    rsa_key_free(key);
}
