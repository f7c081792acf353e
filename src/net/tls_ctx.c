/* SPDX-License-Identifier: ISC */
#include "net/tls_impl.h"

#include <limits.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>

#include "base/mem.h"

#define CHAIN_DEPTH    4
#define CHAIN_BYTES    (32u << 10) /* of the other side's certificates together */
#define STRENGTH_BITS  112         /* RSA 2048, P-256, Ed25519 and up */
#define SECURITY_LEVEL 2           /* the same for a chain, and no SHA-1 */

/* AES-128 first: a quarter cheaper than AES-256 where every record is sealed once per receiver,
 * and what it carries is sealed end to end already. */
#define CIPHERS "TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_256_GCM_SHA384"

void tls_init_library(void)
{
    /* The openssl.cnf of whoever runs us has no say in what we accept. */
    (void)OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
    ERR_clear_error();
}

BIO *tls_pem_open(struct bytes pem)
{
    BIO *b = pem.n <= INT_MAX
                 ? BIO_new_mem_buf(pem.n != 0 ? (const void *)pem.p : "", (int)pem.n)
                 : NULL;

    if (b == NULL)
        mem_die("OpenSSL cannot read from memory");
    return b;
}

X509 *tls_pem_cert(BIO *from)
{
    return PEM_read_bio_X509(from, NULL, NULL, NULL);
}

static int no_passphrase(char *to, int n, int writing, void *arg)
{
    (void)to, (void)n, (void)writing, (void)arg;
    return -1;
}

EVP_PKEY *tls_pem_key(struct bytes pem)
{
    BIO *b = tls_pem_open(pem);
    EVP_PKEY *key = PEM_read_bio_PrivateKey(b, NULL, no_passphrase, NULL);

    BIO_free(b);
    return key;
}

enum err tls_spki(X509 *cert, uint8_t out[TLS_FINGERPRINT])
{
    unsigned char *der = NULL;
    int n = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(cert), &der);
    enum err e = ERR_CERT;

    if (n > 0 && EVP_Digest(der, (size_t)n, out, NULL, EVP_sha256(), NULL) == 1)
        e = ERR_OK;
    OPENSSL_free(der);
    return e;
}

/* First words of ours, then OpenSSL's own reason when it left one. */
static void tell(char *why, size_t n, const char *what)
{
    unsigned long code = ERR_peek_last_error();
    const char *reason = code != 0 ? ERR_reason_error_string(code) : NULL;

    (void)snprintf(why, n, reason != NULL ? "%s: %s" : "%s", what, reason);
    ERR_clear_error();
}

/* Judging by pin: the chain, the name and the dates do not matter, the key is everything. */
static int verify_by_pin(X509_STORE_CTX *store, void *arg)
{
    const struct tls_ctx *c = arg;
    X509 *cert = X509_STORE_CTX_get0_cert(store);
    EVP_PKEY *key = cert != NULL ? X509_get0_pubkey(cert) : NULL;
    uint8_t fp[TLS_FINGERPRINT];

    if (key == NULL || EVP_PKEY_get_security_bits(key) < STRENGTH_BITS) {
        X509_STORE_CTX_set_error(store, X509_V_ERR_EE_KEY_TOO_SMALL);
        return 0;
    }
    if (tls_spki(cert, fp) != ERR_OK ||
        (c->has_pin && CRYPTO_memcmp(fp, c->pin, sizeof fp) != 0)) {
        X509_STORE_CTX_set_error(store, X509_V_ERR_APPLICATION_VERIFICATION);
        return 0;
    }
    X509_STORE_CTX_set_error(store, X509_V_OK);
    return 1;
}

static struct tls_ctx *ctx_make(bool client)
{
    struct tls_ctx *c = mem_alloc(sizeof *c);
    char groups[] = "X25519:P-256:P-384";

    tls_init_library();
    c->refs = 1;
    c->client = client;
    c->ssl = SSL_CTX_new(client ? TLS_client_method() : TLS_server_method());
    if (c->ssl == NULL || SSL_CTX_set_min_proto_version(c->ssl, TLS1_3_VERSION) != 1 ||
        SSL_CTX_set_max_proto_version(c->ssl, TLS1_3_VERSION) != 1 ||
        SSL_CTX_set_ciphersuites(c->ssl, CIPHERS) != 1 ||
        SSL_CTX_set1_groups_list(c->ssl, groups) != 1 ||
        SSL_CTX_set_num_tickets(c->ssl, 0) != 1)
        mem_die("OpenSSL cannot do TLS 1.3");
    SSL_CTX_set_options(c->ssl, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET |
                                    SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_mode(c->ssl, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_session_cache_mode(c->ssl, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_max_early_data(c->ssl, 0);
    SSL_CTX_set_recv_max_early_data(c->ssl, 0);
    SSL_CTX_set_read_ahead(c->ssl, 0);
    SSL_CTX_set_max_cert_list(c->ssl, CHAIN_BYTES);
    SSL_CTX_set_verify_depth(c->ssl, CHAIN_DEPTH);
    SSL_CTX_set_security_level(c->ssl, SECURITY_LEVEL);
    SSL_CTX_set_msg_callback(c->ssl, tls_on_message);
    return c;
}

/* Our own certificate, what follows it in the file as its chain, and the key. */
static enum err ctx_identity(
    struct tls_ctx *c, struct bytes cert, struct bytes key, char *why, size_t n)
{
    BIO *b = tls_pem_open(cert);
    X509 *own = tls_pem_cert(b), *next = NULL;
    EVP_PKEY *secret = NULL;
    enum err e = ERR_CERT;

    if (own == NULL) {
        tell(why, n, "the certificate cannot be read");
        goto out;
    }
    secret = tls_pem_key(key);
    if (secret == NULL) {
        tell(why, n, "the private key cannot be read");
        goto out;
    }
    if (SSL_CTX_use_certificate(c->ssl, own) != 1) {
        tell(why, n, "the certificate cannot be used");
        goto out;
    }
    if (SSL_CTX_use_PrivateKey(c->ssl, secret) != 1 || SSL_CTX_check_private_key(c->ssl) != 1) {
        tell(why, n, "the private key does not fit the certificate");
        goto out;
    }
    for (; (next = tls_pem_cert(b)) != NULL; X509_free(next)) {
        if (SSL_CTX_add1_chain_cert(c->ssl, next) != 1) {
            tell(why, n, "the chain of the certificate cannot be used");
            goto out;
        }
    }
    ERR_clear_error();
    e = ERR_OK;
out:
    X509_free(next);
    EVP_PKEY_free(secret);
    X509_free(own);
    BIO_free(b);
    return e;
}

/* Trust in each certificate of the text. With names, they are sent along with the request. */
static enum err ctx_trust(struct tls_ctx *c, struct bytes pem, bool names, char *why, size_t n)
{
    X509_STORE *store = SSL_CTX_get_cert_store(c->ssl);
    BIO *b = tls_pem_open(pem);
    size_t count = 0;

    for (X509 *ca; (ca = tls_pem_cert(b)) != NULL; X509_free(ca)) {
        if (X509_STORE_add_cert(store, ca) == 1)
            count++;
        if (names)
            (void)SSL_CTX_add_client_CA(c->ssl, ca);
    }
    BIO_free(b);
    /* The end of the text is an error to OpenSSL; damage in its middle is one to us. */
    unsigned long code = ERR_peek_last_error();
    bool ended =
        ERR_GET_LIB(code) == ERR_LIB_PEM && ERR_GET_REASON(code) == PEM_R_NO_START_LINE;
    if (count == 0 || !ended) {
        tell(why, n, "the certificates of the CA cannot be read");
        return ERR_CERT;
    }
    ERR_clear_error();
    return ERR_OK;
}

enum err tls_ctx_new_server(struct bytes cert, struct bytes key, struct bytes client_ca,
    struct tls_ctx **out, char *why, size_t why_n)
{
    *out = NULL;
    struct tls_ctx *c = ctx_make(false);
    enum err e = ctx_identity(c, cert, key, why, why_n);

    if (e == ERR_OK && client_ca.n != 0) {
        e = ctx_trust(c, client_ca, true, why, why_n);
        SSL_CTX_set_verify(c->ssl, SSL_VERIFY_PEER, NULL);
    }
    if (e != ERR_OK) {
        tls_ctx_free(c);
        return e;
    }
    *out = c;
    return ERR_OK;
}

static enum err ctx_name(struct tls_ctx *c, const char *name, char *why, size_t why_n)
{
    X509_VERIFY_PARAM *param = SSL_CTX_get0_param(c->ssl);

    if (name == NULL || name[0] == '\0') {
        (void)snprintf(why, why_n, "no name to hold the certificate against");
        return ERR_CERT;
    }
    if (X509_VERIFY_PARAM_set1_ip_asc(param, name) == 1)
        return ERR_OK;
    ERR_clear_error();
    X509_VERIFY_PARAM_set_hostflags(
        param, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
    if (X509_VERIFY_PARAM_set1_host(param, name, strlen(name)) != 1) {
        tell(why, why_n, "not a name that a certificate could carry");
        return ERR_CERT;
    }
    c->sni = mem_strdup(name);
    return ERR_OK;
}

enum err tls_ctx_new_client(
    const struct tls_client_rules *rules, struct tls_ctx **out, char *why, size_t why_n)
{
    *out = NULL;
    struct tls_ctx *c = ctx_make(true);
    enum err e = ERR_OK;

    c->now_s = rules->now_s;
    c->has_pin = rules->has_pin;
    memcpy(c->pin, rules->pin, sizeof c->pin);
    SSL_CTX_set_verify(c->ssl, SSL_VERIFY_PEER, NULL);
    if (rules->ca.n != 0) {
        e = ctx_trust(c, rules->ca, false, why, why_n);
        if (e == ERR_OK)
            e = ctx_name(c, rules->name, why, why_n);
    } else {
        SSL_CTX_set_cert_verify_callback(c->ssl, verify_by_pin, c);
    }
    if (e == ERR_OK && rules->cert.n != 0)
        e = ctx_identity(c, rules->cert, rules->key, why, why_n);
    if (e != ERR_OK) {
        tls_ctx_free(c);
        return e;
    }
    *out = c;
    return ERR_OK;
}

struct tls_ctx *tls_ctx_ref(struct tls_ctx *c)
{
    c->refs++;
    return c;
}

void tls_ctx_free(struct tls_ctx *c)
{
    if (c == NULL || --c->refs != 0)
        return;
    SSL_CTX_free(c->ssl);
    mem_free(c->sni);
    mem_free(c);
}
