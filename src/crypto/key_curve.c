/* SPDX-License-Identifier: ISC */
#include "crypto/key_curve.h"

#include "crypto/verdict.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>

#include "base/mem.h"
#include "crypto/dh.h"

#define ED25519_PUB 32
#define P256_PUB    65

enum err key_curve_ed25519(struct bytes seed, EVP_PKEY **out, struct buf *pub)
{
    uint8_t raw[ED25519_PUB];
    size_t n = sizeof raw;

    *out = NULL;
    if (seed.n != KEY_CURVE_PRIV)
        return ERR_CRYPTO;
    EVP_PKEY *pkey = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed.p, seed.n);
    if (pkey == NULL || EVP_PKEY_get_raw_public_key(pkey, raw, &n) != 1) {
        EVP_PKEY_free(pkey);
        return verdict(false);
    }
    buf_put(pub, raw, n);
    *out = pkey;
    return ERR_OK;
}

enum err key_curve_ed25519_public(struct bytes pub, EVP_PKEY **out)
{
    *out = NULL;
    if (pub.n != ED25519_PUB)
        return ERR_CRYPTO;
    *out = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, pub.p, pub.n);
    return verdict(*out != NULL);
}

/* native: the scalar in the order of this machine, NULL for a public key. */
static enum err p256_make(uint8_t *native, struct bytes pub, EVP_PKEY **out)
{
    char group[] = "prime256v1";
    uint8_t point[P256_PUB];
    OSSL_PARAM params[4];
    size_t at = 0;

    memcpy(point, pub.p, sizeof point);
    params[at++] = OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0);
    params[at++] =
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point);
    if (native != NULL)
        params[at++] =
            OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_PRIV_KEY, native, KEY_CURVE_PRIV);
    params[at] = OSSL_PARAM_construct_end();
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    bool good = ctx != NULL && EVP_PKEY_fromdata_init(ctx) == 1 &&
                EVP_PKEY_fromdata(ctx, out,
                    native != NULL ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY, params) == 1;
    EVP_PKEY_CTX_free(ctx);
    return verdict(good);
}

enum err key_curve_p256(struct bytes scalar, EVP_PKEY **out, struct buf *pub)
{
    uint8_t native[KEY_CURVE_PRIV];
    struct dh_key *k = NULL;
    enum err e;

    *out = NULL;
    /* Which also looks at the range of the scalar. */
    if ((e = dh_key_new(&DH_P256, scalar, &k)) != ERR_OK)
        return e;
    BIGNUM *d = BN_bin2bn(scalar.p, (int)scalar.n, BN_secure_new());
    e = verdict(d != NULL && BN_bn2nativepad(d, native, sizeof native) == sizeof native);
    if (e == ERR_OK)
        e = p256_make(native, dh_key_pub(k), out);
    if (e == ERR_OK)
        buf_bytes(pub, dh_key_pub(k));
    BN_clear_free(d);
    mem_wipe(native, sizeof native);
    dh_key_free(k);
    return e;
}

enum err key_curve_p256_public(struct bytes pub, EVP_PKEY **out)
{
    enum err e;

    *out = NULL;
    if ((e = dh_check(&DH_P256, pub)) != ERR_OK)
        return e;
    return p256_make(NULL, pub, out);
}

enum err key_curve_private(EVP_PKEY *pkey, uint8_t out[KEY_CURVE_PRIV])
{
    size_t n = KEY_CURVE_PRIV;
    BIGNUM *d = NULL;

    if (EVP_PKEY_get_base_id(pkey) == EVP_PKEY_ED25519)
        return verdict(
            EVP_PKEY_get_octet_string_param(pkey, OSSL_PKEY_PARAM_PRIV_KEY, out, n, &n) == 1);
    bool good = EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_PRIV_KEY, &d) == 1 &&
                BN_bn2binpad(d, out, KEY_CURVE_PRIV) == KEY_CURVE_PRIV;
    BN_clear_free(d);
    return verdict(good);
}
