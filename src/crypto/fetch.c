/* SPDX-License-Identifier: ISC */
#include "crypto/fetch.h"

#include <openssl/crypto.h>

#include "base/mem.h"

static const char *const MD_NAMES[FETCH_MD_COUNT] = {
    [FETCH_SHA1] = "SHA1",
    [FETCH_SHA224] = "SHA224",
    [FETCH_SHA256] = "SHA256",
    [FETCH_SHA384] = "SHA384",
    [FETCH_SHA512] = "SHA512",
    [FETCH_SHA512_224] = "SHA512-224",
    [FETCH_SHA512_256] = "SHA512-256",
};

static const char *const CIPHER_NAMES[FETCH_CIPHER_COUNT] = {
    [FETCH_AES128_GCM] = "AES-128-GCM",
    [FETCH_AES256_GCM] = "AES-256-GCM",
    [FETCH_CHACHA20_POLY1305] = "ChaCha20-Poly1305",
};

struct fetch_thread {
    EVP_MD_CTX *md[FETCH_MD_COUNT];
    EVP_CIPHER_CTX *cipher[FETCH_CIPHER_COUNT];
};

/* Never freed: the process needs them until its end. Workers use them too, so the first use
 * is guarded; afterwards they are only read. */
static struct {
    EVP_MD *md[FETCH_MD_COUNT];
    EVP_CIPHER *cipher[FETCH_CIPHER_COUNT];
    CRYPTO_THREAD_LOCAL thread;
} all;

static CRYPTO_ONCE once = CRYPTO_ONCE_STATIC_INIT;

static void thread_free(void *arg)
{
    struct fetch_thread *t = arg;

    for (size_t i = 0; i < FETCH_MD_COUNT; i++)
        EVP_MD_CTX_free(t->md[i]);
    for (size_t i = 0; i < FETCH_CIPHER_COUNT; i++)
        EVP_CIPHER_CTX_free(t->cipher[i]);
    mem_free(t);
}

static void fetch_all(void)
{
    /* The file openssl.cnf of whoever runs us has no say in what our algorithms are. */
    (void)OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
    for (size_t i = 0; i < FETCH_MD_COUNT; i++) {
        all.md[i] = EVP_MD_fetch(NULL, MD_NAMES[i], NULL);
        if (all.md[i] == NULL)
            mem_die("OpenSSL lacks a SHA-2 hash or SHA-1");
    }
    for (size_t i = 0; i < FETCH_CIPHER_COUNT; i++) {
        all.cipher[i] = EVP_CIPHER_fetch(NULL, CIPHER_NAMES[i], NULL);
        if (all.cipher[i] == NULL)
            mem_die("OpenSSL lacks AES-GCM or ChaCha20-Poly1305");
    }
    if (CRYPTO_THREAD_init_local(&all.thread, thread_free) != 1)
        mem_die("OpenSSL has no room for what belongs to a thread");
}

static struct fetch_thread *thread(void)
{
    if (CRYPTO_THREAD_run_once(&once, fetch_all) != 1)
        mem_die("OpenSSL cannot start");
    struct fetch_thread *t = CRYPTO_THREAD_get_local(&all.thread);
    if (t != NULL)
        return t;
    t = mem_alloc(sizeof *t);
    if (CRYPTO_THREAD_set_local(&all.thread, t) != 1)
        mem_die("OpenSSL keeps nothing for a thread");
    return t;
}

EVP_MD_CTX *fetch_md_ctx(enum fetch_md row)
{
    struct fetch_thread *t = thread();

    if (t->md[row] != NULL)
        return t->md[row];
    t->md[row] = EVP_MD_CTX_new();
    if (t->md[row] == NULL || EVP_DigestInit_ex2(t->md[row], all.md[row], NULL) != 1)
        mem_die("OpenSSL cannot make a hash context");
    return t->md[row];
}

EVP_CIPHER_CTX *fetch_cipher_new(enum fetch_cipher row)
{
    static const uint8_t ZEROES[EVP_MAX_KEY_LENGTH];

    (void)thread();
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    if (ctx == NULL || EVP_CipherInit_ex2(ctx, all.cipher[row], ZEROES, ZEROES, 1, NULL) != 1)
        mem_die("OpenSSL cannot make a cipher context");
    return ctx;
}

EVP_CIPHER_CTX *fetch_cipher_ctx(enum fetch_cipher row)
{
    struct fetch_thread *t = thread();

    if (t->cipher[row] == NULL)
        t->cipher[row] = fetch_cipher_new(row);
    return t->cipher[row];
}
