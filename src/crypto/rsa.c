/* SPDX-License-Identifier: ISC */
#include "crypto/rsa.h"

#include "crypto/verdict.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>

#include "base/mem.h"
#include "crypto/key_rsa.h"

struct rsa_key {
    EVP_PKEY *pkey;
    bool private;
};

/* Takes pkey. */
static enum err key_wrap(EVP_PKEY *pkey, bool private, struct rsa_key **out)
{
    struct rsa_key *k = mem_alloc(sizeof *k);

    k->pkey = pkey;
    k->private = private;
    *out = k;
    return ERR_OK;
}

enum err rsa_key_read_private(struct bytes pkcs8, struct rsa_key **out)
{
    EVP_PKEY *pkey = NULL;
    enum err e = key_rsa_private(pkcs8, true, &pkey);

    *out = NULL;
    return e == ERR_OK ? key_wrap(pkey, true, out) : e;
}

enum err rsa_key_read_public(struct bytes spki, struct rsa_key **out)
{
    EVP_PKEY *pkey = NULL;
    enum err e = key_rsa_public(spki, &pkey);

    *out = NULL;
    return e == ERR_OK ? key_wrap(pkey, false, out) : e;
}

void rsa_key_free(struct rsa_key *k)
{
    if (k == NULL)
        return;
    EVP_PKEY_free(k->pkey); /* wipes a private half */
    mem_free(k);
}

typedef int rsa_init_fn(EVP_PKEY_CTX *ctx, const OSSL_PARAM params[]);

static EVP_PKEY_CTX *oaep_begin(
    struct rsa_key *k, const struct rsa_oaep *how, rsa_init_fn *init)
{
    char pad[] = OSSL_PKEY_RSA_PAD_MODE_OAEP, hash[16] = "", mgf[16] = "";
    union { /* OSSL_PARAM has no const; the label is only read */
        const void *given;
        void *wanted;
    } label = {.given = how->label.p};
    OSSL_PARAM params[5];
    size_t at = 0;

    (void)bytes_copy(hash, sizeof hash, bytes_str(how->hash->name));
    (void)bytes_copy(mgf, sizeof mgf, bytes_str(how->mgf->name));
    params[at++] = OSSL_PARAM_construct_utf8_string(OSSL_ASYM_CIPHER_PARAM_PAD_MODE, pad, 0);
    params[at++] =
        OSSL_PARAM_construct_utf8_string(OSSL_ASYM_CIPHER_PARAM_OAEP_DIGEST, hash, 0);
    params[at++] = OSSL_PARAM_construct_utf8_string(OSSL_ASYM_CIPHER_PARAM_MGF1_DIGEST, mgf, 0);
    if (how->label.n != 0)
        params[at++] = OSSL_PARAM_construct_octet_string(
            OSSL_ASYM_CIPHER_PARAM_OAEP_LABEL, label.wanted, how->label.n);
    params[at] = OSSL_PARAM_construct_end();
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, k->pkey, NULL);
    if (ctx != NULL && init(ctx, params) == 1)
        return ctx;
    EVP_PKEY_CTX_free(ctx);
    return NULL;
}

enum err rsa_seal(struct rsa_key *k, const struct rsa_oaep *how, struct bytes in,
    uint8_t out[RSA_MAX], size_t *n)
{
    static const uint8_t NONE[1];
    size_t size = (size_t)EVP_PKEY_get_size(k->pkey), extra = 2 * how->hash->size + 2;

    *n = 0;
    if (in.n > size - extra)
        return ERR_TOO_BIG;
    EVP_PKEY_CTX *ctx = oaep_begin(k, how, EVP_PKEY_encrypt_init_ex);
    size_t room = RSA_MAX;
    bool good =
        ctx != NULL && EVP_PKEY_encrypt(ctx, out, &room, in.n != 0 ? in.p : NONE, in.n) == 1;
    EVP_PKEY_CTX_free(ctx);
    if (good)
        *n = room;
    return verdict(good);
}

enum err rsa_open(struct rsa_key *k, const struct rsa_oaep *how, struct bytes in,
    uint8_t out[RSA_MAX], size_t *n)
{
    size_t room = RSA_MAX;

    *n = 0;
    if (!k->private)
        return ERR_STATE;
    if (in.n != (size_t)EVP_PKEY_get_size(k->pkey))
        return ERR_CRYPTO;
    EVP_PKEY_CTX *ctx = oaep_begin(k, how, EVP_PKEY_decrypt_init_ex);
    bool good = ctx != NULL && EVP_PKEY_decrypt(ctx, out, &room, in.p, in.n) == 1;
    EVP_PKEY_CTX_free(ctx);
    if (good)
        *n = room;
    else
        mem_wipe(out, RSA_MAX);
    return verdict(good);
}
